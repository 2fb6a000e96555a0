"""The peers of statistics-bench: SciPy on the same work, one thread, processor time; a line a case."""
import sys
import time

import numpy as np
from scipy import stats

rng = np.random.default_rng(1)


def normalish(count):
    return rng.random((count, 6)).sum(axis=1) - 3


def percentile_by_hand(values, resamples=10_000):
    """The fastest that NumPy offers: all draws at once, in pieces that fit the cache."""
    n, means = len(values), []
    for _ in range(0, resamples, 500):
        means.append(values[rng.integers(0, n, (500, n), dtype=np.int32)].mean(axis=1))
    return np.quantile(np.concatenate(means), [.05, .95])


def cases():
    values = normalish(1_000)
    yield "bca-bootstrap", lambda: stats.bootstrap(
        (values,), np.mean, n_resamples=10_000, confidence_level=.9, method="BCa", rng=rng)
    yield "percentile-bootstrap", lambda: stats.bootstrap(
        (values,), np.mean, n_resamples=10_000, confidence_level=.9, method="percentile", vectorized=True, rng=rng)
    yield "percentile-by-hand", lambda: percentile_by_hand(values)
    one, other = normalish(100_000), normalish(100_000) + .01
    yield "mann-whitney", lambda: stats.mannwhitneyu(one, other, alternative="two-sided", method="asymptotic")
    yield "kolmogorov-smirnov", lambda: stats.ks_2samp(one, other, method="asymp")


def main():
    turns = 1 if "--quick" in sys.argv else 5
    for name, work in cases():
        work()
        least = float("inf")
        for _ in range(turns):
            start = time.process_time()
            work()
            least = min(least, time.process_time() - start)
        print(f"{name}\t{least}", flush=True)


main()
