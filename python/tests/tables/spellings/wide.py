"""Wide tables as text: a column an asset."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np

from .. import sheet as sheets
from .. import truth as times
from ..sheet import Column, Role, Sheet
from ..writing import Verdict, Writing
from . import cells, counters, datenames, days, digits, names, text


def write(chance: random.Random, writing: Writing) -> None:
    """Writes a wide table into a file."""
    writing.kind("wide")
    sheet = build(chance, writing)
    style = text.draw(chance, writing)
    text.hand_over(chance, writing, style, sheet)


def build(chance: random.Random, writing: Writing) -> Sheet:
    """Draws the sheet."""
    writing.truth, kind = names.rename(chance, writing.truth)
    writing.kind(f"names: {kind}")
    drawn = cells.draw(chance, writing, text=True)
    sheet = Sheet(assets(chance, writing, drawn))
    dateless = writing.truth.frequency is times.DAYS and kind != "numbers" and chance.random() < 0.06
    counted = chance.random() < 0.11
    if dateless:
        writing.grain = ""
        writing.kind("no dates")
    else:
        style = days.draw(chance, writing.truth)
        first = chance.random() < 0.85
        name = datenames.draw(chance, writing, style, named=counted, first=first)
        datenames.place(chance, sheet, datenames.column(chance, writing, style, name, drawn.dates), first=first)
        writing.kind(sheets.order(chance, sheet))
        if not first:
            writing.kind("dates not first")
    if counted:
        counters.add(chance, writing, sheet)
    return sheet


def assets(chance: random.Random, writing: Writing, drawn: cells.Cells) -> list[Column]:
    """Writes a column for each asset, all in one style, and settles whether each leaves one reading."""
    style = drawn_style(chance, drawn.numbers, drawn.decimals)
    if drawn.percent:
        style = replace(style, after=chance.choice(("%", " %")) + style.after)
    writing.kind(f"digits: {style.name}")
    minus = chance.choices(("-", "\u2212", "()"), (97, 1.5, 1.5))[0] if (drawn.numbers < 0).any() else "-"
    if minus != "-":
        writing.kind("another minus")
        writing.doubt(Verdict.LOOSE, "a minus is not written as such")
    columns = []
    for place, name in enumerate(writing.truth.assets):
        numbers = drawn.numbers[:, place].tolist()
        texts = [negative(style.write(number), minus) for number in numbers]
        column = Column(Role.ASSET, (name,), numbers, texts)
        settle(writing, column)
        columns.append(column)
    writing.digits = style
    return columns


def negative(text: str, minus: str) -> str:
    """Writes a negative number as typesetters do, or bookkeepers."""
    if not text.startswith("-") or minus == "-":
        return text
    return f"({text[1:]})" if minus == "()" else minus + text[1:]


def drawn_style(chance: random.Random, numbers: np.ndarray, decimals: int | None) -> digits.Digits:
    """Draws how numbers are written; what leaves a column open is mostly drawn again, since most tables leave nothing open."""
    while True:
        style = digits.draw(chance, numbers, decimals)
        left = {digits.readings([style.write(number) for number in column]) for column in numbers.T.tolist()}
        if left == {"one"} or chance.random() < 0.4:
            return style


def settle(writing: Writing, column: Column) -> None:
    """Leaves the table open where a column is."""
    left = digits.readings(column.texts)
    if left == "open":
        writing.kind("comma undecided")
        writing.doubt(Verdict.OPEN, "a comma may be a point or stand between thousands")
        writing.advice.append(r"(?i)comma|thousand|decimal")
        writing.note = r"(?i)comma|thousand|decimal"
    elif left == "scale":
        writing.doubt(Verdict.LOOSE, "a comma may be a point or stand between thousands, and the answer is the same")
