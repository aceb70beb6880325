"""What `sharpest.solve` costs on top of the engine: a frame of 30 assets in, a result out. And what the import costs.

    python benches/frames.py        # with the release wheel, pandas and polars installed

The engine's own call, on a sheet that is ready, is timed in the same process, in turns with the whole; the overhead is the
median of the turns' differences. `luck_draws=0`: the luck test would be most of both. Imports are those of fresh
interpreters, in turns, too. Prints JSON, times in seconds.
"""

import json
import subprocess
import sys
import time
from statistics import median

import numpy as np
import pandas as pd
import polars as pl
import sharpest
from sharpest import _native, frames
from sharpest._options import flags

TURNS = 300
IMPORTS = 15


def table(assets=30, days=1260):
    steps = np.random.default_rng(1).normal(0.0005, 0.01, (days, assets))
    index = pd.bdate_range("2020-01-01", periods=days, name="Date")
    return pd.DataFrame(100 * np.exp(steps.cumsum(axis=0)), index, [f"A{i:02}" for i in range(assets)])


def seconds(work):
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def overhead(frame, **question):
    sheet, _ = frames.sheet(frame)
    args = ["sharpest", "solve", *flags(question), "--", frames.TABLE]
    turns = []
    for _ in range(TURNS):
        engine = seconds(lambda: _native.answer(args, [], sheet, (None, None), None, None))
        turns.append((seconds(lambda: sharpest.solve(frame, **question).sharpe), engine))
    whole, engine = map(median, zip(*turns, strict=True))
    return {"solve": whole, "engine": engine, "overhead": median(ours - theirs for ours, theirs in turns)}


def imports():
    def once(module):
        code = f"import time; start = time.perf_counter(); import {module}; print(time.perf_counter() - start)"
        return float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)

    turns = [[once(module) for module in ("sharpest", "numpy")] for _ in range(IMPORTS)]
    ours, numpy = map(median, zip(*turns, strict=True))
    return {"sharpest": ours, "numpy": numpy}


if __name__ == "__main__":
    frame = table()
    question = {"cap": 0.2, "luck_draws": 0, "jobs": 1}  # one problem: with more to solve the front would not show
    kinds = {"pandas": frame, "polars": pl.from_pandas(frame.reset_index()), "NumPy": frame.to_numpy()}
    report = {name: overhead(table, **question) for name, table in kinds.items()}
    print(json.dumps(report | {"import": imports()}))
