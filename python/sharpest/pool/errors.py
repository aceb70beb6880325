"""What a pool can fail with. Each pickles with what it tells."""

from __future__ import annotations

import signal as signals
from concurrent.futures import CancelledError
from concurrent.futures.process import BrokenProcessPool

# The cause of an exception in a worker, as programs know it from the standard library.
from concurrent.futures.process import _RemoteTraceback as RemoteTraceback
from typing import Any

__all__ = ["CancelledError", "DeadlineExceeded", "NurseryError", "PoolBroken", "RemoteTraceback", "ResultUnreadable",
           "TaskUnreadable", "WorkerDied"]


class WorkerDied(BrokenProcessPool):
    """The worker that ran a task died, for the last time that the task was to be tried. The pool goes on.

    ``pid`` is its process; ``status`` or ``signal`` say how it ended, where that is known; ``task`` is the number of the
    task, which was ``tried`` so many times.
    """

    def __init__(self, sentence: str, pid: int, status: int | None, signal: int | None, task: int, tried: int) -> None:
        super().__init__(sentence)
        self.pid, self.status, self.signal, self.task, self.tried = pid, status, signal, task, tried

    def told(self, exit_code: int) -> WorkerDied:
        """The same, now that its end is known: a status, or minus a signal."""
        if exit_code >= 0:
            how, status, signal = f"exited with status {exit_code}", exit_code, None
        else:
            how, status, signal = f"was killed by {_name(-exit_code)}", None, -exit_code
        return WorkerDied(str(self).replace(" died ", f" {how} ", 1), self.pid, status, signal, self.task, self.tried)

    def __reduce__(self) -> Any:
        return WorkerDied, (str(self), self.pid, self.status, self.signal, self.task, self.tried)


class DeadlineExceeded(TimeoutError):
    """A task took longer than the pool's ``deadline``, and its worker was killed. The pool goes on."""

    def __init__(self, sentence: str, pid: int, task: int) -> None:
        super().__init__(sentence)
        self.pid, self.task = pid, task

    def __reduce__(self) -> Any:
        return DeadlineExceeded, (str(self), self.pid, self.task)


class PoolBroken(BrokenProcessPool):
    """No task can be done any more: the initializer failed, or workers cannot be started."""


class NurseryError(Exception):
    """No worker can be started; the sentence says why."""


class TaskUnreadable(BrokenProcessPool):
    """A worker could not unpickle a task, mostly because what it names is not there to be imported. The pool goes on."""


class ResultUnreadable(BrokenProcessPool):
    """A result could not be unpickled here. The pool goes on."""


def _name(number: int) -> str:
    try:
        name = signals.Signals(number).name
    except ValueError:
        return f"signal {number}"
    return f"{name} (by somebody, or for want of memory)" if number == signals.SIGKILL else name
