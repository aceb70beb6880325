"""Forked workers draw from NumPy's global generator, of which each has the same copy."""

import multiprocessing as mp

import numpy as np

np.random.seed(1)


def simulate(number):
    total = 0.0
    for _ in range(1000):
        total += np.random.normal(size=1000).mean()
    return total


if __name__ == "__main__":
    with mp.get_context("fork").Pool(2) as pool:
        print("%.3f" % sum(pool.map(simulate, range(60), chunksize=1)))
