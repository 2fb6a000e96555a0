"""Distributions, against mpmath at forty digits and SciPy.

Tails of the beta and gamma families come from continued fractions and series in multiple precision, the tails of the
hypergeometric law from exact rational sums; SciPy stands in where nothing is extreme.
"""
import math
from fractions import Fraction

import mpmath as mp
from scipy import stats

from compare import Case, Undefined

mp.mp.dps = 40
LEFT_OUT = {}


def beta_tails(a, b, x):
    """(lower, upper) of the regularised incomplete beta function."""
    a, b, x = mp.mpf(a), mp.mpf(b), mp.mpf(x)
    if x <= 0:
        return mp.mpf(0), mp.mpf(1)
    if x >= 1:
        return mp.mpf(1), mp.mpf(0)
    if max(a, b) < 20:
        return mp.betainc(a, b, 0, x, regularized=True), mp.betainc(a, b, x, 1, regularized=True)
    log_beta = mp.loggamma(a) + mp.loggamma(b) - mp.loggamma(a + b)

    def tail(a, b, x):
        # Evaluated from the far end, unlike the product under test.
        prefix = mp.exp(a * mp.log(x) + b * mp.log1p(-x) - log_beta) / a
        size = max(float(a), float(b))
        depth = int(60 + 14 * math.sqrt(size) / (1 + 12 * max(0.0, float(a / (a + b) - x)) * math.sqrt(size)))
        value = mp.mpf(1)
        for m in range(depth, 0, -1):
            odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
            even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
            value = 1 + even / (1 + odd / value)
        return prefix / (1 - (a + b) * x / (a + 1) / value)

    if x * (a + b) <= a:
        low = tail(a, b, x)
        return low, 1 - low
    high = tail(b, a, 1 - x)
    return 1 - high, high


def gamma_tails(a, x):
    """(lower, upper) of the regularised incomplete gamma function."""
    a, x = mp.mpf(a), mp.mpf(x)
    if x <= 0:
        return mp.mpf(0), mp.mpf(1)
    prefix = mp.exp(a * mp.log(x) - x - mp.loggamma(a))
    if x <= a + 1:
        term = total = 1 / a
        n = a
        while term > total * mp.mpf(10) ** -38:
            n += 1
            term *= x / n
            total += term
        low = prefix * total
        return low, 1 - low
    # Γ(a, x) by Legendre's fraction from the far end.
    depth = int(80 + 3000 / max(1.0, float(x - a) / math.sqrt(float(x)) * 10) + 12 * math.sqrt(float(x)))
    value = x + 2 * depth + 1 - a
    for n in range(depth, 0, -1):
        value = x + 2 * n - 1 - a - n * (n - a) / value
    high = prefix / value
    return 1 - high, high


def tails_case(statistic, given, at, lower, upper, more=None, relative=1e-11):
    expected = dict(more or {})
    if lower > mp.mpf("1e-300"):
        expected["cumulative"] = float(lower)
    if upper > mp.mpf("1e-300"):
        expected["survival"] = float(upper)
    expected["log_cumulative"] = float(mp.log(lower) if lower < 0.5 else mp.log1p(-upper)) if lower > 0 else None
    expected["log_survival"] = float(mp.log(upper) if upper < 0.5 else mp.log1p(-lower)) if upper > 0 else None
    return Case(statistic, given | {"at": at}, expected, relative=relative, absolute=1e-300)


def quantile_case(statistic, given, rng, tails, guess, relative=1e-9):
    """SciPy's quantile, made exact by secant steps on the logarithm of the tail that was asked for."""
    level = float(rng.choice([rng.uniform(.001, .999), 10 ** rng.uniform(-12, -3), 1 - 10 ** rng.uniform(-9, -3)]))
    upper = bool(rng.random() < .5)
    x = mp.mpf(float(guess.isf(level) if upper else guess.ppf(level)))
    if not mp.isfinite(x) or x == 0 or abs(x) < mp.mpf("1e-250") or abs(x) > mp.mpf("1e250"):
        return None
    which = 1 if upper else 0
    goal = mp.log(level)
    gap = lambda x: mp.log(tails(x)[which]) - goal
    if level > .5:  # The other tail says more.
        which, goal = 1 - which, mp.log(1 - mp.mpf(level))
    y = x * (1 + mp.mpf(10) ** -8)
    f, g = gap(x), gap(y)
    for _ in range(6):
        if f == g or abs(y - x) < abs(y) * mp.mpf(10) ** -20:
            break
        x, f, y = y, g, y - g * (y - x) / (g - f)
        g = gap(y)
    if not mp.isfinite(y):
        return None
    return Case(statistic, given | {"upper_level" if upper else "level": level},
                {"upper_quantile" if upper else "quantile": float(y)}, relative=relative, absolute=1e-14)


def t_tails(degrees, x):
    ratio = mp.mpf(x) ** 2 / mp.mpf(degrees)
    low, high = beta_tails(mp.mpf(degrees) / 2, mp.mpf(.5), 1 / (1 + ratio))
    far, near = low / 2, (1 + high) / 2
    return (near, far) if x > 0 else (far, near)


def f_tails(a, b, x):
    share = mp.mpf(a) * x / (mp.mpf(a) * x + b)
    return beta_tails(mp.mpf(a) / 2, mp.mpf(b) / 2, share)


def normal_tails(x):
    return mp.erfc(-x / mp.sqrt(2)) / 2, mp.erfc(x / mp.sqrt(2)) / 2


def continuous(rng, count):
    for turn in range(count):
        x = float(rng.choice([rng.normal() * 3, rng.normal() * 40, rng.normal() * 1e4, rng.normal() * 1e-6]))
        yield tails_case("normal", {}, x, *normal_tails(mp.mpf(x)))
        yield quantile_case("normal", {}, rng, normal_tails, stats.norm, 1e-13)
        mean, deviation = float(rng.normal() * 10), float(rng.exponential())
        yield Case("normal", {"mean": mean, "deviation": deviation, "at": x},
                   {"log_survival": float(stats.norm.logsf(x, mean, deviation))}, relative=1e-9)

        degrees = float(rng.choice([1, 2, 5, 29, 10 ** rng.uniform(-1, 6)]))
        x = float(rng.standard_t(degrees if degrees > .5 else .5) * 10 ** rng.uniform(-2, rng.choice([1, 3, 150])))
        given = {"degrees_of_freedom": degrees}
        yield tails_case("student-t", given, x, *t_tails(degrees, x), relative=1e-10)
        yield quantile_case("student-t", given, rng, lambda x: t_tails(degrees, x), stats.t(degrees))

        shape = float(10 ** rng.uniform(-3, 5))
        x = float(shape * 10 ** rng.normal(0, rng.choice([.02, .5, 3])))
        tails = gamma_tails(shape, x)
        yield tails_case("gamma", {"shape": shape}, x, *tails)
        yield tails_case("chi-squared", {"degrees_of_freedom": 2 * shape}, 2 * x, *tails)
        yield quantile_case("gamma", {"shape": shape}, rng, lambda x: gamma_tails(shape, x), stats.gamma(shape))
        yield quantile_case("chi-squared", {"degrees_of_freedom": shape}, rng,
                            lambda x: gamma_tails(mp.mpf(shape) / 2, x / 2), stats.chi2(shape))

        a, b = float(10 ** rng.uniform(-2, 4)), float(10 ** rng.uniform(-2, 4))
        spread = math.sqrt(a * b / (a + b) ** 2 / (a + b + 1))
        x = float(rng.choice([rng.beta(a, b), rng.uniform(), a / (a + b) + spread * rng.normal() * 8]))
        if 0 < x < 1:
            yield tails_case("beta", {"alpha": a, "beta": b}, x, *beta_tails(a, b, x), relative=1e-10)
            f = float(x / (1 - x) * b / a)
            yield tails_case("f", {"numerator": 2 * a, "denominator": 2 * b}, f, *f_tails(2 * a, 2 * b, mp.mpf(f)),
                             relative=1e-10)
        if turn % 2:
            continue
        a, b = float(10 ** rng.uniform(-.3, 3.5)), float(10 ** rng.uniform(-.3, 3.5))
        yield quantile_case("beta", {"alpha": a, "beta": b}, rng, lambda x: beta_tails(a, b, x), stats.beta(a, b))
        yield quantile_case("f", {"numerator": a, "denominator": b}, rng, lambda x: f_tails(a, b, x), stats.f(a, b))


def binomial_tail(n, k, p):
    """(P(X ≤ k), P(X > k)), with p exactly the double it is."""
    if k >= n:
        return mp.mpf(1), mp.mpf(0)
    if k < 0:
        return mp.mpf(0), mp.mpf(1)
    upper, lower = beta_tails(k + 1, n - k, mp.mpf(p))
    return lower, upper


def binomial_mass(n, k, p):
    p = mp.mpf(p)
    log_choose = mp.loggamma(n + 1) - mp.loggamma(k + 1) - mp.loggamma(n - k + 1)
    return mp.exp(log_choose + k * mp.log(p) + (n - k) * mp.log1p(-p))


def first_with(holds, low, high):
    while low < high:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle + 1
    return low


def counts(rng, count):
    for turn in range(count):
        top = 9 if turn % 20 == 0 else 5
        n = int(10 ** rng.uniform(0, top))
        p = float(rng.choice([rng.uniform(), 10 ** rng.uniform(-6, -1), 1 - 10 ** rng.uniform(-6, -1), .5]))
        spread = math.sqrt(n * p * (1 - p)) + 1
        k = int(min(n, max(0, n * p + rng.normal() * spread * rng.choice([1, 4, 12]))))
        lower, upper = binomial_tail(n, k, p)
        more = {"log_mass": float(mp.log(binomial_mass(n, k, p)))}
        yield tails_case("binomial", {"trials": n, "probability": p}, k, lower, upper, more)
        level = float(rng.choice([rng.uniform(), 10 ** rng.uniform(-12, -1)]))
        if n <= 20_000 or turn % 100 == 0:
            # The smallest k by its definition, in multiple precision around SciPy's guess.
            guess = int(stats.binom.ppf(level, n, p))
            low, high = max(0, guess - 3), min(n, guess + 3)
            yield Case("binomial", {"trials": n, "probability": p, "level": level},
                       {"quantile": first_with(lambda j: binomial_tail(n, j, p)[0] >= level, low, high)})
            guess = int(stats.binom.isf(level, n, p))
            low, high = max(0, guess - 3), min(n, guess + 3)
            yield Case("binomial", {"trials": n, "probability": p, "upper_level": level},
                       {"upper_quantile": first_with(lambda j: binomial_tail(n, j, p)[1] <= level, low, high)})

        mean = float(10 ** rng.uniform(-4, 5))
        k = int(max(0, mean + rng.normal() * math.sqrt(mean) * rng.choice([1, 5, 15]) + rng.integers(0, 3)))
        upper, lower = gamma_tails(k + 1, mean)
        log_mass = k * mp.log(mp.mpf(mean)) - mp.mpf(mean) - mp.loggamma(k + 1)
        yield tails_case("poisson", {"mean": mean}, k, lower, upper, {"log_mass": float(log_mass)})
        guess = int(stats.poisson.ppf(level, mean))
        low, high = max(0, guess - 3), guess + 3
        yield Case("poisson", {"mean": mean, "level": level},
                   {"quantile": first_with(lambda j: gamma_tails(j + 1, mean)[1] >= level, low, high)})

        population = int(10 ** rng.uniform(0, 3.3))
        successes, draws = int(rng.integers(0, population + 1)), int(rng.integers(0, population + 1))
        lowest, highest = max(0, draws + successes - population), min(draws, successes)
        k = int(rng.integers(lowest, highest + 1))
        # P(X = j) as whole numbers over one denominator.
        whole = math.comb(population, draws)
        masses = {j: math.comb(successes, j) * math.comb(population - successes, draws - j)
                  for j in range(lowest, highest + 1)}
        below = sum(mass for j, mass in masses.items() if j <= k)
        exact = lambda part: mp.mpf(part) / mp.mpf(whole)
        given = {"population": population, "successes": successes, "draws": draws}
        yield tails_case("hypergeometric", given, k, exact(below), exact(whole - below),
                         {"log_mass": float(mp.log(exact(masses[k])))})
        target, running, answer = Fraction(level), 0, highest
        for j, mass in masses.items():
            running += mass
            if Fraction(running, whole) >= target:
                answer = j
                break
        yield Case("hypergeometric", given | {"level": level}, {"quantile": answer})


def ties():
    """Levels that the law meets exactly."""
    for n in list(range(1, 40, 2)) + [999, 9_999, 99_999, 999_999_999]:
        yield Case("binomial", {"trials": n, "probability": .5, "level": .5}, {"quantile": (n - 1) // 2})
        yield Case("binomial", {"trials": n, "probability": .5, "upper_level": .5}, {"upper_quantile": (n - 1) // 2})
    for n in range(1, 30):
        for k in range(n):
            level = Fraction(sum(math.comb(n, j) for j in range(k + 1)), 2 ** n)
            yield Case("binomial", {"trials": n, "probability": .5, "level": float(level)}, {"quantile": k})


BAD = [
    ("normal", {"at": 1, "deviation": 0}), ("normal", {"level": 0}), ("normal", {"level": 1}), ("normal", {}),
    ("student-t", {"at": 1, "degrees_of_freedom": 0}), ("student-t", {"level": 2, "degrees_of_freedom": 3}),
    ("chi-squared", {"at": 1, "degrees_of_freedom": -1}), ("f", {"at": 1, "numerator": 0, "denominator": 2}),
    ("f", {"at": 1, "numerator": 3, "denominator": -2}), ("beta", {"at": 1.5, "alpha": 1, "beta": 1}),
    ("beta", {"at": .5, "alpha": 0, "beta": 1}), ("gamma", {"at": 1, "shape": 0}),
    ("binomial", {"at": 1, "trials": -1, "probability": .5}), ("binomial", {"at": 1, "trials": 3, "probability": 1.5}),
    ("binomial", {"at": 1.5, "trials": 3, "probability": .5}), ("poisson", {"at": 1, "mean": 0}),
    ("hypergeometric", {"at": 1, "population": 5, "successes": 6, "draws": 1}),
    ("hypergeometric", {"at": 1, "population": 5, "successes": 2, "draws": -1}),
]


def cases(rng, scale):
    for case in continuous(rng, int(200 * scale)):
        if case:
            yield case
    yield from counts(rng, int(200 * scale))
    yield from ties()
    for name, given in BAD:
        yield Case(name, given, Undefined)
