"""How each kind of value is taken apart, so that its bytes cross in shared memory and what is left is small.

NumPy itself pickles out of band only plain contiguous arrays. Here go too: slices with gaps, dates, masked arrays and maps of
files, and tables of polars, whose own pickle is one piece of bytes. Tables of pandas and pyarrow come apart by themselves. What
is left in the pickle, and why, the ledger tells.
"""

from __future__ import annotations

import io
import threading
import types
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from .. import _native
from .._tokens import token
from ..arrays import SharedArray, SharedBlock, _open_array

if TYPE_CHECKING:
    from .packing import Packer

_Reduce = Callable[["Packer", Any], Any]


def find(kind: type) -> _Reduce | None:
    """How values of a type are taken apart, if not as pickle does it."""
    try:
        return _KNOWN[kind]
    except KeyError:
        pass
    reduce = _BY_NAME.get(f"{kind.__module__}.{kind.__qualname__}")
    if reduce is None and issubclass(kind, type):
        reduce = _named
    if len(_KNOWN) < 10_000:  # programs that make classes without end exist
        _KNOWN[kind] = reduce
    return reduce


def _array(packer: Packer, array: np.ndarray) -> Any:
    if array.dtype.hasobject or not packer.has_room(array.nbytes):
        return NotImplemented
    if packer.hands_over and (handed := _handed(packer, array)) is not None:
        return handed
    order = "F" if array.flags.f_contiguous and not array.flags.c_contiguous else "C"
    plain = array if order == "C" else array.T  # stored in the order of its memory, so that the copy is one run
    return _rebuilt, (packer.place(np.asarray(plain)), array.dtype, array.shape, order)


def _handed(packer: Packer, array: np.ndarray) -> Any:
    """An array that shows most of a segment which nobody else has, such as one made by :func:`sharpest.empty` and filled by
    ``out=``, takes it along."""
    mapping: Any = array.base
    while isinstance(mapping, np.ndarray):
        mapping = mapping.base
    # A warm segment may be twice as long as was asked for.
    if not isinstance(mapping, _native.Mapping) or 3 * array.nbytes < len(mapping):
        return None
    segment = mapping.orphan
    if segment is None:
        return None
    start = _address(array) - _address(np.frombuffer(mapping, np.uint8))
    packer.handed.append(segment)
    return _handed_again, (len(packer.handed) - 1, array.dtype, array.shape, array.strides, start)


def _handed_again(index: int, dtype: np.dtype, shape: tuple[int, ...], strides: tuple[int, ...], start: int) -> np.ndarray:
    return np.ndarray(shape, dtype, arriving.segments[index].view(), start, strides)


def _address(array: np.ndarray) -> int:
    return int(array.__array_interface__["data"][0])


def _rebuilt(buffer: Any, dtype: np.dtype, shape: tuple[int, ...], order: Literal["C", "F"]) -> np.ndarray:
    return np.ndarray(shape, dtype, buffer, order=order)


def _masked(packer: Packer, array: Any) -> Any:
    if array.dtype.hasobject or not packer.has_room(array.nbytes):
        return NotImplemented
    return _masked_again, (array.data, np.ma.getmask(array), array._fill_value, array._hardmask)


def _masked_again(data: np.ndarray, mask: Any, fill_value: Any, hard: bool) -> Any:
    again: Any = np.ma.MaskedArray(data, mask, hard_mask=hard)
    again._fill_value = fill_value
    return again


def _shared(packer: Packer, array: SharedArray) -> Any:
    if packer.hands_over and not array.frozen and array._segment is not None:
        packer.handed.append(array._segment)
        packer.givers.append((array, array._segment))
        array._segment = None  # it is the receiver's
        return _shared_again, (len(packer.handed) - 1,)
    # The segment itself: the array may be closed before the task is done, and of one that is still written a copy goes.
    segment = array._open()
    if not array.frozen:
        segment = segment.snapshot() if segment.views else array.freeze()._segment
    packer.keep.append(segment)
    return _open_array, (token(segment),)


#: The segments that were handed over with the message that this thread is reading.
arriving = threading.local()


def _shared_again(index: int) -> SharedArray:
    return SharedArray(arriving.segments[index])


def _block(packer: Packer, block: SharedBlock) -> Any:
    packer.keep.append(block._open())
    return NotImplemented


def _polars(packer: Packer, frame: Any) -> Any:
    file = io.BytesIO()
    frame.write_ipc_stream(file)
    bytes_ = np.frombuffer(file.getbuffer(), np.uint8)
    if not packer.has_room(bytes_.nbytes):
        return NotImplemented
    return _polars_again, (packer.place(bytes_),)


def _polars_again(buffer: Any) -> Any:
    import polars

    return polars.read_ipc_stream(io.BytesIO(buffer))


def _named(packer: Packer, named: Any) -> Any:
    """A function or a class: by its name, as pickle does, unless workers would not find that name."""
    if named.__module__ == "__main__" and not packer.main_is_importable:
        from .packing import ByValue

        raise ByValue(named.__qualname__)
    return NotImplemented


_KNOWN: dict[type, _Reduce | None] = {
    np.ndarray: _array,
    np.memmap: _array,
    np.ma.MaskedArray: _masked,
    SharedArray: _shared,
    SharedBlock: _block,
    types.FunctionType: _named,
    type: _named,
}
_BY_NAME: dict[str, _Reduce] = {"polars.dataframe.frame.DataFrame": _polars}
