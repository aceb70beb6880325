"""An environment that is the same in every test, so that the next pool finds the nursery of the last. A pytest plugin."""

import os


def pytest_pyfunc_call(pyfuncitem):
    os.environ.pop("PYTEST_CURRENT_TEST", None)  # pytest names the test in it
