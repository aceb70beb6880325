"""The other doors: what ``solve`` reads rightly, ``check`` and ``search`` read the same way. Tried on some of the writings."""

from __future__ import annotations

import json
import math
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import sharpest

from .writing import Writing

#: What ``check`` is told beside the table; the rest it takes from the result.
BESIDE = {"names", "dates"}


def disagreement(writing: Writing, value: Any, options: dict[str, Any], fields: dict[str, Any], folder: Path) -> str | None:
    """Says what another door makes of the same table, where that is not what ``solve`` made of it."""
    turn = writing.seed % 12
    if "date_format" in options or turn not in (3, 7):
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if writing.handed.how not in ("value", "path", "paths", "folder"):
                return _check_command(value, fields, folder) if writing.handed.how.startswith("command") else None
            return _check(value, options, fields) if turn == 3 else _search(value, options, fields)
    except (ValueError, TypeError) as error:
        return f"{'check' if turn == 3 else 'search'} does not take it: {error}"


def _check(value: Any, options: dict[str, Any], fields: dict[str, Any]) -> str | None:
    result = sharpest.Result.from_json(json.dumps(fields))
    verdict = sharpest.check(result, value, **{name: given for name, given in options.items() if name in BESIDE})
    return None if verdict else f"check says: {verdict.sentence}"


def _search(value: Any, options: dict[str, Any], fields: dict[str, Any]) -> str | None:
    assets = len(fields["universe"])
    found = sharpest.search(value, pick=assets, draws=8, quiet=True, jobs=1, **options).fields
    if (found.universe, found.period) != (fields["universe"], fields["period"]):
        return f"search reads {found.universe} in {found.period}"
    if not math.isclose(found.exact.sharpe, fields["best"]["sharpe"], rel_tol=1e-9):
        return f"search knows an optimum of {found.exact.sharpe}"
    return None


def _check_command(value: list[str], fields: dict[str, Any], folder: Path) -> str | None:
    result = folder / "result.json"
    result.write_text(json.dumps(fields), "utf-8")
    command = [sys.executable, "-P", "-m", "sharpest", "check", str(result), *value]
    run = subprocess.run(command, capture_output=True, check=False, cwd=folder, text=True, encoding="utf-8")
    return None if run.returncode == 0 else f"check says: {run.stdout}{run.stderr}"
