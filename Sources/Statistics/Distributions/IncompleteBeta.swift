import CBoostMath
import Glibc

/// Below it a tail comes from its logarithm.
let farOut = 1e-200

/// The regularised incomplete beta function I and its complement, as values and as logarithms.
///
/// By Boost.Math in double precision where it holds 12 digits; with both parameters large (binomial laws of 10⁴
/// trials and more), and beyond the smallest double, by the saddle-point form of the density times the continued
/// fraction of the tail.
struct IncompleteBeta {
    let a: Double
    let b: Double

    /// I at x, where x + y = 1 and each is as exact as it can be.
    func lower(_ x: Double, _ y: Double) throws(EstimateError) -> Double {
        if isLarge {
            guard x > 0 else { return 0 }
            guard y > 0 else { return 1 }
            return isBelowMean(x) ? exp(logTail(x, y)) : 1 - exp(flipped.logTail(y, x))
        }
        let value = try answered(x <= y ? cboost_ibeta(a, b, x) : cboost_ibetac(b, a, y))
        // Far out, factors of Boost's product may vanish before their product does.
        return value > farOut || x == 0 ? value : exp(logTail(x, y))
    }

    /// 1 − I at x.
    func upper(_ x: Double, _ y: Double) throws(EstimateError) -> Double {
        try flipped.lower(y, x)
    }

    /// log I at x; minus infinity where x is 0.
    func logLower(_ x: Double, _ y: Double) throws(EstimateError) -> Double {
        guard x > 0 else { return -.infinity }
        let value = try lower(x, y)
        if value > 0.5 { return try log1p(-upper(x, y)) }
        return value > farOut ? log(value) : logTail(x, y)
    }

    /// log (1 − I) at x; minus infinity where y is 0.
    func logUpper(_ x: Double, _ y: Double) throws(EstimateError) -> Double {
        try flipped.logLower(y, x)
    }

    private var flipped: IncompleteBeta { IncompleteBeta(a: b, b: a) }

    private var isLarge: Bool { min(a, b) >= 50 && a + b >= 5_000 }

    private func isBelowMean(_ x: Double) -> Bool { x * (a + b) <= a }

    /// log I, for an x below the mean: the density times its continued fraction. O(√max(a, b)) at most.
    ///
    /// A. R. Didonato, A. H. Morris, ACM Trans. Math. Software 18 (1992) 360–373, expansion (9).
    private func logTail(_ x: Double, _ y: Double) -> Double {
        let near = x <= y ? Residual(x) : Residual(oneMinus: y)
        let far = x <= y ? Residual(oneMinus: x) : Residual(y)
        let total = x <= y ? near.times(a + b) : far.times(a + b)
        // a − (a + b)·x, from whichever of x and y is exact.
        let gap = x <= y ? (a - total.value) - total.lost : (total.value - b) + total.lost
        return logBetaPrefix(a, b, near, far) + log(fraction(x, y, gap: gap))
    }

    private func fraction(_ x: Double, _ y: Double, gap: Double) -> Double {
        var before = (above: 0.0, below: 1.0)
        var now = (above: 1.0, below: (1 + gap) / (1 + 1 / a))
        var value = now.above / now.below
        var step = 1.0
        while step < 1e7 {
            let odd = a + 2 * step - 1
            let weight = step * (b - step) * x
            let numerator = (a + step - 1) * (a + b + step - 1) / odd / odd * weight * x
            let rest = (a + step) * (1 + gap + step * (1 + y)) / (odd + 2)
            let denominator = step + weight / odd + rest
            let next = (
                above: numerator * before.above + denominator * now.above,
                below: numerator * before.below + denominator * now.below
            )
            let found = next.above / next.below
            if abs(found - value) <= 1e-16 * abs(found) { return found }
            value = found
            before = (now.above / next.below, now.below / next.below)
            now = (found, 1)
            step += 1
        }
        return value
    }
}
