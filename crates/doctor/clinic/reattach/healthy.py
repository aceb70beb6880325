"""Shared memory is attached once in each worker."""

import multiprocessing as mp
from multiprocessing.shared_memory import SharedMemory

import numpy as np

SHAPE = (500, 2000)


def attach(name):
    global shared, data
    shared = SharedMemory(name)
    data = np.ndarray(SHAPE, buffer=shared.buf)


def work(numbers):
    scratch, total = np.empty(2000), 0.0
    for number in numbers:
        np.sin(data[number % 500], out=scratch)
        total += scratch.sum()
    return float(total)


if __name__ == "__main__":
    segment = SharedMemory(create=True, size=8 * SHAPE[0] * SHAPE[1])
    np.ndarray(SHAPE, buffer=segment.buf)[:] = 1.0
    with mp.get_context("fork").Pool(2, attach, (segment.name,)) as pool:
        tasks = [range(start, start + 1000) for start in range(0, 120_000, 1000)]
        print(sum(pool.map(work, tasks, chunksize=1)))
    segment.close()
    segment.unlink()
