"""One task for a range of penalties, so the data cross a few times; but for several a worker, since one may begin late."""

import numpy as np
from joblib import Parallel, delayed


def fit(data, penalties):
    scratch, total = np.empty_like(data), 0.0
    for penalty in penalties:
        np.sin(data, out=scratch)
        total += float(scratch.mean()) * penalty
    return total


if __name__ == "__main__":
    data = np.ones((350, 350))
    ranges = [range(start, start + 800) for start in range(0, 6400, 800)]
    print(sum(Parallel(n_jobs=2)(delayed(fit)(data, one) for one in ranges)))
