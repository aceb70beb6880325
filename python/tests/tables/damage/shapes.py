"""Tables of another shape or scale than is said of them."""

from __future__ import annotations

import random

import numpy as np
import pandas as pd

from ..sheet import Column, Role, Sheet
from ..spellings import digits, histories
from ..writing import Handed, Writing
from . import calm


def one_ticker(chance: random.Random, writing: Writing) -> None:
    """Is the history of one ticker, which is no portfolio of its columns."""
    kind = chance.choice(list(histories.KINDS))
    truth = writing.truth
    made = histories.history(chance, truth.prices[:, 0], digits.Digits("shortest", whole=""), kind)
    made.columns.insert(0, calm.date_column(truth, list(truth.dates), chance.choice(("Date", "date", "timestamp"))))
    price = histories.KINDS[kind][0]
    drawn = chance.random()
    if drawn < 0.25:
        form = chance.choice(("{}_S1", "S1_{}", "S1 {}", "('{}', 'S1')", "{} S1"))
        for column in made.columns[1:]:
            column.heads = (form.format(column.head),)
        price = form.format(price)
        writing.kind("fields with a ticker")
    writing.numbers = [truth.prices[:, :1]]
    # A single asset, the price, with a note, is a table of one ticker rightly read.
    writing.truth = truth.named(("S1",))
    writing.aliases = {price: "S1", "prices": "S1", "Close": "S1"}
    calm.open_to(
        writing,
        "it is the history of one ticker",
        advice=r"(?i)one ticker|one asset|single|history|open|volume|no portfolio beats the rate",
        note=r"(?i)close|price",
    )
    calm.hand(chance, writing, made)


def transposed(chance: random.Random, writing: Writing) -> None:
    """Has a row an asset and a column a date."""
    made = calm.sheet(chance, writing)
    assets = made.of(Role.ASSET)
    turned = [Column(Role.NAME, (chance.choice(("", "Ticker", "Date", "name")),), [column.head for column in assets])]
    for row, date in enumerate(made.columns[0].texts):
        turned.append(
            Column(Role.ASSET, (date,), [column.cells[row] for column in assets], [column.texts[row] for column in assets])
        )
    calm.open_to(
        writing, "rows are assets and columns are dates", advice=r"(?i)transpose|\.T\b|turn|row an asset|columns? .*dates?"
    )
    if chance.random() < 0.6:
        calm.hand_text(chance, writing, Sheet(turned))
        return
    frame = pd.DataFrame(
        writing.truth.prices.T, index=list(writing.truth.assets), columns=pd.DatetimeIndex(writing.truth.dates)
    )
    writing.kind("pandas")
    writing.handed = Handed("value", frame)


def percent(chance: random.Random, writing: Writing) -> None:
    """Holds returns in percent, and is said to hold returns."""
    made = calm.sheet(chance, writing, table="returns")
    for column in made.of(Role.ASSET):
        column.cells = [float(f"{100 * cell:.4f}") for cell in column.cells]
        column.texts = [calm.PLAIN.write(cell) for cell in column.cells]
    calm.open_to(writing, "returns are in percent", note=r"(?i)percent|%|100")
    calm.hand(chance, writing, made)


def prices_for_returns(chance: random.Random, writing: Writing) -> None:
    """Holds prices, and is said to hold returns."""
    made = calm.sheet(chance, writing)
    writing.options["table"] = writing.table = "returns"
    calm.open_to(writing, "prices are said to be returns", note=r"(?i)price")
    calm.hand(chance, writing, made)


def returns_for_prices(chance: random.Random, writing: Writing) -> None:
    """Holds returns, and is said to hold prices."""
    made = calm.sheet(chance, writing, table="returns")
    del writing.options["table"]
    calm.open_to(writing, "returns are said to be prices", advice=r"(?i)returns")
    calm.hand(chance, writing, made)


def volumes_beside(chance: random.Random, writing: Writing) -> None:
    """Is a file of two header lines that pandas read back with one: tickers become a row of texts."""
    truth = writing.truth
    fields = ["Close", "Close.1", "Volume", "Volume.1"]
    numbers = np.hstack([truth.prices[:, :2], np.arange(2.0 * len(truth.dates)).reshape(-1, 2) + 1e6])
    rows = [["S0", "S1", "S0", "S1"], [None] * 4, *numbers.tolist()]
    index = pd.Index(["Ticker", "Date", *[str(day) for day in truth.dates]], name="Price")
    writing.numbers = [truth.prices]
    calm.open_to(writing, "header lines stand among the rows")
    writing.kind("pandas")
    writing.handed = Handed("value", pd.DataFrame(rows, columns=fields, index=index))


def different_days(chance: random.Random, writing: Writing) -> None:
    """Is a mapping of Series whose days differ: beside each other they have holes."""
    truth = writing.truth
    writing.numbers = [truth.prices]
    gap = chance.randrange(1, 4)
    index = pd.DatetimeIndex(truth.dates)
    series = {name: pd.Series(truth.prices[:, place], index=index) for place, name in enumerate(truth.assets)}
    series[truth.assets[0]] = series[truth.assets[0]].iloc[gap:]
    series[truth.assets[1]] = series[truth.assets[1]].iloc[: len(index) - gap]  # as many rows, other days
    calm.open_to(writing, "the days of two Series differ", advice=r"(?i)missing")
    writing.kind("mapping of Series")
    writing.handed = Handed("value", series)


KINDS = {
    "one ticker alone": (14, one_ticker),
    "transposed": (4, transposed),
    "percent as returns": (5, percent),
    "prices as returns": (3, prices_for_returns),
    "returns as prices": (3, returns_for_prices),
    "two header lines read as one": (2, volumes_beside),
    "Series of different days": (4, different_days),
}
