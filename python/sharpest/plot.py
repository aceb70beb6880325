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

#: Told apart by people who see few colors too (Okabe and Ito).
BEST, EQUAL, CURVE, CLOUD = "#d55e00", "#0072b2", "#009e73", "#999999"


def plot(result: Result, prices: Any = None, **numbers: Any) -> Any:
    """Draws weights, frontier, growth, the subsets' optima and the luck test, as far as there are any, and returns the figure.

    A result that was found from a frame or an array remembers it; one that was read back needs the prices again, or
    else ``moments=``, ``dates=`` and ``names=`` as :func:`sharpest.solve` takes them.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise ImportError("plot() needs matplotlib: pip install matplotlib") from error
    if result.best is None:
        raise ValueError("there is no portfolio to draw")
    picture = json.loads(_picture(result, prices, numbers))
    charts: list[Callable[[Any, Result, Any], None]] = [_draw_weights, _draw_frontier]
    charts += [_draw_growth] if "growth" in picture else []
    charts += [_draw_optima] if "optima" in picture else []
    charts += [_draw_luck] if "histogram" in (result.luck or {}) else []
    rows = (len(charts) + 1) // 2
    figure = Figure(figsize=(11, 4.2 * rows), layout="constrained")
    axes = figure.subplots(rows, 2).ravel()
    for axis, chart in zip(axes, charts, strict=False):
        chart(axis, result, picture)
        axis.spines[["top", "right"]].set_visible(False)
    for axis in axes[len(charts) :]:
        axis.set_axis_off()
    figure.suptitle(repr(result).partition("\n")[0])
    return figure


def _picture(result: Result, prices: Any, numbers: dict[str, Any]) -> str:
    sheet, files = chosen(result, prices, numbers)
    return _native.picture(result.to_json(), sheet, files.get("prices"), files.get("moments"))


def _percent(axis: Any) -> None:
    from matplotlib.ticker import PercentFormatter

    axis.set_major_formatter(PercentFormatter(1.0))


def _draw_weights(axis: Any, result: Result, _picture: Any) -> None:
    held = sorted(result.best.weights.items(), key=lambda item: item[1])
    names, weights = zip(*held, strict=True)
    axis.barh(names, weights, color=BEST, height=0.7)
    axis.set_title("Weights")
    _percent(axis.xaxis)
    axis.tick_params(axis="y", length=0, labelsize=8 if len(names) < 30 else 5)
    cap = result.settings.cap
    if cap < 1:
        axis.axvline(cap, color="gray", linewidth=0.8, linestyle=":")


def _draw_frontier(axis: Any, result: Result, picture: Any) -> None:
    def points(where: list[Fields]) -> tuple[list[float], list[float]]:
        return [point["volatility"] for point in where], [point["return"] for point in where]

    axis.scatter(*points(picture["cloud"]), s=4, color=CLOUD, alpha=0.5, linewidths=0, label="random portfolios")
    axis.plot(*points(picture["frontier"]), color=CURVE, label="frontier of all assets")
    best, equal, rate = result.best, result.equal_weight, result.settings.rate
    line = [0, best.volatility * 1.15]
    axis.plot(line, [rate, rate + (best.return_ - rate) * 1.15], color=BEST, linewidth=0.8, linestyle="--")
    axis.scatter([equal.volatility], [equal.return_], color=EQUAL, marker="s", zorder=3, label="equal weight")
    label = "optimum" if result.status == "optimal" else "best found"
    axis.scatter([best.volatility], [best.return_], color=BEST, marker="*", s=140, zorder=4, label=label)
    axis.set(title="Return and volatility, a year", xlabel="volatility", ylabel="mean return")
    _percent(axis.xaxis)
    _percent(axis.yaxis)
    axis.set_xlim(left=0)
    axis.legend(fontsize=8, frameon=False)


def _draw_growth(axis: Any, _result: Result, picture: Any) -> None:
    growth = picture["growth"]
    paths = [growth["train"]] + ([growth["test"]] if "test" in growth else [])
    if len(paths) == 2 and "dates" in paths[0] and paths[1]["dates"] < paths[0]["dates"]:
        paths.reverse()  # a test may come first
    start = {"best": 1.0, "equal_weight": 1.0}
    for number, path in enumerate(paths):
        at = _places(path, paths[:number])
        for name, color in (("best", BEST), ("equal_weight", EQUAL)):
            values = np.asarray(path[name]) * start[name]
            label = {"best": "best portfolio", "equal_weight": "equal weight"}[name] if number == 0 else None
            axis.plot(at, values, color=color, linewidth=1.2, label=label)
            start[name] = values[-1]
        if path is not growth["train"]:
            axis.axvspan(at[0], at[-1], color="gray", alpha=0.15, linewidth=0, label="held out")
    axis.set_title("What became of 1, rebalanced each period")
    axis.set_yscale("log")
    axis.yaxis.set_major_formatter("{x:g}")
    axis.yaxis.set_minor_formatter("{x:g}")
    axis.tick_params(axis="both", which="both", labelsize=8)
    axis.legend(fontsize=8, frameon=False)


def _places(path: Any, before: list[Any]) -> np.ndarray:
    """Where the values of a path stand: at their dates, or one after another."""
    if "dates" in path:
        return np.asarray(path["dates"], dtype="datetime64[D]")
    first = sum(len(other["best"]) for other in before)
    return np.arange(first, first + len(path["best"]))


def _draw_optima(axis: Any, result: Result, picture: Any) -> None:
    _draw_histogram(axis, picture["optima"], (result.sharpe, "this portfolio"))
    axis.set(title="The best Sharpe ratio of each subset", xlabel="Sharpe ratio", ylabel="subsets")


def _draw_luck(axis: Any, result: Result, _picture: Any) -> None:
    _draw_histogram(axis, result.luck.histogram, (result.sharpe, "observed"))
    axis.set(title="The best Sharpe ratio where there is nothing to find", xlabel="Sharpe ratio", ylabel="samples")


def _draw_histogram(axis: Any, histogram: Any, mark: tuple[float, str]) -> None:
    axis.stairs(histogram["counts"], histogram["edges"], fill=True, color=CLOUD)
    axis.axvline(mark[0], color=BEST, label=mark[1])
    axis.legend(fontsize=8, frameon=False)
