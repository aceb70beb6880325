"""Each task has a generator of its own."""

import multiprocessing as mp

import numpy as np


def simulate(seed):
    rng, total = np.random.default_rng(seed), 0.0
    for _ in range(1000):
        total += rng.normal(size=1000).mean()
    return total


if __name__ == "__main__":
    seeds = np.random.SeedSequence(1).spawn(120)
    with mp.get_context("fork").Pool(2) as pool:
        print("%.3f" % sum(pool.map(simulate, seeds, chunksize=1)))
