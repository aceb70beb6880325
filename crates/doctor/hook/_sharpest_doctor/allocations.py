"""Lines that allocate, only where it was asked for: tracemalloc makes a program up to twice as slow.

Temporaries are gone when a task ends, so a thread of the worker looks while it runs.
"""

import sys

from . import ledger

PAUSE = 0.05
LARGE = 1 << 20

wanted = False
_most = {}


def start():
    """Begins to trace, in each interpreter."""
    global wanted
    import tracemalloc

    wanted = True
    if not tracemalloc.is_tracing():
        tracemalloc.start()


def watch():
    """Looks again and again, in a worker."""
    if wanted:
        import threading

        _most.clear()
        threading.Thread(target=_run, name="sharpest-doctor", daemon=True).start()


def _run():
    import threading
    import time
    import tracemalloc

    ledger.note("own", thread=threading.get_native_id())  # none of the program's threads
    while True:
        time.sleep(PAUSE)
        try:
            for line in tracemalloc.take_snapshot().statistics("lineno")[:5]:
                frame = line.traceback[0]
                place = "%s:%d" % (frame.filename, frame.lineno)
                if line.size >= LARGE and line.size > 1.2 * _most.get(place, 0):
                    _most[place] = line.size
                    ledger.note("allocation", place=place, bytes=line.size)
        except Exception:
            if sys.is_finalizing():
                return
