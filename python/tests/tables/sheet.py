"""What a table is before it is handed over: columns with names, what a typed table holds, and what a file says."""

from __future__ import annotations

import enum
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any


class Role(enum.Enum):
    """What a column is to somebody who knows."""

    DATE = "date"
    ASSET = "asset"
    PRICE = "price"
    NAME = "name"
    COUNTER = "counter"
    BESIDE = "beside"


@dataclass
class Column:
    """A column: ``heads`` has a text for each header line, ``cells`` what a frame holds, ``texts`` what a file says."""

    role: Role
    heads: tuple[str, ...]
    cells: list[Any]
    texts: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.texts = self.texts or [str(cell) for cell in self.cells]

    @property
    def head(self) -> str:
        """The name, of a column with one header line."""
        return self.heads[0]


@dataclass
class Sheet:
    """A table with one or more header lines."""

    columns: list[Column]

    def __len__(self) -> int:
        return len(self.columns[0].cells)

    def of(self, role: Role) -> list[Column]:
        """The columns of this role, in their order."""
        return [column for column in self.columns if column.role is role]

    def arrange(self, rows: Sequence[int]) -> None:
        """Puts these rows in this order."""
        for column in self.columns:
            column.cells = [column.cells[row] for row in rows]
            column.texts = [column.texts[row] for row in rows]

    def heads(self) -> Iterable[list[str]]:
        """The header lines."""
        return ([column.heads[line] for column in self.columns] for line in range(len(self.columns[0].heads)))


def order(chance: random.Random, sheet: Sheet) -> str:
    """Puts the rows in some order, and says which."""
    rows = list(range(len(sheet)))
    name = chance.choices(("ascending", "descending", "shuffled"), (70, 20, 10))[0]
    if name == "descending":
        rows.reverse()
    elif name == "shuffled":
        chance.shuffle(rows)
    sheet.arrange(rows)
    return name
