"""What may happen to a pool and its tasks at a bad moment: forks, Ctrl-C, callbacks and destructors that misbehave."""

import multiprocessing as mp
import os
import queue
import signal
import subprocess
import sys
import time

import crowd
import numpy as np
import pytest
import sharpest
from sharpest.compat.pool import Pool as CompatPool

COUNT = 100_000


def test_a_forked_child_takes_no_task_back():
    with sharpest.Pool(1) as pool:
        pool.submit(time.sleep, 0.5)
        waiting = pool.submit(crowd.span, np.ones(COUNT))
        if (child := os.fork()) == 0:
            waiting.cancel()
            sharpest.empty(COUNT).array[:] = 9.0  # would be the segment of the task
            os._exit(0)
        os.waitpid(child, 0)
        assert waiting.result() == (1.0, 1.0)


def test_a_child_of_a_task_keeps_what_the_task_was_given(tmp_path):
    with sharpest.Pool(1) as pool:
        pool.submit(crowd.fork_a_reader, np.ones(COUNT), tmp_path / "seen").result()
        pool.submit(crowd.total, np.full(COUNT, 9.0)).result()
        (tmp_path / "go").touch()
        assert _read(tmp_path / "seen") == "1.0 1.0"


def test_a_forked_child_is_not_held_up_by_a_pool():
    with sharpest.Pool(2) as pool:
        for _ in range(20):
            futures = [pool.submit(crowd.double, number) for number in range(50)]
            if (child := os.fork()) == 0:
                signal.alarm(20)
                works = not pool.workers and futures[-1].running() is False and not futures[-1].cancel()
                os._exit(0 if works else 1)
            assert os.waitpid(child, 0)[1] == 0
            assert [future.result() for future in futures] == [2 * number for number in range(50)]


def test_ctrl_c_loses_no_result():
    heard = 0
    with sharpest.Pool(6) as pool:
        for future in [pool.submit(time.sleep, 0.1) for _ in range(6)]:
            future.result()
        sys.setswitchinterval(5)  # other threads seldom take what comes in
        try:
            for _ in range(20):
                futures = [pool.submit(abs, -1), pool.submit(crowd.interrupt_whoever_reads), *(pool.submit(abs, -n) for n in range(4))]
                end = time.monotonic() + 0.1
                while time.monotonic() < end:
                    pass
                try:
                    futures[1].result()
                except KeyboardInterrupt:
                    heard += 1
                assert [futures[place].result(timeout=10) for place in (0, 2, 3, 4, 5)] == [1, 0, 1, 2, 3]
                assert futures[1].result(timeout=10) == "read again"
        finally:
            sys.setswitchinterval(0.005)
    assert heard > 0


def test_a_callback_that_exits_ends_nobody_else():
    with sharpest.Pool(1, retries=1) as pool:
        first = pool.submit(crowd.process_slowly, None)
        first.add_done_callback(lambda _: sys.exit(1))
        end = time.monotonic() + 10
        while not first.done() and time.monotonic() < end:
            time.sleep(0.01)
        os.kill(first.result(), signal.SIGKILL)
        assert pool.submit(abs, -2).result(timeout=20) == 2


def test_a_destructor_may_cancel():
    code = """
import sharpest, time
class Job:
    def __init__(self):
        self.future, self.me = pool.submit(abs, 1), self  # freed by the collector alone, wherever it comes in
    def __del__(self):
        self.future.cancel()
pool = sharpest.Pool(1)
pool.submit(time.sleep, 60)
for _ in range(4000):
    Job()
    future = pool.submit(abs, 2)
    future.add_done_callback(lambda _: None)
    future.cancel()
pool.kill()
print("done")
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert run.stdout == "done\n", run.stderr


def test_a_timeout_may_be_as_long_as_one_likes():
    with sharpest.Pool(1, deadline=sys.maxsize) as pool:
        assert pool.submit(abs, -1).result(timeout=sys.maxsize) == 1
    line = sharpest.Queue()
    line.put(1)
    assert line.get(timeout=sys.maxsize) == 1
    for deadline in (-1, 0, float("nan")):
        with pytest.raises(ValueError, match="deadline must be positive"):
            sharpest.Pool(1, deadline=deadline)


def test_a_signal_does_not_begin_a_timeout_anew():
    heard = []
    before = signal.signal(signal.SIGALRM, lambda *_: heard.append(1))
    with sharpest.Pool(1) as pool:
        future = pool.submit(time.sleep, 1.5)
        signal.setitimer(signal.ITIMER_REAL, 0.01, 0.01)
        begun = time.monotonic()
        try:
            with pytest.raises(TimeoutError):
                future.result(timeout=0.3)
            assert time.monotonic() - begun < 1.2 and len(heard) > 3
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)


def test_what_finds_no_room_in_a_queue_stays():
    line = sharpest.Queue(maxsize=1)
    line.put(1)
    array = sharpest.zeros(COUNT)
    with pytest.raises(queue.Full):
        line.put_nowait(array)
    assert line.get() == 1
    with pytest.raises(Exception, match="pickle"):
        line.put((array, crowd.lock_of_a_thread()))
    array.array[:] = 7.0
    line.put_nowait(array)
    assert line.get().sum() == 7.0 * COUNT


def test_a_forked_producer_has_a_thread_of_its_own():
    line = sharpest.Queue()
    for number in range(1000):  # more than the kernel holds
        line.put(number)
    child = mp.get_context("fork").Process(target=line.put, args=("from the child",))
    child.start()
    got = [line.get(timeout=20) for _ in range(1001)]
    child.join()
    assert "from the child" in got and [one for one in got if one != "from the child"] == [*range(1000)]


def test_answers_that_cannot_be_sent_are_failures_with_a_reason():
    with sharpest.Pool(1) as pool:
        worker = pool.submit(crowd.process).result()
        with pytest.raises(RuntimeError, match="300"):
            pool.submit(crowd.many_arrays, 300).result()
        with pytest.raises(RuntimeError, match="Speechless"):
            pool.submit(crowd.fail_without_words).result()
        with pytest.raises(RuntimeError, match="Two: 7: the real reason"):
            pool.submit(crowd.fail_with_two_words).result()
        assert pool.submit(crowd.process).result() == worker, "no worker died of it"


@pytest.mark.parametrize("kind", ["closed", "with a view"])
def test_shared_arguments_are_there_for_a_second_try(kind, tmp_path):
    with sharpest.Pool(1, retries=2) as pool:
        if kind == "closed":
            with sharpest.share(np.ones(4)) as array:
                future = pool.submit(crowd.total_at_the_second_try, array, tmp_path / "tried")
        else:
            array = sharpest.zeros(4)
            view = array.array
            view[:] = 1.0
            future = pool.submit(crowd.total_at_the_second_try, array, tmp_path / "tried")
        assert future.result() == 4.0


def test_replaced_workers_leave_no_descriptors():
    with CompatPool(2, maxtasksperchild=1, context=mp.get_context("fork")) as pool:
        pool.map(abs, range(30), chunksize=1)
        before = crowd.open_files()
        pool.map(abs, range(60), chunksize=1)
        assert crowd.open_files() < before + 40


def test_a_worker_that_comes_when_the_pool_is_broken_is_ended():
    for _ in range(10):
        pool = CompatPool(2, maxtasksperchild=1, context=mp.get_context("fork"))
        pool.map(abs, range(6), chunksize=1)
        pool.terminate()  # while workers are being replaced
        begun = time.monotonic()
        pool.join()
        assert time.monotonic() - begun < 20


def test_an_initializer_that_leaves_a_thread_keeps_nobody():
    begun = time.monotonic()
    with sharpest.Pool(1, initializer=crowd.refuse_with_a_thread) as pool:
        assert "no licence" in str(pool.submit(abs, 1).exception())
    assert time.monotonic() - begun < 20


def test_a_killed_program_leaves_nobody_though_its_child_lives():
    code = """
import multiprocessing as mp, sharpest, time
if __name__ == "__main__":
    pool = sharpest.Pool(2)
    pool.submit(abs, 1).result()
    child = mp.get_context("fork").Process(target=time.sleep, args=(60,))
    child.start()
    print(child.pid, pool._nursery._process.pid, *pool.workers, flush=True)
    time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as program:
        child, *others = map(int, program.stdout.readline().split())
        program.kill()
    try:
        end = time.monotonic() + 20
        while any(map(_lives, others)):
            assert time.monotonic() < end, "they live on"
            time.sleep(0.02)
    finally:
        os.kill(child, signal.SIGKILL)


def _lives(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def _read(path):
    end = time.monotonic() + 20
    while not path.exists():
        assert time.monotonic() < end, "nothing is written"
        time.sleep(0.02)
    return path.read_text()
