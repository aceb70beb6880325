"""The same additions, block by block, so that each block stays in the cache from pass to pass."""

import multiprocessing as mp

import numpy as np

SIZE = 8_000_000
BLOCK = 16_000


def work(seed):
    total, x, y = 0.0, np.empty(BLOCK), np.empty(BLOCK)
    for _ in range(0, SIZE, BLOCK):
        x.fill(seed + 1.0)
        y.fill(0.0)
        for _ in range(150):
            np.add(x, y, out=y)
        total += float(y.sum())
    return total


if __name__ == "__main__":
    with mp.get_context("fork").Pool(2) as pool:
        print(sum(pool.map(work, range(2), chunksize=1)))
