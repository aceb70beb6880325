"""Functions that workers cannot import: lambdas, those of a notebook, those inside of another function. With cloudpickle
installed they travel by value; without it the error says which one it was."""

from __future__ import annotations

import io
import pickle
from typing import Any

from .packing import ByValue, Packer, Segment, pack


def pack_by_value(value: Any, packer: type[Packer]) -> tuple[bytes, list[Segment], list[Any]]:
    """As :func:`~sharpest.pool.packing.pack`, with functions by value. Raises ``ImportError`` without cloudpickle."""
    import cloudpickle

    class WithFunctions(packer.thorough or packer):  # type: ignore[misc]
        """What cloudpickle does with functions and classes, and ours with arrays."""

        def reducer_override(self, value: Any) -> Any:
            try:
                reduced = super().reducer_override(value)
            except ByValue:
                reduced = NotImplemented
            if reduced is not NotImplemented or not _may_need_value(value):
                return reduced
            return cloudpickle.loads, (cloudpickle.dumps(value),)

    return pack(value, WithFunctions)


def _may_need_value(value: Any) -> bool:
    """Whether it is a function or class that pickle would look up by a name, in vain."""
    if not isinstance(value, type) and not hasattr(value, "__code__"):
        return False
    if getattr(value, "__module__", None) == "__main__":
        return True
    try:
        pickle.Pickler(io.BytesIO(), 5).dump(value)
    except (pickle.PicklingError, AttributeError, TypeError):
        return True
    return False
