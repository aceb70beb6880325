"""The standard library's shared memory and locks, without what hurts: a program moves by changing an import.

=======================================  ==========================================
instead of                               write
=======================================  ==========================================
``from multiprocessing import ...``      ``from sharpest.compat import ...``
``multiprocessing.shared_memory``        ``sharpest.compat.shared_memory``
=======================================  ==========================================

for ``Array``, ``Value``, ``RawArray``, ``RawValue``, ``Lock``, ``RLock``, ``Semaphore``, ``BoundedSemaphore``,
``Condition``, ``Event``, ``Barrier``, ``Pool``, and ``SharedMemory`` and ``ShareableList``. Processes stay the standard library's;
:class:`sharpest.Queue` takes the place of its queues.

What is better: nothing stays behind in /dev/shm, whoever is killed; a reader's exit deletes nothing; a killed holder of a
lock is told to the next (:class:`sharpest.OwnerDied`) instead of stopping the program; ``close()`` is safe while arrays
look at the memory; a full /dev/shm is ``MemoryError``, not the end of the process; and all of it pickles into any pool.

What differs on purpose: only the thread that took a ``Lock`` can release it, and one that would wait for itself for ever
gets ``RuntimeError``. A ``Pool`` outlives the death of a worker, whose task fails instead of hanging the program; its
``imap`` reads its iterable a few tasks ahead, not to the end.
"""

from typing import TYPE_CHECKING, Any

from . import shared_memory
from .sharedctypes import Array, RawArray, RawValue, Value, synchronized
from .synchronize import Barrier, BoundedSemaphore, Condition, Event, Lock, RLock, Semaphore

__all__ = [
    "Array",
    "Barrier",
    "BoundedSemaphore",
    "Condition",
    "Event",
    "Lock",
    "Pool",
    "RLock",
    "RawArray",
    "RawValue",
    "Semaphore",
    "Value",
    "shared_memory",
    "synchronized",
]

if TYPE_CHECKING:
    from .pool import Pool


def __getattr__(name: str) -> Any:
    if name == "Pool":  # who shares memory need not have a pool
        from .pool import Pool

        return Pool
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
