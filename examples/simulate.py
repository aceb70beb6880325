"""The program that Sharpest began with, moved: the best 25 of 30 stocks by random weightings, in plain NumPy.

    python examples/simulate.py pool|queue|search [--workers N] [--subsets N] [--draws N]

``pool`` hands batches of subsets to a ``sharpest.Pool``; ``queue`` is the same with processes made by hand and two queues;
``search`` is the one line that takes the place of all of it. The prices are made by a seeded generator.
"""

import argparse
import itertools
import multiprocessing
import os
import time
from itertools import islice

import numpy as np
import sharpest

PICK, CAP, PERIODS, BATCH = 25, 0.2, 252, 200


def in_batches(subsets):
    """Batches of subsets: one task each."""
    while batch := tuple(islice(subsets, BATCH)):
        yield batch


def make_returns():
    """104 days of 30 stocks."""
    random = np.random.default_rng(1)
    market = random.normal(0.0006, 0.008, (104, 1))
    return market + random.normal(0.0004, 0.012, (104, 30))


def weightings(random, draws):
    """Uniform over all weightings with no weight above the cap: those of the simplex, and none that breaks it."""
    kept = np.empty((0, PICK))
    while len(kept) < draws:
        weights = random.standard_exponential((draws, PICK))
        weights /= weights.sum(axis=1, keepdims=True)
        kept = np.concatenate([kept, weights[weights.max(axis=1) <= CAP]])
    return kept[:draws]


def best_of(moments, batch, number, draws):
    """The best portfolio of a batch of subsets. The mean and covariance are estimated once, by who shares them."""
    mean, covariance = moments.mean, moments.covariance
    random = np.random.default_rng([7, number])  # a generator a batch: no two workers draw the same
    best = (-np.inf, None, None)
    for subset in batch:
        index = np.array(subset)
        weights = weightings(random, draws)
        variance = np.einsum("ij,ij->i", weights @ covariance[np.ix_(index, index)], weights)
        sharpe = weights @ mean[index] / np.sqrt(variance)
        at = int(sharpe.argmax())
        if sharpe[at] > best[0]:
            best = (float(sharpe[at]), subset, weights[at])
    return best


def share(returns):
    """Mean and covariance of a year, in one segment that every worker reads."""
    return sharpest.share(mean=PERIODS * returns.mean(axis=0), covariance=PERIODS * np.cov(returns, rowvar=False))


def with_pool(returns, subsets, draws, workers):
    """The pool form."""
    with share(returns) as moments, sharpest.Pool(workers) as pool:
        batches = list(in_batches(subsets))
        tasks = [pool.submit(best_of, moments, batch, number, draws) for number, batch in enumerate(batches)]
        best = max((task.result() for task in tasks), key=lambda found: found[0])
        print(pool.ledger)
    return best


def consume(moments, tasks, results, draws):
    """A worker of the queue form."""
    while (task := tasks.get()) is not None:
        results.put(best_of(moments, *task, draws))


def with_queues(returns, subsets, draws, workers):
    """The process-and-queue form."""
    tasks, results = sharpest.Queue(), sharpest.Queue()
    # A pool tells its workers how many cores they have. Processes made by hand load BLAS with as many threads as the machine.
    os.environ.update(dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1"))
    with share(returns) as moments:
        context = multiprocessing.get_context("forkserver")
        processes = [context.Process(target=consume, args=(moments, tasks, results, draws)) for _ in range(workers)]
        for process in processes:
            process.start()
        count = 0
        for count, batch in enumerate(in_batches(subsets), 1):
            tasks.put((batch, count - 1))
        for _ in processes:
            tasks.put(None)
        best = max((results.get() for _ in range(count)), key=lambda found: found[0])
        for process in processes:
            process.join()
    return best


def with_search(returns, draws, workers):
    """The one line. It searches every subset."""
    best = sharpest.search(returns, table="returns", pick=PICK, cap=CAP, draws=draws, jobs=workers)
    return best.sharpe, best.weights, None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("form", choices=["pool", "queue", "search"])
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--subsets", type=int, default=2000, help="of all 142,506; search takes all")
    parser.add_argument("--draws", type=int, default=1000)
    options = parser.parse_args()
    returns = make_returns()
    subsets = islice(itertools.combinations(range(30), PICK), options.subsets)
    began = time.perf_counter()
    if options.form == "search":
        best = with_search(returns, options.draws, options.workers)
    else:
        form = with_pool if options.form == "pool" else with_queues
        best = form(returns, subsets, options.draws, options.workers)
    print(f"best Sharpe ratio {best[0]:.4f} in {time.perf_counter() - began:.2f} s")


if __name__ == "__main__":
    main()
