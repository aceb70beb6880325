"""Worker processes that never pickle an array, and say what crossed.

- ``executor``: the pool. ``future``: results, received by who waits for them. ``worker``: the other side.
- ``mapping``: the results of a map, in their order or as they are done.
- ``packing``, ``reducers``, ``byvalue``: messages. ``blame``: which part of a message it was.
- ``nursery``: where workers come from. ``kept``: those that a call leaves to the next. ``blas``: how many threads each may have.
- ``ledger``: what crossed, and where the time went. ``queue``: messages between processes that have no pool.
"""

from .errors import DeadlineExceeded, PoolBroken, RemoteTraceback, TaskUnreadable, WorkerDied
from .executor import Pool
from .future import Future
from .ledger import Ledger
from .queue import Queue

__all__ = [
    "DeadlineExceeded",
    "Future",
    "Ledger",
    "Pool",
    "PoolBroken",
    "Queue",
    "RemoteTraceback",
    "TaskUnreadable",
    "WorkerDied",
]
