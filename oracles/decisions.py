"""Rules of decision, against closed forms in exact fractions, and SciPy's multivariate normal."""
import itertools
import math
from fractions import Fraction

import numpy as np
from scipy import stats

from compare import Case, Undefined

LEFT_OUT = {}


def cases(rng, scale):
    for family in [margins, tries, retries, unmeasured]:
        yield from family(rng, scale)


def margins(rng, scale):
    for _ in range(int(200 * scale)):
        n, deviation, gates = int(10 ** rng.uniform(.4, 6)), float(10 ** rng.uniform(-3, 2)), int(rng.integers(1, 20))
        cap, confidence = deviation * float(10 ** rng.uniform(-2, 0)), float(rng.uniform(.6, .999))
        power = 1 - .2 / gates
        reach = (stats.norm.ppf(confidence) + stats.norm.ppf(power)) * deviation
        yield Case("automatic-margin", {"examples": n, "deviation": deviation, "gates": gates, "cap": cap,
                                        "confidence": confidence},
                   {"margin": min(cap, reach / math.sqrt(n)), "uncapped": reach / math.sqrt(n), "power": power,
                    "examples_for_cap": max(2, math.ceil((reach / cap) ** 2))})
        difference, margin = float(rng.normal() * .05), float(rng.choice([0, rng.uniform(0, .1)]))
        z = stats.norm.ppf(confidence)
        gap = difference + margin if difference > -margin else -difference
        exact = (z * deviation / gap) ** 2 if gap > 0 else None
        if exact is not None and exact < 1e14 and abs(exact - round(exact)) > 1e-6 * exact ** .5:
            yield Case("examples-to-decide", {"difference": difference, "deviation": deviation, "margin": margin,
                                              "confidence": confidence},
                       {"n": max(2, math.floor(exact) + 1), "outcome": "pass" if difference > -margin else "fail"})
        share = float(rng.uniform())
        d = float(rng.uniform(-share, share))
        yield Case("paired-deviation", {"discordant_share": share, "difference": d},
                   {"deviation": math.sqrt(share - d * d)})
    for bad in [{"examples": 1}, {"deviation": -1}, {"gates": 0}, {"cap": 0}]:
        yield Case("automatic-margin", {"examples": 9, "deviation": 1, "cap": 1} | bad, Undefined)
    yield Case("examples-to-decide", {"difference": 0, "deviation": 1, "margin": 0}, Undefined)
    yield Case("examples-to-decide", {"difference": 0, "deviation": 1, "margin": -1}, Undefined)
    yield Case("paired-deviation", {"discordant_share": .1, "difference": .2}, Undefined)


def tries(rng, scale):
    for made, passed, k in itertools.product(range(1, 9), range(0, 9), range(0, 9)):
        call = {"passes": passed, "tries": made, "k": k}
        if passed > made or k > made or k < 1:
            yield Case("pass-hat-k", call, Undefined)
        else:
            yield Case("pass-hat-k", call, {"estimate": float(Fraction(math.comb(passed, k), math.comb(made, k)))})
        n = max(k, made - 1)
        valid = passed <= made and k >= 1 and n <= made
        yield Case("passes-k-of-n", call | {"n": n}, {"passes": passed >= k} if valid else Undefined)


def retries(rng, scale):
    for attempt in range(1, 60):
        yield Case("proof-level", {"attempt": attempt}, {"level": .05 / 2 ** min(attempt - 1, 40)})
    yield Case("proof-level", {"attempt": 0}, Undefined)
    for _ in range(int(40 * scale)):
        attempts, correlation = int(rng.integers(1, 5)), float(rng.uniform(0, .95))
        alpha, halved = float(rng.choice([.05, .01, .2])), bool(rng.uniform() < .5)
        limits = [stats.norm.isf(alpha / 2 ** i if halved else alpha) for i in range(attempts)]
        covariance = np.full((attempts, attempts), correlation) + (1 - correlation) * np.eye(attempts)
        law = stats.multivariate_normal(np.zeros(attempts), covariance, maxpts=2_000_000, abseps=1e-8)
        yield Case("retry-lottery", {"attempts": attempts, "correlation": correlation, "alpha": alpha, "halved": halved},
                   {"chance": 1 - law.cdf(np.array(limits))}, absolute=1e-5)
    for attempts in range(1, 200, 13):
        yield Case("retry-lottery", {"attempts": attempts, "correlation": 0}, {"chance": 1 - .95 ** attempts})
    for bad in [{"attempts": 0}, {"correlation": 1}, {"correlation": -.1}, {"alpha": 0}]:
        yield Case("retry-lottery", {"attempts": 3, "correlation": .5} | bad, Undefined)


def unmeasured(rng, scale):
    for _ in range(int(200 * scale)):
        measured, missing = int(rng.integers(1, 200)), int(rng.integers(0, 200))
        low, high = sorted((rng.normal(size=2) * 10).tolist())
        values = rng.uniform(low, high, measured)
        bounds = [np.concatenate([values, np.full(missing, end)]).mean() for end in (low, high)]
        yield Case("imputation-bounds", {"mean": float(values.mean()), "measured": measured, "unmeasured": missing,
                                         "lowest": low, "highest": high},
                   {"lowest": bounds[0], "highest": bounds[1], "unmeasured_share": missing / (measured + missing)},
                   absolute=1e-10)
    for bad in [{"measured": 0, "unmeasured": 0}, {"mean": 2}, {"unmeasured": -1}, {"lowest": 2}]:
        yield Case("imputation-bounds", {"mean": .5, "measured": 9, "unmeasured": 1, "lowest": 0, "highest": 1} | bad,
                   Undefined)
