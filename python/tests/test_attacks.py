"""Nobody can change what is shared: each attack that a process of the same user has, from wherever it can be made."""

import ctypes
import faulthandler
import fcntl
import mmap
import os
import pickle
import resource
import signal
import subprocess
import sys

import numpy as np
import pytest
import sharpest

F_ADD_SEALS, F_GET_SEALS = 1033, 1034
PROT_READ, PROT_WRITE, MAP_SHARED = 1, 2, 1
LEN = 1 << 20

libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, *[ctypes.c_int] * 3, ctypes.c_long]
libc.mprotect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
libc.fallocate.argtypes = [ctypes.c_int, ctypes.c_int, ctypes.c_long, ctypes.c_long]


def page(array):
    """The address of the page in which an array begins."""
    return array.ctypes.data & ~4095


def descriptor(array):
    """A descriptor of the file that an array's memory shows, opened as the attacker likes: found in /proc/self/maps."""
    with open("/proc/self/maps") as maps:
        for line in maps:
            start, end = (int(part, 16) for part in line.split()[0].split("-"))
            if start <= array.ctypes.data < end:
                inode = int(line.split()[4])
    for number in os.listdir("/proc/self/fd"):
        try:
            if os.stat(f"/proc/self/fd/{number}").st_ino == inode:
                return int(number)
        except OSError:
            pass
    return None


def dies(attack, array):
    """The signal that kills a forked child that tries."""
    pid = os.fork()
    if pid == 0:
        faulthandler.disable()  # it is meant to die
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        try:
            attack(array)
        finally:
            os._exit(0)
    return os.WTERMSIG(os.waitpid(pid, 0)[1])


def store(array):
    ctypes.c_char.from_address(array.ctypes.data).value = b"x"


def memset(array):
    ctypes.memset(array.ctypes.data, 1, 8)


def mprotect(array):
    return libc.mprotect(page(array), 4096, PROT_READ | PROT_WRITE)


def new_map(number):
    return ctypes.c_ssize_t(libc.mmap(None, LEN, PROT_READ | PROT_WRITE, MAP_SHARED, number, 0)).value


def attack_all(array, number):
    """Every attack on an array and on a descriptor of it; each must fail. Returns the names of those that did not."""
    through = {}
    if number is not None:
        def again(flags):
            return os.open(f"/proc/self/fd/{number}", flags)

        through = {
            "reopen and pwrite": lambda: os.pwrite(again(os.O_RDWR), b"x", 0),
            "reopen and map": lambda: mmap.mmap(again(os.O_RDWR), LEN, mmap.MAP_SHARED, mmap.PROT_READ | mmap.PROT_WRITE),
            "pwrite": lambda: os.pwrite(number, b"x", 0),
            "map": lambda: mmap.mmap(number, LEN, mmap.MAP_SHARED, mmap.PROT_READ | mmap.PROT_WRITE),
            "truncate": lambda: os.ftruncate(number, 0),
            "grow": lambda: os.ftruncate(number, LEN * 10),
            "truncate on opening": lambda: again(os.O_RDWR | os.O_TRUNC),
            "punch a hole": lambda: checked(libc.fallocate(again(os.O_RDWR), 3, 0, 4096)),
            "more seals": lambda: fcntl.fcntl(again(os.O_RDWR), F_ADD_SEALS, 1),
            "map through libc": lambda: checked(new_map(number)),
        }
    attacks = {"mprotect": lambda: checked(mprotect(array)), **through}
    return [name for name, attack in attacks.items() if not fails(attack)]


def checked(status):
    if status == -1:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def fails(attack):
    try:
        attack()
    except OSError:
        return True
    return False


def made(kind):
    values = np.arange(LEN // 8)
    if kind == "share":
        return sharpest.share(values)
    if kind == "share with gaps":
        return sharpest.share(np.repeat(values, 2)[::2])
    work = sharpest.zeros(LEN // 8, int)
    work[:] = values
    return work.freeze()


KINDS = ["share", "share with gaps", "zeros and freeze"]


@pytest.mark.parametrize("kind", KINDS)
def test_from_the_owner(kind):
    shared = made(kind)
    array = shared.array
    number = descriptor(array)
    assert number is not None and fcntl.fcntl(number, F_GET_SEALS) & 0xF == 0xF
    assert attack_all(array, number) == []
    assert dies(store, array) == dies(memset, array) == signal.SIGSEGV
    np.testing.assert_array_equal(array, np.arange(LEN // 8))


@pytest.mark.parametrize("kind", KINDS)
def test_from_a_child(kind):
    shared = made(kind)
    array, number = shared.array, descriptor(shared.array)
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            status = len(attack_all(array, number))
        finally:
            os._exit(status)
    assert os.waitpid(pid, 0)[1] == 0
    np.testing.assert_array_equal(array, np.arange(LEN // 8))


STRANGER = """
import os, pickle, signal, sys
sys.path.insert(0, sys.argv[1])
import test_attacks as t
owner, number, token = int(sys.argv[2]), int(sys.argv[3]), bytes.fromhex(sys.argv[4])
array = pickle.loads(token).array
assert t.descriptor(array) is None, "a reader keeps no descriptor"
opened = os.open(f"/proc/{owner}/fd/{number}", os.O_RDWR)
assert t.attack_all(array, opened) == [], t.attack_all(array, opened)
assert t.dies(t.store, array) == t.dies(t.memset, array) == signal.SIGSEGV
"""


@pytest.mark.parametrize("kind", KINDS)
def test_from_an_unrelated_process(kind, tmp_path):
    shared = made(kind)
    number = descriptor(shared.array)
    args = [str(os.path.dirname(__file__)), str(os.getpid()), str(number), pickle.dumps(shared).hex()]
    subprocess.run([sys.executable, "-c", STRANGER, *args], check=True)
    np.testing.assert_array_equal(shared.array, np.arange(LEN // 8))


def test_a_view_that_a_forked_child_kept_is_cut_off():
    """A child that had the working segment keeps its own old pages: what is frozen is a copy."""
    work = sharpest.zeros(LEN)
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.read(read, 1)
        work[:] = 1
        os._exit(0)
    shared = work.freeze()
    os.write(write, b"!")
    os.waitpid(pid, 0)
    assert shared.sum() == 0
