"""How a date is written: as text, as a number, and which readings that leaves."""

from __future__ import annotations

import datetime
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from .. import truth as times
from ..truth import Truth

Day = datetime.datetime
EPOCH = datetime.datetime(1970, 1, 1)
#: Before this, seconds since 1970 have fewer than ten digits and look like other numbers.
MODERN = datetime.datetime(2001, 9, 10)


@dataclass(frozen=True)
class Days:
    """A way to write dates. ``format`` is strftime's name for it; ``rivals`` are the formats that may read it otherwise."""

    name: str
    write: Callable[[Day], Any]
    grain: str = "day"
    format: str | None = None
    rivals: tuple[str, ...] = ()
    loose: bool = False
    number: bool = False
    zone: int = 0

    def doubtful(self, texts: Sequence[str]) -> bool:
        """Whether a rival reads the whole column, too, and as other dates."""
        return self.format is not None and any(
            (other := parsed(texts, rival)) is not None and other != parsed(texts, self.format) for rival in self.rivals
        )


def parsed(texts: Sequence[str], form: str) -> list[Day] | None:
    """Reads a column by a format, or not at all."""
    try:
        return [Day.strptime(text, form) for text in texts]
    except ValueError:
        return None


def _short(form: str) -> Callable[[Day], str]:
    """Writes by a format without the zeros that fill days and months up."""
    return lambda day: form.format(d=day.day, m=day.month, Y=day.year, t=f"{day:%H:%M}", b=f"{day:%b}", B=f"{day:%B}")


def _by(form: str) -> Callable[[Day], str]:
    return lambda day: day.strftime(form)


def _zoned(zone: str, form: str = "%Y-%m-%d %H:%M:%S") -> Callable[[Day], str]:
    def write(day: Day) -> str:
        offset = pd.Timestamp(day).tz_localize(zone, ambiguous=True, nonexistent="shift_forward").strftime("%z")
        return f"{day.strftime(form)}{offset[:3]}:{offset[3:]}"

    return write


def _since(unit: int) -> Callable[[Day], int]:
    return lambda day: (day - EPOCH) // datetime.timedelta(seconds=1) * unit


def _serial(day: Day) -> int:
    return (day - datetime.datetime(1899, 12, 30)).days


def _numbers() -> dict[Days, float]:
    return {
        Days("epoch s", _since(1), "second", number=True): 3,
        Days("epoch ms", _since(10**3), "second", number=True): 3,
        Days("epoch us", _since(10**6), "second", number=True): 1,
        Days("epoch ns", _since(10**9), "second", number=True): 2,
    }


_SLASHED = {
    "m/d/y": ("%m/%d/%Y", ("%d/%m/%Y",)),
    "d/m/y": ("%d/%m/%Y", ("%m/%d/%Y",)),
    "m-d-y": ("%m-%d-%Y", ("%d-%m-%Y",)),
    "d-m-y": ("%d-%m-%Y", ("%m-%d-%Y",)),
}


def _timed(*, hours: bool, clock: bool) -> dict[Days, float]:
    """What tells a time, too."""
    found: dict[Days, float] = {
        Days("ISO with a time", _by("%Y-%m-%d %H:%M:%S"), "second"): 8,
        Days("ISO with a time", _by("%Y-%m-%dT%H:%M:%S"), "second"): 4,
        Days("ISO with a time", _by("%Y-%m-%dT%H:%M:%S.000000000"), "second"): 1,
        Days("ISO in UTC", _by("%Y-%m-%dT%H:%M:%SZ"), "second", zone=1): 2,
        Days("ISO in UTC", _by("%Y-%m-%d %H:%M:%S+00:00"), "second", zone=1): 2,
        Days("ISO with a zone", _zoned("Asia/Tokyo"), "second", zone=1): 1,
    }
    if not clock:  # there is no summer in which New York leaves out an hour of trading
        found[Days("ISO with a zone", _zoned("America/New_York"), "second", zone=1)] = 3
    if hours:
        found |= {Days("ISO with a time", _by("%Y-%m-%d %H:%M"), "second"): 5}
        for name, (form, rivals) in _SLASHED.items():
            if "/" in form:
                timed = tuple(f"{rival} %H:%M" for rival in rivals)
                found[Days(f"{name} with a time", _by(f"{form} %H:%M"), "second", f"{form} %H:%M", timed)] = 2
    return found


def _dated() -> dict[Days, float]:
    """What tells the day."""
    found: dict[Days, float] = {
        Days("ISO", _by("%Y-%m-%d")): 40,
        Days("ISO without zeros", _short("{Y}-{m}-{d}")): 1.5,
        Days("y/m/d", _by("%Y/%m/%d")): 4,
        Days("y/m/d", _short("{Y}/{m}/{d}")): 2,
        Days("y.m.d", _by("%Y.%m.%d")): 1,
        Days("yyyymmdd", lambda day: int(day.strftime("%Y%m%d")), number=True): 10,
        Days("Excel serial", _serial, number=True): 6,
        Days("Jan 02, 2024", _by("%b %d, %Y")): 3,
        Days("January 2, 2024", _short("{B} {d}, {Y}")): 2,
        Days("2-Jan-2024", _short("{d}-{b}-{Y}")): 3,
        Days("02 Jan 2024", _by("%d %b %Y")): 2,
        Days("02-Jan-24", _by("%d-%b-%y"), format="%d-%b-%y", loose=True): 0.3,
        Days("02JAN2024", lambda day: day.strftime("%d%b%Y").upper(), format="%d%b%Y", loose=True): 0.3,
        Days("Tue Jan 02 2024", _by("%a %b %d %Y"), format="%a %b %d %Y", loose=True): 0.2,
        Days("m/d/yy", _by("%m/%d/%y"), "day", "%m/%d/%y", ("%d/%m/%y", "%y/%m/%d"), loose=True): 0.4,
        Days("d.m.yy", _by("%d.%m.%y"), "day", "%d.%m.%y", ("%m.%d.%y", "%y.%m.%d"), loose=True): 0.3,
        # Nobody writes the month first between points; still, no promise is made that everybody knows.
        Days("d.m.y", _by("%d.%m.%Y"), "day", "%d.%m.%Y", ("%m.%d.%Y",)): 5,
        Days("d.m.y", _short("{d}.{m}.{Y}"), "day", "%d.%m.%Y", ("%m.%d.%Y",)): 2,
        Days("m/d/y", _short("{m}/{d}/{Y}"), "day", "%m/%d/%Y", ("%d/%m/%Y",)): 4,
        Days("d/m/y", _short("{d}/{m}/{Y}"), "day", "%d/%m/%Y", ("%m/%d/%Y",)): 3,
    }
    return found | {Days(name, _by(form), "day", form, rivals): 4 for name, (form, rivals) in _SLASHED.items()}


def _monthly() -> dict[Days, float]:
    return {
        Days("2024-01", _by("%Y-%m"), "month"): 15,
        Days("yyyymm", lambda day: int(day.strftime("%Y%m")), "month", number=True): 15,
        Days("Jan 2024", _by("%b %Y"), "month", "%b %Y"): 4,
        Days("01/2024", _by("%m/%Y"), "month", "%m/%Y", loose=True): 0.7,
        Days("2024M01", _by("%YM%m"), "month", "%YM%m", loose=True): 0.5,
        Days("2024/01", _by("%Y/%m"), "month", "%Y/%m", loose=True): 0.5,
    }


def _quarter(form: str) -> Callable[[Day], str]:
    return lambda day: form.format(q=(day.month + 2) // 3, Y=day.year)


def styles(truth: Truth) -> dict[Days, float]:
    """The ways in which the dates of a table may be written, and how often each is."""
    hours = truth.frequency in (times.HOURS, times.CLOCK)
    found = _timed(hours=hours, clock=truth.frequency is times.CLOCK)
    if not hours:
        found |= _dated()
    if truth.frequency in (times.MONTHS, times.QUARTERS):
        found |= _monthly()
    if truth.frequency is times.QUARTERS:
        found |= {Days("2024Q1", _quarter("{Y}Q{q}"), "quarter"): 20, Days("2024Q1", _quarter("{Y}-Q{q}"), "quarter"): 6}
        found |= {Days("Q1 2024", _quarter("Q{q} {Y}"), "quarter", loose=True): 1}
    if truth.frequency is times.YEARS:
        found |= {Days("years", lambda day: day.year, "year", number=True): 50}
    if truth.dates[0] >= MODERN:
        found |= _numbers()
    return found


def draw(chance: random.Random, truth: Truth) -> Days:
    """Draws a way to write the dates of a table."""
    found = styles(truth)
    return chance.choices(list(found), list(found.values()))[0]
