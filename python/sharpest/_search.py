"""The questions: ``search``, ``solve`` and ``check``. Every option has the name of the command's flag, and its default."""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

from . import _moments, _native, frames
from ._options import flags
from ._progress import Bar
from ._worker import worker_command
from .errors import DataWarning, NoAnswer, NoPortfolioBeatsRate, UnboundedError
from .result import Result, Verdict

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from ._score import Score
    from .clusters import Tasks

__all__ = ["check", "search", "solve"]


def solve(
    prices: Any = None,
    *,
    moments: Any = None,
    pick: int | None = None,
    at_most: int | None = None,
    cap: float | None = None,
    floor: float | None = None,
    rate: float | None = None,
    table: str | None = None,
    returns: str | None = None,
    periods: float | str | None = None,
    date_format: str | None = None,
    from_: Any = None,
    to: Any = None,
    test_from: Any = None,
    test_to: Any = None,
    assets: Sequence[str] | str | None = None,
    exclude: Sequence[str] | str | None = None,
    missing: str | None = None,
    dates: Any = None,
    names: Sequence[str] | None = None,
    luck_draws: int | None = None,
    luck_block: float | None = None,
    luck_seed: int | None = None,
    time_limit: float | None = None,
    top: int | None = None,
    trials: int | None = None,
    jobs: int | None = None,
    workers: str | None = None,
    config: str | os.PathLike[str] | None = None,
    json: str | os.PathLike[str] | None = None,
    ranking: str | os.PathLike[str] | None = None,
    report: str | os.PathLike[str] | None = None,
    quiet: bool = False,
) -> Result:
    """Finds the portfolio with the highest Sharpe ratio, with a proof.

    ``prices`` is a frame of pandas, polars or pyarrow with a column an asset (what ``yfinance.download`` returns works as
    it is), an array, a mapping of columns, or the name of a file; without it the bundled prices are used. A list, or a
    mapping from name to frame, Series or file, holds the price history of an asset each. Dates come from the index or a
    column of dates; of an array from ``dates=``, its assets from ``names=``. ``table="returns"`` says that the numbers are
    returns, ``"percent"`` that they are returns in percent. ``moments=(mean, covariance)`` takes the place of a table.
    What makes the data doubtful is a :class:`~sharpest.DataWarning`, and in ``result.warnings``.

    The other options are those of ``sharpest solve --help``; ``from_`` is ``--from``. Dates may be texts, dates or
    timestamps.

    >>> import sharpest
    >>> result = sharpest.solve(sharpest.example_prices(), pick=10, cap=0.2, test_from="2022-01-01")
    >>> result.status, round(result.sharpe, 3), round(result.test.sharpe, 3)
    ('optimal', 1.706, -0.646)
    >>> result.check(sharpest.example_prices()).kind
    'proven'

    Ctrl-C ends it with the best so far, of status ``incomplete``; where nothing was found yet, or Ctrl-C is pressed
    again, ``KeyboardInterrupt`` is raised.

    Raises :class:`~sharpest.InfeasibleError` where no portfolio keeps to the question, :class:`~sharpest.DataError` for
    numbers that cannot be used, :class:`~sharpest.NoPortfolioBeatsRate` and :class:`~sharpest.UnboundedError` where the
    data have no answer. All of them are ``ValueError``.
    """
    return _ask("solve", locals())


def search(
    prices: Any = None,
    *,
    moments: Any = None,
    pick: int | None = None,
    cap: float | None = None,
    floor: float | None = None,
    rate: float | None = None,
    table: str | None = None,
    returns: str | None = None,
    periods: float | str | None = None,
    date_format: str | None = None,
    from_: Any = None,
    to: Any = None,
    test_from: Any = None,
    test_to: Any = None,
    assets: Sequence[str] | str | None = None,
    exclude: Sequence[str] | str | None = None,
    missing: str | None = None,
    dates: Any = None,
    names: Sequence[str] | None = None,
    draws: int | None = None,
    seed: int | None = None,
    draw: str | None = None,
    sampler: str | None = None,
    kernel: str | None = None,
    score: Score | None = None,
    top: int | None = None,
    trials: int | None = None,
    jobs: int | None = None,
    workers: str | None = None,
    executor: Executor | None = None,
    config: str | os.PathLike[str] | None = None,
    json: str | os.PathLike[str] | None = None,
    csv: str | os.PathLike[str] | None = None,
    report: str | os.PathLike[str] | None = None,
    checkpoint: str | os.PathLike[str] | None = None,
    quiet: bool = False,
) -> Result:
    """Samples every subset of ``pick`` assets with ``draws`` random weightings each, and gives the best portfolio found.

    Numbers, options, Ctrl-C and exceptions are those of :func:`solve`; the options are those of ``sharpest search --help``.

    ``executor`` works in place of threads: any ``concurrent.futures.Executor``, here or on a cluster, whose processes have the
    same version of this package; the answer is the same, to the last bit. Then ``jobs`` says how many tasks it works on at the
    same time, where that cannot be seen. Where it loses a worker for good, :class:`~sharpest.ExecutorError` is raised.

    ``checkpoint`` names a file in which it is recorded, about once a second, what is done. When the search was killed or
    stopped, the same call goes on from there and ends with the same answer; then the file is removed.

    ``score`` ranks portfolios in place of the Sharpe ratio: a function ``score(returns, assets, weights)`` that runs in worker
    processes, on portfolios drawn as ever, to the last bit. With T returns of n assets, m subsets of k assets, and d draws each,

    - ``returns`` (T, n): of the training period, fractions a period, a column an asset in the order of ``result.universe``;
      float64, shared and read-only;
    - ``assets`` (m, k): the columns of each subset, ascending; int64;
    - ``weights`` (m, d, k): ``weights[i, j, l]`` is what draw j of subset i holds of ``assets[i, l]``; each sums to 1; float64;
    - what it gives is an array (m, d) of numbers. The highest wins, of equals the first, and NaN and minus infinity never.

    How many m and d are depends on ``pick`` and ``draws`` alone, so the answer is that of any number of workers. What it raises
    is raised here, with a note that names the block and the traceback of the worker; :class:`~sharpest.ScoreError` is for
    what is no such array. ``result.score`` is the best one, ``result.settings.score`` the name of the function.

    >>> import sharpest
    >>> result = sharpest.search(sharpest.example_prices(), pick=18, cap=0.2, draws=100, seed=1)
    >>> result.status, result.subsets, result.portfolios
    ('complete', 190, 19000)
    """
    return _ask("search", locals())


def check(result: Result | str | os.PathLike[str], prices: Any = None, *, moments: Any = None, dates: Any = None,
          names: Sequence[str] | None = None) -> Verdict:
    """Rechecks a result, or a file that holds one (its JSON or its page), from the prices alone: no solver is involved.

    The verdict is true unless the result is refuted, and says in a sentence what was proven or what is wrong.
    """
    if not isinstance(result, Result):
        result = Result.from_json(result)
    sheet, files, _ = numbers_of(prices, moments, dates, names)
    return Verdict(*_native.check(result.to_json(), sheet, files.get("prices"), files.get("moments")))


#: Options that are no flags.
_NUMBERS = ("prices", "moments", "dates", "names")


def _ask(command: str, options: dict[str, Any]) -> Result:
    sheet, files, kind = numbers_of(*(options.pop(name) for name in _NUMBERS))
    choice = _names(options, "assets"), _names(options, "exclude")
    workers = _workers(options)
    args = ["sharpest", command, *flags(options)]
    if "moments" in files:
        args.append(f"--moments={files['moments']}")
    if "prices" in files:
        args += ["--", *files["prices"]]
    with workers as others, Bar(options["quiet"]) as bar:
        json, answered, remark, status = _native.answer(args, worker_command(), sheet, choice, others, bar)
    result = Result(json, kind, sheet, files)
    if not options["quiet"]:
        warn(result)
    if not answered:
        raise _NONE.get(status, NoAnswer)(remark or "there is no answer", result)
    return result


def warn(result: Result, stacklevel: int = 4) -> None:
    """Says what the data make doubtful, as warnings of the caller's line."""
    for note in result.warnings:
        warnings.warn(note, DataWarning, stacklevel=stacklevel)


_NONE = {"no_excess": NoPortfolioBeatsRate, "unbounded": UnboundedError}


def _workers(options: dict[str, Any]) -> AbstractContextManager[Tasks | None]:
    """What takes tasks to workers that are not the engine's, if there are any."""
    executor, score = options.pop("executor", None), options.pop("score", None)
    if executor is None and score is None:
        return nullcontext()
    if options["workers"] is not None:
        asked, option = ("a score", "score") if executor is None else ("an executor", "executor")
        raise ValueError(f"{asked} has workers of its own, so give {option}= or workers=")
    jobs = options.pop("jobs")
    if score is not None:
        from ._score import tasks

        return tasks(score, executor, jobs)
    from .clusters import Tasks

    return nullcontext(Tasks(executor, jobs))


def _names(options: dict[str, Any], name: str) -> list[str] | None:
    """Names in a list are a flag too, so that it is held against others; where they hold commas the list goes beside it."""
    names = options[name]
    if names is None or isinstance(names, str):
        return None
    listed = [str(label).strip() for label in names]
    options[name] = ",".join(label.replace(",", " ") or " " for label in listed)
    return listed


def chosen(result: Result, prices: Any, numbers: Mapping[str, Any]) -> tuple[_native.Sheet | None, Mapping[str, Any]]:
    """The numbers that are given, or else those that the result remembers."""
    if prices is None and not numbers:
        return result._sheet, result._files
    return numbers_of(prices, **numbers)[:2]


def numbers_of(
    prices: Any = None, moments: Any = None, dates: Any = None, names: Sequence[str] | None = None
) -> tuple[_native.Sheet | None, Mapping[str, Any], frames.Kind]:
    """The numbers as a sheet, or the file that they are in; a sheet too has a name, in the place of a file's."""
    if moments is not None:
        if prices is not None:
            raise ValueError("moments take the place of a table, so give one of the two")
        if frames.is_file(moments):
            return None, {"moments": os.fspath(moments)}, frames.Kind()
        sheet, kind = _moments.sheet(moments, names)
        return sheet, {"moments": _moments.MOMENTS}, kind
    if prices is None:
        return None, {}, frames.Kind()
    if isinstance(prices, _native.Sheet):  # an estimator's
        return prices, {"prices": [frames.TABLE]}, frames.Kind()
    if (paths := frames.files(prices)) is not None:
        return None, {"prices": paths}, frames.Kind()
    sheet, kind = frames.sheet(prices, dates, names)
    return sheet, {"prices": [frames.TABLE]}, kind
