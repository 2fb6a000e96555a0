"""Means, quantiles and scheduled looks that are watched, against the papers' formulas written out over whole lists.

Boundaries come by root finding and minimisation over their e-values, quantile ranks by trying every count, and
scheduled looks by Simpson's rule for the Brownian sum on an even grid, or by SciPy's multivariate normal.
"""
import math

import numpy as np
from scipy import integrate, optimize, special, stats

from compare import Case, Undefined

LEFT_OUT = {}


# The normal mixture

def log_e(u, v, alternative):
    if alternative == "two-sided":
        return u * u / 2 - math.log(v) / 2
    u = u if alternative == "greater" else -u
    # erfcx is exp(x²)·erfc(x): both large terms in one, where u is far below 0.
    tail = math.log(special.erfcx(-u / math.sqrt(2))) if u < 0 else math.log(2) + stats.norm.logcdf(u) + u * u / 2
    return tail - math.log(v) / 2


def reach(information, rho, alpha, sides):
    v = 1 + information * rho * rho
    kind = "greater" if sides == "one" else "two-sided"
    u = optimize.brentq(lambda u: log_e(u, v, kind) + math.log(alpha), 0, 100, xtol=1e-13, rtol=1e-14)
    return u * math.sqrt(v / (v - 1))


def tuned(information, alpha, sides="one"):
    """The least boundary at that information, by minimisation over rho."""
    best = optimize.minimize_scalar(
        lambda x: reach(1, math.exp(x), alpha, sides), bounds=(-3, 4), method="bounded", options={"xatol": 1e-9})
    return math.exp(best.x) / math.sqrt(information)


def boundaries(rng, scale):
    for _ in range(int(600 * scale)):
        information, alpha = float(10 ** rng.uniform(0, 8)), float(10 ** rng.uniform(-8, -.2))
        sides, rho = str(rng.choice(["one", "two"])), float(10 ** rng.uniform(-4, 1))
        yield Case(
            "normal-mixture-boundary", {"information": information, "alpha": alpha, "sides": sides, "rho": rho},
            {"standard_errors": reach(information, rho, alpha, sides)}, relative=1e-10)
    for _ in range(int(60 * scale)):
        # At the information that is tuned to, the boundary is flat in rho: nine digits from a minimum good to five.
        tuned_to, alpha = float(10 ** rng.uniform(0, 6)), float(10 ** rng.uniform(-6, -.3))
        sides = str(rng.choice(["one", "two"]))
        rho = tuned(tuned_to, alpha, sides)
        yield Case(
            "normal-mixture-boundary", {"information": tuned_to, "alpha": alpha, "sides": sides, "tuned_to": tuned_to},
            {"standard_errors": reach(tuned_to, rho, alpha, sides)}, relative=1e-10)
        yield Case(
            "normal-mixture-boundary", {"information": 1, "alpha": alpha, "sides": sides, "tuned_to": tuned_to},
            {"rho": rho}, relative=1e-5)
    for bad in [{"information": 0}, {"information": -1}, {"information": 1, "alpha": 1}, {"information": 1, "rho": 0},
                {"information": 1, "tuned_to": -5}]:
        yield Case("normal-mixture-boundary", bad, Undefined)


def optimum(alpha, known={}):
    """rho for an information of 1, to sixteen digits: the root of the derivative."""
    if alpha not in known:
        h = lambda u: math.exp(stats.norm.logpdf(u) - stats.norm.logcdf(u))
        v = lambda u: 1 + u * (u + h(u))
        f = lambda u: u * u / 2 + stats.norm.logcdf(u) + math.log(2 * alpha) - math.log(v(u)) / 2
        known[alpha] = math.sqrt(v(optimize.brentq(f, 1e-9, 60, xtol=1e-15)) - 1)
    return known[alpha]


def evidence(value, error, information, rho, options):
    alpha = (1 - options["confidence"]) / 2
    width = reach(information, rho, alpha, "one") * error
    v = 1 + information * rho * rho
    z = (value - options["null"]) / error
    logs = log_e(z * math.sqrt((v - 1) / v), v, options["alternative"])
    return {"estimate": value, "standard_error": error, "lower": value - width, "upper": value + width,
            "log_e_value": logs, "p_value": min(1, math.exp(-min(logs, 700)))}


def sample(rng, n):
    kind = rng.integers(0, 5)
    if kind == 0:
        return rng.normal(rng.normal(), 1, n)
    if kind == 1:
        return rng.lognormal(-4, 1.5, n)
    if kind == 2:
        return (rng.random(n) < .05).astype(float)
    if kind == 3:
        return rng.integers(0, 4, n).astype(float)
    return 1e6 + rng.standard_t(3, n)


def asymptotic(rng, scale):
    for _ in range(int(300 * scale)):
        options = {"confidence": float(rng.choice([.8, .9, .95, .996])), "tuned_to": float(10 ** rng.uniform(1, 4)),
                   "burn_in": int(rng.integers(2, 6)), "null": float(rng.choice([0, .5])),
                   "alternative": str(rng.choice(["less", "greater", "two-sided"]))}
        rho = optimum((1 - options["confidence"]) / 2) / math.sqrt(options["tuned_to"])
        cap = float(rng.choice([1, 2.5])) if rng.random() < .3 else None
        capped = {"cap": cap} if cap else {}
        limited = lambda x: np.minimum(x, cap) if cap else x
        values = sample(rng, int(rng.integers(6, 200)))
        x = limited(values)
        if np.ptp(x) > 0:
            yield Case(
                "asymptotic-confidence-sequence", {"values": values.tolist()} | options | capped,
                evidence(x.mean(), x.std(ddof=1) / math.sqrt(len(x)), len(x), rho, options)
                | {"capped": int((values > cap).sum()) if cap else 0}, relative=1e-8, absolute=1e-10)
        shares = rng.choice([.01, .05, .1, .25, .5], int(rng.integers(1, 4)), replace=False)
        state = rng.bit_generator.state
        kind = rng.integers(0, 5)
        arms = []
        for _ in range(2):
            arms.append([])
            for _ in shares:
                rng.bit_generator.state = state
                draws = sample(rng, 400)
                state = rng.bit_generator.state
                arms[-1].append(draws[:int(rng.integers(0, 60))] + float(rng.normal()) * .2 * (kind == 0))
        weights = sums = variances = 0.
        for one, zero in zip(*arms):
            if min(len(one), len(zero)) < options["burn_in"]:
                continue
            one, zero = limited(one), limited(zero)
            w = 1 / (1 / len(one) + 1 / len(zero))
            weights, sums = weights + w, sums + w * (one.mean() - zero.mean())
            pooled = (one.var() * len(one) + zero.var() * len(zero)) / (len(one) + len(zero) - 2)
            variances += w * w * sum(max(x.var(ddof=1), pooled) / len(x) for x in (one, zero))
        call = {"canary": [a.tolist() for a in arms[0]], "production": [a.tolist() for a in arms[1]],
                "shares": shares.tolist()} | options | capped
        if weights == 0 or variances == 0:
            yield Case("asymptotic-difference-sequence", call, Undefined)
        else:
            yield Case(
                "asymptotic-difference-sequence", call,
                evidence(sums / weights, math.sqrt(variances) / weights, weights, rho, options)
                | {"information": weights}, relative=1e-7, absolute=1e-9)
    for name, more in [("asymptotic-confidence-sequence", {}), ("asymptotic-difference-sequence", {"shares": [.1]})]:
        key = lambda values: {"values": values} if not more else {"canary": [values], "production": [values]} | more
        yield Case(name, key([]), Undefined)
        yield Case(name, key([1.] * 99), Undefined)
        yield Case(name, key([1.] * 150), Undefined)
        yield Case(name, key([0., 1.] * 80) | {"burn_in": 1}, Undefined)
        yield Case(name, key([1e200, -1e200] * 80), Undefined)


# Empirical Bernstein

def plug_in(x, alpha, deviations, prior, squares, weight):
    """Bets, and from them middle, reach, e-values; every list at once."""
    t = np.arange(1, len(x) + 1)
    before = prior + np.concatenate([[0], np.cumsum(squares)[:-1]])
    # t times the variance so far is the prior and the squares.
    bets = np.minimum(np.sqrt(2 * math.log(1 / alpha) / (before * np.log(1 + t))), .5)
    psi = (-np.log(1 - bets) - bets) / 4
    penalty = np.cumsum(4 * deviations ** 2 * psi)
    return np.cumsum(bets * x), np.cumsum(bets * weight), penalty


def bernstein_answer(stakes, exposure, penalty, alpha, null, alternative, low):
    middle, width = stakes / exposure, (math.log(1 / alpha) + penalty) / exposure
    above, below = stakes - null * exposure - penalty, null * exposure - stakes - penalty
    logs = {"greater": above, "less": below, "two-sided": np.logaddexp(above, below) - math.log(2)}[alternative]
    return np.clip(middle - width, low, 1), np.clip(middle + width, low, 1), logs


def bernstein(rng, scale):
    for _ in range(int(300 * scale)):
        n, confidence = int(rng.integers(1, 400)), float(rng.choice([.5, .9, .99]))
        alpha, alternative = (1 - confidence) / 2, str(rng.choice(["less", "greater", "two-sided"]))
        kind = rng.integers(0, 4)
        x = [rng.random(n), (rng.random(n) < .03) * 1., rng.beta(8, 1, n), np.full(n, rng.choice([0., .4, 1.]))][kind]
        t = np.arange(1, n + 1)
        means = (.5 + np.cumsum(x)) / (t + 1)
        earlier = np.concatenate([[.5], means[:-1]])
        sums = plug_in(x, alpha, x - earlier, .25, (x - means) ** 2, np.ones(n))
        null = float(rng.random())
        low, high, logs = bernstein_answer(*sums, alpha, null, alternative, 0)
        keeps = bool(rng.random() < .3)
        low, high = (low.max(), high.min()) if keeps else (low[-1], high[-1])
        if low <= high:
            yield Case(
                "empirical-bernstein-sequence",
                {"values": x.tolist(), "confidence": confidence, "null": null, "alternative": alternative,
                 "running_intersection": keeps},
                {"lower": low, "upper": high, "log_e_value": logs[-1]}, relative=1e-9, absolute=1e-9)
        p = rng.choice([.01, .1, .5], n) if rng.random() < .5 else np.full(n, float(rng.uniform(.01, .99)))
        arm = rng.random(n) < p
        step = (arm - p) * (x - earlier)
        h = p * (1 - p)
        sums = plug_in(step, alpha, step, h / 4, step ** 2, h)
        null = float(rng.uniform(-1, 1))
        low, high, logs = bernstein_answer(*sums, alpha, null, alternative, -1)
        yield Case(
            "empirical-bernstein-difference",
            {"values": x.tolist(), "in_canary": arm.tolist(), "shares": p.tolist(), "confidence": confidence,
             "null": null, "alternative": alternative},
            {"lower": low[-1], "upper": high[-1], "log_e_value": logs[-1]}, relative=1e-9, absolute=1e-9)
    yield Case("empirical-bernstein-sequence", {"values": []}, Undefined)
    yield Case("empirical-bernstein-sequence", {"values": [.5, 1.1]}, Undefined)
    yield Case("empirical-bernstein-sequence", {"values": [.5], "null": 2}, Undefined)
    yield Case("empirical-bernstein-difference", {"values": [.5], "in_canary": [True], "shares": [1]}, Undefined)
    yield Case("empirical-bernstein-difference", {"values": [.5], "in_canary": [True], "shares": [.1, .2]}, Undefined)


# Quantiles

def log_mixture(counts, n, p, r):
    a, b = r * p, r * (1 - p)
    mixed = special.betaln(counts + a, n - counts + b) - special.betaln(a, b)
    with np.errstate(divide="ignore"):
        mixed = mixed + np.log(special.betaincc(counts + a, n - counts + b, p)) - np.log(special.betaincc(a, b, p))
    return mixed - counts * math.log(p) - (n - counts) * math.log1p(-p)


def integrated(count, n, p, r):
    """The same by quadrature over the chances above p, with the likelihood ratio as it stands."""
    a, b = r * p, r * (1 - p)
    prior = lambda x: stats.beta.pdf(x, a, b)
    ratio = lambda x: math.exp(count * math.log(x / p) + (n - count) * (math.log1p(-x) - math.log1p(-p)))
    peak = min(max(count / n, p + 1e-9), 1 - 1e-9)
    middle = [p + (peak - p) / 2, peak, peak + (1 - peak) / 2]
    mixed = integrate.quad(lambda x: prior(x) * ratio(x), p, 1, points=middle, limit=400)[0]
    return math.log(mixed / integrate.quad(prior, p, 1, limit=400)[0])


def quantiles(rng, scale):
    for i in range(int(200 * scale)):
        p, confidence = float(rng.choice([.01, .1, .5, .9, .95, .99, rng.random()])), float(rng.choice([.8, .9, .99]))
        tuned_to, n = float(10 ** rng.uniform(1, 5)), int(10 ** rng.uniform(0, 4))
        alpha = (1 - confidence) / 2
        r = tuned_to / optimum(alpha) ** 2

        def rank(p):
            reached = np.flatnonzero(log_mixture(np.arange(n + 1.), n, p, r) >= -math.log(alpha))
            return int(reached[0]) if len(reached) else None

        upper, mirrored = rank(p), rank(1 - p)
        lower = None if mirrored is None else n + 1 - mirrored
        if i < 20 and upper and r * (1 - p) > 1:
            assert integrated(upper, n, p, r) >= -math.log(alpha) > integrated(upper - 1, n, p, r)
        hard = max(p, 1 - p)
        few, needed = 0, 1 << 40
        while needed - few > 1:
            middle = np.float64((few + needed) // 2)
            reached = log_mixture(middle, middle, hard, r) >= -math.log(alpha)
            few, needed = (few, int(middle)) if reached else (int(middle), needed)
        options = {"level": p, "confidence": confidence, "tuned_to": tuned_to}
        yield Case("quantile-sequence-ranks", {"n": n} | options,
                   {"lower_rank": lower, "upper_rank": upper, "observations_needed": needed})
        if n > 3000:
            continue
        values = np.round(rng.lognormal(3, 1, n), int(rng.integers(0, 3)))
        ordered = np.sort(values)
        call = {"values": values.tolist()} | options
        if upper is None or lower is None:
            yield Case("quantile-confidence-sequence", call, Undefined)
        else:
            yield Case("quantile-confidence-sequence", call,
                       {"lower": ordered[lower - 1], "upper": ordered[upper - 1]})
        edges = np.unique(np.round(rng.lognormal(3, 1, 12), 1))
        low = high = None
        if lower is not None and (edges < ordered[lower - 1]).any():
            low = edges[edges < ordered[lower - 1]].max()
        if upper is not None and (edges >= ordered[upper - 1]).any():
            high = edges[edges >= ordered[upper - 1]].min()
        yield Case("quantile-confidence-sequence", call | {"thresholds": edges.tolist()},
                   {"lower": low, "upper": high})
    for bad in [{"n": -1}, {"n": 5, "level": 0}, {"n": 5, "confidence": 1}, {"n": 5, "tuned_to": 0}]:
        yield Case("quantile-sequence-ranks", bad, Undefined)
    for bad in [{"thresholds": []}, {"thresholds": [2, 1]}, {"level": 1}]:
        yield Case("quantile-confidence-sequence", {"values": [1, 2]} | bad, Undefined)


# Scheduled looks

def spent(function, share, alpha, exponent):
    share = min(share, 1)
    if share <= 0:
        return 0.
    if function == "obrien-fleming":
        return 2 * stats.norm.sf(stats.norm.isf(alpha / 2) / math.sqrt(share))
    return alpha * (math.log1p((math.e - 1) * share) if function == "pocock" else share ** exponent)


class Paths:
    """The Brownian sum at each look, on an even grid; Simpson's rule."""

    def __init__(self, drift=0., points=1201):
        self.drift, self.points, self.information = drift, points, 0.
        self.grid, self.mass = np.array([0.]), np.array([1.])

    def step(self, information):
        if self.information:
            self.go_on()
        self.gain = information - self.information
        self.information = information

    def survival(self, z):
        s = z * math.sqrt(self.information)
        return self.mass @ stats.norm.sf((s - self.grid - self.drift * self.gain) / math.sqrt(self.gain))

    def cumulative(self, z):
        s = z * math.sqrt(self.information)
        return self.mass @ stats.norm.cdf((s - self.grid - self.drift * self.gain) / math.sqrt(self.gain))

    def keep(self, lower, upper):
        self.lower, self.upper = lower, upper

    def go_on(self):
        lower, upper = self.lower, self.upper
        root, mean = math.sqrt(self.information), self.drift * self.information
        low = mean - 9 * root if lower is None else max(lower * root, mean - 9 * root)
        high = mean + 9 * root if upper is None else min(upper * root, mean + 9 * root)
        grid = np.linspace(low, high, self.points)
        weights = np.ones(self.points)
        weights[1:-1:2], weights[2:-1:2] = 4, 2
        step = (grid[:, None] - self.grid[None, :] - self.drift * self.gain) / math.sqrt(self.gain)
        density = np.exp(-step * step / 2) @ self.mass / math.sqrt(2 * math.pi * self.gain)
        self.mass = density * weights * (grid[1] - grid[0]) / 3
        self.grid = grid

    def bound(self, probability):
        return optimize.brentq(lambda z: math.log(self.survival(z) / probability), -6, 12, xtol=1e-12)


def mirror(bounds, sides):
    return [None if sides == "one" or b is None else -b for b in bounds]


def spending_bounds(function, exponent, alpha, information, planned, sides):
    paths, bounds, total = Paths(), [], 0.
    for level in information:
        paths.step(level)
        target = spent(function, level / planned, alpha, exponent)
        bound = paths.bound(target - total) if target - total >= 1e-15 else None
        total = target if bound is not None else total
        bounds.append(bound)
        paths.keep(mirror([bound], sides)[0], bound)
    return bounds


def exits(information, lower, upper, drift, points=1201):
    paths, up, down = Paths(drift, points), [], []
    for level, low, high in zip(information, lower, upper):
        paths.step(level)
        up.append(0. if high is None else paths.survival(high))
        down.append(0. if low is None else paths.cumulative(low))
        paths.keep(low, high)
    return up, down


def average(information, up, down):
    stops = np.array(up) + np.array(down)
    return float(np.dot(stops[:-1], information[:-1]) + (1 - stops[:-1].sum()) * information[-1])


def even(rng, looks):
    if rng.random() < .4:
        return [(i + 1) / looks for i in range(looks)]
    gaps = rng.uniform(.3, 1, looks)
    return (np.cumsum(gaps) * float(10 ** rng.uniform(-1, 3)) / gaps.sum()).tolist()


def looks(rng, scale):
    words = ["obrien-fleming", "pocock", "power"]
    for _ in range(int(400 * scale)):
        function, exponent = str(rng.choice(words)), float(rng.uniform(.3, 4))
        alpha, shares = float(10 ** rng.uniform(-6, -.4)), rng.uniform(0, 1.2, 6).tolist() + [0, 1, 1e-4]
        yield Case(
            "alpha-spending",
            {"information": shares, "alpha": alpha, "spending": function, "exponent": exponent},
            {"spent": [spent(function, share, alpha, exponent) for share in shares]}, relative=1e-10, absolute=1e-300)
    for _ in range(int(100 * scale)):
        function, exponent = str(rng.choice(words)), float(rng.uniform(.8, 4))
        alpha, sides = float(rng.choice([.005, .01, .025, .05, .1])), str(rng.choice(["one", "two"]))
        information = even(rng, int(rng.integers(1, 6)))
        bounds = spending_bounds(function, exponent, alpha, information, information[-1], sides)
        yield Case(
            "group-sequential-bounds",
            {"information": information, "alpha": alpha, "sides": sides, "bounds": function, "exponent": exponent},
            {"upper": bounds, "lower": mirror(bounds, sides), "level": alpha}, relative=2e-8, absolute=1e-8)
        drift = float(rng.uniform(-1, 4)) / math.sqrt(information[-1])
        # Bounds as a user would give them, not of one form.
        upper = [None if rng.random() < .2 else float(rng.uniform(1, 3)) for _ in information]
        lower = [None if rng.random() < .3 else float(rng.uniform(-3, .5)) for _ in information]
        up, down = exits(information, lower, upper, drift)
        yield Case(
            "group-sequential-exits", {"information": information, "upper": upper, "lower": lower, "drift": drift},
            {"upper": up, "lower": down, "crosses_upper": sum(up), "crosses_lower": sum(down),
             "expected_information": average(information, up, down)}, relative=1e-7, absolute=1e-9)
    for _ in range(int(100 * scale)):
        # Two and three looks: P(no crossing) is a multivariate normal probability.
        information = even(rng, int(rng.integers(2, 4)))
        upper = rng.uniform(1, 3, len(information))
        root = np.sqrt(information)
        covariance = np.minimum.outer(information, information) / np.outer(root, root)
        drift = float(rng.uniform(-1, 3)) / root[-1]
        stays = stats.multivariate_normal(drift * root, covariance, abseps=1e-8, releps=1e-8, maxpts=200000, seed=rng)
        yield Case(
            "group-sequential-exits", {"information": information, "upper": upper.tolist(), "drift": drift},
            {"crosses_upper": 1 - stays.cdf(upper)}, relative=0, absolute=2e-6)
    for _ in range(int(16 * scale)):
        information, shape = even(rng, int(rng.integers(2, 5))), float(rng.choice([0, .1, .25, .5]))
        alpha, sides = float(rng.choice([.01, .025, .1])), str(rng.choice(["one", "two"]))
        factors = [(level / information[-1]) ** (shape - .5) for level in information]

        def level(c):
            upper = [c * f for f in factors]
            return sum(exits(information, mirror(upper, sides), upper, 0.)[0])

        c = optimize.brentq(lambda c: math.log(level(c) / alpha), .2, 6, xtol=1e-10)
        upper = [c * f for f in factors]
        call = {"information": information, "alpha": alpha, "sides": sides, "bounds": "wang-tsiatis", "shape": shape}
        yield Case("group-sequential-bounds", call, {"upper": upper, "level": alpha}, relative=2e-8)
        power = float(rng.choice([.5, .8, .95]))
        lower = mirror(upper, sides)
        crosses = lambda d: sum(exits(information, lower, upper, d / math.sqrt(information[-1]), 601)[0])
        drift = optimize.brentq(lambda d: crosses(d) - power, 0, 8, xtol=1e-10)
        inflation = (drift / (stats.norm.isf(alpha) + stats.norm.ppf(power))) ** 2
        multiples = [0, .5, 1.5]
        expected = [inflation / information[-1] * average(information, *exits(
            information, lower, upper, m * drift / math.sqrt(information[-1]))) for m in multiples]
        yield Case(
            "group-sequential-design", call | {"power": power, "multiples": multiples},
            {"drift": drift, "inflation": inflation, "expected_information": expected}, relative=1e-6)
    yield from futility(rng, scale)
    yield from happened(rng, scale)
    for bad in [{"information": []}, {"information": [1, 1]}, {"information": [2, 1]}, {"information": [0, 1]},
                {"information": [1], "alpha": 0}, {"information": [1], "bounds": "power", "exponent": 0}]:
        yield Case("group-sequential-bounds", bad, Undefined)
        yield Case("group-sequential-design", bad, Undefined)
    yield Case("group-sequential-design", {"information": [1], "power": .01}, Undefined)
    yield Case("group-sequential-design", {"information": [1], "sides": "two", "futility": True}, Undefined)
    yield Case("group-sequential-exits", {"information": [1], "upper": [1, 2]}, Undefined)
    yield Case("group-sequential-exits", {"information": [1], "upper": [1], "lower": [2]}, Undefined)
    yield Case("group-sequential-exits", {"information": [1], "upper": [1], "drift": 1e9}, Undefined)
    yield Case("alpha-spending", {"information": [-1]}, Undefined)


def futility(rng, scale):
    for _ in range(int(12 * scale)):
        information = [(i + 1) / 3 for i in range(3)] if rng.random() < .5 else [.3, .7, 1.]
        alpha, power, exponent = float(rng.choice([.025, .05])), float(rng.choice([.8, .9])), float(rng.choice([1, 2, 3]))

        def bounds(drift):
            null, truth, upper, lower, a, b = Paths(0, 601), Paths(drift, 601), [], [], 0., 0.
            for level in information:
                null.step(level), truth.step(level)
                wanted, missed = (spent("power", level, x, exponent) for x in (alpha, 1 - power))
                upper.append(null.bound(wanted - a))
                lower.append(optimize.brentq(lambda z: truth.cumulative(z) - (missed - b), -9, 12, xtol=1e-12))
                a, b = wanted, missed
                null.keep(lower[-1], upper[-1]), truth.keep(lower[-1], upper[-1])
            return lower, upper

        fixed = stats.norm.isf(alpha) + stats.norm.ppf(power)
        gap = lambda drift: (lambda l, u: l[-1] - u[-1])(*bounds(drift))
        drift = optimize.brentq(gap, fixed * .999, fixed * 1.25, xtol=1e-8)
        lower, upper = bounds(drift)
        yield Case(
            "group-sequential-design",
            {"information": information, "alpha": alpha, "power": power, "bounds": "power", "exponent": exponent,
             "futility": True},
            {"drift": drift, "inflation": (drift / fixed) ** 2, "upper": upper, "lower": lower},
            relative=1e-6, absolute=1e-6)


def happened(rng, scale):
    """Tests that were looked at: bounds by what was left, and the end's p-value and estimate by root finding."""
    for _ in range(int(50 * scale)):
        function, sides = str(rng.choice(["pocock", "obrien-fleming"])), str(rng.choice(["one", "two"]))
        alpha, planned = float(rng.choice([.01, .025, .1])), 100.
        information = np.sort(rng.uniform(15, 130, 3)).tolist()
        if min(np.diff(information)) < 8:
            continue
        drift, sums, rows, bounds, outcome, before = float(rng.normal(.15, .2)), 0., [], [], "open", 0.
        for level in information:
            sums += rng.normal(drift * (level - before), math.sqrt(level - before))
            before = level
            rows.append([level, sums / math.sqrt(level)])
            bounds = spending_bounds(function, 2, alpha, [row[0] for row in rows], planned, sides)
            z = rows[-1][1]
            if bounds[-1] is not None and z >= bounds[-1]:
                outcome = "crossedUpper"
            elif sides == "two" and bounds[-1] is not None and z <= -bounds[-1]:
                outcome = "crossedLower"
            elif level >= planned:
                outcome = "exhausted"
            if outcome != "open":
                break
        call = {"looks": rows, "planned_information": planned, "alpha": alpha, "sides": sides, "spending": function}
        answer = {"outcome": outcome, "bounds": bounds}
        if bounds[-1] is not None:
            answer["repeated_lower"] = (rows[-1][1] - bounds[-1]) / math.sqrt(rows[-1][0])
        if outcome != "open":
            z, levels = rows[-1][1], [row[0] for row in rows]

            def as_high(drift):
                paths, up, down = Paths(drift, 401), 0., 0.
                for level, bound in zip(levels[:-1], bounds[:-1]):
                    paths.step(level)
                    up += 0 if bound is None else paths.survival(bound)
                    down += 0 if bound is None or sides == "one" else paths.cumulative(-bound)
                    paths.keep(mirror([bound], sides)[0], bound)
                paths.step(levels[-1])
                return 1 - down - paths.cumulative(z) if outcome == "crossedLower" else up + paths.survival(z)

            p = as_high(0)
            answer["p_value"] = p if sides == "one" else min(1, 2 * min(p, 1 - p))
            low, high = -(abs(z) + 5) / math.sqrt(levels[0]), (abs(z) + 5) / math.sqrt(levels[0])
            for name, chance in [("lower", .05), ("estimate", .5), ("upper", .95)]:
                answer[name] = optimize.brentq(lambda d: as_high(d) - chance, low, high, xtol=1e-8)
        yield Case("group-sequential-test", call, answer, relative=1e-5, absolute=1e-7)
    plan = {"planned_information": 10}
    for bad in [[], [[1, 0], [1, 0]], [[2, 0], [1, 0]], [[5, 9], [10, 0]], [[-1, 0]]]:
        yield Case("group-sequential-test", plan | {"looks": bad}, Undefined)
    yield Case("group-sequential-test", {"planned_information": 0, "looks": [[1, 0]]}, Undefined)
    yield Case("group-sequential-test", plan | {"looks": [[1, 0]], "alpha": .6}, Undefined)


def cases(rng, scale):
    for family in [boundaries, asymptotic, bernstein, quantiles, looks]:
        yield from family(rng, scale)
