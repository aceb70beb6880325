"""CPython's own tests of executors pass with the pool, but for what differs on purpose."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SUITE = Path(__file__).with_name("cpython_futures.py")

#: What looks at the private parts of ProcessPoolExecutor, all of it among its own tests but for the last, and why it finds
#: something else here, at least for some start methods.
DIFFERENCES = {
    "test_idle_process_reuse_one": "it counts a private list of processes: here all workers start at once",
    "test_idle_process_reuse_multiple": "as above",
    "test_killed_child": "it kills a process of a private list that is not filled yet; and here the pool goes on",
    "test_saturation": "it counts a private list of processes that is not filled yet",
    "test_max_tasks_per_child": "it counts a private list, in which a worker stays until it has been waited for",
    "test_max_tasks_per_child_defaults_to_spawn_context": "it asks for a private context, and here workers are forked from a clean process",
    "test_python_finalization_error": "it replaces how the standard library's private threads are started",
    "test_processes_terminate": "it counts a private list of processes: here all workers start at once, not one by one as tasks come",
}

MODULES = {
    "forkserver": ["test_wait", "test_as_completed", "test_process_pool", "test_init", "test_shutdown", "test_deadlock"],
    "fork": ["test_wait", "test_process_pool", "test_init"],
    "spawn": ["test_init"],
}


def has_its_own_tests():
    found = all(importlib.util.find_spec(name) for name in ("test", "test.test_concurrent_futures"))
    return found and importlib.util.find_spec("test.test_concurrent_futures.util") is not None  # a package since 3.12


pytestmark = pytest.mark.skipif(
    not has_its_own_tests(),
    reason="this Python was installed without its own tests (test.test_concurrent_futures)",
)


@pytest.mark.parametrize(
    ("method", "module"), [(method, module) for method, modules in MODULES.items() for module in modules]
)
def test_the_standard_library_s_own_tests(method, module, tmp_path, record_property):
    file = tmp_path / "outcomes"
    command = [sys.executable, "-P", SUITE, method, module, file]
    environment = os.environ | {"PYTHONPATH": str(SUITE.parent)}  # its workers import the pool of the suite from there
    ended = subprocess.run(command, capture_output=True, text=True, timeout=280, check=False, env=environment)
    assert ended.returncode == 0, ended.stderr
    outcomes = json.loads(file.read_text())
    assert outcomes, "a suite of nothing proves nothing"
    passed = {name for name, told in outcomes.items() if told == "passed"}
    skipped = {name for name, told in outcomes.items() if told.startswith("skipped")}
    differ = {name for name in outcomes if name.rpartition(".")[2] in DIFFERENCES} - skipped
    record_property("cpython", f"{len(passed)} passed, {len(differ)} differ, {len(skipped)} skipped")
    failed = {name: told for name, told in outcomes.items() if name not in passed | skipped | differ}
    assert not failed, "\n".join(f"{name}\n{told}" for name, told in failed.items())
    assert len(passed) > 0
