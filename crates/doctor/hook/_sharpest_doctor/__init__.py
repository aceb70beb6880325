"""What the doctor does inside an interpreter of the program that it watches.

`ledger` keeps what is seen, in files that outlive the process however it ends. `importing` waits for the modules that
matter and has them instrumented as they are imported: a program that never imports multiprocessing pays for nothing else.

Rules: nothing here changes what the program does or prints; no exception leaves but the program's own; what costs more
than a counter is done a bounded number of times.
"""

import os
import sys


def start(folder):
    """Begins: before the program in an interpreter of its tree, or whenever one that runs asks for it."""
    from . import importing, ledger

    ledger.open_in(folder)
    version = "%d.%d.%d" % sys.version_info[:3]
    ledger.note("python", version=version, executable=sys.executable)
    importing.listen()
    if os.path.exists(folder + "/../allocations"):
        from . import allocations

        allocations.start()


def settle():
    """Writes down all that is known so far."""
    from . import ledger

    ledger.settle()


def stop():
    """Ends, in an interpreter that goes on. What was instrumented stays so, and counts nothing."""
    from . import importing, ledger

    importing.deafen()
    ledger.close()


def watches():
    """Whether it has begun and not ended."""
    from . import ledger

    return ledger.is_open()
