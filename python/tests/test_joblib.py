"""joblib, and scikit-learn through it, on the pool."""

import gc
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import crowd
import numpy as np
import pytest

joblib = pytest.importorskip("joblib")
import sharpest.joblib  # noqa: E402
from sharpest.pool import kept  # noqa: E402


@pytest.fixture(autouse=True)
def backend():
    with joblib.parallel_config("sharpest", n_jobs=2):
        yield
    sharpest.joblib.shutdown()


def workers(**options):
    """The processes that a call runs in."""
    return set(joblib.Parallel(batch_size=1, **options)(joblib.delayed(crowd.process_slowly)(None) for _ in range(12)))


def gone(processes):
    """Whether none of them is left, soon."""
    end = time.monotonic() + 10
    while any(Path(f"/proc/{process}").exists() for process in processes) and time.monotonic() < end:
        time.sleep(0.01)
    return not any(Path(f"/proc/{process}").exists() for process in processes)


def test_results_come_in_order():
    assert joblib.Parallel()(joblib.delayed(crowd.double)(number) for number in range(40)) == [2 * n for n in range(40)]


def test_it_is_other_processes():
    processes = workers()
    assert os.getpid() not in processes and len(processes) == 2


def test_the_next_call_has_the_workers_of_the_last():
    first = workers()
    assert workers() == first
    with joblib.Parallel() as parallel:
        assert set(parallel(joblib.delayed(crowd.process_slowly)(None) for _ in range(12))) == first
    sharpest.joblib.shutdown()
    assert gone(first)
    assert not workers() & first


@pytest.mark.parametrize("options", [{"n_jobs": 3}, {"retries": 1}, {"initializer": crowd.nothing}])
def test_a_call_that_asks_for_others_gets_others(options):
    first = workers()
    others = workers(**options)
    assert not others & first and gone(first)
    assert workers(**options) == others


def test_what_begins_workers_is_compared_as_it_is_sent():
    begins = {"initializer": crowd.nothing, "initargs": ([1],)}
    first = workers(**begins)
    assert workers(**begins) == first
    begins["initargs"][0].append(2)  # the same list, but not to workers that have begun
    assert not workers(**begins) & first


def test_workers_that_would_begin_otherwise_now_are_not_taken(tmp_path, monkeypatch):
    first = workers()
    monkeypatch.chdir(tmp_path)
    second = workers()
    monkeypatch.setenv("SHARPEST_TRIED", "1")
    third = workers()
    assert not first & second and not second & third and gone(first | second)


def test_nobody_is_kept_after_an_error_or_an_abort():
    first = workers()
    with pytest.raises(ValueError, match="no good"):
        joblib.Parallel()(joblib.delayed(crowd.fail)("no good") for _ in range(4))
    assert gone(first)
    assert len(workers()) == 2


def test_a_worker_that_died_meanwhile_is_replaced():
    first = workers()
    os.kill(min(first), signal.SIGKILL)
    assert gone({min(first)})
    second = workers()
    assert len(second) == 2 and min(first) not in second


def test_workers_that_nobody_wants_go(monkeypatch):
    monkeypatch.setattr(kept, "IDLE", 0.3)
    assert gone(workers())


def test_a_forked_child_leaves_the_workers_to_its_parent():
    first = workers()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            status = int(bool(workers() & first))
        finally:
            os._exit(status)
    assert os.waitpid(child, 0)[1] == 0
    assert workers() == first


def test_two_generators_at_once_have_a_pool_each():
    first, second = (joblib.Parallel(return_as="generator", batch_size=1) for _ in range(2))
    calls = [joblib.delayed(crowd.process_slowly)(None) for _ in range(12)]
    one, other = first(calls), second(calls)
    one, other = set(one), set(other)
    assert len(one) == len(other) == 2 and not one & other


def test_a_pool_that_was_shut_down_is_not_kept():
    pool, wanted = kept.take(2)
    for _ in range(2):
        kept.leave(pool, wanted)
    assert list(kept.take(2)[0].map(abs, [-1])) == [1]


def test_what_is_defined_anew_begins_workers_anew():
    script = """if True:
        import functools, joblib, sharpest.joblib
        joblib.parallel_config("sharpest", n_jobs=2)
        import builtins
        def told(_):
            import builtins
            return builtins.TOLD
        for word in "ab":
            def begin(prefix, word=word):
                import builtins
                builtins.TOLD = prefix + word
            call = joblib.Parallel(initializer=functools.partial(begin, "x"))(joblib.delayed(told)(n) for n in range(4))
            assert call == ["x" + word] * 4, call
        """
    ended = subprocess.run([sys.executable, "-"], input=script, text=True, capture_output=True, timeout=60, check=False)
    assert ended.returncode == 0 and not ended.stderr, ended.stderr


@pytest.mark.filterwarnings("ignore:.*tasks:UserWarning")  # joblib's own, of what was not fetched
def test_a_collection_may_end_a_generator_while_a_pool_is_taken():
    abandoned = joblib.Parallel(return_as="generator")(joblib.delayed(crowd.process_slowly)(None) for _ in range(100))
    next(abandoned)
    with kept._LOCK:
        del abandoned
        gc.collect()
    assert len(workers()) == 2


def test_a_program_without_a_file_keeps_its_workers_too():
    script = """if True:
        import joblib, os, time, sharpest.joblib
        joblib.parallel_config("sharpest", n_jobs=2)
        def process(_):  # of a notebook, say: sent by value
            time.sleep(0.02)
            return os.getpid()
        call = lambda: {*joblib.Parallel(batch_size=1)(joblib.delayed(process)(number) for number in range(12))}
        first = call()
        assert len(first) == 2 and call() == first
        """
    ended = subprocess.run([sys.executable, "-"], input=script, text=True, capture_output=True, timeout=60, check=False)
    assert ended.returncode == 0 and not ended.stderr, ended.stderr


def test_a_generator_of_results():
    results = joblib.Parallel(return_as="generator")(joblib.delayed(crowd.double)(number) for number in range(9))
    assert list(results) == [2 * number for number in range(9)]


def test_arrays_and_exceptions():
    arrays = [np.full(50_000, float(number)) for number in range(4)]
    assert joblib.Parallel()(joblib.delayed(crowd.total)(array) for array in arrays) == [50_000.0 * n for n in range(4)]
    with pytest.raises(ValueError, match="no good"):
        joblib.Parallel()(joblib.delayed(crowd.fail)("no good") for _ in range(4))
    assert joblib.Parallel()(joblib.delayed(crowd.double)(1) for _ in range(2)) == [2, 2], "it goes on"


def test_one_job_is_this_process():
    assert joblib.Parallel(n_jobs=1)(joblib.delayed(crowd.process)() for _ in range(2)) == [os.getpid()] * 2


def test_a_forest_of_scikit_learn_is_the_same_forest():
    pytest.importorskip("sklearn")
    from sklearn.model_selection import cross_val_score
    from sklearn.tree import DecisionTreeClassifier

    random = np.random.default_rng(2)
    features = random.random((300, 8))
    target = (features[:, 0] + 0.3 * features[:, 1] > 0.6).astype(int)
    tree = DecisionTreeClassifier(random_state=0)
    ours = cross_val_score(tree, features, target, cv=4)
    with joblib.parallel_config("sequential"):
        np.testing.assert_array_equal(ours, cross_val_score(tree, features, target, cv=4))
