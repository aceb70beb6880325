"""Reads what was written as somebody does who knows how: with pandas, told every argument. An oracle for the writer itself."""

from __future__ import annotations

import datetime
import gzip
import io
import re
from typing import Any

import numpy as np
import pandas as pd

from .sheet import Role, Sheet
from .spellings.days import Days
from .spellings.digits import Digits
from .spellings.text import Text
from .writing import Writing

#: What pandas is told of each way to write dates that it does not find by itself.
UNITS = {"epoch s": "s", "epoch ms": "ms", "epoch us": "us", "epoch ns": "ns"}
FORMATS = {
    "yyyymmdd": "%Y%m%d", "yyyymm": "%Y%m", "years": "%Y", "2024-01": "%Y-%m", "Jan 02, 2024": "%b %d, %Y",
    "January 2, 2024": "%B %d, %Y", "2-Jan-2024": "%d-%b-%Y", "02 Jan 2024": "%d %b %Y", "y.m.d": "%Y.%m.%d", "y/m/d": "%Y/%m/%d",
    "ISO": "%Y-%m-%d", "ISO without zeros": "%Y-%m-%d", "2024M01": "%YM%m",
}  # fmt: skip


def dates(told: list[Any], days: Days) -> list[datetime.datetime]:
    """Reads dates that were written so, without a zone."""
    if days.name == "native":
        return [stamp(day) for day in told]
    if days.name in UNITS:
        return list(pd.to_datetime([int(text) for text in told], unit=UNITS[days.name]))
    if days.name == "Excel serial":
        return list(pd.to_datetime([int(text) for text in told], unit="D", origin="1899-12-30"))
    texts = [str(text) for text in told]
    if days.grain == "quarter":
        quarters = [re.sub(r"Q(\d)[ ](\d{4})|(\d{4})-?Q(\d)", r"\2\3Q\1\4", text) for text in texts]
        return list(pd.PeriodIndex(quarters, freq="Q").to_timestamp())
    form = days.format or FORMATS.get(days.name)
    if form:
        return list(pd.to_datetime(texts, format=form))
    return [stamp(pd.Timestamp(text)) for text in texts]


def stamp(day: Any) -> datetime.datetime:
    """A date, a stamp or a period as a stamp without a zone."""
    if isinstance(day, pd.Period):
        day = day.to_timestamp()
    found: datetime.datetime = pd.Timestamp(day).tz_localize(None)
    return found


def number(cell: Any, digits: Digits | None) -> float:
    """Reads a number that was written so."""
    if not isinstance(cell, str):
        return float(cell)
    point, thousands = (digits.point, digits.thousands) if digits else (".", "")
    bare = re.sub(r"[\s$£¥€%]", "", cell).replace("\u2212", "-")
    bare = re.sub(r"^\((.*)\)$", r"-\1", bare)
    bare = bare.replace(thousands.strip(), "") if thousands.strip() else bare
    return float(bare.replace(point, "."))


def text_cells(contents: bytes, sheet: Sheet, text: Text) -> list[list[str]]:
    """The cells of a file, a list a column, without header lines and all that stands around."""
    if contents[:2] == b"\x1f\x8b":
        contents = gzip.decompress(contents)
    wide = len(sheet.columns)
    # A line of its own sets how many cells pandas expects; more names than cells are filled up.
    frame = pd.read_csv(
        io.BytesIO(contents), sep=text.delimiter, header=None, names=list(range(wide + 1)), skiprows=len(text.before), dtype=str,
        keep_default_na=False, engine="python", encoding=text.encoding, index_col=False, skipinitialspace=text.blank,
    ).fillna("")  # fmt: skip
    heads = len(sheet.columns[0].heads)
    after = sum(bool(line) for line in text.after)
    names = [tuple(frame.iloc[:heads, place]) for place in range(wide)]
    assert names == [column.heads for column in sheet.columns], f"{names} are not the names"
    rows = frame.iloc[heads : len(frame) - after]
    rows = rows[(rows != "").any(axis=1)]
    assert (rows[wide] == "").all(), "there are more cells than names"
    return [rows[place].tolist() for place in range(wide)]


def table(writing: Writing) -> tuple[list[datetime.datetime] | None, np.ndarray]:
    """The dates, ascending, and the numbers, a column an asset in the order of the truth."""
    if not writing.sheets or "road: damage" in writing.kinds:
        raise NotImplementedError("this writing is not read again")
    parts = [_part(writing, place) for place in range(len(writing.sheets))]
    together = pd.concat(parts, axis=1, sort=True) if len(parts) > 1 else parts[0]
    if isinstance(together.index, pd.DatetimeIndex):
        together = together.sort_index()
    told = None if isinstance(together.index, pd.RangeIndex) else list(together.index)
    return told, together[list(writing.truth.assets)].to_numpy(dtype=float)


def _part(writing: Writing, place: int) -> pd.DataFrame:
    """One sheet: a column an asset, dates in the index if there are any."""
    sheet, text = writing.sheets[place]
    if text is not None:
        columns = text_cells(list(writing.handed.files.values())[place], sheet, text)
    else:
        columns = _frame_cells(writing, sheet, place)
    roles = [column.role for column in sheet.columns]
    index = None
    if Role.DATE in roles:
        assert writing.days is not None
        index = pd.DatetimeIndex(dates(columns[roles.index(Role.DATE)], writing.days))
    digits = writing.digits
    if Role.NAME in roles and Role.PRICE in roles:
        frame = pd.DataFrame(
            {
                "name": [str(name) for name in columns[roles.index(Role.NAME)]],
                "price": [number(cell, digits) for cell in columns[roles.index(Role.PRICE)]],
                "date": index,
            }
        )
        return frame.pivot(index="date", columns="name", values="price")
    found = {}
    for column, cells in zip(sheet.columns, columns, strict=True):
        if column.role is Role.ASSET:
            name = next((head for head in column.heads if head in writing.truth.assets), None)
            found[name or writing.truth.assets[place]] = [number(cell, digits) for cell in cells]
    return pd.DataFrame(found, index=index)


def _frame_cells(writing: Writing, sheet: Sheet, place: int) -> list[list[Any]]:
    """The cells of a frame, a list a column; what is in the index comes as the column of dates."""
    value = writing.handed.value
    if value is None:
        value = pd.read_parquet(io.BytesIO(list(writing.handed.files.values())[place]))
    elif not isinstance(value, pd.DataFrame):
        value = value.collect() if hasattr(value, "collect") else value
        value = pd.DataFrame(value.to_pydict() if hasattr(value, "to_pydict") else value.to_dict(as_series=False))
    if isinstance(value.index, pd.MultiIndex):
        name = next(column.head for column in sheet.columns if column.role is Role.NAME)
        value = value.reset_index(level=name)
    value.columns = [str(name) for name in value.columns]
    columns = []
    for column in sheet.columns:
        name = column.head or "Unnamed: 0"
        if name in value.columns:
            columns.append(value[name].tolist())
        else:
            assert column.role is Role.DATE, f"no column {name}"
            columns.append(list(value.index))
    return columns
