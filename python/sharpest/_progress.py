"""The progress bar: tqdm's, in terminal and notebook, if it is installed. Where nobody looks there is none."""

from __future__ import annotations

import math
import sys
import warnings
from types import TracebackType
from typing import Any


def interactive() -> bool:
    """Whether somebody looks: standard error is a terminal, or this is a notebook."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if shell is not None and "zmqshell" in type(shell).__module__:
        return True
    try:
        return sys.stderr.isatty()
    except (AttributeError, ValueError):  # no standard error, or a closed one
        return False


class Bar:
    """Called by the engine's watch some twenty times a second, after the first of them; drawn by tqdm as it likes."""

    def __init__(self, quiet: bool) -> None:
        self.tqdm: Any = None
        self.stage = ""
        self.off = quiet or not interactive()

    def __enter__(self) -> Bar | None:
        return None if self.off else self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def __call__(self, stage: str, done: int, count: int, best: float, gap: float) -> None:
        if self.off:
            return
        if stage != self.stage:
            self.close()
            self.tqdm, self.stage = self._open(stage, done, count), stage
        if self.tqdm is not None:
            words = {"best": f"{best:.3f}"} if math.isfinite(best) else {}
            if math.isfinite(gap):
                words["gap"] = f"{gap:.2%}"
            self.tqdm.set_postfix(words, refresh=False)
            self.tqdm.update(done - self.tqdm.n)

    def _open(self, stage: str, done: int, count: int) -> Any:
        try:
            with warnings.catch_warnings():  # that a notebook has no widgets, and text has to do
                warnings.simplefilter("ignore")
                from tqdm.auto import tqdm

                # What an earlier run did says nothing about the pace of this one.
                scale = not 0 < count < 10_000
                return tqdm(total=count or None, initial=done, unit=f" {stage}", leave=False, unit_scale=scale)
        except ImportError:
            self.off = True
            return None

    def close(self) -> None:
        """Removes the bar."""
        if self.tqdm is not None:
            self.tqdm.close()
            self.tqdm = None
