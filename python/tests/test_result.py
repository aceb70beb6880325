"""The result: what it shows, what it carries, and that the command takes it."""

import copy
import json
import pickle
import re
import subprocess
import sys

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import sharpest
from finance import command, noise, prices, shapes


@pytest.fixture(scope="module")
def solved():
    return sharpest.solve(prices(), pick=10, cap=0.2, test_from="2022-01-01", luck_draws=100, top=3)


@pytest.fixture(scope="module")
def sampled():
    return sharpest.search(prices(), pick=18, cap=0.2, test_from="2022-01-01", draws=20, top=3)


def test_fields_of_the_json_are_attributes(solved, sampled):
    assert solved.sharpe == solved.best.sharpe == solved.fields["best"]["sharpe"]
    assert solved.best.return_ == solved.best["return"] and solved.period.from_ == "2018-01-02"
    assert solved.certificate.gap < 1e-9 and 0 < solved.luck.p < 1 and solved.test.sharpe < 0
    assert solved.exact is None and sampled.certificate is None and sampled.exact.share < 1
    assert {"sharpe", "weights", "certificate", "best"} <= set(dir(solved))
    with pytest.raises(AttributeError, match="no field 'nothing' here, only status"):
        solved.nothing
    with pytest.raises(AttributeError, match="no field 'x' here"):
        solved.best.x


@pytest.mark.parametrize(
    ("shape", "kind"),
    [
        ("pandas, dates in the index", pd.Series),
        ("pandas, long", pd.Series),
        ("polars", pl.Series),
        ("polars, long", pl.Series),
        ("pyarrow", pa.ChunkedArray),
        ("NumPy", dict),
        ("a mapping", dict),
    ],
)
def test_weights_and_frame_are_of_the_kind_that_was_given(shape, kind):
    numbers, extra = shapes(prices())[shape]
    result = sharpest.solve(numbers, pick=18, cap=0.2, luck_draws=0, top=3, **extra)
    weights = result.weights
    assert isinstance(weights, kind)
    names = list(prices())
    values = list(weights.values()) if kind is dict else weights.to_pylist() if kind is pa.ChunkedArray else list(weights)
    assert dict(zip(names, values, strict=True)) == {name: result.best.weights.get(name, 0.0) for name in names}
    top = result.frame()
    module = "builtins" if kind is dict else kind.__module__.partition(".")[0]
    assert type(top).__module__.partition(".")[0] == module
    assert list(top["sharpe"] if kind is not pa.ChunkedArray else top["sharpe"].to_pylist()) == [
        found.sharpe for found in result.top
    ]


def test_weights_of_pandas_multiply_with_the_frame(solved):
    growth = (prices().pct_change().dropna() @ solved.weights).loc[:"2021"]
    assert growth.mean() * 252 == pytest.approx(solved.best.return_, rel=1e-9)
    kept = sharpest.solve(prices(), assets=["KO", "PG", "AAPL"], luck_draws=0).weights
    assert list(kept.index) == list(prices()) and kept[["KO", "PG", "AAPL"]].sum() == pytest.approx(1)


def test_it_shows_what_the_command_prints(solved, tmp_path):
    path = tmp_path / "the table"
    prices().to_csv(path)
    flags = ["--pick=10", "--cap=0.2", "--test-from=2022-01-01", "--luck-draws=100", "--top=3"]
    run = [sys.executable, "-P", "-m", "sharpest", "solve", path, *flags]
    printed = subprocess.run(run, capture_output=True, text=True, check=True).stdout.replace("a --floor", "a floor=")

    def essence(text):
        """Without how long it took, and what would be typed to recheck it."""
        answer, effort = text.split("  solved and proven in ")
        luck = effort[effort.index("  Luck test (bootstrap): p = ") : effort.index("  100 samples in ")]
        return [line for line in answer.splitlines() if "Recheck it with" not in line], luck

    assert essence(printed) == essence(repr(solved))
    assert "\n  Recheck it with: result.check(prices)\n" in repr(solved)
    assert max(map(len, repr(solved).splitlines())) <= 80


def test_a_notebook_gets_html(solved, sampled):
    for result in (solved, sampled):
        html = result._repr_html_()
        assert html.count("<tr>") == len(result.best.weights) and "<script" not in html
        assert repr(result).splitlines()[0] in html and "Sharpe" in html
    named = sharpest.solve(noise().rename(columns={"A": "<b>A&B"}), luck_draws=0)
    assert "<b>A&B" not in named._repr_html_() and "&lt;b&gt;A&amp;B" in named._repr_html_()


def test_a_notebook_gets_the_charts_of_the_page(solved, sampled, tmp_path):
    html, page = solved._repr_html_(), tmp_path / "page.html"
    solved.report(page)
    charts = re.findall(r"<svg.*?</svg>", html, re.DOTALL)
    assert [re.search("<title[^>]*>(.*?)</title>", chart)[1] for chart in charts] == ["Return and volatility", "Luck"]
    assert all(chart in page.read_text() for chart in charts), "they are drawn once"
    assert f"observed {solved.sharpe:.2f}" in charts[1]
    assert sampled._repr_html_().count("<svg") == 1, "a search has no luck test"
    (style,) = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    assert style.startswith(".sharpest-charts {") and style.count("{") == style.count("}") and ":root" not in style
    file = tmp_path / "prices.csv"
    noise().to_csv(file)
    found, hidden = sharpest.solve(file, luck_draws=0), sharpest.solve(file, luck_draws=0)
    assert "<svg" in found._repr_html_() and "<svg" in sharpest.solve(luck_draws=0)._repr_html_()
    file.unlink()
    assert "<svg" in found._repr_html_(), "what was drawn stays"
    for alone in (hidden, pickle.loads(pickle.dumps(solved))):
        assert "<svg" not in alone._repr_html_() and "Sharpe" in alone._repr_html_()


def test_the_json_goes_to_the_command_and_back(solved, sampled, tmp_path):
    table, file = tmp_path / "prices.csv", tmp_path / "result.json"
    prices().to_csv(table)
    for result, word in ((solved, "proven"), (sampled, "confirmed")):
        assert result.to_json(file) == file.read_text()
        run = [sys.executable, "-P", "-m", "sharpest", "check", file, table]
        assert subprocess.run(run, capture_output=True, text=True, check=True).stdout.startswith(f"{word}: ")
        for again in (sharpest.Result.from_json(file), sharpest.Result.from_json(result.to_json())):
            assert again == result and repr(again) == repr(result) and again.sharpe == result.sharpe
            assert again.weights == dict(result.weights)
            assert again.check(prices()).kind == word
        assert sharpest.check(file, table).kind == sharpest.check(str(file), prices()).kind == word
    written, _, _ = command("solve", "--luck-draws=0")
    assert repr(sharpest.Result.from_json(json.dumps(written))).startswith("The best 10 of 20 assets")


def test_what_is_no_result_is_refused(tmp_path):
    with pytest.raises(sharpest.DataError, match="no result of sharpest: missing field"):
        sharpest.Result.from_json("{}")
    with pytest.raises(FileNotFoundError):
        sharpest.Result.from_json(tmp_path / "nothing.json")


def test_a_changed_result_is_refuted(solved):
    text = solved.to_json().replace(f'"sharpe": {solved.sharpe!r}', f'"sharpe": {solved.sharpe + 0.1!r}')
    verdict = sharpest.check(sharpest.Result.from_json(text), prices())
    assert not verdict and verdict.kind == "refuted" and "Sharpe ratio" in repr(verdict)
    assert not solved.check(prices() * 1.0001 ** pd.Series(range(len(prices())), prices().index).to_numpy()[:, None])


def test_it_pickles_and_copies(solved, sampled):
    for result in (solved, sampled):
        for again in (pickle.loads(pickle.dumps(result)), copy.copy(result), copy.deepcopy(result)):
            assert again == result and hash(again) == hash(result) and repr(again) == repr(result)
            pd.testing.assert_series_equal(again.weights, result.weights)


def test_every_answer_is_read_back():
    frame = noise()
    answers = [
        sharpest.solve(frame, at_most=2, floor=0.1, luck_draws=20),
        sharpest.solve(frame),
        sharpest.solve(frame, pick=2, rate=-1.0, top=4),
        sharpest.solve(moments=([0.1, 0.2], [[0.04, 0.01], [0.01, 0.09]]), periods=1),
        sharpest.search(frame, pick=2, draws=3, draw="shared", sampler="dirichlet:0.5", test_from="2024-03-01"),
    ]
    for result in answers:
        assert repr(sharpest.Result.from_json(result.to_json())) == repr(result)
    riskless = frame.assign(E=lambda f: f.A.iloc[0] * 1.01 ** pd.Series(range(len(f)), f.index))
    riskless["F"] = riskless.E * (1 + 1e-3 * (pd.Series(range(len(frame)), frame.index) % 2))
    riskless["G"] = riskless.E * (1 - 1e-3 * (pd.Series(range(len(frame)), frame.index) % 2))
    returns = riskless[["F", "G"]].pct_change().dropna()
    returns["G"] = 0.01 - returns["F"]
    with pytest.raises(sharpest.UnboundedError, match="without risk") as caught:
        sharpest.solve(returns, table="returns")
    again = sharpest.Result.from_json(caught.value.result.to_json())
    assert again.status == "unbounded" and "without risk" in repr(again) and again.check(returns, ).kind == "proven"


def test_what_is_shown_is_computed_once(solved, monkeypatch):
    from sharpest import result as module

    calls = []

    class Counting:
        def __getattr__(self, name):
            return lambda *numbers: calls.append(name) or getattr(native, name)(*numbers)

    native = module._native
    fresh = sharpest.solve(prices(), pick=10, cap=0.2, luck_draws=0)
    for place in ("result", "_html", "plot"):
        monkeypatch.setattr(f"sharpest.{place}._native", Counting())
    shown = [(repr(fresh), fresh._repr_html_(), fresh.plot() and "drawn") for _ in range(3)]
    assert shown[0] == shown[1] == shown[2]
    assert sorted(calls) == ["charts", "picture", "text"]
    assert repr(copy.copy(fresh)) == repr(fresh)
    fresh.plot(prices())  # what is given is not what is remembered
    assert calls.count("picture") == 2
