"""The best 25 of 30 stocks by random weightings, as its author had it: eight workers that share the returns, threaded BLAS, the
covariance estimated anew for each subset, and a matrix of all pairs of weightings of which the diagonal is wanted."""

import itertools
import multiprocessing as mp
from multiprocessing.shared_memory import SharedMemory

import numpy as np

WEEKS, STOCKS, PICK, DRAWS, CAP = 104, 30, 25, 1000, 0.2


def attach(name):
    global memory, returns
    memory = SharedMemory(name)
    returns = np.ndarray((WEEKS, STOCKS), buffer=memory.buf)


def maximize(task):
    seed, subset = task
    weights = np.random.default_rng(seed).exponential(size=(DRAWS, PICK))
    weights /= weights.sum(axis=1, keepdims=True)
    weights = weights[weights.max(axis=1) <= CAP]
    chosen = returns[:, subset]
    growth = 52 * (chosen @ weights.T).mean(axis=0)
    covariance = 52 * np.cov(chosen, rowvar=False)
    volatility = np.sqrt(np.diag(weights @ covariance @ weights.T))
    return (growth / volatility).max()


if __name__ == "__main__":
    memory = SharedMemory(create=True, size=8 * WEEKS * STOCKS)
    returns = np.ndarray((WEEKS, STOCKS), buffer=memory.buf)
    returns[:] = np.random.default_rng(1).normal(0.002, 0.02, (WEEKS, STOCKS))
    subsets = itertools.islice(itertools.combinations(range(STOCKS), PICK), 160)
    with mp.get_context("fork").Pool(8, attach, (memory.name,)) as pool:
        print("best Sharpe ratio: %.4f" % max(pool.imap_unordered(maximize, enumerate(subsets), chunksize=4)))
    memory.close()
    memory.unlink()
