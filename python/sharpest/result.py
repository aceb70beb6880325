"""The result: the JSON of the command, and what it looks like from Python."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import _native, frames
from .frames import Kind

__all__ = ["Fields", "Result", "Verdict"]


class Fields(dict[str, Any]):
    """An object of the JSON: its fields are attributes too, ``return_`` and ``from_`` where Python keeps the word."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name] if name in self else self[name.removesuffix("_")]
        except KeyError:
            raise AttributeError(f"no field {name!r} here, only {', '.join(self)}") from None

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check comes to: ``proven``, ``confirmed`` (true, and proves nothing about better portfolios) or ``refuted``."""

    kind: str
    sentence: str

    def __bool__(self) -> bool:
        return self.kind != "refuted"

    def __repr__(self) -> str:
        return f"{self.kind}: {self.sentence}"


#: Fields of the JSON that are absent where there is nothing to say.
_OPTIONAL = {
    "best", "certificate", "exact", "highest_mean", "highest_return", "inference", "lowest_volatility", "luck", "period", "ranking",
    "riskless", "test", "ties", "times",
}  # fmt: skip


class Result:
    """What was found. The fields of the JSON that ``sharpest --json`` writes are attributes: ``result.best.volatility``,
    ``result.certificate.gap``, ``result.luck.p``, ``result.test.sharpe``; what there is no answer for is None.

    It pickles, and its JSON is what ``sharpest check`` takes.
    """

    __slots__ = ("_fields", "_files", "_json", "_kind", "_sheet", "_shown")

    def __init__(
        self,
        json: str,
        kind: Kind | None = None,
        sheet: _native.Sheet | None = None,
        files: Mapping[str, Any] | None = None,
    ) -> None:
        self._json = json
        self._kind = kind or Kind()
        self._sheet = sheet  # for plot(); it stays behind when the result is pickled
        self._files = files or {}
        self._fields: Fields | None = None
        self._shown: dict[str, str] = {}  # what was computed to show it, which is the same each time

    @classmethod
    def from_json(cls, source: str | os.PathLike[str]) -> Result:
        """Reads the JSON of a result, or the file that holds it: its page does, too."""
        text = source if isinstance(source, str) and source.lstrip().startswith("{") else Path(source).read_text("utf-8")
        text = _native.json_in(text)
        _native.text(text)  # refuses what is no result
        return cls(text)

    def to_json(self, path: str | os.PathLike[str] | None = None) -> str:
        """The JSON, written to a file if one is named; the same bytes as ``sharpest --json`` writes."""
        if path is not None:
            Path(path).write_text(self._json, "utf-8")
        return self._json

    @property
    def fields(self) -> Fields:
        """All of the JSON."""
        if self._fields is None:
            self._fields = json.loads(self._json, object_hook=Fields)
        return self._fields

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        fields = self.fields
        return None if name in _OPTIONAL and name not in fields else getattr(fields, name)

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self.fields]

    @property
    def sharpe(self) -> float:
        """The annual Sharpe ratio of the best portfolio."""
        return self.fields.best.sharpe

    @property
    def score(self) -> float | None:
        """What ``score=`` of :func:`sharpest.search` says of the best portfolio; None where it is infinite, and where none was
        given."""
        return self.fields.best.get("score")

    @property
    def weights(self) -> Any:
        """The weight of every asset, 0 where it is not held, in the order of the frame's columns: a Series of its kind; for
        arrays and files a mapping. ``result.best.weights`` names those in the subset alone."""
        return frames.series(self._kind, self.fields.universe, self.fields.best.weights)

    def frame(self) -> Any:
        """The best portfolios, ``top=N`` of them, the best first: a frame of the kind that was given, with a row a portfolio
        and, after the figures, a column an asset; for arrays and files a mapping of lists."""
        top, universe = self.fields.top, self.fields.universe
        figures = ["score"] * ("score" in self.settings) + ["sharpe", "return", "volatility"]
        columns: dict[str, list[Any]] = {name: [found[name] for found in top] for name in figures}
        if any("rank" in found for found in top):
            columns["rank"] = [found.get("rank") for found in top]
        if self.test is not None:
            columns["test_sharpe"] = [found.test.sharpe for found in top]
        columns |= {asset: [found.weights.get(asset, 0.0) for found in top] for asset in universe}
        return frames.table(self._kind, columns)

    def check(self, prices: Any = None, **numbers: Any) -> Verdict:
        """Rechecks this from the prices alone; see :func:`sharpest.check`."""
        from ._search import check

        return check(self, prices, **numbers)

    def plot(self, prices: Any = None, **numbers: Any) -> Any:
        """Weights, frontier, growth, the distribution of subsets and the luck test as a matplotlib figure; what the result was found from is
        remembered, unless it was read back or pickled: then give the prices again."""
        from .plot import plot

        return plot(self, prices, **numbers)

    def report(self, path: str | os.PathLike[str], prices: Any = None, **numbers: Any) -> None:
        """Writes the result as a page: one HTML file with its charts, which opens without a network and holds the JSON, so
        that :func:`sharpest.check` takes it. Prices are remembered as in :meth:`plot`."""
        from ._search import chosen

        sheet, files = chosen(self, prices, numbers)
        _native.report(self._json, sheet, files.get("prices"), files.get("moments"), path)

    def _once(self, what: str, compute: Callable[[], str]) -> str:
        if what not in self._shown:
            self._shown[what] = compute()
        return self._shown[what]

    def __repr__(self) -> str:
        return self._once("text", lambda: _native.text(self._json).rstrip("\n"))

    def _repr_html_(self) -> str:
        from ._html import html

        return html(self)

    def __eq__(self, other: object) -> bool:
        return self._json == other._json if isinstance(other, Result) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._json)

    def __reduce__(self) -> tuple[Any, ...]:
        return Result, (self._json, self._kind)

