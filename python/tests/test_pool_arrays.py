"""Arrays in arguments and results: what crosses in shared memory, what it is when it arrives, and what the ledger says."""

import subprocess
import sys
import threading
from types import SimpleNamespace

import crowd
import numpy as np
import pytest
import sharpest

COUNT = 40_000  # doubles: well above what travels in the pickle


@pytest.fixture(scope="module")
def pool():
    with sharpest.Pool(2) as pool:
        yield pool


def crossed(pool, function, *args):
    """A result, and the bytes that were pickled and shared on the way there."""
    before = {row.function: (row.pickled, row.shared) for row in pool.ledger.functions}.get(function.__qualname__, (0, 0))
    result = pool.submit(function, *args).result()
    row = next(row for row in pool.ledger.functions if row.function == function.__qualname__)
    return result, row.pickled - before[0], row.shared - before[1]


RNG = np.random.default_rng(3)
PLAIN = RNG.random((200, 300))

ARRAYS = {
    "plain": PLAIN,
    "Fortran": np.asfortranarray(PLAIN),
    "transposed": PLAIN.T,
    "gaps": np.arange(4 * COUNT, dtype=float)[::4],
    "columns": RNG.random((COUNT, 3))[:, 1:],
    "backwards": np.arange(COUNT, dtype=float)[::-1],
    "dates": np.arange(COUNT).astype("datetime64[D]"),
    "spans": np.arange(COUNT).astype("timedelta64[s]"),
    "records": np.zeros(COUNT, [("day", "M8[D]"), ("price", "<f8")]),
    "big-endian": np.arange(COUNT, dtype=">i4"),
    "booleans": np.arange(COUNT) % 3 == 0,
    "texts": np.array([f"name {number}" for number in range(COUNT)]),
    "broadcast": np.broadcast_to(np.arange(8.0), (10_000, 8)),
    "four axes": RNG.random((9, 8, 7, 90))[:, ::2],
}


@pytest.mark.parametrize("name", ARRAYS)
def test_arrays_of_all_kinds_cross_in_shared_memory(pool, name):
    array = ARRAYS[name]
    result, pickled, shared = crossed(pool, crowd.same, array)
    assert type(result) is np.ndarray and result.dtype == array.dtype
    np.testing.assert_array_equal(result, array)
    assert result.flags.writeable
    assert pickled < 1000 and shared == array.nbytes


def test_a_map_of_a_file(pool, tmp_path):
    mapped = np.memmap(tmp_path / "file", dtype=float, shape=COUNT, mode="w+")
    mapped[:] = 2
    total, pickled, shared = crossed(pool, crowd.total, mapped)
    assert (total, shared) == (2 * COUNT, mapped.nbytes) and pickled < 1000


def test_a_masked_array(pool):
    array = np.ma.masked_greater(np.arange(COUNT, dtype=float), 5)
    array.fill_value = 9
    result, pickled, shared = crossed(pool, crowd.same, array)
    assert isinstance(result, np.ma.MaskedArray) and result.sum() == array.sum() and result.fill_value == 9
    assert pickled < 2000 and shared == array.data.nbytes + array.mask.nbytes


@pytest.mark.parametrize("kind", [bytes, bytearray])
@pytest.mark.parametrize("deep", [False, True])
def test_bytes(pool, kind, deep):
    value = kind(b"abc" * 100_000)
    asked = [value, {"inner": value}] if deep else value
    result, pickled, shared = crossed(pool, crowd.same, asked)
    assert result == asked and type(result[0] if deep else result) is kind
    assert pickled < 1000 and shared == len(value), "what is there twice is sent once"
    if deep:
        assert result[0] is result[1]["inner"]


@pytest.mark.parametrize("kind", [bytes, bytearray])
def test_bytes_that_an_object_holds_somewhere(pool, kind):
    value = kind(b"abc" * 100_000)
    asked = SimpleNamespace(text="é" * 100_000, parts=[[[[value, np.ones(COUNT)]]]])
    result, pickled, shared = crossed(pool, crowd.same, asked)
    assert result.parts[0][0][0][0] == value and result.text == asked.text
    assert pickled < 201_000 and shared == len(value) + 8 * COUNT == pool.ledger.recent[-1].shared_back


def test_tables_of_pandas(pool):
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")  # without it, texts are Python objects
    frame = pandas.DataFrame({"a": np.arange(COUNT, dtype=float), "b": np.arange(COUNT), "c": ["text"] * COUNT},
                             index=pandas.date_range("2000-01-01", periods=COUNT))
    result, pickled, shared = crossed(pool, crowd.same, frame)
    pandas.testing.assert_frame_equal(result, frame, check_freq=False)
    assert pickled < 20_000 and shared >= 24 * COUNT
    assert pool.submit(crowd.frames_of, frame).result() == (frame.shape, frame["a"].sum())


def test_tables_of_polars(pool):
    polars = pytest.importorskip("polars")
    frame = polars.DataFrame({"a": np.arange(COUNT, dtype=float), "b": ["text"] * COUNT})
    result, pickled, shared = crossed(pool, crowd.same, frame)
    assert result.equals(frame)
    assert pickled < 20_000 and shared >= 8 * COUNT


def test_tables_of_arrow(pool):
    pyarrow = pytest.importorskip("pyarrow")
    table = pyarrow.table({"a": np.arange(COUNT, dtype=float), "b": ["text"] * COUNT})
    result, pickled, shared = crossed(pool, crowd.same, table)
    assert result.equals(table)
    assert pickled < 20_000 and shared >= 8 * COUNT


def test_a_task_sees_what_was_there_when_it_was_submitted(pool):
    array = np.zeros(COUNT)
    futures = []
    for value in range(4):
        array[:] = value
        futures.append(pool.submit(crowd.total, array))
    assert [future.result() for future in futures] == [COUNT * value for value in range(4)]


def test_a_worker_writes_for_itself_alone(pool):
    array = np.ones(COUNT)
    assert pool.submit(crowd.scribble, array).result() == -COUNT
    assert array.sum() == COUNT


def test_results_can_be_written_and_are_the_caller_s_own(pool):
    results = [pool.submit(crowd.ones, COUNT).result() for _ in range(3)]
    results[0][:] = 5
    assert [result.sum() for result in results] == [5 * COUNT, COUNT, COUNT]
    assert pool.submit(crowd.ones, COUNT).result().sum() == COUNT


def test_what_a_worker_built_is_handed_over(pool):
    result = pool.submit(crowd.built, COUNT, 3.0).result()
    assert isinstance(result, sharpest.SharedArray) and not result.frozen
    result[0] = 10
    assert result.sum() == 3 * COUNT + 7
    views = result.array
    del result
    assert views.sum() == 3 * COUNT + 7
    assert sharpest.share(pool.submit(crowd.built, COUNT, 2.0).result()).sum() == 2 * COUNT, "it can be sealed"


def test_what_a_worker_still_looks_at_is_copied():
    with sharpest.Pool(1) as pool:
        result = pool.submit(crowd.kept, COUNT).result()
        pool.submit(crowd.change_kept).result()
        assert result.sum() == COUNT


def test_shared_arrays_cross_as_tokens(pool):
    shared = sharpest.share(np.ones(COUNT))
    total, pickled, nbytes = crossed(pool, crowd.total, shared)
    assert (total, nbytes) == (COUNT, 0) and pickled < 500
    temporaries = [pool.submit(crowd.total, sharpest.share(np.full(COUNT, value))) for value in range(20)]
    assert [future.result() for future in temporaries] == [COUNT * value for value in range(20)]


def test_an_exception_may_hold_an_array(pool):
    with pytest.raises(ValueError) as caught:
        pool.submit(crowd.fail_with, np.ones(COUNT)).result()
    assert caught.value.args[1].sum() == COUNT


def test_a_result_for_which_there_is_no_memory(pool):
    with pytest.raises(MemoryError):
        pool.submit(crowd.huge_shared).result()
    with pytest.raises(MemoryError):
        pool.submit(crowd.huge).result()
    assert pool.submit(crowd.double, 1).result() == 2


def test_a_result_that_cannot_be_pickled(pool):
    with pytest.raises(TypeError, match="cannot pickle"):
        pool.submit(crowd.lock_of_a_thread).result()


def test_what_cannot_be_pickled_is_named_by_its_path(pool):
    import pickle

    bag = crowd.Bag(1, {"inner": [2, threading.Lock()]})
    with pytest.raises(pickle.PicklingError, match=r"argument 2\.things\[1\]\['inner'\]\[1\] cannot be pickled: it is a lock"):
        pool.submit(crowd.add, 1, bag).result()
    with pytest.raises(pickle.PicklingError, match=r"argument 'y' cannot be pickled: it is a lock"):
        pool.submit(crowd.add, 1, y=threading.Lock()).result()


def test_lambdas_travel_with_cloudpickle(pool):
    pytest.importorskip("cloudpickle")
    factor = 7
    assert pool.submit(lambda x: factor * x, 6).result() == 42
    assert list(pool.map(lambda x: x + factor, range(3))) == [7, 8, 9]


def test_functions_of_a_command_line_travel_with_cloudpickle():
    pytest.importorskip("cloudpickle")
    code = """
import sharpest
def double(x):
    return 2 * x
with sharpest.Pool(1) as pool:
    print(pool.submit(double, 2).result(), pool.submit(list, map(double, [3])).result())
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert run.stdout == "4 [6]\n", run.stderr


def test_lambdas_without_cloudpickle_are_explained(pool, monkeypatch):
    import pickle

    monkeypatch.setitem(sys.modules, "cloudpickle", None)
    with pytest.raises(pickle.PicklingError, match="install cloudpickle"):
        pool.submit(lambda x: x, 6).result()


def test_the_ledger_says_what_was_pickled_and_by_which_argument():
    with sharpest.Pool(1) as pool:
        bag = crowd.Bag("small", {"frames": [np.array([object] * 50_000)]})
        pool.submit(crowd.nothing, bag).result()
        pool.submit(crowd.total, np.ones(COUNT)).result()
        ledger = pool.ledger
    rows = {row.function: row for row in ledger.functions}
    heavy = rows["nothing"].heaviest[0]
    assert heavy.path == "argument 1.things[1]['frames'][0]" and heavy.kind == "ndarray 50000 object"
    assert heavy.pickled > 50_000 and rows["nothing"].pickled >= heavy.pickled
    assert (rows["total"].tasks, rows["total"].shared) == (1, 8 * COUNT)
    assert rows["total"].run > 0 and rows["total"].unpickle > 0 and rows["total"].deliver >= 0
    assert ledger.to_dict()["functions"][0]["heaviest"][0]["path"] == heavy.path
    text = str(ledger)
    assert "pickled" in text.splitlines()[0] and heavy.path in text
    assert ledger.workers[0].tasks == 2 and ledger.workers[0].page_faults > 0


def test_what_a_task_filled_by_out_crosses_without_a_copy(pool):
    array = pool.submit(crowd.filled_by_out, COUNT).result()
    assert type(array) is np.ndarray and array.flags.writeable
    np.testing.assert_array_equal(array, np.arange(COUNT) + 1.0)
    array[0] = 7.0
    last = pool.ledger.recent[-1]
    assert last.shared_back == 8 * COUNT and last.pickled_back < 1000
    assert isinstance(array.base, type(sharpest.empty(1)._segment.view()))
    backwards, forwards, few = pool.submit(crowd.shown_backwards_and_twice, COUNT).result()
    expected = np.arange(2.0 * COUNT).reshape(2, COUNT)
    np.testing.assert_array_equal(backwards, expected[::-1])
    np.testing.assert_array_equal(forwards, expected)
    np.testing.assert_array_equal(few, expected[1, -4:])


def test_what_a_task_keeps_is_not_handed_over():
    with sharpest.Pool(1) as pool:
        array = pool.submit(crowd.filled_and_kept, COUNT).result()
        pool.submit(crowd.change_what_was_kept).result()
        np.testing.assert_array_equal(array, np.arange(COUNT) + 1.0)


def test_the_ledger_tells_each_task_and_what_waited_for_locks():
    lock = sharpest.Lock()
    with sharpest.Pool(2) as pool:
        for future in [pool.submit(crowd.hold, lock, 0.1) for _ in range(2)]:
            future.result()
        with pytest.raises(ValueError):
            pool.submit(crowd.fail, "no").result()
        ledger = pool.ledger
    held, failed = ledger.recent[:2], ledger.recent[2]
    assert [task.function for task in ledger.recent] == ["hold", "hold", "fail"]
    assert failed.failed and not held[0].failed and held[0].worker in [worker.pid for worker in ledger.workers]
    assert min(task.locks for task in held) < 0.05 < max(task.locks for task in held) <= max(task.run for task in held)
    row = ledger.functions[0]
    assert row.locks == pytest.approx(sum(task.locks for task in held))
    assert row.pickled == sum(task.pickled for task in held) and row.run == pytest.approx(sum(task.run for task in held))
    assert ledger.to_dict()["recent"][2]["failed"] is True


def test_the_ledger_tells_of_the_last_tasks_alone():
    with sharpest.Pool(1) as pool:
        assert len(list(pool.map(crowd.double, range(1500)))) == 1500
        assert len(pool.ledger.recent) == 1000 and pool.ledger.functions[0].tasks == 1500


def test_nothing_grows():
    with sharpest.Pool(2) as pool:
        def round_of_tasks():
            list(pool.map(crowd.ones, [COUNT] * 30))
            list(pool.map(crowd.total, [np.ones(COUNT)] * 30))
            list(pool.map(crowd.double, range(2000), chunksize=20))
            for _ in range(3):
                with pytest.raises(ValueError):
                    pool.submit(crowd.fail, "no").result()

        for _ in range(3):
            round_of_tasks()
        before = crowd.open_files()
        worker = [pool.submit(crowd.open_files).result() for _ in range(4)]
        memory = [pool.submit(crowd.hold_memory).result() for _ in range(4)]
        for _ in range(15):
            round_of_tasks()
        room = 20  # of warm segments that wait for their next use
        assert crowd.open_files() <= before + room
        assert max(pool.submit(crowd.open_files).result() for _ in range(4)) <= max(worker) + room
        assert max(pool.submit(crowd.hold_memory).result() for _ in range(4)) <= max(memory) * 1.2
