"""Cells that hold no price, or another than they should."""

from __future__ import annotations

import random
import re
from dataclasses import replace

import numpy as np

from ..sheet import Column, Role
from ..spellings import digits
from ..writing import Verdict, Writing
from . import calm

#: How a missing cell is written; those in the second list say so to some people only.
MISSING = ["", "NaN", "nan", "NA", "N/A", "#N/A", "null", "None", "n/a", "NULL", "<NA>"]
MISSING_TO_SOME = ["-", "--", ".", "?"]


def missing(chance: random.Random, writing: Writing) -> None:
    """Empties a cell."""
    made = calm.sheet(chance, writing)
    row, column = calm.at(chance, made)
    text = chance.choice(MISSING if chance.random() < 0.8 else MISSING_TO_SOME)
    column.cells[row], column.texts[row] = None, text
    if text in MISSING_TO_SOME or chance.random() < 0.6:
        calm.open_to(writing, f"a cell is {text!r}", advice=None if text in MISSING_TO_SOME else r"(?i)missing")
    else:
        _way_out(chance, writing, row, column.head)
    calm.hand(chance, writing, made)


def _way_out(chance: random.Random, writing: Writing, row: int, name: str) -> None:
    """Says what to do about the missing cell: then there is an answer, that of the rest."""
    truth = writing.truth
    way = writing.options["missing"] = chance.choice(("drop-days", "drop-assets"))
    writing.kind(f"way out: {way}")
    if way == "drop-days":
        writing.numbers = [np.delete(truth.prices, row, axis=0)]
        writing.dates = [day for place, day in enumerate(truth.dates) if place != row]
        return
    kept = [place for place, asset in enumerate(truth.assets) if asset != name]
    writing.numbers = [truth.prices[:, kept]]
    writing.truth = replace(truth, assets=tuple(truth.assets[place] for place in kept), prices=writing.numbers[0])
    if max((truth.prices[1:] / truth.prices[:-1] - 1).mean(axis=0)[kept]) <= 0:
        calm.open_to(writing, "none of the rest rises", note=".")


def stretch(chance: random.Random, writing: Writing) -> None:
    """Empties the cells of an asset that came later."""
    made = calm.sheet(chance, writing)
    row, column = calm.at(chance, made)
    column.cells[:row] = [None] * row
    column.texts[:row] = [chance.choice(("", "NaN"))] * row
    calm.open_to(writing, f"{column.head} comes later", advice=r"(?i)missing")
    writing.advice.append(re.escape(column.head))
    calm.hand(chance, writing, made)


def first_row(chance: random.Random, writing: Writing) -> None:
    """Has no returns in the first row, as ``pct_change`` leaves a frame: who sees that reads the rest."""
    made = calm.sheet(chance, writing, table="returns")
    made.columns[0].cells.insert(0, writing.truth.dates[0])
    made.columns[0].texts.insert(0, calm.date_column(writing.truth, list(writing.truth.dates)).texts[0])
    for column in made.of(Role.ASSET):
        column.cells.insert(0, None)
        column.texts.insert(0, "")
    writing.doubt(Verdict.LOOSE, "the first row has no returns")
    calm.hand(chance, writing, made)


def text(chance: random.Random, writing: Writing) -> None:
    """Puts a word in a cell."""
    made = calm.sheet(chance, writing)
    row, column = calm.at(chance, made)
    column.cells[row] = column.texts[row] = chance.choice(("abc", "closed", "see below", "12abc", "1.2.3", "100,9,1"))
    calm.open_to(writing, f"a cell is {column.texts[row]!r}")
    calm.hand(chance, writing, made)


def impossible(chance: random.Random, writing: Writing) -> None:
    """Puts what is no price in a cell."""
    made = calm.sheet(chance, writing)
    row, column = calm.at(chance, made)
    column.cells[row] = chance.choice((0.0, -column.cells[row], float("inf")))
    column.texts[row] = str(column.cells[row])
    calm.open_to(writing, f"a price is {column.texts[row]}")
    calm.hand(chance, writing, made)


def below_minus_one(chance: random.Random, writing: Writing) -> None:
    """Puts a return below -100 % in a cell."""
    made = calm.sheet(chance, writing, table="returns")
    row, column = calm.at(chance, made)
    column.cells[row] = chance.choice((-1.5, -2.0, -1.0001))
    column.texts[row] = str(column.cells[row])
    calm.open_to(writing, "a return is below -100 %", advice=r"100 ?%|-1\b|lose|below")
    calm.hand(chance, writing, made)


def split(chance: random.Random, writing: Writing) -> None:
    """Multiplies the prices of an asset by a whole factor from some row on, or divides them."""
    made = calm.sheet(chance, writing)
    row, column = calm.at(chance, made)
    factor = chance.choice((0.1, 0.05, 10, 100, 0.01))
    column.cells = [cell * factor if place >= row else cell for place, cell in enumerate(column.cells)]
    column.texts = [calm.PLAIN.write(cell) for cell in column.cells]
    calm.open_to(writing, f"{column.head} is multiplied by {factor} from row {row} on", note=_named(column.head))
    calm.hand(chance, writing, made)


def for_a_day(chance: random.Random, writing: Writing) -> None:
    """Multiplies one price by 100 or 10."""
    made = calm.sheet(chance, writing)
    row, column = calm.at(chance, made)
    column.cells[row] *= chance.choice((100, 10, 1000))
    column.texts[row] = calm.PLAIN.write(column.cells[row])
    calm.open_to(writing, f"{column.head} jumps and returns", note=_named(column.head))
    calm.hand(chance, writing, made)


def _named(name: str) -> str:
    return re.escape(name)


def mixed_points(chance: random.Random, writing: Writing) -> None:
    """Writes some numbers of a column with a point and some with a comma."""
    made = calm.sheet(chance, writing)
    column = chance.choice(made.of(Role.ASSET))
    column.texts = [f"{cell:.2f}" for cell in column.cells]
    for place in chance.sample(range(len(made)), len(made) // 3):
        column.texts[place] = column.texts[place].replace(".", ",")
    calm.open_to(writing, "some points are commas", note=r"(?i)comma|point|decimal")
    calm.hand_text(chance, writing, made, delimiter=chance.choice(",;\t"))


def undecided_comma(chance: random.Random, writing: Writing) -> None:
    """Writes whole prices around 1,000 with a comma: "1,009" beside "994"."""
    made = calm.sheet(chance, writing)
    for column in made.of(Role.ASSET):
        level = 1000 / column.cells[len(column.cells) // 2]
        column.cells = [float(round(cell * level)) for cell in column.cells]
        column.texts = [f"{round(cell):,}" for cell in column.cells]
    if all(digits.readings(column.texts) == "one" for column in made.of(Role.ASSET)):
        made.of(Role.ASSET)[0].texts[3] = "1,001"
    calm.open_to(
        writing, "1,009 may be 1009 or 1.009", advice=r"(?i)comma|thousand|decimal", note=r"(?i)comma|thousand|decimal"
    )
    calm.hand_text(chance, writing, made)


def unquoted_comma(chance: random.Random, writing: Writing) -> None:
    """Writes decimal commas between commas, without quotes."""
    made = calm.sheet(chance, writing, plain=True)
    for column in made.of(Role.ASSET):
        column.texts = [f"{cell:.2f}".replace(".", ",") for cell in column.cells]
    lines = [",".join(head) for head in made.heads()]
    lines += [",".join(column.texts[row] for column in made.columns) for row in range(len(made))]
    calm.open_to(writing, "commas are points and stand between cells")
    calm.hand_bytes(chance, writing, "\n".join(lines).encode())


def percent_of_some(chance: random.Random, writing: Writing) -> None:
    """Writes some returns of a column with a sign of percent, and others as fractions."""
    made = calm.sheet(chance, writing, table="returns")
    column: Column = chance.choice(made.of(Role.ASSET))
    for place in chance.sample(range(len(made)), len(made) // 2):
        column.texts[place] = calm.PLAIN.write(float(f"{column.cells[place] * 100:.8f}")) + "%"
    calm.open_to(writing, "some returns have a sign of percent", note=r"%")
    calm.hand_text(chance, writing, made)


KINDS = {
    "missing cell": (10, missing),
    "an asset that came later": (4, stretch),
    "no returns in the first row": (2, first_row),
    "text in a cell": (4, text),
    "no price": (3, impossible),
    "return below -100 %": (3, below_minus_one),
    "split": (4, split),
    "factor for a day": (3, for_a_day),
    "points and commas": (3, mixed_points),
    "1,009": (4, undecided_comma),
    "unquoted decimal commas": (2, unquoted_comma),
    "some in percent": (1, percent_of_some),
}
