"""The prices that come with the package: 20 American stocks, 2018 to 2022, as a frame to try things on."""

from __future__ import annotations

import io
from typing import Any

from . import _native


def example_prices(library: str = "pandas") -> Any:
    """The bundled prices as a frame of ``pandas`` (dates in the index) or ``polars`` (dates in a column)."""
    csv = io.BytesIO(_native.bundled())
    try:
        if library == "pandas":
            import pandas as pd

            return pd.read_csv(csv, index_col=0, parse_dates=True)
        if library == "polars":
            import polars as pl

            return pl.read_csv(csv, try_parse_dates=True)
    except ModuleNotFoundError as error:
        if error.name != library:
            raise
        raise ImportError(
            f"a frame of {library} needs {library}: pip install {library} (without any, sharpest.solve() takes these prices)"
        ) from error
    raise ValueError(f"library is {library!r}: give pandas or polars")
