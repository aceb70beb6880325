"""The exact optimum by other people's solvers, timed in one process: PyPortfolioOpt, skfolio, DAQP, and SCIP for "at most K".

Usage: solvers.py PRICES MORE_PRICES. Solves "at most 20 % in one" on the first file and "at most 5, at most 10 assets" on
the second, from moments that are estimated once, and prints one line of JSON: medians in seconds, and each answer.
"""

import json
import statistics
import sys
import time
import warnings

import numpy as np

CAP = 0.2


def moments(path):
    prices = np.genfromtxt(path, delimiter=",", skip_header=1)
    returns = prices[1:] / prices[:-1] - 1
    return returns, 252 * returns.mean(axis=0), 252 * np.cov(returns, rowvar=False)


def timed(turns, solve):
    """The median time of a call, and the Sharpe ratio it found."""
    times, found = [], None
    for _ in range(turns):
        start = time.perf_counter()
        found = solve()
        times.append(time.perf_counter() - start)
    return statistics.median(times), float(found)


def main():
    warnings.filterwarnings("ignore")
    import daqp
    from pypfopt import EfficientFrontier
    from skfolio import RiskMeasure
    from skfolio.optimization import MeanRisk, ObjectiveFunction

    returns, mean, covariance = moments(sys.argv[1])
    n = len(mean)

    def sharpe(weights, mean=mean, covariance=covariance):
        return mean @ weights / np.sqrt(weights @ covariance @ weights)

    # y = w·kappa: min y'Cy/2, mean'y = 1, y - cap·sum(y) <= 0, y >= 0. DAQP is handed its matrices ready made.
    rows = np.vstack([mean[None, :], np.eye(n) - CAP])
    low = np.concatenate([np.zeros(n), [1.0], np.full(n, -1e30)])
    high = np.concatenate([np.full(n, 1e30), [1.0], np.zeros(n)])
    sense = np.zeros(2 * n + 1, dtype=np.int32)
    sense[n] = 5  # an equality

    def by_daqp():
        y = daqp.solve(covariance, np.zeros(n), rows, high, low, sense)[0]
        return sharpe(y / y.sum())

    def by_pyportfolioopt():
        frontier = EfficientFrontier(mean, covariance, weight_bounds=(0, CAP))
        return sharpe(np.array(list(frontier.max_sharpe(risk_free_rate=0.0).values())))

    def by_skfolio(returns=returns, mean=mean, covariance=covariance, **options):
        ratio, risk = ObjectiveFunction.MAXIMIZE_RATIO, RiskMeasure.VARIANCE
        model = MeanRisk(objective_function=ratio, risk_measure=risk, **options).fit(returns)
        return sharpe(model.weights_, mean, covariance)

    answer = {
        "daqp": timed(201, by_daqp),
        "pyportfolioopt": timed(11, by_pyportfolioopt),
        "skfolio": timed(11, lambda: by_skfolio(max_weights=CAP)),
    }
    more = moments(sys.argv[2])
    for most in (5, 10):
        options = {"cardinality": most, "solver": "SCIP", "solver_params": {"scip_params": {"limits/time": 120}}}
        answer[f"scip_{most}"] = timed(1, lambda options=options: by_skfolio(*more, **options))
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
