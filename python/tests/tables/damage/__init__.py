"""What is wrong with tables: what must be refused by a sentence, or read with a note.

Each damage is done to a calm table: plain names, ISO dates, plain numbers; so that the sentence can be held against it.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from ..writing import Writing
from . import columns, rows, shapes, story, values

#: Every damage by its name, and how often it is drawn.
KINDS: dict[str, tuple[float, Callable[[random.Random, Writing], None]]] = {
    name: entry for part in (values.KINDS, rows.KINDS, columns.KINDS, shapes.KINDS, story.KINDS) for name, entry in part.items()
}


def write(chance: random.Random, writing: Writing, name: str | None = None) -> None:
    """Writes a damaged table; of this kind, if one is named."""
    name = name or chance.choices(list(KINDS), [often for often, _ in KINDS.values()])[0]
    writing.kind(f"damage: {name}")
    KINDS[name][1](chance, writing)
