"""What equal results bound, and what a standard error lets be seen, against SciPy's quantiles and exact powers."""
import math
from fractions import Fraction

from scipy import stats

from compare import Case, Undefined

LEFT_OUT = {}


def cases(rng, scale):
    for _ in range(int(500 * scale)):
        share, confidence = float(10 ** rng.uniform(-4, -.05)), float(rng.uniform(.5, .999))
        needed = max(2, math.ceil(math.log1p(-confidence) / math.log1p(-share)))
        # Exactly: (1 - share)^n <= 1 - confidence, and not one example sooner; where a double cannot tell, no case.
        left = 1 - Fraction(share)
        if needed < 3000 and left ** needed <= 1 - Fraction(confidence) < left ** (needed - 1):
            yield Case("examples-bounding", {"share": share, "confidence": confidence}, {"examples": needed})
        error, alpha, power = float(10 ** rng.uniform(-6, 6)), float(10 ** rng.uniform(-6, -.4)), float(rng.uniform(.5, .999))
        drop = (stats.norm.isf(alpha) + stats.norm.ppf(power)) * error
        yield Case("detectable-by-error", {"standard_error": error, "alpha": alpha, "power": power}, {"drop": drop},
                   relative=1e-9)
    for bad in [{"share": 0}, {"share": 1}, {"share": .1, "confidence": 1}]:
        yield Case("examples-bounding", bad, Undefined)
    for bad in [{"standard_error": 0}, {"standard_error": -1}, {"standard_error": 1, "alpha": 0},
                {"standard_error": 1, "power": 1}]:
        yield Case("detectable-by-error", bad, Undefined)
