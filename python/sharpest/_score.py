"""Searches by a score of the user's own: the engine draws portfolios and keeps the best, a function of Python says how good
they are, in whatever workers there are, over one copy of the returns."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import numpy as np

from . import _native
from .arrays import SharedArray
from .clusters import Tasks, at_least_one
from .errors import ExecutorError, ScoreError
from .pool import Pool

#: Called with returns, assets and weights; see :func:`sharpest.search`.
Score = Callable[[np.ndarray, np.ndarray, np.ndarray], Any]

#: What the note of an exception begins with that a score raised.
_WHERE = "while scoring block "


class ScoreTasks(Tasks):
    """Tasks that bring the function that scores."""

    def __init__(self, score: Score, executor: Executor, jobs: int | None) -> None:
        super().__init__(executor, jobs)
        self.function, self.score = score, name_of(score)
        self.near = isinstance(executor, Pool | ThreadPoolExecutor | ProcessPoolExecutor)

    def call(self, task: bytes) -> Future[bytes]:
        return self.executor.submit(work, task, self.function)


@contextmanager
def tasks(score: Score, executor: Executor | None, jobs: int | None) -> Iterator[ScoreTasks]:
    """What takes tasks to an executor, or to a pool that lasts as long as the search. What a score raises is raised."""
    if not callable(score):
        raise TypeError(f"score is of type {type(score).__name__}; give a function of returns, assets and weights")
    pool = None
    if executor is None:
        # A thread of BLAS each, however many workers there are: another number may round otherwise.
        executor = pool = Pool(None if jobs is None else at_least_one(jobs), blas_threads=1)
        jobs = None
    try:
        yield ScoreTasks(score, executor, jobs)
    except ExecutorError as error:
        raised = error.__cause__
        if raised is None or not any(note.startswith(_WHERE) for note in getattr(raised, "__notes__", ())):
            raise
        raise raised from raised.__cause__  # the traceback of the worker
    finally:
        if pool is not None:
            pool.kill("the search is over")  # after Ctrl-C, whatever a score is at
            pool.shutdown()


def name_of(score: Score) -> str:
    """What a score is called in results; of a partial function the function in it."""
    inner = getattr(score, "func", score)
    return getattr(inner, "__name__", None) or type(inner).__name__


def work(task: bytes, score: Score) -> bytes:
    """What a worker does with a task, wherever it is."""
    scoring = _native.Scoring(task)
    if (segment := scoring.returns) is not None:
        returns = SharedArray(segment).array
        while (batch := scoring.draw()) is not None:
            scoring.take(_scores(score, returns, scoring.pick, *batch))
    return scoring.answer()


def _scores(
    score: Score, returns: np.ndarray, pick: int, block: int, first: int, draws: int, assets: bytes, weights: bytes
) -> np.ndarray:
    subsets = np.frombuffer(assets, np.int64).reshape(-1, pick)
    portfolios = np.frombuffer(weights, np.float64).reshape(-1, draws, pick)
    try:
        return _checked(score(returns, subsets, portfolios), portfolios.shape[:2])
    except Exception as error:
        error.add_note(f"{_WHERE}{block} with {name_of(score)}: subsets of rank {first} to {first + len(subsets) - 1}")
        raise


def _checked(scores: Any, wanted: tuple[int, ...]) -> np.ndarray:
    """As many doubles as there are portfolios."""
    try:
        array = np.asarray(scores)
    except ValueError:  # rows of different lengths
        array = np.empty((), object)
    if array.shape != wanted or array.dtype.kind not in "fiu":
        raise ScoreError(
            f"the score gave a {type(scores).__name__} of shape {array.shape} and dtype {array.dtype}; expected are numbers of "
            f"shape {wanted}, one for each of {wanted[0]} subsets and {wanted[1]} draws"
        )
    return np.ascontiguousarray(array, np.float64)
