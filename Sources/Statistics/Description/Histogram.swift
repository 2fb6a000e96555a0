/// Counts of values in adjoining bins, for reports.
public struct Histogram: Sendable, Hashable {
    /// Ascending, one more than there are bins. A bin holds its lower edge; the last one its upper edge too.
    public let edges: [Double]
    public let counts: [Int]
}

/// Edges of equal bins at round numbers (1, 2 or 5 times a power of ten) that span all values.
///
/// Arms that stand side by side share edges: give the values of both.
///
/// - Parameters:
///   - values: Finite; in any order.
///   - bins: Wanted; there will be about as many, at most half as many again and two.
/// - Throws: `EstimateError.tooFew` for no values, `.notFinite`, `.overflow`, `.invalidParameter` unless
///   `bins` lies in `1...10_000`.
public func histogramEdges(spanning values: [Double], bins: Int = 20) throws(EstimateError) -> [Double] {
    try requireCount(values.count, atLeast: 1, "values")
    try requireFinite(values)
    guard bins >= 1, bins <= 10_000 else { throw .invalidParameter("bins", must: "lie in 1...10,000") }
    var low = values[0]
    var high = values[0]
    for value in values {
        low = min(low, value)
        high = max(high, value)
    }
    guard (high - low).isFinite else { throw .overflow }
    // Below that, neighbouring edges would be the same number.
    let least = max(abs(low), abs(high), 1e-280) * 1e-11
    let width = max((high - low) / Double(bins), low == high ? max(abs(low) * 0.1, 1e-280) : least)
    let step = roundStep(width)
    let first = (low / step).rounded(.down)
    var last = (high / step).rounded(.up)
    if last == first { last = first + 1 }
    var edges: [Double] = []
    var index = first
    while index <= last {
        edges.append(index * step)
        index += 1
    }
    // Rounding of index · step may leave an extreme outside by one unit in the last place.
    edges[0] = min(edges[0], low)
    edges[edges.count - 1] = max(edges[edges.count - 1], high)
    return edges
}

/// Counts values into bins. O(n log bins).
///
/// - Throws: `EstimateError.invalidParameter` unless there are two edges or more in strictly ascending order,
///   `.notFinite`, `.outsideRange` for a value beyond the edges.
public func histogram(_ values: [Double], edges: [Double]) throws(EstimateError) -> Histogram {
    guard edges.count >= 2, edges[0].isFinite, edges[edges.count - 1].isFinite else {
        throw .invalidParameter("edges", must: "be two finite numbers or more")
    }
    for index in 1..<edges.count where !(edges[index - 1] < edges[index]) {
        throw .invalidParameter("edges", must: "ascend strictly")
    }
    try requireFinite(values)
    try requireWithin(edges[0]...edges[edges.count - 1], values)
    var counts = [Int](repeating: 0, count: edges.count - 1)
    for value in values {
        var low = 0
        var high = counts.count - 1
        while low < high {
            let middle = (low + high + 1) / 2
            if edges[middle] <= value { low = middle } else { high = middle - 1 }
        }
        counts[low] += 1
    }
    return Histogram(edges: edges, counts: counts)
}

/// The round number nearest to a width on the log scale.
private func roundStep(_ width: Double) -> Double {
    var power = 1.0
    while power * 10 <= width { power *= 10 }
    while power > width { power /= 10 }
    let lead = width / power
    return lead < 1.4142 ? power : lead < 3.1623 ? 2 * power : lead < 7.0711 ? 5 * power : 10 * power
}
