"""The layers of a pyramid, cut into as many shares as there are workers: the last share has most of the work."""

import multiprocessing as mp


def layer(number):
    return sum(i * i for i in range(number * number // 20)) % 7


def share(bounds):
    return sum(layer(number) for number in range(*bounds))


if __name__ == "__main__":
    bounds = [(0, 700), (700, 1400)]
    with mp.get_context("fork").Pool(2) as pool:
        print(sum(pool.map(share, bounds, chunksize=1)))
