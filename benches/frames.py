"""What `sharpest.solve` costs on top of the engine: a frame of 30 assets in, a result out. And what the import costs.

    python benches/frames.py        # with the release wheel installed

The engine's own call is timed in the same process, on a sheet that is ready, so that the ratio is that of two minima of one
run. `luck_draws=0`: the luck test would be most of both.
"""

import json
import subprocess
import sys
import time

import numpy as np
import pandas as pd
import polars as pl
import sharpest
from sharpest import _native, frames
from sharpest._options import flags

ROUNDS = 100


def table(assets=30, days=1260):
    steps = np.random.default_rng(1).normal(0.0005, 0.01, (days, assets))
    index = pd.bdate_range("2020-01-01", periods=days, name="Date")
    return pd.DataFrame(100 * np.exp(steps.cumsum(axis=0)), index, [f"A{i:02}" for i in range(assets)])


def least(work):
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)  # of a shared machine the least says most


def overhead(name, frame, **question):
    sheet, _ = frames.sheet(frame)
    args = ["sharpest", "solve", *flags(question), "--", "the table"]
    engine = least(lambda: _native.answer(args, [], sheet, (None, None), None))
    whole = least(lambda: sharpest.solve(frame, **question).sharpe)
    seconds = json.loads(_native.answer(args, [], sheet, (None, None), None)[0])["seconds"]
    print(
        f"{name}: solve {whole * 1e3:.3f} ms, the native call {engine * 1e3:.3f} ms, overhead {(whole - engine) * 1e3:.3f} ms, "
        f"ratio {whole / engine:.2f} (the proof itself {seconds * 1e3:.3f} ms)"
    )


def imports():
    def once(module):
        code = f"import time; start = time.perf_counter(); import {module}; print(time.perf_counter() - start)"
        return float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)

    ours, theirs = (min(once(module) for _ in range(15)) for module in ("sharpest", "numpy"))
    print(f"import sharpest {ours * 1e3:.0f} ms, of which NumPy {theirs * 1e3:.0f} ms, ratio {ours / theirs:.2f}")


if __name__ == "__main__":
    frame = table()
    question = {"cap": 0.2, "luck_draws": 0, "jobs": 1}  # one problem: with more to solve the front would not show
    overhead("pandas", frame, **question)
    overhead("polars", pl.from_pandas(frame.reset_index()), **question)
    overhead("NumPy", frame.to_numpy(), **question)
    imports()
