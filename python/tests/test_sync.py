"""Locks in one process and in many, and when some of them are killed."""

import contextlib
import multiprocessing as mp
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from concurrent import futures

import joblib
import numpy as np
import pytest
import sharpest

METHODS = ["fork", "spawn", "forkserver"]

#: A watchdog, not a measure.
WATCHDOG = 60


def python(code, *objects):
    """A process that knows nothing but what it is handed, as ``x``, and that says when it is ready."""
    head = "import pickle, sys, time, os; import sharpest; x = pickle.loads(bytes.fromhex(sys.argv[1]))\n"
    process = subprocess.Popen(
        [sys.executable, "-c", head + code, pickle.dumps(objects).hex()],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "ready\n"
    return process


def kill(process):
    process.kill()
    rest(process)


def rest(process):
    """What it still printed, at its end."""
    with process:
        return process.stdout.read()


HOLD = "x[0].acquire(); print('ready', flush=True); time.sleep(1000)"
WAIT = "print('ready', flush=True); x[0].acquire(); time.sleep(1000)"


@pytest.mark.parametrize("kind", [sharpest.Lock, sharpest.RLock])
def test_a_killed_holder_is_told_to_the_next(kind):
    lock = kind()
    holder = python(HOLD, lock)
    assert lock.holder == holder.pid and not lock.acquire(block=False)
    told = []
    next_one = threading.Thread(target=lambda: told.append(pytest.raises(sharpest.OwnerDied, lock.acquire)))
    next_one.start()
    kill(holder)
    next_one.join(WATCHDOG)
    assert f"process {holder.pid}, which held this lock, died" in str(told[0].value)
    assert not lock.locked(), "who is told does not hold it"


def test_it_is_told_until_it_was_seen_to():
    lock = sharpest.Lock()
    kill(python(HOLD, lock))
    for _ in range(2):
        with pytest.raises(sharpest.OwnerDied), lock:
            raise AssertionError("what it guards may be half done")
    with pytest.raises(ZeroDivisionError), lock.recover() as died:
        assert died
        1 / 0  # noqa: B018
    with pytest.raises(sharpest.OwnerDied):
        lock.acquire()
    with lock.recover() as died:
        assert died
    with lock, pytest.raises(RuntimeError, match="would wait for itself"):
        lock.acquire()
    with lock.recover() as died:
        assert not died


def test_waiters_that_are_killed_leave_the_lock_to_others():
    lock = sharpest.Lock()
    with lock:
        waiters = [python(WAIT, lock) for _ in range(2)]
        for waiter in waiters:
            kill(waiter)
    with lock:
        pass


def test_a_fork_inside_the_holder_does_not_hold():
    lock = sharpest.RLock()
    with lock:
        pid = os.fork()
        if pid == 0:
            right = lock.depth == 0 and not lock.acquire(block=False)
            try:
                lock.release()
            except RuntimeError:
                os._exit(0 if right else 1)
            os._exit(2)
        assert os.waitpid(pid, 0)[1] == 0
        assert lock.depth == 1
    assert not lock.locked()


def test_only_the_holder_lets_go():
    lock = sharpest.Lock()
    with pytest.raises(ValueError, match="this thread does not hold the lock"):
        lock.release()
    with lock, futures.ThreadPoolExecutor() as pool:
        with pytest.raises(RuntimeError, match=f"process {os.getpid()} does"):
            pool.submit(lock.release).result()
        assert pool.submit(lock.acquire, timeout=0.01).result() is False


def test_the_cost_of_waiting_is_counted():
    lock = sharpest.Lock()
    assert lock.stats() == sharpest.LockStats(0, 0, 0.0)
    holder = python("with x[0]:\n print('ready', flush=True)\n time.sleep(0.2)", lock)
    with lock:
        stats = lock.stats()
    assert stats.acquired == 2 and stats.contended == 1 and stats.waited > 0
    rest(holder)


INTERRUPTED = {
    "lock": (lambda: sharpest.Lock(), "x[0].acquire()", True),
    "semaphore": (lambda: sharpest.Semaphore(0), "x[0].acquire()", False),
    "event": (lambda: sharpest.Event(), "x[0].wait()", False),
    "condition": (lambda: sharpest.Condition(), "with x[0]: x[0].wait()", False),
    "barrier": (lambda: sharpest.Barrier(2), "x[0].wait()", False),
}


@pytest.mark.parametrize("what", INTERRUPTED)
def test_waiting_ends_with_ctrl_c(what):
    make, wait, held = INTERRUPTED[what]
    thing = make()
    if held:
        thing.acquire()
    code = f"""
try:
    print('ready', flush=True)
    {wait}
except KeyboardInterrupt:
    print('interrupted')
"""
    waiter = python(code, thing)
    time.sleep(0.1)  # most likely it waits by now
    waiter.send_signal(signal.SIGINT)
    assert rest(waiter) == "interrupted\n"
    if held:
        thing.release()


@pytest.mark.parametrize("what", INTERRUPTED)
def test_other_threads_run_while_one_waits(what):
    make, wait, held = INTERRUPTED[what]
    x = [make()]
    if held:
        x[0].acquire()
    timed = wait.replace("()", "(timeout=0.2)")

    def waiting():
        with contextlib.suppress(threading.BrokenBarrierError):
            exec(timed, {"x": x})

    thread = threading.Thread(target=waiting)
    thread.start()
    turns = 0
    while thread.is_alive():
        turns += 1
        time.sleep(0.001)
    assert turns > 2
    if held:
        x[0].release()


def work(things, rounds):
    array, value, semaphore, barrier, event = things
    barrier.wait(WATCHDOG)
    for _ in range(rounds):
        with array.lock:
            array[:] += 1
        with value.lock:
            value.value += 1
        with semaphore:
            pass
    assert event.wait(WATCHDOG)


def all_things(workers):
    array = sharpest.Array("q", (3, 2))
    value = sharpest.Value(float)
    return array, value, sharpest.BoundedSemaphore(2), sharpest.Barrier(workers, timeout=WATCHDOG), sharpest.Event()


def check(things, total):
    array, value, semaphore, barrier, _ = things
    assert (array.array == total).all() and value.value == total
    assert semaphore.get_value() == 2 and barrier.n_waiting == 0 and not barrier.broken
    with pytest.raises(ValueError, match="released more often than acquired"):
        semaphore.release()


@pytest.mark.parametrize("method", METHODS)
class TestPools:
    def test_processes(self, method):
        things = all_things(3)
        workers = [mp.get_context(method).Process(target=work, args=(things, 100)) for _ in range(3)]
        for worker in workers:
            worker.start()
        things[-1].set()
        for worker in workers:
            worker.join(WATCHDOG)
            assert worker.exitcode == 0
        check(things, 300)

    def test_executor(self, method):
        things = all_things(2)
        things[-1].set()
        with futures.ProcessPoolExecutor(2, mp_context=mp.get_context(method)) as pool:
            for done in [pool.submit(work, things, 100) for _ in range(2)]:
                done.result(WATCHDOG)
        check(things, 200)

    def test_pool(self, method):
        things = all_things(2)
        things[-1].set()
        with mp.get_context(method).Pool(2) as pool:
            for done in [pool.apply_async(work, (things, 100)) for _ in range(2)]:
                done.get(WATCHDOG)
        check(things, 200)


def test_joblib():
    things = all_things(2)
    things[-1].set()
    joblib.Parallel(n_jobs=2)(joblib.delayed(work)(things, 100) for _ in range(2))
    check(things, 200)


def test_tokens_are_small_and_open_the_same():
    for thing in (sharpest.Lock(), sharpest.Condition(), sharpest.Array("d", 10**6), sharpest.Value("d")):
        token = pickle.dumps(thing)
        assert len(token) < 500
        assert repr(pickle.loads(token)) == repr(thing)
    lock = sharpest.Lock()
    same = pickle.loads(pickle.dumps(lock))
    assert same == lock and hash(same) == hash(lock) and lock != sharpest.Lock()
    with same:
        assert lock.depth == 1


def test_thousands_of_locks_need_few_descriptors():
    before = len(os.listdir("/proc/self/fd"))
    locks = [sharpest.Value("i", number) for number in range(3000)]
    assert len(os.listdir("/proc/self/fd")) - before < 20
    assert sum(value.value for value in locks) == 3000 * 2999 // 2


def test_a_barrier_breaks_by_its_timeout_and_is_reset():
    barrier = sharpest.Barrier(2)
    with pytest.raises(threading.BrokenBarrierError):
        barrier.wait(timeout=0.01)
    assert barrier.broken
    other = python("print('ready', flush=True)\nprint(x[0].broken)", barrier)
    assert rest(other) == "True\n"
    barrier.reset()
    assert not barrier.broken


def test_a_barrier_breaks_when_its_action_is_killed():
    barrier = sharpest.Barrier(2)
    code = "b = x[0]; b._action = lambda: (print('ready', flush=True), time.sleep(1000)); b.wait()"
    ended = []

    def first():
        ended.append(pytest.raises(threading.BrokenBarrierError, barrier.wait, WATCHDOG))

    thread = threading.Thread(target=first)
    thread.start()
    while not barrier.n_waiting:
        time.sleep(0.001)
    kill(python(code, barrier))
    thread.join(WATCHDOG)
    assert ended and barrier.broken


def test_an_abort_waits_for_an_action_without_stopping_it():
    barrier = sharpest.Barrier(1)
    aborted = threading.Thread(target=barrier.abort)

    def action():
        aborted.start()
        time.sleep(0.05)  # the interpreter goes to the other thread, and must come back

    barrier._action = action
    assert barrier.wait() == 0
    aborted.join(WATCHDOG)
    assert barrier.broken


def test_a_condition_needs_a_lock_of_ours():
    with pytest.raises(TypeError, match=r"needs a sharpest\.Lock"):
        sharpest.Condition(mp.Lock())
    with pytest.raises(RuntimeError, match="does not hold the lock"):
        sharpest.Condition().wait()
    with pytest.raises(RuntimeError, match="does not hold the lock"):
        sharpest.Condition().notify()


def test_an_action_that_fails_breaks_the_barrier():
    with pytest.raises(ZeroDivisionError):
        sharpest.Barrier(1, action=lambda: 1 / 0).wait()


def test_a_notification_passes_over_who_was_killed():
    condition = sharpest.Condition()
    code = "with x[0]:\n print('ready', flush=True)\n print(x[0].wait(60))"
    listeners = [python(code, condition) for _ in range(2)]
    with condition:
        pass  # both wait
    kill(listeners[0])
    with condition:
        condition.notify()
    assert rest(listeners[1]) == "True\n"


def test_a_condition_has_the_lock_again_even_after_a_death():
    condition = sharpest.Condition()
    code = "x[0].acquire(); x[0].notify(); print('ready', flush=True); time.sleep(1000)"
    condition.acquire()
    killer = threading.Thread(target=lambda: kill(python(code, condition)))
    killer.start()
    with pytest.raises(sharpest.OwnerDied):
        condition.wait(WATCHDOG)
    assert condition._lock.depth == 1
    condition.release()
    killer.join()
