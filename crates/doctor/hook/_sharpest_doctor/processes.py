"""Processes of multiprocessing: who started whom, how, and when each was ready to work.

Concurrent.futures and joblib start theirs through the same class, so two methods of BaseProcess are enough.
"""

from . import describe, ledger, tasks


def process(module):
    """Instruments multiprocessing.process."""
    base = module.BaseProcess
    start, bootstrap = base.start, base._bootstrap

    def watched_start(self, *args, **kwargs):
        begin = ledger.now()
        result = start(self, *args, **kwargs)
        try:
            popen = self._popen
            method = getattr(popen, "method", type(popen).__module__.rsplit("_", 1)[-1])
            ledger.note("launch", child=popen.pid, method=method, name=self.name, begin=begin)
        except Exception:
            pass
        return result

    def watched_bootstrap(self, *args, **kwargs):
        try:
            _begin(self)
        except Exception:
            pass
        try:
            return bootstrap(self, *args, **kwargs)
        finally:
            tasks.leave()

    base.start, base._bootstrap = watched_start, watched_bootstrap


def _begin(self):
    target = getattr(self, "_target", None)
    module = describe.attribute(target, "__module__") or ""
    name = describe.attribute(target, "__qualname__") or type(self).__name__
    ledger.note("worker", name=self.name, target=module + "." + name, cpu=ledger.first_cpu())
    own = not module.startswith(("multiprocessing.", "concurrent.", "joblib.", "loky.", "sharpest.pool."))
    tasks.enter(self, target if own else None, name)
