"""Drift, against SciPy, statsmodels and numpy by other algorithms.

Run lengths come from the integral equations by Gauss-Legendre quadrature, not from a Markov chain; charts from running
minima of cumulative sums; permutation tests from all ways to deal the labels.
"""
import itertools
import math

import numpy as np
from scipy import optimize, stats
from scipy.spatial import distance
from statsmodels.tsa.ar_model import AutoReg

from compare import Case, Undefined

LEFT_OUT = {}
UNITS = {"nats": math.e, "bits": 2.0}


def cases(rng, scale):
    for family in [divergences, mixes, exact_mixes, numbers, vectors, baselines, charts, anchors, run_lengths, limits,
                   changes, seasons]:
        yield from family(rng, scale)
    yield from refused()


def some(values):
    return [float(v) for v in values]


def divergences(rng, scale):
    for _ in range(int(600 * scale)):
        cells = int(rng.integers(2, 30))
        p = rng.gamma(rng.choice([.2, 1, 20]), size=cells) + 1e-12
        q = rng.gamma(rng.choice([.2, 1, 20]), size=cells) + 1e-12
        if rng.random() < .2:
            p = q * rng.uniform(.1, 10)
        unit = str(rng.choice(["nats", "bits"]))
        base = UNITS[unit]
        call = {"p": some(p), "q": some(q)}
        yield Case("kl-divergence", call | {"unit": unit}, {"value": stats.entropy(p, q, base=base)},
                   relative=1e-8, absolute=1e-13)
        pn, qn = p / p.sum(), q / q.sum()
        yield Case("population-stability-index", call, {"value": ((pn - qn) * np.log(pn / qn)).sum()},
                   relative=1e-8, absolute=1e-13)
        if rng.random() < .3:
            p = np.concatenate([[0], p[1:]])
            call = {"p": some(p), "q": some(q)}
        with np.errstate(invalid="ignore"):
            apart = distance.jensenshannon(p, q, base)
        # SciPy's sum may fall below 0 by rounding, and has no root then.
        if not math.isnan(apart):
            yield Case("jensen-shannon", call | {"unit": unit}, {"divergence": apart ** 2, "distance": apart},
                       relative=1e-7, absolute=3e-8)
        counts = rng.integers(0, 50, cells)
        counts[0] += 1
        yield Case("smoothed-shares", {"counts": counts.tolist()},
                   {"shares": some((counts + .5) / (counts.sum() + cells / 2))}, relative=1e-12)


def effect_of(measure, reference, window):
    q = (reference + .5) / (reference + .5).sum()
    p = (window + .5) / (window + .5).sum()
    if measure == "kl":
        return stats.entropy(p, q)
    if measure == "psi":
        return ((p - q) * np.log(p / q)).sum()
    if measure == "js":
        return distance.jensenshannon(p, q)
    return math.sqrt(((p - q) ** 2 / q).sum())


def scaled(measure, reference, window):
    """The measure as it is held against χ²(B − 1)."""
    n, m = reference.sum(), window.sum()
    if measure == "chi-squared":
        return stats.chi2_contingency(np.array([reference, window]), correction=False).statistic
    effect = effect_of(measure, reference, window)
    return n * m / (n + m) * {"kl": 2 * effect, "psi": effect, "js": 8 * effect ** 2}[measure]


def mixes(rng, scale):
    for _ in range(int(800 * scale)):
        cells = int(rng.integers(2, 15))
        shares = rng.dirichlet(np.full(cells, rng.choice([1, 10])))
        moved = rng.dirichlet(shares * 300 + 1e-3)
        reference = rng.multinomial(int(10 ** rng.uniform(1, 6)), shares)
        window = rng.multinomial(int(10 ** rng.uniform(1, 5)), moved)
        measure = str(rng.choice(["kl", "psi", "js", "chi-squared"]))
        expected = {"effect": effect_of(measure, reference, window)}
        full = (reference + window) > 0
        if full.sum() >= 2:
            a, b = reference[full], window[full]
            expected["statistic"] = scaled(measure, a, b)
            least = (a + b).min() * min(a.sum(), b.sum()) / (a.sum() + b.sum())
            if least >= (5 if measure == "chi-squared" else 50):
                expected["p_value"] = stats.chi2.sf(expected["statistic"], len(a) - 1)
                expected["degrees_of_freedom"] = len(a) - 1
        yield Case("category-drift",
                   {"reference": reference.tolist(), "window": window.tolist(), "measure": measure,
                    "resamples": 100}, expected, relative=1e-7, absolute=1e-9)


def exact_mixes(rng, scale):
    """Few counts: p over every table with the same margins."""
    for _ in range(int(60 * scale)):
        cells = int(rng.integers(2, 4))
        reference = rng.integers(0, 12, cells) + (np.arange(cells) == 0)
        window = rng.integers(0, 9, cells) + (np.arange(cells) == 0)
        measure = str(rng.choice(["kl", "psi", "js", "chi-squared"]))
        pooled = reference + window
        full = pooled > 0
        if full.sum() < 2:
            continue
        a, b, pooled = reference[full], window[full], pooled[full]
        least = pooled.min() * min(a.sum(), b.sum()) / pooled.sum()
        if least >= (5 if measure == "chi-squared" else 50):
            continue
        seen, p = scaled(measure, a, b), 0.0
        for table in itertools.product(*[range(k + 1) for k in pooled]):
            table = np.array(table)
            if table.sum() == b.sum():
                if scaled(measure, pooled - table, table) >= seen - 1e-9:
                    p += stats.multivariate_hypergeom.pmf(table, pooled, int(b.sum()))
        yield Case("category-drift",
                   {"reference": reference.tolist(), "window": window.tolist(), "measure": measure,
                    "resamples": 20000, "seed": int(rng.integers(1 << 30))}, {"p_value": p}, absolute=.018)


def sample(rng, size):
    kind = rng.integers(4)
    if kind == 0:
        return rng.normal(rng.uniform(-1, 1), rng.uniform(.5, 2), size)
    if kind == 1:
        return rng.integers(0, 5, size).astype(float)
    if kind == 2:
        return np.exp(rng.normal(0, 2, size))
    return np.round(rng.random(size), 1)


def shared_out(a, b, statistic):
    """The share of all ways to deal the labels that are at least as extreme."""
    pooled = np.concatenate([a, b])
    seen, ways, extreme = statistic(a, b), 0, 0
    for chosen in itertools.combinations(range(len(pooled)), len(a)):
        mask = np.zeros(len(pooled), bool)
        mask[list(chosen)] = True
        ways += 1
        extreme += statistic(pooled[mask], pooled[~mask]) >= seen - 1e-9 * (1 + abs(seen))
    return extreme / ways


def numbers(rng, scale):
    for _ in range(int(500 * scale)):
        a, b = sample(rng, int(rng.integers(2, 400))), sample(rng, int(rng.integers(2, 300)))
        gap = stats.wasserstein_distance(a, b)
        yield Case("wasserstein-distance", {"first": some(a), "second": some(b)}, {"value": gap},
                   relative=1e-9, absolute=1e-11)
        call = {"reference": some(a), "window": some(b)}
        if np.ptp(a) > 0:
            yield Case("wasserstein-drift", call | {"resamples": 100}, {"effect": gap / a.std(ddof=1)},
                       relative=1e-9, absolute=1e-10)
        if np.ptp(np.concatenate([a, b])) > 0:
            yield Case("ks-drift", call, {"effect": stats.ks_2samp(a, b).statistic}, absolute=1e-12)
        bins = int(rng.integers(2, 11))
        edges = np.unique(np.quantile(a, np.arange(1, bins) / bins))
        edges = edges[edges < a.max()]
        if len(a) >= bins and len(edges):
            counts = [np.bincount(np.searchsorted(edges, x, side="left"), minlength=len(edges) + 1) for x in (a, b)]
            yield Case("quantile-drift", call | {"bins": bins, "resamples": 100},
                       {"reference_counts": counts[0].tolist(), "window_counts": counts[1].tolist(),
                        "effect": effect_of("psi", *counts)}, relative=1e-8, absolute=1e-10)
    for _ in range(int(100 * scale)):
        a, b = rng.normal(size=int(rng.integers(5, 300))), rng.normal(.2, 1, int(rng.integers(5, 300)))
        p = stats.ks_2samp(a, b, method="exact").pvalue
        yield Case("ks-drift", {"reference": some(a), "window": some(b)}, {"p_value": p}, relative=1e-7)
    for _ in range(int(25 * scale)):
        a, b = sample(rng, int(rng.integers(2, 7))), sample(rng, int(rng.integers(2, 5)))
        if np.ptp(a) > 0:
            yield Case("wasserstein-drift",
                       {"reference": some(a), "window": some(b), "resamples": 20000,
                        "seed": int(rng.integers(1 << 30))},
                       {"p_value": shared_out(a, b, stats.wasserstein_distance)}, absolute=.018)


def discrepancy(x, y, sigma):
    def kernel(a, b):
        return np.exp(-distance.cdist(a, b, "sqeuclidean") / (2 * sigma ** 2))
    n, m = len(x), len(y)
    within = (kernel(x, x).sum() - n) / (n * (n - 1)) + (kernel(y, y).sum() - m) / (m * (m - 1))
    return within - 2 * kernel(x, y).mean()


def vectors(rng, scale):
    for index in range(int(120 * scale)):
        size = int(rng.integers(1, 20))
        small = index % 4 == 0
        n, m = (int(rng.integers(2, 6)), int(rng.integers(2, 5))) if small else rng.integers(2, 60, 2)
        x, y = rng.normal(size=(n, size)), rng.normal(rng.uniform(0, 1), 1, (m, size))
        call = {"reference": x.tolist(), "window": y.tolist()}
        sigma = float(np.median(distance.pdist(np.vstack([x, y]))))
        if rng.random() < .3:
            sigma = call["bandwidth"] = float(rng.uniform(.5, 3))
        yield Case("mmd-drift", call | {"resamples": 100}, {"effect": discrepancy(x, y, sigma)},
                   relative=1e-8, absolute=1e-10)
        if small:
            p = shared_out(x, y, lambda a, b: discrepancy(a, b, sigma))
            yield Case("mmd-drift", call | {"resamples": 20000, "seed": index}, {"p_value": p}, absolute=.018)
        yield Case("mean-cosine-shift", {"reference": call["reference"], "window": call["window"]},
                   {"value": distance.cosine(x.mean(0), y.mean(0))}, relative=1e-8, absolute=1e-12)
        probes = rng.normal(size=(int(rng.integers(4, 25)), size + 2))
        moved = probes + rng.normal(0, rng.uniform(.01, 1), probes.shape)
        k = int(rng.integers(1, len(probes) - 1))
        near = []
        for sample_ in (probes, moved):
            far = distance.cdist(sample_, sample_, "cosine")
            np.fill_diagonal(far, np.inf)
            near.append([set(np.argsort(row, kind="stable")[:k]) for row in far])
        cosines = np.array([1 - distance.cosine(a, b) for a, b in zip(probes, moved)])
        yield Case("probe-stability", {"before": probes.tolist(), "now": moved.tolist(), "neighbours": k},
                   {"mean_cosine": cosines.mean(), "least_cosine": cosines.min(), "least_probe": int(cosines.argmin()),
                    "kept_neighbours": np.mean([len(a & b) / k for a, b in zip(*near)])},
                   relative=1e-9, absolute=1e-11)


def autoregressive(rng, size, phi):
    noise = rng.normal(size=size)
    out = np.empty(size)
    out[0] = noise[0] / math.sqrt(1 - phi ** 2)
    for t in range(1, size):
        out[t] = phi * out[t - 1] + noise[t]
    return out


def baselines(rng, scale):
    for _ in range(int(300 * scale)):
        series = rng.uniform(-100, 100) + rng.uniform(.01, 10) * autoregressive(
            rng, int(rng.integers(10, 300)), rng.uniform(-.8, .9))
        fit = AutoReg(series, 1).fit()
        n = len(series) - 1
        slope = float(fit.params[1])
        yield Case("autoregression", {"series": some(series)},
                   {"coefficient": slope, "intercept": fit.params[0], "pairs": n,
                    "innovation": math.sqrt((fit.resid ** 2).sum() / (n - 2))}, relative=1e-6, absolute=1e-9)
        gaps = rng.random(len(series)) < rng.choice([0, .1])
        holed = [None if gap else float(x) for gap, x in zip(gaps, series)]
        there = series[~gaps]
        pairs = [(a, b) for a, b in zip(holed, holed[1:]) if a is not None and b is not None]
        if len(pairs) < 6 or len(there) < 8:
            continue
        before, after = np.array(pairs).T
        (slope, start), *_ = np.linalg.lstsq(np.column_stack([before, np.ones(len(before))]), after, rcond=None)
        phi = float(np.clip(slope + (1 + 3 * slope) / len(pairs), -.99, .99))
        rest = (after - after.mean()) - phi * (before - before.mean())
        yield Case("autoregression", {"series": holed},
                   {"coefficient": slope, "corrected": phi, "intercept": start}, relative=1e-6, absolute=1e-8)
        yield Case("chart-baseline", {"history": holed, "needed": 8},
                   {"mean": there.mean(), "deviation": math.sqrt((rest ** 2).sum() / (len(pairs) - 2)),
                    "autocorrelation": phi, "points": len(there), "missing": int(gaps.sum())},
                   relative=1e-7, absolute=1e-9)
        yield Case("chart-baseline", {"history": holed, "needed": 8, "whitening": "none"},
                   {"mean": there.mean(), "deviation": there.std(ddof=1), "autocorrelation": 0},
                   relative=1e-9, absolute=1e-10)


def scores(series, mean, deviation, phi):
    """Against the forecast from the last point that was there; None where there is none."""
    out, last, age = [], None, 0
    for value in series:
        age += 1
        if value is None:
            out.append(None)
            continue
        if phi == 0:
            out.append((value - mean) / deviation)
        elif last is None:
            out.append((value - mean) * math.sqrt(1 - phi ** 2) / deviation)
        else:
            spread = deviation * math.sqrt(sum(phi ** (2 * i) for i in range(age)))
            out.append((value - mean - phi ** age * (last - mean)) / spread)
        last, age = value, 0
    return out


def charts(rng, scale):
    for _ in range(int(400 * scale)):
        size = int(rng.integers(20, 300))
        mean, deviation = float(rng.uniform(-5, 5)), float(rng.uniform(.1, 4))
        phi = float(rng.choice([0, .4, -.3]))
        values = mean + deviation * autoregressive(rng, size, phi)
        values[size // 2:] += deviation * rng.choice([0, 1, -1, 2])
        series = [None if rng.random() < .05 else float(x) for x in values]
        z = scores(series, mean, deviation, phi)
        there = [i for i, s in enumerate(z) if s is not None]
        if not there:
            continue
        call = {"series": series, "mean": mean, "deviation": deviation, "autocorrelation": phi}
        k, h = float(rng.choice([.25, .5, 1])), float(rng.uniform(2, 8))
        sides = {}
        for side, sign in (("up", 1), ("down", -1)):
            # Above the running minimum of the cumulative sum; the minimum is where a change began.
            sums = np.concatenate([[0], np.cumsum([sign * z[i] - k for i in there])])
            lowest = np.minimum.accumulate(sums)
            heights = (sums - lowest)[1:]
            starts = [int(np.flatnonzero(sums[:i + 2] == lowest[i + 1])[-1]) for i in range(len(there))]
            sides[side] = heights, starts
        beyond = [i for i in range(len(there)) if max(sides[s][0][i] for s in sides) > h]
        expected = {"alarms": len(beyond), "points": size, "missing": size - len(there),
                    "upper_sum": sides["up"][0][-1], "lower_sum": sides["down"][0][-1]}
        if beyond:
            first = beyond[0]
            side = max(sides, key=lambda s: sides[s][0][first])
            expected |= {"first_alarm": there[first], "direction": side, "began": there[sides[side][1][first]]}
        yield Case("cusum-chart", call | {"allowance": k, "limit": h}, expected, relative=1e-9, absolute=1e-9)
        weight, limit = float(rng.choice([.05, .2, .5, 1])), float(rng.uniform(2, 4))
        seen = np.array([z[i] for i in there])
        average = [sum(weight * (1 - weight) ** (i - j) * seen[j] for j in range(i + 1)) for i in range(len(seen))]
        bound = limit * math.sqrt(weight / (2 - weight))
        beyond = [i for i, value in enumerate(average) if abs(value) > bound]
        expected = {"alarms": len(beyond), "average": average[-1]}
        if beyond:
            first = beyond[0]
            began = first
            while began > 0 and (average[began - 1] > 0) == (average[first] > 0):
                began -= 1
            expected |= {"first_alarm": there[first], "began": there[began],
                         "direction": "up" if average[first] > 0 else "down"}
        yield Case("ewma-chart", call | {"weight": weight, "limit": limit}, expected, relative=1e-8, absolute=1e-9)
        scores_ = [None if rng.random() < .1 else float(x) for x in .94 - np.cumsum(rng.normal(.003, .004, 20))]
        threshold = float(rng.choice([.01, .03, .05]))
        fallen = [i for i, x in enumerate(scores_) if x is not None and .94 - x > threshold]
        expected = {"alarms": len(fallen)}
        if fallen:
            good = [i for i, x in enumerate(scores_[:fallen[0]]) if x is not None and x >= .94]
            after = [i for i in range((good[-1] + 1) if good else 0, 20) if scores_[i] is not None]
            expected |= {"first_alarm": fallen[0], "began": after[0]}
        yield Case("cumulative-drop", {"series": scores_, "pinned": .94, "threshold": threshold}, expected)


def anchors(rng, scale):
    for _ in range(int(300 * scale)):
        size = int(rng.integers(5, 80))
        pinned = rng.uniform(.85, .99, size)
        drops = rng.choice([0, .02, .045, .08]) + rng.normal(0, rng.choice([.001, .01, .03]), size)
        few = int(rng.integers(0, 1 + size // 5))
        drops[rng.permutation(size)[:few]] += rng.uniform(.1, .8)
        now = pinned - drops
        drops = pinned - now
        centre = np.median(drops)
        scatter = stats.median_abs_deviation(drops, scale=1 / 1.482602218505602)
        reach = max(3.5 * scatter, .03)
        out = drops - centre > reach
        rest = drops[~out]
        falling, moved = int((drops > 0).sum()), int((drops != 0).sum())
        p = stats.binomtest(falling, moved, alternative="greater").pvalue
        low, high = stats.t.interval(.9, len(rest) - 1, rest.mean(), stats.sem(rest))
        alike = p <= .01 and centre > .015
        if drops.mean() <= .03:
            pattern = "none"
        elif not out.any():
            pattern = "systemic" if alike else "unclear"
        else:
            pattern = "both" if alike else "few" if high <= .03 else "unclear"
        fallen = sorted(np.flatnonzero(out).tolist(), key=lambda i: (-drops[i], i))
        yield Case("anchor-drop", {"pinned": some(pinned), "now": some(now)},
                   {"pattern": pattern, "mean": drops.mean(), "median": centre, "fallen": fallen,
                    "others.mean": rest.mean(), "others.lower": low, "others.upper": high, "signs.p_value": p},
                   relative=1e-8, absolute=1e-10)


def one_sided(h, k, shift, scale, nodes=90):
    x, w = np.polynomial.legendre.leggauss(nodes)
    y, w = h * (x + 1) / 2, h * w / 2
    density = stats.norm.pdf((y[None, :] - y[:, None] + k - shift) / scale) / scale
    matrix = np.eye(nodes + 1)
    matrix[0, 0] -= stats.norm.cdf((k - shift) / scale)
    matrix[0, 1:] -= w * stats.norm.pdf((y + k - shift) / scale) / scale
    matrix[1:, 0] -= stats.norm.cdf((k - shift - y) / scale)
    matrix[1:, 1:] -= density * w
    return np.linalg.solve(matrix, np.ones(nodes + 1))[0]


def cusum_length(h, k=.5, shift=0.0, scale=1.0):
    return 1 / (1 / one_sided(h, k, shift, scale) + 1 / one_sided(h, k, -shift, scale))


def ewma_length(limit, weight=.2, shift=0.0, scale=1.0, nodes=120):
    bound = limit * math.sqrt(weight / (2 - weight))
    x, w = np.polynomial.legendre.leggauss(nodes)
    y, w = bound * x, bound * w

    def density(start):
        return stats.norm.pdf(((y - (1 - weight) * start) / weight - shift) / scale) / (weight * scale)
    matrix = np.eye(nodes) - np.array([density(start) for start in y]) * w
    inside = np.linalg.solve(matrix, np.ones(nodes))
    return 1 + (density(0.0) * w * inside).sum()


def run_lengths(rng, scale):
    for _ in range(int(120 * scale)):
        h, k = float(rng.uniform(1, 9)), float(rng.choice([.25, .5, .75]))
        shift = float(rng.choice([0, .25, .5, 1, -2]))
        spread = float(rng.choice([1, .9, 1.3]))
        length = cusum_length(h, k, shift, spread)
        if length < 1e8:
            yield Case("cusum-run-length", {"limit": h, "allowance": k, "shift": shift, "scale": spread},
                       {"run_length": length}, relative=2e-4)
        weight, limit = float(rng.choice([.1, .2, .4])), float(rng.uniform(2, 4))
        yield Case("ewma-run-length", {"limit": limit, "weight": weight, "shift": shift, "scale": spread},
                   {"run_length": ewma_length(limit, weight, shift, spread)}, relative=2e-4)


def limits(rng, scale):
    for index in range(int(20 * scale)):
        wanted, k = float(10 ** rng.uniform(1.5, 5)), float(rng.choice([.25, .5, 1]))
        h = optimize.brentq(lambda x: math.log(cusum_length(x, k) / wanted), .01, 25)
        yield Case("cusum-limit", {"run_length": wanted, "allowance": k}, {"limit": h}, relative=1e-4, absolute=1e-4)
        if index < 8:
            weight = float(rng.choice([.1, .2, .5]))
            limit = optimize.brentq(lambda x: math.log(ewma_length(x, weight) / wanted), .5, 6)
            yield Case("ewma-limit", {"run_length": wanted, "weight": weight}, {"limit": limit}, relative=1e-4)
    for charts_, every in [(1, 30), (10, 365), (50, 365), (7, 52.5)]:
        yield Case("family-run-length", {"charts": charts_, "false_alarm_every": every},
                   {"run_length": charts_ * every})
    for n, points, h in [(20, 100, 5), (50, 100, 5), (200, 100, 5), (50, 365, 7.05), (100, 365, 8.66), (30, 200, 6)]:
        yield Case("cusum-false-alarm", {"points": points, "baseline_points": n, "limit": h},
                   {"probability": alarmed(rng, n, points, h)}, absolute=.015)
    # Of independent points, blocks or no blocks, a long history gives the limit of the integral equation.
    ordered = stats.norm.ppf((np.arange(3000) + .5) / 3000)
    yield Case("block-calibrated-limit",
               {"history": some(rng.permutation(ordered)), "run_length": 200, "block_length": 1, "seed": 3},
               {"limit": optimize.brentq(lambda x: cusum_length(x) - 200, 1, 9)}, absolute=.25)


def alarmed(rng, n, points, h, runs=20000):
    history = rng.normal(size=(runs, n))
    mean, deviation = history.mean(1), history.std(1, ddof=1)
    up, down, seen = np.zeros(runs), np.zeros(runs), np.zeros(runs, bool)
    for _ in range(points):
        z = (rng.normal(size=runs) - mean) / deviation
        up, down = np.maximum(0, up + z - .5), np.maximum(0, down - z - .5)
        seen |= (up > h) | (down > h)
    return seen.mean()


def changes(rng, scale):
    for _ in range(int(300 * scale)):
        size = int(rng.integers(4, 120))
        series = rng.normal(size=size)
        series[int(rng.integers(1, size)):] += rng.choice([0, 1, 3])
        least = int(rng.integers(1, max(2, size // 3)))
        splits = range(least, size - least + 1)
        rest = [((series[:t] - series[:t].mean()) ** 2).sum() + ((series[t:] - series[t:].mean()) ** 2).sum()
                for t in splits]
        index = splits[int(np.argmin(rest))]
        yield Case("change-point", {"series": some(series), "at_least": least, "resamples": 100},
                   {"index": index, "before": series[:index].mean(), "after": series[index:].mean()},
                   relative=1e-9, absolute=1e-12)
    for seed in range(int(10 * scale)):
        series = rng.normal(size=6)

        def explained(x):
            return max(t * (6 - t) * (x[:t].mean() - x[t:].mean()) ** 2 for t in range(2, 5))
        seen = explained(series)
        p = np.mean([explained(np.array(x)) >= seen * (1 - 1e-9) for x in itertools.permutations(series)])
        yield Case("change-point", {"series": some(series), "resamples": 20000, "seed": seed}, {"p_value": p},
                   absolute=.018)


def seasons(rng, scale):
    for _ in range(int(200 * scale)):
        period, size = int(rng.integers(1, 30)), int(rng.integers(60, 200))
        slots = rng.integers(0, period, size)
        values = [None if rng.random() < .1 else float(x) for x in rng.normal(slots, 1)]
        needed = int(rng.integers(2, 5))
        groups = [[v for v, s in zip(values, slots) if s == slot and v is not None] for slot in range(period)]
        if max(map(len, groups)) < needed:
            continue
        means = [float(np.mean(g)) if len(g) >= needed else None for g in groups]
        left = []
        for i, (value, slot) in enumerate(zip(values, slots)):
            others = [v for j, (v, s) in enumerate(zip(values, slots)) if s == slot and j != i and v is not None]
            left.append(None if value is None or means[slot] is None else value - np.mean(others))
        squares = [[left[j] ** 2 for j in range(size) if slots[j] == i and left[j] is not None] for i in range(period)]
        whole = math.sqrt(np.mean(sum(squares, [])))
        spread = []
        for i in range(period):
            # Slots by their distance around the season, until 30 squares are there.
            pool = []
            for reach in range(period // 2 + 1):
                if len(pool) < 30:
                    pool += sum([squares[j] for j in range(period) if min((i - j) % period, (j - i) % period) == reach],
                                [])
            spread.append(max(math.sqrt(np.mean(pool)) if pool else whole, whole / 10))
        yield Case("seasonal-profile",
                   {"history": values, "slots": slots.tolist(), "period": period, "needed": needed},
                   {"means": means, "counts": [len(g) for g in groups], "residuals": left,
                    "deviations": spread},
                   relative=1e-9, absolute=1e-10)
        window = rng.integers(0, period + 2, 5).tolist()
        kept = [v for v, s in zip(values, slots) if s in window and v is not None]
        found = {int(s) for v, s in zip(values, slots) if v is not None}
        yield Case("same-season", {"reference": values, "slots": slots.tolist(), "window": window},
                   {"values": kept, "unmatched": sorted(set(window) - found)})


def refused():
    for statistic, call in [
        ("kl-divergence", {"p": [1, 1], "q": [1, 0]}), ("kl-divergence", {"p": [1, 1], "q": [1, 1, 1]}),
        ("jensen-shannon", {"p": [0, 0], "q": [1, 1]}), ("population-stability-index", {"p": [1, 0], "q": [1, 1]}),
        ("category-drift", {"reference": [1, 2], "window": [0, 0]}),
        ("category-drift", {"reference": [1, -2], "window": [3, 1]}),
        ("wasserstein-drift", {"reference": [1, 1], "window": [1, 2]}),
        ("wasserstein-distance", {"first": [], "second": [1]}),
        ("quantile-drift", {"reference": [3, 3, 3], "window": [1], "bins": 2}),
        ("mmd-drift", {"reference": [[1], [2]], "window": [[1, 2], [2, 3]]}),
        ("mmd-drift", {"reference": [[1], [1]], "window": [[1], [1]]}),
        ("mean-cosine-shift", {"reference": [[0, 0]], "window": [[1, 0]]}),
        ("chart-baseline", {"history": list(range(49))}), ("chart-baseline", {"history": [2] * 60}),
        ("autoregression", {"series": [1, 2]}), ("cusum-chart", {"series": [1], "mean": 0, "deviation": 0}),
        ("ewma-chart", {"series": [1], "mean": 0, "deviation": 1, "weight": 2}),
        ("cumulative-drop", {"series": [1], "pinned": 1, "threshold": 0}),
        ("anchor-drop", {"pinned": [1, 1], "now": [1, 1]}), ("cusum-run-length", {"limit": 0}),
        ("cusum-run-length", {"limit": 39}), ("cusum-limit", {"run_length": 1}),
        ("ewma-limit", {"run_length": 1}), ("cusum-false-alarm", {"points": 100, "baseline_points": 3, "limit": 5}),
        ("change-point", {"series": [1, 1, 1, 1]}), ("change-point", {"series": [1, 2, 3]}),
        ("seasonal-profile", {"history": [1, 2], "slots": [0, 1], "period": 2}),
        ("same-season", {"reference": [1], "slots": [0, 1], "window": [0]}),
        ("block-calibrated-limit", {"history": list(range(60)), "run_length": 100}),
    ]:
        yield Case(statistic, call, Undefined)
