"""Intervals, against SciPy and statsmodels."""
from scipy import stats

from compare import Case, Undefined

LEFT_OUT = {}


def cases(rng, scale):
    for _ in range(int(1000 * scale)):
        trials = int(10 ** rng.uniform(0, 7))
        successes = int(rng.choice([0, trials, rng.integers(0, trials + 1)]))
        confidence = float(rng.uniform(.5, .999))
        wilson = stats.binomtest(successes, trials).proportion_ci(confidence, "wilson")
        yield Case(
            "wilson-interval", {"successes": successes, "trials": trials, "confidence": confidence},
            {"lower": wilson.low, "upper": wilson.high}, relative=1e-8, absolute=1e-12)
    for bad in [{"successes": 3, "trials": 2}, {"successes": 0, "trials": 0}, {"successes": -1, "trials": 4}]:
        yield Case("wilson-interval", bad, Undefined)
