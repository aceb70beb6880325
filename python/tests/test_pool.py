"""The pool as an executor: what is called is called, what is returned comes back, whatever happens to workers."""

import concurrent.futures
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import BrokenExecutor, as_completed, wait

import crowd
import numpy as np
import pytest
import sharpest
from sharpest.pool import DeadlineExceeded, PoolBroken, RemoteTraceback, TaskUnreadable, WorkerDied


@pytest.fixture(scope="module")
def pool():
    with sharpest.Pool(2) as pool:
        yield pool


def test_it_is_an_executor(pool):
    assert isinstance(pool, concurrent.futures.Executor)
    assert pool.submit(crowd.add, 1, y=2).result() == 3
    assert list(pool.map(crowd.add, range(3), range(3))) == [0, 2, 4]


@pytest.mark.parametrize("options", [{}, {"chunksize": 7}, {"chunksize": None}, {"buffersize": 3},
                                     {"buffersize": 2, "chunksize": 5}])
def test_map_keeps_the_order(pool, options):
    assert list(pool.map(crowd.double, range(50), **options)) == [2 * number for number in range(50)]


def test_results_as_they_are_done(pool, tmp_path):
    slow, quick = pool.submit(crowd.wait_for, tmp_path / "go"), pool.submit(crowd.double, 4)
    assert next(as_completed([slow, quick])) is quick
    (tmp_path / "go").touch()
    assert wait([slow, quick]).not_done == set()
    assert sorted(pool.map(crowd.double, range(20), ordered=False)) == [2 * number for number in range(20)]


def test_an_endless_iterable_is_mapped_with_a_buffer(pool):
    import itertools

    results = pool.map(crowd.double, itertools.count(), buffersize=4)
    assert [next(results) for _ in range(10)] == [2 * number for number in range(10)]
    results.close()


def test_map_stops_in_time(pool, tmp_path):
    results = pool.map(crowd.wait_for, [tmp_path / "never"], timeout=0.1)
    with pytest.raises(TimeoutError):
        next(results)
    (tmp_path / "never").touch()


def test_an_exception_arrives_with_the_traceback_of_the_worker(pool):
    with pytest.raises(ValueError, match="oh no") as caught:
        pool.submit(crowd.fail, "oh no").result()
    assert isinstance(caught.value.__cause__, RemoteTraceback)
    assert "# the line that went wrong" in str(caught.value.__cause__)


def test_tasks_that_were_not_begun_are_taken_back(tmp_path):
    with sharpest.Pool(1) as pool:
        running = pool.submit(crowd.wait_for, tmp_path / "go")
        waiting = pool.submit(crowd.double, 1)
        while not running.running():
            time.sleep(0.001)
        assert not running.cancel()
        assert waiting.cancel() and waiting.cancelled()
        (tmp_path / "go").touch()
        assert running.result() is True


def test_callbacks_run_where_nobody_waits(pool):
    done = []
    pool.submit(crowd.double, 21).add_done_callback(lambda future: done.append(future.result()))
    for _ in range(2000):
        if done:
            break
        time.sleep(0.005)
    assert done == [42]


def test_a_callback_may_wait_for_another_task(pool):
    done = []
    first = pool.submit(crowd.double, 1)
    first.add_done_callback(lambda _: done.append(pool.submit(crowd.double, 5).result()))
    assert first.result() == 2
    wait([pool.submit(crowd.nothing)])
    for _ in range(2000):
        if done:
            break
        time.sleep(0.005)
    assert done == [10]


def test_threads_that_wait_get_their_own(pool):
    with concurrent.futures.ThreadPoolExecutor(8) as threads:
        answers = threads.map(lambda number: pool.submit(crowd.double, number).result(), range(400))
        assert list(answers) == [2 * number for number in range(400)]


def test_the_death_of_a_worker_is_named_and_the_pool_goes_on(pool):
    with pytest.raises(WorkerDied, match="was killed by SIGKILL .* while it ran task") as caught:
        pool.submit(crowd.kill_itself).result()
    assert caught.value.signal == signal.SIGKILL and caught.value.status is None and caught.value.pid
    assert isinstance(caught.value, BrokenExecutor)
    with pytest.raises(WorkerDied, match="exited with status 3") as caught:
        pool.submit(crowd.leave, 3).result()
    assert caught.value.status == 3
    assert pool.submit(crowd.double, 2).result() == 4


def test_a_task_whose_worker_died_is_tried_again(tmp_path):
    with sharpest.Pool(2, retries=1) as pool:
        assert pool.submit(crowd.die_once, str(tmp_path / "died")).result() == "survived"
        assert pool.ledger.tried_again == 1
        with pytest.raises(WorkerDied, match="it was tried 2 times") as caught:
            pool.submit(crowd.kill_itself).result()
        assert caught.value.tried == 2


def test_every_result_is_right_though_workers_are_killed():
    with sharpest.Pool(3, retries=50) as pool:
        assert list(pool.map(crowd.die_now_and_then, range(10_000))) == [number**2 for number in range(10_000)]
        assert pool.ledger.deaths > 3


def test_a_task_that_takes_too_long_is_ended():
    with sharpest.Pool(1, deadline=0.2) as pool:
        with pytest.raises(DeadlineExceeded, match=r"longer than 0\.2 s"):
            pool.submit(time.sleep, 60).result()
        assert pool.submit(crowd.double, 3).result() == 6


def test_an_initializer_runs_in_every_worker():
    with sharpest.Pool(2, initializer=crowd.begin, initargs=({"a": np.arange(50_000)},)) as pool:
        assert all(state["a"].sum() == np.arange(50_000).sum() for state in [pool.submit(crowd.state).result()] * 4)


def test_an_initializer_that_fails_breaks_the_pool(capfd):
    with sharpest.Pool(2, initializer=crowd.refuse) as pool:
        future = pool.submit(crowd.double, 1)
        with pytest.raises(PoolBroken, match="no worker wants to begin"):
            future.result()
        with pytest.raises(BrokenExecutor):
            pool.submit(crowd.double, 1)


def test_a_task_may_wait_for_one_that_was_submitted_later(tmp_path):
    with sharpest.Pool(2) as pool:
        assert len(list(pool.map(crowd.double, range(50)))) == 50  # brief: what comes next may stand behind another
        waiting = pool.submit(crowd.wait_for_file, tmp_path / "there")
        other = pool.submit(time.sleep, 0.1)
        later = [pool.submit(crowd.double, number) for number in range(12)]
        pool.submit((tmp_path / "there").touch)
        assert waiting.result(timeout=20) == "it is there"
        assert other.result() is None and [one.result() for one in later] == [2 * number for number in range(12)]


def test_a_bar_counts_the_results_that_were_taken(monkeypatch, capfd):
    pytest.importorskip("tqdm")
    monkeypatch.setattr("sharpest._progress.interactive", lambda: True)
    with sharpest.Pool(1) as pool:
        assert list(pool.map(crowd.double, range(4), progress=True)) == [0, 2, 4, 6]
        assert "1/4 " in capfd.readouterr().err
        assert list(pool.map(crowd.double, range(4))) == [0, 2, 4, 6]
        assert capfd.readouterr().err == ""


def test_a_worker_that_refuses_ends_as_it_wants_to(tmp_path):
    with sharpest.Pool(1, initializer=crowd.refuse_with_last_words, initargs=(tmp_path / "words",)) as pool:
        with pytest.raises(BrokenExecutor):
            pool.submit(crowd.double, 1).result()
    assert (tmp_path / "words").read_text() == "last words"


def test_workers_are_replaced_after_so_many_tasks():
    with sharpest.Pool(1, max_tasks_per_child=3) as pool:
        processes = [pool.submit(crowd.process).result() for _ in range(9)]
    assert [len(set(processes[at : at + 3])) for at in (0, 3, 6)] == [1, 1, 1]
    assert len(set(processes)) == 3


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_workers_of_multiprocessing(method):
    import multiprocessing

    with sharpest.Pool(2, mp_context=multiprocessing.get_context(method)) as pool:
        assert pool.submit(crowd.total, np.ones(100_000)).result() == 100_000
        with pytest.raises(WorkerDied, match="SIGTERM") as caught:
            pool.submit(crowd.kill_itself, signal.SIGTERM).result()
        assert caught.value.signal == signal.SIGTERM
        assert pool.submit(crowd.double, 2).result() == 4


@pytest.mark.parametrize("preload", [(), ("numpy.random",)])
def test_workers_do_not_draw_the_same_numbers(preload):
    with sharpest.Pool(4, preload=preload) as pool:
        drawn = set(pool.map(crowd.random_numbers, range(12)))
    by_process = {}
    for process, ours, theirs in drawn:
        by_process.setdefault(process, []).append((ours, theirs))
    assert len(by_process) > 1, "one worker did everything"
    assert len({ours for _, ours, _ in drawn}) == len(drawn) == len({theirs for *_, theirs in drawn})


def test_blas_is_held_to_the_cores_of_a_worker():
    pytest.importorskip("threadpoolctl")
    with sharpest.Pool(2, blas_threads=1) as one, sharpest.Pool(1, blas_threads=2) as two:
        assert set(one.submit(crowd.blas_threads).result()) <= {1}
        assert set(two.submit(crowd.blas_threads).result()) <= {2}
        assert one.ledger.blas_threads == 1 and two.ledger.blas_threads == 2
    cores = len(os.sched_getaffinity(0))
    assert sharpest.Pool(cores)._blas_threads == 1


def test_a_worker_is_tied_to_a_core():
    with sharpest.Pool(2, pin=True) as pool:
        assert pool.submit(crowd.cores).result() == 1


def test_what_is_wrong_is_refused():
    with pytest.raises(ValueError, match="max_workers must be greater than 0"):
        sharpest.Pool(0)
    with pytest.raises(TypeError, match="initializer must be a callable"):
        sharpest.Pool(1, initializer=3)
    with pytest.raises(ValueError, match="backend must be"):
        sharpest.Pool(1, backend="fibers")
    with pytest.raises(ValueError, match="pin is for processes"):
        sharpest.Pool(1, backend="threads", pin=True)


def test_after_shutdown_nothing_is_taken():
    pool = sharpest.Pool(1)
    future = pool.submit(crowd.double, 4)
    pool.shutdown()
    assert future.result() == 8
    with pytest.raises(RuntimeError, match="cannot schedule new futures after shutdown"):
        pool.submit(crowd.double, 1)


def test_shutdown_cancels_what_was_not_begun(tmp_path):
    pool = sharpest.Pool(1)
    running = pool.submit(crowd.wait_for, tmp_path / "go")
    others = [pool.submit(crowd.double, number) for number in range(5)]
    while not running.running():
        time.sleep(0.001)
    pool.shutdown(wait=False, cancel_futures=True)
    (tmp_path / "go").touch()
    assert running.result() is True
    wait(others)
    assert all(future.cancelled() for future in others)


def test_a_forgotten_pool_ends_its_workers():
    pool = sharpest.Pool(2)
    process = pool.submit(crowd.process).result()
    del pool
    for _ in range(2000):
        if not os.path.exists(f"/proc/{process}"):
            return
        time.sleep(0.01)
    pytest.fail("a worker outlives its pool")


def test_a_forked_child_has_no_part_in_it(pool):
    child = os.fork()
    if child == 0:
        try:
            pool.submit(crowd.double, 1)
        except RuntimeError as error:
            os._exit(0 if "belongs to process" in str(error) else 2)
        os._exit(1)
    assert os.waitpid(child, 0)[1] == 0
    assert pool.submit(crowd.double, 1).result() == 2


def test_what_was_submitted_is_given_when_the_pool_is_closed():
    with sharpest.Pool(2) as pool:
        results = pool.map(crowd.double, [1, 2], buffersize=2)
    assert list(results) == [2, 4]
    assert list(pool.map(crowd.double, [])) == []


def test_threads_have_the_same_interface():
    with sharpest.Pool(2, backend="threads") as pool:
        for way in ({"chunksize": 2}, {}, {"buffersize": 3}, {"chunksize": None}):
            assert list(pool.map(crowd.double, range(9), **way)) == [2 * number for number in range(9)]
        assert pool.submit(os.getpid).result() == os.getpid()
        assert "double" in str(pool.ledger) or "run_all" in str(pool.ledger)


def run(script, *arguments, check=True):
    command = [sys.executable, "-P", script, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=check)


def test_functions_of_a_script(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        "import sharpest\n"
        "print('loaded', __name__)\n"
        "def triple(x):\n    return 3 * x\n"
        "if __name__ == '__main__':\n"
        "    with sharpest.Pool(2) as pool:\n"
        "        print(list(pool.map(triple, range(4))))\n"
    )
    told = run(script).stdout.splitlines()
    assert told[-1] == "[0, 3, 6, 9]"
    assert sorted(told[:-1]) == ["loaded __main__", "loaded __mp_main__"], "the nursery loads it once, not each worker"


def test_the_next_pool_finds_the_nursery_of_the_last(monkeypatch):
    def parent():
        with sharpest.Pool(1) as pool:
            return pool.submit(os.getppid).result()

    first = parent()
    assert parent() == first
    monkeypatch.setenv("SOMETHING", "else")
    assert parent() != first, "what it has loaded may have asked for it"


def test_a_worker_loads_nothing_by_itself(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        "import sharpest, sys\n"
        "def loaded():\n    return [*sys.modules]\n"
        "if __name__ == '__main__':\n"
        "    with sharpest.Pool(1) as pool:\n"
        "        print(*pool.submit(loaded).result())\n"
    )
    loaded = run(script).stdout.split()
    assert "sharpest.pool.worker" in loaded
    assert not {"numpy.random", "hashlib"} & {*loaded}, "each worker would wait for it, one by one"


def test_a_script_without_a_guard_is_told(tmp_path):
    script = tmp_path / "script.py"
    script.write_text("import sharpest\nwith sharpest.Pool(2) as pool:\n    print(pool.submit(abs, -1).result())\n")
    ended = run(script, check=False)
    assert ended.returncode == 1
    assert 'if __name__ == "__main__":' in ended.stderr


def test_a_pool_that_is_open_when_the_program_ends(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        "import sharpest, crowd\n"
        "if __name__ == '__main__':\n"
        "    pool = sharpest.Pool(2)\n"
        "    pool.submit(print, 'apple', flush=True)\n"
    )
    command = [sys.executable, str(script)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True,
                           env=os.environ | {"PYTHONPATH": os.path.dirname(crowd.__file__)})
    assert (ended.stdout, ended.stderr) == ("apple\n", "")


def test_ctrl_c_leaves_nobody(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        "import sharpest, time\n"
        "if __name__ == '__main__':\n"
        "    with sharpest.Pool(2) as pool:\n"
        "        while len(pool.workers) < 2: time.sleep(0.001)\n"
        "        futures = [pool.submit(time.sleep, 60) for _ in range(4)]\n"
        "        print(*pool.workers, flush=True)\n"
        "        futures[0].result()\n"
    )
    program = subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                               start_new_session=True)
    workers = [int(word) for word in program.stdout.readline().split()]
    assert len(workers) == 2
    os.killpg(program.pid, signal.SIGINT)  # as a terminal does
    _, told = program.communicate(timeout=60)
    assert program.returncode == -signal.SIGINT
    assert told.count("Traceback") == 1, told
    assert not any(os.path.exists(f"/proc/{worker}") for worker in workers)


def test_a_killed_parent_takes_its_workers_along(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        "import sharpest, time\n"
        "if __name__ == '__main__':\n"
        "    pool = sharpest.Pool(2)\n"
        "    while len(pool.workers) < 2: time.sleep(0.001)\n"
        "    pool.submit(time.sleep, 600)\n"
        "    print(*pool.workers, pool._nursery._process.pid, flush=True)\n"
        "    time.sleep(600)\n"
    )
    program = subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True)
    others = [int(word) for word in program.stdout.readline().split()]
    program.kill()
    program.communicate()
    for _ in range(1000):
        if not any(os.path.exists(f"/proc/{process}") for process in others):
            break
        time.sleep(0.01)
    assert len(others) == 3 and not any(os.path.exists(f"/proc/{process}") for process in others)


def test_a_task_that_cannot_be_read_says_so(pool):
    with pytest.raises(TaskUnreadable, match="not to be read"):
        pool.submit(crowd.same, crowd.Picky()).result()
    assert pool.submit(crowd.double, 1).result() == 2
