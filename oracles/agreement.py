"""Agreement, against statsmodels, scikit-learn and krippendorff; errors by the influence of each unit."""
import warnings

import krippendorff
import numpy as np
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import cohens_kappa, fleiss_kappa

from compare import Case, Undefined
from scipy import stats

LEFT_OUT = {}


def cases(rng, scale):
    for family in [chance, cohen, many, krippendorff_cases, rankings]:
        yield from family(rng, scale)


def rankings(rng, scale):
    """Rank-biased overlap by its definition: the agreement at each depth, summed far beyond the lists' ends."""
    for _ in range(int(400 * scale)):
        items = [f"d{i}" for i in range(int(rng.integers(1, 30)))]
        lists = [[str(x) for x in rng.permutation(items)[:int(rng.integers(0, len(items) + 1))]] for _ in range(2)]
        p = float(rng.choice([.5, .8, .9, .98]))
        given = {"first": lists[0], "second": lists[1], "persistence": p}
        short, long = sorted(lists, key=len)
        if not long:
            yield Case("rank-biased-overlap", given, Undefined)
            continue
        if not short:
            yield Case("rank-biased-overlap", given, {"overlap": 0})
            continue
        s, l = len(short), len(long)
        common = len(set(short) & set(long[:s]))
        agreement = [len(set(short[:d]) & set(long[:d])) / d if d <= s
                     else (len(set(short) & set(long[:d])) + common * (d - s) / s) / d for d in range(1, l + 1)]
        depth = np.arange(1, 4000)
        whole = np.concatenate([agreement, np.full(len(depth) - l, agreement[-1])])
        yield Case("rank-biased-overlap", given, {"overlap": (1 - p) * (p ** (depth - 1) * whole).sum()},
                   relative=1e-9, absolute=1e-12)
    yield Case("rank-biased-overlap", {"first": ["a", "a"], "second": ["a"]}, Undefined)
    yield Case("rank-biased-overlap", {"first": ["a"], "second": ["a"], "persistence": 1}, Undefined)


def chance(rng, scale):
    for _ in range(int(50 * scale)):
        observed, expected = rng.uniform(size=2)
        yield Case("chance-corrected-agreement", {"observed": observed, "expected": expected},
                   {"kappa": (observed - expected) / (1 - expected)})
    for observed, expected in [(.5, 1), (1.1, .5), (.5, -.1)]:
        yield Case("chance-corrected-agreement", {"observed": observed, "expected": expected}, Undefined)


def cohen(rng, scale):
    for _ in range(int(1000 * scale)):
        q = int(rng.integers(2, 7))
        size = 10 ** rng.uniform(0, 5)
        law = rng.dirichlet(np.ones(q * q) * 10 ** rng.uniform(-1, 1)) + np.eye(q).ravel() * rng.choice([0, .3])
        table = rng.multinomial(int(size) + 2, law / law.sum()).reshape(q, q)
        weights, scheme = [(None, "identity"), ("linear", "linear"), ("quadratic", "quadratic"),
                           ("steps", None)][rng.integers(4)]
        given = {"confusion": table.tolist(), "confidence": .95}
        if weights == "steps":
            steps = np.concatenate([[0], np.sort(rng.integers(0, 4, q - 1))]).astype(float)
            if steps.max() == 0:
                continue
            given["weights"] = steps.tolist()
            matrix = steps[np.abs(np.subtract.outer(np.arange(q), np.arange(q)))]
        else:
            given["weights"] = scheme
            apart = np.abs(np.subtract.outer(np.arange(q), np.arange(q))).astype(float)
            matrix = {"identity": apart > 0, "linear": apart, "quadratic": apart ** 2}[scheme].astype(float)
        n = table.sum()
        p = table / n
        by_chance = np.outer(p.sum(1), p.sum(0))
        if (matrix * by_chance).sum() == 0:
            yield Case("cohen-kappa", given, Undefined)
            continue
        # The error by the influence of one more unit in each cell, numerically.
        def kappa(share):
            return 1 - (matrix * share).sum() / (matrix * np.outer(share.sum(1), share.sum(0))).sum()
        influence = np.empty_like(p)
        for i in range(q):
            for j in range(q):
                step = 1e-6
                unit = np.zeros_like(p)
                unit[i, j] = 1
                up, down = kappa(p + step * (unit - p)), kappa(p - step * (unit - p))
                influence[i, j] = (up - down) / (2 * step)
        error = np.sqrt((p * influence ** 2).sum() / n)
        expected = {"kappa": kappa(p), "units": int(n),
                    "observed_agreement": 1 - (matrix * p).sum() / matrix.max(),
                    "expected_agreement": 1 - (matrix * by_chance).sum() / matrix.max()}
        if scheme is not None and n < 2000:
            first, second = (np.repeat(np.indices((q, q))[k].ravel(), table.ravel()) for k in (0, 1))
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                scored = cohen_kappa_score(first, second, labels=range(q), weights=weights)
            if np.isfinite(scored):
                expected["kappa"] = scored
        if error > 1e-6:
            expected["standard_error"] = error
            half = stats.norm.ppf(.975) * error
            expected["lower"] = max(-1, expected["kappa"] - half)
            expected["upper"] = min(1, expected["kappa"] + half)
        yield Case("cohen-kappa", given, expected, relative=1e-6, absolute=1e-8)
        # The closed form of the variance, and the test.
        if weights is None and error > 1e-6:
            found = cohens_kappa(table)
            yield Case("cohen-kappa", given, {"standard_error": found.std_kappa, "z": found.z_value,
                                              "p_value": found.pvalue_two_sided}, relative=1e-7, absolute=1e-9)
    for bad in [[[1, 2], [3]], [[1]], [[0, 0], [0, 0]], [[5, 0], [0, 0]], [[1, -1], [2, 3]], []]:
        yield Case("cohen-kappa", {"confusion": bad}, Undefined)


def categories_of(rows):
    return sorted({v for row in rows for v in row if v is not None})


def coefficients(counts, matrix, kind):
    """Value, and error from the published linear form, unit by unit."""
    totals = counts.sum(1)
    counts, totals = counts[totals > 0], totals[totals > 0]
    q = counts.shape[1]
    agree = 1 - matrix / matrix.max()
    n, pairable = len(counts), totals >= 2
    shares = (counts / totals[:, None]).mean(0)
    own = np.array([(row * (agree @ row - 1)).sum() / (t * (t - 1)) if t >= 2 else 0
                    for row, t in zip(counts, totals)])
    observed = own[pairable].mean()
    if kind == "fleiss":
        by_chance = shares @ agree @ shares
        each = (counts @ (agree @ shares)) / totals
    else:
        scale = agree.sum() / (q * (q - 1))
        by_chance = scale * (shares * (1 - shares)).sum()
        each = scale * (counts @ (1 - shares)) / totals
    if 1 - by_chance < 1e-12:
        return None
    value = (observed - by_chance) / (1 - by_chance)
    single = n / pairable.sum() * (own - by_chance * pairable) / (1 - by_chance)
    single = single - 2 * (1 - value) * (each - by_chance) / (1 - by_chance)
    error = np.sqrt(((single - value) ** 2).sum() / (n * (n - 1))) if n > 1 else 0
    return value, error, observed, by_chance, n


def many(rng, scale):
    for _ in range(int(1000 * scale)):
        units, raters, q = int(rng.integers(1, 40)), int(rng.integers(2, 7)), int(rng.integers(2, 6))
        law = rng.dirichlet(np.ones(q))
        truth = rng.choice(q, size=units, p=law)
        ratings = np.where(rng.uniform(size=(units, raters)) < .7, truth[:, None],
                           rng.choice(q, size=(units, raters), p=law)).astype(float)
        if rng.uniform() < .5:
            ratings[rng.uniform(size=ratings.shape) < .3] = np.nan
        rows = [[None if np.isnan(v) else float(v) for v in row] for row in ratings]
        known = list(range(q)) if rng.uniform() < .5 else categories_of(rows)
        counts = np.array([[row.count(k) for k in known] for row in rows], dtype=float).reshape(units, len(known))
        scheme = str(rng.choice(["identity", "linear", "quadratic"]))
        apart = np.abs(np.subtract.outer(np.arange(len(known)), np.arange(len(known)))).astype(float)
        matrix = {"identity": (apart > 0).astype(float), "linear": apart, "quadratic": apart ** 2}[scheme]
        for kind, name, member in [("fleiss", "fleiss-kappa", "kappa"), ("gwet", "gwet-ac1", "coefficient")]:
            given = {"ratings": rows, "categories": known, "weights": scheme, "confidence": .95}
            if rng.uniform() < .3:
                given = {"counts": counts.tolist(), "weights": scheme, "confidence": .95}
            if len(known) < 2 or not (counts.sum(1) >= 2).any():
                yield Case(name, given, Undefined)
                continue
            found = coefficients(counts, matrix, kind)
            if found is None:
                yield Case(name, given, Undefined)
                continue
            value, error, observed, by_chance, n = found
            expected = {member: value, "observed_agreement": observed, "expected_agreement": by_chance, "units": n}
            complete = (counts.sum(1) == raters).all()
            if kind == "fleiss" and scheme == "identity" and complete:
                expected[member] = fleiss_kappa(counts)
            if error > 1e-9:
                half = stats.t.ppf(.975, n - 1) * error
                expected |= {"standard_error": error, "lower": max(-1, value - half), "upper": min(1, value + half)}
                if expected["lower"] == expected["upper"]:
                    del expected["lower"], expected["upper"]
            yield Case(name, given, expected, relative=1e-7, absolute=1e-9)
    for name in ["fleiss-kappa", "gwet-ac1"]:
        for bad in [{"counts": [[1], [2]]}, {"counts": []}, {"counts": [[1, 0], [0, 1]]}, {"counts": [[3, -1]]},
                    {"ratings": [[1, 1], [1, 1]]}, {"ratings": [[1, 2]], "categories": [1, 3]}]:
            yield Case(name, bad, Undefined)


def krippendorff_cases(rng, scale):
    for _ in range(int(1000 * scale)):
        units, raters = int(rng.integers(1, 30)), int(rng.integers(2, 6))
        level = str(rng.choice(["nominal", "ordinal", "interval", "ratio"]))
        kind = rng.integers(3)
        truth = rng.integers(0, 5, units) if kind < 2 else rng.exponential(size=units).round(2)
        noise = rng.integers(-1, 2, (units, raters)) if kind else rng.choice([0, 0, 3], (units, raters))
        ratings = np.abs(truth[:, None] + noise).astype(float) * 10.0 ** rng.choice([0, 0, 5, -5])
        ratings[rng.uniform(size=ratings.shape) < rng.choice([0, .3, .6])] = np.nan
        rows = [[None if np.isnan(v) else float(v) for v in row] for row in ratings]
        kept = [[v for v in row if v is not None] for row in rows]
        kept = [row for row in kept if len(row) >= 2]
        given = {"ratings": rows, "level": level}
        if len({v for row in kept for v in row}) < 2:
            yield Case("krippendorff-alpha", given, Undefined)
            continue
        alpha = krippendorff.alpha(reliability_data=ratings.T, level_of_measurement=level)
        yield Case("krippendorff-alpha", given, {"alpha": alpha, "units": len(kept),
                                                 "values": sum(map(len, kept))}, relative=1e-7, absolute=1e-9)
    # The bootstrap over units, with other random numbers.
    for _ in range(int(6 * scale)):
        truth = rng.integers(0, 3, 60)
        ratings = np.where(rng.uniform(size=(60, 3)) < .8, truth[:, None], rng.integers(0, 3, (60, 3))).astype(float)
        def alpha(rows):
            return krippendorff.alpha(reliability_data=rows.T, level_of_measurement="nominal")
        value = alpha(ratings)
        drawn = np.sort([alpha(ratings[rng.integers(0, 60, 60)]) for _ in range(2000)])
        left_out = np.array([alpha(np.delete(ratings, i, 0)) for i in range(60)])
        away = left_out.mean() - left_out
        a = (away ** 3).sum() / (6 * (away ** 2).sum() ** 1.5)
        z0 = stats.norm.ppf((drawn < value).mean() + (drawn == value).mean() / 2)
        ends = [np.quantile(drawn, stats.norm.cdf(z0 + (z0 + z) / (1 - a * (z0 + z)))) for z in (-1.6449, 1.6449)]
        yield Case("krippendorff-alpha", {"ratings": ratings.tolist(), "resamples": 4000, "seed": 7},
                   {"alpha": value, "lower": ends[0], "upper": ends[1]}, absolute=.03)
    for bad in [{"ratings": []}, {"ratings": [[1, None]]}, {"ratings": [[-1, 2]], "level": "ratio"},
                {"ratings": [[1, 1]]}, {"ratings": [[1, 2]], "resamples": 5}]:
        yield Case("krippendorff-alpha", bad, Undefined)
