"""What is used of the paths is worked out where they are."""

import multiprocessing as mp
from concurrent.futures import ProcessPoolExecutor

import numpy as np


def last(seed):
    rng, total = np.random.default_rng(seed), 0.0
    step = np.empty(1000)
    for _ in range(1200):
        rng.standard_normal(out=step)
        total += step[-1]
    return total


if __name__ == "__main__":
    with ProcessPoolExecutor(2, mp_context=mp.get_context("fork")) as executor:
        print(sum(executor.map(last, range(150))))
