"""The program that this project began with, in its author's forms and in those of examples/simulate.py, taking turns.

    python benches/forms.py [TURNS]        # with the wheel installed; about two minutes

Prints a table: subsets that two workers search in a second, from the start of the processes to the answer, by the median of
the turns. Each form runs in an interpreter of its own. The author's forms hand out one subset a task and estimate the
covariance anew for each; they run as they were written, with as many BLAS threads in each process as BLAS likes, and once
more with one.
"""

import contextlib
import io
import itertools
import json
import multiprocessing
import os
import subprocess
import sys
import time
from multiprocessing import shared_memory
from pathlib import Path
from statistics import median

sys.path.append(str(Path(__file__).parents[1] / "examples"))
BLAS = [f"{library}_NUM_THREADS" for library in ("OPENBLAS", "OMP", "MKL")]
WORKERS, DRAWS = 2, 1000


def score(returns, subset):
    """The author's way: every daily return of every draw, and of a matrix of draws by draws the diagonal."""
    import numpy as np
    import simulate

    chosen = returns[:, subset]
    weights = simulate.weightings(np.random.default_rng(), DRAWS)
    mean = simulate.PERIODS * (chosen @ weights.T).mean(axis=0)
    covariance = simulate.PERIODS * np.cov(chosen, rowvar=False)
    sharpe = mean / np.sqrt(np.diag(weights @ covariance @ weights.T))
    at = int(sharpe.argmax())
    return float(sharpe[at]), subset, weights[at]


def alone(returns, subsets):
    """One process, a loop."""
    return max((score(returns, subset) for subset in subsets), key=lambda found: found[0])


def with_pool(returns, subsets):
    """``multiprocessing.Pool``: the returns are pickled with each task."""
    with multiprocessing.Pool(WORKERS) as pool:
        tasks = ((returns, subset) for subset in subsets)
        return max(pool.starmap(score, tasks, chunksize=1), key=lambda found: found[0])


def consume(tasks, results, returns, name):
    if name is not None:
        import numpy as np

        block = shared_memory.SharedMemory(name=name)
        returns = np.ndarray(returns, dtype=float, buffer=block.buf)
    while (subset := tasks.get()) is not None:
        results.put(score(returns, subset))
    if name is not None:
        del returns
        block.close()


def with_queues(returns, subsets, name=None):
    """``Process`` and ``Queue``."""
    tasks, results = multiprocessing.Queue(), multiprocessing.Queue()
    told = (tasks, results, returns if name is None else returns.shape, name)
    processes = [multiprocessing.Process(target=consume, args=told) for _ in range(WORKERS)]
    for process in processes:
        process.start()
    for subset in subsets + [None] * WORKERS:
        tasks.put(subset)
    best = max((results.get() for _ in subsets), key=lambda found: found[0])
    for process in processes:
        process.join()
    return best


def with_shared_memory(returns, subsets):
    """The same, and the returns in ``multiprocessing.shared_memory``."""
    import numpy as np

    block = shared_memory.SharedMemory(create=True, size=returns.nbytes)
    try:
        np.ndarray(returns.shape, dtype=float, buffer=block.buf)[:] = returns
        return with_queues(returns, subsets, block.name)
    finally:
        block.close()
        block.unlink()


THEIRS = {"one process": alone, "Pool": with_pool, "Process and Queue": with_queues,
          "the same, shared memory": with_shared_memory}
OURS = ("pool", "queue", "search")
SUBSETS = {"theirs": 150, "pool": 5000, "queue": 5000, "search": 142_506}


def ours(form, returns, subsets):
    import simulate

    if form == "search":
        return simulate.with_search(returns, DRAWS, WORKERS)
    make = simulate.with_pool if form == "pool" else simulate.with_queues
    with contextlib.redirect_stdout(io.StringIO()):  # the ledger
        return make(returns, iter(subsets), DRAWS, WORKERS)


def one(form):
    """One form in this interpreter: subsets in a second."""
    import simulate

    returns = simulate.make_returns()
    count = SUBSETS.get(form, SUBSETS["theirs"])
    subsets = list(itertools.islice(itertools.combinations(range(30), simulate.PICK), count))
    began = time.perf_counter()
    THEIRS[form](returns, subsets) if form in THEIRS else ours(form, returns, subsets)
    print(json.dumps(count / (time.perf_counter() - began)))


def rate(form, threads):
    environment = {name: value for name, value in os.environ.items() if name not in BLAS}
    if threads:
        environment |= dict.fromkeys(BLAS, threads)
    command = [sys.executable, __file__, "--form", form]
    return json.loads(subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout)


def main():
    if sys.argv[1:2] == ["--form"]:
        return one(sys.argv[2])
    turns = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    contests = [(form, threads) for form in THEIRS for threads in ("", "1")] + [(form, "") for form in OURS]
    rates = {contest: [] for contest in contests}
    for _ in range(turns):
        for contest in contests:
            rates[contest].append(rate(*contest))
    told = {contest: median(found) for contest, found in rates.items()}
    print("| subsets in a second, two workers | BLAS as it likes | one BLAS thread a process |\n|---|---|---|")
    for form in THEIRS:
        print(f"| the author's: {form} | {told[form, '']:,.0f} | {told[form, '1']:,.0f} |")
    for form in OURS:
        print(f"| simulate.py {form} | | {told[form, '']:,.0f} |")  # they see to BLAS themselves


if __name__ == "__main__":
    main()
