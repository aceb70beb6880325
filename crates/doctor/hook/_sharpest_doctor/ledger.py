"""The ledger: counters in a file that is mapped, and a log of what happens rarely.

A mapped counter is there after os._exit, SIGTERM and SIGKILL: nothing has to be flushed. The log is opened for each line and
closed again, so that a program which closes descriptors, or counts them, is not disturbed. Both are made at the first entry,
and made anew in a forked child.

A slot is eight numbers under a label; what they mean is written where the slot is used and in the doctor's `inside`.
"""

import os
import sys
import time

WIDTH = 8
SLOTS = 512
SIZE = WIDTH * SLOTS * 8

now = time.monotonic_ns
cpu = time.thread_time_ns

_folder = None
_heard = False  # whether forks are listened to
_stem = None
_map = None
_slots = {}
_forgetting = []
_writers = []
numbers = None  # the counters, as one array of 64-bit integers
spent = 0  # nanoseconds that describing has cost this process
born = now()


def first_cpu():
    """CPU nanoseconds of the first thread. Beside it may stand a thread a core of OpenBLAS, each of which spins for a tenth of a
    second when it is loaded, and holds nobody up."""
    return time.clock_gettime_ns(~os.getpid() << 3 | 6)  # Linux's name of the CPU clock of the thread with this number


def open_in(folder):
    """Says where the files go."""
    global _folder, _heard
    _forget()
    _folder = folder
    if not _heard:
        os.register_at_fork(after_in_child=_forget)
        _heard = True


def close():
    """From now on nothing is kept."""
    global _folder
    _folder = None
    _forget()


def when_settling(write):
    """Has `write` called whenever what is known must be written down."""
    _writers.append(write)


def settle():
    """Has written down what is known and not yet written: before the end of the watching, of which a process may not know."""
    for write in _writers:
        write()


def is_open():
    """Whether something is kept."""
    return _folder is not None


def _forget():
    """A forked child starts with empty pages: the mapped ones are its parent's."""
    global _stem, _map, numbers, spent, born
    _stem = _map = numbers = None
    _slots.clear()
    for forget in _forgetting:
        forget()
    spent, born = 0, now()


def when_forgetting(forget):
    """Has `forget` called when slots go."""
    _forgetting.append(forget)


def sorts():
    """A dictionary for what has a slot and comes so often that even looking the slot up is dear; emptied when slots go."""
    made = {}
    when_forgetting(made.clear)
    return made


def _name():
    global _stem
    if _stem is None:
        _stem = "%s/%d-%x" % (_folder, os.getpid(), now())
    return _stem


def _make():
    global _map, numbers
    from mmap import mmap  # most interpreters of a program never count anything

    fd = os.open(_name() + ".counts", os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        os.ftruncate(fd, SIZE)
        more = {"trackfd": False} if sys.version_info >= (3, 13) else {}
        _map = mmap(fd, SIZE, **more)
    finally:
        os.close(fd)
    numbers = memoryview(_map).cast("q")


def _text(value):
    return str(value).replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")


def _write(line):
    fd = os.open(
        _name() + ".log", os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600
    )
    try:
        os.write(fd, line.encode("utf-8", "replace"))
    finally:
        os.close(fd)


def note(kind, **fields):
    """Writes one line: what it is, when, and its fields."""
    if _folder is None:
        return
    try:
        parts = [kind, "at=%d" % now()]
        parts += ["%s=%s" % (key, _text(value)) for key, value in fields.items()]
        _write("\t".join(parts) + "\n")
    except Exception:
        pass


def slot(kind, *labels):
    """The first of the eight numbers of a label; slot 0 takes what no longer fits."""
    key = (kind,) + labels
    found = _slots.get(key)
    if found is None:
        found = _new_slot(key)
    return found


def _new_slot(key):
    global numbers
    if _folder is None:
        numbers = [0] * WIDTH  # which nobody reads
        return 0
    if numbers is None:
        _make()
    number = len(_slots) + 1
    if number >= SLOTS:
        return 0
    _slots[key] = number * WIDTH
    parts = ["slot", "at=%d" % number] + [_text(label) for label in key]
    _write("\t".join(parts) + "\n")
    return number * WIDTH


def affordable():
    """Whether something that costs more than a counter may be done now: a 500th of the time, or 2 ms to begin with."""
    return spent < 2_000_000 + (now() - born) // 500


def pay(since):
    """Adds this thread's CPU time since `since` to what was spent."""
    global spent
    took = cpu() - since
    spent += took
    place = slot("spent")
    numbers[place] += took
