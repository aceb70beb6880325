"""joblib maps arguments from 1 MB on; these are just below."""

import numpy as np
from joblib import Parallel, delayed


def fit(data, penalty):
    return float(data.mean()) * penalty


if __name__ == "__main__":
    data = np.ones((350, 350))
    print(sum(Parallel(n_jobs=2, batch_size=1)(delayed(fit)(data, penalty) for penalty in range(500))))
