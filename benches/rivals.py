"""The same search in NumPy, twice: as its author wrote it, and as well as it is known how.

Usage: rivals.py seed|best PRICES PROCESSES SUBSETS. Searches the first SUBSETS subsets of 25 of 30 with 1,000 draws each,
no weight above 20 %, over a pool of processes that share one array, and prints one line of JSON: seconds, subsets, best.
The clock starts when every worker has started and the array is shared.
"""

import itertools
import json
import os
import sys
import time

for library in ("OPENBLAS", "OMP", "MKL"):  # before NumPy: one BLAS thread a process, or the processes fight
    os.environ[f"{library}_NUM_THREADS"] = "1"

import multiprocessing
from multiprocessing import shared_memory

import numpy as np

PICK, DRAWS, CAP, PERIODS = 25, 1000, 0.2, 252
shared = {}


def attach(name, shape, kind, seed):
    """Start a worker: the returns are read in place."""
    block = shared_memory.SharedMemory(name=name)
    shared["block"] = block
    shared["returns"] = np.ndarray(shape, dtype=float, buffer=block.buf)
    shared["random"] = np.random.default_rng([seed, os.getpid()])
    if kind == "best":
        shared["mean"] = PERIODS * shared["returns"].mean(axis=0)
        shared["covariance"] = PERIODS * np.cov(shared["returns"], rowvar=False)


def seed_weights(random):
    """Weightings one Dirichlet draw at a time in bulk, those above the cap drawn again."""
    kept, missing = [], DRAWS
    while missing > 0:
        weights = random.dirichlet(np.ones(PICK), size=missing)
        good = weights[weights.max(axis=1) <= CAP]
        kept.append(good)
        missing -= len(good)
    return np.concatenate(kept)


def seed_subset(subset):
    """The author's way: every daily return of every draw, and the covariance anew for each subset."""
    returns = shared["returns"][:, subset]
    weights = seed_weights(shared["random"])
    daily = returns @ weights.T
    mean = PERIODS * daily.mean(axis=0)
    covariance = PERIODS * np.cov(returns, rowvar=False)
    volatility = np.sqrt(np.einsum("ij,jk,ik->i", weights, covariance, weights))
    sharpe = mean / volatility
    at = int(sharpe.argmax())
    return float(sharpe[at]), subset, weights[at]


def best_weights(random):
    """Normalized exponentials, a few more than needed at a time."""
    weights = random.standard_exponential((int(DRAWS / 0.87), PICK))
    weights /= weights.sum(axis=1, keepdims=True)
    weights = weights[weights.max(axis=1) <= CAP]
    while len(weights) < DRAWS:
        weights = np.concatenate([weights, seed_weights(random)])
    return weights[:DRAWS]


def best_subset(subset):
    """Moments once for all subsets, sliced; the variance by rows."""
    index = np.array(subset)
    mean = shared["mean"][index]
    covariance = shared["covariance"][np.ix_(index, index)]
    weights = best_weights(shared["random"])
    sharpe = weights @ mean / np.sqrt(((weights @ covariance) * weights).sum(axis=1))
    at = int(sharpe.argmax())
    return float(sharpe[at]), subset, weights[at]


def main():
    kind, path, processes, count = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    prices = np.genfromtxt(path, delimiter=",", skip_header=1)
    returns = prices[1:] / prices[:-1] - 1
    block = shared_memory.SharedMemory(create=True, size=returns.nbytes)
    try:
        np.ndarray(returns.shape, dtype=float, buffer=block.buf)[:] = returns
        subsets = list(itertools.islice(itertools.combinations(range(returns.shape[1]), PICK), count))
        work = seed_subset if kind == "seed" else best_subset
        with multiprocessing.Pool(processes, attach, (block.name, returns.shape, kind, 1)) as pool:
            pool.map(work, subsets[:processes], chunksize=1)  # everyone is awake
            start = time.perf_counter()
            best = max(pool.imap_unordered(work, subsets, chunksize=25), key=lambda found: found[0])
            seconds = time.perf_counter() - start
    finally:
        block.close()
        block.unlink()
    print(json.dumps({"seconds": seconds, "subsets": len(subsets), "best": best[0]}))


if __name__ == "__main__":
    main()
