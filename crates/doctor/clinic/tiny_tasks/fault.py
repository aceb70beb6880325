"""A task for each number."""

import multiprocessing as mp


def square(number):
    return number * number


if __name__ == "__main__":
    with mp.get_context("fork").Pool(2) as pool:
        print(sum(pool.map(square, range(120_000), chunksize=1)))
