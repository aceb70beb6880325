"""The optimum as an optimizer of skfolio: it goes into their walk-forward, combinatorial validation and pipelines, and
predicts their portfolios."""

from __future__ import annotations

from typing import Any

import numpy as np

try:
    from sklearn.utils.validation import validate_data
    from skfolio.optimization import BaseOptimization
except ImportError as error:
    raise ImportError("sharpest.skfolio needs skfolio: pip install skfolio") from error

from .estimator import answer

__all__ = ["MaxSharpe"]


class MaxSharpe(BaseOptimization):
    """The portfolio with the highest Sharpe ratio, as :func:`sharpest.solve` finds it, whose parameters it takes.

    ``portfolio_params``, ``fallback``, ``previous_weights`` and ``raise_on_failure`` are skfolio's: where the data have no
    answer, ``fallback=EqualWeighted()`` goes on without.
    """

    def __init__(
        self,
        *,
        pick: int | None = None,
        at_most: int | None = None,
        cap: float | None = None,
        floor: float | None = None,
        rate: float | None = None,
        periods: float | str | None = None,
        time_limit: float | None = None,
        luck_draws: int = 0,
        jobs: int | None = 1,
        portfolio_params: dict[str, Any] | None = None,
        fallback: Any = None,
        previous_weights: Any = None,
        raise_on_failure: bool = True,
    ) -> None:
        super().__init__(
            portfolio_params=portfolio_params,
            fallback=fallback,
            previous_weights=previous_weights,
            raise_on_failure=raise_on_failure,
        )
        self.pick = pick
        self.at_most = at_most
        self.cap = cap
        self.floor = floor
        self.rate = rate
        self.periods = periods
        self.time_limit = time_limit
        self.luck_draws = luck_draws
        self.jobs = jobs

    def fit(self, X: Any, y: Any = None) -> MaxSharpe:
        """Solves for the returns ``X``; ``y`` is not used."""
        array = validate_data(self, X, dtype=np.float64, ensure_min_samples=3)
        self.result_, self.weights_ = answer(self, array)
        return self
