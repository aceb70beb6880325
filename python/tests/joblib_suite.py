"""joblib's own tests of ``Parallel``, with our backend under the names of its process backends. A pytest plugin."""

import sharpest.joblib
from joblib import parallel
from steady import pytest_pyfunc_call  # noqa: F401

for _name in ("loky", "multiprocessing"):
    parallel.BACKENDS[_name] = sharpest.joblib.Backend
