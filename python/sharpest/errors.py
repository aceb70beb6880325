"""What can go wrong with numbers and questions: all ``ValueError``, with the sentences of the command line. And with workers."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .result import Result

__all__ = [
    "DataError",
    "DataWarning",
    "ExecutorError",
    "InfeasibleError",
    "NoAnswer",
    "NoPortfolioBeatsRate",
    "ScoreError",
    "UnboundedError",
]


class DataError(ValueError):
    """The numbers cannot be used. ``asset`` and ``date`` say where, as far as one place is to blame."""

    def __init__(self, sentence: str, asset: str | None = None, date: str | None = None) -> None:
        super().__init__(sentence)
        #: The name of the asset, if one is to blame.
        self.asset = asset
        #: The date of the row, if one is to blame and rows have dates.
        self.date = None if date is None else datetime.date.fromisoformat(date)


class DataWarning(UserWarning):
    """The numbers can be used, and something about them is doubtful, or was read in a way that is not plain to see."""


class InfeasibleError(ValueError):
    """No portfolio has so many assets within such bounds: 25 assets at no more than 3 %."""


class NoAnswer(ValueError):
    """The question is a good one, and the data have no answer to it. ``result`` holds what was found instead."""

    def __init__(self, sentence: str, result: Result | None = None) -> None:
        super().__init__(sentence)
        #: The whole result, without a best portfolio.
        self.result = result


class NoPortfolioBeatsRate(NoAnswer):
    """No portfolio has a mean return above the rate."""


class UnboundedError(NoAnswer):
    """Some portfolio beats the rate without risk, so no Sharpe ratio is the highest."""


class ScoreError(ValueError):
    """A score of the user's own gave something else than a number for each portfolio; the sentence names what was expected."""


class ExecutorError(RuntimeError):
    """The executor of a search lost a worker for good, or its workers cannot work. What it raised itself is the cause."""
