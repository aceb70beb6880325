"""The page: written by the command and from Python alike, and taken back by whoever checks it."""

import pickle

import pytest
import sharpest
from finance import QUESTION, command, noise, prices


def test_the_page_comes_with_the_answer_or_after_it(tmp_path):
    first, second = tmp_path / "first.html", tmp_path / "second.html"
    result = sharpest.solve(prices(), **QUESTION, report=first)
    result.report(second)
    assert first.read_text("utf-8") == second.read_text("utf-8")
    assert sharpest.Result.from_json(second) == result
    assert sharpest.check(second, prices()).kind == "proven"


def test_a_search_has_a_page_too(tmp_path):
    page = tmp_path / "page.html"
    result = sharpest.search(prices(), pick=18, cap=0.2, draws=10, report=page)
    assert "sharpest search" in page.read_text("utf-8")
    assert sharpest.check(page, prices()).kind == "confirmed"
    assert sharpest.Result.from_json(page) == result


def test_the_page_is_that_of_the_command(tmp_path):
    table, ours, theirs = tmp_path / "prices.csv", tmp_path / "ours.html", tmp_path / "theirs.html"
    noise().to_csv(table)
    sharpest.solve(table, luck_draws=30, report=ours)
    assert command("solve", table, "--luck-draws", 30, "--report", theirs)[1] == 0

    def charts(page):
        return page.read_text("utf-8").split('<div class="charts">')[1].split("<h2>Proof")[0]

    assert charts(ours) == charts(theirs)


def test_a_result_that_was_read_back_needs_the_prices(tmp_path):
    frame, page = noise(), tmp_path / "page.html"
    result = pickle.loads(pickle.dumps(sharpest.solve(frame, luck_draws=0)))
    with pytest.raises(ValueError, match="was found from the table, so it cannot be held against the bundled prices"):
        result.report(page)
    assert not list(tmp_path.iterdir())
    result.report(page, frame)
    assert [path.name for path in tmp_path.iterdir()] == ["page.html"]


def test_what_cannot_be_written_is_said(tmp_path):
    result = sharpest.solve(noise(), luck_draws=0)
    with pytest.raises(FileNotFoundError, match=r"^\[Errno 2\] cannot write .*nowhere/page.html: No such file or directory$"):
        result.report(tmp_path / "nowhere" / "page.html")
    with pytest.raises(ValueError, match="json= and report= cannot both go to the same place"):
        sharpest.solve(noise(), json=tmp_path / "a", report=tmp_path / "a")


def test_a_page_without_a_result_is_refused(tmp_path):
    page = tmp_path / "page.html"
    page.write_text("<!DOCTYPE html><p>another page</p>")
    with pytest.raises(ValueError, match="is no result of sharpest"):
        sharpest.Result.from_json(page)
