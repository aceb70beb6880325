"""A result in a notebook: the text of the command, the weights as bars, and charts of its page. It takes its colors from the
notebook, so that it is read in light and in dark."""

from __future__ import annotations

from html import escape
from textwrap import dedent
from typing import TYPE_CHECKING

from . import _native

if TYPE_CHECKING:
    from .result import Result

#: Darker on a light ground and lighter on a dark one, as the ink is, so that it is told from either.
_BEST = "color-mix(in srgb, #1f9aa8 70%, currentColor)"
_STYLE = "text-align:right;padding:0 .6em;font-variant-numeric:tabular-nums"


def html(result: Result) -> str:
    """One element, without scripts or styles that would reach out of it."""
    text = repr(result)
    best = result.best
    if best is None:
        return f"<pre>{escape(text)}</pre>"
    question, figures, _, below = (text + "\n\n" * 3).split("\n\n", 3)  # between them the weights, which get better bars
    return (
        f"<div><p><b>{escape(question)}</b></p>{_pre(figures)}"
        f"<table style='border-collapse:collapse'>{_bars(best.weights)}</table>{_charts(result)}{_pre(below)}</div>"
    )


def _charts(result: Result) -> str:
    """Charts, where the numbers are at hand that the result was found from."""
    files = result._files
    try:
        return result._once(
            "charts",
            lambda: _native.charts(result.to_json(), result._sheet, files.get("prices"), files.get("moments")),
        )
    except (ValueError, OSError):  # they stayed behind when it was pickled, or their file is gone
        return ""


def _pre(text: str) -> str:
    return f"<pre style='line-height:1.3;white-space:pre-wrap'>{escape(dedent(text.strip(chr(10))))}</pre>"


def _share(weight: float) -> str:
    return f"{weight:.1%}".replace("%", "\N{NO-BREAK SPACE}%").replace("-", "\N{MINUS SIGN}")


def _bars(weights: dict[str, float]) -> str:
    largest = max(weights.values(), default=1.0) or 1.0
    rows = sorted(weights.items(), key=lambda item: -item[1])
    return "".join(
        f"<tr><td style='padding:0 .6em 0 0'>{escape(name)}</td><td style='{_STYLE}'>{_share(weight)}</td>"
        f"<td style='width:16em;padding:0'><div title='{weight:.4%}' style='background:{_BEST};height:.8em;"
        f"width:{max(weight / largest, 0):.1%}'></div></td></tr>"
        for name, weight in rows
    )
