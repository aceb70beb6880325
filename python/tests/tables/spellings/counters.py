"""Columns that count rows: what ``reset_index`` and spreadsheets leave beside a table."""

from __future__ import annotations

import random

from ..sheet import Column, Role, Sheet
from ..writing import Writing

#: Names under which a counter is one whatever it counts, and others under which it starts at 0 or 1 and rises by 1.
NAMES = {"": 3, "Unnamed: 0": 4, "index": 3, "id": 2, "No.": 1, "row": 1, "level_0": 1, "n": 1}


def add(chance: random.Random, writing: Writing, sheet: Sheet, *, typed: bool = False) -> None:
    """Puts a counter into the sheet, mostly first; the sheet's own date has a name then."""
    name = chance.choices(list(NAMES), list(NAMES.values()))[0]
    if typed and not name:
        name = "Unnamed: 0"
    start = chance.choice((0, 1))
    counts = list(range(start, start + len(sheet)))
    if name in ("", "Unnamed: 0", "index", "id") and "descending" in writing.kinds and chance.random() < 0.5:
        counts.reverse()  # it was there before the rows were turned
        writing.kind("counter that falls")
    column = Column(Role.COUNTER, (name,), counts)
    place = 0 if name in ("", "Unnamed: 0") or chance.random() < 0.8 else chance.randrange(len(sheet.columns) + 1)
    sheet.columns.insert(place, column)
    writing.kind("counter")
    if any(column.role is Role.ASSET for column in sheet.columns):
        writing.says.append(r"(?i)count|left out|row number|numbers the rows|no asset|index")
