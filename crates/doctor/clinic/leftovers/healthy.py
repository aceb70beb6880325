"""The same, removed by the one who made it."""

import multiprocessing as mp
from multiprocessing.shared_memory import SharedMemory

import numpy as np


def work(name):
    shared = SharedMemory(name)
    data, scratch = np.ndarray((1000, 1000), buffer=shared.buf), np.empty(1000)
    total = 0.0
    for _ in range(60):
        for row in data:
            np.sin(row, out=scratch)
            total += scratch.sum()
    del data, row
    shared.close()
    return float(total)


if __name__ == "__main__":
    shared = SharedMemory(create=True, size=8_000_000)
    with mp.get_context("fork").Pool(2) as pool:
        print(sum(pool.map(work, [shared.name] * 4, chunksize=1)))
    shared.close()
    shared.unlink()
