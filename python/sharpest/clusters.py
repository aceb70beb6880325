"""Searches on other people's workers: any ``concurrent.futures.Executor``, and one for Ray, which has none.

What goes to a worker is bytes (a range of blocks, and the question once a process), and so is what comes back. Nothing is
computed here: tasks are made, answers merged and lost ones judged by the engine.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Executor, Future
from typing import Any

from . import _native

__all__ = ["RayExecutor"]


def work(task: bytes) -> bytes:
    """What a worker does with a task, wherever it is; all that an executor is ever asked to run."""
    return _native.assist(task)


class Tasks:
    """The tasks that an executor has: the engine calls ``submit`` and ``cancel``, and answers go to ``inbox``."""

    #: The name of a score of the user's own, by which the workers rank.
    score: str | None = None
    #: Whether they can open a segment of this process.
    near = False

    def __init__(self, executor: Executor, jobs: int | None) -> None:
        if not callable(getattr(executor, "submit", None)):
            raise TypeError(
                f"executor is of type {type(executor).__name__}; give an Executor, such as ProcessPoolExecutor() or"
                " client.get_executor()"
            )
        if hasattr(executor, "get_executor"):  # it would take tasks, but gives one answer for two of the same bytes
            raise TypeError("executor is a client of Dask, no Executor: give client.get_executor()")
        self.executor = executor
        self.slots = _slots(executor) if jobs is None else at_least_one(jobs)
        self.inbox = _native.Inbox()
        self.futures: dict[int, Future[bytes]] = {}
        self.lock = threading.Lock()

    def submit(self, number: int, task: bytes) -> None:
        future = self.call(task)
        with self.lock:
            self.futures[number] = future
        future.add_done_callback(lambda future: self.done(number, future))

    def call(self, task: bytes) -> Future[bytes]:
        """Has a worker work on a task."""
        return self.executor.submit(work, task)

    def done(self, number: int, future: Future[bytes]) -> None:
        """Called by whatever thread the executor has for it."""
        with self.lock:
            self.futures.pop(number, None)
        try:
            self.inbox.put(number, future.result())
        except CancelledError as error:
            self.inbox.fail(number, error, True)
        except BaseException as error:
            self.inbox.fail(number, error, False)

    def cancel(self) -> None:
        with self.lock:
            futures = list(self.futures.values())
        for future in futures:
            future.cancel()


def at_least_one(jobs: int) -> int:
    """A number of workers, as it was asked for."""
    if jobs < 1:
        raise ValueError(f"{jobs} tasks at the same time are none: jobs is 1 or more")
    return int(jobs)


def _slots(executor: Any) -> int:
    """How many tasks it works on at the same time, as far as it says."""
    for name in ("_max_workers", "num_workers"):  # pools of threads and processes; MPI and RayExecutor
        count = getattr(executor, name, None)
        if isinstance(count, int) and count > 0:
            return count
    client: Any = getattr(executor, "_client", None)
    if hasattr(client, "nthreads"):  # Dask
        return max(1, sum(client.nthreads().values()))
    return os.cpu_count() or 1


class RayExecutor(Executor):
    """Ray as a ``concurrent.futures.Executor``. A call whose worker is lost is made again elsewhere, by Ray, some three times.

    Where ``ray.init()`` was not called, Ray is started on this machine. ``options`` are those of ``ray.remote``, such as
    ``num_cpus=2`` or ``max_retries=10``; by default a call takes one core. To leave it stops nothing of Ray.
    """

    def __init__(self, **options: Any) -> None:
        import ray

        if not ray.is_initialized():
            ray.init()
        self._ray = ray
        self._cores = options.setdefault("num_cpus", 1)
        self._call = ray.remote(_call).options(**options)
        self._out: set[Future[Any]] = set()
        self._closed = False

    @property
    def num_workers(self) -> int:
        """How many calls fit into the cluster as it is."""
        cores = self._ray.cluster_resources().get("CPU", 1)
        return max(1, int(cores / (self._cores or 1)))

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        if self._closed:
            raise RuntimeError("cannot schedule new futures after shutdown")
        future = _RayFuture(self._ray, self._call.remote(fn, *args, **kwargs))
        self._out.add(future)
        future.add_done_callback(self._out.discard)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self._closed = True
        for future in list(self._out):
            if cancel_futures:
                future.cancel()
            if wait and not future.cancelled():
                future.exception()


def _call(fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
    """Ray takes functions written in Python alone."""
    return fn(*args, **kwargs)


class _RayFuture(Future[Any]):
    """The future of a call that Ray has. It can be cancelled while it runs: Ray interrupts it."""

    def __init__(self, ray: Any, reference: Any) -> None:
        super().__init__()
        self._ray, self._reference = ray, reference
        reference.future().add_done_callback(self._take)

    def _take(self, inner: Future[Any]) -> None:
        if not self.set_running_or_notify_cancel():
            return
        error = inner.exception()
        if error is None:
            self.set_result(inner.result())
        else:  # what the function raised, where Ray says so
            cause = getattr(error, "cause", None)
            self.set_exception(cause if isinstance(cause, BaseException) else error)

    def cancel(self) -> bool:
        cancelled = super().cancel()
        if cancelled:
            self._ray.cancel(self._reference)
        return cancelled
