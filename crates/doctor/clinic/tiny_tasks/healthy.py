"""A task for each thousand numbers."""

import multiprocessing as mp


def square(number):
    return sum(number * number for _ in range(40))


if __name__ == "__main__":
    with mp.get_context("fork").Pool(2) as pool:
        print(sum(pool.imap(square, range(600_000), chunksize=3000)))
