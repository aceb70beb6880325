"""The same interface with threads in place of processes: for functions that let go of the interpreter, and for debugging."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from time import perf_counter
from typing import Any

from .executor import Pool, checked
from .ledger import Ledger, Row, Worker


class ThreadPool(Pool):
    """What ``sharpest.Pool(backend="threads")`` gives. Nothing crosses, so arrays are the caller's own."""

    def __init__(
        self,
        max_workers: int | None = None,
        mp_context: Any = None,
        initializer: Callable[..., Any] | None = None,
        initargs: tuple[Any, ...] = (),
        **options: Any,
    ) -> None:
        for name, value in {"mp_context": mp_context, **options}.items():
            if value and name != "backend":
                raise ValueError(f"{name} is for processes: threads have no such thing")
        self._max_workers = checked(max_workers, initializer, None, None)
        self._threads = ThreadPoolExecutor(self._max_workers, "sharpest-pool", initializer, initargs)
        self._rows: dict[str, Row] = {}  # type: ignore[assignment]
        self._shares: dict[int, Worker] = {}
        self._lock = threading.Lock()

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """As that of processes."""
        self._threads.shutdown(wait, cancel_futures=cancel_futures)

    def kill(self, reason: str = "it was killed") -> None:
        """Cancels what has not begun: a thread cannot be ended."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    @property
    def workers(self) -> list[int]:
        """The threads that have worked, by their numbers in the system."""
        return [*self._shares]

    @property
    def ledger(self) -> Ledger:
        """Where the time went."""
        with self._lock:
            return Ledger([*self._rows.values()], [*self._shares.values()], 0, 0, 0)

    def _calls(self, fn: Any, iterables: Any, _together: int) -> Any:
        return self._tasks(fn, iterables, 1)

    def _send(self, fn: Any, args: Any, kwargs: Any, named: Any) -> Any:
        return self._threads.submit(self._run, perf_counter(), named, fn, args, kwargs)

    def _run(self, submitted: float, named: Any, fn: Any, args: Any, kwargs: Any) -> Any:
        began, failed = perf_counter(), True
        try:
            value = fn(*args, **kwargs)
            failed = False
            return value
        finally:
            ran = perf_counter() - began
            name, thread = getattr(named, "__qualname__", type(named).__qualname__), threading.get_native_id()
            with self._lock:
                row = self._rows.setdefault(name, Row(name))
                row.tasks += 1
                row.failed += failed
                row.queued += began - submitted
                row.run += ran
                share = self._shares.setdefault(thread, Worker(thread, 0, 0.0))
                share.tasks += 1
                share.run += ran
