"""The table is there before the workers are, and only its name is used."""

import multiprocessing as mp

import numpy as np

prices = np.ones((1000, 1000))


def simulate(scenario, rate):
    row, total = prices[scenario % len(prices)], 0.0
    scratch = np.empty_like(row)
    for _ in range(1200):
        np.sin(row, out=scratch)
        total += scratch.sum()
    return float(total) * rate


if __name__ == "__main__":
    with mp.get_context("fork").Pool(2) as pool:
        tasks = ((scenario, 0.5) for scenario in range(120))
        print(sum(pool.starmap(simulate, tasks, chunksize=1)))
