"""Frames of the shape that ``yfinance.download`` returns, made here: the tests ask no server."""

import numpy as np
import pandas as pd
import pytest
import sharpest
from finance import prices

FIELDS = ["Close", "High", "Low", "Open", "Volume"]


def download(tickers=8, *, adjusted=True, group_by="column", failed=()):
    """Columns of two levels, Price and Ticker, for the dates from start until the day before end."""
    closes = prices().iloc[:, :tickers]
    fields = FIELDS if adjusted else ["Adj Close", *FIELDS]
    values = {}
    for field in fields:
        # Where prices are not adjusted, closes differ from the adjusted ones: reading the wrong column shows.
        factor = 1.0 if adjusted or field == "Adj Close" else np.linspace(1.5, 1.0, len(closes))[:, None]
        frame = closes * factor * (1.01 if field == "High" else 0.99 if field == "Low" else 1.0)
        values[field] = frame if field != "Volume" else (closes * 1e6).round().astype("int64")
    frame = pd.concat(values, axis=1, names=["Price", "Ticker"])
    frame.index.name = "Date"
    for ticker in failed:
        for field in fields:
            frame[(field, ticker)] = np.nan
    frame = frame.sort_index(axis=1)
    return frame.swaplevel(axis=1).sort_index(axis=1) if group_by == "ticker" else frame


@pytest.fixture(scope="module")
def expected():
    return sharpest.solve(prices().iloc[:, :8], cap=0.3, luck_draws=0)


@pytest.mark.parametrize("group_by", ["column", "ticker"])
@pytest.mark.parametrize("adjusted", [True, False])
def test_a_download_works_as_it_is(expected, adjusted, group_by):
    frame = download(adjusted=adjusted, group_by=group_by)
    result = sharpest.solve(frame, cap=0.3, luck_draws=0)
    assert result.best.weights == expected.best.weights and result.sharpe == expected.sharpe
    assert set(result.weights.index) == set(prices().columns[:8])
    read = "Close" if adjusted else "Adj Close"
    assert f"the column {read} is read" in result.warnings[0]
    assert f"the column {read} is read" in repr(result)
    assert result.check(frame).kind == "proven"


def test_levels_without_names_are_known_by_what_they_hold(expected):
    frame = download()
    frame.columns.names = [None, None]
    assert sharpest.solve(frame, cap=0.3, luck_draws=0).best == expected.best


def test_tickers_that_failed_are_left_out_and_named(expected):
    frame = download(failed=["NOPE", "GONE"])
    result = sharpest.solve(frame, cap=0.3, luck_draws=0)
    assert result.best == expected.best
    assert result.warnings[1] == "the table: no prices at all, left out: GONE, NOPE"
    with pytest.raises(sharpest.DataError, match="no ticker has a price"):
        sharpest.solve(frame.loc[:, (slice(None), ["GONE"])])


def test_a_single_gap_is_refused_like_any_other():
    frame = download()
    frame.loc[frame.index[7], ("Close", frame.columns[0][1])] = np.nan
    with pytest.raises(sharpest.DataError, match="1 cell is missing, the first") as caught:
        sharpest.solve(frame)
    assert (caught.value.asset, caught.value.date) == (frame.columns[0][1], frame.index[7].date())


def test_one_ticker_is_no_table_of_four_assets():
    frame = download(1)
    with pytest.raises(sharpest.DataError, match="is the price history of one asset"):
        sharpest.solve(frame.droplevel("Ticker", axis=1))
    result = sharpest.solve(frame, luck_draws=0)
    assert len(result.universe) == 1 and result.weights.iloc[0] == 1


def test_other_levels_name_assets_together():
    frame = prices().iloc[:, :4]
    plain = sharpest.solve(frame, luck_draws=0)
    frame.columns = pd.MultiIndex.from_product([["a", "b"], ["x", "y"]])
    result = sharpest.solve(frame, luck_draws=0)
    assert result.sharpe == plain.sharpe and list(result.weights.index) == list(frame.columns)
