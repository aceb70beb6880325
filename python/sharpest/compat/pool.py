"""``multiprocessing.Pool``, by its own interface, on a :class:`sharpest.Pool`."""

from __future__ import annotations

import multiprocessing
import multiprocessing.pool
import pickle
import threading
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from itertools import islice, starmap
from time import monotonic
from typing import Any

from ..pool import Pool as _Executor
from ..pool.errors import RemoteTraceback
from ..pool.worker import run_all

__all__ = ["AsyncResult", "Pool"]


class _Processes(_Executor):
    replaces_forked = True


class Pool:
    """As :func:`multiprocessing.Pool`: the same methods, start methods, order of results and exceptions. What crosses, and
    what is said of it (``ledger``), is :class:`sharpest.Pool`'s."""

    _open = False

    def __init__(
        self,
        processes: int | None = None,
        initializer: Callable[..., Any] | None = None,
        initargs: Iterable[Any] = (),
        maxtasksperchild: int | None = None,
        context: Any = None,
    ) -> None:
        if processes is not None and processes < 1:
            raise ValueError("Number of processes must be at least 1")
        context = context or multiprocessing.get_context()
        self._executor = _Processes(
            processes, context, initializer, tuple(initargs), max_tasks_per_child=maxtasksperchild
        )
        self._open = True

    def apply(self, func: Callable[..., Any], args: Iterable[Any] = (), kwds: dict[str, Any] | None = None) -> Any:
        """Has a worker call ``func``, and waits for the result."""
        return self.apply_async(func, args, kwds).get()

    def apply_async(
        self,
        func: Callable[..., Any],
        args: Iterable[Any] = (),
        kwds: dict[str, Any] | None = None,
        callback: Callable[[Any], Any] | None = None,
        error_callback: Callable[[BaseException], Any] | None = None,
    ) -> AsyncResult:
        """Has a worker call ``func``."""
        self._check()
        future = self._executor.submit(func, *args, **(kwds or {}))
        return AsyncResult([future], lambda results: results[0], callback, error_callback)

    def map(self, func: Callable[..., Any], iterable: Iterable[Any], chunksize: int | None = None) -> list[Any]:
        """``list(map(func, iterable))``, by the workers."""
        return self.map_async(func, iterable, chunksize).get()

    def map_async(
        self,
        func: Callable[..., Any],
        iterable: Iterable[Any],
        chunksize: int | None = None,
        callback: Callable[[Any], Any] | None = None,
        error_callback: Callable[[BaseException], Any] | None = None,
    ) -> AsyncResult:
        """As :meth:`map`, without waiting."""
        return self._map(run_all, func, iterable, chunksize, callback, error_callback)

    def starmap(self, func: Callable[..., Any], iterable: Iterable[Any], chunksize: int | None = None) -> list[Any]:
        """As :meth:`map`, for tuples of arguments."""
        return self.starmap_async(func, iterable, chunksize).get()

    def starmap_async(
        self,
        func: Callable[..., Any],
        iterable: Iterable[Any],
        chunksize: int | None = None,
        callback: Callable[[Any], Any] | None = None,
        error_callback: Callable[[BaseException], Any] | None = None,
    ) -> AsyncResult:
        """As :meth:`starmap`, without waiting."""
        return self._map(_starred, func, iterable, chunksize, callback, error_callback)

    def imap(self, func: Callable[..., Any], iterable: Iterable[Any], chunksize: int = 1) -> Results:
        """Results in order, as they are asked for. The iterable is read a few tasks ahead, so it may be endless."""
        return self._results(func, iterable, chunksize, ordered=True)

    def imap_unordered(self, func: Callable[..., Any], iterable: Iterable[Any], chunksize: int = 1) -> Results:
        """As :meth:`imap`, in the order in which they are done."""
        return self._results(func, iterable, chunksize, ordered=False)

    def close(self) -> None:
        """Takes no tasks any more."""
        self._open = False
        self._executor.shutdown(wait=False)

    def terminate(self) -> None:
        """Ends the workers at once."""
        self._open = False
        self._executor.kill("the pool was terminated")
        self._executor.shutdown(wait=False)

    def join(self) -> None:
        """Waits until the workers have gone, after :meth:`close` or :meth:`terminate`."""
        if self._open:
            raise ValueError("Pool is still running")
        self._executor.shutdown()

    @property
    def ledger(self) -> Any:
        """What crossed, and where the time went."""
        return self._executor.ledger

    def __enter__(self) -> Pool:
        self._check()
        return self

    def __exit__(self, *_: object) -> None:
        self.terminate()

    def __del__(self, _warn: Any = warnings.warn) -> None:
        if self._open:  # its workers go by themselves, but nobody has waited for them
            _warn(f"unclosed running multiprocessing pool {self!r}", ResourceWarning, source=self)

    def __reduce__(self) -> Any:
        raise NotImplementedError("pool objects cannot be passed between processes or pickled")

    def _check(self) -> None:
        if not self._open:
            raise ValueError("Pool not running")

    def _map(self, runner: Any, func: Any, iterable: Any, chunksize: int | None, *callbacks: Any) -> AsyncResult:
        self._check()
        items = list(iterable)
        if chunksize is None:  # four chunks a worker, as in the standard library
            chunksize = max(1, -(-len(items) // (4 * self._executor._max_workers)))
        futures = [self._executor.submit(runner, func, items[at : at + chunksize]) for at in range(0, len(items), chunksize)]
        return AsyncResult(futures, lambda chunks: [value for chunk in chunks for value in chunk], *callbacks)

    def _results(self, func: Any, iterable: Any, chunksize: int, *, ordered: bool) -> Results:
        self._check()
        if chunksize < 1:
            raise ValueError(f"Chunksize must be 1+, not {chunksize!r}")
        items = iter(iterable)
        chunks = iter(lambda: list(islice(items, chunksize)), [])
        return Results(lambda chunk: self._executor.submit(run_all, func, chunk), chunks, 4 * self._executor._max_workers, ordered)


def _starred(func: Callable[..., Any], rows: list[Any]) -> list[Any]:
    return list(starmap(func, rows))


def _as_theirs(error: BaseException) -> BaseException:
    """An exception as ``multiprocessing.Pool`` raises it."""
    cause = error.__cause__
    if isinstance(cause, RemoteTraceback):
        error.__cause__ = multiprocessing.pool.RemoteTraceback(cause.tb)  # type: ignore[attr-defined]
    elif isinstance(error, pickle.PicklingError) and cause is not None:  # nothing was sent
        cause.add_note(str(error))  # which argument it was
        return cause
    return error


class AsyncResult:
    """What is to come, of one or of many tasks."""

    def __init__(self, futures: Sequence[Future[Any]], joined: Callable[[list[Any]], Any], callback: Any = None,
                 error_callback: Any = None) -> None:
        self._futures, self._joined = futures, joined
        self._callback, self._error_callback = callback, error_callback
        self._left, self._lock, self._done = len(futures), threading.Lock(), threading.Event()
        self._value: Any = None
        self._error: BaseException | None = None
        if not futures:
            self._finish()
        for future in [*futures]:
            future.add_done_callback(self._one_done)

    def get(self, timeout: float | None = None) -> Any:
        """The result; raises ``multiprocessing.TimeoutError`` when it is not there in time."""
        self.wait(timeout)
        if not self.ready():
            raise multiprocessing.TimeoutError
        if self._error is not None:
            raise self._error
        return self._value

    def wait(self, timeout: float | None = None) -> None:
        """Waits until it is there, or so long."""
        end = None if timeout is None else monotonic() + timeout
        for future in [*self._futures]:  # who waits for a future receives it itself
            try:
                future.exception(None if end is None else max(0.0, end - monotonic()))
            except TimeoutError:
                return
        self._done.wait(None if end is None else max(0.0, end - monotonic()))

    def ready(self) -> bool:
        """Whether it is there."""
        return self._done.is_set()

    def successful(self) -> bool:
        """Whether it is no exception; only when it is there."""
        if not self.ready():
            raise ValueError(f"{self!r} not ready")
        return self._error is None

    def _one_done(self, _: Future[Any]) -> None:
        with self._lock:
            self._left -= 1
            last = self._left == 0
        if last:
            self._finish()

    def _finish(self) -> None:
        try:
            self._value = self._joined([future.result() for future in self._futures])
        except BaseException as error:
            self._error = _as_theirs(error)
        self._futures = []
        told = self._callback if self._error is None else self._error_callback
        try:
            if told is not None:
                told(self._value if self._error is None else self._error)
        finally:
            self._callback = self._error_callback = None
            self._done.set()


class Results(Iterator[Any]):
    """Results one by one; ``next(timeout)`` waits so long."""

    def __init__(self, submit: Callable[[list[Any]], Future[Any]], chunks: Iterator[list[Any]], ahead: int, ordered: bool) -> None:
        self._submit, self._chunks, self._ahead, self._ordered = submit, chunks, ahead, ordered
        self._pending: deque[Future[Any]] = deque()
        self._values: deque[Any] = deque()
        self._failure: BaseException | None = None
        self._feed()

    def __iter__(self) -> Results:
        return self

    def __next__(self) -> Any:
        return self.next()

    def next(self, timeout: float | None = None) -> Any:
        """The next one; raises ``multiprocessing.TimeoutError`` when it is not there in time."""
        while not self._values:
            if not self._pending:
                failure, self._failure = self._failure, None
                raise failure if failure is not None else StopIteration
            future = self._first(timeout)
            self._feed()
            error = future.exception()
            if error is not None:
                raise _as_theirs(error)
            self._values.extend(future.result())
        return self._values.popleft()

    def _first(self, timeout: float | None) -> Future[Any]:
        if self._ordered:
            first = self._pending[0]
            try:
                first.exception(timeout)
            except TimeoutError:
                raise multiprocessing.TimeoutError from None
        else:
            done = wait(self._pending, timeout, FIRST_COMPLETED).done
            if not done:
                raise multiprocessing.TimeoutError
            first = done.pop()
        self._pending.remove(first)
        return first

    def _feed(self) -> None:
        while self._failure is None and len(self._pending) < self._ahead:
            try:
                chunk = next(self._chunks)
            except StopIteration:
                return
            except BaseException as error:  # of the iterable: it comes when its turn has come
                self._failure = error
                return
            self._pending.append(self._submit(chunk))
