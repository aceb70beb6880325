"""What a task costs in each pool of two workers: one line of JSON, medians over turns that the pools take.

Usage: pool.py [TURNS]. Rivals that are not installed are left out. Seconds, by pool and kind:

- ``noop``: one task that does nothing, there and back.
- ``map``: a task of many that do nothing, handed out one by one; ``chunked``: in the pool's best chunks.
- ``send`` and ``back``: an array of 100 MB as an argument, and as a result that the worker has at hand.
- ``shared`` and ``built``: the same where the array is shared, or built in shared memory (``sharpest`` alone).
- ``start``: from nothing to the first result. Of Ray and Dask once, since they begin once in a process.

Ray and Dask are servers that are never quiet, so they take their turns after the others, with ours again beside them
(``sharpest beside them``). And what is ours alone: ``ledger``, what the books cost in a round trip, and ``scoring``, by how much
the author's scoring (``rivals.py``) is faster in two workers than in one, the median over pairs of runs; ``bare`` is that of
processes which are told everything beforehand, the most that the machine gives.
"""

import importlib.util
import itertools
import json
import multiprocessing
import statistics
import sys
import time
import timeit
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import rivals
import sharpest

COUNT = 12_500_000  # doubles: 100 MB
MANY = 20_000
CHUNKED = 100_000
TRIPS = 3_000
SUBSETS, BATCH = 1_000, 10  # of the scoring; of a hundred batches the last, which one worker does alone, is little
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
    trips, many = TRIPS, MANY

    def __init__(self, make):
        self.make = make
        self.pool = make()
        list(self.pool.map(held, range(8)))

    def run(self, function, argument):
        return self.pool.submit(function, argument).result()

    def map(self, chunksize):
        count = self.many if chunksize == 1 else CHUNKED
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


class OfJoblib(OfFutures):
    """One call of ``Parallel`` after the other, by the workers of the first."""

    trips, many = 100, 2_000

    def __init__(self, joblib):
        self.joblib = joblib
        self.parallel = joblib.Parallel(2)
        self.parallel(joblib.delayed(held)(0) for _ in range(8))

    def run(self, function, argument):
        return self.parallel([self.joblib.delayed(function)(argument)])[0]

    def map(self, chunksize):
        if chunksize == 1:
            return self.joblib.Parallel(2, batch_size=1)(self.joblib.delayed(nothing)(one) for one in range(self.many))
        calls = (self.joblib.delayed(nothing)(one) for one in range(CHUNKED))
        return self.joblib.Parallel(2, batch_size=chunksize, pre_dispatch="all")(calls)

    def start(self):
        self.close()
        self.parallel = self.joblib.Parallel(2)
        return self.run(nothing, None)

    def close(self):
        from joblib.externals.loky import get_reusable_executor

        get_reusable_executor().shutdown()


class OfRay(OfFutures):
    """Remote functions of Ray."""

    trips, many = 500, 2_000

    def __init__(self):
        import ray

        self.ray, self.remotes = ray, {}
        self.began = timed(self.begin)
        ray.get([self.remote(held).remote() for _ in range(8)])

    def begin(self):
        self.ray.init(num_cpus=2, include_dashboard=False, logging_level="ERROR", log_to_driver=False)
        return self.run(nothing, None)

    def remote(self, function):
        if function not in self.remotes:
            self.remotes[function] = self.ray.remote(function)
        return self.remotes[function]

    def run(self, function, argument):
        return self.ray.get(self.remote(function).remote(argument))

    def map(self, chunksize):
        if chunksize == 1:
            return self.ray.get([self.remote(nothing).remote(one) for one in range(self.many)])
        chunks = [range(at, min(at + chunksize, CHUNKED)) for at in range(0, CHUNKED, chunksize)]
        return sum(self.ray.get([self.remote(all_of).remote(chunk) for chunk in chunks]), [])

    def close(self):
        self.ray.shutdown()


class OfDask(OfFutures):
    """A client of Dask with its own scheduler and workers on this machine."""

    trips, many = 200, 2_000

    def __init__(self):
        self.began = timed(self.begin)
        self.client.gather(self.client.map(held, range(8), pure=False))

    def begin(self):
        from distributed import Client, LocalCluster

        self.cluster = LocalCluster(2, threads_per_worker=1, dashboard_address=None)
        self.client = Client(self.cluster)
        return self.run(nothing, None)

    def run(self, function, argument):
        return self.client.submit(function, argument, pure=False).result()

    def map(self, chunksize):
        if chunksize == 1:
            return self.client.gather(self.client.map(nothing, range(self.many), pure=False))
        chunks = [range(at, min(at + chunksize, CHUNKED)) for at in range(0, CHUNKED, chunksize)]
        return sum(self.client.gather(self.client.map(all_of, chunks, pure=False)), [])

    def close(self):
        self.client.close()
        self.cluster.close()


def all_of(chunk):
    return list(map(nothing, chunk))


def contestants():
    context = multiprocessing.get_context("forkserver")
    yield "sharpest", OfFutures(lambda: sharpest.Pool(2))
    yield "ProcessPoolExecutor", OfFutures(lambda: ProcessPoolExecutor(2, mp_context=context))
    yield "multiprocessing.Pool", OfMultiprocessing(lambda: context.Pool(2))
    if importlib.util.find_spec("loky"):
        import loky

        yield "loky", OfFutures(lambda: loky.ProcessPoolExecutor(2))
    if importlib.util.find_spec("joblib"):
        import joblib

        yield "joblib", OfJoblib(joblib)


def servers():
    found = [(name, make) for module, name, make in (("ray", "Ray", OfRay), ("distributed", "Dask", OfDask))
             if importlib.util.find_spec(module)]
    if found:
        yield BESIDE, OfFutures(lambda: sharpest.Pool(2))
        yield from ((name, make()) for name, make in found)


#: Ours, beside those servers.
BESIDE = "sharpest beside them"


def turn(name, pool, array):
    """One turn of one pool."""
    times = {"noop": statistics.median(timed(lambda: pool.run(nothing, None)) for _ in range(pool.trips))}
    times["map"] = timed(lambda: pool.map(1)) / pool.many
    times["chunked"] = min(timed(lambda size=size: pool.map(size)) / CHUNKED for size in pool.chunks)
    times["send"] = statistics.median(timed(lambda: pool.run(last, array)) for _ in range(3))
    times["back"] = statistics.median(timed(lambda: pool.run(held, None)) for _ in range(3))
    if name in ("sharpest", BESIDE):
        shared = sharpest.share(array)
        times["shared"] = statistics.median(timed(lambda: pool.run(last, shared)) for _ in range(20))
        times["built"] = statistics.median(timed(lambda: pool.run(built, None)) for _ in range(20))
    times["start"] = pool.began if hasattr(pool, "began") else timed(pool.start)
    return times


def in_turns(pools, turns):
    """Medians of each pool, and of a copy of the array: to where NumPy has its own, and to shared memory.

    NumPy asks for huge pages, which shared memory has only where the system was told so. With small ones a copy takes a sixth
    longer, and nothing of that is the pool's.
    """
    array, copy, shared = np.ones(COUNT), np.ones(COUNT), sharpest.empty(COUNT)
    times = {name: [] for name in pools}
    memcpy, segment = [], []
    for pool in pools.values():  # pages and caches are warm
        pool.run(last, array), pool.run(last, array), pool.run(held, None), pool.run(held, None)
    for _ in range(turns):
        for name, pool in pools.items():
            times[name].append(turn(name, pool, array))
            memcpy += [timed(lambda: np.copyto(copy, array)) for _ in range(3)]
            segment += [timed(lambda: np.copyto(shared.array, array)) for _ in range(3)]
    for pool in pools.values():
        pool.close()
    told = {name: {kind: statistics.median(one[kind] for one in all_) for kind in all_[0]} for name, all_ in times.items()}
    return told, {"memcpy": statistics.median(memcpy), "segment": statistics.median(segment)}


def ledger_cost():
    """What the ledger costs a task: in the compiled part, and here the row of a function's name and two looks at the clock."""
    names = {"rows": {nothing.__qualname__: (0, None, [0, 1])}, "named": nothing, "clock": time.perf_counter}
    looks = "index, row, looks = rows[named.__qualname__]; clock(); clock()"
    here = statistics.median(timeit.repeat(looks, globals=names, repeat=200, number=1_000)) / 1_000
    return here + statistics.median(sharpest._native.ledger_cost(1_000) for _ in range(200))


def gauge(returns):
    """Begins a worker as ``rivals.py`` begins one, but for how the array gets there."""
    rivals.shared.update(returns=returns, random=np.random.default_rng(1))


def score(batch):
    return max(map(rivals.seed_subset, batch), key=lambda found: found[0])


def bare(returns, subsets, begin, end):
    """A process that is told everything beforehand, and answers nobody."""
    gauge(returns)
    score(subsets[:BATCH])
    begin.wait()
    score(subsets)
    end.wait()


def in_bare_processes(returns, subsets, count):
    """The time of so many of them: what this machine gives for no pool at all."""
    context = multiprocessing.get_context("spawn")
    begin, end = context.Barrier(count + 1), context.Barrier(count + 1)
    share = len(subsets) // count
    parts = [subsets[at : at + share] for at in range(0, len(subsets), share)]
    processes = [context.Process(target=bare, args=(returns, part, begin, end)) for part in parts]
    for process in processes:
        process.start()
    begin.wait()
    took = timed(end.wait)
    for process in processes:
        process.join()
    return took


def scoring(turns):
    """By how much two workers are faster than one, and two processes without a pool than one."""
    returns = 0.01 * np.random.default_rng(1).standard_normal((506, 30))
    subsets = list(itertools.islice(itertools.combinations(range(30), 25), SUBSETS))
    batches = [subsets[at : at + BATCH] for at in range(0, SUBSETS, BATCH)]
    pooled, unpooled = [], []
    with sharpest.Pool(1, None, gauge, (returns,), blas_threads=1) as one, \
            sharpest.Pool(2, None, gauge, (returns,), blas_threads=1) as two:
        for pool in (one, two):
            list(pool.map(score, batches[:4]))  # everyone is awake
        for _ in range(turns):
            alone = timed(lambda: list(one.map(score, batches)))
            pooled.append(alone / timed(lambda: list(two.map(score, batches))))
            unpooled.append(in_bare_processes(returns, subsets, 1) / in_bare_processes(returns, subsets, 2))
    return {"scoring": statistics.median(pooled), "bare": statistics.median(unpooled)}


def main():
    turns = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    told = {"ledger": ledger_cost(), **scoring(turns)}
    pools, copies = in_turns(dict(contestants()), turns)
    if beside := dict(servers()):
        told |= in_turns(beside, min(turns, 3))[0]
    print(json.dumps(told | copies | pools))


if __name__ == "__main__":
    main()
