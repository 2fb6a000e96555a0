"""Counts that are looked at all the time, against direct products in high precision and brute force."""
import math

import mpmath
import numpy as np
from scipy import stats

from compare import Case, Undefined

LEFT_OUT = {}
RATIOS = [mpmath.mpf(r) for r in ("1.25", "1.5", "2", "3", "5", "10", "30", "100")]


def mixture(stages, null, turned=False):
    """The mean of eight likelihood ratios, multiplied out event by event's factor; no logarithms."""
    total = mpmath.mpf(0)
    null = mpmath.mpf(null)
    for ratio in RATIOS:
        r = 1 / ratio if turned else ratio
        product = mpmath.mpf(1)
        for low, high, canary, production in stages:
            p = mpmath.mpf(low if turned else high)
            here, there = p * null * r / (1 - p + p * null * r), p * null / (1 - p + p * null)
            product *= (here / there) ** canary * ((1 - here) / (1 - there)) ** production
        total += product
    return total / len(RATIOS)


def random_stages(rng, most):
    stages = []
    for _ in range(int(rng.integers(0, 4))):
        share = float(rng.choice([.001, .01, .05, .1, .5, .9, rng.uniform(.001, .999)]))
        if any(share == stage[0] for stage in stages):
            continue
        events = int(10 ** rng.uniform(0, most))
        ratio = float(10 ** rng.uniform(-1, 1))
        canary = int(rng.binomial(events, share * ratio / (1 - share + share * ratio)))
        wide = rng.random() < .2
        stages.append((share, min(share * 1.03, .9995) if wide else share, canary, events - canary))
    return stages


def as_rows(stages):
    return [[low, canary, production] if low == high else [low, high, canary, production]
            for low, high, canary, production in stages]


def bound(stages, confidence, upper):
    """By bisection over the direct formula; None or 0 where nothing is excluded."""
    limit = 1 / (1 - mpmath.mpf(confidence))
    e = lambda log_null: mixture(stages, mpmath.exp(log_null), turned=upper)
    # e falls in the null where it is about a lower bound, and grows where it is about an upper one
    low, high = mpmath.mpf(-60), mpmath.mpf(60)
    if e(high if upper else low) < limit:
        return None if upper else 0
    for _ in range(70):
        middle = (low + high) / 2
        if (e(middle) >= limit) == upper:
            high = middle
        else:
            low = middle
    return mpmath.exp(low)


def rate_ratio(rng, scale):
    for _ in range(int(1500 * scale)):
        stages = random_stages(rng, 6)
        null = float(rng.choice([1, 1.1, .9, 2, rng.uniform(.2, 5)]))
        expected = mpmath.log(mixture(stages, null)) if stages else 0
        yield Case(
            "rate-ratio-e-process", {"stages": as_rows(stages), "tolerated_ratio": null},
            {"log_e_value": expected, "events": sum(s[2] + s[3] for s in stages)}, relative=1e-9, absolute=2e-8)
    for _ in range(int(250 * scale)):
        stages = random_stages(rng, 4)
        confidence = float(rng.choice([.9, .95, .99, .5, rng.uniform(.05, .999)]))
        yield Case(
            "rate-ratio-bounds", {"stages": as_rows(stages), "confidence": confidence},
            {"lower": bound(stages, confidence, False), "upper": bound(stages, confidence, True)},
            relative=1e-8, absolute=1e-15)
    for bad in [
            {"stages": [[0, 1, 2]]}, {"stages": [[1, 1, 2]]}, {"stages": [[.1, -1, 2]]}, {"stages": [[.1, 1.5, 2]]},
            {"stages": [[.1, 1]]}, {"stages": [[.2, .1, 1, 2]]}, {"stages": [], "tolerated_ratio": 0},
            {"stages": [], "alpha": 1}]:
        yield Case("rate-ratio-e-process", bad, Undefined)
    yield Case("rate-ratio-bounds", {"stages": [], "confidence": 1}, Undefined)


def monitor(rng, scale):
    for _ in range(int(300 * scale)):
        names = [f"m{i}" for i in range(int(rng.integers(1, 6)))]
        weights = [float(w) for w in rng.uniform(.1, 3, len(names))]
        ratios = [float(rng.choice([1, 1.1, 1.5])) for _ in names]
        per_metric = [[(s[0], s[0], s[2], s[3]) for s in random_stages(rng, 4)] for _ in names]
        counts = [[i, low, canary, production] for i, stages in enumerate(per_metric)
                  for low, _, canary, production in stages]
        rng.shuffle(counts)
        parts = [mpmath.mpf(w) * mixture(stages, ratio) for w, stages, ratio in zip(weights, per_metric, ratios)]
        e = sum(parts) / sum(map(mpmath.mpf, weights))
        yield Case(
            "harm-monitor", {"names": names, "weights": weights, "tolerated_ratios": ratios, "counts": counts},
            {"log_e_value": mpmath.log(e), "alarms": bool(e >= 1 / mpmath.mpf(.006))}, relative=1e-9, absolute=2e-8)
    for bad in [
            {"names": [], "counts": []}, {"names": ["a", "a"], "counts": []},
            {"names": ["a"], "weights": [0], "counts": []}, {"names": ["a"], "weights": [1, 1], "counts": []},
            {"names": ["a"], "counts": [[1, .1, 0, 0]]}, {"names": ["a"], "counts": [[-1, .1, 0, 0]]}]:
        yield Case("harm-monitor", bad, Undefined)


def forecast(share, ratio, base, alpha, tolerated, chance):
    """Every path's chance by a dictionary over (canary events), with the direct formula as the rule."""
    r = np.array([1.25, 1.5, 2, 3, 5, 10, 30, 100])
    q, rate = share * ratio / (1 - share + share * ratio), (1 - share) * base + share * base * ratio
    a = (1 - share + share * tolerated) / (1 - share + share * tolerated * r)
    alive, stopped, m = {0: 1.0}, [0.0], 0
    while stopped[-1] < .9985 and m < 3000:
        m += 1
        after, stop = {}, stopped[-1]
        for k, weight in alive.items():
            for step, p in ((0, 1 - q), (1, q)):
                mass = weight * p
                if mass < 1e-25:
                    continue
                if np.mean(np.exp((k + step) * np.log(r) + m * np.log(a))) >= 1 / alpha:
                    stop += mass
                else:
                    after[k + step] = after.get(k + step, 0) + mass
        alive = after
        stopped.append(stop)
    stopped = np.array(stopped)
    if stopped[-1] < chance:
        return None, None
    events = int(np.argmax(stopped >= chance))
    increments = np.diff(stopped, prepend=0)

    def by(requests):
        return (increments * stats.binom.sf(np.arange(len(stopped)) - 1, requests, rate)).sum()

    low, high = events, events
    while by(high) < chance:
        high *= 2
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if by(middle) >= chance else (middle + 1, high)
    return events, math.ceil(low * share)


def forecasts(rng, scale):
    for _ in range(int(25 * scale)):
        share = float(rng.choice([.01, .1, .5]))
        tolerated = float(rng.choice([1, 1.1]))
        ratio = tolerated * float(rng.uniform(4, 20))
        base, alpha = float(rng.uniform(.0005, .04)), float(rng.choice([.01, .006, .0015]))
        chance = float(rng.choice([.5, .9, .25]))
        events, requests = forecast(share, ratio, base, alpha, tolerated, chance)
        given = {"share": share, "ratio": ratio, "base_rate": base, "alpha": alpha, "tolerated_ratio": tolerated,
                 "chance": chance}
        # A request more or less where a chance meets its target within rounding.
        yield Case("detection-forecast", given, {"events": events, "canary_requests": requests}, relative=1e-9,
                   absolute=1)
    yield Case("detection-forecast", {"share": .1, "ratio": 1, "base_rate": .01}, {"events": None})
    for bad in [{"share": 0, "ratio": 2, "base_rate": .1}, {"share": .1, "ratio": 0, "base_rate": .1},
                {"share": .1, "ratio": 20, "base_rate": .1}, {"share": .1, "ratio": 2, "base_rate": 0},
                {"share": .1, "ratio": 2, "base_rate": .1, "limit": 0}]:
        yield Case("detection-forecast", bad, Undefined)


def realised(rng, scale):
    for _ in range(int(200 * scale)):
        canary, production = (int(10 ** rng.uniform(0, 5)) for _ in range(2))
        cell = math.floor(math.log(canary / production) / math.log(1.01))
        edges = [1.01 ** cell / (1 + 1.01 ** cell), 1.01 ** (cell + 1) / (1 + 1.01 ** (cell + 1))]
        if abs(edges[0] / (canary / (canary + production)) - 1) < 1e-12:
            continue
        yield Case("realised-share", {"canary": canary, "production": production},
                   {"lower": edges[0], "upper": edges[1]})
    yield Case("realised-share", {"canary": 0, "production": 5}, {"lower": None, "upper": None})
    yield Case("realised-share", {"canary": -1, "production": 5}, Undefined)


def two_proportions(blocks, alternative, beta):
    """Each outcome's likelihood under the two estimates, over that under their common mean; multiplied out."""
    beta, e = mpmath.mpf(beta), mpmath.mpf(1)
    a = b = na = nb = 0
    for ka, ta, kb, tb in blocks:
        ra, rb = (a + beta) / (na + 2 * beta), (b + beta) / (nb + 2 * beta)
        if alternative == "two-sided" or (ra > rb if alternative == "greater" else ra < rb):
            if ta + tb:
                common = (ta * ra + tb * rb) / (ta + tb)
                e *= ra ** ka * (1 - ra) ** (ta - ka) * rb ** kb * (1 - rb) ** (tb - kb)
                e /= common ** (ka + kb) * (1 - common) ** (ta + tb - ka - kb)
        a, na, b, nb = a + ka, na + ta, b + kb, nb + tb
    return e


def proportions(rng, scale):
    for _ in range(int(400 * scale)):
        rates, size = rng.uniform(0, 1, 2), int(10 ** rng.uniform(0, 3))
        if rng.random() < .1:
            rates = rng.integers(0, 2, 2).astype(float)
        blocks = []
        for _ in range(int(rng.integers(0, 40))):
            ta, tb = (int(n) for n in rng.integers(0, size + 1, 2))
            blocks.append([int(rng.binomial(ta, rates[0])), ta, int(rng.binomial(tb, rates[1])), tb])
        alternative = str(rng.choice(["two-sided", "greater", "less"]))
        prior = float(rng.choice([.18, 1, .5, 5]))
        expected = mpmath.log(two_proportions(blocks, alternative, prior))
        yield Case("two-proportion-e-process", {"blocks": blocks, "alternative": alternative, "prior": prior},
                   {"log_e_value": expected}, relative=1e-9, absolute=1e-9)
    for bad in [{"blocks": [[3, 2, 0, 0]]}, {"blocks": [[-1, 2, 0, 0]]}, {"blocks": [[1, 2, 0]]},
                {"blocks": [], "prior": 0}, {"blocks": [], "alternative": "more"}]:
        yield Case("two-proportion-e-process", bad, Undefined)


def sample_ratio(rng, scale):
    for _ in range(int(300 * scale)):
        concentration = float(rng.choice([1, 100, 10_000, 1e6]))
        shares, keys, expected = [], [], mpmath.mpf(0)
        for _ in range(int(rng.integers(0, 4))):
            arms = int(rng.integers(2, 5))
            split = [float(w) for w in rng.uniform(.02, 1, arms)]
            size = int(10 ** rng.uniform(0, 3))
            counts = [int(n) for n in rng.multinomial(size, rng.dirichlet(np.array(split) * 20))]
            shares.append(split)
            keys.append(counts)
            # Key after key: what the mixture predicts of the next arm, over its share.
            seen, product = [0] * arms, mpmath.mpf(1)
            rho = [mpmath.mpf(w) / sum(map(mpmath.mpf, split)) for w in split]
            for arm in rng.permutation(np.repeat(np.arange(arms), counts)):
                product *= (concentration * rho[arm] + seen[arm]) / (concentration + sum(seen)) / rho[arm]
                seen[arm] += 1
            expected += mpmath.log(product)
        yield Case("sample-ratio-e-process", {"shares": shares, "keys": keys, "concentration": concentration},
                   {"log_e_value": expected}, relative=1e-9, absolute=1e-7 if concentration > 1e5 else 1e-9)
    with mpmath.workdps(40):
        for _ in range(int(100 * scale)):
            share, n = float(rng.uniform(.005, .5)), int(10 ** rng.uniform(4, 9))
            canary = int(rng.binomial(n, share * (1 + .02 * rng.normal())))
            log_e = mpmath.loggamma(10_000) - mpmath.loggamma(10_000 + n)
            rho = [mpmath.mpf(share) / (mpmath.mpf(share) + mpmath.mpf(1 - share))]
            rho.append(1 - rho[0])
            for part, count in zip(rho, (canary, n - canary)):
                alpha = 10_000 * part
                log_e += mpmath.loggamma(alpha + count) - mpmath.loggamma(alpha) - count * mpmath.log(part)
            yield Case("sample-ratio-e-process", {"shares": [[share, 1 - share]], "keys": [[canary, n - canary]],
                        "concentration": 10_000},
                       {"log_e_value": log_e}, relative=1e-9, absolute=1e-14 * n * math.log(n))
    for bad in [{"shares": [[1, 1]], "keys": [[1, 2, 3]]}, {"shares": [[1, 0]], "keys": [[1, 2]]},
                {"shares": [[1]], "keys": [[1]]}, {"shares": [[1, 1]], "keys": [[1, -2]]},
                {"shares": [[1, 1]], "keys": []}, {"shares": [], "keys": [], "concentration": 0}]:
        yield Case("sample-ratio-e-process", bad, Undefined)


def fuse_threshold(length, limit, level):
    k = np.arange(length + 1)
    rare = stats.binom.sf(k - 1, length, limit) < level
    return int(k[rare][0]) if rare.any() else None


def fuse(rng, scale):
    for _ in range(int(500 * scale)):
        length = int(10 ** rng.uniform(0, 4))
        limit, level = float(10 ** rng.uniform(-4, -.05)), float(10 ** rng.uniform(-9, -1))
        yield Case("fuse-threshold", {"length": length, "limit": limit, "level": level},
                   {"failures": fuse} if (fuse := fuse_threshold(length, limit, level)) else Undefined)
    for _ in range(int(300 * scale)):
        limit = float(rng.choice([.01, .05, .2]))
        windows = [int(w) for w in rng.choice([20, 50, 63, 64, 65, 100, 128, 200, 300], int(rng.integers(1, 4)))]
        rate = limit * float(rng.choice([.5, 1, 3, 6]))
        failed = rng.random(int(rng.integers(0, 1500))) < min(rate, .95)
        run = next(k for k in range(1, 99) if limit ** k < 1e-7)
        watched = sorted({(run, run)} | {(w, fuse_threshold(w, limit, 1e-5)) for w in windows if w != run})
        trip = next(((length, int(failed[max(0, i - length):i].sum()), i)
                     for i in range(1, len(failed) + 1) for length, threshold in watched
                     if failed[max(0, i - length):i].sum() >= threshold), (None,) * 3)
        yield Case("binomial-fuse", {"failed": failed.tolist(), "limit": limit, "windows": windows},
                   {"trips": trip[0] is not None, "length": trip[0], "failures": trip[1], "outcome": trip[2]})
    for bad in [{"failed": [], "limit": 0}, {"failed": [], "limit": .05, "windows": []},
                {"failed": [], "limit": .05, "windows": [3]}, {"failed": [], "limit": .05, "windows": [0]},
                {"failed": [], "limit": .05, "level": 0}]:
        yield Case("binomial-fuse", bad, Undefined)
    yield Case("fuse-threshold", {"length": 0, "limit": .05}, Undefined)


def cases(rng, scale):
    mpmath.mp.dps = 30
    for family in (rate_ratio, monitor, forecasts, realised, proportions, sample_ratio, fuse):
        yield from family(rng, scale)
