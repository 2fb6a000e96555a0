"""Power and operating curves, against statsmodels, SciPy's noncentral laws, and enumeration of every outcome."""
import math

import numpy as np
from scipy import integrate, optimize, stats
from statsmodels.stats.power import GofChisquarePower, TTestIndPower, TTestPower
from statsmodels.stats.proportion import power_proportions_2indep

from compare import Case, Undefined

LEFT_OUT = {}
SIDES = {"less": "smaller", "greater": "larger", "two-sided": "two-sided"}


def cases(rng, scale):
    for family in [classic, paired_rates, rates, means, ratios, tries, needed]:
        yield from family(rng, scale)


def classic(rng, scale):
    for _ in range(int(400 * scale)):
        side = str(rng.choice(list(SIDES)))
        n, alpha = int(10 ** rng.uniform(.5, 4)), float(10 ** rng.uniform(-3, -.7))
        effect = float(rng.normal() * 3 / math.sqrt(n))
        call = {"difference": effect * 2, "deviation": 2, "n": n, "alpha": alpha, "alternative": side}
        # The noncentral t, directly: statsmodels leaves out the far tail of two-sided tests nowhere, but calls SciPy's.
        def tail(ncp, df, level):
            return stats.nct.sf(stats.t.isf(level, df), df, ncp)
        def power(ncp, df):
            if side == "two-sided":
                return tail(ncp, df, alpha / 2) + tail(-ncp, df, alpha / 2)
            return tail(ncp if side == "greater" else -ncp, df, alpha)
        wanted = power(effect * math.sqrt(n), n - 1)
        if np.isfinite(wanted):
            yield Case("t-test-power", call, {"power": wanted}, relative=1e-6, absolute=1e-7)
        other = int(rng.integers(2, 500))
        wanted = power(effect / math.sqrt(1 / n + 1 / other), n + other - 2)
        if np.isfinite(wanted):
            yield Case("t-test-power", call | {"other_arm": other}, {"power": wanted}, relative=1e-6, absolute=1e-7)
    for _ in range(int(60 * scale)):
        effect, power = float(10 ** rng.uniform(-1.5, .3)), float(rng.uniform(.3, .97))
        for law, independent in [(TTestPower(), False), (TTestIndPower(), True)]:
            exact = law.solve_power(effect, None, alpha=.05, power=power, alternative="two-sided")
            exact = float(np.ravel(exact)[0])
            if exact < 2.5 or abs(exact - round(exact)) < 1e-4:
                continue
            yield Case("t-test-sample-size", {"difference": -effect, "deviation": 1, "power": power,
                                              "independent_arms": independent}, {"n": math.ceil(exact)})
    for _ in range(int(400 * scale)):
        side = str(rng.choice(list(SIDES)))
        before, after = rng.uniform(.001, .6, 2)
        n, ratio, alpha = int(10 ** rng.uniform(1, 6)), float(10 ** rng.uniform(-1, 1)), .05
        after = float(np.clip(before + rng.normal() * 3 * math.sqrt(before / n), .0005, .999))
        m = max(1, int(n * ratio))
        # Two-sided: rejecting in the wrong direction finds nothing.
        level, direction = (alpha, SIDES[side]) if side != "two-sided" else \
            (alpha / 2, "larger" if after >= before else "smaller")
        wanted = power_proportions_2indep(after - before, before, m, n / m, level, alternative=direction,
                                          return_results=False)
        pooled = (before * n + after * m) / (n + m)
        rarer = min(pooled, 1 - pooled)
        has_events = (n + m) * rarer >= 5 and min(n, m) * rarer >= 1
        yield Case("two-proportion-power", {"baseline_rate": before, "candidate_rate": after, "baseline_trials": n,
                                            "candidate_trials": m, "alternative": side},
                   {"power": wanted} if has_events else Undefined, relative=1e-7, absolute=1e-10)
        if side != "two-sided" and (after > before) != (side == "greater"):
            continue
        if abs(after - before) < .01:
            continue

        def short(k):
            return power_proportions_2indep(after - before, before, k, 1, alpha, alternative=SIDES[side],
                                            return_results=False) - .8
        exact = optimize.brentq(short, 1.0001, 1e7) if short(1.0001) < 0 else 1
        count = math.ceil(exact)
        rare = min((before + after) / 2, 1 - (before + after) / 2)
        if abs(exact - round(exact)) > 1e-5 and count * rare >= 2.5 and count > 3:
            yield Case("two-proportion-sample-size", {"baseline_rate": before, "candidate_rate": after,
                                                      "alternative": side},
                       {"baseline_trials": count, "candidate_trials": count})
    for _ in range(int(300 * scale)):
        w, n, df = float(10 ** rng.uniform(-4, 0)), int(10 ** rng.uniform(.5, 5)), int(rng.integers(1, 60))
        alpha = float(10 ** rng.uniform(-4, -.3))
        wanted = stats.ncx2.sf(stats.chi2.isf(alpha, df), df, n * w * w)
        yield Case("chi-squared-power", {"effect": w, "n": n, "degrees_of_freedom": df, "alpha": alpha},
                   {"power": min(1, wanted)}, relative=1e-7, absolute=1e-9)
        if w > .03:
            exact = GofChisquarePower().solve_power(w, None, alpha=.05, power=.8, n_bins=df + 1)
            exact = float(np.ravel(exact)[0])
            if exact > 2 and abs(exact - round(exact)) > 1e-3:
                yield Case("chi-squared-sample-size", {"effect": w, "degrees_of_freedom": df}, {"n": math.ceil(exact)})
    for name, bad in [("t-test-power", {"difference": 1, "deviation": 0, "n": 9}),
                      ("t-test-power", {"difference": 1, "deviation": 1, "n": 1}),
                      ("t-test-sample-size", {"difference": 1, "deviation": -1}),
                      ("two-proportion-power", {"baseline_rate": 0, "candidate_rate": 0, "baseline_trials": 9,
                                                "candidate_trials": 9}),
                      ("two-proportion-sample-size", {"baseline_rate": .1, "candidate_rate": 1.2}),
                      ("chi-squared-power", {"effect": -1, "n": 9, "degrees_of_freedom": 1}),
                      ("chi-squared-sample-size", {"effect": .1, "degrees_of_freedom": 0})]:
        yield Case(name, bad, Undefined)
    yield Case("t-test-sample-size", {"difference": 0, "deviation": 1}, Undefined)
    yield Case("two-proportion-sample-size", {"baseline_rate": .1, "candidate_rate": .1}, Undefined)


def tango_statistic(gains, losses, n, d):
    """Of the difference d, the nuisance share as the larger root of its quadratic."""
    a, b, c = 2 * n, -losses - gains + (2 * n - gains + losses) * d, -losses * d * (1 - d)
    q = (np.sqrt(np.maximum(0, b * b - 4 * a * c)) - b) / (2 * a)
    variance = n * (2 * q + d * (1 - d))
    gap = gains - losses - n * d
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(variance > 1e-12, gap / np.sqrt(np.maximum(variance, 1e-300)), np.sign(gap) * np.inf)


def outcomes(n, margin, level, confidence):
    """Which tables of n pairs pass and fail."""
    losses, gains = np.meshgrid(np.arange(n + 1), np.arange(n + 1), indexing="ij")
    possible = losses + gains <= n
    worse = stats.binom.sf(losses - 1, losses + gains, .5) < level
    if margin is None:
        return losses, gains, possible & ~worse, possible & worse
    passes = tango_statistic(gains, losses, n, -margin) > stats.norm.ppf(confidence)
    passes[0, 0] = 1 - (1 - confidence) ** (1 / n) < margin
    worse &= (losses - gains) / n >= margin - 1e-12
    return losses, gains, possible & passes, possible & worse & ~passes


def paired_rates(rng, scale):
    for _ in range(int(150 * scale)):
        n = int(rng.integers(2, 120))
        margin = None if rng.uniform() < .3 else float(rng.choice([0, .5 / n, rng.uniform(0, .6)]))
        level, confidence = float(rng.choice([.05, .05 / 7, .2])), float(rng.choice([.95, .975, .8]))
        losses, gains, passes, fails = outcomes(n, margin, level, confidence)
        share = float(rng.choice([0, .1, .3, rng.uniform()]))
        truths = [float(t) for t in rng.uniform(-.6, .6, 3)] + [0.0]
        points = []
        for truth in truths:
            s = max(share, abs(truth))
            law = stats.multinomial(n, [(s - truth) / 2, (s + truth) / 2, 1 - s])
            kept = losses + gains <= n
            mass = np.zeros(losses.shape)
            mass[kept] = law.pmf(np.stack([losses[kept], gains[kept], (n - losses - gains)[kept]], axis=1))
            points.append((mass[passes].sum(), mass[fails].sum()))
        call = {"form": "paired-rate", "discordant_share": share, "examples": n, "truths": truths, "level": level,
                "confidence": confidence}
        if margin is not None:
            call["margin"] = margin
        yield points_case(call, points, absolute=1e-8)
        if margin is None and share > 0:
            drop = float(rng.uniform(0, share))
            losses_law = (share + drop) / 2 / share
            power = sum(stats.binom.pmf(k, n, share) * stats.binom.sf(
                stats.binom.isf(.05, k, .5), k, losses_law) for k in range(1, n + 1))
            yield Case("mcnemar-power", {"n": n, "drop": drop, "discordant_share": share}, {"power": power},
                       absolute=1e-8)
    # The drop that is found in 80 %, by halving over the enumerated power.
    for _ in range(int(40 * scale)):
        n, share = int(rng.integers(10, 80)), float(rng.choice([0, .05, .2, .5]))
        losses, gains, _, fails = outcomes(n, None, .05, .95)
        kept = losses + gains <= n

        def power(drop):
            s = min(1, max(share, drop))
            law = stats.multinomial(n, [(s + drop) / 2, (s - drop) / 2, 1 - s])
            mass = np.zeros(losses.shape)
            mass[kept] = law.pmf(np.stack([losses[kept], gains[kept], (n - losses - gains)[kept]], axis=1))
            return mass[fails].sum() - .8
        wanted = optimize.brentq(power, 1e-9, 1, xtol=1e-10)
        yield Case("detectable-drop", {"n": n, "discordant_share": share}, {"drop": wanted}, absolute=1e-6)
        yield Case("detectable-change", {"form": "paired-rate", "discordant_share": share, "examples": n},
                   {"change": wanted}, absolute=1e-6)
    yield Case("detectable-drop", {"n": 4, "discordant_share": 0}, Undefined)
    yield Case("detectable-drop", {"n": 0, "discordant_share": 0}, Undefined)
    yield Case("mcnemar-power", {"n": 10, "drop": .3, "discordant_share": .2}, Undefined)
    yield Case("detectable-change", {"form": "paired-rate", "discordant_share": 0, "examples": 4}, Undefined)
    yield Case("detectable-change", {"form": "paired-rate", "discordant_share": 2, "examples": 4}, Undefined)


class Points(Case):
    """A curve: each point's shares, in order."""

    def problem(self, answer):
        if "error" in answer:
            return answer["error"]["message"]
        points = answer["result"]["points"]
        if len(points) != len(self.expected["points"]):
            return f"{len(points)} points"
        for point, (passes, fails) in zip(points, self.expected["points"]):
            if not (self.agrees(point["pass"], passes) and self.agrees(point["fail"], fails)
                    and self.agrees(point["unsure"], max(0, 1 - passes - fails))):
                return f"{point}, and should be {passes} {fails}"
        return None


def points_case(call, points, absolute=1e-9):
    return Points("operating-curve", call, {"points": points}, relative=1e-7, absolute=absolute)


def rates(rng, scale):
    for _ in range(int(200 * scale)):
        n, bound = int(10 ** rng.uniform(0, 3)), float(rng.choice([0, 1, .9, rng.uniform()]))
        truths = rng.uniform(size=3).tolist() + [bound]
        counts = np.arange(n + 1)
        holds = counts / n >= bound - 1e-12
        points = [(stats.binom.pmf(counts[holds], n, t).sum(), stats.binom.pmf(counts[~holds], n, t).sum())
                  for t in truths]
        yield points_case({"form": "rate", "bound": bound, "examples": n, "truths": truths}, points)
        alpha = float(rng.choice([.05, .01, .2]))
        with np.errstate(invalid="ignore"):
            lower = np.where(counts == 0, 0, stats.beta.ppf(alpha, counts, n - counts + 1))
            upper = np.where(counts == n, 1, stats.beta.isf(alpha, counts + 1, n - counts))
        sure, broken = lower >= bound - 1e-11, upper < bound - 1e-11
        points = [(stats.binom.pmf(counts[sure], n, t).sum(), stats.binom.pmf(counts[broken], n, t).sum())
                  for t in truths]
        yield points_case({"form": "confident-rate", "bound": bound, "examples": n, "truths": truths,
                           "confidence": 1 - alpha}, points)
    for bad in [{"bound": 2}, {"truths": [2]}, {"examples": 0}, {"truths": []}, {"deviation": 1}]:
        yield Case("operating-curve", {"form": "rate", "bound": .5, "examples": 9, "truths": [.5]} | bad, Undefined)


def means(rng, scale):
    for _ in range(int(150 * scale)):
        n = int(10 ** rng.uniform(.4, 4))
        deviation = float(10 ** rng.uniform(-2, 2))
        error = deviation / math.sqrt(n)
        truths = (rng.normal(size=4) * 3 * error).tolist()
        level, confidence = float(rng.choice([.05, .005])), float(rng.choice([.95, .99]))
        limits = {"level": level, "confidence": confidence}
        df = n - 1
        reach = stats.t.ppf(confidence, df) if n < 200 else stats.norm.ppf(confidence) * math.sqrt((n - 1) / n)
        claim = stats.t.ppf(1 - level, df)

        def beyond(critical, ncp):
            return float(stats.nct.sf(critical, df, ncp)) if n < 3000 else None
        call = {"deviation": deviation, "examples": n, "truths": truths}
        yield points_case(call | {"form": "mean", "bound": .3 * error}, [
            (stats.norm.cdf(t / error - .3), stats.norm.sf(t / error - .3)) for t in truths])
        if n >= 3000:
            continue
        sure = [(beyond(reach, t / error - .3), beyond(reach, .3 - t / error)) for t in truths]
        if np.isfinite(sure).all():
            yield points_case(call | limits | {"form": "confident-mean", "bound": .3 * error}, sure, absolute=1e-6)
        worse = [(1 - beyond(claim, -t / error), beyond(claim, -t / error)) for t in truths]
        if np.isfinite(worse).all():
            yield points_case(call | limits | {"form": "paired-mean"}, worse, absolute=1e-6)
        # A margin: the estimate and its deviation integrated over one another.
        m = float(rng.uniform(.1, 4)) * error
        points = []
        spread = stats.chi(df, scale=1 / math.sqrt(df))
        low, high = spread.ppf(1e-13), spread.isf(1e-13)
        for t in truths:
            kinks = [m / error / claim] if low < m / error / claim < high else None
            passed = integrate.quad(lambda u: spread.pdf(u) * stats.norm.sf(reach * u - (t + m) / error), low, high,
                                    epsabs=1e-11, limit=200)[0]
            failed = integrate.quad(lambda u: spread.pdf(u) * stats.norm.cdf(min(-m / error, -claim * u) - t / error),
                                    low, high, points=kinks, epsabs=1e-11, limit=200)[0]
            points.append((passed, failed))
        yield points_case(call | limits | {"form": "paired-mean", "margin": m}, points, absolute=1e-7)
    for _ in range(int(60 * scale)):
        n = int(rng.integers(3, 1500))
        df = n - 1
        wanted = optimize.brentq(lambda x: stats.nct.sf(stats.t.ppf(.95, df), df, x) - .8, .1, 30, xtol=1e-9) / math.sqrt(n)
        yield Case("detectable-drop", {"n": n, "deviation": 3}, {"drop": 3 * wanted}, relative=1e-5)
        yield Case("detectable-change", {"form": "paired-mean", "deviation": 3, "examples": n}, {"change": 3 * wanted},
                   relative=1e-5)


def ratios(rng, scale):
    for _ in range(int(100 * scale)):
        n, deviation, p = int(10 ** rng.uniform(.5, 4)), float(rng.uniform(.05, 2)), float(rng.choice([.05, .2, 1.5]))
        error = deviation / math.sqrt(n)
        truths = np.exp(rng.normal(size=4) * 2 * error).tolist()
        z = stats.norm.ppf(.95)
        high = math.log(1 + p)
        points = []
        for t in truths:
            law = stats.norm(math.log(t), error)
            if p < 1:
                low = math.log(1 - p)
                passed = max(0, law.cdf(high - z * error) - law.cdf(low + z * error))
                points.append((passed, law.sf(high + z * error) + law.cdf(low - z * error)))
            else:
                points.append((law.cdf(high - z * error), law.sf(high + z * error)))
        yield points_case({"form": "ratio", "tolerance": p, "deviation": deviation, "examples": n, "truths": truths},
                          points)
    yield Case("operating-curve", {"form": "ratio", "tolerance": .2, "deviation": 1, "examples": 9, "truths": [0]},
               Undefined)


def tries(rng, scale):
    for _ in range(int(100 * scale)):
        made = int(rng.integers(1, 12))
        k, n, share = int(rng.integers(1, made + 1)), int(rng.integers(1, 200)), float(rng.choice([1, .9, rng.uniform()]))
        correlation = float(rng.choice([0, rng.uniform(.01, .9)]))
        truths = rng.uniform(.01, .99, 3).tolist()
        counts = np.arange(n + 1)
        holds = counts / n >= share - 1e-12
        points = []
        for t in truths:
            if correlation:
                s = (1 - correlation) / correlation
                hold = stats.betabinom.sf(k - 1, made, t * s, (1 - t) * s)
            else:
                hold = stats.binom.sf(k - 1, made, t)
            points.append((stats.binom.pmf(counts[holds], n, hold).sum(), stats.binom.pmf(counts[~holds], n, hold).sum()))
        yield points_case({"form": "tries", "k": k, "tries": made, "share": share, "correlation": correlation,
                           "examples": n, "truths": truths}, points, absolute=1e-8)
    # pass^k, by convolution over the examples; the simulation is held to four of its deviations.
    for _ in range(int(20 * scale)):
        made = int(rng.integers(2, 7))
        k, n, rate = int(rng.integers(1, made + 1)), int(rng.integers(2, 40)), float(rng.uniform(.5, .98))
        bound = float(np.clip(rate ** k + rng.normal() * .1, 0, 1))
        mass = stats.binom.pmf(np.arange(made + 1), made, rate)
        worth = np.array([math.comb(c, k) for c in range(made + 1)])
        one = np.zeros(worth.max() + 1)
        np.add.at(one, worth, mass)
        law = np.array([1.0])
        for _ in range(n):
            law = np.convolve(law, one)
        sums = np.arange(len(law)) / (n * math.comb(made, k))
        wanted = law[sums >= bound - 1e-12].sum()
        error = 4 * math.sqrt(max(wanted * (1 - wanted), 1e-3) / 2000)
        yield Points("pass-hat-k-curve", {"truths": [rate], "k": k, "tries": made, "bound": bound, "examples": n,
                                          "seed": 3}, {"points": [(wanted, 1 - wanted)]}, absolute=error)
    yield Case("pass-hat-k-curve", {"truths": [.5], "k": 3, "tries": 2, "bound": .5, "examples": 9}, Undefined)


def needed(rng, scale):
    """A search over every n from below."""
    for _ in range(int(30 * scale)):
        margin, share = float(rng.uniform(.1, .4)), float(rng.uniform(.05, .3))
        truth = float(rng.uniform(0, .05))
        law_share = max(share, truth)

        def chance(n, margin=margin, truth=truth, law_share=law_share):
            losses, gains, passes, _ = outcomes(n, margin, .05, .95)
            kept = losses + gains <= n
            law = stats.multinomial(n, [(law_share - truth) / 2, (law_share + truth) / 2, 1 - law_share])
            mass = np.zeros(losses.shape)
            mass[kept] = law.pmf(np.stack([losses[kept], gains[kept], (n - losses - gains)[kept]], axis=1))
            return mass[passes].sum()
        call = {"form": "paired-rate", "margin": margin, "discordant_share": share, "truth": truth}
        yield Crossing("examples-needed", call, chance, .8)
    for _ in range(int(60 * scale)):
        effect = float(10 ** rng.uniform(-1, 0))

        def chance(n, effect=effect):
            return stats.nct.sf(stats.t.ppf(.95, n - 1), n - 1, effect * math.sqrt(n))
        call = {"form": "paired-mean", "deviation": 1, "truth": -effect, "outcome": "fail"}
        yield Crossing("examples-needed", call, chance, .8)
    yield Case("examples-needed", {"form": "paired-mean", "margin": .1, "deviation": 1, "truth": -.1}, Undefined)
    yield Case("examples-needed", {"form": "paired-mean", "deviation": 0, "truth": -.1}, Undefined)


class Crossing(Case):
    """A number that has the chance while the one before it has not."""

    def __init__(self, statistic, call, chance, wanted):
        super().__init__(statistic, call, {})
        self.chance, self.wanted = chance, wanted

    def problem(self, answer):
        if "error" in answer:
            return answer["error"]["message"]
        n = answer["result"]["n"]
        if n is None or self.chance(n) < self.wanted - 1e-9:
            return f"{n} has not the chance"
        if n > 2 and self.chance(n - 1) >= self.wanted + 1e-9:
            return f"{n} - 1 has it already"
        return None
