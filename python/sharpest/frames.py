"""Frames: from whatever holds a table to the columns that the engine takes, and back to a Series of the same kind."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from . import _native, _yfinance
from .errors import DataError

#: What messages and reports call a table in memory.
TABLE = "the table"

Column = tuple[str, Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """What a table was, so that answers can be given in kind: the library of a frame ("" for arrays and files), and the
    labels of its assets."""

    library: str = ""
    labels: tuple[Any, ...] = ()

    @property
    def backend(self) -> Any:
        """The library as narwhals names it, whose types list the names."""
        return self.library


def is_file(prices: Any) -> bool:
    """Whether this is the name of a file, or nothing, which stands for the bundled prices."""
    return prices is None or isinstance(prices, str | os.PathLike)


def sheet(prices: Any, dates: Any = None, names: Sequence[str] | None = None) -> tuple[_native.Sheet, Kind]:
    """The columns of a frame or an array, copied."""
    columns, kind, notes = _columns(prices, dates, names)
    return _native.Sheet(TABLE, columns, notes, False), kind


def _columns(prices: Any, dates: Any, names: Sequence[str] | None) -> tuple[list[Column], Kind, list[str]]:
    if isinstance(prices, Mapping):
        columns, kind = _of_mapping(prices, names)
        return _with_dates(columns, dates), kind, []
    if isinstance(prices, np.ndarray | list | tuple) or hasattr(prices, "private"):  # the last is sharpest's own array
        columns, kind = _of_array(prices, names)
        return _with_dates(columns, dates), kind, []
    columns, kind, notes = _of_frame(prices)
    if names is not None:
        raise TypeError("names are for arrays: the columns of a frame have theirs")
    return _with_dates(columns, dates), kind, notes


def _of_mapping(prices: Mapping[Any, Any], names: Sequence[str] | None) -> tuple[list[Column], Kind]:
    labels = list(prices) if names is None else list(names)
    if len(labels) != len(prices):
        raise DataError(f"{len(labels)} names for a mapping of {len(prices)} columns")
    columns = [(str(label), _of_list(column)) for label, column in zip(labels, prices.values(), strict=True)]
    assets = [label for label, (_, column) in zip(labels, columns, strict=True) if _is_numbers(column)]
    return columns, Kind("", tuple(assets))


def _of_list(column: Any) -> Any:
    """Numbers, or else dates or texts, which the engine reads."""
    array = np.asarray(column)
    if array.dtype.kind == "M":
        return days(array)
    try:
        return np.asarray(column, dtype=np.float64)
    except (TypeError, ValueError):
        return ["" if value is None else str(value) for value in array.tolist()]


def _of_array(prices: Any, names: Sequence[str] | None) -> tuple[list[Column], Kind]:
    if isinstance(prices, np.ma.MaskedArray):
        prices = np.ma.filled(prices.astype(np.float64), np.nan)
    try:
        array = np.asarray(prices, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise DataError(f"this is no array of numbers ({error}): give a row a date and a column an asset") from None
    if array.ndim != 2:
        shape = "×".join(map(str, array.shape)) or "no"
        raise DataError(f"the array has {array.ndim} axes ({shape}): give a row a date and a column an asset")
    labels = tuple(range(array.shape[1])) if names is None else tuple(names)
    if len(labels) != array.shape[1]:
        raise DataError(f"{len(labels)} names for an array of {array.shape[1]} columns")
    return [(str(label), array[:, i]) for i, label in enumerate(labels)], Kind("", labels)


def _with_dates(columns: list[Column], dates: Any) -> list[Column]:
    return columns if dates is None else [("date", days(dates)), *columns]


def days(dates: Any) -> Any:
    """Dates of any kind as days since 1970-01-01, or as texts for the engine to read."""
    if hasattr(dates, "to_timestamp"):  # periods of pandas: what they say is known when they end
        dates = dates.to_timestamp(how="end")
    if getattr(dates, "tz", None) is not None:
        dates = dates.tz_localize(None)  # the day as it was there, not in Greenwich
    array = np.asarray(dates)
    if array.dtype.kind == "M":
        return array.astype("datetime64[D]").astype(np.int64)
    return [str(date) for date in array.tolist()]


def _of_frame(frame: Any) -> tuple[list[Column], Kind, list[str]]:
    import narwhals as nw

    notes: list[str] = []
    native = frame
    if nw.dependencies.is_pandas_dataframe(frame):
        native, notes = _plain_pandas(frame)
    try:
        wrapped = nw.from_native(native)
    except TypeError:
        one = ", such as its to_frame()" if hasattr(frame, "to_frame") else ""
        raise TypeError(
            f"this is no table but of type {type(frame).__name__}: give a frame of pandas, polars or pyarrow{one}, a NumPy "
            "array with a column an asset, or the name of a file"
        ) from None
    if isinstance(wrapped, nw.LazyFrame):
        wrapped = wrapped.collect()
    _yfinance.refuse_one_ticker(wrapped.columns)
    columns = _of_index(native) if wrapped.implementation.is_pandas() else []
    labels = {name: label for name, label in zip(map(str, wrapped.columns), wrapped.columns, strict=True)}
    values = _matrix(native) if wrapped.implementation.is_pandas() else None
    if values is None:
        values = [_values(str(name), wrapped.get_column(name)) for name in wrapped.columns]
    columns += list(zip(labels, values, strict=True)) if len(labels) == len(values) else _twice(wrapped.columns)
    assets = [labels[name] for name, column in columns if name in labels and _is_numbers(column)]
    return columns, Kind(wrapped.implementation.name.lower(), tuple(assets)), notes


def _twice(columns: Sequence[Any]) -> list[Column]:
    names = [str(name) for name in columns]
    name = next(name for name in names if names.count(name) > 1)
    raise DataError(f"{TABLE}: the asset {name!r} occurs twice".replace("'", '"'), asset=name)


def _plain_pandas(frame: Any) -> tuple[Any, list[str]]:
    """A pandas frame with one level of columns and of rows."""
    notes: list[str] = []
    if frame.columns.dtype.kind == "M":
        raise DataError(f"{TABLE} has a column a date: give a row a date and a column an asset, as its transpose T has them")
    if frame.columns.nlevels > 1:
        frame, notes = _yfinance.prices(frame)
    if frame.index.nlevels > 1:
        frame = frame.reset_index()
    if not frame.columns.is_unique:
        _twice(frame.columns)
    return frame, notes


def _of_index(frame: Any) -> list[Column]:
    """The index of a pandas frame, if it holds dates. What looks like dates but cannot be read is refused: rows would be taken
    in the order in which they lie."""
    index = frame.index
    if index.dtype.kind == "M" or hasattr(index, "to_timestamp"):
        return [("date", days(index))]
    if len(index) > 0 and index.dtype.kind == "O" and _like_a_date(index[0]):
        return [("date", [str(date) for date in index])]
    if len(index) > 0 and _another_date(index[0]):
        raise DataError(
            f"{TABLE} has an index that begins with {index[0]}: if these are dates, write them as 2024-08-01 "
            "(pandas.to_datetime reads many others); if not, leave them out with reset_index(drop=True)"
        )
    return []


#: 01/08/2024, 1.8.24, 20240801, Aug 1, 2024: what people and programs write where this reads 2024-08-01.
_ANOTHER_DATE = re.compile(r"\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}|(19|20)\d\d[01]\d[0-3]\d$|.*[a-z]{3}.*\b(19|20)\d\d\b", re.IGNORECASE)


def _another_date(value: Any) -> bool:
    return isinstance(value, str | int | np.integer) and _ANOTHER_DATE.match(str(value)) is not None


def _like_a_date(value: Any) -> bool:
    text = str(value)
    return len(text) >= 10 and text[4] == text[7] == "-" and text[:4].isdigit()


def _matrix(frame: Any) -> list[Any] | None:
    """The columns of a pandas frame that holds nothing but numbers: all at once is ten times as fast as one by one."""
    if any(dtype.kind not in "fiu" for dtype in frame.dtypes):
        return None
    return list(frame.to_numpy(dtype=np.float64, na_value=np.nan).T)


def _values(name: str, column: Any) -> Any:
    import narwhals as nw

    dtype = column.dtype
    if dtype.is_numeric():
        numbers = column if dtype == nw.Float64 else column.cast(nw.Float64)
        return np.asarray(numbers.to_numpy(), dtype=np.float64)
    if dtype == nw.Date:
        return np.asarray(column.to_numpy()).astype("datetime64[D]").astype(np.int64)
    if dtype == nw.Datetime:
        local = column.dt.replace_time_zone(None) if dtype.time_zone is not None else column
        return np.asarray(local.to_numpy()).astype("datetime64[D]").astype(np.int64)
    if dtype == nw.Boolean:
        raise DataError(f"{TABLE}: the column {name} holds true and false, no numbers", asset=name)
    if column.null_count() == len(column):
        return np.full(len(column), np.nan)
    return ["" if value is None else str(value) for value in column.to_list()]


def _is_numbers(column: Any) -> bool:
    return isinstance(column, np.ndarray) and column.dtype.kind == "f"


def series(kind: Kind, universe: Sequence[str], weights: Mapping[str, float]) -> Any:
    """Weights of all assets, 0 where none is held, as a Series of the frame's kind; of arrays and files a mapping."""
    labels = kind.labels
    if not {str(label).strip() for label in labels}.issuperset(universe):
        labels = tuple(universe)  # a long table, or a file
    values = [weights.get(str(label).strip(), 0.0) for label in labels]
    if not kind.library:
        return dict(zip(labels, values, strict=True))
    if kind.library == "pandas":
        import pandas as pd

        return pd.Series(values, index=list(labels), name="weight")
    import narwhals as nw

    return nw.new_series("weight", values, dtype=nw.Float64, backend=kind.backend).to_native()


def table(kind: Kind, columns: Mapping[str, Sequence[Any]]) -> Any:
    """A frame of the same kind; of arrays and files a mapping of lists."""
    if not kind.library:
        return dict(columns)
    import narwhals as nw

    return nw.from_dict(dict(columns), backend=kind.backend).to_native()
