"""Locks with the names, arguments and errors of ``multiprocessing``.

A program that moved here has no code for a holder that died. So, unlike :class:`sharpest.Lock`, these tell it once, to the
next one who asks for the lock; who comes after that goes on as if nothing had been.
"""

from __future__ import annotations

import threading
from multiprocessing import process
from typing import Any

from .. import sync

__all__ = ["Barrier", "BoundedSemaphore", "Condition", "Event", "Lock", "RLock", "Semaphore"]

#: What only threads of one process can share in the standard library, here too.
BoundedSemaphore = sync.BoundedSemaphore
Semaphore = sync.Semaphore
Event = sync.Event
Barrier = sync.Barrier


class Lock(sync.Lock):
    """``multiprocessing.Lock``.

    >>> from sharpest.compat import Lock
    >>> lock = Lock()
    >>> lock.acquire(), lock.acquire(block=False)
    (True, False)
    >>> lock.release()
    """

    _once = True

    def __repr__(self) -> str:
        return f"<{type(self).__name__}(owner={_owner(self)})>"


class RLock(sync.RLock):
    """``multiprocessing.RLock``."""

    _once = True

    def release(self) -> None:
        """Lets go of it, once."""
        if not self.depth:
            raise AssertionError("attempt to release recursive lock not owned by thread")
        super().release()

    def __repr__(self) -> str:
        return f"<{type(self).__name__}({_owner(self)}, {self.depth or ('nonzero' if self.locked() else 0)})>"


class Condition(sync.Condition):
    """``multiprocessing.Condition``."""

    _default_lock = RLock

    def wait(self, timeout: float | None = None) -> bool:
        """Lets go of the lock, waits, and takes it again. Whether it was notified in time."""
        assert self._lock.depth, "must acquire() condition before using wait()"
        return super().wait(timeout)

    def notify(self, n: int = 1) -> None:
        """Wakes the ``n`` who have waited longest."""
        assert self._lock.depth, "lock is not owned"
        super().notify(n)


def _owner(lock: sync.Lock) -> Any:
    """Who holds it, in the words of the standard library."""
    if lock.depth:
        thread = threading.current_thread().name
        name = process.current_process().name
        return name if thread == "MainThread" else f"{name}|{thread}"
    holder = lock.holder
    if holder is None:
        return None
    return "SomeOtherThread" if holder == process.current_process().pid else "SomeOtherProcess"
