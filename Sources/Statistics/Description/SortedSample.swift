/// A sample in ascending order that remembers its examples, for quantiles under bootstrap weights.
public struct SortedSample: Sendable {
    /// Ascending.
    public let values: [Double]
    /// Which example each of `values` belongs to.
    private let order: [Int32]
    /// How many of `values` each example has; empty where each has one.
    private let sizes: [Int32]
    private let examples: Int

    /// - Parameter values: One value an example, in the order of the weights. O(n log n).
    /// - Throws: `EstimateError.tooFew` for no values, `.notFinite`, `.overflow` beyond 2³¹ values.
    public init(_ values: [Double]) throws(EstimateError) {
        try requireCount(values.count, atLeast: 1, "values")
        try requireFinite(values)
        guard values.count <= Int(Int32.max) else { throw .overflow }
        let sorted = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
        self.values = sorted.map { values[$0] }
        order = sorted.map(Int32.init)
        sizes = []
        examples = values.count
    }

    /// Several values an example: each stands as often as its example does.
    ///
    /// - Parameters:
    ///   - owners: The example of each value, in `0..<examples`.
    ///   - examples: An example may have none.
    /// - Throws: As `init(_:)`; `EstimateError.invalidParameter` where an owner is none of the examples, and
    ///   `.unequalLengths` where there is not one for each value.
    public init(_ values: [Double], owners: [Int32], of examples: Int) throws(EstimateError) {
        let single = try SortedSample(values)
        guard values.count == owners.count else {
            throw .unequalLengths(values.count, owners.count, of: "values and owners")
        }
        var sizes = [Int32](repeating: 0, count: examples)
        for owner in owners {
            guard sizes.indices.contains(Int(owner)) else {
                throw .invalidParameter("owners", must: "be examples, counted from 0")
            }
            sizes[Int(owner)] += 1
        }
        self.values = single.values
        order = single.order.map { owners[Int($0)] }
        self.sizes = sizes
        self.examples = examples
    }

    /// The R-7 quantile of the sample in which each example stands as often as its weight says.
    ///
    /// - Parameters:
    ///   - level: In `0...1`.
    ///   - weights: One an example, none negative.
    /// - Returns: NaN where no example has a weight or the level lies outside `0...1`: this is what a
    ///   statistic without a value returns to `bootstrap`.
    /// - Complexity: O(n).
    public func quantile(at level: Double, weights: Span<Int32>) -> Double {
        guard level >= 0, level <= 1, weights.count == examples else { return .nan }
        var total = 0
        if sizes.isEmpty {
            for index in weights.indices { total += Int(weights[index]) }
        } else {
            for index in weights.indices { total += Int(weights[index]) * Int(sizes[index]) }
        }
        guard total > 0 else { return .nan }
        let place = level * Double(total - 1)
        let below = Int(place)
        let share = place - Double(below)
        // A whole place, or the last one, needs no neighbour.
        let next = share == 0 || below + 1 >= total ? below : below + 1
        let (low, high) =
            level > 0.5 ? fromTop(below, next, total, weights) : fromBottom(below, next, weights)
        return low == high ? low : low + share * (high - low)
    }

    /// The order statistics at two neighbouring places, from 0, of the repeated sample.
    private func fromBottom(_ first: Int, _ second: Int, _ weights: Span<Int32>) -> (Double, Double) {
        var passed = 0
        var low = Double.nan
        for index in order.indices {
            passed += Int(weights[Int(order[index])])
            if low.isNaN, passed > first { low = values[index] }
            if passed > second { return (low, values[index]) }
        }
        return (low, low)
    }

    /// The same, counted down from the largest: percentiles that people ask for lie there.
    private func fromTop(
        _ first: Int, _ second: Int, _ total: Int, _ weights: Span<Int32>
    ) -> (Double, Double) {
        var left = total
        var high = Double.nan
        for index in stride(from: order.count - 1, through: 0, by: -1) {
            left -= Int(weights[Int(order[index])])
            if high.isNaN, left <= second { high = values[index] }
            if left <= first { return (values[index], high) }
        }
        return (high, high)
    }
}
