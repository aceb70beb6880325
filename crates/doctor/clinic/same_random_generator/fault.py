"""The new generators do not help where one global is copied into every worker."""

import multiprocessing as mp

import numpy as np

rng = np.random.default_rng(1)


def simulate(number):
    total = 0.0
    for _ in range(1000):
        total += rng.normal(size=1000).mean()
    return total


if __name__ == "__main__":
    with mp.get_context("fork").Pool(2) as pool:
        print("%.3f" % sum(pool.map(simulate, range(100), chunksize=1)))
