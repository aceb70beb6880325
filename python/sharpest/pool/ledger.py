"""What crossed between a pool and its workers, and where the time went."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from .blame import Heavy

_TICKS = 100.0  # USER_HZ, which is 100 on every Linux


@dataclass
class Row:
    """The tasks of one function. Times are sums over them, in seconds."""

    function: str
    tasks: int = 0
    failed: int = 0
    queued: float = 0.0
    unpickle: float = 0.0
    run: float = 0.0
    #: Of that, waiting for locks of :mod:`sharpest.sync` that somebody else held.
    locks: float = 0.0
    pickle: float = 0.0
    deliver: float = 0.0
    #: Bytes that were pickled, there and back.
    pickled: int = 0
    pickled_back: int = 0
    #: Bytes that crossed in shared memory.
    shared: int = 0
    shared_back: int = 0
    #: What the heaviest messages were made of, by the path that leads to it. Some messages are looked at, not all.
    heaviest: list[Heavy] = field(default_factory=list)


class Task(NamedTuple):
    """One task. Times are in seconds, sizes in bytes, as in :class:`Row`."""

    function: str
    #: The process that answered it; 0 if none did.
    worker: int
    failed: bool
    queued: float
    unpickle: float
    run: float
    locks: float
    pickle: float
    deliver: float
    pickled: int
    shared: int
    pickled_back: int
    shared_back: int


@dataclass
class Worker:
    """One process. What the system knows of it is none when it has ended."""

    pid: int
    tasks: int
    run: float
    cpu: float | None = None
    waited_for_core: float | None = None
    page_faults: int | None = None


@dataclass
class Ledger:
    """A pool's books, as they stand at one moment: ``print(pool.ledger)``, or ``.to_dict()`` for programs."""

    functions: list[Row]
    workers: list[Worker]
    #: Of each worker; 0 where they are threads of one process.
    blas_threads: int
    tried_again: int
    deaths: int
    #: The last thousand tasks, each by itself, in the order in which they were delivered.
    recent: list[Task] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """The same as plain numbers, texts, lists and dictionaries."""
        told = asdict(self)
        for row, own in zip(told["functions"], self.functions, strict=True):
            row["heaviest"] = [one._asdict() for one in own.heaviest]
        told["recent"] = [one._asdict() for one in self.recent]
        return told

    def __str__(self) -> str:
        if not self.functions:
            return "no task was submitted yet"
        lines = [*_table(self.functions), "", *_workers(self)]
        for row in self.functions:
            lines += [f"{row.function}: {_heavy(one)}" for one in row.heaviest]
        return "\n".join(lines)


_HEAD = ("function", "tasks", "queued", "unpickle", "run", "locks", "pickle", "deliver", "pickled", "back", "shared", "back")


def _table(rows: list[Row]) -> list[str]:
    cells: list[tuple[str, ...]] = [_HEAD]
    for row in rows:
        times = (row.queued, row.unpickle, row.run, row.locks, row.pickle, row.deliver)
        sizes = (row.pickled, row.pickled_back, row.shared, row.shared_back)
        tasks = f"{row.tasks:,}" + (f" ({row.failed} failed)" if row.failed else "")
        cells.append((row.function, tasks, *map(seconds, times), *map(size, sizes)))
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return [
        "  ".join(cell.ljust(width) if place == 0 else cell.rjust(width)
                  for place, (cell, width) in enumerate(zip(line, widths, strict=True))).rstrip()
        for line in cells
    ]


def _workers(ledger: Ledger) -> list[str]:
    lines = []
    for worker in ledger.workers:
        known = ""
        if worker.cpu is not None:
            known = (f", {seconds(worker.cpu)} CPU, {seconds(worker.waited_for_core or 0.0)} in line for a core, "
                     f"{worker.page_faults:,} page faults")
        lines.append(f"worker {worker.pid}: {worker.tasks:,} tasks, at work {seconds(worker.run)}{known}")
    if ledger.blas_threads:
        threads = f"{ledger.blas_threads} BLAS thread{'s' if ledger.blas_threads > 1 else ''} each"
        lines.append(f"{threads}; {ledger.deaths} deaths, {ledger.tried_again} tasks tried again")
    return lines


def _heavy(one: Heavy) -> str:
    parts = [f"{size(one.pickled)} pickled"] * bool(one.pickled) + [f"{size(one.shared)} shared"] * bool(one.shared)
    return f"{one.path} → {one.kind}: {', '.join(parts)}"


def seconds(time: float) -> str:
    """A time at a glance."""
    if time >= 100.0:
        return f"{time:,.0f} s"
    if time >= 1.0:
        return f"{time:.1f} s"
    return f"{time * 1e3:.1f} ms" if time >= 1e-3 else f"{time * 1e6:.0f} µs"


def size(count: int) -> str:
    """A number of bytes at a glance."""
    for unit, bytes_ in (("GB", 1e9), ("MB", 1e6), ("KB", 1e3)):
        if count >= bytes_:
            value = count / bytes_
            return f"{value:,.0f} {unit}" if value >= 100 else f"{value:.1f} {unit}"
    return f"{count} B" if count else "–"


def look(worker: Worker) -> Worker:
    """Adds what the system knows of a process that lives."""
    place = Path("/proc") / str(worker.pid)
    try:
        ran, waited, _ = (place / "schedstat").read_text().split()
        after_name = (place / "stat").read_text().rpartition(")")[2].split()
    except (OSError, ValueError):
        return worker
    worker.cpu = (int(after_name[11]) + int(after_name[12])) / _TICKS
    worker.waited_for_core = int(waited) / 1e9
    worker.page_faults = int(after_name[7])
    return worker
