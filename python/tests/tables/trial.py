"""One writing, read and told in plain values, for whoever works in another process."""

from __future__ import annotations

import tempfile
from pathlib import Path

from . import read as reading
from . import writer


def one(seed: int, *, told: bool = False) -> tuple[int, str, str, list[str], str, str]:
    """Writes and reads one table: seed, outcome, verdict, kinds, how, detail."""
    writing = writer.write(seed, told=told)
    with tempfile.TemporaryDirectory() as folder:
        found = reading.read(writing, Path(folder))
    return seed, found.outcome.name, writing.verdict.name, writing.kinds, writing.handed.how, found.detail
