"""Arrays by name."""

import os
import signal
import subprocess
import sys

import numpy as np
import pytest
import sharpest


def python(code, **options):
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    return subprocess.Popen([sys.executable, "-c", code], **pipes, **options)


PUBLISHER = """
import numpy, sharpest, sys
sharpest.publish("test-other", A=numpy.arange(1000), B=numpy.eye(2))
print("there", flush=True)
sys.stdin.readline()
"""


def command(*args):
    run = [sys.executable, "-m", "sharpest", "arrays", *args]
    return subprocess.run(run, capture_output=True, text=True, check=False)


def test_a_name_lives_as_long_as_its_publication():
    with sharpest.publish("test-own", np.arange(10)) as shared:
        assert sharpest.attach("test-own").sum() == 45
        assert sharpest.attach("test-own").array.ctypes.data == shared.array.ctypes.data
        with pytest.raises(ValueError, match=f"already published as \"test-own\", by process {os.getpid()}"):
            sharpest.publish("test-own", np.arange(10))
    with pytest.raises(KeyError, match="no array is published as"):
        sharpest.attach("test-own")


def test_another_process_publishes():
    with python(PUBLISHER) as publisher:
        publisher.stdout.readline()
        block = sharpest.attach("test-other")
        shown = command("list").stdout
        assert "test-other" in shown and str(publisher.pid) in shown
        assert "int64" in command("show", "test-other").stdout
    with pytest.raises(KeyError):
        sharpest.attach("test-other")
    assert block.A.sum() == 499_500, "what was attached stays"


def test_what_a_killed_publisher_leaves_is_removed():
    for _ in range(2):
        with python(PUBLISHER) as publisher:
            publisher.stdout.readline()
            publisher.send_signal(signal.SIGKILL)
        assert any("test-other" in name for name in os.listdir("/dev/shm")), "it is what this test is about"
        assert "test-other" not in command("list").stdout
        assert not any("test-other" in name for name in os.listdir("/dev/shm"))


def test_a_name_can_be_given_again_after_a_kill():
    with python(PUBLISHER) as publisher:
        publisher.stdout.readline()
        publisher.kill()
    with sharpest.publish("test-other", np.eye(3)):
        assert sharpest.attach("test-other").sum() == 3


def test_a_forked_child_does_not_take_its_parents_name_back():
    with sharpest.publish("test-forked", np.eye(3)) as shared:
        pid = os.fork()
        if pid == 0:
            shared.close()
            os._exit(0)
        os.waitpid(pid, 0)
        assert sharpest.attach("test-forked").sum() == 3


def test_remove_takes_a_name_back():
    with sharpest.publish("test-removed", np.eye(3)):
        removed = command("remove", "test-removed")
        assert removed.returncode == 0, removed.stderr
        with pytest.raises(KeyError):
            sharpest.attach("test-removed")
        again = command("remove", "test-removed")
        assert again.returncode == 2 and "no array is published as" in again.stderr


@pytest.mark.parametrize("name", ["", "../x", ".hidden", "a b", "x" * 101])
def test_what_cannot_be_a_name(name):
    with pytest.raises(ValueError, match="cannot be a name"):
        sharpest.publish(name, np.eye(2))
    with pytest.raises(ValueError, match="cannot be a name"):
        sharpest.attach(name)
