"""Tests of significance, against SciPy, statsmodels, and enumeration."""
import itertools
import math

import numpy as np
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportions_ztest
from statsmodels.stats.weightstats import ttest_ind

from compare import Case, Undefined

LEFT_OUT = {}
SIDES = ["less", "greater", "two-sided"]
STATSMODELS_SIDES = {"less": "smaller", "greater": "larger", "two-sided": "two-sided"}


def sample(rng, n):
    """Smooth, coarse (ties), heavy-tailed, far from zero, or of mixed signs and sizes."""
    kind = rng.integers(6)
    if kind == 0:
        return rng.normal(size=n)
    if kind == 1:
        return rng.integers(0, 5, n).astype(float)
    if kind == 2:
        return rng.standard_t(1.5, size=n) * 1e3
    if kind == 3:
        return 1e6 + rng.normal(size=n)
    if kind == 4:
        return np.round(rng.exponential(size=n), 1)
    return rng.normal(size=n) * 10.0 ** rng.integers(-6, 6, n)


def distinct(rng, n):
    return rng.permutation(np.arange(2 * n))[:n] + rng.uniform(0, .4, n)


def cases(rng, scale):
    for family in [counts, tables, means, ranks, distributions, exchanges, families]:
        yield from family(rng, scale)


def counts(rng, scale):
    for _ in range(int(400 * scale)):
        side = str(rng.choice(SIDES))
        n = int(10 ** rng.uniform(0, 5))
        k, p = int(rng.integers(0, n + 1)), float(rng.choice([.5, rng.uniform(), 10 ** rng.uniform(-6, 0)]))
        yield Case("binomial-test", {"successes": k, "trials": n, "probability": p, "alternative": side},
                   {"p_value": stats.binomtest(k, n, p, side).pvalue, "statistic": k}, relative=1e-8, absolute=1e-250)
    for _ in range(int(1000 * scale)):
        side = str(rng.choice(SIDES))
        n = [int(10 ** rng.uniform(0, 7)) for _ in range(2)]
        rate = 10 ** rng.uniform(-4, 0)
        k = [int(rng.binomial(m, min(1, rate * rng.uniform(.5, 1.5)))) for m in n]
        given = {"baseline_successes": k[0], "baseline_trials": n[0], "candidate_successes": k[1],
                 "candidate_trials": n[1], "alternative": side}
        if 0 < sum(k) < sum(n):
            z, p = proportions_ztest(k[::-1], n[::-1], alternative=STATSMODELS_SIDES[side])
            yield Case("two-proportion-z", given, {"statistic": z, "p_value": p}, relative=1e-7, absolute=1e-11)
            if side == "two-sided":
                table = [[k[0], n[0] - k[0]], [k[1], n[1] - k[1]]]
                p = stats.chi2_contingency(table, correction=True).pvalue
                yield Case("two-proportion-z", given | {"continuity": True}, {"p_value": p}, relative=1e-7, absolute=1e-11)
        else:
            yield Case("two-proportion-z", given, Undefined)
    for bad in [(0, 0, 1, 2), (3, 2, 1, 2), (1, 2, -1, 2)]:
        names = ["baseline_successes", "baseline_trials", "candidate_successes", "candidate_trials"]
        yield Case("two-proportion-z", dict(zip(names, bad)), Undefined)
    for _ in range(int(400 * scale)):
        b, c = (int(10 ** rng.uniform(0, 3.5)) - 1 for _ in range(2))
        given = {"only_baseline": b, "only_candidate": c}
        exact = mcnemar([[0, b], [c, 0]], exact=True).pvalue if b + c else 1
        yield Case("mcnemar-exact", given, {"p_value": min(1, exact), "statistic": c}, relative=1e-8, absolute=1e-250)
        binomial = stats.binom(b + c, .5)
        less = binomial.sf(b - 1) - (binomial.pmf(b) / 2 if b + c else 0)
        more = binomial.sf(c - 1) - (binomial.pmf(c) / 2 if b + c else 0)
        mid = {"less": less, "greater": more, "two-sided": min(1, 2 * min(less, more))}
        side = str(rng.choice(SIDES))
        yield Case("mcnemar-mid-p", given | {"alternative": side}, {"p_value": mid[side] if b + c else 1},
                   relative=1e-8, absolute=1e-200)


def tables(rng, scale):
    for _ in range(int(300 * scale)):
        b, c, continuity = int(rng.integers(0, 2000)), int(rng.integers(1, 2000)), bool(rng.integers(2))
        test = mcnemar([[0, b], [c, 0]], exact=False, correction=continuity)
        statistic = test.statistic if abs(b - c) >= 1 else 0
        yield Case("mcnemar-chi-squared", {"only_baseline": b, "only_candidate": c, "continuity": continuity},
                   {"statistic": statistic, "p_value": stats.chi2.sf(statistic, 1)}, relative=1e-7, absolute=1e-290)
    yield Case("mcnemar-chi-squared", {"only_baseline": 0, "only_candidate": 0}, Undefined)
    for index in range(int(400 * scale)):
        side = str(rng.choice(SIDES))
        most = 10 ** rng.uniform(.3, 5)
        table = [[int(v) for v in row] for row in rng.integers(0, int(most) + 1, (2, 2))]
        given = {"table": table, "alternative": side, "confidence": .95}
        if min(map(sum, table)) == 0:
            yield Case("fisher-exact", given, Undefined)
            continue
        # SciPy's mass loses digits where tables are large; R's rule takes 1e-7 for a tie in both.
        expected = {"p_value": stats.fisher_exact(table, side).pvalue}
        columns = np.sum(table, axis=0)
        if index % 4 == 0 and columns.min() > 0 and most < 1e3:
            odds = stats.contingency.odds_ratio(table, kind="conditional")
            low, high = odds.confidence_interval(.95, alternative=side)
            expected |= {"odds_ratio": odds.statistic if math.isfinite(odds.statistic) else None, "lower": low,
                         "upper": high if math.isfinite(high) else None}
        yield Case("fisher-exact", given, expected, relative=1e-6, absolute=1e-290)
    for bad in [[[1, 2]], [[0, 0], [1, 2]], [[1, -2], [3, 4]], [[1, 2, 3], [4, 5, 6]]]:
        yield Case("fisher-exact", {"table": bad}, Undefined)
    for _ in range(int(400 * scale)):
        shape = (int(rng.integers(2, 6)), int(rng.integers(2, 6)))
        rates = 10 ** rng.uniform(-1, 4, shape[1])
        table = rng.poisson(rates * 10 ** rng.uniform(0, 1, (shape[0], 1)))
        given = {"table": table.tolist()}
        if min(table.sum(axis=0).min(), table.sum(axis=1).min()) == 0:
            yield Case("chi-squared-independence", given, Undefined)
        else:
            test = stats.chi2_contingency(table, correction=False)
            yield Case("chi-squared-independence", given,
                       {"statistic": test.statistic, "p_value": test.pvalue, "degrees_of_freedom": test.dof,
                        "smallest_expected": test.expected_freq.min()}, relative=1e-7, absolute=1e-290)
            if shape == (2, 2):
                test = stats.chi2_contingency(table, correction=True)
                yield Case("chi-squared-independence", given | {"continuity": True},
                           {"statistic": test.statistic, "p_value": test.pvalue}, relative=1e-7, absolute=1e-290)
            else:
                yield Case("chi-squared-independence", given | {"continuity": True}, Undefined)
        weights = rng.uniform(.1, 5, shape[1] + 1)
        observed = rng.multinomial(int(10 ** rng.uniform(0, 6)), rng.dirichlet(weights * 50))
        fitted = int(rng.integers(0, shape[1]))
        test = stats.chisquare(observed, weights / weights.sum() * observed.sum(), ddof=fitted)
        yield Case("chi-squared-fit", {"observed": observed.tolist(), "weights": weights.tolist(), "fitted": fitted},
                   {"statistic": test.statistic, "p_value": test.pvalue}, relative=1e-7, absolute=1e-290)
    for bad in [{"observed": [5]}, {"observed": [0, 0]}, {"observed": [1, 2], "weights": [1]}, {"observed": [1, 2], "fitted": 1},
                {"observed": [1, 2], "weights": [0, 1]}, {"observed": [1, -2]}]:
        yield Case("chi-squared-fit", bad, Undefined)


def means(rng, scale):
    for _ in range(int(500 * scale)):
        side = str(rng.choice(SIDES))
        values = sample(rng, int(10 ** rng.uniform(.31, 3)))
        if np.ptp(values) == 0:
            yield Case("paired-t-test", {"differences": values.tolist(), "alternative": side}, Undefined)
        else:
            test = stats.ttest_1samp(values, 0, alternative=side)
            yield Case("paired-t-test", {"differences": values.tolist(), "alternative": side},
                       {"statistic": test.statistic, "p_value": test.pvalue, "degrees_of_freedom": len(values) - 1},
                       relative=1e-6, absolute=1e-250)
        first, second = sample(rng, int(10 ** rng.uniform(.31, 3))), sample(rng, int(10 ** rng.uniform(.31, 2)))
        given = {"baseline": first.tolist(), "candidate": second.tolist(), "alternative": side, "confidence": .95}
        for name, equal in [("welch-t-test", False), ("pooled-t-test", True)]:
            if np.ptp(first) == 0 and np.ptp(second) == 0:
                yield Case(name, given, Undefined)
                continue
            t, p, df = ttest_ind(second, first, STATSMODELS_SIDES[side], "pooled" if equal else "unequal")
            low, high = stats.ttest_ind(second, first, equal_var=equal).confidence_interval(.95)
            yield Case(name, given, {"statistic": t, "p_value": p, "degrees_of_freedom": df, "interval.lower": low,
                                     "interval.upper": high}, relative=1e-5, absolute=1e-9)
    for bad in [{"baseline": [1], "candidate": [1, 2]}, {"baseline": [], "candidate": [1, 2]},
                {"baseline": [1, 1], "candidate": [2, 2]}]:
        yield Case("welch-t-test", bad, Undefined)
        yield Case("pooled-t-test", bad, Undefined)
    for _ in range(int(150 * scale)):
        side = str(rng.choice(SIDES))
        n = rng.integers(1, 11)
        # Sums that differ by a share of 1e-11 are ties to us, so no value is lost beside another.
        values = rng.integers(-3, 4, n).astype(float) if rng.uniform() < .5 else rng.standard_t(2, n)
        signs = np.array(list(itertools.product([1, -1], repeat=len(values))))
        sums, seen = signs @ values, values.sum()
        slack = 1e-9 * np.abs(values).sum()
        share = {"less": sums <= seen + slack, "greater": sums >= seen - slack,
                 "two-sided": np.abs(sums) >= abs(seen) - slack}[side].mean()
        yield Case("sign-flip-test", {"differences": values.tolist(), "alternative": side},
                   {"p_value": share, "statistic": values.mean()}, relative=1e-9, absolute=1e-9)
    for index in range(int(150 * scale)):
        side = str(rng.choice(SIDES))
        n, m = (int(rng.integers(1, 7)) for _ in range(2))
        first, second = (rng.integers(0, 5, k).astype(float) if index % 2 else rng.normal(size=k) for k in (n, m))
        pooled = np.concatenate([first, second])
        given = {"baseline": first.tolist(), "candidate": second.tolist(), "alternative": side}
        if np.ptp(pooled) == 0:
            yield Case("permutation-test", given, Undefined)
            continue
        seen = second.mean() - first.mean()
        found = []
        for chosen in itertools.combinations(range(n + m), m):
            mask = np.zeros(n + m, bool)
            mask[list(chosen)] = True
            found.append(pooled[mask].mean() - pooled[~mask].mean())
        found = np.array(found)
        share = {"less": found <= seen + 1e-9, "greater": found >= seen - 1e-9,
                 "two-sided": np.abs(found) >= abs(seen) - 1e-9}[side].mean()
        yield Case("permutation-test", given, {"p_value": share, "statistic": seen}, relative=1e-9, absolute=1e-9)
    for _ in range(int(10 * scale)):
        # Beyond enumeration: the drawn share lies within five deviations of Student's, for smooth data.
        first, second = rng.normal(size=200), rng.normal(.1, size=150)
        p = stats.ttest_ind(second, first).pvalue
        yield Case("permutation-test", {"baseline": first.tolist(), "candidate": second.tolist(), "seed": 5},
                   {"p_value": p}, relative=0, absolute=5 * math.sqrt(p * (1 - p) / 10_000) + .003)


def signed_ranks(values, side, zeros):
    """Every choice of signs, one after the other."""
    kept = values if zeros == "ranked" else values[values != 0]
    ranks = stats.rankdata(np.abs(kept))
    moving = ranks[kept != 0]
    signs = np.array(list(itertools.product([0, 1], repeat=len(moving))))
    sums, seen = signs @ moving, ranks[kept > 0].sum()
    low, high = (sums <= seen).mean(), (sums >= seen).mean()
    return seen, {"less": low, "greater": high, "two-sided": min(1, 2 * min(low, high))}[side]


def ranks(rng, scale):
    for _ in range(int(300 * scale)):
        side, zeros = str(rng.choice(SIDES)), str(rng.choice(["dropped", "ranked"]))
        values = rng.integers(-4, 5, rng.integers(1, 12)).astype(float)
        given = {"differences": values.tolist(), "alternative": side, "zeros": zeros}
        if not values.any():
            yield Case("wilcoxon-signed-rank", given, Undefined)
            continue
        seen, p = signed_ranks(values, side, zeros)
        yield Case("wilcoxon-signed-rank", given, {"statistic": seen, "p_value": p})
    for _ in range(int(300 * scale)):
        side, continuity = str(rng.choice(SIDES)), bool(rng.integers(2))
        values = distinct(rng, int(rng.integers(1, 51))) * rng.choice([-1, 1])
        values *= rng.choice([-1, 1], len(values))
        test = stats.wilcoxon(values, alternative=side, method="exact")
        up = stats.rankdata(np.abs(values))[values > 0].sum()
        yield Case("wilcoxon-signed-rank", {"differences": values.tolist(), "alternative": side},
                   {"p_value": test.pvalue, "statistic": up}, relative=1e-8)
        values = sample(rng, int(rng.integers(51, 2000)))
        zeros = str(rng.choice(["dropped", "ranked"]))
        test = stats.wilcoxon(values, alternative=side, method="asymptotic", correction=continuity,
                              zero_method={"dropped": "wilcox", "ranked": "pratt"}[zeros])
        yield Case("wilcoxon-signed-rank",
                   {"differences": values.tolist(), "alternative": side, "zeros": zeros, "continuity": continuity,
                    "method": "asymptotic"}, {"p_value": test.pvalue}, relative=1e-7, absolute=1e-290)
    for _ in range(int(300 * scale)):
        side, continuity = str(rng.choice(SIDES)), bool(rng.integers(2))
        n, m = (int(rng.integers(1, 51)) for _ in range(2))
        both = distinct(rng, n + m)
        first, second = both[:n], both[n:] + rng.choice([0, .3 * (n + m)])
        if len(np.unique(np.concatenate([first, second]))) < n + m:
            continue
        test = stats.mannwhitneyu(second, first, alternative=side, method="exact")
        given = {"baseline": first.tolist(), "candidate": second.tolist(), "alternative": side}
        yield Case("mann-whitney", given,
                   {"statistic": test.statistic, "p_value": test.pvalue, "superiority": test.statistic / (n * m)},
                   relative=1e-8)
        first, second = sample(rng, int(10 ** rng.uniform(0, 3.5))), sample(rng, int(10 ** rng.uniform(0, 3.5)))
        given = {"baseline": first.tolist(), "candidate": second.tolist(), "alternative": side,
                 "continuity": continuity, "method": "asymptotic"}
        if np.ptp(np.concatenate([first, second])) == 0:
            yield Case("mann-whitney", given, Undefined)
            continue
        test = stats.mannwhitneyu(second, first, alternative=side, method="asymptotic", use_continuity=continuity)
        yield Case("mann-whitney", given, {"statistic": test.statistic, "p_value": test.pvalue}, relative=1e-7, absolute=1e-290)
    for _ in range(int(150 * scale)):
        # Small samples with ties: every way to deal the ranks.
        side = str(rng.choice(SIDES))
        n, m = (int(rng.integers(1, 7)) for _ in range(2))
        first, second = rng.integers(0, 4, n).astype(float), rng.integers(0, 4, m).astype(float)
        given = {"baseline": first.tolist(), "candidate": second.tolist(), "alternative": side}
        if np.ptp(np.concatenate([first, second])) == 0:
            yield Case("mann-whitney", given, Undefined)
            continue
        order = stats.rankdata(np.concatenate([first, second]))
        seen = order[n:].sum()
        sums = np.array([sum(chosen) for chosen in itertools.combinations(order, m)])
        low, high = (sums <= seen).mean(), (sums >= seen).mean()
        p = {"less": low, "greater": high, "two-sided": min(1, 2 * min(low, high))}[side]
        yield Case("mann-whitney", given, {"statistic": seen - m * (m + 1) / 2, "p_value": p})
    for _ in range(int(300 * scale)):
        n, m = (int(rng.integers(1, 51)) for _ in range(2))
        both, level = distinct(rng, n + m), float(rng.uniform(.5, .99))
        first, second = both[:n], both[n:]
        gaps = np.sort(np.subtract.outer(second, first).ravel())
        # R's rule: the qwilcox(alpha/2)-th of the ordered differences from either end.
        tail = np.cumsum(rank_sum_law(n, m))
        place = int(np.searchsorted(tail, (1 - level) / 2 + 1e-14))
        given = {"baseline": first.tolist(), "candidate": second.tolist(), "confidence": level}
        expected = {"estimate": float(np.median(gaps)), "n": n + m}
        if len(np.unique(both)) < n + m:
            continue
        if place == 0:
            expected["interval"] = None
        else:
            expected |= {"interval.lower": gaps[place - 1], "interval.upper": gaps[n * m - place]}
        yield Case("hodges-lehmann-shift", given, expected)
    for _ in range(int(100 * scale)):
        first, second = sample(rng, int(rng.integers(51, 300))), sample(rng, int(rng.integers(51, 300)))
        gaps = np.sort(np.subtract.outer(second, first).ravel())
        yield Case("hodges-lehmann-shift", {"baseline": first.tolist(), "candidate": second.tolist()},
                   {"estimate": float(np.median(gaps))} if np.ptp(np.concatenate([first, second])) else Undefined)


LAWS = {}


def rank_sum_law(n, m):
    """P(U = u), by the product of Gaussian binomials in exact integers."""
    if (n, m) not in LAWS:
        poly = [1]
        for i in range(1, n + 1):
            # times (1 - q^(m+i)), over (1 - q^i)
            grown = poly + [0] * (m + i)
            for u in range(len(poly)):
                grown[u + m + i] -= poly[u]
            for u in range(i, len(grown)):
                grown[u] += grown[u - i]
            poly = grown[:m * i + 1]
        total = math.comb(n + m, n)
        LAWS[n, m] = np.array([float(count / total) if count < 2**53 else count / total for count in poly])
    return LAWS[n, m]


def distributions(rng, scale):
    for _ in range(int(400 * scale)):
        side = str(rng.choice(SIDES))
        n = int(10 ** rng.uniform(0, rng.choice([2.3, 4])))
        values = rng.normal(rng.choice([0, .1, .5, 3]), size=n)
        # SciPy's sides speak of curves, ours of values.
        turned = {"less": "greater", "greater": "less", "two-sided": "two-sided"}[side]
        test = stats.ks_1samp(values, stats.norm.cdf, alternative=turned)
        exact = n <= (140 if side == "two-sided" else 10_000)
        yield Case("kolmogorov-smirnov", {"values": values.tolist(), "alternative": side},
                   {"statistic": test.statistic, "p_value": test.pvalue}, relative=1e-8 if exact else 1e-5, absolute=1e-290)
        values = rng.uniform(size=n) ** rng.choice([1, 1.1])
        test = stats.ks_1samp(values, stats.uniform.cdf, alternative=turned)
        yield Case("kolmogorov-smirnov", {"values": (3 + 2 * values).tolist(), "alternative": side, "location": 3,
                                          "scale": 2, "distribution": "uniform"},
                   {"statistic": test.statistic, "p_value": test.pvalue}, relative=1e-7 if exact else 2e-5, absolute=1e-290)
    for _ in range(int(300 * scale)):
        side = str(rng.choice(SIDES))
        turned = {"less": "greater", "greater": "less", "two-sided": "two-sided"}[side]
        n, m = (int(10 ** rng.uniform(0, 2.5)) for _ in range(2))
        both = distinct(rng, n + m)
        first, second = both[:n], both[n:] + .01 + rng.choice([0, .4 * (n + m)])
        if len(np.unique(np.concatenate([first, second]))) < n + m:
            continue
        test = stats.ks_2samp(second, first, alternative=turned, method="exact")
        yield Case("kolmogorov-smirnov-two-sample",
                   {"baseline": first.tolist(), "candidate": second.tolist(), "alternative": side},
                   {"statistic": test.statistic, "p_value": test.pvalue}, relative=1e-7, absolute=1e-290)
        n, m = (int(10 ** rng.uniform(1, 4)) for _ in range(2))
        first, second = sample(rng, n), sample(rng, m)
        second = second if rng.uniform() < .3 else rng.choice(first, m) + rng.choice([0, .05]) * rng.normal(size=m)
        given = {"baseline": first.tolist(), "candidate": second.tolist(), "alternative": side, "method": "asymptotic"}
        if np.ptp(np.concatenate([first, second])) == 0:
            yield Case("kolmogorov-smirnov-two-sample", given, Undefined)
            continue
        test = stats.ks_2samp(second, first, alternative=turned, method="asymp")
        # SciPy puts the sizes into Hodges's correction in the order given, where it is the larger first.
        p = test.pvalue
        if side != "two-sided":
            big, small = max(n, m), min(n, m)
            z = math.sqrt(n * m / (n + m)) * test.statistic
            p = min(1, math.exp(-2 * z * z - 2 * z * (big + 2 * small) / math.sqrt(n * m * (n + m)) / 3))
        yield Case("kolmogorov-smirnov-two-sample", given, {"statistic": test.statistic, "p_value": p},
                   relative=2e-4, absolute=1e-12)
    for _ in range(int(100 * scale)):
        # Ties: every way to deal the values.
        side = str(rng.choice(SIDES))
        n, m = (int(rng.integers(1, 6)) for _ in range(2))
        pooled = rng.integers(0, 4, n + m).astype(float)
        given = {"baseline": pooled[:n].tolist(), "candidate": pooled[n:].tolist(), "alternative": side}
        if np.ptp(pooled) == 0:
            yield Case("kolmogorov-smirnov-two-sample", given, Undefined)
            continue

        def distance(mask):
            gaps = [(pooled[mask] <= v).mean() - (pooled[~mask] <= v).mean() for v in np.unique(pooled)]
            return {"less": max(gaps), "greater": -min(gaps), "two-sided": max(map(abs, gaps))}[side]
        mask = np.arange(n + m) >= n
        seen, found = distance(mask), []
        for chosen in itertools.combinations(range(n + m), m):
            dealt = np.zeros(n + m, bool)
            dealt[list(chosen)] = True
            found.append(distance(dealt) >= seen - 1e-9)
        yield Case("kolmogorov-smirnov-two-sample", given, {"statistic": max(0, seen), "p_value": np.mean(found)})


def exchanges(rng, scale):
    """Paired curves: every way to exchange the arms within units, by brute force."""
    for _ in range(int(200 * scale)):
        n = int(rng.integers(1, 15))
        spread = int(rng.choice([2, 5, 1000]))
        first = rng.integers(0, spread, n).astype(float)
        second = first + rng.integers(-1, 3, n) * rng.choice([0, 1, 1], n)
        units = rng.integers(0, int(rng.integers(1, 10)), n)
        given = {"baseline": first.tolist(), "candidate": second.tolist(), "units": units.tolist()}
        differing = sorted({int(u) for u, a, b in zip(units, first, second) if a != b})
        values = np.unique(np.concatenate([first, second]))

        def distance(turned):
            one, other = np.where(turned, second, first), np.where(turned, first, second)
            return max(abs((one <= v).sum() - (other <= v).sum()) for v in values)
        seen = distance(np.zeros(n, bool))
        found = []
        for pattern in itertools.product([False, True], repeat=len(differing)):
            turn = dict(zip(differing, pattern))
            found.append(distance(np.array([turn.get(int(u), False) for u in units])) >= seen)
        yield Case("kolmogorov-smirnov-paired", given, {"p_value": np.mean(found), "statistic": seen / n})
    yield Case("kolmogorov-smirnov-paired", {"baseline": [1], "candidate": [1, 2]}, Undefined)
    yield Case("kolmogorov-smirnov-paired", {"baseline": [], "candidate": []}, Undefined)


def families(rng, scale):
    for _ in range(int(200 * scale)):
        values = np.round(rng.uniform(size=rng.integers(1, 60)) ** rng.choice([1, 4]), int(rng.choice([2, 15])))
        for name, method in [("holm", "holm"), ("benjamini-hochberg", "fdr_bh")]:
            yield Case(name, {"p_values": values.tolist()},
                       {"adjusted": multipletests(values, method=method)[1].tolist()}, relative=1e-12, absolute=1e-15)
    for bad in [{"p_values": [.1, 1.2]}, {"p_values": [-.1]}, {"p_values": [.1, .2], "family_size": 1}]:
        yield Case("holm", bad, Undefined)
        yield Case("benjamini-hochberg", bad, Undefined)
