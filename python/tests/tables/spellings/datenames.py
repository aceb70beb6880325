"""What the column of dates is called, and where it stands."""

from __future__ import annotations

import datetime
import itertools
import random

from .. import truth as times
from ..sheet import Column, Role, Sheet
from ..truth import Truth
from ..writing import Verdict, Writing
from .days import Days

#: Names that say what the column is, wherever it stands.
KNOWN = [
    "Date",
    "date",
    "DATE",
    "Trade Date",
    "trade_date",
    "Dates",
    "dates",
    "time",
    "Time",
    "timestamp",
    "Timestamp",
    "Datetime",
]
#: Names that say it of the first column.
FIRST = ["", "Unnamed: 0", "index", "caldt", "date_m"]
#: Under these a counter stands, too.
COUNTERS = {"", "Unnamed: 0", "index"}


def _fitting(truth: Truth, days: Days) -> list[str]:
    names = []
    if truth.frequency is times.MONTHS:
        names += ["Month", "month", "Month"]
    if truth.frequency is times.MONTHS and days.name == "yyyymm":
        names += ["yyyymm", "yyyymm", "date_m", "date_m"]
    if truth.frequency is times.YEARS:
        names += ["Year", "year"]
    if truth.frequency is times.QUARTERS:
        names += ["Quarter"]
    return names


def draw(chance: random.Random, writing: Writing, days: Days, *, named: bool = False, first: bool = True) -> str:
    """Draws a name for the column; with ``named`` one that says what it is, wherever it stands."""
    if named or not first or chance.random() < 0.68:
        own = _fitting(writing.truth, days)
        return chance.choice(own if own and first and chance.random() < 0.5 else KNOWN[:2] if chance.random() < 0.55 else KNOWN)
    name = chance.choice([*FIRST, "", ""])
    writing.kind("dates without a name" if name in COUNTERS else "dates under another name")
    return name


def column(
    chance: random.Random, writing: Writing, days: Days, name: str, dates: list[datetime.datetime] | None = None
) -> Column:
    """Writes the dates, and settles whether their order of day and month can be known."""
    told = [days.write(day) for day in (dates or writing.truth.dates)]
    found = Column(Role.DATE, (name,), told)
    writing.kind(f"dates {days.name}")
    writing.days, writing.grain, writing.zone = days, days.grain, days.zone
    settle(chance, writing, days, found.texts)
    if days.number and not writing.says:
        writing.says.append(r"(?i)date")
    if days.number and name in COUNTERS:
        perhaps_counter(writing, told)
    return found


def perhaps_counter(writing: Writing, numbers: list[int]) -> None:
    """Doubts numbers without a name that rise by equal steps, as a counter does."""
    if len({after - before for before, after in itertools.pairwise(numbers)}) == 1:
        writing.doubt(Verdict.LOOSE, "numbers without a name that rise by equal steps may be dates or a counter")


def settle(chance: random.Random, writing: Writing, days: Days, texts: list[str]) -> None:
    """Tells the format where the column leaves two, or leaves it open."""
    doubtful = days.doubtful(texts)
    wanted = 0.6 if doubtful or days.loose else 0.02 if days.format else 0
    if "date_format" in writing.options:
        return
    if chance.random() < wanted:
        writing.options["date_format"] = days.format
        writing.kind("date format told")
    elif days.loose:
        writing.doubt(Verdict.LOOSE, f"nobody promises to know dates written as {days.name}")
    elif doubtful and "." in (days.format or ""):
        writing.doubt(Verdict.LOOSE, "between points the day stands first, though no day is above 12")
    elif doubtful:
        writing.kind("day and month undecided")
        writing.doubt(Verdict.OPEN, "no day is above 12: day and month may change places")
        writing.advice.append(r"(?i)date[-_]format")
        writing.note = r"(?i)day|month|format"


def place(chance: random.Random, sheet: Sheet, dates: Column, *, first: bool) -> None:
    """Puts the dates first, or anywhere."""
    sheet.columns.insert(0 if first else chance.randrange(len(sheet.columns) + 1), dates)
