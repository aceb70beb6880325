"""Writes a true table at random: the same seed gives the same writing."""

from __future__ import annotations

import random
from collections.abc import Callable

from . import damage, truth
from .spellings import arrays, frames, headers, histories, longs, wide
from .writing import Verdict, Writing

#: The roads that a table takes, and how often each is taken.
ROADS: dict[str, tuple[float, Callable[[random.Random, Writing], None]]] = {
    "wide text": (38, wide.write),
    "long text": (8, longs.write),
    "wide frame": (19, frames.write),
    "long frame": (6, lambda chance, writing: frames.write(chance, writing, long=True)),
    "arrays": (8, arrays.write),
    "two levels": (7, headers.write),
    "histories": (9, histories.write),
    "damage": (4.5, damage.write),
}


def write(seed: int, *, told: bool = False) -> Writing:
    """Writes a table; with ``told`` one of which the reader is always told how many periods there are in a year."""
    chance = random.Random(seed)
    writing = Writing(seed, truth.make(chance))
    road = chance.choices(list(ROADS), [often for often, _ in ROADS.values()])[0]
    writing.kind(f"road: {road}")
    writing.kind(f"comes: {writing.truth.frequency.name}")
    ROADS[road][1](chance, writing)
    _periods(chance, writing, told=told)
    return writing


def damaged(seed: int, name: str, *, told: bool = False) -> Writing:
    """Writes a table with this damage."""
    chance = random.Random(f"{name} {seed}")
    writing = Writing(seed, truth.make(chance), kinds=["road: damage"])
    damage.write(chance, writing, name)
    _periods(chance, writing, told=told)
    return writing


def _periods(chance: random.Random, writing: Writing, *, told: bool) -> None:
    """Mostly the dates say how many periods there are in a year; a reader who is told takes what is told."""
    drawn = chance.random()
    periods = writing.truth.frequency.periods
    if told or drawn < 0.06:
        writing.options["periods"] = periods
        writing.kind("periods told")
    elif drawn < 0.09:
        writing.options["periods"] = "auto"
    elif periods != 252 and writing.verdict is Verdict.ONE:
        writing.says.append(r"(?i)period|a year|365|52\b|26\b|\b12\b|quarter|month|week|annual")
    if not writing.grain and "periods" not in writing.options:
        writing.says.append(r"252|(?i:period)")
