"""The doctor for a stretch of this program: what its processes do meanwhile, and what holds them back.

It watches from a process beside this one, which is the interpreter with nothing but the native half. What it sees from inside,
its start-up hook writes down: this interpreter takes the hook up here, and those that it starts find it on PYTHONPATH.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any, Self

from . import _native

__all__ = ["Doctor", "doctor"]

_BESIDE = "import sys; sys.path.append(sys.argv[1]); import _native; _native.watch(*map(int, sys.argv[2:]))"


class Doctor:
    """What ``with sharpest.doctor() as d`` gives; see :func:`doctor`."""

    def __init__(self) -> None:
        self._answer: dict[str, Any] = {}
        self._hook: ModuleType | None = None

    @property
    def findings(self) -> list[dict[str, Any]]:
        """What was found, the most costly first, as ``sharpest doctor --json`` writes it: ``kind``, ``sentence``,
        ``evidence``, ``cost_seconds``, ``confidence``, ``advice``. There is always one; where nothing is wrong it is of the
        kind ``healthy``."""
        return self.fields["findings"]

    @property
    def fields(self) -> dict[str, Any]:
        """All that ``sharpest doctor --json`` writes."""
        return self._said("diagnosis")

    def __str__(self) -> str:
        return self._said("text").rstrip("\n")

    def __repr__(self) -> str:
        return str(self) if self._answer else "<sharpest.doctor that is still watching>"

    def _repr_html_(self) -> str | None:
        return self._said("html") if self._answer else None

    def _said(self, what: str) -> Any:
        if not self._answer:
            raise RuntimeError("the doctor says what it found when the with block is over")
        return self._answer[what]

    def __enter__(self) -> Self:
        self._answer = {}
        self._pid = os.getpid()
        self._beside = _start()
        try:
            folder = _line(self._beside)["hook"]
            self._path = os.environ.get("PYTHONPATH")
            self._hook = _take_up(folder)
        except BaseException:
            self._beside.kill()
            self._beside.communicate()
            raise
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if os.getpid() != self._pid:
            return  # a forked child that leaves the block as well
        if self._hook is not None:
            _set_path(self._path)
            self._hook.settle()
        try:
            said, _ = self._beside.communicate(b"enough\n")
        except BaseException:  # Ctrl-C
            self._beside.kill()
            self._beside.communicate()
            raise
        finally:
            if self._hook is not None:
                self._hook.stop()
        if said:
            self._answer = json.loads(said)
        elif error is None:
            raise RuntimeError("the process of the doctor was ended before it could say what it found")


def doctor() -> Doctor:
    """Says why a stretch of this program is slow, and what to change.

    It watches this process and all that it starts, from outside and from inside, as the command ``sharpest doctor`` does:
    ``print(d)`` is its report, ``d.findings`` are dictionaries, and a notebook shows ``d`` with charts. Of interpreters that
    were running before, other than this one, only the outside is seen. The program goes on as it would; what watching costs
    is in the report.

    Raises ``OSError`` where there is nothing to watch with: it needs Linux.

    >>> import sharpest
    >>> with sharpest.doctor() as d:
    ...     total = sum(i * i for i in range(3_000_000))
    >>> d.findings[0]["kind"]
    'healthy'
    """
    return Doctor()


def _start() -> subprocess.Popen[bytes]:
    """The process beside this one. Ctrl-C in a terminal is not for it, so it has a session of its own."""
    if not sys.executable:
        raise OSError("the doctor starts a second interpreter, and this one does not say where it is")
    native = str(Path(_native.__file__).parent)
    width = str(shutil.get_terminal_size((100, 0)).columns)
    command = [sys.executable, "-I", "-S", "-c", _BESIDE, native, str(os.getpid()), width]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)


def _line(beside: subprocess.Popen[bytes]) -> dict[str, Any]:
    assert beside.stdout is not None
    line: dict[str, Any] = json.loads(beside.stdout.readline() or "{}")
    if "hook" not in line:
        raise OSError(line.get("error", "the doctor could not be started"))
    return line


def _take_up(folder: str) -> ModuleType | None:
    """Begins to look from inside; not where another doctor does already, whose hook it is then."""
    hook = sys.modules.get("_sharpest_doctor")
    if hook is not None and hook.watches():
        return None
    if hook is None:
        sys.path.insert(0, folder)
        try:
            hook = import_module("_sharpest_doctor")
        finally:
            sys.path.remove(folder)
    hook.__path__[:] = [f"{folder}/_sharpest_doctor"]  # that of the first block is gone
    hook.start(f"{folder}/records")
    path = os.environ.get("PYTHONPATH")
    _set_path(f"{folder}:{path}" if path else folder)
    return hook


def _set_path(path: str | None) -> None:
    if path is None:
        os.environ.pop("PYTHONPATH", None)
    else:
        os.environ["PYTHONPATH"] = path
