"""A future whose owner, when it waits for the result, receives it itself: to be woken by a thread costs more than a short
task."""

from __future__ import annotations

import os
import threading
from collections import deque
from concurrent.futures import Future as _Future
from concurrent.futures._base import CANCELLED_AND_NOTIFIED, FINISHED, PENDING
from contextlib import suppress
from time import monotonic, sleep
from typing import Any

from .. import _native
from .errors import CancelledError, ResultUnreadable, WorkerDied
from .packing import unpack
from .worker import failure

#: Held for a moment by who finishes a future, and by who makes a condition to wait for one.
_LOCK = threading.RLock()  # a collection within it may run a destructor that cancels a future


def _forked() -> None:
    global _LOCK
    _LOCK = threading.RLock()  # a thread that the child does not have may hold the old one


os.register_at_fork(after_in_child=_forked)


class Future(_Future[Any]):
    """The result of a task, as in :mod:`concurrent.futures`."""

    _crew: _native.Crew | None = None
    _task = -1
    _nursery: Any = None
    #: Shared arrays that must live until the task has been done.
    _keep: Any = None

    def __init__(self) -> None:
        # As the base class, but for its condition, which takes longer to make than a short task takes.
        self._state = PENDING
        self._result = self._exception = None
        self._waiters: list[Any] = []
        self._done_callbacks: list[Any] = []

    def __getattr__(self, name: str) -> Any:
        if name != "_condition":
            raise AttributeError(name)
        condition = threading.Condition()
        with _LOCK:
            return self.__dict__.setdefault(name, condition)

    def finish(self, value: Any) -> None:
        """As ``set_result``, quickly where nobody has looked at this future yet: whoever does so makes its condition."""
        with _LOCK:
            if "_condition" not in self.__dict__ and self._state == PENDING:
                self._result, self._state = value, FINISHED
                return
        self.set_result(value)

    def result(self, timeout: float | None = None) -> Any:
        """As in :mod:`concurrent.futures`."""
        if self._state == PENDING:
            timeout = self._receive(timeout)
        if self._state == FINISHED and self._exception is None:
            return self._result
        return super().result(timeout)

    def exception(self, timeout: float | None = None) -> BaseException | None:
        """As in :mod:`concurrent.futures`."""
        return super().exception(self._receive(timeout) if self._state == PENDING else timeout)

    def running(self) -> bool:
        """Whether a worker has the task."""
        crew = self._crew  # who delivers takes it away
        return self._state == PENDING and crew is not None and crew.is_running(self._task)

    def cancel(self) -> bool:
        """Takes the task back, unless a worker has it or had it."""
        crew = self._crew
        if self._state == PENDING and (crew is None or not crew.cancel(self._task)):
            return False
        return super().cancel()

    def _receive(self, timeout: float | None) -> float | None:
        """Receives for everybody until this one is done, and says how much of the time is left."""
        end = None if timeout is None else monotonic() + timeout
        while self._state == PENDING and (crew := self._crew) is not None:
            left = None if end is None else end - monotonic()
            came = crew.receive(self._task, left, _mail)
            deliver()
            if not came:  # the time is over, or another thread is about to deliver it
                break
        return None if end is None else max(0.0, end - monotonic())


#: What arrived, until its future is done. Whoever is interrupted leaves it to whoever comes next.
_mail: deque[Any] = deque()
_now = threading.local()


def deliver() -> None:
    """Ends the futures of what arrived."""
    if not _mail:
        return
    me, busy = threading.get_ident(), _now.__dict__.setdefault("busy", set())
    for letter in [*_mail]:
        future = letter[0]
        if id(letter) in busy or future.__dict__.setdefault("_by", me) != me:
            continue  # somebody is at it, this thread perhaps
        try:
            busy.add(id(letter))
            _deliver(*letter)
        except BaseException:  # Ctrl-C, or a callback that ends its thread
            future.__dict__.pop("_by", None)
            raise
        finally:
            busy.discard(id(letter))
        with suppress(ValueError):
            _mail.remove(letter)


def _deliver(future: Future, body: Any, segments: list[Any], failed: bool, error: BaseException | None) -> None:
    if future._state in (FINISHED, CANCELLED_AND_NOTIFIED):
        return None  # who ended it was interrupted in a callback
    future._keep = future._crew = None
    if error is None:
        try:
            value = unpack(body, segments)
        except BaseException as reason:
            if isinstance(reason, KeyboardInterrupt) and threading.current_thread() is threading.main_thread():
                raise  # meant for who waits here, who may wait for another; it is unpickled again by who delivers next
            error = _unreadable(reason)
            error.__cause__ = reason
        else:
            if not failed:
                return future.finish(value)
            error = failure(value)
    if isinstance(error, CancelledError):
        _Future.cancel(future)
        future.set_running_or_notify_cancel()
    elif future._state == PENDING:
        future.set_exception(_told(error, future._nursery))


class Call:
    """What :meth:`~sharpest.pool.Pool.map` holds of a call in place of a future: who takes its result receives it."""

    __slots__ = ("crew", "nursery", "ticket")

    def __init__(self, crew: _native.Crew, nursery: Any, ticket: _native.Ticket) -> None:
        self.crew, self.nursery, self.ticket = crew, nursery, ticket

    def result(self, timeout: float | None = None) -> Any:
        """As that of a future, but once."""
        outcome = self.ticket.take() or self._received(timeout)
        body, segments, failed, error = outcome
        if error is None:
            try:
                value = unpack(body, segments)
            except Exception as reason:
                raise _unreadable(reason) from reason
            if not failed:
                return value
            error = failure(value)
        raise _told(error, self.nursery)

    def cancel(self) -> bool:
        """Takes the task back, unless a worker has it or had it."""
        return self.crew.cancel(self.ticket.task)

    def _received(self, timeout: float | None) -> Any:
        end = None if timeout is None else monotonic() + timeout
        while True:
            left = None if end is None else end - monotonic()
            came = self.crew.receive(self.ticket.task, left, _mail)
            deliver()
            outcome = self.ticket.take()
            if outcome is not None:
                return outcome
            if left is not None and left <= 0:
                raise TimeoutError
            if not came:
                sleep(1e-4)  # another thread is about to deliver it


def _unreadable(reason: BaseException) -> ResultUnreadable:
    return ResultUnreadable(f"the result cannot be unpickled here: {type(reason).__name__}: {reason}")


def _told(error: BaseException, nursery: Any) -> BaseException:
    """The death of a worker of which only its parent knows how it came."""
    if isinstance(error, WorkerDied) and error.status is None and error.signal is None:
        code = nursery.ending(error.pid)
        return error if code is None else error.told(code)
    return error
