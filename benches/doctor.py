"""CPU time of programs with the doctor and without, in turns. Usage: python doctor.py SHARPEST. Prints JSON.

Each turn is a pair, one after the other, so that what disturbs one disturbs the other; the figures are medians: seconds without,
seconds with, and the ratio within a pair; then the least and the greatest of those ratios. A program takes about three CPU
seconds: long enough for what the start costs to be a percent, short enough for nine pairs of runs. That of the smallest tasks takes
longer, and runs on one core: how often its processes wake each other on two is chance, and changes a run of it by a tenth.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

TURNS = 9
#: Two workers with two BLAS threads each fight for two cores, and how long they fight is chance.
ENVIRONMENT = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
POOL = """
import multiprocessing as mp, time
import numpy as np

def compute(index):
    rows = np.random.default_rng(index).random((200, 60))
    for _ in range(400):
        np.linalg.norm(rows.T @ rows)
    return float(rows.sum())

def little(index):
    return sum(range(500))

def read(index, data):
    return float(data.sum())

if __name__ == "__main__":
    data = np.arange(500_000.0)
    with mp.get_context("fork").Pool(2) as pool:
        %s
"""
PROGRAMS = {
    "two workers that compute": POOL % "pool.map(compute, range(280), chunksize=4)",
    "300,000 tasks of 5 microseconds, on one core": POOL % "pool.map(little, range(300_000), chunksize=1)",
    "400 tasks of 4 MB": POOL % "pool.starmap(read, [(index, data) for index in range(400)], chunksize=1)",
    "one that computes, 100 that sleep": """
import subprocess
sleep = [subprocess.Popen(["sleep", "60"]) for _ in range(100)]
sum(i * i for i in range(80_000_000))
for one in sleep:
    one.kill()
    one.wait()
""",
    "1,500 processes, one after the other": """
import subprocess
for _ in range(1500):
    subprocess.run(["true"])
""",
}


def cpu(command, cores):
    """CPU seconds of a command and all that it has waited for."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, env=ENVIRONMENT, preexec_fn=lambda: os.sched_setaffinity(0, cores))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main(sharpest):
    figures = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, text in PROGRAMS.items():
            program = Path(folder, "program.py")
            program.write_text(text)
            alone, watched, cores = [], [], os.sched_getaffinity(0)
            if "one core" in name:
                cores = {max(cores)}
            for _ in range(TURNS):
                alone.append(cpu([sys.executable, program], cores))
                watched.append(cpu([sharpest, "doctor", "--quiet", "--", sys.executable, program], cores))
            ratios = [much / little for much, little in zip(watched, alone)]
            figures[name] = [median(alone), median(watched), median(ratios), min(ratios), max(ratios)]
    print(json.dumps(figures))


if __name__ == "__main__":
    main(sys.argv[1])
