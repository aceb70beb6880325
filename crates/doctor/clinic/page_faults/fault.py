"""Every step of a formula makes an array of 40 MB, and frees the one before."""

import multiprocessing as mp

import numpy as np

x = np.linspace(0.0, 1.0, 5_000_000)


def work(seed):
    y = x + seed
    for _ in range(8):
        y = y * 0.5
        y = y + 1.0
    return float(y.sum())


if __name__ == "__main__":
    with mp.get_context("fork").Pool(2) as pool:
        print(sum(pool.map(work, range(24), chunksize=1)))
