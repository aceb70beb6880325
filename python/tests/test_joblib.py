"""joblib, and scikit-learn through it, on the pool."""

import crowd
import numpy as np
import pytest

joblib = pytest.importorskip("joblib")
import sharpest.joblib  # noqa: E402, F401 (registers the backend)


@pytest.fixture(autouse=True)
def backend():
    with joblib.parallel_config("sharpest", n_jobs=2):
        yield


def test_results_come_in_order():
    assert joblib.Parallel()(joblib.delayed(crowd.double)(number) for number in range(40)) == [2 * n for n in range(40)]


def test_it_is_other_processes():
    import os

    processes = set(joblib.Parallel()(joblib.delayed(crowd.process_slowly)(None) for _ in range(20)))
    assert os.getpid() not in processes and len(processes) == 2


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
    import os

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
