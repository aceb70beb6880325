"""A queue between processes, for programs that make their producers and consumers by hand."""

from __future__ import annotations

import os
import threading
import weakref
from collections import deque
from multiprocessing import reduction
from queue import Empty, Full
from typing import Any

from .. import _native
from ..sync import BoundedSemaphore
from .packing import HANDS_OVER, pack, unpack

__all__ = ["Empty", "Full", "Queue"]


class Queue:
    """As :class:`multiprocessing.Queue`, with the transport of :class:`sharpest.Pool`: arrays cross in shared memory, with one
    copy; arrays made by :func:`sharpest.empty` are handed over with none. Any process may put in and take out. It goes along
    as an argument of ``multiprocessing.Process`` under every start method, and to the workers of any pool.

    >>> import sharpest
    >>> queue = sharpest.Queue()
    >>> queue.put({"a": 1})
    >>> queue.get()
    {'a': 1}

    What is put in is pickled at once, by who puts it in: what changes later is not seen, and what cannot be pickled is an
    error there. Where the kernel holds no more messages a thread waits in the place of ``put``, and the process ends when all
    was taken or put.
    """

    def __init__(self, maxsize: int = 0) -> None:
        self.maxsize = max(0, maxsize)
        self._queue = _native.Queue()
        self._room = BoundedSemaphore(self.maxsize) if self.maxsize else None
        self._begin()

    def put(self, value: Any, block: bool = True, timeout: float | None = None) -> None:
        """Puts a value in; raises ``queue.Full`` when there was no room in time, and leaves the value as it was."""
        if self._room is not None and not self._room.acquire(block, timeout):
            raise Full
        try:
            body, parts, keep = pack(value, HANDS_OVER)
            post = _native.Post(body, parts)
        except BaseException:
            if self._room is not None:
                self._room.release()
            raise
        with self._lock:
            if self._backlog or not self._queue.put(post, 0.0):
                self._put_later(post, keep)

    def get(self, block: bool = True, timeout: float | None = None) -> Any:
        """Takes a value out; raises ``queue.Empty`` when there was none in time."""
        taken = self._queue.take(timeout if block else 0.0)
        if taken is None:
            raise Empty
        if self._room is not None:
            self._room.release()
        return unpack(*taken)

    def put_nowait(self, value: Any) -> None:
        """As ``put(value, block=False)``."""
        self.put(value, block=False)

    def get_nowait(self) -> Any:
        """As ``get(block=False)``."""
        return self.get(block=False)

    def empty(self) -> bool:
        """Whether there is nothing to take at this moment."""
        return self._queue.empty()

    def full(self) -> bool:
        """Whether there is no room at this moment."""
        return self._room is not None and self._room.get_value() == 0

    def _begin(self) -> None:
        self._lock = threading.Lock()  # in a forked child, too, which has neither the parent's thread nor its backlog
        self._backlog: deque[tuple[_native.Post, Any]] = deque()
        _queues.add(self)

    def _put_later(self, post: _native.Post, keep: Any) -> None:
        self._backlog.append((post, keep))
        if len(self._backlog) == 1:
            threading.Thread(target=self._put_backlog, name="sharpest-queue").start()

    def _put_backlog(self) -> None:
        while True:
            self._queue.put(self._backlog[0][0], None)
            with self._lock:
                self._backlog.popleft()
                if not self._backlog:
                    return

    def __getstate__(self) -> Any:
        ends = tuple(reduction.DupFd(end) for end in self._queue.ends)
        return self.maxsize, ends, self._room

    def __setstate__(self, state: Any) -> None:
        self.maxsize, ends, self._room = state
        self._queue = _native.Queue(tuple(end.detach() for end in ends))
        self._begin()


_queues: weakref.WeakSet[Queue] = weakref.WeakSet()


def _forked() -> None:
    for queue in [*_queues]:
        queue._begin()


os.register_at_fork(after_in_child=_forked)
