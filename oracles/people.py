"""Few human and many machine labels, samples and judges, against ppi-python, statsmodels, SciPy and brute force."""
import heapq
import math

import numpy as np
from ppi_py import ppi_mean_pointestimate
from scipy import optimize, stats
from statsmodels.stats.inter_rater import cohens_kappa
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from compare import Case, Undefined

LEFT_OUT = {}


def cases(rng, scale):
    for family in [powered, prevalence, judges, strata, weighted, allocations, sizes]:
        yield from family(rng, scale)


def tuned(human, judge, rest):
    n, many = len(human), len(rest)
    spread = (1 + n / many) * np.var(np.concatenate([judge, rest]), ddof=1)
    return float(np.clip(np.cov(human, judge)[0, 1] / spread, 0, 1)) if spread > 0 else 0.0


def powered(rng, scale):
    for _ in range(int(500 * scale)):
        n, many = int(rng.integers(2, 150)), int(10 ** rng.uniform(.5, 3))
        binary = rng.uniform() < .6
        bias = rng.uniform(-.3, .3)
        if binary:
            human = (rng.uniform(size=n) < .7).astype(float)
            judge = np.where(rng.uniform(size=n) < .8, human, rng.uniform(size=n) < .5 + bias).astype(float)
            rest = (rng.uniform(size=many) < .7 + bias / 2).astype(float)
        else:
            human = rng.normal(size=n) * 10.0 ** rng.integers(-3, 4)
            judge = human * rng.uniform(-.2, 1.2) + rng.normal(size=n) * human.std() + bias
            rest = rng.normal(size=many) * judge.std() + bias
        kind = rng.integers(3)
        weight = tuned(human, judge, rest) if kind == 0 else 1.0 if kind == 1 else float(rng.uniform())
        confidence = float(rng.uniform(.5, .99))
        given = {"weight": ["tuned", "full", weight][kind], "confidence": confidence, "least_labels": 2}
        value = np.ravel(ppi_mean_pointestimate(human, judge, rest, lam=weight))[0]
        error = math.sqrt(np.var(human - weight * judge, ddof=1) / n + weight ** 2 * np.var(rest, ddof=1) / many)
        half = stats.norm.ppf((1 + confidence) / 2) * error
        expected = {"estimate": value, "standard_error": error, "judge_weight": weight, "lower": value - half,
                    "upper": value + half, "human_mean": human.mean(), "n": n}
        scale_of = max(1e-9, abs(human).max())
        # With the error all rounding there is no answer.
        if error < 1e-7 * scale_of:
            expected = Undefined
        call = given | {"human": human.tolist(), "judge": judge.tolist(), "rest": rest.tolist()}
        yield Case("ppi-mean", call, expected, relative=1e-7, absolute=1e-9 * scale_of)
        if binary:
            counts = {"both": int((human * judge).sum()), "only_human": int((human * (1 - judge)).sum()),
                      "only_judge": int(((1 - human) * judge).sum()),
                      "neither": int(((1 - human) * (1 - judge)).sum()),
                      "rest_passes": int(rest.sum()), "rest": many}
            if expected is not Undefined:
                if value + half <= 0 or value - half >= 1:
                    expected = Undefined
                else:
                    expected = expected | {"estimate": np.clip(value, 0, 1), "lower": max(0, value - half),
                                           "upper": min(1, value + half)}
            if human.min() == human.max() and weight == 0:
                exact = stats.binomtest(int(human.sum()), n).proportion_ci(confidence)
                expected = {"estimate": human[0], "judge_weight": 0, "lower": exact.low, "upper": exact.high, "n": n}
            yield Case("ppi-rate", given | counts, expected, relative=1e-7, absolute=1e-9)
    few = {"both": 30, "only_human": 3, "only_judge": 2, "neither": 10, "rest_passes": 50, "rest": 80}
    yield Case("ppi-rate", few, Undefined)
    yield Case("ppi-rate", few | {"least_labels": 30, "rest_passes": 81}, Undefined)
    yield Case("ppi-mean", {"human": [1, 0], "judge": [1], "rest": [1, 0], "least_labels": 2}, Undefined)


def prevalence(rng, scale):
    for _ in range(int(1000 * scale)):
        judged, positives, negatives = (int(10 ** rng.uniform(0, 5)), int(rng.integers(1, 300)),
                                        int(rng.integers(1, 300)))
        good, bad = int(rng.integers(0, positives + 1)), int(rng.integers(0, negatives + 1))
        passes = int(rng.integers(0, judged + 1))
        confidence = float(rng.uniform(.5, .99))
        rate, sensitivity, specificity = passes / judged, good / positives, bad / negatives
        given = {"rate": rate, "judged": judged, "sensitivity": sensitivity, "positives": positives,
                 "specificity": specificity, "negatives": negatives, "confidence": confidence}
        j = sensitivity + specificity - 1
        if j <= 1e-9:
            yield Case("rogan-gladen", given, Undefined)
            continue
        z = stats.norm.ppf((1 + confidence) / 2)
        p, q1, q0 = ((passes + z * z / 2) / (judged + z * z), (good + 1) / (positives + 2), (bad + 1) / (negatives + 2))
        if q1 + q0 - 1 <= 1e-9:
            yield Case("rogan-gladen", given, Undefined)
            continue
        theta = (p + q0 - 1) / (q1 + q0 - 1)
        v1, v0 = q1 * (1 - q1) / (positives + 2), q0 * (1 - q0) / (negatives + 2)
        half = z * math.sqrt(p * (1 - p) / (judged + z * z) + theta ** 2 * v1 + (1 - theta) ** 2 * v0) / (q1 + q0 - 1)
        centre = theta + 2 * z * z * (theta * v1 - (1 - theta) * v0)
        if centre - half >= 1 or centre + half <= 0:
            yield Case("rogan-gladen", given, Undefined)
            continue
        value = (rate + specificity - 1) / j
        # The delta method, by numerical derivatives.
        def f(a, b, c):
            return (a + c - 1) / (b + c - 1)
        args = np.array([rate, sensitivity, specificity])
        gradient = [(f(*(args + s)) - f(*(args - s))) / (2 * s.max()) for s in np.eye(3) * 1e-6 * j]
        variances = args * (1 - args) / [judged, positives, negatives]
        error = math.sqrt(np.dot(np.square(gradient), variances))
        expected = {"estimate": np.clip(value, 0, 1), "lower": max(0, centre - half), "upper": min(1, centre + half)}
        if error > 1e-9:
            expected["standard_error"] = error
        yield Case("rogan-gladen", given, expected, relative=1e-6, absolute=1e-9)
    for bad in [{"sensitivity": .5, "specificity": .5}, {"rate": 1.2}, {"positives": 0}, {"judged": -3}]:
        yield Case("rogan-gladen", {"rate": .8, "judged": 50, "sensitivity": .9, "positives": 20, "specificity": .8,
                                    "negatives": 20} | bad, Undefined)


def tango(counts, z, sign):
    """The end of the score interval, with the constrained likelihood maximised by its derivative."""
    both, first, second, neither = counts
    n = sum(counts)

    def statistic(d):
        # The share that only the baseline passes, p, with that of the candidate p + d.
        low, high = max(0, -d), (1 - d) / 2
        if high <= low:
            p = low
        else:
            def slope(p):
                out = 0.0
                if second:
                    out += second / max(p + d, 1e-300)
                if first:
                    out += first / max(p, 1e-300)
                if both + neither:
                    out -= 2 * (both + neither) / max(1 - 2 * p - d, 1e-300)
                return out
            a, b = low + 1e-15, high - 1e-15
            p = low if slope(a) <= 0 else high if slope(b) >= 0 else optimize.brentq(slope, a, b, xtol=1e-16)
        variance = n * (2 * p + d - d * d)
        gap = second - first - n * d
        return gap / math.sqrt(variance) if variance > 0 else math.copysign(math.inf, gap) if gap else 0
    estimate = (second - first) / n
    edge = sign
    if abs(estimate - edge) < 1e-12:
        return edge
    return optimize.brentq(lambda d: np.clip(statistic(d), -1e6, 1e6) + sign * z, min(estimate, edge), max(estimate, edge),
                           xtol=1e-13)


def judges(rng, scale):
    for _ in range(int(400 * scale)):
        positives, negatives = int(rng.integers(1, 200)), int(rng.integers(1, 200))
        good = int(rng.binomial(positives, rng.choice([.5, .8, .95, 1])))
        bad = int(rng.binomial(negatives, rng.choice([.5, .8, .95, 1])))
        confidence = float(rng.uniform(.6, .99))
        given = {"true_positives": good, "positives": positives, "true_negatives": bad, "negatives": negatives}
        first = proportion_confint(good, positives, 1 - confidence, "wilson")
        second = proportion_confint(bad, negatives, 1 - confidence, "wilson")
        both = confint_proportions_2indep(good, positives, negatives - bad, negatives, method="newcomb",
                                          alpha=1 - confidence)
        yield Case("judge-accuracy", given | {"confidence": confidence}, {
            "sensitivity.estimate": good / positives, "sensitivity.lower": max(0, first[0]),
            "sensitivity.upper": min(1, first[1]), "specificity.lower": max(0, second[0]),
            "specificity.upper": min(1, second[1]), "youden.lower": both[0], "youden.upper": both[1]},
            relative=1e-7, absolute=1e-9)
        other = [int(rng.binomial(positives, .8)), positives, int(rng.binomial(negatives, .8)), negatives]
        ps = [stats.fisher_exact([[good, positives - good], [other[0], positives - other[0]]])[1],
              stats.fisher_exact([[bad, negatives - bad], [other[2], negatives - other[2]]])[1]]
        yield Case("judge-equality", {"baseline": [good, positives, bad, negatives], "candidate": other},
                   {"p_value": min(1, 2 * min(ps)), "sensitivity.p_value": ps[0], "specificity.p_value": ps[1]},
                   relative=1e-6, absolute=1e-12)
        if rng.uniform() > .35:
            continue
        z = stats.norm.ppf((1 + confidence) / 2)
        counts = rng.multinomial(int(10 ** rng.uniform(.5, 3.5)), rng.dirichlet([3, .4, .4, 1])).tolist()
        n = sum(counts)
        call = given | dict(zip(["both", "only_baseline", "only_candidate", "neither"], counts))
        call["confidence"] = confidence
        j = good / positives + bad / negatives - 1
        if both[0] <= 1e-6 or n == 0:
            yield Case("judged-difference", call, Undefined)
            continue
        d = (counts[2] - counts[1]) / n
        ends = [tango(counts, z, -1), tango(counts, z, 1)]

        def bound(top, low, r):
            # The lower end of top - r*J, by joining the ends of both.
            edge = both[1] if r >= 0 else both[0]
            return top - r * j - math.hypot(top - low, r * (j - edge))
        lower = optimize.brentq(lambda r: bound(d, ends[0], r), -1e3, d / j + 1e-12, xtol=1e-13) if d > ends[0] else d / j
        upper = -optimize.brentq(lambda r: bound(-d, -ends[1], r), -1e3, -d / j + 1e-12, xtol=1e-13) \
            if d < ends[1] else d / j
        yield Case("judged-difference", call, {"difference": np.clip(d / j, -1, 1), "lower": max(-1, lower),
                                               "upper": min(1, upper)}, relative=1e-5, absolute=1e-6)
    for _ in range(int(50 * scale)):
        margin, j = rng.uniform(0, 1), rng.uniform(.01, 1)
        yield Case("judged-margin", {"margin": margin, "youden": j}, {"margin": margin * j})
    yield Case("judged-margin", {"margin": .1, "youden": 0}, Undefined)
    yield Case("judged-margin", {"margin": -.1, "youden": .5}, Undefined)
    # Each arm by its own accuracy: the variance by numerical derivatives of the corrected difference.
    for _ in range(int(100 * scale)):
        first, second = [[int(rng.integers(70, 95)), 100, int(rng.integers(70, 95)), 100] for _ in range(2)]
        counts = rng.multinomial(300, rng.dirichlet([5, 1, 1, 3])).tolist()
        call = dict(zip(["true_positives", "positives", "true_negatives", "negatives"], first))
        call |= dict(zip(["both", "only_baseline", "only_candidate", "neither"], counts))
        call["candidate_accuracy"] = second
        n = sum(counts)

        def plain(cells, a, b):
            p, q = (cells[0] + cells[1]) / sum(cells), (cells[0] + cells[2]) / sum(cells)
            return (q + b[1] - 1) / (b[0] + b[1] - 1) - (p + a[1] - 1) / (a[0] + a[1] - 1)
        value = plain(counts, (first[0] / 100, first[2] / 100), (second[0] / 100, second[2] / 100))
        cells = (np.array(counts) + .5) / (n + 2)
        smooth = [((x[0] + 1) / 102, (x[2] + 1) / 102) for x in (first, second)]
        step = 1e-6
        slopes = np.array([(plain(cells + step * e, *smooth) - plain(cells - step * e, *smooth)) / (2 * step)
                           for e in np.eye(4)])
        variance = ((cells * slopes ** 2).sum() - (cells * slopes).sum() ** 2) / (n + 2)
        for arm in (0, 1):
            for part in (0, 1):
                moved = [[list(x) for x in smooth] for _ in range(2)]
                moved[0][arm][part] += step
                moved[1][arm][part] -= step
                slope = (plain(cells, *moved[0]) - plain(cells, *moved[1])) / (2 * step)
                variance += slope ** 2 * smooth[arm][part] * (1 - smooth[arm][part]) / 102
        half = stats.norm.ppf(.95) * math.sqrt(variance)
        yield Case("judged-difference", call, {"difference": np.clip(value, -1, 1), "lower": max(-1, value - half),
                                               "upper": min(1, value + half)}, relative=1e-5, absolute=1e-6)


def wilson_ends(rate, n, confidence):
    z = stats.norm.ppf((1 + confidence) / 2)
    roots = np.roots([1 + z * z / n, -(2 * rate + z * z / n), rate * rate])
    return sorted(np.clip(np.real(roots), 0, 1))


def strata(rng, scale):
    for _ in range(int(500 * scale)):
        k = int(rng.integers(1, 6))
        sizes = [int(10 ** rng.uniform(.5, 5)) for _ in range(k)]
        drawn = [int(rng.integers(2, min(s, 60) + 1)) for s in sizes]
        confidence = float(rng.uniform(.5, .99))
        samples = [rng.normal(rng.normal(), 1, n) for n in drawn]
        population = sum(sizes)
        variance = spread = mean = 0
        for size, sample in zip(sizes, samples):
            w, n = size / population, len(sample)
            part = w * w * (1 - n / size) * sample.var(ddof=1) / n
            mean += w * sample.mean()
            variance += part
            spread += part ** 2 / (n - 1)
        call = {"sizes": sizes, "drawn": drawn, "means": [s.mean() for s in samples],
                "deviations": [s.std(ddof=1) for s in samples], "confidence": confidence}
        if variance > 0:
            half = stats.t.ppf((1 + confidence) / 2, variance ** 2 / spread) * math.sqrt(variance)
            yield Case("stratified-mean", call, {"estimate": mean, "standard_error": math.sqrt(variance),
                                                 "lower": mean - half, "upper": mean + half}, relative=1e-7,
                       absolute=1e-10)
        else:
            yield Case("stratified-mean", call, Undefined)
        rates = [float(rng.choice([0, 1, round(rng.uniform() * n) / n])) for n in drawn]
        mean = float(np.dot(sizes, rates) / population)
        below = above = variance = 0
        for size, n, rate in zip(sizes, drawn, rates):
            w = (size / population) ** 2 * (1 - n / size)
            low, high = wilson_ends(rate, n, confidence)
            below += w * (rate - low) ** 2
            above += w * (high - rate) ** 2
            variance += w * rate * (1 - rate) / (n - 1)
        call = {"sizes": sizes, "drawn": drawn, "means": rates, "confidence": confidence}
        if all(n == s for n, s in zip(drawn, sizes)):
            yield Case("stratified-mean", call, Undefined)
            continue
        expected = {"estimate": mean, "lower": max(0, mean - math.sqrt(below)), "upper": min(1, mean + math.sqrt(above))}
        if variance > 0:
            expected["standard_error"] = math.sqrt(variance)
        yield Case("stratified-mean", call, expected, relative=1e-6, absolute=1e-7)
    for bad in [{"sizes": [9], "drawn": [1]}, {"sizes": [9], "drawn": [10]}, {"means": [1.5]}, {"drawn": [3, 3]}]:
        yield Case("stratified-mean", {"sizes": [9], "drawn": [3], "means": [.5]} | bad, Undefined)


def weighted(rng, scale):
    for _ in range(int(500 * scale)):
        k = int(rng.integers(1, 4))
        values, chances, groups = [], [], []
        population = 0
        for stratum in range(k):
            n = int(rng.integers(2, 12))
            values += rng.normal(size=n).tolist()
            chances += (rng.uniform(.02, 1, n) if rng.uniform() < .5 else np.full(n, rng.uniform(.02, .9))).tolist()
            groups += [stratum * 7 - 3] * n
        values, chances, groups = map(np.array, (values, chances, groups))
        population = int(math.ceil((1 / chances).sum())) + len(values)
        known = rng.uniform() < .6
        total = (values / chances).sum()
        size = population if known else (1 / chances).sum()
        mean = total / size
        scored = values if known else values - mean
        terms = scored / chances
        independent = rng.uniform() < .4
        if independent:
            variance = ((1 - chances) * terms ** 2).sum()
            reach = stats.norm.ppf(.95)
        else:
            variance, degrees = 0, 0
            for group in np.unique(groups):
                mine, c = terms[groups == group], 1 - chances[groups == group]
                # Weighted least squares of the terms on a constant.
                centre = np.average(mine, weights=c)
                variance += len(mine) / (len(mine) - 1) * (c * (mine - centre) ** 2).sum()
                degrees += len(mine) - 1
            reach = stats.t.ppf(.95, degrees)
        error = math.sqrt(variance) / size
        call = {"values": values.tolist(), "inclusions": chances.tolist(), "strata": groups.tolist(),
                "design": "independent" if independent else "fixed-size"}
        if known:
            call["population"] = population
        yield Case("horvitz-thompson", call, {"estimate": mean, "standard_error": error, "lower": mean - reach * error,
                                              "upper": mean + reach * error}, relative=1e-7, absolute=1e-10)
    # Every sample of a small population: the estimate is right on average, and so is its variance.
    for bad in [{"inclusions": [.5, 0]}, {"population": 1}, {"inclusions": [.5]}, {"strata": [1, 2]}]:
        yield Case("horvitz-thompson", {"values": [1, 2], "inclusions": [.5, .5]} | bad, Undefined)


def shared(total, sizes, weights, minimum):
    """One item after the other, to whom it helps most."""
    counts = [min(s, minimum) for s in sizes]
    heap = [(-w * w / (c * (c + 1)), i) for i, (w, c) in enumerate(zip(weights, counts)) if c < sizes[i]]
    heapq.heapify(heap)
    for _ in range(total - sum(counts)):
        _, i = heapq.heappop(heap)
        counts[i] += 1
        if counts[i] < sizes[i]:
            heapq.heappush(heap, (-weights[i] ** 2 / (counts[i] * (counts[i] + 1)), i))
    return counts


def allocations(rng, scale):
    for _ in range(int(400 * scale)):
        k = int(rng.integers(1, 8))
        sizes = [int(10 ** rng.uniform(0, 4)) for _ in range(k)]
        deviations = (rng.exponential(size=k) * rng.choice([1e-8, 1, 1e6])).tolist()
        minimum = int(rng.integers(1, 5))
        least = sum(min(s, minimum) for s in sizes)
        total = int(min(sum(sizes), least + 10 ** rng.uniform(0, 4)))
        counts = shared(total, sizes, [s * d for s, d in zip(sizes, deviations)], minimum)
        population = sum(sizes)
        error = math.sqrt(sum((s * d / population) ** 2 * (1 / c - 1 / s) for s, d, c in
                              zip(sizes, deviations, counts)))
        yield Case("sample-allocation", {"total": total, "sizes": sizes, "deviations": deviations, "minimum": minimum},
                   {"counts": counts, "inclusions": [c / s for c, s in zip(counts, sizes)], "standard_error": error},
                   relative=1e-8, absolute=1e-12 * max(deviations))
    for bad in [{"total": 3}, {"total": 99}, {"sizes": []}, {"sizes": [0, 9]}, {"deviations": [1]},
                {"deviations": [-1, 1]}, {"minimum": 0}]:
        yield Case("sample-allocation", {"total": 8, "sizes": [9, 9]} | bad, Undefined)


def sizes(rng, scale):
    for _ in range(int(300 * scale)):
        half, rate, confidence = float(10 ** rng.uniform(-3, -.4)), float(rng.choice([0, 1, .5, rng.uniform()])), \
            float(rng.uniform(.5, .999))
        z = stats.norm.ppf((1 + confidence) / 2)

        def width(n):
            return z * math.sqrt(rate * (1 - rate) / n + z * z / (4 * n * n)) / (1 + z * z / n) - half
        exact = optimize.brentq(width, 1e-6, 1e9, xtol=1e-12, rtol=1e-14)
        population = int(10 ** rng.uniform(1, 6)) if rng.uniform() < .5 else None
        if population:
            exact = exact / (1 + (exact - 1) / population)
        if abs(exact - round(exact)) < 1e-5:
            continue
        call = {"half_width": half, "rate": rate, "confidence": confidence}
        yield Case("rate-sample-size", call | ({"population": population} if population else {}),
                   {"n": max(1, math.ceil(exact))})
    for _ in range(int(200 * scale)):
        p, kappa, half = float(rng.uniform(.05, .95)), float(rng.uniform(-.3, .95)), float(10 ** rng.uniform(-2, -.3))
        apart = p * (1 - p) * (1 - kappa)
        call = {"half_width": half, "kappa": kappa, "prevalence": p, "confidence": .95}
        if apart > min(p, 1 - p):
            yield Case("kappa-sample-size", call, Undefined)
            continue
        table = np.array([[p - apart, apart], [apart, 1 - p - apart]]) * 1e4
        error = cohens_kappa(table).std_kappa * 100
        exact = (stats.norm.ppf(.975) * error / half) ** 2
        if abs(exact - round(exact)) > 1e-5:
            yield Case("kappa-sample-size", call, {"n": max(2, math.ceil(exact))})
    for bad in [{"half_width": .5}, {"half_width": 0}, {"rate": 2}, {"population": 0}]:
        yield Case("rate-sample-size", {"half_width": .1} | bad, Undefined)
    yield Case("kappa-sample-size", {"half_width": .1, "kappa": 1}, Undefined)
