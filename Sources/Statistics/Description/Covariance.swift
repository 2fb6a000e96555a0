import Glibc

/// How two series of the same examples vary together.
public struct Covariance: Sendable, Hashable {
    public let first: Moments
    public let second: Moments
    /// With denominator n − 1.
    public let covariance: Double

    public var n: Int { first.n }
}

/// The covariance of two series, in two passes with compensated sums over scaled values. O(n).
///
/// Agrees with exact rational arithmetic over the same doubles to 12 digits of the product of both deviations
/// (NIST StRD, Norris and Longley).
///
/// - Throws: `EstimateError.unequalLengths`, `.tooFew` for `n < 2`, `.notFinite`, `.overflow` where it exceeds the
///   largest number.
///
/// Chan, Golub, LeVeque, The American Statistician 37 (1983) 242–247.
public func covariance(_ first: [Double], _ second: [Double]) throws(EstimateError) -> Covariance {
    guard first.count == second.count else {
        throw .unequalLengths(first.count, second.count, of: "first and second")
    }
    try requireCount(first.count, atLeast: 2, "pairs")
    let one = try moments(first, of: "first value")
    let other = try moments(second, of: "second value")
    guard !one.isConstant, !other.isConstant else {
        return Covariance(first: one, second: other, covariance: 0)
    }
    let a = deviations(first, one)
    let b = deviations(second, other)
    var products = CompensatedSum()
    var restOfFirst = CompensatedSum()
    var restOfSecond = CompensatedSum()
    for index in a.values.indices {
        products.add(a.values[index] * b.values[index])
        restOfFirst.add(a.values[index])
        restOfSecond.add(b.values[index])
    }
    let n = Double(first.count)
    let scaled = (products.value - restOfFirst.value * restOfSecond.value / n) / (n - 1)
    let value = scalbn(scalbn(scaled, Int32(a.shift)), Int32(b.shift))
    guard value.isFinite else { throw .overflow }
    return Covariance(first: one, second: other, covariance: value)
}

/// Distances from the mean over a power of two, so that their products neither overflow nor vanish.
private func deviations(_ values: [Double], _ sample: Moments) -> (values: [Double], shift: Int) {
    let shift = Int(max(abs(sample.minimum), abs(sample.maximum)).exponent)
    let mean = scalbn(sample.mean, Int32(-shift))
    return (values.map { scalbn($0, Int32(-shift)) - mean }, shift)
}
