"""What an array is, in words that another process can rebuild it from."""

from __future__ import annotations

import ast
from typing import Any

import numpy as np


def as_array(value: Any, what: str) -> np.ndarray:
    """The NumPy array of anything that has one: lists, columns of pandas and polars, arrays of other libraries."""
    if isinstance(value, np.ma.MaskedArray):
        raise TypeError(f"{what} is a masked array: share its data and its mask, share(data=x.data, mask=x.mask)")
    array = np.asarray(value)
    if array.dtype.hasobject:
        raise TypeError(
            f"{what} has dtype {array.dtype}: its elements are Python objects, which live in one process only. "
            "Convert it first, for example with .astype(float) or .astype('S')"
        )
    return array


_TEXTS: dict[np.dtype, str] = {}


def describe(dtype: np.dtype, what: str) -> str:
    """The text that :func:`rebuild` makes the same dtype from."""
    text = _TEXTS.get(dtype)
    if text is None:
        text = _described(dtype, what)
        if len(_TEXTS) < 1000 and dtype.metadata is None:
            _TEXTS[dtype] = text
    return text


def _described(dtype: np.dtype, what: str) -> str:
    descr = np.lib.format.dtype_to_descr(dtype)
    text = descr if isinstance(descr, str) else repr(descr)
    try:
        same = rebuild(text) == dtype
    except (TypeError, ValueError, SyntaxError):
        same = False
    if not same:
        raise TypeError(f"{what} has dtype {dtype}, which NumPy cannot describe to another process: share a view of it")
    return text


_DTYPES: dict[str, np.dtype] = {}


def rebuild(text: str) -> np.dtype:
    """The dtype of a description. It may come from another process: what holds objects is refused."""
    dtype = _DTYPES.get(text)
    if dtype is None:
        told: Any = ast.literal_eval(text) if text.startswith("[") else text  # NumPy takes texts, too, and does not say so
        dtype = np.lib.format.descr_to_dtype(told)
        if dtype.hasobject:
            raise ValueError("a shared array cannot hold Python objects")
        if len(_DTYPES) < 1000:
            _DTYPES[text] = dtype
    return dtype


def compact(array: np.ndarray) -> tuple[np.ndarray, tuple[int, ...]]:
    """The part of an array that has to be stored, and the strides that show all of it.

    Axes along which nothing changes (``np.broadcast_to``) are stored once. The order of the axes in memory stays as it
    is, gaps between elements go.
    """
    whole = array
    if 0 in array.strides and array.size > 1:
        array = array[tuple(slice(0, 1) if step == 0 else slice(None) for step in array.strides)]
    strides = np.empty_like(array, order="K", subok=False).strides if array.size else array.strides
    if array.size == 0:
        return array, (0,) * array.ndim
    repeated = zip(strides, whole.shape, array.shape, strict=True)
    return array, tuple(step if long == short else 0 for step, long, short in repeated)


def contents(array: np.ndarray, strides: tuple[int, ...]) -> np.ndarray | None:
    """Its bytes as one piece in the order of memory, without a copy; none where there are gaps."""
    if array.nbytes == 0:
        return np.empty(0, np.uint8)
    steps = tuple(own for own, length in zip(array.strides, array.shape, strict=True) if length > 1)
    if steps != tuple(step for step, length in zip(strides, array.shape, strict=True) if length > 1):
        return None
    inner = array.transpose(sorted(range(array.ndim), key=lambda axis: -array.strides[axis]))
    return inner.reshape(-1).view(np.uint8) if inner.flags.c_contiguous else None
