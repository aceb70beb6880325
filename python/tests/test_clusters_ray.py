"""Ray, through ``sharpest.RayExecutor``: two workers on this machine, one of which is killed."""

import os
import time
from concurrent.futures import CancelledError

import pytest
import sharpest
from clusters import LONGER, QUESTION, answer, kill_when_begun, reference

ray = pytest.importorskip("ray")
pytestmark = pytest.mark.filterwarnings("ignore")  # Ray's own


@pytest.fixture(scope="module")
def executor(tmp_path_factory):
    here = os.getcwd()
    os.chdir(tmp_path_factory.mktemp("ray"))  # its workers take what lies in this folder for what is installed
    ray.init(num_cpus=2, include_dashboard=False, logging_level="ERROR", log_to_driver=False)
    with sharpest.RayExecutor() as executor:
        yield executor
    ray.shutdown()
    os.chdir(here)


def test_it_is_an_executor(executor):
    assert executor.submit(divmod, 7, 2).result() == (3, 1)
    assert list(executor.map(abs, [-1, 2])) == [1, 2]
    with pytest.raises(ZeroDivisionError):
        executor.submit(divmod, 7, 0).result()
    sleeps = [executor.submit(time.sleep, 2) for _ in range(3)]
    assert all(future.cancel() for future in sleeps)
    with pytest.raises(CancelledError):
        sleeps[0].result()
    assert executor.num_workers == 2
    closed = sharpest.RayExecutor(num_cpus=2)
    assert closed.num_workers == 1
    closed.shutdown()
    with pytest.raises(RuntimeError):
        closed.submit(abs, -1)


def test_it_gives_the_bits_of_threads(executor):
    result = sharpest.search(**QUESTION, executor=executor)
    assert answer(result) == reference()
    assert result.workers == {"kind": "executor", "count": 2}


def test_the_tasks_of_a_killed_worker_are_done_again(executor, tmp_path):
    def pids():
        return [executor.submit(os.getpid).result()]

    killed = kill_when_begun(tmp_path / "run", pids)
    result = sharpest.search(**LONGER, executor=executor, checkpoint=tmp_path / "run")
    assert len(killed) == 1
    assert answer(result) == reference(LONGER["draws"])
