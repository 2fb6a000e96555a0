"""Intervals, against SciPy, statsmodels, definitions by brute force, and the bootstrap's own draws made again in NumPy."""
import math

import numpy as np
from scipy import optimize, stats
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from compare import Case, Undefined

LEFT_OUT = {}
GOLDEN = np.uint64(0x9E3779B97F4A7C15)


def mixed(z):
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def drawn_indices(n, resamples, seed):
    """The examples of every resample: SplitMix64 keyed by (seed, resample), five, three or two draws a word.

    Each draw is the high word of a product with n, the low word serves the next (Brackett-Rozinsky and Lemire, 2024).
    What is left over takes a word each.
    """
    batch = 5 if n <= 1 << 10 else 3 if n <= 1 << 16 else 2
    whole, rest = divmod(n, batch)
    bound = np.uint64(n)
    columns = []
    with np.errstate(over="ignore"):
        streams = np.arange(resamples, dtype=np.uint64)
        start = mixed(np.uint64(seed) + GOLDEN)
        state = mixed(start ^ mixed(streams * np.uint64(0xD1B54A32D192ED03) + np.uint64(1)))
        for step in range(1, whole + rest + 1):
            word = mixed(state + np.uint64(step) * GOLDEN)
            for _ in range(batch if step <= whole else 1):
                low = (word & np.uint64(0xFFFFFFFF)) * bound
                columns.append(((word >> np.uint64(32)) * bound + (low >> np.uint64(32))) >> np.uint64(32))
                word = word * bound
    return np.stack(columns, axis=1).astype(np.int64)


def bca(replicates, estimate, partials, confidence, acceleration=None):
    ordered = np.sort(replicates)
    tolerance = 1e-11 * (ordered[-1] - ordered[0])
    below = (np.sum(ordered < estimate - tolerance) + np.sum(ordered <= estimate + tolerance)) / 2 / len(ordered)
    if below in (0, 1):
        return None
    z0 = stats.norm.ppf(below)
    if acceleration is None:
        gaps = partials.mean() - partials
        spread = (gaps ** 2).sum()
        acceleration = (gaps ** 3).sum() / (6 * spread ** 1.5) if spread > 0 else 0
    ends = []
    for z in stats.norm.ppf([(1 - confidence) / 2, (1 + confidence) / 2]):
        under = 1 - acceleration * (z0 + z)
        level = stats.norm.cdf(z0 + (z0 + z) / under) if under > 0 else float(z0 + z > 0)
        ends.append(np.quantile(ordered, level))
    return ends, acceleration, z0


def bootstrap_case(statistic, given, replicates, estimate, partials, confidence, method, **more):
    if np.ptp(replicates) <= 1e-13 * np.abs(replicates).max():
        return Case(statistic, given, Undefined)
    if method == "percentile":
        ends = np.quantile(replicates, [(1 - confidence) / 2, (1 + confidence) / 2])
    else:
        found = bca(replicates, estimate, partials, confidence)
        if found is None:
            return Case(statistic, given, Undefined)
        ends = found[0]
    if ends[0] == ends[1]:
        return Case(statistic, given, Undefined)
    size = float(np.abs(replicates).max())
    # A replicate that ties with the estimate but for rounding may fall on either side.
    return Case(statistic, given, {"lower": float(ends[0]), "upper": float(ends[1]), "estimate": float(estimate)} | more,
                relative=1e-7, absolute=1e-9 * size)


def sample_of(rng, n):
    kind = rng.integers(0, 4)
    if kind == 0:
        return np.round(rng.normal(.1, 1, n), 3)
    if kind == 1:
        return np.where(rng.random(n) < .8, 0, np.round(rng.exponential(1, n), 3))
    if kind == 2:
        return rng.integers(0, 2, n).astype(float)
    return np.round(rng.lognormal(0, 1, n), 3)


def bootstraps(rng, count):
    for _ in range(count):
        n = int(rng.choice([2, 3, 7, 20, 50, 101]))
        sample = sample_of(rng, n)
        seed, resamples = int(rng.integers(0, 2 ** 40)), int(rng.choice([100, 499, 1000]))
        confidence = float(rng.choice([.5, .9, .95]))
        method = str(rng.choice(["bca", "percentile"]))
        common = {"seed": seed, "resamples": resamples, "confidence": confidence, "method": method}
        draws = drawn_indices(n, resamples, seed)
        keep = ~np.eye(n, dtype=bool)
        partials = np.array([sample[row].mean() for row in keep])
        yield bootstrap_case("bootstrap-mean", common | {"values": sample.tolist()}, sample[draws].mean(axis=1),
                             sample.mean(), partials, confidence, method)

        clusters = [sample_of(rng, int(rng.integers(1, 5))) for _ in range(n)]
        sums, sizes = np.array([c.sum() for c in clusters]), np.array([len(c) for c in clusters])
        partials = (sums.sum() - sums) / (sizes.sum() - sizes)
        yield bootstrap_case("cluster-bootstrap", common | {"clusters": [c.tolist() for c in clusters]},
                             sums[draws].sum(axis=1) / sizes[draws].sum(axis=1), sums.sum() / sizes.sum(), partials,
                             confidence, method)

        # Continuous, so that no interpolated value ties with another but for rounding.
        level = float(rng.choice([.25, .5, .9]))
        after, before = rng.normal(size=n), rng.normal(size=n)
        at = lambda rows: np.quantile(rows, level, axis=-1)
        partials = np.array([at(after[row]) for row in keep])
        yield bootstrap_case("bootstrap-quantile", common | {"values": after.tolist(), "level": level}, at(after[draws]),
                             at(after), partials, confidence, method)
        partials = np.array([at(after[row]) - at(before[row]) for row in keep])
        yield bootstrap_case(
            "bootstrap-quantile", common | {"values": after.tolist(), "baseline": before.tolist(), "level": level},
            at(after[draws]) - at(before[draws]), at(after) - at(before), partials, confidence, method)

        base = np.round(rng.lognormal(3, .5, n), 2)
        cand = np.round(base * rng.lognormal(.05, .3, n), 2)
        tolerance = float(rng.choice([.05, .2, .5]))
        logs = np.log(cand[draws].mean(axis=1) / base[draws].mean(axis=1))
        partials = np.array([math.log(cand[row].mean() / base[row].mean()) for row in keep])
        estimate = math.log(cand.mean() / base.mean())
        given = {"baseline": base.tolist(), "candidate": cand.tolist(), "tolerance": tolerance, "seed": seed,
                 "resamples": resamples, "confidence": confidence}
        found = bca(logs, estimate, partials, confidence)
        if found is None or np.ptp(logs) < 1e-12:
            continue
        (low, high), acceleration, z0 = found
        ordered = np.sort(logs)

        def above(null):
            reach = 1e-11 * np.ptp(ordered)
            share = (np.mean(ordered < null - reach) + np.mean(ordered <= null + reach)) / 2
            share = min(max(share, .5 / resamples), 1 - .5 / resamples)
            gap = stats.norm.ppf(share) - z0
            return stats.norm.cdf(gap / (1 + acceleration * gap) - z0) if 1 + acceleration * gap > 0 else float(gap > 0)

        least = max(1 / (resamples + 1), 2.0 ** -n)
        floor = lambda p: min(1, max(least, p))
        within = max(floor(1 - above(math.log(1 + tolerance))), floor(above(math.log(1 - tolerance))))
        outside = min(floor(above(math.log(1 + tolerance))), floor(1 - above(math.log(1 - tolerance))))
        expected = {"ratio": math.exp(estimate), "p_within": within, "p_outside": outside}
        if n > 3:
            expected |= {"lower": math.exp(low), "upper": math.exp(high)}
            yield Case("ratio-equivalence", given, expected, relative=1e-6, absolute=1e-7)


def tango_oracle(gains, losses, n, confidence):
    """Both ends as roots of the score, with the nuisance share by maximising the likelihood numerically."""
    z = stats.norm.ppf((1 + confidence) / 2)

    def share(d):
        low, high = max(0.0, -d), (1 - d) / 2
        # The derivative of the log-likelihood in the share of losses falls: its root, or an end.
        def slope(q):
            total = losses / q if q > 0 else math.inf * losses if losses else 0
            total += gains / (q + d) if q + d > 0 else math.inf * gains if gains else 0
            rest = 1 - 2 * q - d
            same = n - gains - losses
            return total - (2 * same / rest if rest > 0 else math.inf * same if same else 0)
        a, b = low + 1e-15 * (high - low), high - 1e-15 * (high - low)
        if slope(a) <= 0:
            return low
        if slope(b) >= 0:
            return high
        return optimize.brentq(slope, a, b, xtol=1e-17, rtol=1e-14)

    def score(d):
        q = share(d)
        variance = n * (2 * q + d * (1 - d))
        gap = gains - losses - n * d
        return gap / math.sqrt(variance) if variance > 1e-290 else math.copysign(1e9, gap) if gap else 0

    d0 = (gains - losses) / n
    upper = 1.0 if d0 == 1 else optimize.brentq(lambda d: score(d) + z, d0 + 1e-13, 1 - 1e-13, xtol=1e-14)
    lower = -1.0 if d0 == -1 else optimize.brentq(lambda d: score(d) - z, -1 + 1e-13, d0 - 1e-13, xtol=1e-14)
    return lower, upper


def proportions(rng, count):
    for _ in range(count):
        trials = int(10 ** rng.uniform(0, 7))
        successes = int(rng.choice([0, trials, rng.integers(0, trials + 1)]))
        confidence = float(rng.uniform(.5, .999))
        given = {"successes": successes, "trials": trials, "confidence": confidence}
        wilson = stats.binomtest(successes, trials).proportion_ci(confidence, "wilson")
        yield Case("wilson-interval", given, {"lower": wilson.low, "upper": wilson.high}, relative=1e-8)
        low, high = proportion_confint(successes, trials, 1 - confidence, "beta")
        low, high = 0.0 if math.isnan(low) else low, 1.0 if math.isnan(high) else high
        yield Case("clopper-pearson-interval", given, {"lower": low, "upper": high}, relative=1e-8)

        others = int(10 ** rng.uniform(0, 5))
        passed = int(rng.choice([0, others, rng.integers(0, others + 1)]))
        low, high = confint_proportions_2indep(passed, others, successes, trials, compare="diff", method="newcomb",
                                               alpha=1 - confidence)
        yield Case("newcombe-interval", {
            "baseline_successes": successes, "baseline_trials": trials, "candidate_successes": passed,
            "candidate_trials": others, "confidence": confidence,
        }, {"lower": max(-1, low), "upper": min(1, high), "estimate": passed / others - successes / trials},
            relative=1e-7, absolute=1e-9)

        n = int(10 ** rng.uniform(0, 4))
        gains = int(rng.choice([0, rng.integers(0, n + 1), min(n, rng.integers(0, 6))]))
        losses = int(rng.choice([0, rng.integers(0, n - gains + 1), min(n - gains, rng.integers(0, 6))]))
        rest = n - gains - losses
        try:
            low, high = tango_oracle(gains, losses, n, confidence)
        except ValueError:  # The root lies at the very end of the search.
            continue
        yield Case("tango-interval", {"both": rest // 2, "only_candidate": gains, "only_baseline": losses,
                                      "neither": rest - rest // 2, "confidence": confidence},
                   {"lower": low, "upper": high, "estimate": (gains - losses) / n}, relative=1e-6, absolute=1e-8)


def means(rng, count):
    for _ in range(count):
        n = int(rng.choice([2, 3, 5, 30, 199]))
        sample = sample_of(rng, n) * float(10 ** rng.uniform(-6, 6))
        confidence = float(rng.uniform(.5, .999))
        given = {"values": sample.tolist(), "confidence": confidence}
        if np.ptp(sample) == 0:
            yield Case("student-interval", given, Undefined)
            yield Case("mean-interval", given, Undefined)
            # Half of the draws are missed by events rarer than 1 − α^(1/n).
            value = float(sample[0])
            share = 1 - ((1 - confidence) / 2) ** (1 / n)
            low, high = value - 2, value + 1
            wanted = {"lower": value - 2 * share, "upper": value + share}
            yield Case("mean-interval", given | {"lowest": low, "highest": high}, wanted, relative=1e-9, absolute=1e-9)
            continue
        t = stats.ttest_1samp(sample, 0).confidence_interval(confidence)
        size = np.abs(sample).max()
        expected = {"lower": float(t.low), "upper": float(t.high), "estimate": float(sample.mean())}
        yield Case("student-interval", given, expected, relative=1e-8, absolute=1e-11 * size)
        yield Case("mean-interval", given, expected, relative=1e-8, absolute=1e-11 * size)
        other = sample_of(rng, n) * float(10 ** rng.uniform(-6, 6))
        if np.ptp(sample - other) > 0:
            t = stats.ttest_rel(sample, other).confidence_interval(confidence)
            yield Case("mean-difference-interval",
                       {"baseline": other.tolist(), "candidate": sample.tolist(), "confidence": confidence},
                       {"lower": float(t.low), "upper": float(t.high)}, relative=1e-8,
                       absolute=1e-11 * max(size, np.abs(other).max()))
        # Hall's second-order form, which the closed form meets to the order of 1/n.
        skewness, error = float(stats.skew(sample)), float(sample.std() / math.sqrt(n))
        if n >= 199 and confidence < .99:
            a, z = skewness / (6 * math.sqrt(n)), stats.norm.ppf((1 + confidence) / 2)
            wanted = {"upper": sample.mean() + error * (z + a * (1 + 2 * z * z)),
                      "lower": sample.mean() + error * (-z + a * (1 + 2 * z * z))}
            yield Case("analytic-bca-interval", given, {k: float(v) for k, v in wanted.items()}, relative=0,
                       absolute=error * (60 * a * a + 1e-9) * (1 + z ** 3))
        value, low, high = 0.25, -1.0, 1.0
        n = int(10 ** rng.uniform(.31, 6))
        share = -math.expm1(math.log1p(-(1 + confidence) / 2) / n)
        yield Case("all-equal-interval",
                   {"value": value, "lowest": low, "highest": high, "n": n, "confidence": confidence},
                   {"lower": value - share * 1.25, "upper": value + share * .75}, relative=1e-10)
        # The upper Clopper–Pearson bound at no event.
        yield Case("share-that-may-differ", {"n": n, "confidence": confidence},
                   {"share": float(stats.beta.ppf(confidence, 1, n))}, relative=1e-9)


def quantiles(rng, count):
    for _ in range(count):
        n = int(10 ** rng.uniform(0, 3))
        sample = np.sort(np.round(rng.normal(size=n), 2 if n > 5 else 6))
        level, confidence = float(rng.choice([.5, .9, .95, rng.random()])), float(rng.uniform(.5, .99))
        given = {"values": rng.permutation(sample).tolist(), "level": level, "confidence": confidence}
        # The definition: order statistics whose cover is at least so much on either side.
        side = (1 + confidence) / 2
        upper = next((k for k in range(n) if stats.binom.cdf(k, n, level) >= side), n)
        lower = next((k for k in range(n) if stats.binom.cdf(k, n, 1 - level) >= side), n)
        short = upper >= n or lower >= n or (n > 1 and sample[0] == sample[-1])
        yield Case("quantile-interval", given, Undefined if short else
                   {"lower": float(sample[n - 1 - lower]), "upper": float(sample[upper])}, relative=0, absolute=0)
        bound = next((k for k in range(n) if stats.binom.cdf(k, n, level) >= confidence), n)
        yield Case("quantile-bound", given, Undefined if bound >= n else {"bound": float(sample[bound])},
                   relative=0, absolute=0)
        bound = next((k for k in range(n) if stats.binom.cdf(k, n, 1 - level) >= confidence), n)
        yield Case("quantile-bound", given | {"side": "lower"},
                   Undefined if bound >= n else {"bound": float(sample[n - 1 - bound])}, relative=0, absolute=0)
        needed = next(k for k in range(1, 10 ** 7) if 1 - level ** k >= confidence) if level < .999 else None
        if needed:
            yield Case("observations-for-quantile", {"level": level, "confidence": confidence},
                       {"observations": needed})


BAD = [
    ("wilson-interval", {"successes": 3, "trials": 2}), ("wilson-interval", {"successes": 0, "trials": 0}),
    ("wilson-interval", {"successes": -1, "trials": 4}), ("wilson-interval", {"successes": 1, "trials": 4, "confidence": 1}),
    ("clopper-pearson-interval", {"successes": 3, "trials": 2}), ("clopper-pearson-interval", {"successes": 0, "trials": 0}),
    ("newcombe-interval", {"baseline_successes": 0, "baseline_trials": 0, "candidate_successes": 1, "candidate_trials": 2}),
    ("newcombe-interval", {"baseline_successes": 3, "baseline_trials": 2, "candidate_successes": 1, "candidate_trials": 2}),
    ("tango-interval", {"both": 0, "only_baseline": 0, "only_candidate": 0, "neither": 0}),
    ("tango-interval", {"both": 1, "only_baseline": -1, "only_candidate": 0, "neither": 0}),
    ("student-interval", {"values": [1]}), ("student-interval", {"values": [2, 2, 2]}), ("student-interval", {"values": []}),
    ("mean-interval", {"values": [2, 2, 2]}), ("mean-interval", {"values": [2, 3], "lowest": 0, "highest": 1}),
    ("mean-interval", {"values": [0, 1], "lowest": 1, "highest": 0}),
    ("mean-difference-interval", {"baseline": [1, 2], "candidate": [1]}),
    ("mean-difference-interval", {"baseline": [1, 2], "candidate": [2, 3]}),
    ("analytic-bca-interval", {"values": [1, 1]}), ("bootstrap-mean", {"values": [1]}),
    ("bootstrap-mean", {"values": [1, 1, 1]}), ("bootstrap-mean", {"values": [1, 2, 3], "resamples": 10}),
    ("cluster-bootstrap", {"clusters": [[1, 2]]}), ("cluster-bootstrap", {"clusters": [[1], []]}),
    ("cluster-bootstrap", {"clusters": [[1], [1, 1]]}), ("bootstrap-quantile", {"values": [1], "level": .5}),
    ("bootstrap-quantile", {"values": [1, 2], "baseline": [1], "level": .5}),
    ("ratio-equivalence", {"baseline": [0, 0], "candidate": [1, 2], "tolerance": .1}),
    ("ratio-equivalence", {"baseline": [1, 2], "candidate": [1, 2], "tolerance": .1}),
    ("ratio-equivalence", {"baseline": [1, 2], "candidate": [1, 3], "tolerance": 0}),
    ("ratio-equivalence", {"baseline": [1], "candidate": [1], "tolerance": .1}),
    ("all-equal-interval", {"value": 2, "lowest": 0, "highest": 1, "n": 9}),
    ("all-equal-interval", {"value": 1, "lowest": 0, "highest": 1, "n": 1}), ("share-that-may-differ", {"n": 0}),
    ("quantile-interval", {"values": [], "level": .5}), ("quantile-interval", {"values": [1, 1, 1, 1, 1, 1], "level": .5}),
    ("quantile-bound", {"values": [1, 2], "level": 0}), ("observations-for-quantile", {"level": 1}),
]


def cases(rng, scale):
    yield from proportions(rng, int(1000 * scale))
    yield from means(rng, int(400 * scale))
    yield from quantiles(rng, int(300 * scale))
    yield from bootstraps(rng, int(150 * scale))
    for name, given in BAD:
        yield Case(name, given, Undefined)
