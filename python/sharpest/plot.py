"""The picture of a result, with matplotlib: its figures are computed by the engine, here they are only drawn."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from . import _native
from ._search import chosen

if TYPE_CHECKING:
    from .result import Fields, Result

#: The colors of the page, told apart by people who see few colors too.
BEST, EQUAL, CURVE, CLOUD, BARS = "#0b6b82", "#96570a", "#5b646d", "#a9b0b6", "#b6c0c6"
SOFT, GRID = "#5d626a", "#dddfdc"
LEGEND = {"fontsize": 9, "facecolor": "white", "edgecolor": "none", "framealpha": 0.85}


def plot(result: Result, prices: Any = None, **numbers: Any) -> Any:
    """Draws weights, frontier, growth, the subsets' optima and the luck test, as far as there are any, and returns the figure.

    A result that was found from a frame or an array remembers it; one that was read back needs the prices again, or
    else ``moments=``, ``dates=`` and ``names=`` as :func:`sharpest.solve` takes them.
    """
    try:
        from matplotlib.figure import Figure
        from matplotlib.layout_engine import ConstrainedLayoutEngine
    except ImportError as error:
        raise ImportError("plot() needs matplotlib: pip install matplotlib") from error
    if result.best is None:
        raise ValueError("there is no portfolio to draw")
    picture = json.loads(_picture(result, prices, numbers))
    charts: list[Callable[[Any, Result, Any], None]] = [_draw_weights, _draw_frontier]
    charts += [_draw_optima] if "optima" in picture else []
    charts += [_draw_luck] if "histogram" in (result.luck or {}) else []
    charts += [_draw_growth] if "growth" in picture else []
    rows = (len(charts) + 1) // 2
    figure = Figure(figsize=(11, 4.2 * rows), layout=ConstrainedLayoutEngine(wspace=0.06, hspace=0.06))
    grid = figure.add_gridspec(rows, 2)
    for number, chart in enumerate(charts):
        row, column = divmod(number, 2)
        alone = column == 0 and number == len(charts) - 1
        axis = figure.add_subplot(grid[row, :] if alone else grid[row, column])
        axis.spines[["top", "right", "left"]].set_visible(False)
        axis.spines["bottom"].set_color(SOFT)
        axis.tick_params(color=SOFT, labelsize=9)
        axis.tick_params(axis="y", length=0)
        axis.grid(axis="y", color=GRID, linewidth=0.8)
        axis.set_axisbelow(True)
        chart(axis, result, picture)
    figure.suptitle(repr(result).partition("\n")[0], x=0.01, horizontalalignment="left", fontsize=13)
    return figure


def _picture(result: Result, prices: Any, numbers: dict[str, Any]) -> str:
    sheet, files = chosen(result, prices, numbers)

    def compute() -> str:
        return _native.picture(result.to_json(), sheet, files.get("prices"), files.get("moments"))

    remembered = prices is None and not numbers
    return result._once("picture", compute) if remembered else compute()


def _title(axis: Any, title: str, x: str = "", y: str = "") -> None:
    axis.set_title(title, loc="left", fontsize=11, fontweight="bold")
    axis.set_xlabel(x, color=SOFT, fontsize=9)
    axis.set_ylabel(y, color=SOFT, fontsize=9)


def _percent(axis: Any) -> None:
    axis.set_major_formatter(lambda value, _place: f"{round(100 * value, 6):g} %")


#: So many weights fill the height of their chart; fewer have bars as thick.
FULL = 10


def _draw_weights(axis: Any, result: Result, _picture: Any) -> None:
    held = sorted(result.best.weights.items(), key=lambda item: -item[1])[::-1]  # from the bottom up
    names, weights = zip(*held, strict=True)
    size = 9 if len(names) < 25 else max(4, 200 / len(names))
    bars = axis.barh(names, weights, color=BEST, height=0.7)
    axis.bar_label(bars, [f"{weight:.1%}".replace("%", " %") for weight in weights], padding=4, fontsize=size)
    _title(axis, "Weights")
    axis.set_ylim(min(len(names) - FULL, 0) - 0.5, len(names) - 0.5)
    axis.tick_params(axis="y", labelsize=size)
    axis.grid(visible=False)
    axis.xaxis.set_visible(False)
    axis.spines["bottom"].set_visible(False)


def _draw_frontier(axis: Any, result: Result, picture: Any) -> None:
    def points(where: list[Fields]) -> tuple[list[float], list[float]]:
        return [point["volatility"] for point in where], [point["return"] for point in where]

    axis.scatter(*points(picture["cloud"]), s=5, color=CLOUD, linewidths=0, label="random portfolios")
    axis.plot(*points(picture["frontier"]), color=CURVE, linewidth=2, label="frontier of all assets")
    best, equal, rate = result.best, result.equal_weight, result.settings.rate
    if best.volatility > 0:  # a line that is drawn as far as the chart goes, and takes no room of its own
        slope = (best.return_ - rate) / best.volatility
        axis.axline((best.volatility, best.return_), slope=slope, color=BEST, linewidth=1, linestyle=(0, (4, 3)))
    spot = {"s": 60, "edgecolors": "white", "linewidths": 1.2}
    axis.scatter([equal.volatility], [equal.return_], color=EQUAL, zorder=3, label="equal weight", **spot)
    label = "optimum" if result.status == "optimal" else "best found"
    axis.scatter([best.volatility], [best.return_], color=BEST, zorder=4, label=label, **spot)
    _title(axis, "Return and volatility", "volatility a year", "mean return a year")
    _percent(axis.xaxis)
    _percent(axis.yaxis)
    axis.legend(**LEGEND)


def _draw_growth(axis: Any, _result: Result, picture: Any) -> None:
    from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator

    growth = picture["growth"]
    paths = [growth["train"]] + ([growth["test"]] if "test" in growth else [])
    if len(paths) == 2 and "dates" in paths[0] and paths[1]["dates"] < paths[0]["dates"]:
        paths.reverse()  # a test may come first
    start = {"best": 1.0, "equal_weight": 1.0}
    lines: dict[str, Any] = {}
    for number, path in enumerate(paths):
        at = _places(path, paths[:number])
        for name, color in (("best", BEST), ("equal_weight", EQUAL)):
            values = np.asarray(path[name]) * start[name]
            (line,) = axis.plot(at, values, color=color, linewidth=1.3)
            lines.setdefault(name, line)
            start[name] = values[-1]
        if path is not growth["train"]:
            axis.axvspan(at[0], at[-1], color="#e9ebe6", zorder=0, linewidth=0, label="held out")
    for name, label in (("best", "best portfolio"), ("equal_weight", "equal weight")):
        lines[name].set_label(f"{label} {start[name]:.2f}")
    _title(axis, "What became of 1, rebalanced each period")
    axis.set_yscale("log")
    low, high = axis.get_ylim()
    round_numbers = LogLocator(subs=(1, 2, 5)) if high > 10 * low else MaxNLocator(6, steps=[1, 2, 5, 10])
    axis.yaxis.set_major_locator(round_numbers)
    axis.yaxis.set_minor_locator(NullLocator())
    axis.yaxis.set_major_formatter("{x:g}")
    axis.legend(**LEGEND)


def _places(path: Any, before: list[Any]) -> np.ndarray:
    """Where the values of a path stand: at their dates, or one after another."""
    if "dates" in path:
        return np.asarray(path["dates"], dtype="datetime64[D]")
    first = sum(len(other["best"]) for other in before)
    return np.arange(first, first + len(path["best"]))


def _draw_optima(axis: Any, result: Result, picture: Any) -> None:
    _draw_histogram(axis, picture["optima"], (result.sharpe, "this portfolio"))
    _title(axis, "The best Sharpe ratio of each subset", "Sharpe ratio a year", "subsets")


def _draw_luck(axis: Any, result: Result, _picture: Any) -> None:
    _draw_histogram(axis, result.luck.histogram, (result.sharpe, "observed"))
    _title(axis, "The best Sharpe ratio where there is nothing to find", "Sharpe ratio a year", "samples")


def _draw_histogram(axis: Any, histogram: Any, mark: tuple[float, str]) -> None:
    """The bars, those above the mark in its color."""
    from matplotlib.ticker import MaxNLocator

    (place, name), (counts, edges) = mark, (histogram["counts"], histogram["edges"])
    above = [count if edge > place else 0 for count, edge in zip(counts, edges[1:], strict=True)]
    axis.stairs(counts, edges, fill=True, color=BARS)
    axis.stairs(above, edges, fill=True, color=BEST)
    text = f"{name} {place:.2f}"
    axis.axvline(place, color=BEST, label=text)
    low, high = axis.get_xlim()
    side = "right" if place > (low + high) / 2 else "left"
    to, shift = (place, 1), {"right": (-5, -4), "left": (5, -4)}[side]
    axis.annotate(
        text, to, shift, ("data", "axes fraction"), "offset points", color=BEST, fontweight="bold", fontsize=9,
        horizontalalignment=side, verticalalignment="top",
    )  # fmt: skip
    axis.set_ylim(0, 1.15 * max(counts))  # room for the text above the bars
    axis.yaxis.set_major_locator(MaxNLocator(6, integer=True))
    axis.yaxis.set_major_formatter("{x:,.0f}")
