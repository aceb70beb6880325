"""Every example of the documentation runs, where it stands."""

import doctest
import importlib
from pathlib import Path

import pytest
import sharpest

FLAGS = doctest.NORMALIZE_WHITESPACE
DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """Examples write files."""
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(("page", "examples"), [("README.md", 3), ("python.md", 20), ("report.md", 6)])
def test_the_examples_of_a_page_run(page, examples):
    pytest.importorskip("matplotlib", reason="matplotlib is not installed")
    pytest.importorskip("sklearn", reason="scikit-learn is not installed")
    text = (DOCS / page).read_text("utf-8").replace("```", "")  # fences are no output
    test = doctest.DocTestParser().get_doctest(text, {}, page, page, 0)
    failed, tried = doctest.DocTestRunner(optionflags=FLAGS).run(test)
    assert tried >= examples and failed == 0


@pytest.mark.parametrize("name", ["_doctor", "_search", "estimator", "result", "errors"])
def test_examples_in_docstrings_run(name):
    failed, _ = doctest.testmod(importlib.import_module(f"sharpest.{name}"), optionflags=FLAGS)
    assert failed == 0


def test_everything_public_is_there():
    for name in sharpest.__all__:
        assert getattr(sharpest, name) is not None
    with pytest.raises(AttributeError):
        sharpest.nothing
