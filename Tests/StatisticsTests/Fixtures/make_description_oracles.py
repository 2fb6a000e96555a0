"""Writes description.json: quantiles by numpy, and moments of the doubles themselves in rational arithmetic.

SLUICE_SHARED_DATA names the folder of the whole NIST sets; without it only the sets beside this file are done."""
import json
import os
import re
from decimal import Decimal, getcontext
from fractions import Fraction
from pathlib import Path

import numpy as np

getcontext().prec = 60
out = {}
rng = np.random.default_rng(4)
METHODS = {"R-6": "weibull", "R-7": "linear", "R-8": "median_unbiased", "R-9": "normal_unbiased"}
out["quantiles"] = []
for n in [1, 2, 5, 10, 37]:
    values = np.round(rng.normal(size=n) * 10, 3 if n != 10 else 0)
    for level in [0, .01, .1, .25, .5, .77, .95, .99, 1]:
        for name, method in METHODS.items():
            out["quantiles"].append(dict(values=values.tolist(), level=level, definition=name,
                                         value=float(np.quantile(values, level, method=method))))


def rows(path):
    """The numbers below the line that begins with Data:."""
    text = Path(path).read_text()
    body = text[text.rindex("Data:"):].splitlines()[1:]
    return [[float(word) for word in line.split()] for line in body if re.match(r"\s*[-\d.]", line)]


def exact(values):
    return [Fraction(value) for value in values]


def decimal(fraction):
    return Decimal(fraction.numerator) / Decimal(fraction.denominator)


here = Path("nist")
whole = Path(os.environ["SLUICE_SHARED_DATA"]) / "nist-strd/nist_anova" if "SLUICE_SHARED_DATA" in os.environ else here
out["one_way"] = []
for path in sorted(whole.glob("*.dat")):
    if path.name in ("Norris.dat", "Longley.dat"):
        continue
    groups = {}
    for group, value in rows(path):
        groups.setdefault(group, []).append(Fraction(value))
    everything = [value for group in groups.values() for value in group]
    centre = sum(everything) / len(everything)
    between = sum(len(g) * (sum(g) / len(g) - centre) ** 2 for g in groups.values())
    within = sum((v - sum(g) / len(g)) ** 2 for g in groups.values() for v in g)
    ratio = between / (len(groups) - 1) / (within / (len(everything) - len(groups)))
    certified = re.search(r"Between\D+\d+\s+(\S+)\s+\S+\s+(\S+)", path.read_text())
    out["one_way"].append(dict(file=path.name, between=float(between), within=float(within), ratio=float(ratio),
                               certified=float(certified[2])))


def covariance(x, y):
    x, y = exact(x), exact(y)
    mx, my = sum(x) / len(x), sum(y) / len(y)
    return sum((a - mx) * (b - my) for a, b in zip(x, y)) / (len(x) - 1)


norris = rows(here / "Norris.dat")
longley = rows(here / "Longley.dat")
pairs = [("Norris", 0, 1, norris)] + [("Longley", i, j, longley) for i in range(7) for j in range(i)]
out["covariance"] = [dict(file=name, first=i, second=j, value=float(covariance([r[i] for r in table], [r[j] for r in table])))
                     for name, i, j, table in pairs]
far = [1e9 + k / 7 for k in range(50)]
out["covariance"].append(dict(file="far", first=0, second=1, value=float(covariance(far, [v * 3 + (i % 5) for i, v in enumerate(far)]))))
json.dump(out, open("description.json", "w"), indent=0, separators=(",", ":"))
