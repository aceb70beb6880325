"""True tables: dates, names and prices that are known exactly, and how often in a year they come."""

from __future__ import annotations

import datetime
import random
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from . import oracle


@dataclass(frozen=True)
class Frequency:
    """How often prices come: periods in a year, and the share by which a reader may count them otherwise."""

    name: str
    periods: float
    slack: float = 0.0


DAYS = Frequency("trading days", 252)
CALENDAR = Frequency("calendar days", 365)
WEEKS = Frequency("weeks", 52)
FORTNIGHTS = Frequency("fortnights", 26)
MONTHS = Frequency("months", 12)
QUARTERS = Frequency("quarters", 4)
YEARS = Frequency("years", 1)
#: Hours are counted, and there is more than one way to count them in a year.
HOURS = Frequency("trading hours", 7 * 252, 0.2)
CLOCK = Frequency("hours round the clock", 24 * 365, 0.1)

#: How often each is drawn: most tables that people have are daily.
FREQUENCIES = {DAYS: 40, CALENDAR: 9, WEEKS: 9, FORTNIGHTS: 4, MONTHS: 18, QUARTERS: 5, YEARS: 4, HOURS: 3, CLOCK: 2}

#: pandas' names for the steps of each.
_STEPS = {
    CALENDAR: ["D"],
    WEEKS: ["W-FRI", "W-MON", "W-SUN", "W-WED"],
    FORTNIGHTS: ["2W-FRI", "2W-MON"],
    MONTHS: ["ME", "MS", "BME", "MS"],
    QUARTERS: ["QE", "QS", "BQE"],
    YEARS: ["YE", "YS", "BYE"],
    CLOCK: ["h"],
}


@dataclass(frozen=True)
class Truth:
    """One true table. ``prices`` has a row for each of ``dates`` and a column for each of ``assets``; ``decimals`` is how many
    digits after the point write each price exactly, or None where it takes as many as a double has."""

    frequency: Frequency
    dates: tuple[datetime.datetime, ...]
    assets: tuple[str, ...]
    prices: np.ndarray
    decimals: int | None

    def named(self, assets: tuple[str, ...]) -> Truth:
        """The same prices under other names."""
        return replace(self, assets=assets)

    def returns(self) -> np.ndarray:
        """Simple returns, a row fewer than there are prices."""
        found: np.ndarray = self.prices[1:] / self.prices[:-1] - 1
        return found

    def answer(self) -> float:
        """The highest annual Sharpe ratio, by brute force."""
        return oracle.best(self.returns(), self.frequency.periods)[0]


def make(chance: random.Random) -> Truth:
    """Draws a table that has an answer and nothing odd: a Sharpe ratio above 0.3 and below 8."""
    frequency = chance.choices(list(FREQUENCIES), list(FREQUENCIES.values()))[0]
    while True:
        dates = _dates(chance, frequency)
        prices, decimals = _prices(chance, frequency, len(dates), chance.choice((2, 3, 3, 4, 5, 6)))
        assets = tuple(f"S{place}" for place in range(prices.shape[1]))
        truth = Truth(frequency, dates, assets, prices, decimals)
        moving = (np.diff(prices, axis=0) != 0).mean(axis=0).min() > 0.8
        if moving and 0.3 < truth.answer() < 8:
            return truth


def _dates(chance: random.Random, frequency: Frequency) -> tuple[datetime.datetime, ...]:
    start = pd.Timestamp(chance.randrange(1995, 2019), chance.randrange(1, 13), chance.randrange(1, 29))
    count = chance.randrange(24, 80)
    if frequency in (QUARTERS, YEARS):
        start, count = start.replace(year=chance.randrange(1980, 1990)), chance.randrange(24, 34)
    if frequency is HOURS:
        days = pd.bdate_range(start, periods=count // 7 + 4)
        found = [day + pd.Timedelta(hours=9.5 + hour) for day in days for hour in range(7)]
    elif frequency is DAYS:
        found = list(pd.bdate_range(start, periods=count + 3))
        for _ in range(chance.choice((0, 0, 1, 2))):  # holidays
            found.pop(chance.randrange(1, len(found) - 1))
    else:
        found = list(pd.date_range(start, periods=count, freq=chance.choice(_STEPS[frequency])))
    return tuple(date.to_pydatetime() for date in found)


def _prices(chance: random.Random, frequency: Frequency, rows: int, assets: int) -> tuple[np.ndarray, int | None]:
    """Random walks at a level that decides how they are written: pennies, hundreds, thousands, or tens of thousands."""
    numbers = np.random.default_rng(chance.randrange(2**32))
    low, high, choices = chance.choice(
        [
            (20, 400, (2, 3, 4, 4, 6, None)),
            (20, 400, (2, 2, 4, 4, 6, None)),
            (0.05, 0.9, (4, 5, 6)),
            (700, 1_500, (2, 2, 3, 4)),
            (2_000, 90_000, (0, 2, 2, 3)),
            (1_100_000, 60_000_000, (0, 2)),
        ]
    )
    level = np.exp(numbers.uniform(np.log(low), np.log(high), assets))
    yearly = numbers.uniform(0.12, 0.35, assets)
    common = numbers.normal(size=(rows, 1))
    own = numbers.normal(size=(rows, assets))
    steps = yearly * (0.5 * common + 0.85 * own) / np.sqrt(frequency.periods)
    drift = numbers.uniform(-0.02, 0.2, assets) / frequency.periods
    walk: np.ndarray = level * np.exp(np.cumsum(steps + drift, axis=0))
    decimals = chance.choice(choices)
    if decimals is None:
        return walk, None
    exact = [[float(f"{price:.{decimals}f}") for price in row] for row in walk]
    return np.array(exact), decimals
