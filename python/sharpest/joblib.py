"""joblib, and so scikit-learn, on this pool: import this module, then ``joblib.parallel_config("sharpest")``.

>>> import joblib, sharpest.joblib
>>> with joblib.parallel_config("sharpest", n_jobs=2):
...     joblib.Parallel()(joblib.delayed(abs)(number) for number in (-1, -2))
[1, 2]
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from joblib import parallel
from joblib._parallel_backends import AutoBatchingMixin, FallbackToBackend, ParallelBackendBase

from . import _native
from .pool import Pool, blas, kept

__all__ = ["Backend", "shutdown"]


def shutdown() -> None:
    """Ends the workers that the last call of ``Parallel`` has left to the next."""
    kept.end()


class Backend(AutoBatchingMixin, ParallelBackendBase):
    """What joblib asks of a backend. Its batches are tasks of a :class:`sharpest.Pool`, which is left to the next call of
    ``Parallel`` that asks for the same, for five minutes. No two calls have it at once."""

    supports_retrieve_callback = True
    supports_return_generator = True
    supports_inner_max_num_threads = True
    uses_threads = False
    supports_sharedmem = False

    _pool: Pool | None = None
    _wanted: bytes | None = None  # how the pool was asked for

    def effective_n_jobs(self, n_jobs: int | None) -> int:
        """The number of workers; negative numbers count down from the cores that may be used."""
        if n_jobs == 0:
            raise ValueError("n_jobs == 0 in Parallel has no meaning")
        if n_jobs is None:
            return 1
        return max(1, _native.usable_cores() + 1 + n_jobs) if n_jobs < 0 else n_jobs

    def configure(
        self, n_jobs: int = 1, parallel: Any = None, prefer: str | None = None, require: str | None = None, **options: Any
    ) -> int:
        """Starts the pool. ``options`` are those of the pool that joblib does not know."""
        if self._pool is not None:  # of another call under the same ``parallel_config``, whose results are not all taken
            given = {"nesting_level": self.nesting_level, "inner_max_num_threads": self.inner_max_num_threads}
            raise FallbackToBackend(type(self)(**given, **self.backend_kwargs))
        n_jobs = self.effective_n_jobs(n_jobs)
        self.parallel = parallel
        if n_jobs > 1:
            threads = self.inner_max_num_threads or blas.asked_for()
            options = {"preload": ("sharpest.joblib",), **self.backend_kwargs, **options}  # for Parallel inside of Parallel
            known = {key: options[key] for key in _OPTIONS if options.get(key) is not None}
            self._pool, self._wanted = kept.take(n_jobs, blas_threads=threads, **known)
        return n_jobs

    def submit(self, func: Callable[[], Any], callback: Callable[[Any], None] | None = None) -> Any:
        """Hands out a batch."""
        assert self._pool is not None
        future = self._pool.submit(func)
        if callback is not None:
            future.add_done_callback(callback)
        return future

    def retrieve_result_callback(self, out: Any) -> Any:
        """The results of a batch whose future is done."""
        return out.result()

    def retrieve_result(self, out: Any, timeout: float | None = None) -> Any:
        """The results of a batch, waited for."""
        return out.result(timeout)

    def terminate(self) -> None:
        """Leaves the pool to the next call."""
        pool, self._pool = self._pool, None
        if pool is not None:
            kept.leave(pool, self._wanted)
        self.reset_batch_stats()

    def abort_everything(self, ensure_ready: bool = True) -> None:
        """Ends the pool at once."""
        if self._pool is not None:
            n_jobs = self._pool._max_workers
            self._pool.kill("joblib aborted the call")
            self._wanted = None
            self.terminate()
            if ensure_ready:
                self.configure(n_jobs=n_jobs, parallel=self.parallel)


#: Options of the pool that may be given to joblib.
_OPTIONS = ("mp_context", "initializer", "initargs", "max_tasks_per_child", "retries", "deadline", "pin", "preload")

parallel.register_parallel_backend("sharpest", Backend)
