"""A new pool of spawned workers for each of a few short jobs; each imports NumPy again."""

import multiprocessing as mp

import numpy as np


def work(seed):
    return float(np.random.default_rng(seed).normal(size=50_000).sum())


if __name__ == "__main__":
    total = 0.0
    for job in range(3):
        with mp.get_context("spawn").Pool(2) as pool:
            total += sum(pool.map(work, range(8), chunksize=1))
    print(total)
