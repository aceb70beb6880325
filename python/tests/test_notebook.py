"""The notebook of the tutorial: kept without outputs, and executed from its first cell to its last."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

NOTEBOOK = Path(__file__).parents[2] / "docs" / "tutorial.ipynb"

#: Runs it in a folder of its own, and prints what its cells show.
RUN = """
import json, sys
import nbformat
from nbclient import NotebookClient

notebook = nbformat.read(sys.argv[1], as_version=4)
NotebookClient(notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": sys.argv[2]}}).execute()

def shown(output):  # not the progress, which is there or not
    if output.output_type == "execute_result":
        return output["data"]["text/plain"]
    return output["text"] if output.get("name") == "stdout" else None

outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
print(json.dumps([text for text in map(shown, outputs) if text is not None]))
"""


def test_it_is_kept_without_outputs():
    cells = [cell for cell in json.loads(NOTEBOOK.read_text("utf-8"))["cells"] if cell["cell_type"] == "code"]
    assert len(cells) >= 8
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in cells)


def test_it_runs_and_shows_what_it_says(tmp_path):
    for module in ("nbclient", "ipykernel", "matplotlib"):
        pytest.importorskip(module, reason=f"{module} is not installed")
    run = subprocess.run(
        [sys.executable, "-c", RUN, NOTEBOOK, tmp_path], capture_output=True, text=True, check=False, timeout=300
    )
    assert run.returncode == 0, run.stderr
    outputs = json.loads(run.stdout)
    assert outputs[1].startswith("The best 10 of 20 assets, at most 20 % in each, from the table")
    assert "AMD     0.200" in outputs[2]
    assert outputs[3].startswith("proven: the portfolio is allowed and has a Sharpe ratio of 1.705")
    assert outputs[4] == "(0.01, -0.65, 0.17)"
    assert outputs[5].startswith("<Figure size")
    assert outputs[6] == "18,475,600 portfolios, 98% of the optimum\n"
    assert outputs[7] == "'proven'"
    assert [path.name for path in tmp_path.iterdir()] == ["portfolio.html"]
