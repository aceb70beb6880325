"""Arrays with names and dates beside them, and mappings from names to arrays or Series."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pandas as pd

from .. import truth as times
from ..writing import Handed, Verdict, Writing
from . import cells, names

KINDS = {"array": 40, "lists": 8, "mapping of arrays": 22, "mapping of Series": 25, "mapping with dates": 1}


def write(chance: random.Random, writing: Writing) -> None:
    """Hands arrays over."""
    kind = chance.choices(list(KINDS), list(KINDS.values()))[0]
    writing.kind(kind)
    writing.truth, named = names.rename(chance, writing.truth)
    writing.kind(f"names: {named}")
    drawn = cells.draw(chance, writing)
    index = pd.DatetimeIndex(drawn.dates)
    writing.grain = "second"
    numbers, assets = drawn.numbers, writing.truth.assets
    order = list(range(len(index)))
    if chance.random() < 0.3:
        chance.shuffle(order) if chance.random() < 0.4 else order.reverse()
        writing.kind("not ascending")
    if kind == "mapping of Series":
        told: Any = index
        if chance.random() < 0.2:
            told = index.strftime("%Y-%m-%d %H:%M:%S")
            writing.kind("Series with texts for dates")
        writing.handed = Handed(
            "value", {name: _series(chance, writing, numbers[:, i], told, order) for i, name in enumerate(assets)}
        )
        return
    if kind == "mapping with dates":
        writing.doubt(Verdict.LOOSE, "nobody promises to take dates in a mapping of arrays")
        columns = {"date": index[order].to_numpy()} | {name: numbers[order, i] for i, name in enumerate(assets)}
        writing.handed = Handed("value", columns)
        return
    options: dict[str, Any] = {"dates": _dates(chance, writing, index[order])}
    if writing.truth.frequency is times.DAYS and chance.random() < 0.1:
        options, order, writing.grain = {}, sorted(order), ""
        writing.kind("no dates")
    value: Any = numbers[order]
    if kind == "array" and chance.random() < 0.15:
        _placed(chance, writing, value, order)
    elif kind.startswith("mapping"):
        value = {name: value[:, i] if chance.random() < 0.7 else value[:, i].tolist() for i, name in enumerate(assets)}
    else:
        options["names"] = list(assets) if chance.random() < 0.8 else np.array(assets)
        value = value.tolist() if kind == "lists" else np.asfortranarray(value) if chance.random() < 0.2 else value
    writing.handed = Handed("value", value, options=options)


def _placed(chance: random.Random, writing: Writing, value: np.ndarray, order: list[int]) -> None:
    """Leaves the names out, so that columns have places alone; then one that rises by equal steps is no counter."""
    writing.placed = True
    writing.kind("array without names")
    if writing.table == "prices" and chance.random() < 0.5:
        place, start = chance.randrange(value.shape[1]), chance.choice((100, 1000, 17))
        steps = start + chance.choice((1, 7)) * np.arange(float(len(value)))
        writing.numbers = [writing.truth.prices.copy()]
        writing.numbers[0][:, place] = steps
        value[:, place] = steps[order]
        writing.kind("a counter in an array")


def _series(chance: random.Random, writing: Writing, numbers: np.ndarray, index: pd.Index, order: list[int]) -> pd.Series:
    """A Series whose index is in an order of its own: they are put beside each other by date, not by place."""
    own = order
    if chance.random() < 0.4:
        own = chance.sample(order, len(order)) if chance.random() < 0.5 else order[::-1]
        writing.kind("Series in orders of their own")
    return pd.Series(numbers[own], index=index[own])


def _dates(chance: random.Random, writing: Writing, index: pd.DatetimeIndex) -> Any:
    hours = writing.truth.frequency in (times.HOURS, times.CLOCK)
    kinds = ["index", "array", "stamps", "texts"] + ([] if hours else ["days", "day texts", "datetime64[D]"])
    kind = chance.choice(kinds)
    writing.kind(f"dates= {kind}")
    return {
        "index": lambda: index,
        "array": index.to_numpy,
        "stamps": lambda: list(index),
        "texts": lambda: [str(stamp) for stamp in index],
        "days": lambda: [stamp.date() for stamp in index],
        "day texts": lambda: [str(stamp.date()) for stamp in index],
        "datetime64[D]": lambda: index.to_numpy().astype("datetime64[D]"),
    }[kind]()
