"""CPython's own tests of executors, from the interpreter that runs this, pointed at ``sharpest.Pool``.

    python cpython_futures.py fork|spawn|forkserver MODULE FILE

Writes JSON to the file: the outcome of each test. A program of its own, since it replaces names in the suite.
"""

import importlib
import json
import sys
import unittest
from pathlib import Path

import sharpest
from cpython_suite import Outcomes
from test.test_concurrent_futures import util

MIXINS = {"fork": util.ProcessPoolForkMixin, "spawn": util.ProcessPoolSpawnMixin,
          "forkserver": util.ProcessPoolForkserverMixin}



class SuitePool(sharpest.Pool):
    """The pool, with what the suite looks up in private attributes of the standard library's."""

    @property
    def _broken(self):
        return self._crew.broken

    @property
    def _processes(self):
        return self._nursery._processes if hasattr(self, "_nursery") else {}


for _mixin in MIXINS.values():
    _mixin.executor_type = SuitePool


def tests(method, module):
    suite = importlib.import_module(f"test.test_concurrent_futures.{module}")
    loader = unittest.TestSuite()
    for case in vars(suite).values():
        if isinstance(case, type) and issubclass(case, unittest.TestCase) and issubclass(case, MIXINS[method]):
            loader.addTests(unittest.defaultTestLoader.loadTestsFromTestCase(case))
    return loader


def main(method, module, file):
    outcomes = Outcomes()
    tests(method, module).run(outcomes)
    Path(file).write_text(json.dumps(outcomes.outcomes))


if __name__ == "__main__":
    main(*sys.argv[1:])
