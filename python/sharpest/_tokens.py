"""Tokens, and the patience of a process that ends while some of its own are under way."""

from __future__ import annotations

import atexit
import os
import sys
import threading

from . import _native

#: How long a process that ends waits until what it handed out has been opened, in seconds.
LINGER = 10.0

_registered = 0

os.register_at_fork(after_in_child=_native.forked)


def token(segment: _native.Frozen) -> bytes:
    """What another process opens a segment with."""
    wait_at_exit()
    return segment.token()


def wait_at_exit() -> None:
    """Has this process, when it ends, wait until its tokens have been opened.

    Children of multiprocessing end without ``atexit``, but with finalizers: ours comes after that of the last queue, which
    has priority -5. The thread that feeds a queue may make the first token while those already run; then it is a thread
    that waits, since a process ends after its threads.
    """
    global _registered
    if _registered == os.getpid():
        return
    _registered = os.getpid()
    process = sys.modules.get("multiprocessing.process")
    if process is None or process.parent_process() is None:
        atexit.register(_native.linger, LINGER)
    elif threading.current_thread() is threading.main_thread():
        sys.modules["multiprocessing.util"].Finalize(None, _native.linger, (LINGER,), exitpriority=-100)
    else:
        threading.Thread(target=_wait_after_main, name="sharpest-linger", daemon=False).start()


def _wait_after_main() -> None:
    threading.main_thread().join()
    _native.linger(LINGER)
