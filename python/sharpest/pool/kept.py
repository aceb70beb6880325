"""A pool that is kept from one call to the next that asks for the same: by then its workers have imported what the tasks
need, which for scikit-learn takes longer than most calls."""

from __future__ import annotations

import hashlib
import os
import pickle
import threading
from multiprocessing import parent_process
from typing import Any, NamedTuple

from . import blas
from .executor import Pool
from .nursery import Nursery, has_main

#: How long workers that nobody asks for are kept, in seconds.
IDLE = 300.0


class _Kept(NamedTuple):
    """A pool at rest, what it was asked for with, and what ends it when nobody asks again."""

    pool: Pool
    wanted: bytes
    expiry: threading.Timer

    def end(self) -> None:
        """Ends its workers."""
        self.expiry.cancel()
        self.pool.shutdown()


_kept: list[_Kept] = []
_LOCK = threading.RLock()  # a collection within it may end a generator of joblib, which takes a pool and leaves it


def _forked() -> None:
    global _LOCK
    _LOCK = threading.RLock()  # a thread that the child does not have may hold the old one
    _kept.clear()


os.register_at_fork(after_in_child=_forked)


def take(workers: int, **options: Any) -> tuple[Pool, bytes | None]:
    """The pool that was left, if a new one would be made and would begin its workers in the same way; or a new one. The options
    are those of :class:`Pool`. And what :func:`leave` is to be told."""
    wanted = _as_sent(workers, options)
    left = _swap()
    if left is not None:
        if wanted is not None and left.wanted == wanted and _is_fit(left.pool, workers, options):
            left.expiry.cancel()
            return left.pool, wanted
        left.end()
    return Pool(workers, **options), wanted


def leave(pool: Pool, wanted: bytes | None) -> None:
    """Keeps a pool that :func:`take` gave, if it is at rest and may be taken again; or shuts it down."""
    if wanted is None or not _rests(pool):
        pool.shutdown()
        return
    expiry = threading.Timer(IDLE, _expire, (pool,))
    expiry.daemon = True
    try:
        expiry.start()
    except RuntimeError:  # no thread can be started
        pool.shutdown()
        return
    other = _swap(_Kept(pool, wanted, expiry))
    if other is not None:
        other.end()


def end() -> None:
    """Ends the workers that are kept."""
    left = _swap()
    if left is not None:
        left.end()


def _swap(kept: _Kept | None = None) -> _Kept | None:
    """Keeps this one, and gives the one before."""
    with _LOCK:
        before = _kept.pop() if _kept else None
        if kept is not None:
            _kept.append(kept)
    return before


def _expire(pool: Pool) -> None:
    with _LOCK:
        kept = _kept.pop() if _kept and _kept[-1].pool is pool else None  # or somebody has just taken it
    if kept is not None:
        kept.pool.shutdown()


def _as_sent(workers: int, options: dict[str, Any]) -> bytes | None:
    """What tells whether two pools are the same; none where that cannot be told, or where pools are not kept."""
    if parent_process() is not None or options.get("mp_context") is not None:
        return None  # a worker that keeps workers would be many
    if options.get("initializer") is not None and not has_main():
        return None  # what is sent by value may have been defined anew under the same name
    try:
        return hashlib.sha256(pickle.dumps((workers, sorted(options.items())))).digest()
    except Exception:
        return None


def _rests(pool: Pool) -> bool:
    idle = not pool._crew.pending and not pool._crew.broken
    return idle and pool._owner == os.getpid() and pool._last is None and pool._thread.is_alive()


def _is_fit(pool: Pool, workers: int, options: dict[str, Any]) -> bool:
    """Whether its workers would begin today as they began."""
    threads = options.get("blas_threads")
    try:
        today = Nursery(blas.threads_each(workers) if threads is None else threads, options.get("preload", ()))
        return _rests(pool) and isinstance(pool._nursery, Nursery) and pool._nursery.is_as(today)
    except OSError:  # the directory is gone
        return False
