import CBoostMath
import Glibc

/// The regularised incomplete gamma functions P and Q of one shape, as values and as logarithms.
///
/// By Boost.Math in double precision; beyond the smallest double by the saddle-point form of the density times the
/// series (P) or the continued fraction (Q) of the tail.
struct IncompleteGamma {
    let a: Double

    /// P(a, x).
    func lower(_ x: Double) throws(EstimateError) -> Double {
        guard x > 0 else { return 0 }
        guard x.isFinite else { return 1 }
        let value = try answered(cboost_gamma_p(a, x))
        return value > farOut ? value : exp(logLowerTail(x))
    }

    /// Q(a, x) = 1 − P(a, x).
    func upper(_ x: Double) throws(EstimateError) -> Double {
        guard x > 0 else { return 1 }
        guard x.isFinite else { return 0 }
        let value = try answered(cboost_gamma_q(a, x))
        return value > farOut ? value : exp(logUpperTail(x))
    }

    /// log P(a, x); minus infinity at 0.
    func logLower(_ x: Double) throws(EstimateError) -> Double {
        let value = try lower(x)
        if value > 0.5 { return try log1p(-upper(x)) }
        if value > farOut { return log(value) }
        return x > 0 ? logLowerTail(x) : -.infinity
    }

    /// log Q(a, x); minus infinity at infinity.
    func logUpper(_ x: Double) throws(EstimateError) -> Double {
        let value = try upper(x)
        if value > 0.5 { return try log1p(-lower(x)) }
        if value > farOut { return log(value) }
        return x.isFinite ? logUpperTail(x) : -.infinity
    }

    private func logLowerTail(_ x: Double) -> Double { logGammaPrefix(a, x) - log(a) + log(series(x)) }

    private func logUpperTail(_ x: Double) -> Double { logGammaPrefix(a, x) + log(fraction(x)) }

    /// 1 + x/(a+1) + x²/((a+1)(a+2)) + …, for x well below a.
    private func series(_ x: Double) -> Double {
        var term = 1.0
        var total = 1.0
        var divisor = a
        while term > total * 1e-17 {
            divisor += 1
            term *= x / divisor
            total += term
        }
        return total
    }

    /// 1/(x+1−a− 1·(1−a)/(x+3−a− …)), for x well above a.
    private func fraction(_ x: Double) -> Double {
        var b = x + 1 - a
        var c = 1e300
        var d = 1 / b
        var value = d
        var index = 1.0
        while index < 1e6 {
            let term = -index * (index - a)
            b += 2
            d = 1 / (term * d + b)
            c = b + term / c
            let change = c * d
            value *= change
            if abs(change - 1) < 1e-16 { break }
            index += 1
        }
        return value
    }
}
