"""The results of a map: in their order or as they are done, from chunks, and with a bar."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from itertools import islice, repeat
from math import nan
from time import monotonic
from typing import Any

from .._progress import Bar


def in_order(futures: list[Any], more: Iterator[Any], end: float | None) -> Iterator[Any]:
    futures.reverse()
    try:
        while futures:
            first = [futures.pop()]
            futures[:0] = islice(more, 1)
            # No name here holds the result or its future while the caller has it.
            yield first.pop().result(None if end is None else end - monotonic())
    finally:
        for future in futures:
            future.cancel()


def as_done(futures: list[Any], more: Iterator[Any], end: float | None) -> Iterator[Any]:
    done: Any = threading.Condition()
    ready: list[Any] = []

    def tell(future: Any) -> None:
        with done:
            ready.append(future)
            done.notify()

    left = len(futures)
    future: Any
    for future in futures:
        future.add_done_callback(tell)
    try:
        while left:
            with done:
                if not done.wait_for(lambda: ready, None if end is None else max(0.0, end - monotonic())):
                    raise TimeoutError
                future = ready.pop(0)
            futures.remove(future)
            left -= 1
            for another in islice(more, 1):
                left += 1
                futures.append(another)
                another.add_done_callback(tell)
            first = [future]
            del future
            yield first.pop().result()
    finally:
        for future in futures:
            future.cancel()


def chained(chunks: Iterator[list[Any]]) -> Iterator[Any]:
    for chunk in chunks:
        chunk.reverse()
        yield from map(list.pop, repeat(chunk, len(chunk)))  # by the interpreter itself; what was taken is not kept here


def shown(results: Iterator[Any], count: int) -> Iterator[Any]:
    done, next_look = 0, 0.0
    with Bar(quiet=False) as bar:
        for result in results:
            done += 1
            if bar is not None and monotonic() >= next_look:
                bar("tasks", done, count, nan, nan)
                next_look = monotonic() + 0.05
            last = [result]
            del result
            yield last.pop()
