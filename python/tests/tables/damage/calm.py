"""Calm tables, to be damaged: dates first and ascending, one header line, plain numbers."""

from __future__ import annotations

import datetime
import io
import random
from typing import Any

import pandas as pd

from .. import truth as times
from ..sheet import Column, Role, Sheet
from ..spellings import names
from ..spellings.digits import Digits
from ..spellings.text import Text
from ..truth import Truth
from ..writing import Handed, Verdict, Writing

#: As few digits as bring the number back.
PLAIN = Digits("shortest", whole="")


def open_to(writing: Writing, why: str, *, advice: str | None = None, note: str | None = None) -> None:
    """Says that the table must be refused, with this advice, or read with this note; without one no note is enough."""
    writing.doubt(Verdict.OPEN, why)
    writing.advice += [advice] if advice else []
    writing.note = note or r"(?!)"


def sheet(chance: random.Random, writing: Writing, *, plain: bool = False, table: str = "prices") -> Sheet:
    """Dates and a column an asset; with ``plain`` under plain names."""
    while True:
        writing.truth, kind = names.rename(chance, writing.truth)
        if kind in ("plain", "made up") or not (plain or kind in ("nothings", "numbers", "words")):
            break
    if table == "prices":
        numbers, dates = writing.truth.prices, list(writing.truth.dates)
    else:
        numbers, dates = writing.truth.returns(), list(writing.truth.dates[1:])
        writing.options["table"] = writing.table = table
    writing.numbers = [numbers]
    made = Sheet([date_column(writing.truth, dates)])
    for place, name in enumerate(writing.truth.assets):
        cells = numbers[:, place].tolist()
        made.columns.append(Column(Role.ASSET, (name,), cells, [PLAIN.write(cell) for cell in cells]))
    return made


def date_column(truth: Truth, dates: list[datetime.datetime], name: str = "Date") -> Column:
    """ISO dates, with times where there are several in a day."""
    hours = truth.frequency in (times.HOURS, times.CLOCK)
    return Column(Role.DATE, (name,), list(dates), [str(day) if hours else str(day.date()) for day in dates])


def hand_text(chance: random.Random, writing: Writing, made: Sheet, **style: Any) -> None:
    """Hands the sheet over as a file of text."""
    delimiter = style.pop("delimiter", None) or chance.choice((",", ",", ";", "\t"))
    hand_bytes(chance, writing, Text(delimiter=delimiter, **style).bytes(made))


def hand_bytes(chance: random.Random, writing: Writing, contents: bytes) -> None:
    """Hands these bytes over."""
    how = chance.choices(("path", "command"), (85, 15))[0]
    writing.kind({"path": "file", "command": "command"}[how])
    writing.handed = Handed(how, files={"prices.csv": contents})


def frame(chance: random.Random, made: Sheet) -> pd.DataFrame:
    """The sheet as a frame of pandas."""
    found = pd.DataFrame({place: pd.Series(column.cells) for place, column in enumerate(made.columns)})
    found.columns = pd.Index([column.head for column in made.columns])
    if made.columns[0].role is Role.DATE and chance.random() < 0.7:
        index = pd.Index(found.iloc[:, 0], name="Date")
        found = found.iloc[:, 1:].set_axis(index)
    return found


def hand(chance: random.Random, writing: Writing, made: Sheet) -> None:
    """Hands the sheet over as text, as a frame, or as a Parquet file."""
    drawn = chance.random()
    if drawn < 0.55:
        hand_text(chance, writing, made)
        return
    found = frame(chance, made)
    if drawn < 0.85 or not found.columns.is_unique or not _storable(found):
        writing.kind("pandas")
        writing.handed = Handed("value", found)
        return
    out = io.BytesIO()
    found.to_parquet(out)
    writing.kind("Parquet")
    writing.handed = Handed("path", files={"prices.parquet": out.getvalue()})


def _storable(found: pd.DataFrame) -> bool:
    """Whether Parquet takes it: a column of texts and numbers it does not."""
    return not any(
        pd.api.types.infer_dtype(found.iloc[:, place], skipna=True).startswith("mixed") for place in range(found.shape[1])
    )


def at(chance: random.Random, made: Sheet) -> tuple[int, Column]:
    """A row, neither the first nor the last, and the column of an asset."""
    return chance.randrange(2, len(made) - 2), chance.choice(made.of(Role.ASSET))
