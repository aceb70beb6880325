"""Searches on executors: whoever works, and whatever happens to them, the bits are those of threads."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context

import pytest
import sharpest
from clusters import LONGER, QUESTION, answer, done, kill_when_begun, reference

SMALL = {"pick": 18, "cap": 0.2, "draws": 50}


@pytest.fixture(scope="module")
def processes():
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        yield pool


class Meddler(Executor):
    """Lets ``meddle`` see, and change, each task on its way to a pool."""

    def __init__(self, pool, meddle):
        self.pool, self.meddle, self._max_workers = pool, meddle, 2

    def submit(self, fn, /, task):
        return self.pool.submit(fn, self.meddle(task))


def test_processes_and_threads_of_a_pool_give_the_bits_of_threads(processes, tmp_path):
    lines = {}
    sharpest.search(**QUESTION, csv=tmp_path / "threads.csv")
    with ThreadPoolExecutor(3) as threads:
        for name, executor, workers in [("processes", processes, 2), ("pool", threads, 3)]:
            result = sharpest.search(
                **QUESTION, executor=executor, csv=tmp_path / f"{name}.csv", checkpoint=tmp_path / "run"
            )
            assert answer(result) == reference(), name
            assert result.workers == {"kind": "executor", "count": workers}
            lines[name] = (tmp_path / f"{name}.csv").read_bytes()
    assert f"an executor of {workers} workers" in " ".join(str(result).split())
    assert set(lines.values()) == {(tmp_path / "threads.csv").read_bytes()}
    assert not (tmp_path / "run").exists()


def test_the_question_travels_once_a_worker_and_tasks_are_ranges(processes):
    sizes = []

    def note(task):
        sizes.append(len(task))
        return task

    result = sharpest.search(**QUESTION | {"seed": 6}, executor=Meddler(processes, note))
    assert result.status == "complete"
    least = min(sizes)
    assert least < 80
    assert 1 <= sum(size > least for size in sizes) <= 2 + 4, "each of two workers, and whatever was out meanwhile"
    assert len(sizes) < 200, "tasks have more than one of the 270 blocks"


def test_a_worker_that_was_not_told_the_question_asks_for_it(processes):
    sent = []

    def strip(task):
        sent.append(task)
        return task[: task.index(b"\n") + 33] if len(sent) <= 2 else task

    result = sharpest.search(**SMALL | {"seed": 7}, executor=Meddler(processes, strip))
    assert answer(result) == answer(sharpest.search(**SMALL | {"seed": 7}))
    assert sum(len(task) > 100 for task in sent) >= 3


def test_another_version_on_a_node_is_said(processes):
    ours = f"version {sharpest.__version__}\n".encode()

    def old(task):
        return task.replace(ours, b"version 0.0.1\n")

    sentence = f"a worker has version {sharpest.__version__} of sharpest and this is"
    with pytest.raises(sharpest.ExecutorError, match=sentence):
        sharpest.search(**SMALL, executor=Meddler(processes, old))


def test_a_damaged_task_is_said(processes):
    def flip(task):
        return task[:-1] + bytes([task[-1] ^ 1]) if len(task) > 100 else task

    with pytest.raises(sharpest.ExecutorError, match=r"the executor failed: not a task of sharpest; with checkpoint="):
        sharpest.search(**SMALL, executor=Meddler(processes, lambda task: task[5:]))
    with pytest.raises(sharpest.ExecutorError, match=r"the question was damaged on its way"):
        sharpest.search(**SMALL | {"seed": 99}, executor=Meddler(processes, flip))


def test_a_killed_process_ends_it_with_the_checkpoint_that_the_same_call_goes_on_from(tmp_path):
    checkpoint, csv = tmp_path / "run", tmp_path / "lines.csv"
    call = LONGER | {"csv": csv, "checkpoint": checkpoint}
    with ProcessPoolExecutor(2) as pool:
        kill_when_begun(checkpoint, lambda: list(pool._processes))
        with pytest.raises(sharpest.ExecutorError) as caught:
            sharpest.search(**call, executor=pool)
    cause = caught.value.__cause__
    assert isinstance(cause, BrokenProcessPool)
    # The pool has one sentence for tasks that were out, and another for one that comes when it has just broken.
    assert str(cause).startswith(("A process in the process pool was terminated", "A child process terminated abruptly"))
    assert str(caught.value) == (
        f"the executor failed: BrokenProcessPool: {str(cause).rstrip('.')};"
        f" {checkpoint} holds what was done, and the same call goes on from there"
    )
    before = done(checkpoint)
    assert before > 0
    with ProcessPoolExecutor(2) as pool:
        result = sharpest.search(**call, executor=pool)
    assert answer(result) == reference(LONGER["draws"])
    sharpest.search(**LONGER, csv=tmp_path / "threads.csv")
    assert csv.read_bytes() == (tmp_path / "threads.csv").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["lines.csv", "threads.csv"]


class Breaking(Executor):
    """Breaks while it has one task, and then refuses another."""

    _max_workers = 2

    def __init__(self):
        self.out = []

    def submit(self, fn, /, task):
        if self.out:
            self.out[0].set_exception(RuntimeError("what broke it"))
            raise RuntimeError("broken already")
        self.out.append(Future())
        return self.out[0]


def test_what_broke_an_executor_first_is_said_and_is_the_cause():
    with pytest.raises(sharpest.ExecutorError, match="the executor failed: RuntimeError: what broke it;") as caught:
        sharpest.search(**SMALL, executor=Breaking())
    assert str(caught.value.__cause__) == "what broke it"


def test_ctrl_c_stops_with_the_best_so_far(tmp_path):
    # As a terminal does, everybody in the group hears it, workers too.
    program = """
        import sharpest
        from concurrent.futures import ProcessPoolExecutor

        if __name__ == "__main__":
            with ProcessPoolExecutor(2) as pool:
                result = sharpest.search(pick=10, cap=0.2, draws=20000, executor=pool, checkpoint="run")
            print(result.status, result.subsets > 0, result.subsets < 184756)
        """
    (tmp_path / "program.py").write_text(textwrap.dedent(program))
    child = subprocess.Popen(
        [sys.executable, "program.py"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    while done(tmp_path / "run") == 0:
        time.sleep(0.02)
    os.killpg(child.pid, signal.SIGINT)
    out, err = child.communicate(timeout=120)
    assert out == "incomplete True True\n", err
    assert done(tmp_path / "run") > 0


def test_what_is_no_executor_or_closed_is_said():
    client = type("Client", (), {"submit": print, "get_executor": print})()
    with pytest.raises(TypeError, match=r"a client of Dask, no Executor: give client.get_executor\(\)"):
        sharpest.search(**SMALL, executor=client)
    with pytest.raises(TypeError, match="executor is of type int; give an Executor, such as"):
        sharpest.search(**SMALL, executor=3)
    with pytest.raises(ValueError, match="an executor has workers of its own"):
        sharpest.search(**SMALL, executor=ThreadPoolExecutor(1), workers="processes")
    with pytest.raises(ValueError, match="0 tasks at the same time are none"):
        sharpest.search(**SMALL, executor=ThreadPoolExecutor(1), jobs=0)
    closed = ThreadPoolExecutor(1)
    closed.shutdown()
    with pytest.raises(sharpest.ExecutorError, match="cannot schedule new futures after shutdown; with") as caught:
        sharpest.search(**SMALL, executor=closed)
    assert isinstance(caught.value.__cause__, RuntimeError)
    with pytest.raises(sharpest.InfeasibleError):
        sharpest.search(pick=4, cap=0.2, executor=closed)


def test_dask_does_the_tasks_of_a_killed_worker_again(tmp_path):
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(2, threads_per_worker=1, dashboard_address=None, silence_logs=50) as cluster,
        cluster.get_client() as client,
    ):
        executor = client.get_executor()
        result = sharpest.search(**QUESTION, executor=executor)
        assert answer(result) == reference()
        assert result.workers["count"] == 2

        def pids():
            return list(client.run(os.getpid).values())

        killed = kill_when_begun(tmp_path / "run", pids)
        result = sharpest.search(**LONGER, executor=executor, checkpoint=tmp_path / "run")
        assert len(killed) == 1
        assert answer(result) == reference(LONGER["draws"])
