"""Histories of one ticker each: open, high, low, close and what comes with them. Several together are a table."""

from __future__ import annotations

import gzip
import io
import json
import random
from typing import Any

import numpy as np
import pandas as pd
import polars as pl

from .. import sheet as sheets
from .. import truth as times
from ..sheet import Column, Role, Sheet
from ..writing import Handed, Verdict, Writing
from . import datenames, days, digits, longs, names, text, wide

OHLCV = ["Open", "High", "Low", "Close", "Volume"]
#: Kinds of histories by who writes them: the columns after the date, the price among them first named.
KINDS: dict[str, tuple[str, list[str]]] = {
    "Yahoo, adjusted": ("Adj Close", ["Open", "High", "Low", "Close", "Adj Close", "Volume"]),
    "Yahoo, alphabetical": ("Adj Close", ["Adj Close", "Close", "High", "Low", "Open", "Volume"]),
    "yfinance": ("Close", ["Open", "High", "Low", "Close", "Volume", "Dividends", "Stock Splits"]),
    "plain": ("Close", OHLCV),
    "shuffled": ("Close", OHLCV),
    "lower": ("close", [field.lower() for field in OHLCV]),
    "upper": ("CLOSE", [field.upper() for field in OHLCV]),
    "numbered": ("4. close", ["1. open", "2. high", "3. low", "4. close", "5. volume"]),
    "with a change": ("Close", [*OHLCV, "Change"]),
    "investing": ("Price", ["Price", "Open", "High", "Low", "Vol.", "Change %"]),
}  # fmt: skip


def history(chance: random.Random, prices: np.ndarray, style: digits.Digits, kind: str) -> Sheet:
    """The columns of one history, without dates."""
    price, fields = KINDS[kind]
    if kind == "shuffled":
        fields = chance.sample(fields, len(fields))
    columns = []
    for field in fields:
        if field == price:
            columns.append(Column(Role.ASSET, (field,), prices.tolist(), [style.write(cell) for cell in prices.tolist()]))
            continue
        cells: list[Any] = longs.beside(chance, field, prices)
        texts = [_beside(field, cell, style) for cell in cells]
        columns.append(Column(Role.BESIDE, (field,), cells, texts))
    return Sheet(columns)


def _beside(field: str, cell: float, style: digits.Digits) -> str:
    if field == "Vol.":
        return f"{cell / 1e6:.2f}M"
    if field == "Change %":
        return f"{100 * cell:.2f}%"
    return style.write(cell) if isinstance(cell, float) and cell > 0 else str(cell)


def write(chance: random.Random, writing: Writing) -> None:
    """Hands a history for each asset over, together."""
    writing.truth, named = names.rename(chance, writing.truth, files=True)
    writing.kind("histories")
    writing.kind(f"names: {named}")
    writing.numbers = [writing.truth.prices]
    kind = chance.choice(list(KINDS))
    writing.kind(f"histories: {kind}")
    writing.says.append(rf"(?i){KINDS[kind][0].lstrip('4. ')}")
    if chance.random() < 0.72:
        _files(chance, writing, kind)
    else:
        _frames(chance, writing, kind)


def _dates(chance: random.Random, writing: Writing) -> days.Days:
    """A way to write dates that leaves each of the files one reading."""
    while True:
        told = days.draw(chance, writing.truth)
        if not told.loose and not told.doubtful([str(told.write(day)) for day in writing.truth.dates]):
            return told


def _files(chance: random.Random, writing: Writing, kind: str) -> None:
    truth = writing.truth
    told = _dates(chance, writing)
    style = wide.drawn_style(chance, truth.prices, truth.decimals)
    writing.kind(f"digits: {style.name}")
    writing.digits = style
    by_column = chance.random() < 0.2
    form = text.draw(chance, writing)
    files: dict[str, bytes] = {}
    named = datenames.draw(chance, writing, told, named=True)
    head = chance.choice(("ticker", "Ticker", "Symbol", "symbol"))
    for place, asset in enumerate(truth.assets):
        sheet = history(chance, truth.prices[:, place], style, kind)
        for column in sheet.of(Role.ASSET):
            wide.settle(writing, column)
        sheet.columns.insert(0, datenames.column(chance, writing, told, named))
        name = asset
        if by_column:
            sheet.columns.insert(chance.choice((0, 1, len(sheet.columns))), Column(Role.NAME, (head,), [asset] * len(sheet)))
            name = f"history {place + 1}"
        order = sheets.order(chance, sheet)
        file, contents = f"{name}.csv", form.bytes(sheet)
        told_plainly = told.name == "ISO" and style.name == "as pandas writes"
        if told_plainly and chance.random() < 0.3:  # a Parquet file among them
            file, contents = f"{name}.parquet", parquet(sheet)
            writing.kinds += ["Parquet"] if "Parquet" not in writing.kinds else []
        elif chance.random() < 0.05:
            file, contents = file + ".gz", gzip.compress(contents, mtime=0)
        files[file] = contents
        writing.kinds += [order] if place == 0 else []
        writing.sheets.append((sheet, form if not file.endswith("parquet") else None))
    if by_column:
        writing.kind("named by a column")
        if names.NOTHINGS & set(truth.assets):
            writing.doubt(Verdict.LOOSE, "a cell NA may be a name or no name")
    how = chance.choices(("paths", "commands", "directory", "config", "folder"), (80, 8, 5, 4, 1))[0]
    writing.kind({"paths": "list of files", "folder": "folder"}.get(how, "command"))
    if how == "folder":
        writing.doubt(Verdict.LOOSE, "nobody promises that Python takes a folder")
    writing.handed = Handed(how, files=files)
    if how == "config":
        writing.handed.options = {"toml": "prices = " + json.dumps(list(files), ensure_ascii=False)}


def parquet(sheet: Sheet) -> bytes:
    """The sheet as a Parquet file."""
    out = io.BytesIO()
    pd.DataFrame({column.head: column.cells for column in sheet.columns}).to_parquet(out)
    return out.getvalue()


def _frames(chance: random.Random, writing: Writing, kind: str) -> None:
    """A mapping from name to frame, or to its closes."""
    truth = writing.truth
    writing.grain = "second"
    index = pd.DatetimeIndex(truth.dates, name="Date")
    zoned = chance.random() < 0.25 and truth.frequency is not times.CLOCK
    if zoned:
        index, writing.zone = index.tz_localize("America/New_York", ambiguous=True, nonexistent="shift_forward"), 1
    style = digits.Digits("plain")
    mapping: dict[str, Any] = {}
    for place, asset in enumerate(truth.assets):
        sheet = history(chance, truth.prices[:, place], style, kind)
        frame = pd.DataFrame({column.head: column.cells for column in sheet.columns}, index=index)
        mapping[asset] = frame.iloc[::-1] if chance.random() < 0.3 else frame
        if chance.random() < 0.3 and not zoned:
            mapping[asset] = mapping[asset].reset_index()
        if chance.random() < 0.2 and kind != "investing":
            plain = mapping[asset] if "Date" in mapping[asset] else mapping[asset].reset_index()
            mapping[asset] = pl.from_pandas(plain)
    writing.kind("mapping of frames")
    writing.handed = Handed("value", mapping)
