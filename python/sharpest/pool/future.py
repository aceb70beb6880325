"""A future whose owner, when it waits for the result, receives it itself: to be woken by a thread costs more than a short
task."""

from __future__ import annotations

import threading
from concurrent.futures import Future as _Future
from concurrent.futures._base import FINISHED, PENDING
from time import monotonic
from typing import Any

from .. import _native
from .errors import CancelledError, ResultUnreadable, WorkerDied
from .packing import unpack
from .worker import failure

#: Held for a moment by who finishes a future, and by who makes a condition to wait for one.
_LOCK = threading.Lock()


class Future(_Future):
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
        with _LOCK:
            return self.__dict__.setdefault(name, threading.Condition())

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
        return self._state == PENDING and self._crew is not None and self._crew.is_running(self._task)

    def cancel(self) -> bool:
        """Takes the task back, unless a worker has it or had it."""
        if self._state == PENDING and (self._crew is None or not self._crew.cancel(self._task)):
            return False
        return super().cancel()

    def _receive(self, timeout: float | None) -> float | None:
        """Receives for everybody until this one is done, and says how much of the time is left."""
        end = None if timeout is None else monotonic() + timeout
        while self._state == PENDING and self._crew is not None:
            left = None if end is None else end - monotonic()
            deliveries = self._crew.receive(self._task, left)
            if not deliveries:  # the time is over, or another thread is about to deliver it
                break
            deliver(deliveries)
        return None if end is None else max(0.0, end - monotonic())


def deliver(deliveries: list[Any]) -> None:
    """Ends the futures of what arrived."""
    deliveries.reverse()
    while deliveries:
        _deliver(*deliveries.pop())


def _deliver(future: Future, body: Any, segments: list[Any], failed: bool, error: BaseException | None) -> None:
    future._keep = future._crew = None
    if error is None:
        try:
            value = unpack(body, segments)
        except BaseException as reason:
            error = ResultUnreadable(f"the result cannot be unpickled here: {type(reason).__name__}: {reason}")
            error.__cause__ = reason
            if isinstance(reason, KeyboardInterrupt):  # meant for who waits here, who may wait for another
                future.set_exception(error)
                raise
        else:
            if not failed:
                return future.finish(value)
            error = failure(value)
    if isinstance(error, CancelledError):
        _Future.cancel(future)
        future.set_running_or_notify_cancel()
    elif future._state == PENDING:
        future.set_exception(_told(error, future._nursery))


def _told(error: BaseException, nursery: Any) -> BaseException:
    """The death of a worker of which only its parent knows how it came."""
    if isinstance(error, WorkerDied) and error.status is None and error.signal is None:
        code = nursery.ending(error.pid)
        return error if code is None else error.told(code)
    return error
