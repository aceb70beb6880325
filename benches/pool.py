"""What a task costs in each pool of two workers: one line of JSON, medians over turns that the pools take.

Usage: pool.py [TURNS]. Seconds, by pool and kind:

- ``noop``: one task that does nothing, there and back.
- ``map``: a task of many that do nothing, handed out one by one; ``chunked``: in the pool's best chunks.
- ``send`` and ``back``: an array of 100 MB as an argument, and as a result that the worker has at hand.
- ``shared`` and ``built``: the same where the array is shared, or built in shared memory (``sharpest`` alone).
- ``start``: from nothing to the first result.
"""

import json
import multiprocessing
import statistics
import sys
import time
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import sharpest

COUNT = 12_500_000  # doubles: 100 MB
MANY = 20_000
CHUNKED = 100_000
TRIPS = 3_000
HELD = {}


def hold():
    HELD["array"] = np.ones(COUNT)


def nothing(_=None):
    return None


def last(array):
    return float(array[-1])


def held(_=None):
    if not HELD:
        hold()
    return HELD["array"]


def built(_=None):
    result = sharpest.empty(COUNT)
    result[-1] = 1.0
    return result


def timed(call):
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


class OfFutures:
    """An executor of the standard library's kind."""

    chunks = (500, 2_500, 12_500)

    def __init__(self, make):
        self.make = make
        self.pool = make()
        list(self.pool.map(held, range(8)))

    def run(self, function, argument):
        return self.pool.submit(function, argument).result()

    def map(self, chunksize):
        count = MANY if chunksize == 1 else CHUNKED
        return list(self.pool.map(nothing, range(count), chunksize=chunksize))

    def start(self):
        with self.make() as pool:
            return pool.submit(nothing).result()

    def close(self):
        self.pool.shutdown()


class OfMultiprocessing(OfFutures):
    """``multiprocessing.Pool``."""

    def run(self, function, argument):
        return self.pool.apply(function, (argument,))

    def map(self, chunksize):
        if chunksize == 1:
            return list(self.pool.imap(nothing, range(MANY)))
        return self.pool.map(nothing, range(CHUNKED), chunksize=chunksize)

    def start(self):
        with self.make() as pool:
            return pool.apply(nothing)

    def close(self):
        self.pool.terminate()


def contestants():
    context = multiprocessing.get_context("forkserver")
    yield "sharpest", OfFutures(lambda: sharpest.Pool(2))
    yield "ProcessPoolExecutor", OfFutures(lambda: ProcessPoolExecutor(2, mp_context=context))
    yield "multiprocessing.Pool", OfMultiprocessing(lambda: context.Pool(2))
    try:
        import loky
    except ImportError:
        return
    yield "loky", OfFutures(lambda: loky.ProcessPoolExecutor(2))


def turn(name, pool, array):
    """One turn of one pool."""
    times = {"noop": statistics.median(timed(lambda: pool.run(nothing, None)) for _ in range(TRIPS))}
    times["map"] = timed(lambda: pool.map(1)) / MANY
    times["chunked"] = min(timed(lambda size=size: pool.map(size)) / CHUNKED for size in pool.chunks)
    times["send"] = timed(lambda: pool.run(last, array))
    times["back"] = timed(lambda: pool.run(held, None))
    if name == "sharpest":
        shared = sharpest.share(array)
        times["shared"] = statistics.median(timed(lambda: pool.run(last, shared)) for _ in range(20))
        times["built"] = statistics.median(timed(lambda: pool.run(built, None)) for _ in range(20))
    times["start"] = timed(pool.start)
    return times


def main():
    turns = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    array, copy = np.ones(COUNT), np.ones(COUNT)
    pools = dict(contestants())
    times = {name: [] for name in pools}
    memcpy = []
    for pool in pools.values():  # pages and caches are warm
        pool.run(last, array), pool.run(last, array), pool.run(held, None), pool.run(held, None)
    for _ in range(turns):
        for name, pool in pools.items():
            times[name].append(turn(name, pool, array))
        memcpy.append(timed(lambda: np.copyto(copy, array)))
    for pool in pools.values():
        pool.close()
    told = {name: {kind: statistics.median(one[kind] for one in all_) for kind in all_[0]} for name, all_ in times.items()}
    print(json.dumps(told | {"memcpy": statistics.median(memcpy)}))


if __name__ == "__main__":
    main()
