"""Objects as messages: a pickle without the bytes of arrays, and one segment of shared memory that holds those."""

from __future__ import annotations

import importlib
import io
import pickle
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import _native
from .reducers import arriving, find

#: Arrays of fewer bytes travel inside the pickle: a segment costs more than they do.
LEAST = 1 << 15

#: So many arrays of one message lie in its segment; the rest are pickled.
MOST = 256


class ByValue(Exception):
    """A function or class of ``__main__`` that workers cannot import."""


class Packer(pickle.Pickler):
    """Pickles one message, and gathers what is to be copied into its segment."""

    #: Whether workers can import the module that runs here as ``__main__``.
    main_is_importable = True
    #: Whether working arrays are handed over, as a worker does with its results.
    hands_over = False
    #: Arrays of fewer bytes stay in the pickle.
    least: float = LEAST
    #: What packs a message in which there turn out to be large ``bytes``.
    thorough: type[BlobPacker] | None = None

    def __init__(self, file: io.BytesIO) -> None:
        #: Arrays whose bytes go into the segment, in the order in which the pickle asks for them.
        parts: list[np.ndarray] = []
        #: By the marker that stands for each in the pickle.
        places: dict[int, tuple[pickle.PickleBuffer, np.ndarray]] = {}
        least = self.least  # not through self: what refers to itself is not freed at once

        def take(buffer: pickle.PickleBuffer) -> bool:
            _, array = places.get(id(buffer), (None, None))
            if array is None:
                raw = buffer.raw()
                if raw.nbytes < least or len(parts) >= MOST:
                    return True
                array = np.frombuffer(raw, np.uint8)
            parts.append(array)
            return False

        super().__init__(file, 5, buffer_callback=take)
        self.parts = parts
        self.places = places
        #: Arrays that are handed over as they are.
        self.handed: list[Segment] = []
        #: The shared arrays that gave theirs up for it.
        self.givers: list[tuple[Any, _native.Working]] = []
        #: Shared arrays that must live until the message has been read.
        self.keep: list[Any] = []

    def reducer_override(self, value: Any) -> Any:
        reduce = find(type(value))
        return NotImplemented if reduce is None else reduce(self, value)

    def place(self, array: np.ndarray) -> pickle.PickleBuffer:
        """What stands in the pickle for the bytes of an array, which are copied once, straight into the segment."""
        marker = pickle.PickleBuffer(bytearray())
        self.places[id(marker)] = marker, array
        return marker

    def has_room(self, nbytes: int) -> bool:
        """Whether an array of so many bytes goes into the segment."""
        return nbytes >= self.least and len(self.parts) < MOST


class BlobPacker(Packer):
    """As :class:`Packer`, for messages with large ``bytes``: pickle asks about those nobody else, and about everything."""

    thorough = None

    def __init__(self, file: io.BytesIO) -> None:
        super().__init__(file)
        self.blobs: dict[int, Any] = {}

    def persistent_id(self, value: Any) -> Any:
        if type(value) not in _BLOBS or not self.has_room(len(value)):
            return None
        blob = self.blobs.get(id(value))
        if blob is None:  # what is there twice is sent once
            blob = self.blobs[id(value)] = type(value), len(self.blobs), self.place(np.frombuffer(value, np.uint8))
        return blob


Packer.thorough = BlobPacker


class _LargeBytes(Exception):
    """There are some somewhere in this message."""


class _Sheet(io.BytesIO):
    """What a pickle is written to, which stops at large ``bytes``: pickle writes them by themselves, after their opcode and
    length, which are the end of what it wrote before."""

    before: Any = b""

    def write(self, data: Any, /) -> int:
        if len(data) >= _ALONE and (self.before[-5:-4] in _SHORT or self.before[-9:-8] in _LONG):
            raise _LargeBytes
        self.before = data
        return super().write(data)


#: Bytes of that length pickle writes by themselves.
_ALONE = 1 << 16
_SHORT = (pickle.BINBYTES,)
_LONG = (pickle.BINBYTES8, pickle.BYTEARRAY8)


class _Reader(pickle.Unpickler):
    def __init__(self, file: io.BytesIO, buffers: Sequence[np.ndarray]) -> None:
        super().__init__(file, buffers=buffers)
        self.blobs: dict[int, Any] = {}

    def persistent_load(self, blob: Any) -> Any:
        kind, number, buffer = blob
        if number not in self.blobs:
            self.blobs[number] = kind(buffer)
        return self.blobs[number]


_BLOBS = (bytes, bytearray)

Segment = _native.Filled | _native.Working


def has_blobs(value: Any, depth: int = 2) -> bool:
    """Whether there are large bytes in sight: itself, or what a short list, tuple or dictionary holds."""
    kind = type(value)
    if kind in _BLOBS:
        return len(value) >= LEAST
    if depth and kind in (tuple, list, dict) and len(value) <= 64:
        return any(has_blobs(one, depth - 1) for one in (value.values() if kind is dict else value))
    return False


#: Nothing in them is to be looked for, unless they are long.
_PLAIN = frozenset((int, float, bool, complex, str, type(None)))


def is_plain(values: Sequence[Any]) -> bool:
    """Whether these values are pickled as they are, without looking into them."""
    for value in values:
        kind = type(value)
        if kind not in _PLAIN and not (kind in _BLOBS and len(value) < LEAST):
            return False
    return True


#: The first byte of a message whose function goes by its name alone. A pickle begins with another.
NAMED = b"F"


def by_name(function: Any) -> bytes | None:
    """What such a message begins with; none for a function that is not found by its name."""
    try:
        name = f"{function.__module__}\0{function.__qualname__}".encode()
        found = find_named(name)
    except Exception:
        return None
    return NAMED + len(name).to_bytes(2, "little") + name if found is function and len(name) < LEAST else None


def find_named(name: bytes) -> Any:
    """The function of a name, looked up each time as pickle does it."""
    known = _names.get(name)
    if known is None:
        module, _, path = name.decode().partition("\0")
        importlib.import_module(module)
        known = _names[name] = module, path.split(".")
    found: Any = sys.modules[known[0]]
    for part in known[1]:
        found = getattr(found, part)
    return found


_names: dict[bytes, tuple[str, list[str]]] = {}


def unpack_named(body: bytes) -> tuple[Any, Any, dict[str, Any]]:
    """The function and the arguments of such a message."""
    end = 3 + int.from_bytes(body[1:3], "little")
    return find_named(body[3:end]), pickle.loads(body[end:]), {}


def marked(**marks: Any) -> type[Packer]:
    """A packer with these attributes, as its thorough one has them."""
    thorough = type("BlobPacker", (BlobPacker,), marks)
    return type("Packer", (Packer,), {**marks, "thorough": thorough})


#: For what is this process's last of it: arrays that were made in shared memory are handed over.
HANDS_OVER = marked(hands_over=True)


def pack(value: Any, packer: type[Packer] = Packer, sight: Any = None) -> tuple[bytes, list[Segment], list[Any]]:
    """Bytes and segments of a message, and what must live until it has been read. ``sight`` is what of it may be, or hold,
    large ``bytes``, where that is known: packed thoroughly at once, it need not be packed anew."""
    if packer.thorough is not None and has_blobs(value if sight is None else sight):
        packer = packer.thorough
    file = io.BytesIO() if packer.thorough is None else _Sheet()
    pickler = packer(file)
    try:
        pickler.dump(value)
    except BaseException as error:
        for array, segment in pickler.givers:  # nothing goes anywhere
            array._segment = segment
        if packer.thorough is None or not isinstance(error, _LargeBytes):
            raise
        del pickler  # it may hold what is to be handed over
    else:
        return _packed(file, pickler)
    return pack(value, packer.thorough)


def _packed(file: io.BytesIO, pickler: Packer) -> tuple[bytes, list[Segment], list[Any]]:
    if not pickler.parts:
        return file.getvalue(), pickler.handed, pickler.keep
    return file.getvalue(), [_filled(pickler.parts), *pickler.handed], pickler.keep


def unpack(body: Any, segments: Sequence[Any]) -> Any:
    """The object of a message."""
    if not segments:
        return pickle.loads(body)
    first = segments[0].fields
    views: Sequence[np.ndarray] = ()
    if first[0][0].startswith(_BUFFER):
        mapping = segments[0].view()
        views = [np.ndarray(place[3], np.uint8, mapping, place[5]) for place in first]
        segments = segments[1:]
    outer = getattr(arriving, "segments", ())
    arriving.segments = segments
    try:
        return _Reader(io.BytesIO(body), views).load()
    finally:
        arriving.segments = outer  # a message may be read while another is read


#: How the fields of a segment are named that holds a pickle's buffers. No array that a user made is called so.
_BUFFER = "buffer "


def _filled(parts: list[np.ndarray]) -> _native.Filled | _native.Working:
    if all(part.flags.c_contiguous for part in parts):
        return _native.filled(_BUFFER, [part.reshape(-1).view(np.uint8) for part in parts])
    # Arrays with gaps are copied straight into the segment, rather than twice.
    fields = [(f"{_BUFFER}{index}", "|u1", 1, [part.nbytes], None) for index, part in enumerate(parts)]
    segment = _native.working(fields, False)
    mapping = segment.view()
    for part, place in zip(parts, segment.fields, strict=True):
        np.ndarray(part.shape, part.dtype, mapping, place[5])[...] = part
    return segment
