/// A mean in the making: the sum first and one division at the end, so that six shares of a sixth of six make 1.
public struct RunningMean: Sendable, Hashable {
    @usableFromInline var sum = 0.0
    @usableFromInline var weight = 0.0

    @inlinable
    public init() {}

    @inlinable
    public mutating func add(_ value: Double) {
        sum += value
        weight += 1
    }

    /// - Parameter times: How often the value counts; 0 leaves it out.
    @inlinable
    public mutating func add(_ value: Double, times: Double) {
        sum += times * value
        weight += times
    }

    /// Nil of nothing.
    @inlinable
    public var value: Double? { weight == 0 ? nil : sum / weight }
}

/// The mean of numbers; nil of none. O(n).
@inlinable
public func mean(_ values: [Double]) -> Double? {
    var running = RunningMean()
    for value in values { running.add(value) }
    return running.value
}
