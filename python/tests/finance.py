"""What the tests of search, solve and check share: the bundled prices in every shape, and the command."""

import json
import subprocess
import sys

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import sharpest

#: A small question, quick to answer: half of the assets, half a year held out.
QUESTION = {"pick": 10, "cap": 0.2, "test_from": "2022-06-01", "luck_draws": 50}

#: What depends on the machine, or on where the numbers came from.
INCIDENTAL = {"seconds", "times", "throughput", "workers", "kernel", "jobs", "source"}


def prices():
    """The bundled prices, dates in the index."""
    return sharpest.example_prices()


def shapes(frame):
    """The same table in every kind that is taken, by name; numbers for the arrays."""
    table = frame.reset_index(names="date")
    columns = {name: table[name].to_numpy() for name in table}
    return {
        "pandas, dates in the index": (frame, {}),
        "pandas, dates in a column": (table, {}),
        "pandas, dates as texts": (table.assign(date=table.date.dt.strftime("%Y-%m-%d")), {}),
        "pandas, dates with a zone": (frame.tz_localize("America/New_York"), {}),
        "pandas, periods": (frame.to_period("D"), {}),
        "pandas, nullable": (frame.convert_dtypes(dtype_backend="numpy_nullable"), {}),
        "pandas, arrow": (frame.convert_dtypes(dtype_backend="pyarrow"), {}),
        "pandas, objects": (frame.astype(object), {}),
        "pandas, dates as objects": (frame.set_axis(frame.index.date), {}),
        "polars": (pl.DataFrame(columns), {}),
        "polars, dates": (pl.DataFrame(columns).with_columns(pl.col("date").cast(pl.Date)), {}),
        "polars, lazy": (pl.LazyFrame(columns), {}),
        "pyarrow": (pa.table(columns), {}),
        "pandas, long": (long(table), {}),
        "polars, long": (pl.DataFrame(long(table)), {}),
        "pandas, long by its index": (long(table).set_index(["date", "ticker"]), {}),
        "NumPy": (frame.to_numpy(), {"names": list(frame.columns), "dates": frame.index}),
        "NumPy, dates as texts": (
            np.asfortranarray(frame.to_numpy()),
            {"names": list(frame.columns), "dates": [str(date.date()) for date in frame.index]},
        ),
        "lists": (frame.to_numpy().tolist(), {"names": list(frame.columns), "dates": frame.index.date}),
        "a mapping": (dict(frame.items()), {"dates": frame.index}),
        "a shared array": (
            sharpest.share(frame.to_numpy()),
            {"names": list(frame.columns), "dates": frame.index.to_numpy()},
        ),
    }


def long(table):
    """A row for each date and asset."""
    return table.melt("date", var_name="ticker", value_name="close")


def command(*args):
    """The JSON that the command of the wheel writes, and its exit status."""
    run = subprocess.run(
        [sys.executable, "-P", "-m", "sharpest", *map(str, args), "--json", "-"], capture_output=True, text=True, check=False
    )
    return (json.loads(run.stdout) if run.stdout else None), run.returncode, run.stderr


def essence(fields):
    """The JSON without what is incidental."""
    if isinstance(fields, dict):
        return {name: essence(value) for name, value in fields.items() if name not in INCIDENTAL}
    return [essence(value) for value in fields] if isinstance(fields, list) else fields


def noise(rows=60, assets=4, seed=1):
    """Prices that go anywhere."""
    steps = np.random.default_rng(seed).normal(0.001, 0.01, (rows, assets))
    index = pd.bdate_range("2024-01-01", periods=rows, name="Date")
    return pd.DataFrame(100 * np.exp(steps.cumsum(axis=0)), index=index, columns=list("ABCDEFGH")[:assets])
