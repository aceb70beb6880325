"""Values and arrays of C types in shared memory, as ``multiprocessing`` gives them."""

from __future__ import annotations

import ctypes
from multiprocessing import sharedctypes
from multiprocessing.reduction import ForkingPickler
from typing import Any

from .. import _native
from .synchronize import RLock

__all__ = ["Array", "RawArray", "RawValue", "Value", "synchronized"]

#: The standard library's module, of which its types tell only what is public.
standard: Any = sharedctypes


class Memory:
    """Shared memory that an object of a C type lies in. It pickles by its handle."""

    def __init__(self, slot: _native.Slot) -> None:
        self._slot = slot

    def create_memoryview(self) -> memoryview:
        """All of it."""
        return memoryview(self._slot)

    def __reduce__(self) -> Any:
        return _open_memory, (self._slot.handle(),)


def RawValue(typecode_or_type: Any, *args: Any) -> Any:  # noqa: N802 (the standard library's name)
    """An object of a C type in shared memory, without a lock.

    >>> from sharpest.compat import RawValue
    >>> RawValue("i", 7).value
    7
    """
    value = _new(_type(typecode_or_type), None)
    value.__init__(*args)
    return value


def RawArray(typecode_or_type: Any, size_or_initializer: Any) -> Any:  # noqa: N802
    """An array of a C type in shared memory, without a lock.

    >>> from sharpest.compat import RawArray
    >>> list(RawArray("d", [1, 2]))
    [1.0, 2.0]
    """
    kind = _type(typecode_or_type)
    if isinstance(size_or_initializer, int):
        return _new(kind, size_or_initializer)
    array = _new(kind, len(size_or_initializer))
    array.__init__(*size_or_initializer)
    return array


def Value(typecode_or_type: Any, *args: Any, lock: Any = True) -> Any:  # noqa: N802
    """An object of a C type in shared memory with a lock, unless ``lock`` is false.

    >>> from sharpest.compat import Value
    >>> counter = Value("i", 7)
    >>> with counter.get_lock():
    ...     counter.value += 1
    >>> counter.value
    8
    """
    return _guarded(RawValue(typecode_or_type, *args), lock)


def Array(typecode_or_type: Any, size_or_initializer: Any, *, lock: Any = True) -> Any:  # noqa: N802
    """An array of a C type in shared memory with a lock, unless ``lock`` is false."""
    return _guarded(RawArray(typecode_or_type, size_or_initializer), lock)


def synchronized(obj: Any, lock: Any = None) -> Any:
    """An object of a C type with a lock around each access."""
    if isinstance(obj, standard.SynchronizedBase):
        raise TypeError("it has a lock already")
    return _wrapper(type(obj))(obj, lock or RLock())


class _Anywhere(standard.SynchronizedBase):
    """The standard library's wrapper, which pickles into children only, made to pickle into any process."""

    def __reduce__(self) -> Any:
        obj = self._obj
        length = obj._length_ if isinstance(obj, ctypes.Array) else None
        kind = obj._type_ if length is not None else type(obj)
        return _open_synchronized, (kind, obj._wrapper, length, self._lock)


class Synchronized(_Anywhere, standard.Synchronized):
    """A number with a lock."""


class SynchronizedArray(_Anywhere, standard.SynchronizedArray):
    """An array with a lock."""


class SynchronizedString(_Anywhere, standard.SynchronizedString):
    """An array of characters with a lock."""


_wrappers: dict[type, type] = {}


def _wrapper(kind: Any) -> Any:
    """The class that puts a lock around each access to a C type."""
    if issubclass(kind, ctypes._SimpleCData):
        return Synchronized
    if issubclass(kind, ctypes.Array):
        element: Any = kind._type_
        return SynchronizedString if element is ctypes.c_char else SynchronizedArray
    if kind not in _wrappers:
        members = {field[0]: standard.make_property(field[0]) for field in kind._fields_}
        _wrappers[kind] = type(f"Synchronized{kind.__name__}", (_Anywhere,), members)
    return _wrappers[kind]


def _guarded(obj: Any, lock: Any) -> Any:
    if lock is False:
        return obj
    if lock is True or lock is None:
        lock = RLock()
    if not hasattr(lock, "acquire"):
        raise AttributeError(f"{lock!r} has no method 'acquire'")
    return synchronized(obj, lock)


def _type(typecode_or_type: Any) -> Any:
    return standard.typecode_to_type.get(typecode_or_type, typecode_or_type)


def _new(kind: Any, length: int | None) -> Any:
    if length is not None and length < 0:
        raise ValueError(f"an array cannot have {length} elements")
    size = ctypes.sizeof(kind if length is None else kind * length)
    return _build(kind, Memory(_native.Slot(size)), length)


def _build(kind: Any, memory: Memory, length: int | None) -> Any:
    if length is not None:
        kind = kind * length
    # Without a lock around it, an object of a C type has no way of its own to be pickled by reference.
    ForkingPickler.register(kind, _reduce)
    obj = kind.from_buffer(memory.create_memoryview())
    obj._wrapper = memory
    return obj


def _reduce(obj: Any) -> Any:
    memory = getattr(obj, "_wrapper", None)
    if memory is None:
        return obj.__reduce_ex__(2)  # one in this process's own memory goes by value
    if not isinstance(memory, Memory):
        return standard.reduce_ctype(obj)
    if isinstance(obj, ctypes.Array):
        return _build, (obj._type_, memory, obj._length_)
    return _build, (type(obj), memory, None)


def _open_memory(handle: bytes) -> Memory:
    return Memory(_native.Slot.open(handle))


def _open_synchronized(kind: Any, memory: Memory, length: int | None, lock: Any) -> Any:
    return synchronized(_build(kind, memory, length), lock)
