"""Tables whose dates or prices tell an odd story: too short, over too early, too good to be true."""

from __future__ import annotations

import datetime
import random
import re

import numpy as np

from ..sheet import Column, Role
from ..spellings.text import Text
from ..writing import Writing
from . import calm


def short_days(chance: random.Random, writing: Writing) -> None:
    """Has nine days, none of them above the twelfth of its month: day and month may change places."""
    made = calm.sheet(chance, writing, plain=True)
    rows = chance.randrange(6, 10)
    made.arrange(list(range(rows)))
    form = chance.choice(("%m/%d/%Y", "%d/%m/%Y", "%m-%d-%Y", "%d-%m-%Y"))
    year = chance.randrange(2000, 2024)
    made.columns[0].texts = [datetime.datetime(year, 3, 3 + row).strftime(form) for row in range(rows)]
    calm.open_to(writing, "no day is above 12", advice=r"(?i)date[-_]format", note=r"(?i)day|month|format")
    calm.hand_text(chance, writing, made)


def delisted(chance: random.Random, writing: Writing) -> None:
    """Has an asset whose prices end in the test period: what was trained is as if nothing were missing, and it is said."""
    _in_the_test(chance, writing, ends=True)
    if chance.random() < 0.4:
        writing.options["missing"] = chance.choice(("drop-assets", "drop-days"))


def hole(chance: random.Random, writing: Writing) -> None:
    """Has a hole in the test period: no return, and then the whole move."""
    _in_the_test(chance, writing, ends=False)


def _in_the_test(chance: random.Random, writing: Writing, *, ends: bool) -> None:
    made = calm.sheet(chance, writing)
    cut = 2 * len(made) // 3
    column = chance.choice(made.of(Role.ASSET))
    first = cut + chance.randrange(2, 5)
    last = len(made) if ends else first + chance.randrange(1, 3)
    for row in range(first, last):
        column.cells[row], column.texts[row] = None, ""
    dates, prices = writing.truth.dates, writing.truth.prices
    if dates[cut].date() == dates[cut - 1].date():
        calm.open_to(writing, "the test begins within a day", note=".")
    writing.options["test_from"] = str(dates[cut].date())
    writing.numbers = [prices[:cut]]
    place = writing.truth.assets.index(column.head)
    seen = prices[cut:].copy()
    seen[first - cut : last - cut, place] = seen[first - cut - 1, place]  # the rate is nil, so the share stands still
    writing.tested = seen
    writing.says.append(re.escape(column.head))
    calm.hand(chance, writing, made)


def too_good(chance: random.Random, writing: Writing) -> None:
    """Has an asset that hardly ever falls: a Sharpe ratio above 10 is said to be one."""
    made = calm.sheet(chance, writing, plain=True)
    prices = writing.truth.prices.copy()
    noise = np.array([chance.gauss(0.8, 1) for _ in range(len(made))]) * 0.3 / writing.truth.frequency.periods
    prices[:, 0] = [float(f"{price:.6f}") for price in 100 * np.exp(np.cumsum(noise * 15))]
    _replace(writing, made.of(Role.ASSET)[0], prices)
    if _sharpe(prices[:, 0], writing.truth.frequency.periods) > 10.5:
        writing.says.append(r"(?i)sharpe ratio")
    calm.hand(chance, writing, made)


def too_wild(chance: random.Random, writing: Writing) -> None:
    """Has a single table of assets that all move by more than 150 % a year: that is said."""
    made = calm.sheet(chance, writing, plain=True)
    step = 3.5 / np.sqrt(writing.truth.frequency.periods)
    while True:
        moves = [
            [max(-0.6, min(0.95, chance.gauss(0.04 * step, step))) for _ in made.of(Role.ASSET)] for _ in range(len(made) - 1)
        ]
        walk = np.vstack([np.full(len(moves[0]), 100.0), 100 * np.cumprod(1 + np.array(moves), axis=0)])
        prices = np.array([[float(f"{price:.6g}") for price in row] for row in walk])
        sharpes = [_sharpe(column, writing.truth.frequency.periods) for column in prices.T]
        if prices.min() > 1e-3 and max(sharpes) > 0.3:
            break
    for column in made.of(Role.ASSET):
        _replace(writing, column, prices)
    calm.hand(chance, writing, made)


def _replace(writing: Writing, column: Column, prices: np.ndarray) -> None:
    column.cells = prices[:, writing.truth.assets.index(column.head)].tolist()
    column.texts = [calm.PLAIN.write(cell) for cell in column.cells]
    writing.numbers = [prices]


def _sharpe(prices: np.ndarray, periods: float) -> float:
    moves = prices[1:] / prices[:-1] - 1
    return float(moves.mean() / moves.std(ddof=1) * np.sqrt(periods))


def money_market(chance: random.Random, writing: Writing) -> None:
    """Has a money market that rises every day: it is no counter, and it changes."""
    made = calm.sheet(chance, writing, plain=True)
    cells = [float(f"{100 * 1.0001**row:.4f}") for row in range(len(made))]
    made.columns.append(Column(Role.ASSET, ("CASH",), cells, [calm.PLAIN.write(cell) for cell in cells]))
    calm.open_to(writing, "CASH rises every day", advice=r"CASH", note=r"CASH|(?i:sharpe ratio)")
    calm.hand(chance, writing, made)


def lost_all(chance: random.Random, writing: Writing) -> None:
    """Has a return of -100 % exactly: that can be, and is said."""
    made = calm.sheet(chance, writing, plain=True, table="returns")
    row, column = calm.at(chance, made)
    numbers = writing.numbers[0].copy()
    numbers[row, writing.truth.assets.index(column.head)] = -1.0
    writing.numbers = [numbers]
    column.cells[row], column.texts[row] = -1.0, "-1"
    if max(numbers.mean(axis=0)) <= 0:
        calm.open_to(writing, "nothing is left to hold", note=".")
    writing.says.append(re.escape(column.head))
    calm.hand(chance, writing, made)


def nothing(chance: random.Random, writing: Writing) -> None:
    """Holds nothing, or nothing but names, or a single row."""
    made = calm.sheet(chance, writing, plain=True)
    header = ",".join(column.head for column in made.columns)
    row = ",".join(column.texts[0] for column in made.columns)
    contents = chance.choice(["", "\n\n", f"{header}\n", f"{header}\n{row}\n"])
    calm.open_to(writing, "there is nothing to read")
    calm.hand_bytes(chance, writing, contents.encode())


def cut_off(chance: random.Random, writing: Writing) -> None:
    """Ends in the middle of its last line."""
    made = calm.sheet(chance, writing, plain=True)
    text = Text().bytes(made).decode().rstrip("\n")
    text = text[: text.rindex(",")]
    calm.open_to(writing, "the last line is cut off")
    calm.hand_bytes(chance, writing, text.encode())


KINDS = {
    "day and month undecided, short": (4, short_days),
    "delisted in the test": (4, delisted),
    "hole in the test": (3, hole),
    "too good": (2, too_good),
    "too wild": (2, too_wild),
    "money market": (2, money_market),
    "lost all": (2, lost_all),
    "nothing": (2, nothing),
    "cut off": (2, cut_off),
}
