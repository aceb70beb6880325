"""``multiprocessing.shared_memory``: memory with a name that any process of this user can open, also those that use the
standard library's module, which can open these names, and whose names can be opened here.

There is no resource tracker. Each user holds a lock on the name's file that ends with its process, however that ends, and
whoever makes the next segment removes those that nobody uses any more. ``unlink()`` removes a name at once.
"""

from __future__ import annotations

import multiprocessing.shared_memory as standard
import os
import struct
from collections.abc import Callable
from typing import Any

from .. import _native

__all__ = ["ShareableList", "SharedMemory", "reap"]

#: The standard library's module, of which its types tell only what is public.
_inside: Any = standard
#: Where programs look for them.
_SHM_NAME_PREFIX, _USE_POSIX = _inside._SHM_NAME_PREFIX, _inside._USE_POSIX


def reap() -> list[str]:
    """Removes the segments that were made here and whose users are all gone, and names them.

    Making a segment does so too; this is for those who want to see to it themselves.
    """
    return _native.reap_named()


class SharedMemory:
    """Memory with a name, made (``create=True``) or opened.

    >>> from sharpest.compat.shared_memory import SharedMemory
    >>> with SharedMemory(create=True, size=100) as memory:
    ...     memory.buf[:5] = b"hello"
    ...     with SharedMemory(memory.name) as same:
    ...         print(bytes(same.buf[:5]))
    ...     memory.unlink()
    b'hello'

    ``close()``, and leaving ``with``, end the use. Arrays that look at the memory stay whole for as long as they live.
    ``MemoryError`` tells that /dev/shm, the container or the machine is full. ``track`` is there for programs that give it.
    """

    _name: str | None = None
    _buf: memoryview | None = None
    _flags = os.O_RDWR
    _prepend_leading_slash = True
    _size = 0

    def __init__(self, name: str | None = None, create: bool = False, size: int = 0, *, track: bool = True) -> None:
        if size < 0:
            raise ValueError("'size' must be a positive integer")
        if create:
            self._flags = os.O_CREAT | os.O_EXCL | os.O_RDWR
            if size == 0:
                raise ValueError("'size' must be a positive number different from zero")
        if name is None and not self._flags & os.O_EXCL:
            raise ValueError("'name' can only be None if create=True")
        mapping = self._make_any(size) if name is None else self._open(f"/{name}", size)
        self._size = len(mapping)
        self._buf = memoryview(mapping)

    def _make_any(self, size: int) -> _native.Mapping:
        while True:
            try:
                return self._open(_inside._make_filename(), size)
            except FileExistsError:
                continue

    def _open(self, name: str, size: int) -> _native.Mapping:
        file = _file(name)
        if self._flags & os.O_EXCL:
            mapping = _native.create_named(file, size)
        else:
            try:
                mapping = _native.attach_named(file)
            except FileNotFoundError:
                if not self._flags & os.O_CREAT:
                    raise
                mapping = _native.create_named(file, size)
        self._name = name
        return mapping

    @property
    def buf(self) -> memoryview:
        """The memory."""
        return self._buf  # type: ignore[return-value] # none after close(), as in the standard library

    @property
    def name(self) -> str:
        """The name that others open it by."""
        name = self._name or ""
        return name[1:] if self._prepend_leading_slash and name.startswith("/") else name

    @property
    def size(self) -> int:
        """Its length in bytes."""
        return self._size

    def close(self) -> None:
        """Ends the use of it here. What looks at the memory keeps it until it is gone itself."""
        if self._buf is not None:
            try:
                self._buf.release()
            except BufferError:
                pass  # somebody looks at it
            self._buf = None

    def unlink(self) -> None:
        """Takes the name away. Who uses the memory keeps it."""
        if self._name:
            _native.remove_named(_file(self._name))

    def __enter__(self) -> SharedMemory:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r}, size={self.size})"

    def __reduce__(self) -> Any:
        return type(self), (self.name, False, self.size)


class ShareableList(standard.ShareableList[Any]):
    """A list of fixed length of numbers, strings, bytes and ``None`` in shared memory, laid out as the standard library's.

    >>> from sharpest.compat.shared_memory import ShareableList
    >>> values = ShareableList(["one", 2, 3.0, None])
    >>> values[1] += 40
    >>> list(values)
    ['one', 42, 3.0, None]
    >>> values.shm.close(), values.shm.unlink()
    (None, None)
    """

    shm: SharedMemory  # type: ignore[assignment]
    # What the base class has for itself.
    _format_size_metainfo: str
    _format_packing_metainfo: str
    _format_back_transform_codes: str
    _extract_recreation_code: Callable[[Any], int]
    _types_mapping: dict[type, str]
    _alignment: int

    def __init__(self, sequence: Any = None, *, name: str | None = None) -> None:
        if sequence is None and name is not None:
            self.shm = SharedMemory(name)
            self._list_len = len(self)
            self._allocated_offsets = list(struct.unpack_from(self._format_size_metainfo, self.shm.buf, 8))
            return
        sequence = sequence or ()
        values = [value.encode() if isinstance(value, str) else value for value in sequence]
        formats = [self._format_of(*pair) for pair in zip(sequence, values, strict=True)]
        self._list_len = len(values)
        self._allocated_offsets = [0]
        for packed in formats:
            self._allocated_offsets.append(self._allocated_offsets[-1] + struct.calcsize(packed))
        parts: list[tuple[str, Any]] = [
            ("q" + self._format_size_metainfo, (self._list_len, *self._allocated_offsets)),
            ("".join(formats), values),
            (self._format_packing_metainfo, [packed.encode() for packed in formats]),
            (self._format_back_transform_codes, [self._extract_recreation_code(value) for value in sequence]),
        ]
        self.shm = SharedMemory(name, create=True, size=sum(struct.calcsize(packed) for packed, _ in parts))
        at = 0
        for packed, items in parts:
            struct.pack_into(packed, self.shm.buf, at, *items)
            at += struct.calcsize(packed)

    def _format_of(self, value: Any, stored: Any) -> str:
        """How a value is packed. Text gets room by its characters, as in the standard library, but at least its bytes."""
        packed = self._types_mapping[type(value)]
        if not isinstance(value, str | bytes):
            return packed
        room = self._alignment * max(len(value) // self._alignment + 1, -(-len(stored) // self._alignment))
        packed %= (room,)
        if len(packed) > 8:
            raise ValueError(f"a string of {len(stored)} bytes is too long for a list of this kind")
        return packed


def _file(name: str) -> str:
    """The name of the file in /dev/shm, of the name that ``shm_open`` takes."""
    if "\0" in name:
        raise ValueError("embedded null character")
    return name.removeprefix("/")
