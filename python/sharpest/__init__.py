"""The portfolio with the highest Sharpe ratio, and what it is built on: arrays in shared memory.

>>> import numpy as np, sharpest
>>> with sharpest.share(A=np.eye(3), B=np.arange(4)) as shared:
...     print(shared.A.trace(), shared["B"].sum())
3.0 6
"""

from ._example import example_prices
from ._native import OwnerDied, OwnerGone, __version__
from ._search import check, search, solve
from .arrays import SharedArray, SharedBlock, attach, empty, publish, share, trim, zeros
from .errors import (
    DataError,
    DataWarning,
    ExecutorError,
    InfeasibleError,
    NoAnswer,
    NoPortfolioBeatsRate,
    ScoreError,
    UnboundedError,
)
from .guarded import Array, Value
from .result import Result, Verdict
from .sync import Barrier, BoundedSemaphore, Condition, Event, Lock, LockStats, RLock, Semaphore

__all__ = [
    "Array",
    "Barrier",
    "BoundedSemaphore",
    "Condition",
    "DataError",
    "DataWarning",
    "Doctor",
    "Event",
    "ExecutorError",
    "InfeasibleError",
    "Lock",
    "LockStats",
    "MaxSharpe",
    "NoAnswer",
    "NoPortfolioBeatsRate",
    "OwnerDied",
    "OwnerGone",
    "Pool",
    "Queue",
    "RLock",
    "RayExecutor",
    "Result",
    "ScoreError",
    "Semaphore",
    "SharedArray",
    "SharedBlock",
    "UnboundedError",
    "Value",
    "Verdict",
    "__version__",
    "attach",
    "check",
    "doctor",
    "empty",
    "example_prices",
    "publish",
    "search",
    "share",
    "solve",
    "trim",
    "zeros",
]


def __getattr__(name: str) -> object:
    if name == "MaxSharpe":  # scikit-learn takes longer to import than all else together
        from .estimator import MaxSharpe

        return MaxSharpe
    if name in ("Pool", "Queue"):  # and multiprocessing is not needed for finance
        from . import pool

        return getattr(pool, name)
    if name in ("Doctor", "doctor"):  # and what starts processes, neither
        from . import _doctor

        return getattr(_doctor, name)
    if name == "RayExecutor":
        from .clusters import RayExecutor

        return RayExecutor
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
