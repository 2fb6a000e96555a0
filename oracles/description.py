"""Description, against exact rational arithmetic, NumPy and definitions by brute force."""
import math
from fractions import Fraction

import numpy as np
from scipy import stats

from compare import Case, Undefined

LEFT_OUT = {}
METHODS = {"R-6": "weibull", "R-7": "linear", "R-8": "median_unbiased", "R-9": "normal_unbiased"}


def values(rng, most=200, least=1):
    """A sample of some size and shape: ties, constants, far from zero, huge, tiny, skewed."""
    n = int(rng.choice([least, least + 1, rng.integers(least, most + 1), rng.integers(least, 12)]))
    kind = rng.integers(0, 8)
    if kind == 0:
        drawn = rng.normal(size=n)
    elif kind == 1:
        drawn = rng.integers(0, 4, n).astype(float)
    elif kind == 2:
        drawn = np.full(n, float(rng.normal()))
    elif kind == 3:
        drawn = 1e9 + rng.normal(size=n)
    elif kind == 4:
        drawn = rng.lognormal(0, 2, n)
    elif kind == 5:
        drawn = rng.normal(size=n) * 1e120
    elif kind == 6:
        drawn = rng.normal(size=n) * 1e-120
    else:
        drawn = np.where(rng.random(n) < .9, 0, rng.exponential(1, n))
    return [float(v) for v in drawn]


def exact_root(fraction):
    """√ of a fraction to a double, whatever its size."""
    if fraction == 0:
        return 0.0
    scale = 4 ** max(0, 200 - (fraction.numerator.bit_length() - fraction.denominator.bit_length()) // 2)
    whole = math.isqrt(int(fraction * scale * scale))
    return float(Fraction(whole, scale))


def central(sample, powers=(2, 3)):
    exact = [Fraction(v) for v in sample]
    mean = sum(exact) / len(exact)
    return (mean, *(sum((v - mean) ** p for v in exact) for p in powers))


def moments(sample, digits=1e-12):
    n = len(sample)
    mean, second, third = central(sample)
    expected = {"n": n, "mean": float(mean), "minimum": min(sample), "maximum": max(sample)}
    if n > 1:
        deviation = exact_root(second / (n - 1))
        expected["standard_deviation"] = deviation
        expected["standard_error"] = deviation / math.sqrt(n)
    if n > 2 and second > 0:
        # Near-symmetric samples have no digits of skewness to compare.
        skewness = float(third / n) / float(second / n) / exact_root(second / n) if abs(sample[0]) < 1e100 else None
        if skewness is not None and 1e-100 < max(map(abs, sample)) and abs(skewness) > .05:
            expected["skewness"] = skewness
    return expected


def parts_of(rng, sample):
    cuts = sorted(int(c) for c in rng.integers(0, len(sample) + 1, int(rng.integers(0, 6))))
    edges = [0] + cuts + [len(sample)]
    return [sample[a:b] for a, b in zip(edges, edges[1:])]


def sketched(sample, level):
    """The order statistic that a sketch answers, within its error."""
    return sorted(sample)[int(level * (len(sample) - 1))]


def cases(rng, scale):
    for turn in range(int(600 * scale)):
        sample = values(rng)
        yield Case("moments", {"values": sample}, moments(sample), relative=1e-12, absolute=0)
        constant = min(sample) == max(sample)
        far = not constant and not 1e-101 < max(map(abs, sample)) < 1e101
        yield Case("running-moments", {"parts": parts_of(rng, sample)}, Undefined if far else moments(sample),
                   relative=1e-11, absolute=0)

        level = float(rng.choice([0, 1, rng.random(), rng.integers(0, 21) / 20]))
        definition = str(rng.choice(list(METHODS)))
        yield Case("quantile", {"values": sample, "level": level, "definition": definition},
                   {"quantile": float(np.quantile(sample, level, method=METHODS[definition]))},
                   relative=1e-11, absolute=1e-13 * max(map(abs, sample)))

        second = [float(v) for v in rng.normal(size=len(sample)) + (rng.normal() * np.array(sample) if turn % 2 else 0)]
        if len(sample) > 1:
            x, y = [Fraction(v) for v in sample], [Fraction(v) for v in second]
            mx, my = sum(x) / len(x), sum(y) / len(y)
            wanted = sum((a - mx) * (b - my) for a, b in zip(x, y)) / (len(x) - 1)
            size = exact_root(central(sample, (2,))[1]) * exact_root(central(second, (2,))[1]) / (len(x) - 1)
            yield Case("covariance", {"first": sample, "second": second}, {"covariance": float(wanted)},
                       relative=1e-12, absolute=1e-12 * size)

        if not constant or len(sample) == 1:
            lowest, highest = min(sample), max(sample)
            edges = sorted({lowest - abs(lowest) - 1, highest + abs(highest) + 1, *rng.choice(sample, 3).tolist()})
            counts, _ = np.histogram(sample, edges)
            yield Case("histogram", {"values": sample, "edges": edges}, {"counts": [int(c) for c in counts]})

        error = float(rng.choice([.001, .01, .02, .1]))
        wanted = sketched(sample, level)
        yield Case("quantile-sketch", {"parts": parts_of(rng, sample), "level": level, "relative_error": error},
                   {"quantile": wanted, "n": len(sample)}, relative=error * (1 + 1e-9) / (1 - error), absolute=0)

    for _ in range(int(300 * scale)):
        groups = [values(rng, 12) for _ in range(int(rng.integers(2, 9)))]
        size = max(abs(v) for group in groups for v in group)
        groups = [[v for v in group] for group in groups]
        exact = [[Fraction(v) for v in group] for group in groups]
        n = sum(map(len, exact))
        if n == len(exact) or size > 1e100:
            continue
        centre = sum(map(sum, exact)) / n
        between = sum(len(g) * (sum(g) / len(g) - centre) ** 2 for g in exact)
        within = sum((v - sum(g) / len(g)) ** 2 for g in exact for v in g)
        given = {"groups": groups}
        if within == 0:
            yield Case("one-way-variance", given, Undefined)
            continue
        k = len(exact)
        ratio = float(between / (k - 1) / (within / (n - k)))
        repeats = (n - Fraction(sum(len(g) ** 2 for g in exact), n)) / (k - 1)
        component = max(Fraction(0), (between / (k - 1) - within / (n - k)) / repeats)
        yield Case("one-way-variance", given, {
            "sum_of_squares_between": float(between), "sum_of_squares_within": float(within), "statistic": ratio,
            "p_value": float(stats.f.sf(ratio, k - 1, n - k)), "variance_within": float(within / (n - k)),
        }, relative=1e-9, absolute=1e-200)
        if component > within / 100:
            yield Case("one-way-variance", given, {"variance_between": float(component)}, relative=1e-9)

    for _ in range(int(200 * scale)):
        parts = []
        for _ in range(int(rng.integers(1, 6))):
            trials = int(10 ** rng.uniform(0, 12))
            parts.append([int(rng.integers(0, trials + 1)), trials])
        events, trials = sum(p[0] for p in parts), sum(p[1] for p in parts)
        yield Case("event-count", {"parts": parts}, {"events": events, "trials": trials, "rate": events / trials})
        labels = [str(rng.choice(["a", "b", "c", "d"])) for _ in range(int(rng.integers(0, 40)))]
        yield Case("category-counts", {"universe": ["c", "a", "b"], "labels": labels},
                   {"counts": [labels.count("c"), labels.count("a"), labels.count("b")], "unseen": labels.count("d"),
                    "total": len(labels)})

    for name, bad in [
        ("moments", {"values": []}), ("covariance", {"first": [1], "second": [1]}),
        ("covariance", {"first": [1, 2], "second": [1]}), ("quantile", {"values": [], "level": .5}),
        ("quantile", {"values": [1], "level": 1.5}), ("quantile", {"values": [1], "level": .5, "definition": "R-5"}),
        ("histogram", {"values": [3], "edges": [0, 1]}), ("histogram", {"values": [3], "edges": [1, 1]}),
        ("histogram", {"values": [3], "bins": 0}), ("histogram", {"values": []}),
        ("running-moments", {"parts": []}), ("quantile-sketch", {"parts": [[]], "level": .5}),
        ("quantile-sketch", {"parts": [[1]], "level": 2}),
        ("quantile-sketch", {"parts": [[1]], "level": .5, "relative_error": 0}),
        ("one-way-variance", {"groups": [[1, 2]]}), ("one-way-variance", {"groups": [[1], [2]]}),
        ("one-way-variance", {"groups": [[1, 1], [1, 1]]}), ("one-way-variance", {"groups": [[1, 2], []]}),
        ("event-count", {"parts": [[2, 1]]}), ("event-count", {"parts": [[-1, 1]]}),
        ("category-counts", {"universe": [], "labels": []}), ("category-counts", {"universe": ["a", "a"], "labels": []}),
    ]:
        yield Case(name, bad, Undefined)
