"""NumPy's time for what `crates/search/benches/scale.rs` times, as one line of JSON in seconds by the clock, one thread at
work as there.
Arguments: how many assets, and how many days."""

import json
import os
import statistics
import sys
import time

os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}

import numpy as np

assets, days = map(int, sys.argv[1:])
random = np.random.default_rng(1)
returns = 0.01 * random.normal(size=(days, 1)) + 0.02 * random.normal(size=(days, assets))


def median(call):
    times = []
    for _ in range(3):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


covariance = np.cov(returns, rowvar=False)
definite = covariance + 1e-6 * np.eye(assets)
print(json.dumps({
    "estimate": median(lambda: (returns.mean(axis=0), np.cov(returns, rowvar=False))),
    "check": median(lambda: np.linalg.cholesky(definite)),
}))
