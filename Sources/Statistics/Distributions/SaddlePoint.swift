import CBoostMath
import Glibc

/// What a rounded product or difference lost, so that `value + lost` is exact to twice the digits.
struct Residual {
    let value: Double
    let lost: Double

    init(_ value: Double, lost: Double = 0) {
        self.value = value
        self.lost = lost
    }

    init(product first: Double, _ second: Double) {
        value = first * second
        lost = (-value).addingProduct(first, second)
    }

    /// `1 - x`, for x in `0...1`.
    init(oneMinus x: Double) {
        value = 1 - x
        lost = (1 - value) - x
    }

    func times(_ factor: Double) -> Residual {
        let product = Residual(product: value, factor)
        return Residual(product.value, lost: product.lost + lost * factor)
    }
}

/// v·log(v/m) + m − v: how far a count v lies from its mean m, without cancellation where they are near.
///
/// C. Loader, Fast and accurate computation of binomial probabilities (2000).
func deviance(_ v: Double, mean m: Residual) -> Double {
    let distance = (v - m.value) - m.lost
    let sum = v + m.value
    guard abs(distance) < 0.1 * sum else {
        guard v > 0 else { return m.value }
        return v * log(v / m.value) - distance
    }
    // 2v·(u + u³/3 + u⁵/5 + …) − distance with u = distance / sum, its first term taken together with distance.
    let u = distance / sum
    let square = u * u
    var total = distance * u
    var power = 2 * v * u
    var divisor = 3.0
    while true {
        power *= square
        let next = total + power / divisor
        // Beyond what a double can hold it is NaN, which equals nothing: the caller says that it overflowed.
        guard next != total, next.isFinite else { return next }
        total = next
        divisor += 2
    }
}

/// log Γ(z) − ((z − ½)·log z − z + ½·log 2π), z > 0.
func stirlingRemainder(_ z: Double) -> Double {
    guard z < 16 else {
        let square = 1 / (z * z)
        let tail = 1 / 1680.0 - square * (1 / 1188.0 - square * (691 / 360_360.0 - square * (1 / 156.0)))
        return (1 / 12.0 - square * (1 / 360.0 - square * (1 / 1260.0 - square * tail))) / z
    }
    return cboost_lgamma(z) - ((z - 0.5) * log(z) - z + halfLogTwoPi)
}

/// ½·log 2π
let halfLogTwoPi = 0.918_938_533_204_672_8

/// log of xᵃ·yᵇ / B(a, b), where x + y = 1.
func logBetaPrefix(_ a: Double, _ b: Double, _ x: Residual, _ y: Residual) -> Double {
    let n = a + b
    let root = 0.5 * (log(a) + log(b) - log(n)) - halfLogTwoPi
    let rest = stirlingRemainder(n) - stirlingRemainder(a) - stirlingRemainder(b)
    return root + rest - deviance(a, mean: x.times(n)) - deviance(b, mean: y.times(n))
}

/// log of xᵃ·e⁻ˣ / Γ(a).
func logGammaPrefix(_ a: Double, _ x: Double) -> Double {
    0.5 * log(a) - halfLogTwoPi - stirlingRemainder(a) - deviance(a, mean: Residual(x))
}

/// log of C(n, k)·pᵏ·qⁿ⁻ᵏ for 0 ≤ k ≤ n and p + q = 1, both above 0.
func logBinomialMass(_ k: Double, of n: Double, _ p: Residual, _ q: Residual) -> Double {
    // The ends have no Stirling form.
    if k == 0 { return n * log1pExact(q, minus: p) }
    if k == n { return n * log1pExact(p, minus: q) }
    let rest = n - k
    let root = 0.5 * (log(n) - log(k) - log(rest)) - halfLogTwoPi
    let remainder = stirlingRemainder(n) - stirlingRemainder(k) - stirlingRemainder(rest)
    return root + remainder - deviance(k, mean: p.times(n)) - deviance(rest, mean: q.times(n))
}

/// log x where x = 1 − other, by whichever of both keeps its digits.
private func log1pExact(_ x: Residual, minus other: Residual) -> Double {
    other.value < 0.5 ? log1p(-other.value) : log(x.value)
}
