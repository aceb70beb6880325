"""The same layers, dealt out in small shares, the longest first."""

import multiprocessing as mp


def layer(number):
    return sum(i * i for i in range(number * number // 20)) % 7


if __name__ == "__main__":
    with mp.get_context("fork").Pool(2) as pool:
        print(sum(pool.imap_unordered(layer, range(1000, 0, -1), chunksize=10)))
