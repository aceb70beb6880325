"""Arrays and values with their locks, in one process. In many, see test_sync.py."""

import ctypes
import pickle

import numpy as np
import pytest
import sharpest


@pytest.mark.parametrize(
    ("dtype", "size", "shape"),
    [("i", 3, (3,)), (float, (2, 3), (2, 3)), ("d", [1, 2], (2,)), (ctypes.c_short, 0, (0,)), ("f4", [[1], [2]], (2, 1))],
)
def test_arrays_of_any_type_and_shape(dtype, size, shape):
    array = sharpest.Array(dtype, size)
    assert array.shape == shape and array.dtype == np.dtype(dtype) and len(array) == shape[0]
    expected = np.array(size, dtype) if isinstance(size, list) else np.zeros(shape, dtype)
    np.testing.assert_array_equal(array, expected)
    assert memoryview(array).shape == shape and not memoryview(array).readonly
    same = pickle.loads(pickle.dumps(array))
    same[...] = 7
    np.testing.assert_array_equal(array[:], np.full(shape, 7, dtype))


def test_what_no_array_can_be():
    with pytest.raises(TypeError, match="Python objects"):
        sharpest.Array(object, 3)
    with pytest.raises(ValueError, match="negative"):
        sharpest.Array("d", -1)
    with pytest.raises(ValueError, match="0 or more"):
        sharpest.Semaphore(-1)
    with pytest.raises(ValueError, match="one party"):
        sharpest.Barrier(0)
    with pytest.raises(MemoryError):
        sharpest.Array("d", 1 << 55)
    with pytest.raises(ValueError, match="not of bytes of this segment"):
        sharpest.sync._open_lock(sharpest.Lock, b"nonsense")
    with pytest.raises(ValueError, match="another kind of lock"):
        sharpest.sync._open_lock(sharpest.Lock, sharpest.Event().handle())


def test_one_lock_for_several_arrays():
    lock = sharpest.Lock()
    first, second = sharpest.Array("d", 3, lock=lock), sharpest.Value("d", 1, lock=lock)
    with first.lock:
        first[:] = 1
        second.value += 1
    assert pickle.loads(pickle.dumps(second)).lock == first.lock == lock


def test_memory_is_given_back():
    def mapped():
        with open("/proc/self/maps") as maps:
            return sum("memfd:sharpest" in line for line in maps)

    before = mapped()
    arrays = [sharpest.Array("d", 10**4) for _ in range(10)]
    views = [array.array for array in arrays]
    assert mapped() >= before + 10
    del arrays
    assert all((view == 0).all() for view in views), "views keep it"
    del views
    assert mapped() <= before + 2  # their locks share a segment
