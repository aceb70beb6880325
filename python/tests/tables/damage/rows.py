"""Rows and dates that are wrong."""

from __future__ import annotations

import random

from .. import truth as times
from ..sheet import Column, Role, Sheet
from ..writing import Verdict, Writing
from . import calm


def _copied(chance: random.Random, made: Sheet, row: int, to: int) -> None:
    """Puts a copy of a row in, with other prices."""
    for column in made.columns:
        column.cells.insert(to, column.cells[row])
        column.texts.insert(to, column.texts[row])
        if column.role is Role.ASSET:
            column.cells[to] *= chance.uniform(1.01, 1.05)
            column.texts[to] = calm.PLAIN.write(column.cells[to])


def duplicate(chance: random.Random, writing: Writing) -> None:
    """Has a date twice, side by side or not."""
    made = calm.sheet(chance, writing)
    row, _ = calm.at(chance, made)
    _copied(chance, made, row, row + 1 if chance.random() < 0.5 else len(made))
    if chance.random() < 0.3:
        order = list(range(len(made)))
        chance.shuffle(order)
        made.arrange(order)
    calm.open_to(writing, "a date comes twice", advice=r"(?i)twice|repeat|duplicate|again|two rows|same date|more than once")
    calm.hand(chance, writing, made)


def no_date(chance: random.Random, writing: Writing) -> None:
    """Has a row without a date."""
    made = calm.sheet(chance, writing)
    row, _ = calm.at(chance, made)
    made.columns[0].cells[row], made.columns[0].texts[row] = None, ""
    calm.open_to(writing, "a row has no date")
    calm.hand(chance, writing, made)


def no_such_date(chance: random.Random, writing: Writing) -> None:
    """Has a date that no calendar has."""
    made = calm.sheet(chance, writing)
    row, _ = calm.at(chance, made)
    text = chance.choice(("2021-02-30", "2021-13-01", "soon", "20210230"))
    if chance.random() < 0.3:
        row, text = len(made) - 1, chance.choice(("Total", "Average", "Mean", "Last"))
    made.columns[0].texts[row] = text
    calm.open_to(writing, f"a date is {text}")
    calm.hand_text(chance, writing, made)


def units(chance: random.Random, writing: Writing) -> None:
    """Has a row of units below the names: who sees that reads the rest."""
    made = calm.sheet(chance, writing)
    for column in made.columns:
        column.texts.insert(0, "" if column.role is Role.DATE else chance.choice(("USD", "USD", "EUR")))
        column.cells.insert(0, None)
    writing.doubt(Verdict.LOOSE, "units stand below the names")
    calm.hand_text(chance, writing, made)


def own_time(chance: random.Random, writing: Writing) -> None:
    """Has dates and times in two columns: who sees that puts them together."""
    made = calm.sheet(chance, writing, plain=True)
    if writing.truth.frequency not in (times.HOURS, times.CLOCK):
        writing.doubt(Verdict.LOOSE, "a column holds nothing but midnight")
    else:
        writing.doubt(Verdict.LOOSE, "times stand in a column of their own")
    days = made.columns[0].cells
    made.columns[0].texts = [f"{day:%Y-%m-%d}" for day in days]
    made.columns.insert(1, Column(Role.BESIDE, (chance.choice(("Time", "time")),), [f"{day:%H:%M}" for day in days]))
    calm.hand_text(chance, writing, made)


def mixed_dates(chance: random.Random, writing: Writing) -> None:
    """Writes some dates of the column in another order."""
    made = calm.sheet(chance, writing)
    dates = made.columns[0]
    for row in chance.sample(range(len(made)), len(made) // 2):
        dates.texts[row] = dates.cells[row].strftime(chance.choice(("%m/%d/%Y", "%d/%m/%Y")))
    calm.open_to(writing, "dates come in several orders")
    calm.hand_text(chance, writing, made)


def ragged(chance: random.Random, writing: Writing) -> None:
    """Has a row that is too short or too long."""
    made = calm.sheet(chance, writing, plain=True)
    row, _ = calm.at(chance, made)
    lines = [",".join(head) for head in made.heads()]
    lines += [",".join(column.texts[place] for column in made.columns) for place in range(len(made))]
    lines[row + 1] = lines[row + 1].rpartition(",")[0] if chance.random() < 0.5 else lines[row + 1] + ",1.5"
    calm.open_to(writing, "a row has another number of cells")
    calm.hand_bytes(chance, writing, ("\n".join(lines) + "\n").encode())


def two_tables(chance: random.Random, writing: Writing) -> None:
    """Has another table below, with a header of its own."""
    made = calm.sheet(chance, writing, plain=True)
    lines = [",".join(head) for head in made.heads()]
    lines += [",".join(column.texts[place] for column in made.columns) for place in range(len(made))]
    half = len(lines) // 2
    other = (
        [lines[0], *lines[half:]]
        if chance.random() < 0.5
        else ["Date," + ",".join("XYZUVW"[: len(made.columns) - 1]), *lines[1:half]]
    )
    gap = [""] * chance.randrange(2)
    calm.open_to(writing, "two tables stand in the file")
    calm.hand_bytes(chance, writing, "\n".join([*lines[:half], *gap, *other, ""]).encode())


def headerless(chance: random.Random, writing: Writing) -> None:
    """Has no names: the first row is a row of prices."""
    made = calm.sheet(chance, writing, plain=True)
    lines = [",".join(column.texts[place] for column in made.columns) for place in range(len(made))]
    if chance.random() < 0.3:
        lines = [line.partition(",")[2] for line in lines]
    calm.open_to(writing, "there is no header", note=r"(?i)header|names|first (line|row)")
    calm.hand_bytes(chance, writing, ("\n".join(lines) + "\n").encode())


KINDS = {
    "duplicate date": (6, duplicate),
    "no date in a row": (3, no_date),
    "no such date": (3, no_such_date),
    "units below the names": (1, units),
    "times of their own": (1, own_time),
    "mixed dates": (2, mixed_dates),
    "ragged": (3, ragged),
    "two tables": (3, two_tables),
    "headerless": (4, headerless),
}
