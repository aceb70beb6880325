"""Locks between processes: whoever is killed with one is told to the next."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import BrokenBarrierError
from typing import Any, NamedTuple

from . import _native

__all__ = [
    "Barrier",
    "BoundedSemaphore",
    "BrokenBarrierError",
    "Condition",
    "Event",
    "Lock",
    "LockStats",
    "RLock",
    "Semaphore",
]


class LockStats(NamedTuple):
    """What a lock has cost, in all processes together."""

    #: How often it was taken.
    acquired: int
    #: How often somebody who wanted it found it taken.
    contended: int
    #: The seconds that those have waited.
    waited: float


class Lock(_native.Lock):
    """A lock that processes share. It pickles to any process of the same user, in any pool.

    >>> import sharpest
    >>> lock = sharpest.Lock()
    >>> with lock:
    ...     print(lock.locked())
    True
    >>> lock.stats().acquired
    1

    Where a process is killed while it holds the lock, what the lock guards may be half done. So the next one who takes it
    gets :class:`sharpest.OwnerDied` instead, and so does everybody else until one of them has seen to it:

    >>> with lock.recover() as died:
    ...     if died:
    ...         print("put right what is half done")

    Only the thread that took it can let go of it; one that would wait for itself for ever gets ``RuntimeError``.
    """

    _recursive = False
    _once = False

    def __new__(cls) -> Any:
        return super().__new__(cls, cls._recursive, cls._once)

    @contextmanager
    def recover(self) -> Iterator[bool]:
        """Holds the lock even after a holder died, which it tells. If the block ends well, what it guards is whole again."""
        died = self.acquire_anyway()
        try:
            yield died
            self.mend()
        finally:
            self.release()

    def locked(self) -> bool:
        """Whether somebody holds it at this moment."""
        return self.holder is not None

    def stats(self) -> LockStats:
        """What it has cost, in all processes together."""
        return LockStats(*self.counters())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _native.Lock) and self.id == other.id

    def __hash__(self) -> int:
        return hash(str(self.id))

    def __repr__(self) -> str:
        holder = self.holder
        return f"<{type(self).__name__}, {'free' if holder is None else f'held by process {holder}'}>"

    def __reduce__(self) -> Any:
        return _open_lock, (type(self), self.handle())


class RLock(Lock):
    """As :class:`Lock`, but the thread that has it can take it again. It is free when it was let go as often."""

    _recursive = True


class Semaphore(_native.Semaphore):
    """A number of places. ``acquire`` takes one, ``release`` gives one back, and anybody may do either.

    A semaphore has no holder: what a killed process had taken stays taken. Where that matters, use a :class:`Lock`.

    >>> import sharpest
    >>> places = sharpest.Semaphore(2)
    >>> with places:
    ...     places.get_value()
    1
    """

    def __new__(cls, value: int = 1) -> Any:
        return super().__new__(cls, _count(value), 2**31 - 1)

    def locked(self) -> bool:
        """Whether there is nothing to take at this moment."""
        return self.get_value() == 0

    def __repr__(self) -> str:
        return f"<{type(self).__name__}(value={self.get_value()})>"

    def __reduce__(self) -> Any:
        return _open_semaphore, (type(self), self.handle())


class BoundedSemaphore(Semaphore):
    """As :class:`Semaphore`, but it never holds more than it did at first: one ``release`` too many is ``ValueError``."""

    def __new__(cls, value: int = 1) -> Any:
        return _native.Semaphore.__new__(cls, _count(value), _count(value))

    def __repr__(self) -> str:
        return f"<{type(self).__name__}(value={self.get_value()}, maxvalue={self.most})>"


class Event(_native.Event):
    """A flag that processes wait for.

    >>> import sharpest
    >>> event = sharpest.Event()
    >>> event.wait(timeout=0.01)
    False
    >>> event.set()
    >>> event.wait()
    True
    """

    def __new__(cls) -> Any:
        return super().__new__(cls)

    def __repr__(self) -> str:
        return f"<{type(self).__qualname__} at {id(self):#x} {'set' if self.is_set() else 'unset'}>"

    def __reduce__(self) -> Any:
        return _open_event, (type(self), self.handle())


class Condition:
    """Waiting for a change of what a lock guards, without holding the lock meanwhile.

    ``wait`` has the lock again when it ends, however it ends. Those who waited longest are notified first; who was killed
    in the meantime is passed over.

    >>> import sharpest
    >>> ready = sharpest.Condition()
    >>> with ready:
    ...     ready.wait(timeout=0.01)
    False
    """

    _default_lock: Any = RLock

    def __init__(self, lock: Lock | None = None) -> None:
        lock = lock or self._default_lock()
        if not isinstance(lock, Lock):
            raise TypeError(f"a condition between processes needs a sharpest.Lock or RLock, not {lock!r}")
        self._open(lock, _native.Condition())

    def _open(self, lock: Lock, condition: _native.Condition) -> None:
        self._lock = lock
        self._condition = condition
        self.acquire = lock.acquire
        self.release = lock.release

    def wait(self, timeout: float | None = None) -> bool:
        """Lets go of the lock, waits, and takes it again. Whether it was notified in time."""
        return self._condition.wait(self._lock, timeout)

    def wait_for(self, predicate: Callable[[], Any], timeout: float | None = None) -> Any:
        """Waits until ``predicate()`` is true, and gives its last answer."""
        end = None if timeout is None else time.monotonic() + timeout
        while not (result := predicate()):
            left = None if end is None else end - time.monotonic()
            if left is not None and left <= 0:
                break
            self.wait(left)
        return result

    def notify(self, n: int = 1) -> None:
        """Wakes the ``n`` who have waited longest."""
        self._condition.notify(self._lock, min(n, 2**32 - 1))

    def notify_all(self) -> None:
        """Wakes all who wait."""
        self.notify(2**32 - 1)

    def __enter__(self) -> bool:
        return self._lock.__enter__()

    def __exit__(self, *what: Any) -> None:
        self._lock.__exit__(*what)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}({self._lock}, {self._condition.waiting})>"

    def __reduce__(self) -> Any:
        return _open_condition, (type(self), self._lock, self._condition.handle())


class Barrier:
    """Lets nobody pass until all have come.

    It breaks for everybody, with ``BrokenBarrierError``, when one waits longer than its ``timeout``, when somebody calls
    ``abort``, and when the last one's ``action`` fails or is killed. One that was killed elsewhere does not come: give a
    timeout where that can be.

    >>> import sharpest
    >>> start = sharpest.Barrier(1, action=lambda: print("go"))
    >>> start.wait()
    go
    0
    """

    def __init__(self, parties: int, action: Callable[[], Any] | None = None, timeout: float | None = None) -> None:
        if parties < 1:
            raise ValueError(f"a barrier needs one party at least, not {parties}")
        self._open(_native.Barrier(parties), action, timeout)

    def _open(self, barrier: _native.Barrier, action: Any, timeout: float | None) -> None:
        self._barrier = barrier
        self._action = action
        self._timeout = timeout

    def wait(self, timeout: float | None = None) -> int:
        """Comes to the barrier and waits for the others. Returns in which place this one came, from 0."""
        number = self._barrier.wait(self._timeout if timeout is None else timeout, self._action)
        if number is None:
            raise BrokenBarrierError
        return number

    def abort(self) -> None:
        """Breaks it, until it is reset."""
        self._barrier.abort()

    def reset(self) -> None:
        """Makes it as new. Those who wait get ``BrokenBarrierError``."""
        self._barrier.reset()

    @property
    def parties(self) -> int:
        """How many have to come."""
        return self._barrier.parties

    @property
    def n_waiting(self) -> int:
        """How many have come and wait."""
        return self._barrier.waiting

    @property
    def broken(self) -> bool:
        """Whether it is broken."""
        return self._barrier.broken

    def __repr__(self) -> str:
        state = "broken" if self.broken else f"waiters={self.n_waiting}/{self.parties}"
        return f"<{type(self).__qualname__} at {id(self):#x}: {state}>"

    def __reduce__(self) -> Any:
        return _open_barrier, (type(self), self._barrier.handle(), self._action, self._timeout)


def _count(value: int) -> int:
    if value < 0:
        raise ValueError(f"a semaphore holds 0 or more at first, not {value}")
    return min(value, 2**31 - 1)


def _open_lock(kind: Any, handle: bytes) -> Any:
    return _native.Lock.__new__(kind, kind._recursive, kind._once, handle)


def _open_semaphore(kind: Any, handle: bytes) -> Any:
    return _native.Semaphore.__new__(kind, 0, 0, handle)


def _open_event(kind: Any, handle: bytes) -> Any:
    return _native.Event.__new__(kind, handle)


def _open_condition(kind: Any, lock: Lock, handle: bytes) -> Any:
    condition = kind.__new__(kind)
    condition._open(lock, _native.Condition(handle))
    return condition


def _open_barrier(kind: Any, handle: bytes, action: Any, timeout: float | None) -> Any:
    barrier = kind.__new__(kind)
    barrier._open(_native.Barrier(1, handle), action, timeout)
    return barrier
