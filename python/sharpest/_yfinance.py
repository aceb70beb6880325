"""A frame as ``yfinance.download`` returns it: one level of the columns names tickers, another what is known of each."""

from __future__ import annotations

from typing import Any

from .errors import DataError

#: What yfinance knows of a ticker and a day.
FIELDS = {"Open", "High", "Low", "Close", "Adj Close", "Volume"}


def prices(frame: Any) -> tuple[Any, list[str]]:
    """The adjusted closes of a pandas frame whose columns have levels, a column a ticker, and what was done for it."""
    level = _level(frame.columns)
    known = set(frame.columns.get_level_values(level))
    if "Adj Close" in known:
        field, note = "Adj Close", "the column Adj Close is read, the others are not"
    else:
        field = "Close"
        note = "the column Close is read, the others are not; yfinance adjusts it unless told auto_adjust=False"
    closes = frame.xs(field, axis=1, level=level)
    notes = [f"the table: {note}"]
    missing = [label for label in closes.columns if closes[label].isna().all()]
    if missing:
        names = ", ".join(map(str, missing))
        notes.append(f"the table: no prices at all, left out: {names}")
        closes = closes.drop(columns=missing)
    if closes.shape[1] == 0:
        raise DataError("the table: no ticker has a price; yfinance leaves its columns empty where a download failed")
    return closes, notes


def refuse_one_ticker(columns: Any) -> None:
    """Open, high, low and close of one ticker are no four assets."""
    names = {str(name) for name in columns}
    if len(names & FIELDS) >= 4 and names <= FIELDS | {"Date", "Datetime", "Dividends", "Stock Splits", "Capital Gains"}:
        raise DataError(
            f"the table has the columns {', '.join(map(str, columns))} of one ticker: give one column an asset, "
            "as yfinance.download([...]) returns it for several"
        )


def _level(columns: Any) -> int:
    if columns.nlevels == 2:
        for level in range(2):
            if {"Close", "Adj Close"} & set(columns.get_level_values(level)):
                return level
    raise DataError(
        f"the table has columns of {columns.nlevels} levels, and none of the two that yfinance returns, Price and Ticker: "
        "give one column an asset"
    )
