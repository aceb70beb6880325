"""Tables that are cut off, too short, or over too early."""

from __future__ import annotations

import datetime
import random
import re

from ..sheet import Role
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
    made = calm.sheet(chance, writing)
    cut = 2 * len(made) // 3
    column = chance.choice(made.of(Role.ASSET))
    for row in range(cut + chance.randrange(2, 5), len(made)):
        column.cells[row], column.texts[row] = None, ""
    dates = writing.truth.dates
    if dates[cut].date() == dates[cut - 1].date():
        calm.open_to(writing, "the test begins within a day", note=".")
    writing.options["test_from"] = str(dates[cut].date())
    if chance.random() < 0.4:
        writing.options["missing"] = chance.choice(("drop-assets", "drop-days"))
    writing.numbers = [writing.truth.prices[:cut]]
    writing.says.append(re.escape(column.head))
    writing.kind("delisted in the test")
    calm.hand(chance, writing, made)


def nothing(chance: random.Random, writing: Writing) -> None:
    """Holds nothing, or nothing but names."""
    made = calm.sheet(chance, writing, plain=True)
    header = ",".join(column.head for column in made.columns)
    contents = chance.choice(
        ["", "\n\n", header + "\n", header + "\n" + ",".join(column.texts[0] for column in made.columns) + "\n"]
    )
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
    "nothing": (2, nothing),
    "cut off": (2, cut_off),
}
