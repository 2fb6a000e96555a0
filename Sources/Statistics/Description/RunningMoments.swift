import Glibc

/// Moments of values that come one at a time or in parts: O(1) memory, and parts merge.
///
/// Mean, variance and skewness agree with exact arithmetic over the same doubles to 12 digits of the deviation where
/// the mean is at most 10⁸ deviations and n at most 10⁷ (the mean is kept in two doubles). Merging in another order
/// changes no more than that; for the bit-identical answer in any order use counts (`EventCount`, `QuantileSketch`).
///
/// T. F. Chan, G. H. Golub, R. J. LeVeque (1979); P. Pébay, Sandia Report SAND2008-6212 (2008).
public struct RunningMoments: Sendable, Hashable, Codable {
    public private(set) var n = 0
    private var centre = 0.0
    /// What `centre` lost to rounding.
    private var centreRest = 0.0
    /// Σ(x − mean)²
    private var second = 0.0
    /// Σ(x − mean)³
    private var third = 0.0
    private var lowest = Double.infinity
    private var highest = -Double.infinity

    public init() {}

    /// Takes in one value. No allocation.
    ///
    /// - Throws: `EstimateError.notFinite`; nothing is changed then.
    public mutating func add(_ value: Double) throws(EstimateError) {
        guard value.isFinite else { throw .notFinite(index: n) }
        let before = Double(n)
        n += 1
        let count = Double(n)
        let distance = (value - centre) - centreRest
        let step = distance / count
        let term = distance * step * before
        third += term * step * (count - 2) - 3 * step * second
        second += term
        moveCentre(by: step)
        lowest = min(lowest, value)
        highest = max(highest, value)
    }

    /// Takes in what another one holds, as if its values had been added here.
    public mutating func merge(_ other: RunningMoments) {
        guard other.n > 0 else { return }
        guard n > 0 else {
            self = other
            return
        }
        let (a, b) = (Double(n), Double(other.n))
        let count = a + b
        let distance = (other.centre - centre) + (other.centreRest - centreRest)
        let share = b / count
        let term = distance * distance * a * share
        third += other.third + term * distance * ((a - b) / count)
        third += 3 * distance * ((a / count) * other.second - share * second)
        second += other.second + term
        moveCentre(by: distance * share)
        n += other.n
        lowest = min(lowest, other.lowest)
        highest = max(highest, other.highest)
    }

    /// The moments so far.
    ///
    /// - Throws: `EstimateError.tooFew` where there are no values, `.overflow` where cubes of deviations leave the range
    ///   of numbers: deviations beyond 10¹⁰⁰ or below 10⁻¹⁰⁰.
    public func moments() throws(EstimateError) -> Moments {
        try requireCount(n, atLeast: 1, "values")
        let mean = centre + centreRest
        if lowest == highest {
            return Moments(
                n: n, mean: lowest, standardDeviation: 0, skewness: 0, minimum: lowest, maximum: highest)
        }
        let variance = second / Double(n)
        let cube = variance * variance.squareRoot()
        guard mean.isFinite, third.isFinite, cube.isFinite, cube >= 1e-300 else { throw .overflow }
        return Moments(
            n: n, mean: mean, standardDeviation: (second / Double(n - 1)).squareRoot(),
            skewness: third / Double(n) / cube, minimum: lowest,
            maximum: highest)
    }

    private mutating func moveCentre(by step: Double) {
        let change = step + centreRest
        let next = centre + change
        // Exact whichever of both is larger.
        let part = next - centre
        centreRest = (centre - (next - part)) + (change - part)
        centre = next
    }

    /// The stored form: 1 to 9 bytes and six doubles.
    public var bytes: [UInt8] {
        var writer = CompactWriter()
        writer.count(n)
        guard n > 0 else { return writer.bytes }
        for value in [centre, centreRest, second, third, lowest, highest] { writer.double(value) }
        return writer.bytes
    }

    /// From the stored form.
    ///
    /// - Throws: `EstimateError.invalidParameter` where the bytes are no such form.
    public init(bytes: [UInt8]) throws(EstimateError) {
        var reader = CompactReader(bytes, "moments")
        n = try reader.count()
        if n > 0 {
            centre = try reader.double()
            centreRest = try reader.double()
            second = try reader.double()
            third = try reader.double()
            lowest = try reader.double()
            highest = try reader.double()
        }
        try reader.end()
        guard isSound else { throw reader.broken }
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        try self.init(bytes: container.decode([UInt8].self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(bytes)
    }

    private var isSound: Bool {
        guard n > 0 else { return true }
        return lowest.isFinite && highest.isFinite && lowest <= highest && !centre.isNaN && !centreRest.isNaN
            && !third.isNaN && second >= 0
    }
}
