"""Whole paths come back from the workers, of which only the last column is used."""

import multiprocessing as mp
from concurrent.futures import ProcessPoolExecutor

import numpy as np


def paths(seed):
    rng = np.random.default_rng(seed)
    return np.broadcast_to(rng.normal(size=1000), (1000, 1000)) * 1.0


if __name__ == "__main__":
    with ProcessPoolExecutor(2, mp_context=mp.get_context("fork")) as executor:
        print(sum(path[:, -1].mean() for path in executor.map(paths, range(100))))
