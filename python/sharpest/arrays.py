"""Arrays in shared memory: one copy for as many processes as you like, read-only by order of the kernel."""

from __future__ import annotations

import atexit
import operator
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from . import _native
from ._describe import as_array, compact, contents, describe, rebuild
from ._tokens import token, wait_at_exit

__all__ = ["SharedArray", "SharedBlock", "attach", "empty", "publish", "share", "trim", "zeros"]

trim = _native.trim


def share(*arrays: Any, **named: Any) -> Any:
    """Copies arrays into one shared segment that nobody can change any more.

    ``share(x)`` gives a :class:`SharedArray`; ``share(A=a, B=b)``, ``share({"A": a})``, ``share([a, b])`` and
    ``share(frame)`` give a :class:`SharedBlock` of arrays by name, position or column. Pickled to another process, either
    is a few hundred bytes that open the same memory there.

    >>> import numpy as np, sharpest
    >>> shared = sharpest.share(np.arange(6.0).reshape(2, 3))
    >>> shared.sum(axis=0)
    array([3., 5., 7.])
    >>> shared[0, 0] = 1
    Traceback (most recent call last):
    ValueError: assignment destination is read-only
    >>> mine = shared.private()  # a copy that is made page by page, where it is written
    >>> mine[0, 0] = 1

    Raises ``MemoryError`` where the machine or the container has not enough, ``TypeError`` for arrays of Python objects.
    """
    if named and arrays:
        raise TypeError("give arrays by name or in one list, not both: share(A=a, B=b) or share([a, b])")
    if not named and not arrays:
        raise TypeError("nothing to share: share(x), share(A=a, B=b) or share([a, b])")
    value = named or (arrays[0] if len(arrays) == 1 else arrays)
    if isinstance(value, SharedBlock):
        return value
    if isinstance(value, SharedArray):
        return value.freeze()
    if isinstance(value, Mapping):
        return SharedBlock(_frozen(value))
    if isinstance(value, list | tuple) and any(hasattr(item, "__array__") for item in value):
        return SharedBlock(_frozen(dict(enumerate(value))))
    if hasattr(value, "columns"):
        return SharedBlock(_frozen({column: value[column] for column in value.columns}))
    return SharedArray(_frozen({"": value}))


def empty(shape: Any, dtype: Any = float, order: str = "C") -> SharedArray:
    """A shared array with any content, to be written by its maker.

    A worker of :class:`sharpest.Pool` that returns it hands it over without a copy. Pickled anywhere else it is frozen
    first.

    >>> import sharpest
    >>> result = sharpest.empty((2, 2))
    >>> result[:] = 7
    >>> result.array.mean()
    np.float64(7.0)
    """
    return _working(shape, dtype, order, zeros=False)


def zeros(shape: Any, dtype: Any = float, order: str = "C") -> SharedArray:
    """As :func:`empty`, but all zeros."""
    return _working(shape, dtype, order, zeros=True)


def publish(name: str, *arrays: Any, **named: Any) -> Any:
    """Shares arrays under a name, which any process of the same user can :func:`attach`, whoever started it.

    Takes what :func:`share` takes, and returns what it returns. The name is taken back when that is closed and when this
    process ends; ``sharpest arrays list`` shows all names, ``sharpest arrays remove NAME`` takes one back.

    >>> import numpy as np, sharpest
    >>> with sharpest.publish("doc-prices", np.eye(3)):
    ...     sharpest.attach("doc-prices").sum()  # in any process
    np.float64(3.0)
    """
    shared = share(*arrays, **named)
    shared._publication = _native.publish(name, shared._open())
    _published.append(shared._publication)  # also where the caller keeps nothing
    return shared


_published: list[_native.Publication] = []


@atexit.register
def _unpublish() -> None:
    for publication in _published:
        publication.close()


def attach(name: str) -> Any:
    """The arrays that are published under a name. Raises ``KeyError`` where there are none."""
    segment = _native.attach(name)
    alone = [place[0] for place in segment.fields] == [""]
    return SharedArray(segment) if alone else SharedBlock(segment)


class SharedArray(_native.Exporter, np.lib.mixins.NDArrayOperatorsMixin):
    """An array in shared memory, made by :func:`share`, :func:`empty` and :func:`zeros`.

    It does what an array does; ``x.array`` is the array itself, an ordinary ``numpy.ndarray``. The memory is freed when
    nobody needs it any more: ``close()``, and leaving ``with``, end the sharing, while arrays that were taken from it stay
    whole for as long as they live, here and in other processes.
    """

    __hash__ = None  # type: ignore[assignment]
    _publication: Any = None
    _place: Any = None

    def __init__(self, segment: _native.Frozen | _native.Working) -> None:
        self._segment: Any = segment

    @property
    def array(self) -> np.ndarray:
        """The array: read-only when it is frozen, writable for the maker of :func:`empty` and :func:`zeros`."""
        segment = self._open()
        return self._look(segment.view())

    def private(self) -> np.ndarray:
        """A writable array of the same content. A page is copied when it is first written, and nobody else sees it."""
        segment = self._open()
        if self.frozen:
            try:
                return self._look(segment.private())
            except _native.OwnerGone:  # all that is left is what is mapped here
                pass
        return self.array.copy()

    @property
    def frozen(self) -> bool:
        """Whether nobody can change it any more."""
        return isinstance(self._segment, _native.Frozen)

    def freeze(self) -> SharedArray:
        """Seals it, so that nobody can change it any more, without a copy. Returns itself."""
        segment = self._open()
        if not self.frozen:
            if segment.views:
                raise ValueError(
                    f"{segment.views} writable view(s) of this array are still alive: "
                    "delete them first, or share a copy, sharpest.share(x.array)"
                )
            self._segment = segment.freeze()
        return self

    def close(self) -> None:
        """Ends the sharing. Arrays that were taken from it stay whole."""
        self._segment = None
        if self._publication is not None:
            self._publication.close()
            _published.remove(self._publication)
            self._publication = None

    def _open(self) -> Any:
        if self._segment is None:
            raise ValueError("this shared array is closed")
        return self._segment

    def _look(self, mapping: _native.Mapping) -> np.ndarray:
        if self._place is None:
            (self._place,) = self._segment.fields
        return _array(mapping, self._place)

    def __enter__(self) -> SharedArray:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        array = self.array
        if dtype is not None and np.dtype(dtype) != array.dtype:
            if copy is False:
                raise ValueError(f"a copy is needed to make {array.dtype} {np.dtype(dtype)}")
            return array.astype(dtype)
        return array.copy() if copy else array

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        options = {name: _plain(value) for name, value in options.items()}
        return getattr(ufunc, method)(*map(_plain, inputs), **options)

    def __dlpack__(self, **options: Any) -> Any:
        return self.array.__dlpack__(**options)

    def __dlpack_device__(self) -> Any:
        return self.array.__dlpack_device__()

    def __getitem__(self, key: Any) -> Any:
        return self.array[key]

    def __setitem__(self, key: Any, value: Any) -> None:
        self.array[key] = value

    def __len__(self) -> int:
        return len(self.array)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.array)

    def __bool__(self) -> bool:
        return bool(self.array)

    def __getattr__(self, name: str) -> Any:
        # What an array can do, this can: shape, sum, T, and so on.
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self.array, name)

    def __repr__(self) -> str:
        if self._segment is None:
            return "SharedArray(closed)"
        array, state = self.array, "frozen" if self.frozen else "writable"
        return f"SharedArray(shape={array.shape}, dtype={array.dtype}, {state})"

    def __reduce__(self) -> Any:
        segment = self._open()
        if not self.frozen:
            # What the receiver sees is what is there now. The maker may go on writing where views of it live.
            if segment.views:
                return _open_array, (token(segment.snapshot()),)
            segment = self.freeze()._segment
        return _open_array, (token(segment),)

    def __copy__(self) -> SharedArray:
        return self.__deepcopy__({})

    def __deepcopy__(self, _: Any) -> SharedArray:
        if self.frozen:
            return SharedArray(self._segment)
        copy = empty(self.shape, self.dtype)
        copy[...] = self.array
        return copy


class SharedBlock(Mapping[str, np.ndarray]):
    """Arrays in one shared segment, by name (``shared.A``, ``shared["A"]``) and by position (``shared[0]``).

    Each is an ordinary ``numpy.ndarray``, read-only by order of the kernel. As with :class:`SharedArray`, arrays that were
    taken from it stay whole after ``close()`` and after ``with``.
    """

    _publication: Any = None

    def __init__(self, segment: _native.Frozen) -> None:
        self._segment: Any = segment
        self._places = {place[0]: place for place in segment.fields}

    @property
    def names(self) -> tuple[str, ...]:
        """The names, in the order in which they were given."""
        return tuple(self._places)

    @property
    def nbytes(self) -> int:
        """The length of the segment."""
        return self._open().nbytes

    def private(self) -> dict[str, np.ndarray]:
        """Writable arrays of the same content. A page is copied when it is first written, and nobody else sees it."""
        try:
            mapping = self._open().private()
        except _native.OwnerGone:  # all that is left is what is mapped here
            return {name: array.copy() for name, array in self.items()}
        return {name: _array(mapping, place) for name, place in self._places.items()}

    def close(self) -> None:
        """Ends the sharing. Arrays that were taken from it stay whole."""
        self._segment = None
        if self._publication is not None:
            self._publication.close()
            _published.remove(self._publication)
            self._publication = None

    def _open(self) -> Any:
        if self._segment is None:
            raise ValueError("this block of shared arrays is closed")
        return self._segment

    def __getitem__(self, key: str | int) -> np.ndarray:
        view = self._open().view()
        try:
            name = list(self._places)[key] if isinstance(key, int) else key
            return _array(view, self._places[name])
        except (KeyError, IndexError):
            raise KeyError(f"no array {key!r} here, only {', '.join(self._places) or 'none'}") from None

    def __getattr__(self, name: str) -> np.ndarray:
        if name.startswith("_") or name not in self._places:
            raise AttributeError(f"no array {name!r} in this block")
        return self[name]

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self._places]

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SharedBlock) and self._open().id == other._open().id

    def __hash__(self) -> int:
        return hash(self._open().id)

    def __enter__(self) -> SharedBlock:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        if self._segment is None:
            return "SharedBlock(closed)"
        arrays = (f"{name or '(unnamed)'}: {'×'.join(map(str, shape))} {rebuild(dtype)}"
                  for name, dtype, _, shape, *_ in self._places.values())
        return f"SharedBlock({', '.join(arrays)})"

    def __reduce__(self) -> Any:
        return _open_block, (token(self._open()),)


def _frozen(arrays: Mapping[Any, Any]) -> _native.Frozen:
    """A segment with copies of these arrays."""
    wait_at_exit()
    fields, parts, pieces = [], [], []
    for name, value in arrays.items():
        what = f"array {name!r}" if name != "" else "the array"
        array = as_array(value, what)
        part, strides = compact(array)
        fields.append((str(name), describe(array.dtype, what), array.itemsize, array.shape, strides))
        parts.append(part)
        pieces.append(contents(part, strides))
    whole = [piece for piece in pieces if piece is not None]
    if len(whole) == len(pieces):
        return _native.share(fields, whole)
    # Arrays with gaps are copied straight into the segment, rather than twice.
    segment = _native.working(fields, False)
    mapping = segment.view()
    for part, place in zip(parts, segment.fields, strict=True):
        stored = np.ndarray(part.shape, rebuild(place[1]), mapping, place[5], place[4])
        stored[...] = part
    del mapping, stored
    return segment.freeze()


def _working(shape: Any, dtype: Any, order: str, *, zeros: bool) -> SharedArray:
    dtype = np.dtype(dtype)
    if dtype.hasobject:
        raise TypeError("a shared array cannot hold Python objects, which live in one process only")
    if dtype.subdtype is not None:
        dtype, inner = dtype.subdtype
        shape = (*_axes(shape), *inner)
    shape = _axes(shape)
    strides = None
    if order == "F":
        strides = [dtype.itemsize * int(np.prod(shape[:axis], dtype=object)) for axis in range(len(shape))]
    elif order != "C":
        raise ValueError(f"order must be 'C' or 'F', not {order!r}")
    wait_at_exit()
    return SharedArray(_native.working([("", describe(dtype, "the array"), dtype.itemsize, shape, strides)], zeros))


def _axes(shape: Any) -> tuple[int, ...]:
    axes = (shape,) if isinstance(shape, int) else tuple(shape) if hasattr(shape, "__iter__") else (operator.index(shape),)
    if axes and min(axes) < 0:
        raise ValueError(f"negative dimensions are not allowed: {axes}")
    return axes


def _array(mapping: _native.Mapping, place: Any) -> np.ndarray:
    _, dtype, _, shape, strides, offset = place
    return np.ndarray(shape, rebuild(dtype), mapping, offset, strides)


def _plain(value: Any) -> Any:
    if isinstance(value, SharedArray):
        return value.array
    return tuple(map(_plain, value)) if isinstance(value, tuple) else value


def _open_array(name: bytes) -> SharedArray:
    return SharedArray(_native.open(name))


def _open_block(name: bytes) -> SharedBlock:
    return SharedBlock(_native.open(name))
