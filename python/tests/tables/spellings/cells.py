"""What the cells of a table are: prices, returns, relatives, or returns in percent."""

from __future__ import annotations

import datetime
import random
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from ..writing import Writing


@dataclass
class Cells:
    """Numbers as they are written, a column an asset; ``percent`` where a sign follows each."""

    dates: list[datetime.datetime]
    numbers: np.ndarray
    decimals: int | None
    percent: bool = False


def draw(chance: random.Random, writing: Writing, *, prices: bool = False, text: bool = False) -> Cells:
    """Draws what the cells are; with ``prices`` nothing else; a sign of percent is for text alone."""
    truth = writing.truth
    kinds = {"prices": 80} if prices else {"prices": 80, "returns": 8, "relatives": 4, "percent": 5, "signs": 3 if text else 0}
    kind = chance.choices(list(kinds), list(kinds.values()))[0]
    if kind == "prices":
        writing.numbers = [truth.prices]
        return Cells(list(truth.dates), truth.prices, truth.decimals)
    writing.kind({"signs": "returns with %"}.get(kind, kind))
    writing.table = {"signs": "returns", "percent": "returns"}.get(kind, kind)
    writing.options["table"] = {"signs": "returns"}.get(kind, kind)
    decimals = chance.choice({"returns": (None, 6, 8), "relatives": (None, 6, 8)}.get(kind, (3, 4, 6)))
    exact = truth.returns() * (100 if kind in ("percent", "signs") else 1) + (1 if kind == "relatives" else 0)
    numbers = exact if decimals is None else np.array([[float(f"{cell:.{decimals}f}") for cell in row] for row in exact])
    numbers = numbers + 0.0  # no negative zero
    writing.numbers = [numbers]
    if kind in ("percent", "signs"):  # divided by 100, or the point moved in the text: neighbors at most
        moved = [[float(Decimal(repr(float(cell))).scaleb(-2)) for cell in row] for row in numbers]
        writing.numbers = [numbers / 100, np.array(moved), numbers * 0.01]
    return Cells(list(truth.dates[1:]), numbers, decimals, percent=kind == "signs")
