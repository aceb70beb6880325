"""Every program in the documents runs, and prints what stands beneath it. So do the examples of the docstrings."""

import doctest
import importlib.util
import itertools
import re
import subprocess
import sys
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
PROGRAM = re.compile(r"```python\n(.*?)```\n(?:\n```text\n(.*?)```\n)?", re.DOTALL)

PROGRAMS = [
    pytest.param(code, shown, id=f"{page.stem}-{number}")
    for page in sorted(DOCS.glob("*.md"))
    for number, (code, shown) in enumerate(PROGRAM.findall(page.read_text()), 1)
]


def test_there_are_programs():
    assert len(PROGRAMS) >= 6


@pytest.mark.parametrize(("code", "shown"), PROGRAMS)
def test_program(code, shown, tmp_path):
    (tmp_path / "program.py").write_text(code)
    run = subprocess.run([sys.executable, "program.py"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert run.stdout == shown


MODULES = (
    "sharpest sharpest.arrays sharpest.guarded sharpest.joblib sharpest.sync sharpest.pool.executor sharpest.pool.queue "
    "sharpest.compat.sharedctypes sharpest.compat.shared_memory sharpest.compat.synchronize"
).split()


@pytest.mark.parametrize("name", MODULES)
def test_examples_of_docstrings(name):
    failed, tried = doctest.testmod(importlib.import_module(name))
    assert tried > 0 and failed == 0


def test_the_program_that_was_moved_finds_what_one_process_finds():
    path = DOCS.parent / "examples" / "simulate.py"
    spec = importlib.util.spec_from_file_location("simulate", path)
    simulate = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(simulate)
    with simulate.share(simulate.make_returns()) as moments:
        batches = simulate.in_batches(itertools.islice(itertools.combinations(range(30), 25), 300))
        alone = max(simulate.best_of(moments, batch, number, 100)[0] for number, batch in enumerate(batches))
    for form in ("pool", "queue"):
        command = [sys.executable, path, form, "--subsets", "300", "--draws", "100"]
        told = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
        assert told[-1].startswith(f"best Sharpe ratio {alone:.4f} in "), (form, told)
