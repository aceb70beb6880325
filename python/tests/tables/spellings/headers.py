"""Tables with two levels of names, as yfinance gives them: fields and tickers, in either order, in files and in frames."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pandas as pd

from .. import sheet as sheets
from ..sheet import Column, Role, Sheet
from ..writing import Handed, Verdict, Writing
from . import datenames, days, digits, longs, names, text, wide

FIELDS = ["Close", "High", "Low", "Open", "Volume"]


def write(chance: random.Random, writing: Writing) -> None:
    """Writes the file that ``to_csv`` of a download gives, or hands the frame over."""
    sheet, price = build(chance, writing)
    writing.says.append(rf"(?i){price}")
    drawn = chance.random()
    if drawn < 0.68:
        writing.kind("two levels, text")
        _dates(chance, writing, sheet)
        style = text.draw(chance, writing)
        text.hand_over(chance, writing, style, sheet)
    elif drawn < 0.97:
        _frame(chance, writing, sheet)
    else:
        _flat(chance, writing, sheet)


def build(chance: random.Random, writing: Writing) -> tuple[Sheet, str]:
    """Draws the fields of each ticker, without dates, and says which field is the price."""
    writing.truth, kind = names.rename(chance, writing.truth)
    writing.kind(f"names: {kind}")
    truth = writing.truth
    writing.numbers = [truth.prices]
    price = chance.choice(("Close", "Close", "Adj Close"))
    fields = (["Adj Close"] if price == "Adj Close" else []) + FIELDS
    if chance.random() < 0.15:
        fields = [price]
    elif chance.random() < 0.2:
        chance.shuffle(fields)
    style = wide.drawn_style(chance, truth.prices, truth.decimals)
    by_ticker = chance.random() < 0.5
    pairs = [(field, name) for name in truth.assets for field in fields]
    if not by_ticker:
        pairs.sort(key=lambda pair: fields.index(pair[0]))
    columns = []
    for field, name in pairs:
        numbers = truth.prices[:, truth.assets.index(name)]
        column = _column(chance, field, price, numbers, style)
        column.heads = (name, field) if by_ticker else (field, name)
        columns.append(column)
        if column.role is Role.ASSET:
            wide.settle(writing, column)
    writing.digits = style
    return Sheet(columns), price


def _column(chance: random.Random, field: str, price: str, numbers: np.ndarray, style: digits.Digits) -> Column:
    if field == price:
        return Column(Role.ASSET, (), numbers.tolist(), [style.write(number) for number in numbers.tolist()])
    cells: list[Any] = longs.beside(chance, field, numbers)
    return Column(Role.BESIDE, (), cells, [style.write(cell) if isinstance(cell, float) else str(cell) for cell in cells])


def _dates(chance: random.Random, writing: Writing, sheet: Sheet) -> None:
    """Puts the dates first, under the names of the levels, with a line of their own or not."""
    told = days.draw(chance, writing.truth)
    column = datenames.column(chance, writing, told, "Date")
    by_ticker = sheet.columns[0].heads[0] in writing.truth.assets
    levels = ("Ticker", "Price") if by_ticker else ("Price", "Ticker")
    kind = chance.choice(("three lines", "three lines", "two lines", "nameless levels"))
    writing.kind(kind)
    index = chance.choice(("Date", "Date", "Datetime"))
    if kind == "two lines":  # of a frame whose index has no name
        column.heads = chance.choice((("", ""), levels, ("Date", ""), ("", "Date")))
    elif kind == "nameless levels":
        column.heads = ("", "", index)
    else:
        column.heads = (*levels, index)
    if len(column.heads) == 3:
        for other in sheet.columns:
            other.heads = (*other.heads, "")
    if told.number and column.heads[-1] == "":
        datenames.perhaps_counter(writing, column.cells)
    sheet.columns.insert(0, column)
    writing.kind(sheets.order(chance, sheet))


def _frame(chance: random.Random, writing: Writing, sheet: Sheet) -> None:
    """The frame itself, its dates in the index."""
    writing.kind("two levels, frame")
    writing.grain = "second"
    by_ticker = sheet.columns[0].heads[0] in writing.truth.assets
    index = pd.DatetimeIndex(writing.truth.dates, name=chance.choice(("Date", None)))
    if chance.random() < 0.3:
        index, writing.zone = index.tz_localize("UTC"), 1
    levels = [None, None] if chance.random() < 0.2 else ["Ticker", "Price"] if by_ticker else ["Price", "Ticker"]
    frame = pd.DataFrame({place: column.cells for place, column in enumerate(sheet.columns)}, index=index)
    frame.columns = pd.MultiIndex.from_tuples([column.heads for column in sheet.columns], names=levels)
    if chance.random() < 0.2:
        frame = frame.iloc[::-1]
    writing.handed = Handed("value", frame)


#: How two levels become one name.
FLAT = {"{field}_{name}": 3, "{name}_{field}": 3, "{name} {field}": 2, "{field} {name}": 1, "tuples": 2}


def _flat(chance: random.Random, writing: Writing, sheet: Sheet) -> None:
    """One line of names for both levels: nobody promises to take them apart, and no volume may become an asset."""
    writing.doubt(Verdict.LOOSE, "fields and tickers stand in one name")
    writing.kind("two levels in one name")
    writing.says.clear()
    form = chance.choices(list(FLAT), list(FLAT.values()))[0]
    for column in sheet.columns:
        name, field = column.heads if column.heads[0] in writing.truth.assets else column.heads[::-1]
        column.heads = (str(column.heads) if form == "tuples" else form.format(name=name, field=field),)
        if column.role is Role.ASSET:
            writing.aliases[column.head] = name
    frame = pd.DataFrame({column.head: column.cells for column in sheet.columns}, index=pd.DatetimeIndex(writing.truth.dates))
    frame.index.name = "Date"
    if chance.random() < 0.5:
        writing.handed = Handed("path", files={"prices.csv": frame.to_csv().encode()})
    else:
        writing.handed = Handed("value", frame)
