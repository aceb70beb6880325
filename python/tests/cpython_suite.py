"""CPython's own tests of multiprocessing, from the interpreter that runs this, pointed at ``sharpest.compat``.

    python cpython_suite.py fork|spawn|forkserver [CASE]

Prints one line of JSON: the outcome of each test. It is a program of its own, since it replaces names in the suite, and
since children that are spawned must be able to import their classes from it.
"""

import json
import multiprocessing
import sys
import unittest
from multiprocessing.pool import RUN

from sharpest import compat
from test import _test_multiprocessing as suite

suite.shared_memory = compat.shared_memory
suite.Value = compat.Value


class SuitePool(compat.Pool):
    """The pool, with what the suite looks up and sets in private attributes of the standard library's."""

    @property
    def _pool(self):
        return range(self._executor._max_workers)  # its processes, of which the suite wants the number

    @property
    def _state(self):
        return RUN if self._open else None

    @_state.setter
    def _state(self, state):
        self._open = state == RUN


class CompatMixin(suite.ProcessesMixin):
    """What the suite gives its tests for the standard library's processes, with other locks and values."""


for name in (
    "Lock RLock Semaphore BoundedSemaphore Condition Event Barrier Value Array RawValue RawArray".split()
):
    setattr(CompatMixin, name, staticmethod(getattr(compat, name)))
CompatMixin.Pool = SuitePool


def _case(name):
    base = getattr(suite, f"_Test{name}")
    return type(f"Test{name}", (base, CompatMixin, unittest.TestCase), {"__module__": __name__})


def _check_invariant(self, cond):
    """What the suite looks up in private attributes of the standard library's conditions: nobody sleeps any more."""
    self.assertEqual(cond._condition.waiting, 0)


TestLock = _case("Lock")
TestSemaphore = _case("Semaphore")
TestCondition = _case("Condition")
TestCondition.check_invariant = _check_invariant
TestEvent = _case("Event")
TestBarrier = _case("Barrier")
TestValue = _case("Value")
TestArray = _case("Array")
TestSharedCTypes = _case("SharedCTypes")
TestSharedMemory = _case("SharedMemory")
TestPool = _case("Pool")


class Outcomes(unittest.TestResult):
    """One word for each test, and what a failure said."""

    def __init__(self):
        super().__init__()
        self.outcomes = {}

    def startTest(self, test):  # noqa: N802 (unittest's names)
        super().startTest(test)
        self.note(test, "passed")

    def addSkip(self, test, reason):  # noqa: N802
        self.note(test, f"skipped: {reason}")

    def addSubTest(self, test, subtest, error):  # noqa: N802
        if error is not None:
            self.note(test, self._exc_info_to_string(error, test))

    def addFailure(self, test, error):  # noqa: N802
        self.note(test, self._exc_info_to_string(error, test))

    addError = addExpectedFailure = addFailure  # noqa: N815

    def note(self, test, outcome):
        self.outcomes[".".join(test.id().split(".")[-2:])] = outcome


def main(method, *cases):
    multiprocessing.set_start_method(method, force=True)
    outcomes = Outcomes()
    this = sys.modules["__main__"]
    loader = unittest.defaultTestLoader
    suite = loader.loadTestsFromNames(cases, this) if cases else loader.loadTestsFromModule(this)
    suite.run(outcomes)
    print(json.dumps(outcomes.outcomes))


if __name__ == "__main__":
    main(*sys.argv[1:])
