"""A pool that is kept from one call to the next that asks for the same: by then its workers have imported what the tasks
need, which for scikit-learn takes longer than most calls."""

from __future__ import annotations

import os
import pickle
import threading
from multiprocessing import parent_process
from typing import Any, NamedTuple

from .executor import Pool
from .nursery import Nursery, has_main

#: How long workers that nobody asks for are kept, in seconds.
IDLE = 300.0


class _Kept(NamedTuple):
    """A pool at rest, what it was asked for with, and what ends it when nobody asks again."""

    pool: Pool
    wanted: Any
    expiry: threading.Timer

    def end(self) -> None:
        """Ends its workers."""
        self.expiry.cancel()
        self.pool.shutdown()


_kept: list[_Kept] = []
_LOCK = threading.Lock()


def _forked() -> None:
    global _LOCK
    _LOCK = threading.Lock()  # a thread that the child does not have may hold the old one
    _kept.clear()


os.register_at_fork(after_in_child=_forked)


def take(workers: int, **options: Any) -> tuple[Pool, Any]:
    """The pool that was left, if a new one would be made and would begin its workers in the same way; or a new one. The options
    are those of :class:`Pool`. And what :func:`leave` is to be told."""
    wanted = _as_sent(workers, options)
    with _LOCK:
        left = _kept.pop() if _kept else None
    if left is not None:
        if wanted is not None and left.wanted == wanted and _is_fit(left.pool, options):
            left.expiry.cancel()
            return left.pool, wanted
        left.end()
    return Pool(workers, **options), wanted


def leave(pool: Pool, wanted: Any) -> None:
    """Keeps a pool that :func:`take` gave, if it is at rest and may be taken again; or shuts it down."""
    if wanted is None or not _rests(pool):
        pool.shutdown()
        return
    expiry = threading.Timer(IDLE, _expire, (pool,))
    expiry.daemon = True
    with _LOCK:
        others = _kept[:]
        _kept[:] = [_Kept(pool, wanted, expiry)]
    expiry.start()
    for other in others:
        other.end()


def end() -> None:
    """Ends the workers that are kept."""
    with _LOCK:
        others = _kept[:]
        _kept.clear()
    for other in others:
        other.end()


def _expire(pool: Pool) -> None:
    with _LOCK:
        still = [kept for kept in _kept if kept.pool is pool]  # or somebody has just taken it
        for kept in still:
            _kept.remove(kept)
    for kept in still:
        kept.end()


def _as_sent(workers: int, options: dict[str, Any]) -> Any:
    """What tells whether two pools are the same; none where that cannot be told, or where pools are not kept."""
    begins = options.get("initializer")
    by_value = getattr(begins, "__module__", None) == "__main__" and not has_main()
    if parent_process() is not None or options.get("mp_context") is not None or by_value:
        return None  # a worker that keeps workers would be many
    try:
        return pickle.dumps((workers, sorted(options.items())))
    except Exception:
        return None


def _rests(pool: Pool) -> bool:
    return pool._owner == os.getpid() and not pool._crew.pending and not pool._crew.broken


def _is_fit(pool: Pool, options: dict[str, Any]) -> bool:
    """Whether its workers would begin today as they began."""
    today = Nursery(pool._blas_threads, options.get("preload", ()))
    return _rests(pool) and isinstance(pool._nursery, Nursery) and pool._nursery.is_as(today)
