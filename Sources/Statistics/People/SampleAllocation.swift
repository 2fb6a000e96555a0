import Glibc

/// How many items to draw from each stratum.
public struct SampleAllocation: Sendable, Hashable {
    /// A stratum each, in the order given; they add up to the total exactly.
    public let counts: [Int]
    /// Each item's chance to be drawn, stratum by stratum.
    public let inclusions: [Double]
    /// Of the mean that will be estimated, were the deviations right; nil where none were given.
    public let standardError: Double?
}

/// The allocation with the smallest variance of the stratified mean (Neyman), in whole numbers.
///
/// Exact, by priorities: the next item goes where N·S/√(k(k + 1)) is largest, k the items drawn there so far. Ties go
/// to the stratum named first. Without deviations it shares out in proportion to size.
///
/// - Parameters:
///   - total: Items to draw in all.
///   - sizes: Items in each stratum, at least 1.
///   - deviations: Expected deviation within each stratum, zero or more; nil: alike in all.
///   - minimum: At least so many from each stratum, or all of a smaller one.
/// - Throws: `EstimateError.tooFew` for no strata, or where the minima alone exceed the total;
///   `.invalidParameter` for a total beyond the population, `.invalidCounts`, `.unequalLengths`.
/// - Complexity: O(strata · log total).
///
/// J. Neyman, JRSS 97 (1934) 558–625; T. Wright, Statistics & Probability Letters 82 (2012) 1650–1654.
public func sampleAllocation(
    total: Int, sizes: [Int], deviations: [Double]? = nil, minimum: Int = 2
) throws(EstimateError) -> SampleAllocation {
    try requireCount(sizes.count, atLeast: 1, "strata")
    var population = 0
    for size in sizes {
        guard size >= 1, size <= 1 << 50 else { throw .invalidCounts("the sizes of the strata") }
        population += size
        try requireCounts(0, of: population, "the sizes of the strata")
    }
    guard minimum >= 1 else { throw .invalidParameter("minimum", must: "be at least 1") }
    guard total <= population else { throw .invalidParameter("total", must: "not exceed the population") }
    if let deviations {
        guard deviations.count == sizes.count else { throw .unequalLengths(sizes.count, deviations.count) }
        try requireFinite(deviations, "deviation")
        guard deviations.allSatisfy({ $0 >= 0 }) else {
            throw .invalidParameter("deviations", must: "be zero or more")
        }
    }
    let least = sizes.map { min($0, minimum) }
    try requireCount(total, atLeast: least.reduce(0, +), "items for the strata's minima")
    let isFlat = deviations?.allSatisfy { $0 == 0 } ?? true
    // Scaled, so that no product overflows.
    let largest = isFlat ? 1 : (deviations ?? []).reduce(0, max)
    var priorities = Priorities(sizes: sizes, least: least, total: total)
    priorities.weights = sizes.indices.map { index in
        Double(sizes[index]) * (isFlat ? 1 : (deviations?[index] ?? 1) / largest)
    }
    let counts = priorities.shared()
    var variance = 0.0
    for index in sizes.indices {
        let weight = Double(sizes[index]) / Double(population)
        let deviation = weight * (deviations?[index] ?? 0) / largest
        let unseen = 1 - Double(counts[index]) / Double(sizes[index])
        variance += deviation * deviation * unseen / Double(counts[index])
    }
    let error = variance.squareRoot() * largest
    guard error.isFinite else { throw .overflow }
    return SampleAllocation(
        counts: counts, inclusions: sizes.indices.map { Double(counts[$0]) / Double(sizes[$0]) },
        standardError: deviations == nil ? nil : error)
}

/// Shares out one item after the other by priority, without going through them one by one.
private struct Priorities {
    let sizes: [Int]
    let least: [Int]
    let total: Int
    var weights: [Double] = []

    init(sizes: [Int], least: [Int], total: Int) {
        self.sizes = sizes
        self.least = least
        self.total = total
    }

    func shared() -> [Int] {
        // The lowest price at which the strata ask for no more than there is.
        var low = 0.0
        var high = weights.reduce(0, max)
        while true {
            let middle = low + (high - low) / 2
            guard middle > low, middle < high else { break }
            if taken(at: middle).reduce(0, +) > total { low = middle } else { high = middle }
        }
        var counts = taken(at: high)
        var left = total - counts.reduce(0, +)
        // Those that tie at that price, and where nothing varies any.
        while left > 0 {
            var best = -1
            var highest = -1.0
            for index in counts.indices where counts[index] < sizes[index] {
                let priority = price(index, counts[index])
                if priority > highest { (best, highest) = (index, priority) }
            }
            // Strata without variance are filled as one: there may be many items left.
            if highest == 0 {
                let step = min(left, sizes[best] - counts[best])
                counts[best] += step
                left -= step
            } else {
                counts[best] += 1
                left -= 1
            }
        }
        return counts
    }

    /// What the item after the first `count` is worth.
    private func price(_ index: Int, _ count: Int) -> Double {
        let k = Double(count)
        return weights[index] / (k * (k + 1)).squareRoot()
    }

    /// How many each stratum takes where an item must be worth more than `price`.
    private func taken(at limit: Double) -> [Int] {
        sizes.indices.map { index in
            // k(k + 1) < (weight/limit)² for the last of them.
            let reach = weights[index] / limit
            let root = (0.25 + reach * reach).squareRoot() - 0.5
            var count = Int(min(root, Double(sizes[index])).rounded(.down)) + 1
            count = min(max(count, least[index]), sizes[index])
            while count > least[index], price(index, count - 1) <= limit { count -= 1 }
            while count < sizes[index], price(index, count) > limit { count += 1 }
            return count
        }
    }
}
