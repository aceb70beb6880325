"""The linear algebra libraries of one worker and their threads, where threadpoolctl is installed. Importing that costs 20 ms,
so a worker of one thread does not ask, and once a program is enough: a file says who did it."""

import os
import sys

from . import ledger


def look():
    """Asks threadpoolctl, in the first worker that comes here with NumPy loaded and more than one thread."""
    if "numpy" not in sys.modules or len(os.listdir("/proc/self/task")) < 2 or not _first():
        return
    try:
        import threadpoolctl
    except ImportError:
        return
    for library in threadpoolctl.threadpool_info():
        ledger.note(
            "blas",
            library=library.get("internal_api"),
            version=library.get("version"),
            threads=library.get("num_threads"),
        )


def _first():
    try:
        flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC
        os.close(os.open(ledger._folder + "/blas.asked", flags, 0o600))
    except OSError:
        return False
    return True
