"""Arrays as a user of one process sees them."""

import copy
import gc
import os
import pickle

import numpy as np
import pandas as pd
import polars as pl
import pytest
import sharpest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp


def descriptors():
    return len(os.listdir("/proc/self/fd"))


def test_one_array_is_what_it_was():
    a = np.arange(6.0).reshape(2, 3)
    shared = sharpest.share(a)
    assert type(shared.array) is np.ndarray
    np.testing.assert_array_equal(shared.array, a)
    assert (shared.shape, shared.dtype, len(shared), shared.frozen) == ((2, 3), a.dtype, 2, True)
    np.testing.assert_array_equal(shared + shared, a + a)
    np.testing.assert_array_equal(np.sin(shared), np.sin(a))
    np.testing.assert_array_equal(shared @ a.T, a @ a.T)
    np.testing.assert_array_equal(np.concatenate([shared, shared]), np.concatenate([a, a]))
    np.testing.assert_array_equal(np.from_dlpack(shared), a)
    assert memoryview(shared).shape == (2, 3)
    assert [row.sum() for row in shared] == [3.0, 12.0]


def test_a_block_names_its_arrays():
    shared = sharpest.share(A=np.eye(3), B=[1, 2, 3])
    assert shared.names == ("A", "B") == tuple(shared)
    assert shared.A.trace() == 3 and shared["B"].sum() == 6 and shared[1] is not None
    assert dict(shared).keys() == {"A", "B"}
    assert repr(shared) == "SharedBlock(A: 3×3 float64, B: 3 int64)"
    with pytest.raises(KeyError, match="no array 'C' here, only A, B"):
        shared["C"]
    with pytest.raises(AttributeError):
        shared.C


@pytest.mark.parametrize("value", [[np.eye(2), np.arange(3)], (np.eye(2), np.arange(3))])
def test_a_list_of_arrays_is_a_block_by_position(value):
    shared = sharpest.share(value)
    np.testing.assert_array_equal(shared[0], value[0])
    np.testing.assert_array_equal(shared[1], value[1])


def test_columns_of_frames():
    columns = {"price": [1.0, 2.0], "volume": [3, 4]}
    for frame in (pd.DataFrame(columns), pl.DataFrame(columns)):
        shared = sharpest.share(frame)
        assert shared.names == ("price", "volume")
        np.testing.assert_array_equal(shared.volume, [3, 4])
        np.testing.assert_array_equal(sharpest.share(frame["price"]).array, [1.0, 2.0])


def test_nobody_can_write():
    shared = sharpest.share(A=np.eye(3))
    with pytest.raises(ValueError, match="read-only"):
        shared.A[0, 0] = 2
    with pytest.raises(ValueError, match="WRITEABLE"):
        shared.A.flags.writeable = True


def test_a_private_copy_can_be_written_and_nobody_sees_it():
    shared = sharpest.share(np.zeros(100_000))
    mine = shared.private()
    mine[:] = 1
    assert shared.sum() == 0 and mine.sum() == 100_000
    block = sharpest.share(A=np.zeros(3))
    block.private()["A"][:] = 1
    assert block.A.sum() == 0


def test_what_cannot_be_shared_is_said():
    with pytest.raises(TypeError, match="array 'names' has dtype object: its elements are Python objects"):
        sharpest.share(names=np.array(["a", None]))
    with pytest.raises(TypeError, match="share its data and its mask"):
        sharpest.share(np.ma.masked_equal([1, 2], 1))
    with pytest.raises(TypeError, match="nothing to share"):
        sharpest.share()
    with pytest.raises(TypeError, match="not both"):
        sharpest.share(np.eye(2), B=np.eye(2))
    with pytest.raises(TypeError, match="Python objects"):
        sharpest.zeros(3, object)
    with pytest.raises(ValueError, match="negative"):
        sharpest.zeros(-1)


def test_more_than_there_is_is_a_memory_error():
    with pytest.raises(MemoryError, match=r"TiB of shared memory wanted, .* available"):
        sharpest.zeros(1 << 40)
    with pytest.raises(ValueError, match="does not fit into memory"):
        sharpest.zeros(1 << 62)


def test_views_outlive_the_array_that_they_were_taken_from():
    with sharpest.share(A=np.arange(1000)) as block, sharpest.share(np.arange(1000)) as one:
        a, b = block.A, one.array[10:]
    with pytest.raises(ValueError, match="closed"):
        block.A
    with pytest.raises(ValueError, match="closed"):
        one.sum()
    del block, one
    gc.collect()
    assert a.sum() == 499_500 and b[0] == 10
    assert repr(sharpest.SharedArray(None)) == "SharedArray(closed)"


def test_closing_twice_is_closing_once():
    shared = sharpest.share(np.eye(2))
    shared.close()
    shared.close()


@pytest.mark.parametrize("shape", [(3, 4), (300, 400)])  # in a slab, and in a segment of its own
def test_working_arrays_are_written_and_frozen(shape):
    work = sharpest.zeros(shape)
    assert work.sum() == 0 and not work.frozen
    work[:] = 7
    view = work.array
    with pytest.raises(ValueError, match="still alive"):
        work.freeze()
    view[0, 0] = 8
    del view
    assert work.freeze() is work and work.frozen
    assert work[0, 0] == 8 and work[1, 1] == 7
    with pytest.raises(ValueError, match="read-only"):
        work[0, 0] = 1


@pytest.mark.parametrize("shape", [(3, 4), (300, 400)])
def test_zeros_are_zeros_although_memory_is_used_again(shape):
    for _ in range(3):
        work = sharpest.empty(shape)
        work[:] = 7
        del work
    assert sharpest.zeros(shape).sum() == 0


def test_order_of_axes():
    assert sharpest.zeros((3, 4), order="F").array.flags.f_contiguous
    assert sharpest.share(np.asfortranarray(np.ones((3, 4)))).array.flags.f_contiguous
    axes = np.arange(24).reshape(2, 3, 4).transpose(1, 2, 0)
    assert sharpest.share(axes).array.strides == axes.strides


def test_what_is_broadcast_is_stored_once():
    row = np.broadcast_to(np.arange(1000.0), (1000, 1000))
    shared = sharpest.share(row=row)
    np.testing.assert_array_equal(shared.row, row)
    assert shared.nbytes < 10_000


def test_an_array_of_a_block_takes_no_descriptor_of_its_own():
    before = descriptors()
    shared = sharpest.share([np.arange(10)] * 1000)
    assert descriptors() == before + 1
    small = [sharpest.zeros(100) for _ in range(1000)]
    assert descriptors() == before + 1
    del shared, small
    assert descriptors() == before


def test_copies_and_pickles_in_the_same_process():
    shared = sharpest.share(np.arange(10))
    assert len(pickle.dumps(shared)) < 500
    for again in (copy.copy(shared), copy.deepcopy(shared), pickle.loads(pickle.dumps(shared))):
        assert again.array.ctypes.data == shared.array.ctypes.data
    work = sharpest.zeros(10)
    other = copy.deepcopy(work)
    other[:] = 1
    assert work.sum() == 0 and not work.frozen


def test_a_token_shows_what_was_there_when_it_was_made():
    work = sharpest.zeros(100_000)
    view = work.array
    view[:] = 1
    first = pickle.dumps(work)
    view[:] = 2
    assert not work.frozen
    assert pickle.loads(first).sum() == 100_000
    del view
    second = pickle.loads(pickle.dumps(work))
    assert work.frozen and second.sum() == 200_000


def test_dtypes_that_need_describing():
    record = np.dtype({"names": ["a", "b"], "formats": ["i1", "f8"], "offsets": [0, 8], "itemsize": 24})
    values = np.zeros(5, record)
    values["b"] = np.arange(5)
    np.testing.assert_array_equal(sharpest.share(values).array, values)
    np.testing.assert_array_equal(sharpest.zeros((2,), ("f4", (3,))).array, np.zeros((2, 3), "f4"))


DTYPES = st.one_of(
    hnp.scalar_dtypes(),
    hnp.byte_string_dtypes(),
    hnp.unicode_string_dtypes(),
    hnp.datetime64_dtypes(),
    hnp.timedelta64_dtypes(),
    hnp.array_dtypes(allow_subarrays=True),
)


@settings(deadline=None, max_examples=300)
@given(st.data())
def test_every_dtype_shape_and_stride(data):
    a = data.draw(hnp.arrays(DTYPES, hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=5)))
    if a.ndim:
        a = a.transpose(data.draw(st.permutations(range(a.ndim))))
        steps = st.sampled_from([slice(None), slice(None, None, 2), slice(None, None, -1), slice(1, None)])
        a = a[tuple(data.draw(steps) for _ in range(a.ndim))]
    for shared in (sharpest.share(a).array, pickle.loads(pickle.dumps(sharpest.share(A=a))).A):
        assert shared.dtype == a.dtype and shared.shape == a.shape and not shared.flags.writeable
        assert shared.tobytes() == a.tobytes()
