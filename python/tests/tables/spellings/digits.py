"""How a number is written: its point, its thousands, its signs, and which readings that leaves."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

#: The narrow and the wide blank that typesetters put between thousands, and the apostrophe that Excel puts there in Zurich.
THIN, NARROW, FIXED, QUOTE = "\u2009", "\u202f", "\u00a0", "\u2019"


@dataclass(frozen=True)
class Digits:
    """A way to write numbers. ``decimals`` is how many digits are written after the point, None for as few as bring the
    double back."""

    name: str
    decimals: int | None = None
    point: str = "."
    thousands: str = ""
    before: str = ""
    after: str = ""
    plus: bool = False
    scientific: bool = False
    whole: str = ".0"  # what follows a whole number where no number of decimals is fixed

    def write(self, number: float) -> str:
        """Writes a number."""
        sign = "-" if number < 0 else "+" if self.plus else ""
        if self.scientific:
            return f"{sign}{_scientific(abs(number))}{self.after}"
        if self.decimals is None:
            plain = format(Decimal(repr(abs(float(number)))), "f").removesuffix(".0")
        else:
            plain = f"{abs(number):.{self.decimals}f}"
        whole, _, fraction = plain.partition(".")
        grouped = f"{int(whole):,}".replace(",", self.thousands)
        tail = self.point + fraction if fraction else self.whole.replace(".", self.point) if self.decimals is None else ""
        return f"{sign}{self.before}{grouped}{tail}{self.after}"

    def read(self, text: str) -> float:
        """Reads what was written, for who knows how: the nearest double."""
        bare = text.strip().removesuffix(self.after)
        sign, bare = ("-", bare[1:]) if bare.startswith("-") else ("", bare.removeprefix("+"))
        bare = bare.removeprefix(self.before)
        if self.thousands:
            bare = bare.replace(self.thousands, "")
        return float(sign + bare.replace(self.point, "."))


def _scientific(number: float) -> str:
    digits = f"{Decimal(repr(float(number))).normalize():E}"
    return digits if "E" in digits else f"{digits}E+0"


def draw(chance: random.Random, numbers: np.ndarray, decimals: int | None) -> Digits:
    """Draws a way to write these numbers that keeps every one to the last bit."""
    found = styles(numbers, decimals, chance.choice((None, decimals, decimals)))
    return chance.choices(list(found), list(found.values()))[0]


def styles(numbers: np.ndarray, decimals: int | None, some: int | None) -> dict[Digits, float]:
    """The ways to write these numbers, and how often each is; ``some`` is how many decimals are written, of those that may
    be left out."""
    found: dict[Digits, float] = {
        Digits("shortest", whole=""): 28,
        Digits("as pandas writes"): 14,
        Digits("decimal comma", some, point=",", whole=""): 14,
        Digits("scientific", scientific=True): 2,
        Digits("plus", plus=True, whole=""): 1,
        Digits("padded", whole="", after="  "): 2,
    }
    if decimals is None:
        return found
    found[Digits("fixed", decimals)] = 24
    if (numbers > 0).all():
        found |= _money(decimals)
    return found | (_grouped(decimals) if numbers.max() >= 1_000 else {})


def _money(decimals: int) -> dict[Digits, float]:
    return {
        Digits("currency", decimals, before="$"): 2,
        Digits("currency", decimals, before="$", thousands=","): 2,
        Digits("currency", decimals, before="£"): 1,
        Digits("currency", decimals, before="¥"): 1,
        Digits("currency", decimals, after=" €", point=","): 2,
        Digits("currency", decimals, before="€"): 1,
    }


def _grouped(decimals: int) -> dict[Digits, float]:
    return {
        Digits("thousands comma", decimals, thousands=","): 12,
        Digits("thousands point, decimal comma", decimals, thousands=".", point=","): 9,
        Digits("thousands apostrophe", decimals, thousands="'"): 3,
        Digits("thousands apostrophe", decimals, thousands=QUOTE): 2,
        Digits("thousands blank", decimals, thousands=" ", point=","): 2,
        Digits("thousands blank", decimals, thousands=FIXED, point=","): 3,
        Digits("thousands blank", decimals, thousands=NARROW, point=","): 2,
        Digits("thousands blank", decimals, thousands=THIN): 1,
    }


_SIGN = r"[+-]?"
#: Where the point is a point, and where it is a comma; thousands are grouped in threes or not at all.
_POINT = re.compile(rf"{_SIGN}(\d+|[1-9]\d{{0,2}}(,\d{{3}})+)(\.\d*)?")
_COMMA = re.compile(rf"{_SIGN}(\d+|[1-9]\d{{0,2}}(\.\d{{3}})+)(,\d*)?")
_AFFIX = re.compile(rf"^[\s$£¥€]+|[\s$£¥€%]+$|(?<=\d)['{QUOTE}\s](?=\d{{3}})")


def readings(texts: Sequence[str]) -> str:
    """Says what a column leaves open: ``one`` reading, ``scale`` where two differ by a constant factor, which no answer
    notices, or ``open``. A column of points alone is read as everything that computes reads it."""
    bare = [re.sub(_AFFIX, "", text.strip()) for text in texts]
    if not any("," in text for text in bare):
        return "one"
    found = []
    for grammar, thousands, point in ((_POINT, ",", "."), (_COMMA, ".", ",")):
        if all(grammar.fullmatch(text) for text in bare):
            found.append(np.array([float(text.replace(thousands, "").replace(point, ".")) for text in bare]))
    if len(found) < 2 or (found[0] == found[1]).all():
        return "one"
    ratio = found[0] / found[1] if (found[1] != 0).all() else np.array([1, 2])
    return "scale" if np.ptp(ratio) < 1e-9 * abs(ratio[0]) else "open"
