"""What an executor of two workers makes of the whole job, against two threads of this process, taking turns.

    python benches/clusters.py PRICES        # with the release wheel, distributed and ray installed

Executors are started, and their workers have imported the package, before the clock runs. Prints JSON: for each the median
of the ratios of turns (threads' time over its own), and both medians in seconds.
"""

import json
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from multiprocessing import get_context
from statistics import median

import ray
import sharpest
from distributed import Client, LocalCluster

TURNS = 5
QUESTION = {"table": "prices", "pick": 25, "cap": 0.2, "draws": 1000}


def seconds(prices, seed, **workers):
    start = time.perf_counter()
    result = sharpest.search(prices, **QUESTION, seed=seed, **workers)
    time_taken = time.perf_counter() - start
    assert result.status == "complete"
    return time_taken, (result.sharpe, result.best.rank)


def main(prices):
    with ExitStack() as stack:
        processes = stack.enter_context(ProcessPoolExecutor(2, mp_context=get_context("spawn")))
        cluster = stack.enter_context(LocalCluster(2, threads_per_worker=1, dashboard_address=None))
        client = stack.enter_context(Client(cluster))
        ray.init(num_cpus=2, include_dashboard=False, logging_level="ERROR", log_to_driver=False)
        executors = {
            "ProcessPoolExecutor": processes,
            "Dask": client.get_executor(),
            "Ray": stack.enter_context(sharpest.RayExecutor()),
        }
        ratios = {name: [] for name in executors}
        times = {name: [] for name in ["threads", *executors]}
        for turn in range(-1, TURNS):  # the first starts workers
            for name, executor in executors.items():
                # Threads on both sides of each: on a shared machine the pace changes within seconds.
                before, answer = seconds(prices, turn + 2, jobs=2)
                taken, found = seconds(prices, turn + 2, executor=executor)
                after, _ = seconds(prices, turn + 2, jobs=2)
                assert found == answer, name
                if turn >= 0:
                    ratios[name].append((before + after) / 2 / taken)
                    times[name].append(taken)
                    times["threads"] += [before, after]
    ray.shutdown()
    report = {name: {"ratio": median(ratios[name]), "seconds": median(times[name])} for name in executors}
    print(json.dumps(report | {"threads": {"ratio": 1.0, "seconds": median(times["threads"])}}))


if __name__ == "__main__":
    main(sys.argv[1])
