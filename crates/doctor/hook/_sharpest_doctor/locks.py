"""Locks of multiprocessing: how long the program waited for which, and where.

Waiting of pools and queues for work is not waiting for a lock: only a wait that the program's own line asked for counts.
The numbers of a slot `lock`: waits, nanoseconds, the longest.
"""

import sys

from . import ledger

SHORT = 50_000  # nanoseconds; a shorter wait is not worth a look at who waits
# Files of the standard library through which a line of the program locks. Queues and pools are not among them.
THROUGH = ("multiprocessing/synchronize.py", "multiprocessing/sharedctypes.py")


def synchronize(module):
    """Instruments multiprocessing.synchronize."""
    base = module.SemLock
    make = base._make_methods

    def make_methods(self):
        make(self)
        take = self._semlock.acquire

        def acquire(block=True, timeout=None):
            if take(False):  # a lock that is free costs no look at the clock
                return True
            if not block:
                return False
            begin = ledger.now()
            result = take(True, timeout)
            waited = ledger.now() - begin
            if waited > SHORT:
                _waited(waited)
            return result

        self.acquire = acquire

    def enter(self):
        if self._semlock.acquire(False):
            return True
        begin = ledger.now()
        result = self._semlock.__enter__()
        waited = ledger.now() - begin
        if waited > SHORT:
            _waited(waited)
        return result

    base._make_methods, base.__enter__ = make_methods, enter


def _waited(nanoseconds):
    try:
        frame = sys._getframe(2)
        while frame.f_code.co_filename.endswith(THROUGH) or frame.f_code.co_filename == __file__:
            if frame.f_code.co_name in ("wait", "wait_for", "notify"):
                return  # waiting for an event, not for a lock
            frame = frame.f_back
        code = frame.f_code
        if "/multiprocessing/" in code.co_filename or "/concurrent/" in code.co_filename:
            return
        if "loky" in code.co_filename:
            return
        where = "%s:%d" % (code.co_filename, frame.f_lineno)
        slot = ledger.slot("lock", getattr(code, "co_qualname", code.co_name), where)
        numbers = ledger.numbers
        numbers[slot] += 1
        numbers[slot + 1] += nanoseconds
        if nanoseconds > numbers[slot + 2]:
            numbers[slot + 2] = nanoseconds
    except Exception:
        pass
