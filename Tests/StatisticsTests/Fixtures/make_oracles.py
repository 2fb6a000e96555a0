"""Writes oracles.json: values of the tests that no data set of ours has. See SOURCE.md for the command."""
import glob
import itertools
import json
import os
from decimal import Decimal, getcontext
from fractions import Fraction

import mpmath as mp
import numpy as np
import scipy.stats as st
from scipy.integrate import quad
from scipy.optimize import brentq, minimize_scalar

mp.mp.dps = 30


def t_quantile(p, df):
    """By root finding on the incomplete beta function: scipy's own is good to nine digits only."""
    def cdf(x):
        tail = mp.betainc(mp.mpf(df) / 2, mp.mpf(1) / 2, 0, df / (df + x * x), regularized=True) / 2
        return 1 - tail if x > 0 else tail
    return 0.0 if p == .5 else float(mp.findroot(lambda x: cdf(x) - mp.mpf(p), st.t.ppf(p, df)))


rng = np.random.default_rng(20240229)
out = {}

out["t"] = [
    dict(df=df, x=x, cdf=st.t.cdf(x, df), sf=st.t.sf(x, df))
    for df in [1, 2, 5, 29, 199, 4999] for x in [-40.0, -3.0, -0.5, 0.0, 0.1, 2.0, 12.0]
]
out["t_quantile"] = [
    dict(df=df, p=p, x=t_quantile(p, df)) for df in [1, 2, 5, 29, 199, 4999] for p in [1e-6, .05, .5, .9, .975]
]
out["binomial"] = [
    dict(n=n, p=p, k=k, pmf=st.binom.pmf(k, n, p), cdf=st.binom.cdf(k, n, p), sf=st.binom.sf(k - 1, n, p))
    for n, p, ks in [(1, .5, [0, 1]), (20, .3, [0, 3, 6, 20]), (500, .98, [470, 490, 500]), (100000, .5, [49000, 50300])]
    for k in ks
]
out["binomial_quantile"] = [
    dict(n=n, p=p, level=q, k=int(st.binom.ppf(q, n, p)))
    for n in [1, 7, 59, 1000] for p in [.05, .5, .95] for q in [.01, .05, .5, .95, .999]
]
out["binomial_test"] = [
    dict(k=k, n=n, p=p, less=st.binomtest(k, n, p, "less").pvalue, greater=st.binomtest(k, n, p, "greater").pvalue,
         two=st.binomtest(k, n, p, "two-sided").pvalue)
    for k, n, p in [(0, 5, .3), (5, 5, .3), (18, 20, .8), (235, 682, 1 / 6 * 2), (3, 100, .03), (51, 235, 1 / 6), (4, 10, .5), (7, 10, .5)]
]


def tango(gains, losses, n, level):
    """Both ends by a numerical search of the constrained likelihood and of the score's root: no closed form."""
    z = st.norm.ppf((1 + level) / 2)

    def share(d):  # maximum likelihood of P(loss) when P(gain) = P(loss) + d
        lo, hi = max(0.0, -d), (1 - d) / 2

        def minus(q):
            g, rest = q + d, 1 - 2 * q - d
            total = 0.0
            for k, p in [(gains, g), (losses, q), (n - gains - losses, rest)]:
                if k:
                    total += k * np.log(p) if p > 0 else -np.inf
            return -total
        grid = np.linspace(lo, hi, 2001)
        best = min(range(2001), key=lambda i: minus(grid[i]))
        a, b = grid[max(0, best - 1)], grid[min(2000, best + 1)]
        found = minimize_scalar(minus, bounds=(a, b), method="bounded", options=dict(xatol=1e-13)).x
        return min([found, lo, hi], key=minus)

    def score(d):
        q = share(d)
        var = n * (2 * q + d * (1 - d))
        return (gains - losses - n * d) / np.sqrt(var) if var > 1e-300 else np.sign(gains - losses - n * d) * 1e9
    d0 = (gains - losses) / n
    eps = 1e-9
    upper = 1.0 if d0 == 1 else brentq(lambda d: score(d) + z, d0 + eps, 1 - eps, xtol=1e-11)
    lower = -1.0 if d0 == -1 else brentq(lambda d: score(d) - z, -1 + eps, d0 - eps, xtol=1e-11)
    return lower, upper


out["tango"] = []
for gains, losses, n, level in [(12, 2, 50, .95), (2, 12, 50, .90), (0, 0, 30, .90), (0, 0, 500, .95), (1, 0, 44, .95),
                                (0, 5, 20, .90), (30, 30, 500, .90), (20, 0, 20, .90), (3, 17, 20, .95), (360, 76, 1319, .90)]:
    lo, hi = tango(gains, losses, n, level)
    out["tango"].append(dict(gains=gains, losses=losses, n=n, level=level, lower=lo, upper=hi))

samples = {
    "normal": np.round(rng.normal(-.01, .2, 60), 4),
    "zero_inflated": np.round(np.where(rng.random(400) < .9, 0, -rng.random(400)), 4),
    "skewed": np.round(rng.exponential(2.0, 300), 4),
    "two": np.array([1.0, 4.0]),
}
out["samples"] = {k: v.tolist() for k, v in samples.items()}
out["student"] = [
    dict(sample=k, level=level, lower=iv[0], upper=iv[1])
    for k, v in samples.items() for level in [.9, .95]
    for reach in [t_quantile((1 + level) / 2, len(v) - 1) * st.sem(v)]
    for iv in [(v.mean() - reach, v.mean() + reach)]
]
out["paired_t"] = [
    dict(sample=k, less=st.ttest_1samp(v, 0, alternative="less").pvalue, greater=st.ttest_1samp(v, 0, alternative="greater").pvalue,
         two=st.ttest_1samp(v, 0).pvalue) for k, v in samples.items()
]
out["bca_mean"] = [
    dict(sample=k, level=.9, lower=iv.low, upper=iv.high, sem=st.sem(samples[k]))
    for k in ["zero_inflated", "skewed"]
    for iv in [st.bootstrap((samples[k],), np.mean, confidence_level=.9, n_resamples=100000, batch=2000, method="BCa", random_state=5).confidence_interval]
]
base = np.round(rng.lognormal(3, .6, 250), 2)
cand = np.round(base * rng.lognormal(.08, .3, 250), 2)
out["ratio"] = dict(baseline=base.tolist(), candidate=cand.tolist())
res = st.bootstrap((base, cand), lambda b, c, axis=-1: np.log(c.mean(axis=axis) / b.mean(axis=axis)), paired=True, vectorized=True,
                   confidence_level=.9, n_resamples=50000, batch=1000, method="BCa", random_state=6)
out["ratio"].update(estimate=float(cand.mean() / base.mean()), lower=float(np.exp(res.confidence_interval.low)), upper=float(np.exp(res.confidence_interval.high)),
                    se=float(res.standard_error))
flips = {"small": [-.3, .1, -.2, -.4, .05, -.1, 0, -.25], "ties": [-1, -1, 1, 0, -1, 0, -1, -1], "twelve": np.round(rng.normal(-.1, .3, 12), 3).tolist(),
         "constant": [-.1] * 6}
out["sign_flip"] = []
for k, v in flips.items():
    exact = [Fraction(str(x)) for x in v]
    total = sum(exact)
    sums = [sum(s * x for s, x in zip(signs, exact)) for signs in itertools.product([-1, 1], repeat=len(v))]
    out["sign_flip"].append(dict(
        sample=k, values=v, less=sum(s <= total for s in sums) / len(sums),
        greater=sum(s >= total for s in sums) / len(sums), two=sum(abs(s) >= abs(total) for s in sums) / len(sums)))
sorted_sample = np.sort(np.round(rng.lognormal(0, 1, 400), 3))
out["quantile_sample"] = sorted_sample.tolist()
out["quantile"] = [dict(n=n, p=p, value=float(np.quantile(sorted_sample[:n], p))) for n in [1, 2, 7, 400] for p in [0, .1, .5, .95, .99, 1]]
out["quantile_interval"] = [
    dict(n=n, p=p, level=level, lower=iv.low, upper=iv.high)
    for n, p, level in [(59, .95, .9), (100, .5, .95), (400, .95, .9), (400, .99, .9), (20, .5, .9), (400, .1, .99)]
    for iv in [st.quantile_test(sorted_sample[:n], q=0, p=p).confidence_interval(level)]
]


def t_power_effect(n, alpha, power):
    """The standardised effect with that power: the noncentral t as an integral over the chi-square law."""
    df = n - 1
    critical = t_quantile(1 - alpha, df)

    def found(shift):
        body = lambda v: st.norm.cdf(shift - critical * np.sqrt(v / df)) * st.chi2.pdf(v, df)
        low, high = st.chi2.ppf([1e-15, 1 - 1e-15], df)
        return quad(body, low, high, epsabs=1e-13, epsrel=1e-12, limit=500)[0]
    return brentq(lambda shift: found(shift) - power, 0.1, 50, xtol=1e-12) / np.sqrt(n)


out["t_power"] = [
    dict(n=n, alpha=alpha, power=power, effect=t_power_effect(n, alpha, power))
    for n in [5, 20, 80, 500, 5000] for alpha in [.05, .01] for power in [.8, .95]
]


def mcnemar_power(n, drop, share, alpha):
    """P(reject) of the one-sided exact McNemar test, by adding up every table."""
    total = 0.0
    for m in range(n + 1):
        pm = st.binom.pmf(m, n, share)
        if pm < 1e-14:
            continue
        losses = np.arange(m + 1)
        reject = st.binom.sf(losses - 1, m, .5) <= alpha
        total += pm * st.binom.pmf(losses, m, (share + drop) / (2 * share))[reject].sum()
    return total


out["mcnemar_power"] = [
    dict(n=n, drop=drop, share=share, alpha=alpha, power=mcnemar_power(n, drop, share, alpha))
    for n, drop, share, alpha in [(80, .1, .1, .05), (500, .04, .1, .05), (512, .03, .05, .05), (41, .2, .3, .01), (300, .02, .02, .05)]
]
getcontext().prec = 60


def exact_moments(values):
    """Mean, deviation and skewness of the doubles themselves, in rational arithmetic."""
    xs = [Fraction(v) for v in values]
    n = len(xs)
    mean = sum(xs) / n
    m2 = sum((x - mean) ** 2 for x in xs) / n
    m3 = sum((x - mean) ** 3 for x in xs) / n
    dec = lambda f: Decimal(f.numerator) / Decimal(f.denominator)
    sd = (dec(m2) * n / (n - 1)).sqrt()
    return dict(mean=float(mean), sd=float(sd), skewness=float(dec(m3) / dec(m2) ** Decimal("1.5")))


out["moments"] = []
for path in sorted(glob.glob("nist/*.txt")):
    values = []
    for line in reversed(open(path).read().split("\n")):
        try:
            values.append(float(line))
        except ValueError:
            if line.strip():
                break
    values.reverse()
    out["moments"].append(dict(file=os.path.basename(path), n=len(values), **exact_moments(values)))
for name, values in [("huge", [1e300, -1e300, 3e300, 5.0]), ("tiny", [1e-170, 2e-170, 4e-170]), ("outlier", [1e12] + [0.1 * i for i in range(99)])]:
    out["moments"].append(dict(values=values, n=len(values), **exact_moments(values)))
json.dump(out, open("oracles.json", "w"), indent=0, separators=(",", ":"))
