"""Columns that are no assets, or the same asset twice."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np

from ..sheet import Column, Role, Sheet
from ..spellings import days
from ..spellings.text import Text
from ..writing import Handed, Writing
from . import calm


def duplicate(chance: random.Random, writing: Writing) -> None:
    """Has two columns of one name."""
    made = calm.sheet(chance, writing)
    first, second, *_ = made.of(Role.ASSET)
    second.heads = first.heads
    calm.open_to(writing, "a name comes twice", advice=r"(?i)twice|repeat|duplicate|two columns|same name|more than once")
    calm.hand(chance, writing, made)


def counter(chance: random.Random, writing: Writing) -> None:
    """Has a column that rises by equal whole steps, under the name of an asset."""
    made = calm.sheet(chance, writing, plain=True)
    step, start = chance.choice((7, 10, 1, 100, 5)), chance.choice((100, 17, 1000, 4))
    cells = [float(start + step * place) for place in range(len(made))]
    whole = chance.random() < 0.5
    counts = [int(cell) for cell in cells] if whole else cells
    made.columns.insert(chance.randrange(1, len(made.columns) + 1), Column(Role.ASSET, ("S9",), counts))
    way = chance.choice(("", "", "exclude", "assets"))
    if way == "exclude":  # the ways out lead out
        writing.options["exclude"] = ["S9"]
    elif way == "assets":
        held = [name for name in writing.truth.assets if "," not in name]
        writing.options["assets"] = [*held, "S9"]
        writing.numbers = [np.column_stack([writing.truth.prices, cells])]
        writing.truth = replace(writing.truth, assets=(*writing.truth.assets, "S9"), prices=writing.numbers[0])
    else:
        calm.open_to(writing, f"S9 rises by {step}", advice=r"S9")
        writing.advice += [r"exclude", r"assets"]
    writing.kind(f"way out: {way or 'none'}")
    calm.hand(chance, writing, made)


def text(chance: random.Random, writing: Writing) -> None:
    """Has a column of words beside the prices."""
    made = calm.sheet(chance, writing)
    made.columns.insert(
        chance.randrange(1, len(made.columns) + 1), Column(Role.BESIDE, ("comment",), ["as before"] * len(made))
    )
    calm.open_to(writing, "a column holds words", advice=r"comment", note=r"comment")
    calm.hand(chance, writing, made)


def volume(chance: random.Random, writing: Writing) -> None:
    """Has a column of volumes beside the prices."""
    made = calm.sheet(chance, writing)
    name = chance.choice(("Volume", "volume", "Total Volume"))
    cells = [float(chance.randrange(10**6, 2 * 10**6) + 90_000 * place) for place in range(len(made))]
    made.columns.insert(chance.randrange(1, len(made.columns) + 1), Column(Role.BESIDE, (name,), cells))
    calm.open_to(writing, f"{name} is no asset", advice=name, note=name)
    calm.hand(chance, writing, made)


def empty(chance: random.Random, writing: Writing) -> None:
    """Has a column without a number."""
    made = calm.sheet(chance, writing)
    column = Column(Role.ASSET, ("GONE",), [float("nan")] * len(made), [""] * len(made))
    made.columns.insert(chance.randrange(1, len(made.columns) + 1), column)
    calm.open_to(writing, "GONE has no prices", advice=r"GONE", note=r"GONE")
    calm.hand(chance, writing, made)


def number_of_days(chance: random.Random, writing: Writing) -> None:
    """Has dates as numbers in a column that is named like an asset, beside dates."""
    made = calm.sheet(chance, writing, plain=True)
    told = {"yyyymmdd": lambda day: int(day.strftime("%Y%m%d")), "serial": days._serial}[chance.choice(("yyyymmdd", "serial"))]
    made.columns.insert(
        chance.randrange(1, len(made.columns) + 1), Column(Role.BESIDE, ("key",), [told(day) for day in writing.truth.dates])
    )
    calm.open_to(writing, "key holds dates as numbers", advice=r"key", note=r"key")
    calm.hand(chance, writing, made)


def no_name_in_a_row(chance: random.Random, writing: Writing) -> None:
    """Is long, and has a row without a name."""
    made = long(chance, writing)
    row = chance.randrange(2, len(made) - 2)
    made.columns[1].cells[row], made.columns[1].texts[row] = None, ""
    calm.open_to(writing, "a row names no asset", advice=r"(?i)ticker|asset|name")
    calm.hand(chance, writing, made)


def twice_in_long(chance: random.Random, writing: Writing) -> None:
    """Is long, and has a date twice for one asset."""
    made = long(chance, writing)
    row = chance.randrange(2, len(made) - 2)
    for column in made.columns:
        column.cells.append(column.cells[row])
        column.texts.append(column.texts[row])
    made.columns[2].cells[-1] *= 1.03
    made.columns[2].texts[-1] = calm.PLAIN.write(made.columns[2].cells[-1])
    calm.open_to(writing, "an asset has two prices on one date", advice=r"(?i)twice|two|repeat|duplicate|again|more than once")
    calm.hand(chance, writing, made)


def unknown_names(chance: random.Random, writing: Writing) -> None:
    """Is long, and nobody knows what the column of names is called."""
    made = long(chance, writing)
    made.columns[1].heads = (chance.choice(("what", "bucket", "Position held")),)
    calm.open_to(writing, "dates repeat beside a text", note=made.columns[1].head)
    calm.hand(chance, writing, made)


def long(chance: random.Random, writing: Writing) -> Sheet:
    """A calm long table: Date, ticker, close."""
    wide = calm.sheet(chance, writing, plain=True)
    dates, assets = wide.columns[0], wide.of(Role.ASSET)
    rows = [(day, column) for column in assets for day in range(len(wide))]
    if chance.random() < 0.5:
        rows.sort(key=lambda row: row[0])
    return Sheet(
        [
            Column(Role.DATE, ("Date",), [dates.cells[day] for day, _ in rows], [dates.texts[day] for day, _ in rows]),
            Column(Role.NAME, ("ticker",), [column.head for _, column in rows]),
            Column(
                Role.PRICE, ("close",), [column.cells[day] for day, column in rows], [column.texts[day] for day, column in rows]
            ),
        ]
    )


def same_file_twice(chance: random.Random, writing: Writing) -> None:
    """Names a ticker twice among several files."""
    made = calm.sheet(chance, writing, plain=True)
    files = {}
    first = made.of(Role.ASSET)[0].head
    for place, column in enumerate(made.of(Role.ASSET)):
        ticker = first if place == 1 else column.head
        one = Sheet([made.columns[0], Column(Role.NAME, ("ticker",), [ticker] * len(made)), column])
        column.heads = ("Close",)
        files[f"file {place}.csv"] = Text().bytes(one)
    calm.open_to(writing, "two files hold one ticker", advice=r"(?i)twice|two|both|repeat|duplicate|same|more than once")
    writing.kind("list of files")
    writing.handed = Handed("paths", files=files)


KINDS = {
    "duplicate name": (4, duplicate),
    "counter named like an asset": (5, counter),
    "words in a column": (2, text),
    "a column of volumes": (3, volume),
    "a column without numbers": (2, empty),
    "dates as numbers beside dates": (2, number_of_days),
    "long, no name in a row": (4, no_name_in_a_row),
    "long, a price twice": (3, twice_in_long),
    "long, names under an unknown name": (2, unknown_names),
    "one ticker in two files": (2, same_file_twice),
}
