"""Association, against SciPy, statsmodels, and enumeration of all orders."""
import itertools
import math

import numpy as np
from scipy import stats

from compare import Case, Undefined

LEFT_OUT = {}
SIDES = ["less", "greater", "two-sided"]


def pairs(rng, n):
    """Smooth, coarse (ties), heavy-tailed or far from zero, related by any amount."""
    kind, slope = rng.integers(5), rng.choice([0, .3, 1, -1, 5])
    x = rng.normal(size=n)
    y = slope * x + rng.normal(size=n)
    if kind == 1:
        x, y = np.round(x), np.round(y)
    if kind == 2:
        x, y = rng.standard_t(1.5, n), np.exp(y)
    if kind == 3:
        x, y = 1e6 + x, 1e-9 * y
    if kind == 4:
        y = np.round(2 * y)
    return x, y


def cases(rng, scale):
    for index in range(int(700 * scale)):
        x, y = pairs(rng, int(10 ** rng.uniform(.31, 3)))
        n, side, level = len(x), str(rng.choice(SIDES)), float(rng.uniform(.5, .99))
        given = {"x": x.tolist(), "y": y.tolist()}
        names = ["pearson", "spearman", "kendall", "pearson-test", "spearman-test", "kendall-test"]
        if np.ptp(x) == 0 or np.ptp(y) == 0:
            yield from (Case(name, given, Undefined) for name in names)
            continue
        z = stats.norm.ppf((1 + level) / 2)
        relative = 1e-6 if np.abs(x).min() > 1e5 else 1e-8
        for name, value, deviation, least in [
                ("pearson", stats.pearsonr(x, y).statistic, lambda r: 1 / math.sqrt(n - 3), 4),
                ("spearman", stats.spearmanr(x, y).statistic, lambda r: math.sqrt((1 + r * r / 2) / (n - 3)), 4),
                ("kendall", stats.kendalltau(x, y).statistic, lambda r: math.sqrt(.437 / (n - 4)), 5)]:
            expected = {"estimate": value, "n": n}
            if n < least:
                expected["interval"] = None
            elif abs(value) < 1 - 1e-9:
                reach = z * deviation(value)
                expected |= {"interval.lower": math.tanh(math.atanh(value) - reach),
                             "interval.upper": math.tanh(math.atanh(value) + reach)}
            yield Case(name, given | {"confidence": level}, expected, relative=relative, absolute=1e-9)
        if n > 2:
            tau = stats.kendalltau(x, y, alternative=side, method="asymptotic")
            yield Case("kendall-test", given | {"alternative": side, "method": "asymptotic"}, {"p_value": tau.pvalue},
                       relative=1e-7, absolute=1e-290)
            for name, function in [("pearson-test", stats.pearsonr), ("spearman-test", stats.spearmanr)]:
                test = function(x, y, alternative=side)
                if abs(test.statistic) < 1 - 1e-9:
                    yield Case(name, given | {"alternative": side}, {"p_value": test.pvalue}, relative=1e-4, absolute=1e-12)
    for _ in range(int(300 * scale)):
        n, side = int(rng.integers(2, 51)), str(rng.choice(SIDES))
        x, y = rng.permutation(n).astype(float), rng.permutation(n).astype(float)
        if rng.uniform() < .5:
            y = stats.rankdata(x + rng.normal(size=n) * n / 4)
        test = stats.kendalltau(x, y, alternative=side, method="exact")
        yield Case("kendall-test", {"x": x.tolist(), "y": y.tolist(), "alternative": side}, {"p_value": test.pvalue},
                   relative=1e-7, absolute=1e-290)
    for _ in range(int(90 * scale)):
        n, side = int(rng.integers(3, 8)), str(rng.choice(SIDES))
        kind = str(rng.choice(["pearson", "spearman", "kendall"]))
        x, y = pairs(rng, n) if rng.uniform() < .5 else rng.integers(0, 4, (2, n)).astype(float)
        given = {"x": x.tolist(), "y": y.tolist(), "kind": kind, "alternative": side}
        if np.ptp(x) == 0 or np.ptp(y) == 0:
            yield Case("correlation-permutation-test", given, Undefined)
            continue
        if kind == "spearman":
            x, y = stats.rankdata(x), stats.rankdata(y)
        if kind == "kendall":
            signs = np.sign(np.subtract.outer(x, x))

            def score(order):
                return (signs * np.sign(np.subtract.outer(y[order], y[order]))).sum() / 2
            found = np.array([score(list(order)) for order in itertools.permutations(range(n))])
            statistic = stats.kendalltau(x, y).statistic
        else:
            left, right = x - x.mean(), y - y.mean()
            left, right = left / np.linalg.norm(left), right / np.linalg.norm(right)
            found = right[np.array(list(itertools.permutations(range(n))))] @ left
            statistic = left @ right
        seen = found[0]
        share = {"less": found <= seen + 1e-10, "greater": found >= seen - 1e-10,
                 "two-sided": np.abs(found) >= abs(seen) - 1e-10}[side].mean()
        yield Case("correlation-permutation-test", given, {"p_value": share, "statistic": statistic},
                   relative=1e-7, absolute=1e-10)
    for _ in range(int(12 * scale)):
        # Beyond enumeration: within five deviations of Student's p, for smooth data.
        x, y = rng.normal(size=(2, 80))
        y = y + .15 * x
        kind = str(rng.choice(["pearson", "spearman", "kendall"]))
        p = {"pearson": stats.pearsonr, "spearman": stats.spearmanr, "kendall": stats.kendalltau}[kind](x, y).pvalue
        yield Case("correlation-permutation-test", {"x": x.tolist(), "y": y.tolist(), "kind": kind, "seed": 3},
                   {"p_value": p}, relative=0, absolute=5 * math.sqrt(p * (1 - p) / 10_000) + .006)
    for _ in range(int(300 * scale)):
        controls = int(rng.integers(1, 4))
        n, side, ranks = controls + int(10 ** rng.uniform(.5, 2.5)), str(rng.choice(SIDES)), bool(rng.integers(2))
        held = rng.normal(size=(controls, n))
        x, y = held[0] + rng.normal(size=n), rng.choice([0, 2]) * held[-1] + rng.normal(size=n)
        given = {"x": x.tolist(), "y": y.tolist(), "controls": held.tolist(), "ranks": ranks, "alternative": side,
                 "confidence": .95}
        series = np.array([x, y, *held])
        if ranks:
            series = np.array([stats.rankdata(row) for row in series])
        # By the inverse of the correlation matrix: no regression is made.
        correlations = np.corrcoef(series)
        if np.linalg.cond(correlations) > 1e8:
            continue
        inverse = np.linalg.inv(correlations)
        r = -inverse[0, 1] / math.sqrt(inverse[0, 0] * inverse[1, 1])
        df = n - 2 - controls
        t = r * math.sqrt(df / (1 - r * r))
        p = {"less": stats.t.cdf(t, df), "greater": stats.t.sf(t, df), "two-sided": 2 * stats.t.sf(abs(t), df)}[side]
        expected = {"estimate": r, "p_value": p, "degrees_of_freedom": df}
        if n - controls > 3:
            reach = stats.norm.ppf(.975) * math.sqrt((1 + r * r / 2 if ranks else 1) / (n - controls - 3))
            expected |= {"interval.lower": math.tanh(math.atanh(r) - reach), "interval.upper": math.tanh(math.atanh(r) + reach)}
        if abs(r) < 1 - 1e-7:
            yield Case("partial-correlation", given, expected, relative=1e-5, absolute=1e-8)
    for bad in [[], [[1, 1, 1, 1, 1]], [[1, 2, 3, 4]], [[1, 2, 3, 4, 6], [2, 4, 6, 8, 12]], [[5, 3, 1, 2, 4]]]:
        yield Case("partial-correlation", {"x": [5, 3, 1, 2, 4], "y": [2, 1, 5, 3, 3], "controls": bad}, Undefined)
    for _ in range(int(300 * scale)):
        r, n, level = float(rng.uniform(-.999, .999)), int(rng.integers(5, 10_000)), float(rng.uniform(.5, .999))
        for kind, deviation in [("pearson", 1 / math.sqrt(n - 3)), ("spearman", math.sqrt((1 + r * r / 2) / (n - 3))),
                                ("kendall", math.sqrt(.437 / (n - 4)))]:
            reach = stats.norm.ppf((1 + level) / 2) * deviation
            yield Case("correlation-interval", {"correlation": r, "n": n, "kind": kind, "confidence": level},
                       {"lower": math.tanh(math.atanh(r) - reach), "upper": math.tanh(math.atanh(r) + reach)})
        alpha, power, r = float(rng.uniform(.001, .2)), float(rng.uniform(.5, .99)), float(rng.uniform(.05, .95))
        count = ((stats.norm.isf(alpha / 2) + stats.norm.ppf(power)) / math.atanh(r)) ** 2 + 3
        yield Case("correlation-pairs-needed", {"correlation": -r, "alpha": alpha, "power": power}, {"n": max(4, math.ceil(count))})
    yield Case("correlation-interval", {"correlation": .5, "n": 20, "confidence": .95},
               {"lower": .073811, "upper": .771762}, relative=1e-5)
    for bad in [{"correlation": 1, "n": 20}, {"correlation": .5, "n": 3}, {"correlation": .5, "n": 20, "confidence": 1}]:
        yield Case("correlation-interval", bad, Undefined)
    for bad in [{"x": [1, 2, 3], "y": [1, 2]}, {"x": [1], "y": [2]}, {"x": [], "y": []}, {"x": [1, 1, 1], "y": [1, 2, 3]}]:
        for name in ["pearson", "spearman", "kendall", "pearson-test", "spearman-test", "kendall-test"]:
            yield Case(name, bad, Undefined)
