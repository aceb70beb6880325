"""How this program is started again as a process that works for it."""

from __future__ import annotations

import sys


def worker_command() -> list[str]:
    """The command ``sharpest``; nothing where the interpreter is part of another program and has no path."""
    return [sys.executable, "-m", "sharpest"] if sys.executable else []
