"""CPython's own tests of shared memory and locks pass, but for what differs on purpose."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest

#: What differs on purpose, and why. A test that passes although it is listed is a failure of this list. Not every version
#: of Python has each of them.
DIFFERENCES = {
    "TestLock.test_repr_lock": "it releases a lock that another thread took, which here only that thread can do",
}

CASES = (
    "TestArray TestBarrier TestCondition TestEvent TestLock TestPool TestSemaphore TestSharedCTypes TestSharedMemory TestValue"
).split()

SUITE = Path(__file__).with_name("cpython_suite.py")

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("test._test_multiprocessing") is None,
    reason="this Python was installed without its own tests (test._test_multiprocessing)",
)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_the_standard_library_s_own_tests(method, case, record_property):
    command = [sys.executable, "-P", SUITE, method, case]
    run = subprocess.run(command, capture_output=True, text=True, timeout=280, check=False)
    assert run.returncode == 0, run.stderr
    outcomes = json.loads(run.stdout.splitlines()[-1])
    assert outcomes, "a suite of nothing proves nothing"
    passed = {name for name, told in outcomes.items() if told == "passed"}
    skipped = {name: told for name, told in outcomes.items() if told.startswith("skipped")}
    failed = {name: told for name, told in outcomes.items() if name not in passed and name not in skipped}
    counts = f"{len(passed)} passed, {len(failed)} differ, {len(skipped)} skipped"
    record_property("cpython", counts)
    print(method, case, counts, skipped or "")
    unexpected = {name: told for name, told in failed.items() if name not in DIFFERENCES}
    assert not unexpected, "\n".join(f"{name}\n{told}" for name, told in unexpected.items())
    assert passed.isdisjoint(DIFFERENCES), "a difference that is none"


def test_the_list_of_differences_is_short():
    assert len(DIFFERENCES) == 1
    assert all(name.split(".")[0] in CASES for name in DIFFERENCES)
