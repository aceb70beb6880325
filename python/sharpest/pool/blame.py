"""Which part of a message it was: what could not be pickled, and what made the pickle large."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from .packing import LEAST, BlobPacker, pack

#: Parts of one value that are looked at.
WIDE = 1000
#: Steps into a value.
DEEP = 12


class Heavy(NamedTuple):
    """A part of a message that is mostly bytes."""

    path: str
    kind: str
    pickled: int
    shared: int


def unpicklable(args: tuple[Any, ...], kwargs: dict[str, Any], error: BaseException) -> pickle.PicklingError:
    """The sentence that names the part which cannot be pickled, by the way that leads to it."""
    for path, part in arguments(args, kwargs):
        reason = _fault(part)
        if reason is not None:
            path, part, reason = _innermost(path, part, reason)
            return pickle.PicklingError(f"{path} cannot be pickled: it is {_kind(part)} ({reason})")
    return pickle.PicklingError(f"the function cannot be pickled: {error}. {HINT}")


HINT = (
    "Workers import functions by name: put it into a module, or at the top level of the script; "
    "or install cloudpickle, and it travels as it is"
)


def arguments(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """The arguments of a call, by the names that a person would give them."""
    for place, value in enumerate(args, 1):
        yield f"argument {place}", value
    for name, value in kwargs.items():
        yield f"argument {name!r}", value


def heaviest(args: tuple[Any, ...], kwargs: dict[str, Any], most: int = 5) -> list[Heavy]:
    """The parts of a call that make up most of its bytes, the heaviest first. It pickles them, several times."""
    found = [_heaviest_within(path, value) for path, value in arguments(args, kwargs)]
    heavy = [one for one in found if one.pickled + one.shared >= LEAST // 8]
    return sorted(heavy, key=lambda one: -(one.pickled + one.shared))[:most]


def _heaviest_within(path: str, value: Any) -> Heavy:
    pickled, shared = _bytes(value)
    for _ in range(DEEP):
        parts = [(step, part, *_bytes(part)) for step, part in _parts(value)]
        inner = max(parts, key=lambda one: one[2] + one[3], default=None)
        if inner is None or 2 * (inner[2] + inner[3]) < pickled + shared:
            break
        step, value, pickled, shared = inner
        path += step
    return Heavy(path, _kind(value), pickled, shared)


def _bytes(value: Any) -> tuple[int, int]:
    """How many bytes of it are pickled, and how many would lie in shared memory."""
    try:
        shared = 0

        def take(buffer: pickle.PickleBuffer) -> bool:
            nonlocal shared
            shared += buffer.raw().nbytes
            return False

        if isinstance(value, np.ndarray) and not value.dtype.hasobject:
            return (0, value.nbytes) if value.nbytes >= LEAST else (value.nbytes, 0)
        if isinstance(value, bytes | bytearray):
            return (0, len(value)) if len(value) >= LEAST else (len(value), 0)
        return len(pickle.dumps(value, 5, buffer_callback=take)), shared
    except Exception:
        return 0, 0


def _innermost(path: str, value: Any, reason: BaseException) -> tuple[str, Any, BaseException]:
    for _ in range(DEEP):
        for step, part in _parts(value):
            inner = _fault(part)
            if inner is not None:
                path, value, reason = path + step, part, inner
                break
        else:
            break
    return path, value, reason


def _fault(value: Any) -> BaseException | None:
    try:
        pack(value, BlobPacker)
    except Exception as error:
        return error
    return None


def _parts(value: Any) -> Iterator[tuple[str, Any]]:
    """What a value is made of, and the step that leads to each."""
    if isinstance(value, np.ndarray | bytes | bytearray | str | type):
        return
    if isinstance(value, dict):
        parts = ((f"[{key!r}]", part) for key, part in value.items())
    elif isinstance(value, list | tuple):
        parts = ((f"[{place}]", part) for place, part in enumerate(value))
    else:
        parts = ((f".{name}", part) for name, part in getattr(value, "__dict__", {}).items())
    for (_, part), _ in zip(((None, part) for part in parts), range(WIDE), strict=False):
        yield part


def _kind(value: Any) -> str:
    if isinstance(value, np.ndarray):
        shape = "×".join(map(str, value.shape))
        return f"{type(value).__name__} {shape} {value.dtype}"
    name = f"a {type(value).__qualname__}"
    return f"{name} of {len(value):,}" if isinstance(value, dict | list | tuple | set | bytes | bytearray) else name
