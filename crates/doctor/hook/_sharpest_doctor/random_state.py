"""The state of the random generators that a worker begins with, and after some of its tasks.

The doctor decides from these whether two workers drew from one stream: the whole state is written where a worker begins
(2.5 kB), and enough of it to be found again afterwards.
"""

import sys

from . import ledger
from .describe import attribute

_written = {}


def look(when, function, args):
    """Writes what has changed since the last look."""
    if when == "enter":
        _written.clear()
    begins = when in ("enter", "before")
    for name, key, position in _twisters():
        if _written.get(name) == (key, position):
            continue
        _written[name] = (key, position)
        state = key.hex() if begins else key[:32].hex()
        ledger.note("random", when=when, generator=name, position=position, state=state)
    for name, state, stream in _generators(function, args):
        if _written.get(name) != state:
            _written[name] = state
            ledger.note("generator", when=when, generator=name, state=state, stream=stream)


def _twisters():
    """The global Mersenne twisters of numpy.random and random: name, 624 words as bytes, position."""
    legacy = sys.modules.get("numpy.random.mtrand")
    held = getattr(legacy, "_rand", None)
    if held is not None:
        state = held._bit_generator.state
        if state.get("bit_generator") == "MT19937":
            yield "numpy.random", state["state"]["key"].astype("<u4").tobytes(), int(state["state"]["pos"])
    plain = getattr(sys.modules.get("random"), "_inst", None)
    if plain is not None:
        words = plain.getstate()[1]
        if len(words) == 625:
            from struct import pack

            yield "random", pack("<624I", *words[:624]), words[624]


def _generators(function, args):
    """The numpy Generators among the globals of a function."""
    names = attribute(attribute(function, "__func__") or function, "__globals__")
    if not names or "numpy.random" not in sys.modules:
        return
    for name, value in list(names.items())[:500]:
        kind = type(value)
        if kind.__name__ == "Generator" and kind.__module__.startswith("numpy.random"):
            state = value.bit_generator.state
            inner = state.get("state")
            if isinstance(inner, dict) and "inc" in inner:
                yield name, "%x" % inner["state"], "%x" % inner["inc"]
