"""CPU time of programs with the doctor and without, in turns. Usage: python doctor.py SHARPEST. Prints JSON.

Each turn runs a program alone, watched from outside only, and with a look inside Python, in an order that changes, so that what
disturbs one disturbs the others; the figures are medians: seconds alone, for either way of watching the ratio within a turn, the least
and the greatest of those ratios, and the doctor's own CPU time from outside as a share of the program's, which does not change with
what else the machine does. A program takes some CPU seconds: long enough for what the start costs to be a percent, short enough for
nine turns. Programs that keep one core busy have one: two cores may be unequal, and how often processes wake each other on two is
chance.
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
    "300,000 tasks of 5 microseconds": POOL % "pool.map(little, range(300_000), chunksize=1)",
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
BOTH_CORES = "two workers that compute", "400 tasks of 4 MB"


def cpu(command, cores):
    """CPU seconds of a command and all that it has waited for."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, env=ENVIRONMENT, preexec_fn=lambda: os.sched_setaffinity(0, cores))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main(sharpest):
    doctor = [sharpest, "doctor", "--quiet"]
    all_cores, figures = os.sched_getaffinity(0), {}
    with tempfile.TemporaryDirectory() as folder:
        for name, text in PROGRAMS.items():
            program, told = Path(folder, "program.py"), Path(folder, "told.json")
            program.write_text(text)
            ways = [], [*doctor, "--outside-only", "--json", told, "--"], [*doctor, "--"]
            cores = all_cores if name in BOTH_CORES else {max(all_cores)}
            seconds, own = ([], [], []), []
            for turn in range(TURNS):
                for way in (*range(turn % 3, 3), *range(turn % 3)):
                    seconds[way].append(cpu([*ways[way], sys.executable, program], cores))
                own.append(json.loads(told.read_text())["watching"]["cpu"])
            alone, *watched = seconds
            ratios = [[much / little for much, little in zip(one, alone)] for one in watched]
            figures[name] = [
                median(alone),
                *([median(one), min(one), max(one)] for one in ratios),
                median(own) / median(alone),
            ]
    print(json.dumps(figures))


if __name__ == "__main__":
    main(sys.argv[1])
