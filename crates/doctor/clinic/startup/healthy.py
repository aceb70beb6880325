"""One pool for all jobs, with enough to do."""

import multiprocessing as mp

import numpy as np


def work(seed):
    rng, step, total = np.random.default_rng(seed), np.empty(50_000), 0.0
    for _ in range(60):
        rng.standard_normal(out=step)
        total += float(step.sum())
    return total


if __name__ == "__main__":
    total = 0.0
    with mp.get_context("forkserver").Pool(2) as pool:
        for job in range(3):
            total += sum(pool.map(work, range(40), chunksize=1))
    print(total)
