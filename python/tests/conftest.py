"""What every test of the package stands on: the installed wheel, and nothing left behind."""

import faulthandler
import os
import sys
from pathlib import Path

import pytest
import sharpest
from steady import pytest_pyfunc_call  # noqa: F401


def pytest_report_header(config):
    return f"sharpest {sharpest.__version__} from {Path(sharpest.__file__).parent}"


def pytest_sessionstart(session):
    if (Path(__file__).parent.parent / "sharpest").samefile(Path(sharpest.__file__).parent):
        pytest.exit("these tests take the installed wheel, not the sources", returncode=2)


def shared_memory_names():
    """Names that this package has given; what other programs do meanwhile is theirs."""
    return {name for name in os.listdir("/dev/shm") if name.startswith("sharpest.")}


@pytest.fixture(autouse=True)
def watchdog():
    """A test that hangs ends the run and says where it hung."""
    faulthandler.dump_traceback_later(300, exit=True, file=sys.__stderr__)
    yield
    faulthandler.cancel_dump_traceback_later()


@pytest.fixture(autouse=True)
def nothing_left():
    """No test leaves a name in /dev/shm."""
    before = shared_memory_names()
    yield
    assert shared_memory_names() - before == set()
