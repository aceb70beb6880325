"""A table of prices is sent along with every task of a Pool."""

import multiprocessing as mp

import numpy as np


def simulate(scenario, prices, rate):
    return float(prices[scenario % len(prices)].sum()) * rate


if __name__ == "__main__":
    prices = np.ones((1000, 1000))
    with mp.get_context("fork").Pool(2) as pool:
        tasks = ((scenario, prices, 0.5) for scenario in range(120))
        print(sum(pool.starmap(simulate, tasks, chunksize=1)))
