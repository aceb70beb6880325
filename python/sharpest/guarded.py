"""Arrays and values that every process may write, each with its lock."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from . import _native
from ._describe import describe, rebuild
from .sync import Lock, RLock

__all__ = ["Array", "Value"]


class Array(_native.Exporter):
    """An array of fixed size and type that every process that has it may write: take its lock first.

    The size is a number, a tuple (a shape), or a list or an array (what it holds at first). ``a.array`` is an ordinary
    ``numpy.ndarray`` on the shared memory, and ``a[...]`` is short for ``a.array[...]``.

    >>> import sharpest
    >>> sums = sharpest.Array("d", 3)
    >>> with sums.lock:
    ...     sums[:] += [1, 2, 3]
    >>> sums.array.sum()
    np.float64(6.0)

    Pickled to another process of the same user, in any pool, it is the same memory there. Nothing stops who does not take
    the lock; for data that are only read, :func:`sharpest.share` is faster and cannot be written by mistake.
    """

    def __init__(self, dtype: Any, size: Any, *, lock: Lock | None = None) -> None:
        first = None
        if not isinstance(size, int | np.integer | tuple):
            first = np.asarray(size, _dtype(dtype))
        shape = first.shape if first is not None else size if isinstance(size, tuple) else (int(size),)
        if any(length < 0 for length in shape):
            raise ValueError(f"negative dimensions are not allowed: {shape}")
        dtype = _dtype(dtype)
        count = int(np.prod(shape, dtype=object))
        self._open(_native.Slot(count * dtype.itemsize), dtype, shape, lock or RLock())
        if first is not None:
            self.array[...] = first

    def _open(self, slot: _native.Slot, dtype: np.dtype, shape: tuple[int, ...], lock: Lock) -> None:
        self._slot = slot
        #: The lock that goes with it.
        self.lock = lock
        #: All of it, writable.
        self.array = np.ndarray(shape, dtype, slot)

    @property
    def dtype(self) -> np.dtype:
        """The type of its elements."""
        return self.array.dtype

    @property
    def shape(self) -> tuple[int, ...]:
        """The elements along each axis."""
        return self.array.shape

    def __getitem__(self, key: Any) -> Any:
        return self.array[key]

    def __setitem__(self, key: Any, value: Any) -> None:
        self.array[key] = value

    def __len__(self) -> int:
        return len(self.array)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.array)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        if dtype is not None and np.dtype(dtype) != self.dtype:
            if copy is False:
                raise ValueError(f"a copy is needed to make {self.dtype} {np.dtype(dtype)}")
            return self.array.astype(dtype)
        return self.array.copy() if copy else self.array

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self.dtype}, shape {self.shape}>"

    def __reduce__(self) -> Any:
        return _open_array, (type(self), self._slot.handle(), describe(self.dtype, "the array"), self.shape, self.lock)


class Value:
    """One number that every process that has it may write. Reading and setting ``value`` takes the lock for that moment.

    >>> import sharpest
    >>> total = sharpest.Value("i", 5)
    >>> with total.lock:  # two steps that belong together
    ...     total.value += 1
    >>> total.value
    6
    """

    def __init__(self, dtype: Any, value: Any = 0, *, lock: Lock | None = None) -> None:
        dtype = _dtype(dtype)
        self._open(_native.Slot(dtype.itemsize), dtype, lock or RLock())
        self._array[()] = value

    def _open(self, slot: _native.Slot, dtype: np.dtype, lock: Lock) -> None:
        self._slot = slot
        #: The lock that goes with it.
        self.lock = lock
        self._array = np.ndarray((), dtype, slot)

    @property
    def value(self) -> Any:
        """What it is now."""
        if self.lock.depth:
            return self._array.item()
        with self.lock:
            return self._array.item()

    @value.setter
    def value(self, value: Any) -> None:
        if self.lock.depth:
            self._array[()] = value
            return
        with self.lock:
            self._array[()] = value

    @property
    def dtype(self) -> np.dtype:
        """Its type."""
        return self._array.dtype

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self.dtype}>"

    def __reduce__(self) -> Any:
        return _open_value, (type(self), self._slot.handle(), describe(self.dtype, "the value"), self.lock)


def _dtype(dtype: Any) -> np.dtype:
    dtype = np.dtype(dtype)
    if dtype.hasobject:
        raise TypeError("a shared array cannot hold Python objects, which live in one process only")
    if dtype.subdtype is not None:
        raise TypeError(f"elements of type {dtype} are arrays themselves: give their shape with the array's")
    return dtype


def _open_array(kind: Any, handle: bytes, dtype: str, shape: tuple[int, ...], lock: Lock) -> Any:
    array = kind.__new__(kind)
    array._open(_native.Slot.open(handle), rebuild(dtype), shape, lock)
    return array


def _open_value(kind: Any, handle: bytes, dtype: str, lock: Lock) -> Any:
    value = kind.__new__(kind)
    value._open(_native.Slot.open(handle), rebuild(dtype), lock)
    return value
