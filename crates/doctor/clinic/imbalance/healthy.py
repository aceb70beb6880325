"""The same rows, dealt out in small shares, the longest first."""

import multiprocessing as mp


def row(number):
    return sum(i * i for i in range(number * 8)) % 7


if __name__ == "__main__":
    with mp.get_context("fork").Pool(2) as pool:
        print(sum(pool.imap_unordered(row, range(1999, 0, -1), chunksize=20)))
