"""The pool: an executor whose arrays cross in shared memory, and which says what crossed."""

from __future__ import annotations

import os
import pickle
import socket
import threading
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from concurrent.futures._base import LOGGER
from contextlib import suppress
from itertools import islice
from time import monotonic
from types import BuiltinFunctionType, FunctionType
from typing import Any

from .. import _native
from . import blas
from .blame import heaviest, unpicklable
from .byvalue import pack_by_value
from .errors import NurseryError
from .future import Call, Future, _mail, deliver
from .ledger import Ledger, Row, Task, Worker, look
from .mapping import as_done, chained, in_order, shown
from .nursery import Context, has_main, nursery, refuse_while_main_is_imported
from .packing import LEAST, ByValue, Segment, by_name, is_plain, marked, pack
from .worker import Beginning, run_all

#: What is cut into chunks rather than read one by one.
_SLICED = (list, tuple, range)

#: So many light calls of a map are submitted together.
TOGETHER = 64

#: How often it is looked for workers that are missing, in seconds: while there are tasks, and while there are none.
LOOK, GLANCE = 0.05, 0.5

#: How long workers of a pool that broke have to end by themselves, in seconds.
REFUSING = 1.0


class Pool(Executor):
    """Worker processes that run Python functions, with the interface of :class:`concurrent.futures.Executor`.

    Arrays in arguments and results, of whatever library, cross in shared memory, with one copy; shared arrays
    (:func:`sharpest.share`), and results that a worker built with :func:`sharpest.empty`, cross with none. Results can be
    written to. ``pool.ledger`` says what was pickled nevertheless, and where the time went.

    >>> import sharpest
    >>> with sharpest.Pool(2) as pool:
    ...     list(pool.map(abs, [-1, 2, -3]))
    [1, 2, 3]

    ``max_workers`` is the number of processes, by default the cores that this process may use. They come from a process
    that has imported the main module and what ``preload`` names, and nothing else; ``mp_context`` takes another way to
    start them. ``initializer(*initargs)`` is called in each. A worker is replaced after ``max_tasks_per_child`` tasks, and
    when it dies; the task that it ran is tried again ``retries`` times (**its side effects may then happen twice**) and
    then fails as :class:`~sharpest.pool.WorkerDied`. A task that takes longer than ``deadline`` seconds is ended with its
    worker. Each worker may use ``blas_threads``, by default its share of the cores; ``pin`` ties it to one core.
    ``backend="threads"`` runs everything in threads of this process instead.
    """

    #: Whether workers of the start method fork are replaced after so many tasks. They are copies of a process that has
    #: threads by then, which is why the standard library's executor refuses to, and its ``Pool`` does it.
    replaces_forked = False

    def __new__(cls, *_: Any, backend: str = "processes", **__: Any) -> Any:
        if backend == "threads":
            from .threads import ThreadPool

            return object.__new__(ThreadPool)
        if backend != "processes":
            raise ValueError(f"backend must be 'processes' or 'threads', not {backend!r}")
        return object.__new__(cls)

    def __init__(
        self,
        max_workers: int | None = None,
        mp_context: Any = None,
        initializer: Callable[..., Any] | None = None,
        initargs: tuple[Any, ...] = (),
        *,
        max_tasks_per_child: int | None = None,
        retries: int = 0,
        deadline: float | None = None,
        blas_threads: int | None = None,
        pin: bool = False,
        preload: Sequence[str] = (),
        backend: str = "processes",
    ) -> None:
        refuse_while_main_is_imported()
        refused = None if self.replaces_forked else mp_context
        workers = checked(max_workers, initializer, max_tasks_per_child, refused)
        if deadline is not None and not deadline > 0:
            raise ValueError(f"deadline must be positive, not {deadline}")
        self._max_workers = workers
        self._blas_threads = blas.threads_each(workers) if blas_threads is None else blas_threads
        marks = {"main_is_importable": has_main() or _is_fork(mp_context)}
        self._packer = marked(**marks, least=float("inf"))
        by_context = mp_context is not None  # then the initializer goes with the process, and may hold its locks and queues
        told = Beginning(*(None, ()) if by_context else (initializer, initargs), self._blas_threads, pin)
        beginning, _, self._keep = self._pack(tuple(told), ())  # in one piece: it is sent again and again
        self._packer = marked(**marks)
        self._crew = _native.Crew(workers, retries, deadline, max_tasks_per_child, beginning)
        self._rows: dict[str, tuple[int, Row, list[int]]] = {}
        self._nursery = Context(mp_context, initializer, initargs) if by_context else nursery(self._blas_threads, preload)
        self._owner = os.getpid()
        self._last: Ledger | None = None
        if _is_fork(mp_context):
            hire(self._crew, self._nursery)  # before there is a thread
        self._thread = threading.Thread(
            target=oversee, args=(self._crew, self._nursery), name="sharpest-pool", daemon=True
        )
        _overseers[self._thread] = self._crew
        self._thread.start()
        weakref.finalize(self, _forget, self._crew, self._owner).atexit = False

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future:
        """Has a worker call ``fn(*args, **kwargs)``, and returns its future."""
        return self._send(fn, args, kwargs, fn)

    def map(
        self,
        fn: Callable[..., Any],
        *iterables: Iterable[Any],
        timeout: float | None = None,
        chunksize: int | None = 1,
        buffersize: int | None = None,
        ordered: bool = True,
        progress: bool = False,
    ) -> Iterator[Any]:
        """As :meth:`concurrent.futures.Executor.map`.

        ``chunksize`` calls make one task; with none, tasks are made as large as keeps the workers evenly busy. At most
        ``buffersize`` tasks are under way, so that endless iterables can be mapped. With ``ordered=False`` results come as
        they are done. ``progress`` draws a bar of the results taken (tqdm's, where somebody looks at it).
        """
        count = 0
        if buffersize is None:
            # As in the standard library, they are read at once.
            columns: list[Any] = [column if type(column) in _SLICED else list(column) for column in iterables]
            iterables, count = tuple(columns), min(map(len, columns), default=0)
        if chunksize is None:
            chunksize = max(1, -(-(buffersize or count) // (4 * self._max_workers)))
        if chunksize < 1:
            raise ValueError("chunksize must be >= 1.")
        if buffersize is not None and buffersize < 1:
            raise ValueError("buffersize must be None or > 0")
        end = None if timeout is None else monotonic() + timeout
        tasks: Iterator[Any]
        if ordered and chunksize == 1:
            tasks = self._calls(fn, iterables, TOGETHER if buffersize is None else 1)
        else:
            tasks = self._tasks(fn, iterables, chunksize)
        first = list(tasks if buffersize is None else islice(tasks, buffersize))
        results = in_order(first, tasks, end) if ordered else as_done(first, tasks, end)
        results = results if chunksize == 1 else chained(results)
        return shown(results, count) if progress else results

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Takes no tasks any more. Waits, unless told otherwise, until all are done and the workers have gone.

        With ``cancel_futures`` the tasks are cancelled that no worker was given yet, but for one of each worker that is still
        starting.
        """
        if self._owner != os.getpid():
            return  # a forked child has no part in its parent's pool
        if self._last is None:
            self._last = self.ledger
        self._crew.close(cancel_futures)
        if wait and self._thread is not threading.current_thread():
            self._thread.join()

    def __exit__(self, kind: Any, value: Any, trace: Any) -> None:
        if kind is not None and issubclass(kind, KeyboardInterrupt | SystemExit):
            self.kill("it was interrupted")
        try:
            self.shutdown(wait=True)
        except BaseException:
            self.kill("it was interrupted")
            raise

    def kill(self, reason: str = "it was killed") -> None:
        """Ends the workers at once; tasks that are not done fail."""
        if self._owner == os.getpid():
            self._crew.kill(reason)
            self._nursery.abort()

    @property
    def workers(self) -> list[int]:
        """The processes of the workers."""
        return self._crew.workers

    @property
    def ledger(self) -> Ledger:
        """What crossed so far, and where the time went."""
        if self._last is not None and not self._crew.pending:
            workers = {worker.pid: worker for worker in self._last.workers}
        else:
            workers = {}
        rows, known, again, deaths = self._crew.ledger()
        known_rows = [one for one in [*self._rows.values()] if one[0] < len(rows)]  # others come meanwhile
        for index, row, _ in known_rows:
            tasks, failed, times, sizes = rows[index]
            row.tasks, row.failed = tasks, failed
            row.queued, row.unpickle, row.run, row.locks, row.pickle, row.deliver = times
            row.pickled, row.shared, row.pickled_back, row.shared_back = sizes
        told = [workers.get(pid) or look(Worker(pid, tasks, run)) for pid, tasks, run in known]
        names = {index: row.function for index, row, _ in known_rows}
        each = [one for one in self._crew.recent() if one[0] in names]
        recent = [Task._make((names[index], *rest, *times, *sizes)) for index, *rest, times, sizes in each]
        return Ledger([row for _, row, _ in known_rows], told, self._blas_threads, again, deaths, recent)

    def _calls(self, fn: Callable[..., Any], iterables: Sequence[Iterable[Any]], together: int) -> Iterator[Call | Future]:
        """A task a call; a light one where the function goes by its name and the arguments are plain and few."""
        head = None if self._may_hide(fn) else by_name(fn)
        index = self._row(fn)[0]
        light: list[bytes] = []
        for row in zip(*iterables, strict=False):
            body = b"" if head is None or not is_plain(row) else head + pickle.dumps(row, 5)
            is_light = 0 < len(body) <= LEAST // 8
            if is_light:
                light.append(body)
            if light and (not is_light or len(light) == together):
                yield from self._post(light, index)
                light = []
            if not is_light:
                yield self._send(fn, row, {}, fn)
        if light:
            yield from self._post(light, index)

    def _post(self, bodies: list[bytes], index: int) -> Iterator[Call]:
        return (Call(self._crew, self._nursery, ticket) for ticket in self._crew.post(bodies, index))

    def _tasks(self, fn: Callable[..., Any], iterables: Sequence[Iterable[Any]], chunksize: int) -> Iterator[Future]:
        if chunksize == 1:
            for row in zip(*iterables, strict=False):
                yield self._send(fn, row, {}, fn)
            return
        if iterables and all(type(iterable) in _SLICED for iterable in iterables):
            # A part of a range is three numbers, and of a list it is there at once.
            for start in range(0, min(map(len, iterables)), chunksize):  # type: ignore[arg-type]
                chunk = [column[start : start + chunksize] for column in iterables]  # type: ignore[index]
                yield self._send(run_all, (fn, *chunk), {}, fn)
            return
        columns = [iter(iterable) for iterable in iterables]
        while columns and all(chunk := [list(islice(column, chunksize)) for column in columns]):
            yield self._send(run_all, (fn, *chunk), {}, fn)

    def _send(self, fn: Any, args: Any, kwargs: Any, named: Any) -> Future:
        future = Future()
        segments: list[Segment]
        try:
            if not kwargs and is_plain(args) and not self._may_hide(fn):
                body, segments, keep = pickle.dumps((fn, args, kwargs), 5), [], None
            else:
                body, segments, keep = self._pack((fn, args, kwargs), args or kwargs)
        except Exception as error:
            told = unpicklable(args, kwargs, error)
            told.__cause__ = error
            future.set_exception(told)
            return future
        try:
            index, row, looks = self._rows[named.__qualname__]
        except (AttributeError, KeyError, TypeError):
            index, row, looks = self._row(named)
        if len(body) > LEAST // 8 or segments:
            with suppress(Exception):  # what cannot be looked into is sent all the same
                _look_inside(row, looks, args, kwargs)
        future._crew, future._nursery, future._keep = self._crew, self._nursery, keep
        future._task = self._crew.submit(body, segments, future, index)
        return future

    def _may_hide(self, fn: Any) -> bool:
        """Whether workers may be unable to import a function, or it holds something that is to be looked into."""
        kind = type(fn)
        if kind is not FunctionType and kind is not BuiltinFunctionType and kind is not type:
            return True
        return "<" in fn.__qualname__ or (fn.__module__ == "__main__" and not self._packer.main_is_importable)

    def _pack(self, message: Any, values: Any) -> tuple[bytes, list[Segment], list[Any]]:
        try:
            return pack(message, self._packer, values)
        except (ByValue, pickle.PicklingError, AttributeError, TypeError) as error:
            try:
                return pack_by_value(message, self._packer)
            except ImportError:
                raise error from None

    def _row(self, named: Any) -> tuple[int, Row, list[int]]:
        name = getattr(named, "__qualname__", None) or type(named).__qualname__
        row = self._rows.get(name)
        if row is None:
            row = self._rows.setdefault(name, (self._crew.row(), Row(name), [0, 1]))
        return row

    def __reduce__(self) -> Any:
        raise TypeError("a pool cannot be sent to another process: make one there")


def _look_inside(row: Row, looks: list[int], args: Any, kwargs: Any) -> None:
    """Looks into the first, second, fourth, eighth large message of a function, and so on: it costs several pickles."""
    looks[0] += 1
    if looks[0] == looks[1]:
        looks[1] *= 2
        row.heaviest = heaviest(args, kwargs)


def checked(workers: int | None, initializer: Any, tasks_per_child: int | None, context: Any) -> int:
    """The number of workers, after what cannot be was refused."""
    if workers is None:
        workers = _native.usable_cores()
    if workers <= 0:
        raise ValueError("max_workers must be greater than 0")
    if initializer is not None and not callable(initializer):
        raise TypeError("initializer must be a callable")
    if tasks_per_child is not None:
        if not isinstance(tasks_per_child, int):
            raise TypeError("max_tasks_per_child must be an integer")
        if tasks_per_child <= 0:
            raise ValueError("max_tasks_per_child must be >= 1")
        if _is_fork(context):
            raise ValueError("max_tasks_per_child is incompatible with the 'fork' multiprocessing start method")
    return workers


def _is_fork(context: Any) -> bool:
    return context is not None and context.get_start_method(allow_none=False) == "fork"


def hire(crew: _native.Crew, nursery: Any) -> None:
    """Starts the workers that are missing."""
    for _ in range(crew.missing):
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with ours, theirs:
            pid = nursery.start(theirs)
            with suppress(ProcessLookupError):  # it was killed at once: another one is started
                crew.adopt(ours.detach(), pid)


def oversee(crew: _native.Crew, nursery: Any) -> None:
    """Starts workers, and delivers results while nobody waits for any; the life of a thread beside each pool."""
    settled = False
    while not settled:
        try:
            hire(crew, nursery)
        except Exception as error:
            crew.kill(f"no worker can be started: {error}")
        settled = crew.overlook(LOOK if crew.pending else GLANCE, _mail)
        try:
            deliver()
        except BaseException:  # of a callback; this thread goes on for the others
            LOGGER.exception("a callback of a future ended with more than an error")
    crew.close(False)
    if crew.broken and not crew.join(REFUSING):
        crew.kill("")  # it has its reason already
    crew.join(60.0)
    nursery.close()
    _overseers.pop(threading.current_thread(), None)


#: The threads that oversee, and the pool of each.
_overseers: dict[threading.Thread, _native.Crew] = {}


def _forget(crew: _native.Crew, owner: int) -> None:
    """A pool that nobody has any more finishes what it took."""
    if os.getpid() == owner:
        crew.close(False)


def _finish() -> None:
    """Before the interpreter ends, pools finish what they took, as those of the standard library do."""
    for thread, crew in [*_overseers.items()]:
        crew.close(False)
        thread.join()


# Before the interpreter waits for its threads; there is no public name for this moment.
threading._register_atexit(_finish)  # type: ignore[attr-defined]
os.register_at_fork(after_in_child=_overseers.clear)
