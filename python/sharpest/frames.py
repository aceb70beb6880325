"""Frames: from whatever holds a table to the columns that the engine takes, and back to a Series of the same kind. What the
columns mean, the engine decides from all of their cells, as it does with files."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from . import _native
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
    """Whether this is the name of a file."""
    return isinstance(prices, str | os.PathLike)


def files(prices: Any) -> list[str] | None:
    """The names of files, if this is one or a list of them."""
    if is_file(prices):
        return [os.fspath(prices)]
    if isinstance(prices, list | tuple) and prices and all(map(is_file, prices)):
        return [os.fspath(path) for path in prices]
    return None


def sheet(prices: Any, dates: Any = None, names: Sequence[str] | None = None) -> tuple[_native.Sheet, Kind]:
    """The columns of a frame or an array, copied; those of several frames, Series and files as one table."""
    parts = _several(prices)
    if parts is not None:
        if dates is not None or names is not None:
            raise TypeError("dates and names are for arrays: several tables have theirs")
        sheets = [(name, _part(f"{TABLE} {number if name is None else name}", name, part)) for number, (name, part) in enumerate(parts, 1)]
        return _native.Sheet.join(TABLE, sheets), Kind()
    return _one(TABLE, prices, dates, names)


def returns(array: np.ndarray, names: Sequence[str] | None, index: Any = None) -> _native.Sheet:
    """Returns that an estimator was given: any numbers, since it takes what it is given. Its index may hold dates."""
    columns, _ = _of_array(array, names)
    if getattr(getattr(index, "dtype", None), "kind", "") == "M":
        columns = [("date", times(index)), *columns]
    return _native.Sheet(TABLE, columns, [], False, array=True, any=True)


def _several(prices: Any) -> list[tuple[str | None, Any]] | None:
    """Several tables, each with the name of its asset if it has one."""
    if isinstance(prices, Mapping):
        if any(is_file(part) or _is_frame(part) for part in prices.values()):
            return [(str(name), part) for name, part in prices.items()]
        return None
    if isinstance(prices, list | tuple) and prices and all(is_file(part) or _is_frame(part) or _has_index(part) for part in prices):
        return [(None, part) for part in prices]
    return None


def _is_frame(part: Any) -> bool:
    return hasattr(part, "columns") and not isinstance(part, Mapping)


def _has_index(part: Any) -> bool:
    """Whether this is a Series of pandas, whose values have labels."""
    return hasattr(part, "to_frame") and hasattr(part, "index") and not callable(part.index)


def _part(title: str, name: str | None, part: Any) -> _native.Sheet:
    if is_file(part):
        return _native.Sheet.read(os.fspath(part))
    if _has_index(part) and not _is_frame(part):
        part = part.to_frame(name=part.name if name is None else name)
    return _one(title, part, None, None)[0]


def _one(name: str, prices: Any, dates: Any, names: Sequence[str] | None) -> tuple[_native.Sheet, Kind]:
    index = array = False
    if isinstance(prices, Mapping) and not any(map(_has_index, prices.values())):
        columns, kind = _of_mapping(prices, names)
    elif isinstance(prices, np.ndarray | list | tuple) or hasattr(prices, "private"):  # the last is sharpest's own array
        columns, kind = _of_array(prices, names)
        array = True
    else:
        if names is not None:
            raise TypeError("names are for arrays: the columns of a frame have theirs")
        columns, kind, index = _of_frame(_aligned(prices) if isinstance(prices, Mapping) else prices, dates is None)
        if isinstance(prices, Mapping):
            kind = Kind("", kind.labels)
    if dates is not None:
        columns = [("date", times(dates)), *columns]
    return _native.Sheet(name, columns, [], False, index=index, array=array), kind


def _aligned(prices: Mapping[Any, Any]) -> Any:
    """A mapping of Series as a frame: values go by their labels, not by their places."""
    import pandas as pd

    plain = {label: _on_its_clock(column) if _has_index(column) else column for label, column in prices.items()}
    dated = [column.index.dtype.kind == "M" for column in plain.values() if _has_index(column)]
    if any(dated) and not all(dated):
        raise DataError("some Series have dates for an index and others have not: give all of them the same kind of index")
    try:
        return pd.DataFrame(plain)
    except (TypeError, ValueError) as error:
        raise DataError(f"these Series cannot be aligned by their labels: {error}") from None


def _on_its_clock(column: Any) -> Any:
    """A Series whose dates have no time zone: the day as it was there; and no periods, which are known when they end."""
    if hasattr(column.index, "to_timestamp"):
        return column.set_axis(column.index.to_timestamp(how="end").normalize())
    return column if getattr(column.index, "tz", None) is None else column.tz_localize(None)


def _of_mapping(prices: Mapping[Any, Any], names: Sequence[str] | None) -> tuple[list[Column], Kind]:
    labels = list(prices) if names is None else list(names)
    if len(labels) != len(prices):
        raise DataError(f"{len(labels)} names for a mapping of {len(prices)} columns")
    columns = [(_name(label), _of_list(column)) for label, column in zip(labels, prices.values(), strict=True)]
    assets = [label for label, (_, column) in zip(labels, columns, strict=True) if _is_numbers(column)]
    return columns, Kind("", tuple(assets))


def _of_list(column: Any) -> Any:
    """Numbers, or else dates or texts, which the engine reads."""
    array = np.asarray(column)
    if array.dtype.kind == "M":
        return times(array)
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


def times(dates: Any) -> Any:
    """Dates of any kind as microseconds since 1970-01-01 on the clock of their place, or as texts for the engine to read."""
    if hasattr(dates, "to_timestamp"):  # periods of pandas: what they say is known when they end
        dates = dates.to_timestamp(how="end").normalize()
    if getattr(dates, "tz", None) is not None:
        dates = dates.tz_localize(None)  # the day as it was there, not in Greenwich
    array = np.asarray(dates)
    if array.dtype.kind == "M":
        return array.astype("datetime64[us]").astype(np.int64)
    if array.dtype.kind in "iuf":
        return array.astype(np.float64)
    return [str(date) for date in array.tolist()]


def _name(label: Any) -> str:
    """The name of a column; one of several levels as Python writes a tuple of texts."""
    if isinstance(label, tuple):
        return "(" + ", ".join(repr(str(level)) for level in label) + ")"
    return str(label)


def _of_frame(frame: Any, indexed: bool) -> tuple[list[Column], Kind, bool]:
    """The columns of a frame, before them its index if it says anything, and whether it does."""
    import narwhals as nw

    pandas = nw.dependencies.is_pandas_dataframe(frame)
    native = _plain_pandas(frame) if pandas else frame
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
    columns = _of_index(native) if pandas and indexed else []
    index = bool(columns)
    labels = {_name(label): label for label in (frame.columns if pandas and frame.index.nlevels == 1 else wrapped.columns)}
    values = _matrix(native) if pandas else None
    if values is None:
        values = [_values(str(name), wrapped.get_column(name)) for name in wrapped.columns]
    columns += list(zip(labels, values, strict=True)) if len(labels) == len(values) else _twice(wrapped.columns)
    assets = [labels[name] for name, column in columns if name in labels and _is_numbers(column)]
    return columns, Kind(wrapped.implementation.name.lower(), tuple(assets)), index


def _twice(columns: Sequence[Any]) -> list[Column]:
    names = [str(name) for name in columns]
    name = next(name for name in names if names.count(name) > 1)
    raise DataError(f"{TABLE}: the asset {name!r} occurs twice".replace("'", '"'), asset=name)


def _plain_pandas(frame: Any) -> Any:
    """A pandas frame with one level of columns and of rows."""
    if frame.columns.dtype.kind == "M":
        raise DataError(f"{TABLE} has a column a date: give a row a date and a column an asset, as its transpose T has them")
    if not frame.columns.is_unique:
        _twice(frame.columns)
    if frame.columns.nlevels > 1:
        frame = frame.set_axis([_name(label) for label in frame.columns], axis=1)
    if frame.index.nlevels > 1:
        taken = [*map(str, frame.columns)]
        names = [name if name is not None and str(name) not in taken else f"level_{i}" for i, name in enumerate(frame.index.names)]
        frame = frame.rename_axis(names).reset_index()
    return frame


def _of_index(frame: Any) -> list[Column]:
    """The index of a pandas frame, which may hold dates, unless it only numbers the rows."""
    import pandas as pd

    index = frame.index
    if len(index) == 0 or isinstance(index, pd.RangeIndex) and index.start in (0, 1) and index.step == 1:
        return []
    name = "" if index.name is None else _name(index.name)
    if index.dtype.kind == "O" or str(index.dtype) in ("string", "str", "category"):
        return [(name, ["" if missing else str(label) for label, missing in zip(index, index.isna(), strict=True)])]
    return [(name, times(index))]


def _matrix(frame: Any) -> list[Any] | None:
    """The columns of a pandas frame that holds nothing but numbers: all at once is ten times as fast as one by one."""
    if any(dtype.kind not in "fiu" for dtype in frame.dtypes):
        return None
    return list(frame.to_numpy(dtype=np.float64, na_value=np.nan).T)


def _values(name: str, column: Any) -> Any:
    import narwhals as nw

    dtype = column.dtype
    if dtype.is_numeric() and not dtype.is_decimal():
        if dtype.is_integer() and column.null_count() == 0:  # nanoseconds are more than a cast of arrow's allows
            return np.asarray(column.to_numpy()).astype(np.float64)
        numbers = column if dtype == nw.Float64 else column.cast(nw.Float64)
        return np.asarray(numbers.to_numpy(), dtype=np.float64)
    if dtype == nw.Date:
        return np.asarray(column.to_numpy()).astype("datetime64[us]").astype(np.int64)
    if dtype == nw.Datetime:
        local = column.dt.replace_time_zone(None) if dtype.time_zone is not None else column
        return np.asarray(local.to_numpy()).astype("datetime64[us]").astype(np.int64)
    if dtype == nw.Boolean:
        raise DataError(f"{TABLE}: the column {name} holds true and false, no numbers", asset=name)
    missing = column.is_null().to_list()
    if all(missing):
        return np.full(len(column), np.nan)
    return ["" if null else str(value) for value, null in zip(column.to_list(), missing, strict=True)]


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
