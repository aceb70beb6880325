"""Shared memory that nobody removes, with the tracker silenced, as is often advised against its warnings."""

import multiprocessing as mp
from multiprocessing import resource_tracker
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
    resource_tracker.unregister(shared._name, "shared_memory")
    shared.close()
