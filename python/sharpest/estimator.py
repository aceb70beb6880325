"""The optimum as an estimator of scikit-learn: fit on returns, weights as an attribute, what they earn as prediction. For
skfolio's own validation and portfolios see :mod:`sharpest.skfolio`."""

from __future__ import annotations

from typing import Any

import numpy as np

try:
    from sklearn.base import BaseEstimator
    from sklearn.utils.validation import check_is_fitted, validate_data
except ImportError as error:
    raise ImportError("MaxSharpe needs scikit-learn 1.6 or later: pip install scikit-learn") from error

from . import frames
from ._search import solve, warn
from .errors import NoAnswer
from .result import Result

__all__ = ["MaxSharpe"]

#: What an estimator passes on to ``solve``.
QUESTION = ("pick", "at_most", "cap", "floor", "rate", "periods", "time_limit", "luck_draws", "jobs")


#: Periods in a year, unless they are given: a window of a validation is not to have others than the whole.
TRADING_DAYS = 252.0


class MaxSharpe(BaseEstimator):
    """The portfolio with the highest Sharpe ratio, as :func:`sharpest.solve` finds it.

    Parameters are those of :func:`sharpest.solve`. ``X`` holds returns, a row a period and a column an asset, as fractions.
    Where the data have no answer, because no portfolio beats the rate, ``fallback="equal_weight"`` holds the same amount of
    each asset, so that a long validation goes on; the default, ``"raise"``, raises what ``solve`` raises.

    After ``fit``, ``weights_`` has a weight for each column of ``X``, and ``result_`` the whole answer.

    >>> import sharpest
    >>> returns = sharpest.example_prices().pct_change().dropna()
    >>> model = sharpest.MaxSharpe(pick=5, cap=0.3).fit(returns[:"2021"])
    >>> float(model.weights_.max()), model.predict(returns["2022":]).shape
    (0.3, (249,))
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
        fallback: str = "raise",
    ) -> None:
        self.pick = pick
        self.at_most = at_most
        self.cap = cap
        self.floor = floor
        self.rate = rate
        self.periods = periods
        self.time_limit = time_limit
        self.luck_draws = luck_draws
        self.jobs = jobs
        self.fallback = fallback

    def fit(self, X: Any, y: Any = None) -> MaxSharpe:
        """Solves for the returns ``X``; ``y`` is not used."""
        if self.fallback not in ("raise", "equal_weight"):
            raise ValueError(f'fallback is {self.fallback!r}: give "raise" or "equal_weight"')
        array = validate_data(self, X, dtype=np.float64, ensure_min_samples=3)
        self.result_: Result | None
        try:
            self.result_, self.weights_ = answer(self, array, getattr(X, "index", None))
        except NoAnswer as error:
            if self.fallback == "raise":
                raise
            self.result_, self.weights_ = error.result, np.full(array.shape[1], 1 / array.shape[1])
        return self

    def predict(self, X: Any) -> Any:
        """What the portfolio earns in each period of ``X``."""
        check_is_fitted(self)
        return validate_data(self, X, dtype=np.float64, reset=False) @ self.weights_

    def score(self, X: Any, y: Any = None) -> float:
        """The annual Sharpe ratio of the portfolio in ``X``, so that a grid search looks for what was asked for."""
        earned = self.predict(X)[:, None]
        result: Any
        try:
            # Those of the fit: a fold is not to have others.
            periods = TRADING_DAYS if self.result_ is None else self.result_.settings.periods
            result = solve(frames.returns(earned, None), table="returns", rate=self.rate, periods=periods, luck_draws=0, jobs=1, quiet=True)
        except NoAnswer as error:  # a ratio below 0 is no answer, and yet a score
            result = error.result
        return result.equal_weight.sharpe


def answer(estimator: Any, returns: np.ndarray, index: Any = None) -> tuple[Result, np.ndarray]:
    """What ``solve`` answers to the parameters of an estimator, and a weight for each column."""
    names = getattr(estimator, "feature_names_in_", None)
    question = {name: getattr(estimator, name) for name in QUESTION}
    if question["periods"] is None:
        question["periods"] = TRADING_DAYS  # what a validation cuts has no dates to tell
    sheet = frames.returns(returns, None if names is None else list(names), index)
    result = solve(sheet, table="returns", quiet=True, **question)
    warn(result, stacklevel=5)
    return result, np.fromiter(result.weights.values(), np.float64, returns.shape[1])
