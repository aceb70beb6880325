"""What the tests of the pool have workers do. Workers import it by name."""

import os
import signal
import threading
import time
from pathlib import Path

import numpy as np
import sharpest


def double(x):
    return 2 * x


def add(x, y=0):
    return x + y


def total(*values):
    return float(sum(np.asarray(value, float).sum() for value in values))


def same(value):
    return value


def first_bytes(value):
    return type(value).__name__, len(value), bytes(value[:3])


def describe(array):
    return type(array).__name__, array.dtype.str, array.shape, bool(array.flags.writeable)


def scribble(array):
    array[...] = -1
    return float(array.sum())


def ones(count):
    return np.ones(count)


def built(count, value):
    result = sharpest.empty(count)
    result[:] = value
    return result


def kept(count):
    global _kept
    result = sharpest.empty(count)
    result[:] = 1
    _kept = result.array  # a view that lives on
    return result


def change_kept():
    _kept[:] = 7


def fail(message):
    raise ValueError(message)  # the line that went wrong


def fail_with(array):
    raise ValueError("with an array", array)


def process():
    return os.getpid()


def process_slowly(_):
    time.sleep(0.01)
    return os.getpid()


def kill_itself(how=signal.SIGKILL):
    os.kill(os.getpid(), how)


def leave(status):
    os._exit(status)


def die_once(path):
    """Dies the first time, and answers the second."""
    if not os.path.exists(path):
        with open(path, "w"):
            os.kill(os.getpid(), signal.SIGKILL)
    return "survived"


def die_now_and_then(number):
    if number % 97 == 13 and np.random.random() < 0.5:
        os.kill(os.getpid(), signal.SIGKILL)
    return number * number


def lock_of_a_thread():
    return threading.Lock()


def huge():
    return np.zeros(1 << 44, np.uint8)


def huge_shared():
    return sharpest.empty(1 << 50, np.uint8)


def random_numbers(_):
    time.sleep(0.02)
    import random

    return os.getpid(), float(np.random.random()), random.random()


def blas_threads():
    import threadpoolctl

    np.ones((50, 50)) @ np.ones((50, 50))
    return [library["num_threads"] for library in threadpoolctl.threadpool_info()]


def cores():
    return len(os.sched_getaffinity(0))


def wait_for(path):
    while not os.path.exists(path):
        time.sleep(0.005)
    return True


STATE = None


def begin(value):
    global STATE
    STATE = value


def state():
    return STATE


def filled_by_out(count):
    built = sharpest.empty(count).array
    np.add(np.arange(count), 1.0, out=built)
    return built


def shown_backwards_and_twice(count):
    built = sharpest.zeros((2, count)).array
    built[:] = np.arange(2 * count).reshape(2, count)
    return built[::-1], built, built[1, -4:]


_kept = []


def filled_and_kept(count):
    _kept.append(filled_by_out(count))
    return _kept[0]


def change_what_was_kept():
    _kept[0][:] = -1.0


def hold(lock, seconds):
    with lock:
        time.sleep(seconds)


def refuse_with_last_words(file):
    from multiprocessing import util

    util.Finalize(None, Path(file).write_text, ("last words",), exitpriority=1)
    refuse()


def refuse():
    raise RuntimeError("no worker wants to begin")


def frames_of(frame):
    return frame.shape, float(frame["a"].sum())


def hold_memory():
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def open_files():
    return len(os.listdir("/proc/self/fd"))


def nothing(_=None):
    return None


class Picky:
    """Cannot be read where it arrives."""

    def __reduce__(self):
        return fail, ("not to be read",)


class Bag:
    def __init__(self, *things):
        self.things = things


def meet(barrier_handle):
    barrier_handle.wait(20)
    return True


def take_lock(lock, seconds):
    with lock:
        time.sleep(seconds)
    return True


def span(array):
    return float(array.min()), float(array.max())


def fork_a_reader(array, path):
    if os.fork() == 0:
        try:
            while not (path.parent / "go").exists():
                time.sleep(0.01)
            beside = path.with_suffix(".new")
            beside.write_text(f"{array.min()} {array.max()}")
            beside.rename(path)
        finally:
            os._exit(0)


class Interrupting:
    def __reduce__(self):
        return interrupt, ()


_interrupted = []


def interrupt():
    """As Ctrl-C would, the first thread that matters, every other time."""
    if threading.current_thread() is threading.main_thread() and not _interrupted:
        _interrupted.append(1)
        raise KeyboardInterrupt
    _interrupted.clear()
    return "read again"


def interrupt_whoever_reads():
    return Interrupting()


def many_arrays(count):
    return [sharpest.zeros(10) for _ in range(count)]


class Speechless(Exception):
    def __init__(self):
        self.lock = threading.Lock()

    def __str__(self):
        raise ValueError("no text")


def fail_without_words():
    raise Speechless


class Two(Exception):
    def __init__(self, code, why):
        super().__init__(f"{code}: {why}")


def fail_with_two_words():
    raise Two(7, "the real reason")


def total_at_the_second_try(array, path):
    if not path.exists():
        path.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return float(np.asarray(array).sum())


def refuse_with_a_thread():
    threading.Thread(target=time.sleep, args=(100,)).start()
    raise RuntimeError("no licence")


def wait_for_file(path):
    while not path.exists():
        time.sleep(0.001)
    return "it is there"
