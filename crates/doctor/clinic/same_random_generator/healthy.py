"""The global generator is made anew in each worker, and NumPy's own is seeded by the process."""

import multiprocessing as mp
import os

import numpy as np


def prepare():
    global rng
    rng = np.random.default_rng()
    np.random.seed(os.getpid())


def simulate(number):
    total = 0.0
    for _ in range(500):
        total += rng.normal(size=1000).mean() + np.random.normal(size=1000).mean()
    return total


if __name__ == "__main__":
    with mp.get_context("fork").Pool(2, prepare) as pool:
        print("%.3f" % sum(pool.map(simulate, range(100), chunksize=1)))
