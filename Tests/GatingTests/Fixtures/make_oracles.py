"""Prints the expected numbers of the gate tests, by packages and definitions that are not Sluice's own."""
import numpy as np
from scipy import stats
from scipy.optimize import brentq, minimize_scalar
from sklearn.metrics import f1_score
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint


def wilson(k, n):
    return proportion_confint(k, n, alpha=0.10, method="wilson")


def exact(k, n):
    return proportion_confint(k, n, alpha=0.10, method="beta")


def mcnemar_worse(losses, gains):
    return stats.binom.sf(losses - 1, losses + gains, 0.5)


def tango(losses, gains, n, sign):
    """The bound of candidate minus baseline by inverting the score test; the nuisance by maximising the likelihood."""
    z = stats.norm.ppf(0.95)

    def statistic(d):
        low, high = max(0.0, -d), min(1.0, (1 - d) / 2)
        rest = n - losses - gains

        def negative(q):  # q: probability of a loss
            p = q + d
            return -(
                (gains * np.log(p) if gains else 0) + (losses * np.log(q) if losses else 0)
                + rest * np.log(max(1e-300, 1 - p - q)))

        q = minimize_scalar(negative, bounds=(low + 1e-12, high - 1e-12), method="bounded",
                            options={"xatol": 1e-14}).x
        variance = n * (2 * q + d - d * d)
        return (gains - losses - n * d) / np.sqrt(variance)

    centre = (gains - losses) / n
    if sign < 0:
        return brentq(lambda d: statistic(d) - z, -0.9, centre - 1e-9)
    return brentq(lambda d: statistic(d) + z, centre + 1e-9, 0.9)


def mcnemar_power(n, drop, share, alpha):
    power = 0.0
    loss = (share + drop) / (2 * share)
    for k in range(0, n + 1):
        mass = stats.binom.pmf(k, n, share)
        if mass < 1e-15:
            continue
        critical = next((c for c in range(k + 2) if stats.binom.sf(c - 1, k, 0.5) <= alpha), k + 1)
        power += mass * stats.binom.sf(critical - 1, k, loss)
    return power


def detectable(n, share, alpha):
    return brentq(lambda d: mcnemar_power(n, d, max(share, d), alpha) - 0.8, 1e-6, 0.9, xtol=1e-6)


print("wilson 460/500", wilson(460, 500))
print("clopper-pearson 460/500", exact(460, 500), "470/500", exact(470, 500), "430/500", exact(430, 500),
      "19/20", exact(19, 20))
for losses, gains in [(30, 10), (40, 10), (25, 25), (5, 5), (3, 0), (60, 20)]:
    print("mcnemar", losses, gains, mcnemar_worse(losses, gains))
for losses, gains in [(25, 25), (30, 20), (40, 10), (60, 20)]:
    print("tango 500", losses, gains, tango(losses, gains, 500, -1), tango(losses, gains, 500, 1))
print("all equal 500", 1 - 0.05 ** (1 / 500), "80", 1 - 0.05 ** (1 / 80), "30", 1 - 0.05 ** (1 / 30))
print("holm", multipletests([mcnemar_worse(30, 10), mcnemar_worse(25, 25), mcnemar_worse(5, 5)], method="holm")[1])
print("detectable 500 .10 .05", detectable(500, 0.10, 0.05), "/3", detectable(500, 0.10, 0.05 / 3))
t = stats.t.interval(0.90, 49, 0.5, np.sqrt(0.25 * 50 / 49) / np.sqrt(50))
print("t of 25 zeros and 25 ones", t)
d = np.array([-0.2] * 30 + [0.1] * 10 + [0.0] * 60)
print("t of differences", stats.t.interval(0.90, 99, d.mean(), d.std(ddof=1) / 10), stats.ttest_1samp(d, 0, alternative="less").pvalue)
names, rows = None, []
for line in open("clinc-predictions.txt"):
    if names is None:
        names = line.split()
    else:
        rows.append([int(x) for x in line.split()])
rows = np.array(rows)
for column, arm in enumerate(["baseline", "good", "bad"], 1):
    print(arm, (rows[:, 0] == rows[:, column]).mean(), f1_score(rows[:, 0], rows[:, column], average="macro", zero_division=0))
per = [f1_score(rows[:, 0], rows[:, c], average=None, labels=range(len(names)), zero_division=0) for c in (1, 2, 3)]
order = np.argsort(per[2] - per[0])[:5]
print("fell most under bad", [(names[i], round(per[0][i], 6), round(per[2][i], 6), int((rows[:, 0] == i).sum())) for i in order])
print("pass^2 of 3 of 4", 3 * 2 / (4 * 3))
