"""The life of a worker: it begins once, then does one task after the other, until there is nobody to do them for."""

from __future__ import annotations

import os
import pickle
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures._base import LOGGER
from contextlib import suppress
from multiprocessing import util
from time import perf_counter
from typing import Any, NamedTuple

from .. import _native
from . import blas
from .errors import RemoteTraceback, TaskUnreadable
from .packing import HANDS_OVER, NAMED, is_plain, pack, unpack, unpack_named


#: How long a process whose initializer failed is given to end, in seconds, before the pool is told.
LATE = 0.5


class Beginning(NamedTuple):
    """What every worker of a pool is told."""

    initializer: Callable[..., Any] | None
    initargs: tuple[Any, ...]
    blas_threads: int
    pin: bool


def main(socket: Any, pool: int, number: int, initializer: Any = None, initargs: tuple[Any, ...] = ()) -> None:
    """Works for the pool of the process ``pool``, at this end of a socket pair. The initializer may come this way."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal sends it to everybody; what it means is the pool's to say
    seat = _native.Seat(socket.detach(), pool)
    try:
        if _begin(seat, number, initializer, initargs):
            _serve(seat)
    except OSError:
        pass  # the pool is gone


def _begin(seat: _native.Seat, number: int, initializer: Any, initargs: tuple[Any, ...]) -> bool:
    told = seat.begin()
    if told is None:
        return False
    try:
        beginning = Beginning(*pickle.loads(told))
        _settle(beginning, number)
        if beginning.initializer is not None:
            initializer, initargs = beginning.initializer, beginning.initargs
        if initializer is not None:
            initializer(*initargs)
            blas.limit(beginning.blas_threads)  # it may have loaded another
    except BaseException:
        LOGGER.critical("Exception in initializer:", exc_info=True)
        _refuse(seat, f"a worker could not begin\n{traceback.format_exc()}")
        return False
    seat.ready()
    return True


def _refuse(seat: _native.Seat, reason: str) -> None:
    """Breaks the pool, when this process has sent off what it logged: a program that sees its pool broken finds out why."""

    def refuse() -> None:
        with suppress(OSError):  # the pool is gone
            seat.refuse(reason)

    # Queues of multiprocessing are emptied as the process ends, with a higher priority. Should it not end, it is told anyway.
    util.Finalize(None, refuse, exitpriority=-100)
    late = threading.Timer(LATE, refuse)
    late.daemon = True
    late.start()


def _settle(beginning: Beginning, number: int) -> None:
    if beginning.pin:
        cores = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {cores[number % len(cores)]})
    blas.limit(beginning.blas_threads)
    random = sys.modules.get("numpy.random")
    if random is not None:  # loaded before the fork, or not at all: NumPy loads it when it is asked for
        random.seed()  # a forked worker has the state of every other one


def _serve(seat: _native.Seat) -> None:
    while True:
        task = seat.receive()
        if task is None:
            return
        _, body, loans = task
        del task
        done, packed, times = _work(body, loans)
        del body, loans  # nothing of the task may be looked at any more when it is answered
        try:
            seat.answer(done, packed[0], packed[1], times)
        except RuntimeError as error:  # more arrays than a message takes
            failed = _failure(error)
            seat.answer(False, failed[0], failed[1], times)
        del packed


def _work(body: Any, loans: Sequence[Any]) -> tuple[bool, Any, tuple[float, float]]:
    """Whether a task was done, its answer, and when the work began and ended."""
    started = ended = 0.0
    done = False
    try:
        function, args, kwargs = _read(body, loans)
        started = perf_counter()
        try:
            value = function(*args, **kwargs)
            done = True
        finally:
            ended = perf_counter()
            del function, args, kwargs
        answer = _packed(value)
        del value
    except BaseException as error:
        if not started:
            if isinstance(error, SystemExit):
                raise  # who ends the process while a task is read means it
            started = ended = perf_counter()
        done = False
        answer = _failure(error)
    return done, answer, (started, ended)


def _read(body: Any, loans: Sequence[Any]) -> Any:
    try:
        if type(body) is bytes and body.startswith(NAMED):
            return unpack_named(body)
        return unpack(body, loans)
    except Exception as error:
        raise TaskUnreadable(f"a worker cannot unpickle this task: {type(error).__name__}: {error}") from error


def _packed(value: Any) -> Any:
    if is_plain((value,)):
        return pickle.dumps(value, 5), ()
    return pack(value, HANDS_OVER)


def _failure(error: BaseException) -> Any:
    """An exception, and the traceback that cannot travel with it."""
    text = f'\n"""\n{"".join(traceback.format_exception(error))}"""'
    _let_go(error)
    try:
        pickle.loads(pickle.dumps(error, 5))  # many a class makes exceptions that pickle takes and cannot give back
        return pack((error, text), HANDS_OVER)
    except Exception as reason:
        said = f"{traceback.format_exception_only(error)[-1].strip()} (it cannot be pickled itself: {reason})"
        return pack((RuntimeError(said), text), HANDS_OVER)


def _let_go(error: BaseException | None) -> None:
    """Frames hold the arguments of the task."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        error.__traceback__ = None
        error = error.__cause__ or error.__context__


def failure(packed: tuple[BaseException, Any]) -> BaseException:
    """The exception of an answer that is a failure, with the worker's traceback as its cause."""
    error, text = packed
    error.__cause__ = RemoteTraceback(text)
    return error


def run_all(function: Callable[..., Any], *columns: Sequence[Any]) -> list[Any]:
    """One task for several calls."""
    return list(map(function, *columns))
