"""CPython's own tests of executors, from the interpreter that runs this, pointed at ``sharpest.Pool``.

    python cpython_futures.py fork|spawn|forkserver MODULE FILE

Writes JSON to the file: the outcome of each test. A program of its own, since it replaces names in the suite.
"""

import importlib
import json
import sys
import unittest
from concurrent import futures
from pathlib import Path

import sharpest
from cpython_suite import Outcomes
from test.support.script_helper import assert_python_ok
from test.test_concurrent_futures import test_shutdown, util

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

    @property
    def _executor_manager_thread(self):
        return self._thread

    @property
    def _call_queue(self):
        return NoQueue()


class NoQueue:
    def join_thread(self):
        """There is no thread that fills a queue."""


class Futures:
    """``concurrent.futures``, with the pool as its executor: some tests name that themselves."""

    ProcessPoolExecutor = SuitePool

    def __getattr__(self, name):
        return getattr(futures, name)


def run_program(option, program):
    """Runs a program that imports the executor by its name, of where it is."""
    ours = "import multiprocessing; from sharpest import Pool as SuitePool"  # one of them forgets the first
    theirs = "from concurrent.futures import SuitePool"
    assert theirs in program
    return assert_python_ok(option, program.replace(theirs, ours))


test_shutdown.futures = Futures()
test_shutdown.assert_python_ok = run_program

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
