"""Figures of the shared arrays beside their rivals', who take turns. Usage: python arrays.py

Each line gives the medians of both, and how many times as long the rival takes.
"""

import gc
import mmap
import multiprocessing as mp
import os
import pickle
import statistics
import time
from multiprocessing import shared_memory

import numpy as np
import sharpest

N = 12_500_000  # 100 MB
SMALL = 10_000  # arrays


def race(contestants, rounds=15, clock=time.perf_counter, cold=True):
    """The median time of each, one round of all after the other; what they make is freed between the rounds. A collection of
    garbage before each leaves the caches of the processor cold, which counts where microseconds do."""
    times = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, run in contestants.items():
            if cold:
                gc.collect()
            start = clock()
            made = run()
            times[name].append(clock() - start)
            del made
    return {name: statistics.median(taken) for name, taken in times.items()}


def report(what, medians):
    """Ours is the first of the medians."""
    (_, ours), *rivals = medians.items()
    unit, scale = ("ms", 1e3) if ours > 1e-3 else ("µs", 1e6)
    beside = ", ".join(f"{value / ours:.2f} × {name} ({value * scale:.1f} {unit})" for name, value in rivals)
    print(f"  {what:<44} {ours * scale:>9.1f} {unit}  {beside}")


class MemoryFile:
    """What any sharing has to do at least: a file without a name, filled in one of two ways."""

    def __init__(self, a, fill):
        self.fd = os.memfd_create("rival")
        fill(self.fd, a)

    def __del__(self):
        os.close(self.fd)


def by_write(fd, a):
    view, at = memoryview(a).cast("B"), 0
    while at < len(view):
        at += os.write(fd, view[at:])


def by_map(fd, a):
    os.ftruncate(fd, a.nbytes)
    with mmap.mmap(fd, a.nbytes) as mapped:
        np.frombuffer(mapped, a.dtype)[:] = a


class Named:
    """The standard library's segment."""

    def __init__(self, size):
        self.segment = shared_memory.SharedMemory(create=True, size=size)

    def __del__(self):
        self.segment.close()
        self.segment.unlink()


def by_name(a):
    named = Named(a.nbytes)
    np.ndarray(a.shape, a.dtype, named.segment.buf)[:] = a
    return named


def share():
    a = np.random.default_rng(1).random(N)
    contestants = {
        "share": lambda: sharpest.share(a),
        "memfd and write": lambda: MemoryFile(a, by_write),
        "memfd and mapped copy": lambda: MemoryFile(a, by_map),
        "SharedMemory": lambda: by_name(a),
    }
    report("share 100 MB, by the clock", race(contestants))
    report("the same, processor time", race(contestants, clock=time.process_time))


def recycled():
    a, b = np.random.default_rng(1).random(N), np.empty(N)

    def ours():
        work = sharpest.empty(N)
        work[:] = a
        return work

    medians = race({"ours": ours, "np.copyto into warm memory": lambda: np.copyto(b, a)})
    report("copy 100 MB into a recycled segment", medians)
    print(f"  {'':44} {a.nbytes / medians['ours'] / 1e9:>9.1f} GB/s")


def attach():
    shared, named = sharpest.share(np.ones(N)), Named(N * 8)
    with mp.get_context("spawn").Pool(1) as pool:
        for what, cold in (("attach 100 MB in another process", False), ("the same, with cold caches", True)):
            tokens = [pickle.dumps(shared) for _ in range(1000)]
            report(what, pool.apply(attach_in_turns, (tokens, named.segment.name, cold)))


def attach_in_turns(tokens, name, cold):
    rounds, tokens = len(tokens), iter(tokens)

    def theirs():
        segment = shared_memory.SharedMemory(name)
        return np.ndarray((N,), float, segment.buf), segment

    return race({"ours": lambda: pickle.loads(next(tokens)).array, "SharedMemory(name)": theirs}, rounds, cold=cold)


def small():
    def ours():
        arrays = [sharpest.zeros(100) for _ in range(SMALL)]
        arrays[-1][0] = 1

    def theirs():
        segments = [Named(800) for _ in range(SMALL // 20)]
        del segments

    medians = race({"ours": ours, "SharedMemory": theirs}, rounds=7)
    each = {"ours": medians["ours"] / SMALL, "SharedMemory": medians["SharedMemory"] / (SMALL // 20)}
    report("a small array, made and freed", each)


def descriptors():
    before = len(os.listdir("/proc/self/fd"))
    block = sharpest.share([np.ones(3)] * SMALL)
    print(f"  {'descriptors of a block of 10,000 arrays':<44} {len(os.listdir('/proc/self/fd')) - before:>9}")
    block.close()


if __name__ == "__main__":
    share()
    recycled()
    attach()
    small()
    descriptors()
