"""The same question: one thread a worker, a worker a core, no matrix of all pairs of weightings, and arrays that are made once."""

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"

import itertools
import multiprocessing as mp
from multiprocessing.shared_memory import SharedMemory

import numpy as np

WEEKS, STOCKS, PICK, DRAWS, CAP = 104, 30, 25, 1000, 0.2


def attach(name):
    global memory, returns, weights, product
    memory = SharedMemory(name)
    returns = np.ndarray((WEEKS, STOCKS), buffer=memory.buf)
    weights, product = np.empty((2, DRAWS, PICK))


def maximize(task):
    seed, subset = task
    np.random.default_rng(seed).standard_exponential(out=weights)
    np.divide(weights, weights.sum(axis=1, keepdims=True), out=weights)
    chosen = returns[:, subset]
    growth = 52 * (weights @ chosen.mean(axis=0))
    np.matmul(weights, 52 * np.cov(chosen, rowvar=False), out=product)
    volatility = np.sqrt(np.einsum("ij,ij->i", product, weights))
    return (growth / volatility)[weights.max(axis=1) <= CAP].max()


if __name__ == "__main__":
    memory = SharedMemory(create=True, size=8 * WEEKS * STOCKS)
    returns = np.ndarray((WEEKS, STOCKS), buffer=memory.buf)
    returns[:] = np.random.default_rng(1).normal(0.002, 0.02, (WEEKS, STOCKS))
    subsets = itertools.islice(itertools.combinations(range(STOCKS), PICK), 2500)
    with mp.get_context("fork").Pool(2, attach, (memory.name,)) as pool:
        print("best Sharpe ratio: %.4f" % max(pool.imap_unordered(maximize, enumerate(subsets), chunksize=50)))
    memory.close()
    memory.unlink()
