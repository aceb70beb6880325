"""Options as the flags that would be typed: their defaults and contradictions are settled where those of the command are."""

from __future__ import annotations

import datetime
import decimal
import numbers
import os
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np


def flags(options: Mapping[str, Any]) -> Iterator[str]:
    """``cap=0.2, test_from=date(2022, 1, 1)`` becomes ``--cap=0.2 --test-from=2022-01-01``; None and False are left out."""
    for name, value in options.items():
        if value is None or value is False:
            continue
        flag = "--" + name.rstrip("_").replace("_", "-")
        yield flag if value is True else f"{flag}={_text(name, value)}"


def _text(name: str, value: Any) -> str:
    if isinstance(value, str | os.PathLike):
        return os.fspath(value)
    if isinstance(value, np.datetime64):
        return str(value.astype("datetime64[D]"))
    if isinstance(value, datetime.datetime):
        return value.date().isoformat()
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, numbers.Integral):
        return str(int(value))
    if isinstance(value, numbers.Real | decimal.Decimal | np.floating):
        return repr(float(value))  # as many digits as bring the same number back
    raise TypeError(f"{name.rstrip('_')} is of type {type(value).__name__}; {_WANTED.get(name, 'give a number or a word')}")


_WANTED = {
    "cap": "give one fraction, which holds for every asset; limits for single assets are not supported",
    "floor": "give one fraction, which holds for every asset; limits for single assets are not supported",
    "returns": 'give "simple" or "log", or returns themselves as the first argument, with table="returns"',
    "table": 'give "prices", "returns", "percent" or "relatives", and the numbers as the first argument',
    "from_": "give a date",
    "to": "give a date",
    "test_from": "give a date",
    "test_to": "give a date",
}
