"""joblib's own tests of ``Parallel`` pass with our backend in the place of its process backends, but for what differs."""

import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from sharpest.pool.blas import VARIABLES

pytest.importorskip("joblib")

#: What differs on purpose, or asks for joblib's own parts, and why.
DIFFERENCES = {
    "test_parallel_pickling": "it looks for the words of loky's error",
    "test_backend_context_manager": "it asks for the class of the backend that was replaced",
    "test_backend_hinting_and_constraints": "it asks for the class of the backend that was replaced",
    "test_auto_memmap_on_arrays_from_generator": "large arrays come in shared memory, not as np.memmap",
    "test_memmapping_leaks": "large arrays come in shared memory, not as np.memmap",
    "test_warning_about_timeout_not_supported_by_backend": "timeouts are supported",
    "test_multiple_generator_call_separated_gc": "it wants an error of one executor that two calls share; here no two do",
}


def test_the_tests_of_joblib(tmp_path, record_property):
    outcomes = tmp_path / "outcomes.xml"
    # All three names stand for our backend, and how much is printed for joblib itself. Calls within calls start pools by the
    # hundred: test_joblib.py has one.
    once = "not nested and not multiprocessing and not sharpest and not (simple_parallel and not simple_parallel[2-)"
    command = [sys.executable, "-P", "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "joblib_suite", "-k", once]
    command += ["--pyargs", "joblib.test.test_parallel", f"--junitxml={outcomes}", "-o", "addopts="]
    here = str(Path(__file__).parent)
    # Tests that ran here before may have held libraries to some threads, which those of joblib take for the user's word.
    own = {name: value for name, value in os.environ.items() if name not in VARIABLES}
    environment = own | {"PYTHONPATH": here}
    ended = subprocess.run(command, capture_output=True, text=True, timeout=280, check=False, env=environment, cwd=tmp_path)
    assert outcomes.exists(), ended.stdout + ended.stderr
    passed, differ, failed = set(), set(), {}
    for case in ElementTree.parse(outcomes).iter("testcase"):
        name, kinds = case.get("name"), {child.tag for child in case}
        if kinds & {"failure", "error"}:
            if name.partition("[")[0] in DIFFERENCES:
                differ.add(name)
            else:
                failed[name] = [child.get("message") for child in case]
        elif "skipped" not in kinds:
            passed.add(name)
    record_property("joblib", f"{len(passed)} passed, {len(differ)} differ")
    assert not failed, "\n".join(f"{name}\n{told}" for name, told in failed.items())
    assert len(passed) > 300, ended.stdout
    assert {name.partition("[")[0] for name in differ} == set(DIFFERENCES), "one that passes is no difference"
