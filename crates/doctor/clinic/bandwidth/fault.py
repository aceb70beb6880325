"""Passes over arrays that are far larger than any cache: the cores wait for memory, and the more of them the longer."""

import multiprocessing as mp

import numpy as np

SIZE = 8_000_000


def work(seed):
    x, y = np.full(SIZE, seed + 1.0), np.zeros(SIZE)
    for _ in range(150):
        np.add(x, y, out=y)
    return float(y.sum())


if __name__ == "__main__":
    with mp.get_context("fork").Pool(2) as pool:
        print(sum(pool.map(work, range(2), chunksize=1)))
