"""Every step of a formula makes an array of 16 MB, and frees it."""

import multiprocessing as mp

import numpy as np

x = np.linspace(0.0, 1.0, 2_000_000)


def work(seed):
    y = x + seed
    for _ in range(8):
        y = (y * 0.5 + 1.0) - (y * 0.25) + (0.125 * y)
    return float(y.sum())


if __name__ == "__main__":
    with mp.get_context("fork").Pool(2) as pool:
        print(sum(pool.map(work, range(48), chunksize=1)))
