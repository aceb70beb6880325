"""Frames of pandas, polars and pyarrow, and the Parquet files that they write."""

from __future__ import annotations

import datetime
import io
import random
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from .. import sheet as sheets
from .. import truth as times
from ..sheet import Column, Role, Sheet
from ..writing import Handed, Verdict, Writing
from . import cells, counters, datenames, days, longs, names

KINDS = {"pandas": 48, "polars": 18, "pyarrow": 14, "Parquet": 20}


def write(chance: random.Random, writing: Writing, *, long: bool = False) -> None:
    """Hands a wide or a long table over as a frame, or in a Parquet file."""
    native = chance.random() < 0.55
    sheet = longs.build(chance, writing, typed=True, native=native) if long else build(chance, writing, native=native)
    kind = chance.choices(list(KINDS), list(KINDS.values()))[0]
    writing.kind(kind)
    writing.sheets.append((sheet, None))
    if native:
        _native(chance, writing, sheet)
    if kind == "pandas":
        writing.handed = Handed("value", pandas(chance, writing, sheet))
    elif kind == "Parquet":
        hand_parquet(chance, writing, sheet)
    else:
        writing.handed = Handed("value", columnar(chance, sheet, kind))


def build(chance: random.Random, writing: Writing, *, native: bool) -> Sheet:
    """Draws a wide sheet of numbers."""
    writing.kind("wide")
    writing.truth, kind = names.rename(chance, writing.truth)
    writing.kind(f"names: {kind}")
    drawn = cells.draw(chance, writing)
    writing.kind("numbers")
    columns = [Column(Role.ASSET, (name,), drawn.numbers[:, place].tolist()) for place, name in enumerate(writing.truth.assets)]
    sheet = Sheet(columns)
    counted = chance.random() < 0.08
    if writing.truth.frequency is times.DAYS and kind != "numbers" and chance.random() < 0.05:
        writing.grain = ""
        writing.kind("no dates")
    else:
        told = days.Days("native", lambda day: day, "second") if native else days.draw(chance, writing.truth)
        first = chance.random() < 0.85
        name = datenames.draw(chance, writing, told, named=counted, first=first)
        dates = datenames.column(chance, writing, told, name, drawn.dates)
        if native:
            writing.grain = "second"
        datenames.place(chance, sheet, dates, first=first)
        writing.kind(sheets.order(chance, sheet))
    if counted:
        counters.add(chance, writing, sheet, typed=True)
    return sheet


def _native(chance: random.Random, writing: Writing, sheet: Sheet) -> None:
    """Some dates that are dates have a zone, and some have no time."""
    for column in sheet.of(Role.DATE):
        drawn = chance.random()
        if drawn < 0.15:
            summers = ("America/New_York", "Europe/Berlin") if writing.truth.frequency is not times.CLOCK else ()
            zone = chance.choice((*summers, "UTC", "Asia/Tokyo"))
            stamps = [pd.Timestamp(day).tz_localize(zone, ambiguous=True, nonexistent="shift_forward") for day in column.cells]
            column.cells = stamps
            writing.kind("dates with a zone")
            writing.zone = 1
        elif drawn < 0.3 and writing.truth.frequency not in (times.HOURS, times.CLOCK):
            column.cells = [day.date() for day in column.cells]
            writing.grain = "day"
            writing.kind("dates without a time")


#: Periods of pandas that hold the dates of each frequency.
PERIODS = {times.DAYS: "D", times.CALENDAR: "D", times.MONTHS: "M", times.QUARTERS: "Q", times.YEARS: "Y"}
GRAINS = {"D": "day", "M": "month", "Q": "quarter", "Y": "year"}


def pandas(chance: random.Random, writing: Writing, sheet: Sheet) -> pd.DataFrame:
    """A frame of pandas: dates in the index or in a column, names as texts or numbers, numbers of some type."""
    frame = pd.DataFrame({place: _series(column) for place, column in enumerate(sheet.columns)})
    frame.columns = pd.Index([column.head for column in sheet.columns], dtype=object if chance.random() < 0.3 else "str")
    place = next((i for i, column in enumerate(sheet.columns) if column.role is Role.DATE), None)
    assets = [column for column in sheet.columns if column.role in (Role.ASSET, Role.PRICE)]
    nameless = place is not None and sheet.columns[place].head in ("", "Unnamed: 0")
    if place is not None and (nameless or chance.random() < 0.65):
        frame = _indexed(chance, writing, frame, place)
    elif chance.random() < 0.15:
        frame.index = frame.index + 1
        writing.kind("index from 1")
    if (
        all(column.head.isdigit() and column.head[0] != "0" for column in assets)
        and not sheet.of(Role.COUNTER)
        and chance.random() < 0.5
    ):
        frame.columns = [int(name) if name.isdigit() else name for name in frame.columns]
        writing.kind("names are numbers")
    if "long" in writing.kinds and chance.random() < 0.4:
        frame = _long(chance, writing, frame, next(column.head for column in sheet.columns if column.role is Role.NAME))
    frame = _typed(chance, writing, frame, [column.head for column in sheet.columns if column.role is Role.ASSET])
    if chance.random() < 0.1:
        frame.columns.name = "Ticker"
    return frame


def _long(chance: random.Random, writing: Writing, frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """The names of the assets in the index, too, before the dates or after; or as categories."""
    if isinstance(frame.index, pd.RangeIndex) or frame.index.name is None or chance.random() < 0.4:
        writing.kind("categories")
        return frame.astype({name: "category"})
    writing.kind("index of two levels")
    frame = frame.set_index(name, append=True)
    return frame if chance.random() < 0.6 else frame.swaplevel()


def _series(column: Column) -> pd.Series:
    cells = column.cells
    if cells and isinstance(cells[0], datetime.datetime):
        return pd.Series(pd.DatetimeIndex(cells))
    return pd.Series(cells, dtype=object if isinstance(cells[0], datetime.date) else None)


def _indexed(chance: random.Random, writing: Writing, frame: pd.DataFrame, place: int) -> pd.DataFrame:
    name = frame.columns[place]
    index = pd.Index(frame.iloc[:, place])
    frame = frame.iloc[:, [i for i in range(frame.shape[1]) if i != place]]
    index.name = name if name and not name.startswith("Unnamed") and chance.random() < 0.75 else None
    told = PERIODS.get(writing.truth.frequency)
    if isinstance(index, pd.DatetimeIndex):
        if told and index.tz is None and chance.random() < 0.2 and "long" not in writing.kinds:
            index = index.to_period(told)
            writing.grain = GRAINS[told]
            writing.kind("periods")
        elif chance.random() < 0.3:
            index = index.as_unit(chance.choice(("s", "ms", "us", "ns")))
        writing.kind("index of dates")
    else:
        kind = {"integer": "numbers", "string": "texts"}.get(pd.api.types.infer_dtype(index), "objects")
        if kind == "texts" and chance.random() < 0.4:
            index = index.astype(object)
        writing.kind(f"index of {kind}")
    frame.index = index
    return frame


def _typed(chance: random.Random, writing: Writing, frame: pd.DataFrame, assets: list[str]) -> pd.DataFrame:
    kind = chance.choices(("float64", "objects", "nullable", "arrow", "float32", "texts"), (80, 4, 5, 5, 3, 0.5))[0]
    if not assets or (kind in ("texts", "float32") and writing.table != "prices"):
        return frame
    places = [i for i, name in enumerate(frame.columns) if str(name) in assets]
    columns = {i: frame.iloc[:, i] for i in range(frame.shape[1])}
    of = {"objects": object, "nullable": "Float64", "arrow": "double[pyarrow]", "float32": "float32"}
    for i in places:
        if kind == "texts":
            columns[i] = columns[i].map(repr).astype(object)
        elif kind in of:
            columns[i] = columns[i].astype(of[kind])
    if kind == "texts":
        writing.doubt(Verdict.LOOSE, "numbers in a frame are texts")
    if kind == "float32":
        writing.numbers = [numbers.astype("float32").astype("float64") for numbers in writing.numbers]
    writing.kind(f"dtype {kind}")
    made = pd.DataFrame(columns, index=frame.index)
    made.columns = frame.columns
    return made


def columnar(chance: random.Random, sheet: Sheet, kind: str) -> Any:
    """A frame of polars or a table of pyarrow."""
    columns = {column.head or "Unnamed: 0": column.cells for column in sheet.columns}
    if kind == "pyarrow":
        return pa.table({name: pa.array(_plain(cells)) for name, cells in columns.items()})
    frame = pl.DataFrame({name: pl.Series(name, cells) for name, cells in columns.items()})
    return frame.lazy() if chance.random() < 0.15 else frame


def _plain(cells: list[Any]) -> Any:
    return pd.DatetimeIndex(cells) if isinstance(cells[0], datetime.datetime) else cells


def hand_parquet(chance: random.Random, writing: Writing, sheet: Sheet) -> None:
    """Writes a Parquet file, as pandas does with its index, or as pyarrow or polars do."""
    out = io.BytesIO()
    how = chance.choice(("pandas", "pyarrow", "polars"))
    if how == "pandas":
        frame = pandas(chance, writing, sheet)
        periods, objects = isinstance(frame.index, pd.PeriodIndex), any(isinstance(name, int) for name in frame.columns)
        if periods:
            frame.index = frame.index.to_timestamp()
        if objects:
            frame.columns = frame.columns.map(str)
        frame.to_parquet(out)
    elif how == "polars":
        columnar(chance, sheet, "polars").lazy().collect().write_parquet(out)
    else:
        pq.write_table(columnar(chance, sheet, "pyarrow"), out)
    writing.kind(f"Parquet by {how}")
    handed = chance.choices(("path", "command"), (90, 10))[0]
    if handed == "command":
        writing.kind("command")
    writing.handed = Handed(handed, files={"prices.parquet": out.getvalue()})
