"""Where memory or descriptors end: an error that can be caught, and nothing is killed."""

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

LIMIT = 256 << 20

CODE = """
import os, sys
with open(sys.argv[1], "w") as procs:
    procs.write(str(os.getpid()))
import numpy as np, sharpest
fits = sharpest.zeros(10 << 20, "u1")
fits[:] = 1
for make in (lambda: sharpest.zeros(1 << 30, "u1"), lambda: sharpest.empty(1 << 30, "u1"),
             lambda: sharpest.share(np.lib.stride_tricks.sliding_window_view(np.zeros(1 << 16, "u1"), 1 << 15))):
    try:
        make()
    except MemoryError as error:
        print(error)
print(fits.sum())
"""


def group():
    """A control group of this test's own, by either version of the interface; none where we may not make one."""
    for root, limit in [("memory", "memory.limit_in_bytes"), ("", "memory.max")]:
        own = Path("/sys/fs/cgroup") / root / f"sharpest-test-{os.getpid()}"
        try:
            own.mkdir()
            (own / limit).write_text(str(LIMIT))
        except OSError:
            if own.is_dir():
                own.rmdir()
            continue
        return own
    return None


def test_a_container_that_is_too_small():
    own = group()
    if own is None:
        pytest.skip("no control group can be made here")
    try:
        run = [sys.executable, "-c", CODE, str(own / "cgroup.procs")]
        done = subprocess.run(run, capture_output=True, text=True, check=False)
        assert done.returncode == 0, (done.returncode, done.stderr)
        *refused, fits = done.stdout.splitlines()
        assert len(refused) == 3 and all("within this container's limit" in line for line in refused), refused
        assert fits == str(10 << 20)
    finally:
        own.rmdir()


def test_no_descriptors_left():
    code = """
import numpy as np, sharpest
kept = []
try:
    while True:
        kept.append(sharpest.share(np.ones(3)))
except OSError as error:
    import errno
    assert error.errno == errno.EMFILE
    print(error)
kept.clear()
print(sharpest.share(np.ones(3)).sum())
"""
    soft = lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))  # noqa: E731
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, preexec_fn=soft)
    assert "no file descriptor left (the limit is 64)" in done.stdout
    assert done.stdout.endswith("3.0\n")
