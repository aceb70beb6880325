"""Shared memory is attached for each row that is read."""

import multiprocessing as mp
from multiprocessing.shared_memory import SharedMemory

import numpy as np

SHAPE = (500, 2000)


def row(name, number):
    shared = SharedMemory(name)
    data = np.ndarray(SHAPE, buffer=shared.buf)
    total = float(data[number % 500].sum())
    del data
    shared.close()
    return total


def work(task):
    name, numbers = task
    return sum(row(name, number) for number in numbers)


if __name__ == "__main__":
    shared = SharedMemory(create=True, size=8 * SHAPE[0] * SHAPE[1])
    np.ndarray(SHAPE, buffer=shared.buf)[:] = 1.0
    with mp.get_context("fork").Pool(2) as pool:
        tasks = [(shared.name, range(start, start + 1000)) for start in range(0, 24_000, 1000)]
        print(sum(pool.map(work, tasks, chunksize=1)))
    shared.close()
    shared.unlink()
