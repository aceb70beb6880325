"""Large arrays that a worker holds: where each is, and enough of its content to be recognized in another worker.

Looked at once or twice a worker. Whether its memory is private is read from the kernel's account of its pages, which costs
100 µs; smaps would tell the same for 8 ms.
"""

import os
import sys

from . import ledger
from .describe import attribute

LARGE = 4 << 20
POINTS = 64
PAGE = os.sysconf("SC_PAGE_SIZE")
_told = set()


def look(function, arguments):
    """Writes each large array among the globals of the task's function, of the main module, and the worker's arguments."""
    if "numpy" not in sys.modules or not ledger.affordable():
        return
    found = [one for one in _held(function, arguments) if one[0] not in _told][:8]
    if not found:
        return
    for name, array in found:
        _told.add(name)
        ledger.note(
            "array",
            name=name,
            shape="×".join(map(str, array.shape)),
            dtype=array.dtype,
            bytes=array.nbytes,
            private=_private(array),
            content=_content(array),
        )


def _held(function, arguments):
    own = attribute(attribute(function, "__func__") or function, "__globals__") or {}
    main = getattr(sys.modules.get("__main__"), "__dict__", {})
    seen = set()
    for names in (own, main):
        for name, value in list(names.items())[:500]:
            yield from _large(name, value, seen, 1)
    for index, value in enumerate(arguments):
        yield from _large("argument %d of the worker" % (index + 1), value, seen, 1)


def _large(name, value, seen, depth):
    kind = type(value)
    if kind.__module__ == "numpy" and kind.__name__ in ("ndarray", "memmap"):
        if value.nbytes >= LARGE and not value.dtype.hasobject and id(value) not in seen:
            seen.add(id(value))
            yield name, value
    elif depth and kind is dict and not name.startswith("__"):
        for key, one in list(value.items())[:50]:
            yield from _large("%s[%r]" % (name, key), one, seen, depth - 1)
    elif depth and kind in (list, tuple):
        for index, one in enumerate(value[:50]):
            yield from _large("%s[%d]" % (name, index), one, seen, depth - 1)


def _content(array):
    from zlib import crc32

    size, code = array.size, 0
    for index in range(POINTS):
        code = crc32(array.flat[index * (size - 1) // (POINTS - 1)].tobytes(), code)
    return "%08x" % code


def _private(array):
    """The bytes of an array in pages that this process alone has mapped: asked for 64 of its pages, not for all."""
    address, length = array.__array_interface__["data"][0], array.nbytes
    alone = 0
    pagemap = os.open("/proc/self/pagemap", os.O_RDONLY | os.O_CLOEXEC)
    try:
        for index in range(POINTS):
            page = (address + index * (length - 1) // (POINTS - 1)) // PAGE
            entry = int.from_bytes(os.pread(pagemap, 8, page * 8), sys.byteorder)
            # present, mapped by one process only, and neither of a file nor of shared memory
            alone += entry >> 63 and entry >> 56 & 1 and not entry >> 61 & 1
    finally:
        os.close(pagemap)
    return length * alone // POINTS
