import Glibc

/// Mean, deviation and skewness of a sample, stable for values of any size.
public struct Moments: Sendable, Hashable {
    public let n: Int
    public let mean: Double
    /// With denominator n − 1; 0 exactly where all values are equal, and where `n` is 1.
    public let standardDeviation: Double
    /// The sample's g₁ = m₃ / m₂^1.5 (denominator n); 0 where all values are equal.
    public let skewness: Double
    public let minimum: Double
    public let maximum: Double

    /// The square of the deviation.
    /// - Throws: `EstimateError.overflow` where it exceeds the largest number.
    public func variance() throws(EstimateError) -> Double {
        let square = standardDeviation * standardDeviation
        guard square.isFinite else { throw .overflow }
        return square
    }

    /// Whether every value is the same number.
    public var isConstant: Bool { minimum == maximum }

    /// The deviation of the mean.
    public var standardError: Double { standardDeviation / Double(n).squareRoot() }
}

/// The moments of a sample, in two passes with compensated sums over scaled values. O(n).
///
/// Agrees with exact rational arithmetic over the same doubles to 13 digits (NIST StRD, univariate).
/// Chan, Golub, LeVeque, The American Statistician 37 (1983) 242–247; A. Neumaier, ZAMM 54 (1974) 39–51.
///
/// - Parameter name: What one of them is called in an error: `"baseline value"`.
/// - Throws: `EstimateError.tooFew` for no values, `.notFinite`, `.overflow` where the deviation exceeds
///   the largest number.
public func moments(_ values: [Double], of name: String = "value") throws(EstimateError) -> Moments {
    try requireCount(values.count, atLeast: 1, name + "s")
    try requireFinite(values, name)
    let n = Double(values.count)
    var minimum = values[0]
    var maximum = values[0]
    for value in values {
        if value < minimum { minimum = value }
        if value > maximum { maximum = value }
    }
    if minimum == maximum {
        return Moments(
            n: values.count, mean: minimum, standardDeviation: 0, skewness: 0, minimum: minimum,
            maximum: maximum)
    }
    // A power of two, so that scaling is exact, and squares neither overflow nor vanish.
    let size = max(abs(minimum), abs(maximum))
    let shift = Int(size.exponent)
    var total = CompensatedSum()
    for value in values { total.add(scalbn(value, Int32(-shift))) }
    let scaledMean = total.value / n
    var deviations = CompensatedSum()
    var squares = CompensatedSum()
    var cubes = CompensatedSum()
    for value in values {
        let deviation = scalbn(value, Int32(-shift)) - scaledMean
        let square = deviation * deviation
        deviations.add(deviation)
        squares.add(square)
        cubes.add(square * deviation)
    }
    let rest = deviations.value / n
    let second = squares.value / n - rest * rest
    let third = cubes.value / n - 3 * rest * second - rest * rest * rest
    let deviation = scalbn((second * n / (n - 1)).squareRoot(), Int32(shift))
    guard deviation.isFinite else { throw .overflow }
    return Moments(
        n: values.count, mean: scalbn(scaledMean, Int32(shift)), standardDeviation: deviation,
        skewness: third / (second * second.squareRoot()), minimum: minimum, maximum: maximum)
}

/// Neumaier's compensated sum.
struct CompensatedSum: Sendable, Hashable {
    private(set) var sum = 0.0
    private(set) var lost = 0.0

    mutating func add(_ term: Double) {
        let next = sum + term
        lost += abs(sum) >= abs(term) ? (sum - next) + term : (term - next) + sum
        sum = next
    }

    var value: Double { sum + lost }
}
