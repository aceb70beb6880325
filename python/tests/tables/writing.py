"""A writing: what is handed over, and what may come of it."""

from __future__ import annotations

import datetime
import enum
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from .sheet import Sheet
from .truth import Truth

if TYPE_CHECKING:
    from .spellings.days import Days
    from .spellings.digits import Digits
    from .spellings.text import Text


class Verdict(enum.IntEnum):
    """What the writer knows of a writing."""

    #: It leaves one reading: the answer is that of the truth, and nothing is refused.
    ONE = 0
    #: Who looks closely finds one reading, and nobody promises to look so closely: a refusal is fine.
    LOOSE = 1
    #: It leaves several readings or none: it is refused by a sentence, or read with a note.
    OPEN = 2


@dataclass
class Handed:
    """How a table is handed over: files by name, or an object of the program, and what else is told of it.

    ``how`` is ``value`` for an object; ``path``, ``paths`` or ``folder`` for files in Python; ``command``, ``commands``,
    ``stdin``, ``config`` or ``directory`` for files on the command line.
    """

    how: str
    value: Any = None
    files: dict[str, bytes] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)


@dataclass
class Writing:
    """One writing of a truth."""

    seed: int
    truth: Truth
    kinds: list[str] = field(default_factory=list)
    verdict: Verdict = Verdict.ONE
    #: Why the verdict is not ONE.
    why: list[str] = field(default_factory=list)
    handed: Handed = field(default_factory=lambda: Handed("value"))
    #: What is told beside the table, as options of Python: ``table``, ``date_format``, ``periods``.
    options: dict[str, Any] = field(default_factory=dict)
    #: What the cells are: prices, returns, relatives, percent.
    table: str = "prices"
    #: The numbers of the assets, as doubles, a column an asset in the order of the truth; where a text may rightly become one
    #: of two neighboring doubles, both tables.
    numbers: list[np.ndarray] = field(default_factory=list)
    #: The dates of those numbers, where they are not the first of the truth's (of returns, those from the second on).
    dates: list[datetime.datetime] | None = None
    #: Whether assets have places and no names.
    placed: bool = False
    #: The prices of the test period, with what is missing as it counts; none where nothing is held out.
    tested: np.ndarray | None = None
    #: How fine dates are told: second, day, month, quarter, year; none where they are not told.
    grain: str = "day"
    #: Days by which a date may rightly be read otherwise: 1 where it has a zone.
    zone: int = 0
    #: What a note must say, each a pattern.
    says: list[str] = field(default_factory=list)
    #: What a refusal must say, each a pattern.
    advice: list[str] = field(default_factory=list)
    #: What a note must say for an answer to count as read with a note, where the verdict is OPEN.
    note: str = r"."
    #: Names that an asset may rightly get beside its own.
    aliases: dict[str, str] = field(default_factory=dict)
    #: For who checks the writer: each sheet with the text that it became, none where it became a frame; how its numbers are
    #: written, and its dates.
    sheets: list[tuple[Sheet, Text | None]] = field(default_factory=list)
    digits: Digits | None = None
    days: Days | None = None

    @property
    def calm(self) -> bool:
        """Whether nothing can be said against the prices: they are prices, and come often enough to move little."""
        calm = self.table == "prices" and self.truth.frequency.periods >= 12
        return calm and "road: damage" not in self.kinds and "a counter in an array" not in self.kinds

    def kind(self, name: str) -> None:
        """Remembers a spelling, by which outcomes are counted."""
        self.kinds.append(name)

    def doubt(self, verdict: Verdict, why: str) -> None:
        """Remembers a reason why this leaves more than one reading, or why nobody promises to see the one."""
        self.verdict = max(self.verdict, verdict)
        self.why.append(why)
