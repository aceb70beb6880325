# The start-up hook of `sharpest doctor`: Python imports a module of this name when it starts.
#
# It must run, or do nothing, in any Python whatever: so it knows no syntax younger than Python 2, and it never fails.
# It leaves sys.path as the program would have it, and hands over to the program's own sitecustomize. It imports nothing
# that Python has not imported already: importlib.util alone would cost 10 ms an interpreter.

import sys


def _watch(folder):
    if sys.version_info < (3, 8) or sys.implementation.name != "cpython":
        return
    kept = sys.dont_write_bytecode, sys.pycache_prefix
    sys.dont_write_bytecode, sys.pycache_prefix = False, None  # compiled once, into the doctor's own folder
    sys.path.insert(0, folder)
    try:
        import _sharpest_doctor

        _sharpest_doctor.start(folder + "/records")
    finally:
        sys.path.remove(folder)
        sys.dont_write_bytecode, sys.pycache_prefix = kept


def _hand_over():
    own = sys.modules.pop("sitecustomize", None)
    try:
        import sitecustomize  # the program's, now that this folder is off the path
    except ImportError as error:
        if getattr(error, "name", None) != "sitecustomize":
            raise
    finally:
        sys.modules.setdefault("sitecustomize", own)


_folder = __file__.rsplit("/", 1)[0]
sys.path[:] = [entry for entry in sys.path if entry != _folder]
try:
    _watch(_folder)
except Exception:
    pass  # a program that cannot be watched from inside is watched from outside
if sys.version_info >= (3, 4):
    _hand_over()
