"""The highest Sharpe ratio by brute force: every set of assets that may be held, and no code of the package."""

from __future__ import annotations

import itertools

import numpy as np


def best(returns: np.ndarray, periods: float) -> tuple[float, np.ndarray]:
    """Gives the highest annual Sharpe ratio of long-only weights, and the weights.

    Of a set of assets that are all held, the best weights are proportional to the inverse covariance times the means. The
    optimum is the best of the sets whose weights come out positive.
    """
    mean, covariance = returns.mean(axis=0), np.cov(returns, rowvar=False, ddof=1).reshape(returns.shape[1], -1)
    highest, weights = -np.inf, np.zeros(len(mean))
    for size in range(1, len(mean) + 1):
        for chosen in itertools.combinations(range(len(mean)), size):
            held = list(chosen)
            portfolio = np.linalg.solve(covariance[np.ix_(held, held)], mean[held])
            if (portfolio <= 0).any():
                continue
            sharpe = float(np.sqrt(mean[held] @ portfolio))
            if sharpe > highest:
                highest, weights = sharpe, np.zeros(len(mean))
                weights[held] = portfolio / portfolio.sum()
    return highest * float(np.sqrt(periods)), weights
