"""Segments with names: with the standard library's processes, after kills, in a full /dev/shm, and under live views."""

import contextlib
import gc
import multiprocessing.shared_memory as standard
import os
import pickle
import shutil
import signal
import subprocess
import sys
import threading
import time
from multiprocessing import resource_tracker

import numpy as np
import pytest
import sharpest
from sharpest import compat
from sharpest.compat.shared_memory import ShareableList, SharedMemory, reap

WATCHDOG = 60


def run(code, *args, **options):
    """A process of its own; what it printed. It must say nothing else."""
    done = subprocess.run(
        [sys.executable, "-c", code, *args], capture_output=True, text=True, timeout=WATCHDOG, check=False, **options
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def start(code, *args, **options):
    process = subprocess.Popen([sys.executable, "-c", code, *args], stdout=subprocess.PIPE, text=True, **options)
    return process, process.stdout.readline().strip()


def reaped(name, reap=reap):
    """Whether a name is gone. A grandchild that was killed may take a moment to let go."""
    end = time.monotonic() + WATCHDOG
    while name in os.listdir("/dev/shm") and time.monotonic() < end:
        reap()
    return name not in os.listdir("/dev/shm")


@pytest.fixture
def memory():
    with SharedMemory(create=True, size=1000) as memory:
        yield memory
    with contextlib.suppress(FileNotFoundError):
        memory.unlink()


class TestBothWays:
    """What one module makes the other opens, in processes that know only one of them."""

    # A process of the standard library before 3.13 deletes what it has opened, unless its tracker is told not to.
    STANDARD = "import sys; from multiprocessing import resource_tracker as t; from multiprocessing.shared_memory import *\n"
    FORGET = "\nt.unregister('/' + sys.argv[1], 'shared_memory')"
    OURS = "import sys; from sharpest.compat.shared_memory import *\n"

    def test_the_standard_library_opens_ours(self, memory):
        memory.buf[:5] = b"hello"
        code = "m = SharedMemory(sys.argv[1]); print(bytes(m.buf[:5]), m.size); m.buf[0] = 74; m.close()"
        assert run(self.STANDARD + code + self.FORGET, memory.name) == "b'hello' 1000\n"
        assert bytes(memory.buf[:5]) == b"Jello"

    def test_we_open_the_standard_library_s(self):
        memory = standard.SharedMemory(create=True, size=1000)
        memory.buf[:5] = b"hello"
        code = "m = SharedMemory(sys.argv[1]); print(bytes(m.buf[:5]), m.size); m.buf[0] = 74; m.close()"
        assert run(self.OURS + code, memory.name) == "b'hello' 1000\n"
        assert bytes(memory.buf[:5]) == b"Jello"
        reap()
        assert memory.name in os.listdir("/dev/shm"), "without our mark nobody touches it"
        memory.close()
        memory.unlink()

    def test_lists(self):
        values = ["text", b"bytes", 1, 2.5, None, True, "ä" * 3]
        code = "x = ShareableList(name=sys.argv[1]); print(list(x)); x[2] = 7; x.shm.close()"
        ours, theirs = ShareableList(values), standard.ShareableList(values)
        assert run(self.STANDARD + code + self.FORGET, ours.shm.name) == f"{values}\n"
        assert run(self.OURS + code, theirs.shm.name) == f"{values}\n"
        assert ours[2] == theirs[2] == 7
        assert list(pickle.loads(pickle.dumps(ours))) == list(ours)
        for either in (ours, theirs):
            either.shm.close()
            either.shm.unlink()


class TestNothingIsLeft:
    def test_a_reader_s_exit_deletes_nothing(self, memory):
        code = "import sys; from sharpest.compat.shared_memory import *; m = SharedMemory(sys.argv[1]); print(m.size)"
        assert run(code, memory.name) == "1000\n"
        with SharedMemory(memory.name):
            pass

    def test_no_tracker_is_started(self):
        code = """
from multiprocessing import resource_tracker
from sharpest.compat.shared_memory import SharedMemory
with SharedMemory(create=True, size=10) as m: m.unlink()
print(resource_tracker._resource_tracker._fd)
"""
        assert run(code) == "None\n"

    GROUP = """
import os, sys, time
from sharpest.compat.shared_memory import SharedMemory
made = SharedMemory(create=True, size=10)
if os.fork() == 0:
    also = SharedMemory(made.name), SharedMemory(create=True, size=10)
    print(made.name, also[1].name, flush=True)
time.sleep(1000)
"""

    def test_what_a_killed_group_leaves_goes_with_the_next_segment(self):
        group, names = start(self.GROUP, start_new_session=True)
        names = names.split()
        assert set(names).isdisjoint(reap())
        assert set(names) <= set(os.listdir("/dev/shm"))
        os.killpg(group.pid, signal.SIGKILL)
        group.communicate()
        code = "from sharpest.compat.shared_memory import *; m = SharedMemory(create=True, size=1); m.unlink()"
        assert all(reaped(name, reap=lambda: run(code)) for name in names)

    def test_one_survivor_keeps_it(self):
        group, names = start(self.GROUP, start_new_session=True)
        shared, childs = names.split()
        with SharedMemory(shared) as memory:
            os.killpg(group.pid, signal.SIGKILL)
            group.communicate()
            assert reaped(childs)
            assert memory.name in os.listdir("/dev/shm")
        assert reaped(shared)

    def test_a_name_that_was_left_can_be_given_again(self):
        code = "from sharpest.compat.shared_memory import *; m = SharedMemory('sharpest-again', True, 10)"
        for _ in range(3):
            run(code)
        assert reaped("sharpest-again")

    def test_kills_at_random_moments(self):
        code = """
from sharpest.compat.shared_memory import SharedMemory
print(flush=True)
while True:
    made = SharedMemory(create=True, size=100000)
    with SharedMemory(made.name) as same: same.buf[5] = 1
    made.close()
    made.unlink()
"""
        for attempt in range(10):
            process, _ = start(code)
            time.sleep(attempt * 0.0007)
            process.kill()
            process.communicate()
        reap()  # nothing_left looks


class TestClose:
    @pytest.mark.parametrize("look", [lambda m: np.ndarray(125, "d", m.buf), lambda m: np.frombuffer(m.buf, "d")])
    def test_arrays_stay_whole(self, look):
        with SharedMemory(create=True, size=1000) as memory:
            array = look(memory)
            array[:] = range(125)
            memory.unlink()
        assert memory.buf is None
        gc.collect()
        np.testing.assert_array_equal(array, range(125))

    def test_the_memory_goes_with_the_last_look(self):
        def mapped():
            with open("/proc/self/maps") as maps:
                return sum("/dev/shm/" in line for line in maps)

        before = mapped()
        memory = SharedMemory(create=True, size=1000)
        array = np.frombuffer(memory.buf, "u1")
        memory.unlink()
        memory.close()
        memory.close()
        assert mapped() == before + 1
        del array
        assert mapped() == before

    def test_no_descriptor_is_kept(self):
        before = len(os.listdir("/proc/self/fd"))
        memories = [SharedMemory(create=True, size=10) for _ in range(20)]
        assert len(os.listdir("/proc/self/fd")) == before
        for memory in memories:
            memory.unlink()


class TestFull:
    def test_more_than_the_machine_has(self):
        with pytest.raises(MemoryError):
            SharedMemory(create=True, size=1 << 60)

    def test_more_than_dev_shm_holds(self):
        unshare = shutil.which("unshare")
        probe = [unshare, "--mount", "mount", "-t", "tmpfs", "-o", "size=1M", "tmpfs", "/dev/shm"]
        if unshare is None or subprocess.run(probe, capture_output=True, check=False).returncode != 0:
            pytest.skip("no right to give a process a /dev/shm of its own")
        code = """
from sharpest.compat.shared_memory import SharedMemory
with SharedMemory(create=True, size=900_000) as m:
    m.buf[:] = bytes(900_000)
    try:
        SharedMemory(create=True, size=900_000)
    except MemoryError as error:
        print(error)
"""
        shell = f'mount -t tmpfs -o size=1M tmpfs /dev/shm && exec "{sys.executable}" -c "$0"'
        told = subprocess.run(
            [unshare, "--mount", "sh", "-c", shell, code], capture_output=True, text=True, check=False
        )
        assert "878.9 KiB of shared memory wanted" in told.stdout and "in /dev/shm" in told.stdout, told


class TestLocks:
    HOLD = "import pickle, sys, time; x = pickle.loads(bytes.fromhex(sys.argv[1])); x.acquire(); print(flush=True); time.sleep(1000)"

    @pytest.mark.parametrize("kind", [compat.Lock, compat.RLock])
    def test_a_killed_holder_is_told_once(self, kind):
        lock = kind()
        holder, _ = start(self.HOLD, pickle.dumps(lock).hex())
        told = []
        waiter = threading.Thread(target=lambda: told.append(pytest.raises(sharpest.OwnerDied, lock.acquire)))
        waiter.start()
        holder.kill()
        holder.communicate()
        waiter.join(WATCHDOG)
        assert told
        with lock:
            pass

    def test_words_of_the_standard_library(self):
        lock, again = compat.Lock(), compat.RLock()
        assert repr(lock) == "<Lock(owner=None)>" and repr(again) == "<RLock(None, 0)>"
        with lock, again, again:
            assert repr(lock) == "<Lock(owner=MainProcess)>" and repr(again) == "<RLock(MainProcess, 2)>"
        with pytest.raises(AssertionError, match="not owned"):
            again.release()
        with pytest.raises(AssertionError, match="must acquire"):
            compat.Condition().wait()

    def test_values_pickle_into_any_process(self):
        values = compat.Value("i", 7), compat.Array("d", [1, 2]), compat.Array("c", b"text")
        code = """
import pickle, sys
i, d, c = pickle.loads(bytes.fromhex(sys.argv[1]))
with i.get_lock(): i.value += 1
d[1] = 5
print(c.value)
"""
        assert run(code, pickle.dumps(values).hex()) == "b'text'\n"
        assert values[0].value == 8 and values[1][:] == [1.0, 5.0]


def test_no_tracker_knows_of_these_tests():
    assert "sharpest" not in repr(vars(resource_tracker._resource_tracker))
