"""Long tables: a row for each date and asset."""

from __future__ import annotations

import random
from typing import Any

import numpy as np

from ..sheet import Column, Role, Sheet
from ..writing import Verdict, Writing
from . import cells, counters, datenames, days, digits, names, text, wide

ASSET = ["ticker", "symbol", "Ticker", "Symbol", "asset", "name", "Name", "stock", "Stock", "TICKER"]
#: The price and what stands beside it; the adjusted close is the price where there is one, else the close.
FIELDS = [
    ["price"], ["close"], ["Close"], ["Price"], ["value"], ["adj close"], ["Adj Close"], ["adj_close"],
    ["close", "volume"], ["Close", "Volume"], ["PRC", "RET"], ["prc", "ret", "vol"], ["OPEN", "HIGH", "LOW", "CLOSE", "VOLUME"],
    ["open", "high", "low", "close", "volume"], ["Open", "High", "Low", "Close", "Volume"],
    ["Open", "High", "Low", "Close", "Adj Close", "Volume"], ["open", "high", "low", "close", "adj close", "volume"],
    ["open", "high", "low", "close", "adj_close", "volume"], ["Adj Close", "Close", "High", "Low", "Open", "Volume"],
]  # fmt: skip
#: Nobody promises to know these for adjusted closes.
ODD = [["close", "adjclose"], ["close", "adjusted_close", "volume"]]


def write(chance: random.Random, writing: Writing) -> None:
    """Writes a long table into a file."""
    sheet = build(chance, writing)
    style = text.draw(chance, writing)
    text.hand_over(chance, writing, style, sheet)


def build(chance: random.Random, writing: Writing, *, typed: bool = False, native: bool = False) -> Sheet:
    """Draws the sheet; ``typed`` is for a frame, ``native`` for one whose dates are dates."""
    writing.kind("long")
    _name(chance, writing, typed=typed)
    truth = writing.truth
    drawn = cells.draw(chance, writing, prices=True)
    rows = [(day, asset) for asset in range(len(truth.assets)) for day in range(len(drawn.dates))]
    fields = chance.choice(FIELDS) if chance.random() < 0.99 else chance.choice(ODD)
    if fields in ODD:
        writing.doubt(Verdict.LOOSE, f"nobody promises to know a column {fields[1]}")
    style = wide.drawn_style(chance, drawn.numbers, drawn.decimals)
    if not typed:
        writing.kind(f"digits: {style.name}")
    columns = [_field(chance, field, fields, rows, drawn.numbers, style) for field in fields]
    columns.append(_names(chance, [truth.assets[place] for _, place in rows]))
    if not typed:
        wide.settle(writing, next(column for column in columns if column.role is Role.PRICE))
    if chance.random() < 0.15:
        columns.append(Column(Role.BESIDE, ("currency",), ["USD"] * len(rows)))
    chance.shuffle(columns)
    sheet = Sheet(columns)
    dates = [drawn.dates[day] for day, _ in rows]
    told = days.Days("native", lambda day: day) if native else days.draw(chance, truth)
    counted = chance.random() < 0.1
    name = datenames.draw(chance, writing, told, named=True)
    first = chance.random() < 0.6
    datenames.place(chance, sheet, datenames.column(chance, writing, told, name, dates), first=first)
    _order(chance, writing, sheet, rows)
    if counted:
        counters.add(chance, writing, sheet, typed=typed)
    writing.says += [rf"(?i){fields[4]}"] if len(fields) == 6 and fields[4].lower() == "adj close" else []
    writing.digits = style
    return sheet


def _names(chance: random.Random, names: list[str]) -> Column:
    """The column that names assets; those of CRSP and of the ISIN have names of their own."""
    if all(name.isdigit() and name[0] != "0" for name in names):
        return Column(Role.NAME, (chance.choice(("permno", "PERMNO")),), [int(name) for name in names], names)
    isin = all(len(name) == 12 and name[:2].isalpha() for name in names)
    return Column(Role.NAME, (chance.choice(("isin", "ISIN") if isin else ASSET),), list(names), names)


def _name(chance: random.Random, writing: Writing, *, typed: bool) -> None:
    writing.truth, kind = names.rename(chance, writing.truth)
    writing.kind(f"names: {kind}")
    if kind == "nothings" and not typed and names.NOTHINGS & set(writing.truth.assets):
        writing.doubt(Verdict.LOOSE, "a cell NA may be a name or no name")


def _field(
    chance: random.Random, field: str, fields: list[str], rows: list[tuple[int, int]], prices: np.ndarray, style: digits.Digits
) -> Column:
    """A column of prices, or one that would give another answer."""
    truth = np.array([prices[row] for row in rows])
    if field == price_of(fields):
        numbers: Any = truth.tolist()
        return Column(Role.PRICE, (field,), numbers, [style.write(number) for number in numbers])
    numbers = beside(chance, field, truth)
    texts = [style.write(number) if isinstance(number, float) else str(number) for number in numbers]
    return Column(Role.BESIDE, (field,), numbers, texts)


def price_of(fields: list[str]) -> str:
    """The field that is the price: the adjusted close, else the close, else what there is."""
    for wanted in ("adj", "close", "price", "prc"):
        for field in fields:
            if wanted in field.lower():
                return field
    return fields[0]


def beside(chance: random.Random, field: str, prices: np.ndarray) -> list[Any]:
    """What stands beside prices: numbers that would give another answer."""
    low = field.lower().strip("0123456789. ")
    count = len(prices)
    if low.startswith("vol"):
        return [int(1e6 * chance.uniform(0.8, 1.3) + 900 * place) for place in range(count)]
    if low in ("ret", "change", "change %"):
        return [round(chance.gauss(0, 0.01), 6) for _ in range(count)]
    if low in ("dividends", "stock splits"):
        return [0.0] * count
    ramp = np.linspace(0.7, 1.0, count) if "close" in low or low == "price" else 1.0
    factor = {"high": 1.01, "low": 0.99, "open": 1.001}.get(low, 1.1)
    noise = np.array([chance.uniform(0.99, 1.01) for _ in range(count)])
    return [float(f"{number:.2f}") for number in (np.maximum(prices * factor * ramp * noise, 0.01)).tolist()]


def _order(chance: random.Random, writing: Writing, sheet: Sheet, rows: list[tuple[int, int]]) -> None:
    places = list(range(len(rows)))
    kind = chance.choice(("by asset", "by date", "by date", "shuffled", "newest first"))
    if kind == "by date":
        places.sort(key=lambda place: rows[place])
    elif kind == "newest first":
        places.sort(key=lambda place: (-rows[place][0], rows[place][1]))
    elif kind == "shuffled":
        chance.shuffle(places)
    sheet.arrange(places)
    writing.kind(kind)
