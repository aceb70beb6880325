"""Has sharpest read a writing, and holds the answer against the truth."""

from __future__ import annotations

import datetime
import enum
import json
import math
import os
import re
import subprocess
import sys
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import sharpest

from . import doors, oracle
from .writing import Verdict, Writing


class Outcome(enum.Enum):
    """What came of a writing; those that ``fails`` names are errors of the reader."""

    RIGHT = "read right"
    REFUSED = "refused rightly"
    NOTED = "read with a note"
    WRONG = "WRONG, without a word"
    REFUSED_WRONGLY = "refused wrongly"
    UNSAID = "read right, and what must be said is not"
    NOISY = "read right, with a note of what is not there"
    OTHERWISE = "read right, and check or search read it otherwise"
    UNHELPFUL = "refused by a sentence that does not help"
    CRASHED = "no sentence"

    @property
    def fails(self) -> bool:
        """Whether the reader has to be mended."""
        return self not in (Outcome.RIGHT, Outcome.REFUSED, Outcome.NOTED)


#: What a note says of prices that something is wrong with; of prices with which nothing is wrong, none does.
ALARM = r"(?i)\bsplit|\bjump|by a factor|in percent|above 150|sharpe ratio (of|above)|-100|volatility (of|above)"


@dataclass
class Answer:
    """What sharpest says: an answer with its notes, or a sentence."""

    fields: dict[str, Any] | None
    notes: list[str] = field(default_factory=list)
    sentence: str = ""
    crash: bool = False


@dataclass
class Read:
    """A writing, what came of it, and why that is so."""

    writing: Writing
    outcome: Outcome
    detail: str
    answer: Answer


def read(writing: Writing, folder: Path) -> Read:
    """Has a writing read, with its files in this folder."""
    answer = ask(writing, folder)
    outcome, detail = judge(writing, answer)
    if outcome is Outcome.RIGHT and writing.verdict is Verdict.ONE and answer.fields is not None:
        value, options = call(writing, folder)
        differs = doors.disagreement(writing, value, options, answer.fields, folder)
        if differs is not None:
            outcome, detail = Outcome.OTHERWISE, differs
    return Read(writing, outcome, detail, answer)


def call(writing: Writing, folder: Path) -> tuple[Any, dict[str, Any]]:
    """What is handed to ``sharpest.solve``, or to its command."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, contents in writing.handed.files.items():
        (folder / name).write_bytes(contents)
    paths = [str(folder / name) for name in writing.handed.files]
    how = writing.handed.how
    ways: dict[str, Callable[[], Any]] = {
        "value": lambda: writing.handed.value,
        "path": lambda: paths[0] if writing.seed % 2 else Path(paths[0]),
        "paths": lambda: paths if writing.seed % 2 else [Path(path) for path in paths],
        "folder": lambda: str(folder),
        "command": lambda: paths[:1],
        "commands": lambda: paths,
        "directory": lambda: [str(folder)],
        "stdin": lambda: ["-"],
        "config": lambda: [f"--config={folder / 'question.toml'}"],
    }
    value = ways[how]()
    options = {name: given for name, given in writing.handed.options.items() if name != "toml"} | writing.options
    return value, options


def ask(writing: Writing, folder: Path) -> Answer:
    """Asks in Python, or on the command line."""
    value, options = call(writing, folder)
    if writing.handed.how in ("value", "path", "paths", "folder"):
        return _ask_python(value, options)
    if writing.handed.how == "config":
        (folder / "question.toml").write_text(writing.handed.options["toml"] + "\n", "utf-8")
    return _ask_command(value, options, folder, writing)


def _ask_python(value: Any, options: dict[str, Any]) -> Answer:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            result = sharpest.solve(value, luck_draws=0, quiet=True, jobs=1, **options)
        except ValueError as error:
            return Answer(None, sentence=str(error))
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # a panic of the engine is no Exception
            return Answer(None, sentence=f"{type(error).__name__}: {error}", crash=True)
    assert result.sharpe == result.fields.best.sharpe
    return Answer(result.fields, [*result.fields.warnings, *(str(warning.message) for warning in caught)])


def _ask_command(value: list[str], options: dict[str, Any], folder: Path, writing: Writing) -> Answer:
    told = {name: ",".join(given) if isinstance(given, list) else given for name, given in options.items()}
    flags = [f"--{name.replace('_', '-')}={given}" for name, given in told.items()]
    command = [sys.executable, "-P", "-m", "sharpest", "solve", "--luck-draws=0", "--json=-", *flags, *value]
    given = next(iter(writing.handed.files.values())) if writing.handed.how == "stdin" else b""
    run = subprocess.run(command, input=given, capture_output=True, check=False, cwd=folder, env=os.environ | {"NO_COLOR": "1"})
    talk = run.stderr.decode("utf-8", "replace").strip()
    if run.returncode == 0:
        fields = json.loads(run.stdout)
        return Answer(fields, fields["warnings"])
    return Answer(None, sentence=talk, crash=run.returncode not in (1, 2) or "panicked" in talk or not talk)


def judge(writing: Writing, answer: Answer) -> tuple[Outcome, str]:
    """Says what came of a writing."""
    if answer.crash:
        return Outcome.CRASHED, answer.sentence
    if answer.fields is None:
        return _judge_refusal(writing, answer.sentence)
    differs = difference(writing, answer.fields)
    noted = any(re.search(writing.note, note) for note in answer.notes)
    if writing.verdict is Verdict.OPEN:
        if noted:
            return Outcome.NOTED, ""
        return Outcome.WRONG, f"{'; '.join(writing.why)}, and the answer says nothing of it: {answer.notes}"
    if differs is not None:
        if writing.verdict is Verdict.LOOSE and answer.notes and not differs.startswith("assets"):
            return Outcome.NOTED, differs
        return Outcome.WRONG, differs
    for said in writing.says if writing.verdict is Verdict.ONE else ():
        if not any(re.search(said, note) for note in answer.notes):
            return Outcome.UNSAID, f"no note says {said}: {answer.notes}"
    for note in answer.notes if writing.calm else ():
        if re.search(ALARM, note):
            return Outcome.NOISY, note
    return Outcome.RIGHT, ""


def _judge_refusal(writing: Writing, sentence: str) -> tuple[Outcome, str]:
    if writing.verdict is Verdict.ONE:
        return Outcome.REFUSED_WRONGLY, sentence
    if len(sentence.split()) < 4 or re.search(r"os error|Errno|Traceback|\bNone\b.*\bNone\b", sentence):
        return Outcome.UNHELPFUL, sentence
    for advice in writing.advice:
        if not re.search(advice, sentence):
            return Outcome.UNHELPFUL, f"does not say {advice}: {sentence}"
    return Outcome.REFUSED, sentence


def difference(writing: Writing, fields: dict[str, Any]) -> str | None:
    """Says in what an answer differs from the truth, if it does."""
    truth = writing.truth
    names = dict(zip(fields["universe"], truth.assets, strict=False)) if writing.placed else writing.aliases
    universe = [names.get(name, name) for name in fields["universe"]]
    if sorted(universe) != sorted(truth.assets):
        return f"assets are {universe}, not {list(truth.assets)}"
    found = fields["best"]
    weights = {names.get(name, name): weight for name, weight in found["weights"].items() if weight}
    for differs in (_periods(writing, fields), _dates(writing, fields)):
        if differs is not None:
            return differs
    periods = fields["settings"]["periods"]
    nearest = None
    for numbers in writing.numbers:
        true = plain(numbers[:, [truth.assets.index(name) for name in universe]], universe, writing.table, periods)
        if (
            true["sharpe"] == found["sharpe"]
            and {name: weight for name, weight in true["weights"].items() if weight} == weights
        ):
            return _test(writing, fields, true)
        nearest = nearest or true
    assert nearest is not None
    close = math.isclose(nearest["sharpe"], found["sharpe"], rel_tol=1e-9)
    # Where all prices have a mark before their last three digits, only their unit is open, and the last bits with it.
    unit = any("thousands" in kind or kind.startswith("two levels") for kind in writing.kinds)
    if close and (writing.verdict is Verdict.LOOSE or unit):
        return None
    return f"a Sharpe ratio of {found['sharpe']!r} with {weights}, not {nearest['sharpe']!r} with {nearest['weights']}"


def _test(writing: Writing, fields: dict[str, Any], true: dict[str, Any]) -> str | None:
    """Holds the figure of the test period against the weights, which are constant there."""
    if writing.tested is None:
        return None
    weights = np.array([true["weights"].get(name, 0.0) for name in writing.truth.assets])
    earned = (writing.tested[1:] / writing.tested[:-1] - 1) @ weights
    wanted = float(earned.mean() / earned.std(ddof=1) * np.sqrt(writing.truth.frequency.periods))
    found = fields["test"]["sharpe"]
    if found is not None and math.isclose(found, wanted, rel_tol=1e-9):
        return None
    return f"a Sharpe ratio of {found!r} in the test period, not {wanted!r}"


def _periods(writing: Writing, fields: dict[str, Any]) -> str | None:
    frequency = writing.truth.frequency
    periods = fields["settings"]["periods"]
    if not isinstance(periods, float | int) or not math.isclose(periods, frequency.periods, rel_tol=frequency.slack):
        return f"{periods} periods a year, not {frequency.periods} ({frequency.name})"
    return None


def _dates(writing: Writing, fields: dict[str, Any]) -> str | None:
    rows = len(writing.numbers[0])
    if fields["period"]["returns"] != rows - (writing.table == "prices"):
        return f"{fields['period']['returns']} returns of {rows} rows of {writing.table}"
    if not writing.grain:
        return None
    true = writing.truth.dates
    dates = writing.dates or (true[:rows] if writing.table == "prices" else true[len(true) - rows :])
    for name, date in (("from", dates[0]), ("to", dates[-1])):
        told = str(fields["period"].get(name, ""))[:10]
        if not same(told, date, writing.grain, writing.zone):
            return f"the period is told {name} {told or 'no date'}, not {date.date()}"
    return None


def same(told: str, date: datetime.datetime, grain: str, zone: int) -> bool:
    """Whether a date is told as truly as it was written."""
    try:
        day = datetime.date.fromisoformat(told)
    except ValueError:
        return False
    if grain == "year":
        return day.year == date.year
    if grain == "quarter":
        return (day.year, (day.month - 1) // 3) == (date.year, (date.month - 1) // 3)
    if grain == "month":
        return (day.year, day.month) == (date.year, date.month)
    return abs((day - date.date()).days) <= zone


def plain(numbers: np.ndarray, assets: list[str], table: str, periods: float) -> dict[str, Any]:
    """The answer to the plain writing: an array with names, and nothing to misread; itself held against brute force."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        best = sharpest.solve(
            numbers, table=table, names=assets, periods=float(periods), luck_draws=0, quiet=True, jobs=1
        ).fields.best
    returns = numbers[1:] / numbers[:-1] - 1 if table == "prices" else numbers - (table == "relatives")
    assert math.isclose(best.sharpe, oracle.best(returns, periods)[0], rel_tol=1e-8), "the plain writing has another answer"
    return dict(best)
