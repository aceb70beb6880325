"""Threads of BLAS: as many a worker as it has cores, so that workers do not fight."""

from __future__ import annotations

import os

from .. import _native

#: What the libraries read when they are loaded, and never again.
VARIABLES = (
    "OPENBLAS_NUM_THREADS",
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMEXPR_NUM_THREADS",
)


def threads_each(workers: int) -> int:
    """The cores that this process may use, by affinity and control group, shared out among its workers."""
    return max(1, _native.usable_cores() // workers)


def asked_for() -> int | None:
    """The number that whoever runs this program has set for one of the libraries, if any."""
    words = (os.environ.get(name, "") for name in VARIABLES)
    return next((int(word) for word in words if word.isdecimal() and int(word) > 0), None)


def environment(threads: int) -> dict[str, str]:
    """The variables that hold libraries to so many threads which are loaded later."""
    return dict.fromkeys(VARIABLES, str(threads))


def limit(threads: int) -> None:
    """Holds libraries to so many threads: those that are loaded later, and, with threadpoolctl, those that are."""
    os.environ.update(environment(threads))
    try:
        import threadpoolctl
    except ImportError:
        return
    threadpoolctl.threadpool_limits(threads)
