"""The same formula in blocks that stay in the cache, in place."""

import multiprocessing as mp

import numpy as np

x = np.linspace(0.0, 1.0, 5_000_000)


def work(seed):
    total, y, z = 0.0, np.empty(20_000), np.empty(20_000)
    for start in range(0, len(x), len(y)):
        np.add(x[start : start + len(y)], seed, out=y)
        for _ in range(8):
            np.multiply(y, 0.5, out=z)
            z += 1.0
            y, z = z, y
        total += y.sum()
    return float(total)


if __name__ == "__main__":
    with mp.get_context("fork").Pool(2) as pool:
        print(sum(pool.map(work, range(64), chunksize=2)))
