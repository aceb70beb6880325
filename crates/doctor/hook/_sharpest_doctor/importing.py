"""Waiting for modules: each one that matters is instrumented right after it was imported, by the program, when it wants to."""

import sys

# module of the program -> (module of this package, function)
WANTED = {
    "multiprocessing.reduction": ("reduction", "reduction"),
    "multiprocessing.connection": ("pickles", "connection"),
    "multiprocessing.pool": ("describe", "pool"),
    "multiprocessing.process": ("processes", "process"),
    "multiprocessing.synchronize": ("locks", "synchronize"),
    "multiprocessing.shared_memory": ("shared", "shared_memory"),
    "joblib.externals.loky.backend.queues": ("pickles", "loky_queues"),
    "loky.backend.queues": ("pickles", "loky_queues"),
    "sharpest.pool.executor": ("sharpest_pool", "executor"),
    "sharpest.pool.worker": ("sharpest_pool", "worker"),
}


_instrumented = set()


def listen():
    """From now on. What was imported before is instrumented at once."""
    sys.meta_path.insert(0, _finder)
    for name in WANTED:  # a .pth file may have been first
        module = sys.modules.get(name)
        if module is not None:
            _instrument(name, module)


def deafen():
    """No longer."""
    if _finder in sys.meta_path:
        sys.meta_path.remove(_finder)


def _instrument(name, module):
    if name in _instrumented:
        return
    _instrumented.add(name)
    where, what = WANTED[name]
    kept = sys.dont_write_bytecode, sys.pycache_prefix
    sys.dont_write_bytecode, sys.pycache_prefix = False, None
    try:
        # not importlib.import_module: importing importlib costs a millisecond
        getattr(__import__("_sharpest_doctor." + where, fromlist=[what]), what)(module)
    except Exception:
        pass
    finally:
        sys.dont_write_bytecode, sys.pycache_prefix = kept


class _Finder:
    """Finds nothing itself: asks the others, and adds a step after the module has run."""

    def find_spec(self, name, path=None, target=None):
        if name not in WANTED:
            return None
        for finder in sys.meta_path:
            if finder is self or not hasattr(finder, "find_spec"):
                continue
            spec = finder.find_spec(name, path, target)
            if spec is not None:
                _follow(spec.loader, name)
                return spec
        return None


_finder = _Finder()


def _follow(loader, name):
    execute = getattr(loader, "exec_module", None)
    if execute is None or isinstance(loader, type):
        return

    def exec_module(module):
        del loader.exec_module
        execute(module)
        _instrument(name, module)

    try:
        loader.exec_module = exec_module
    except AttributeError:
        pass  # a loader that cannot be followed
