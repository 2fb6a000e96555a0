/// Bins of equal share under a reference, to hold later windows of numbers against it without keeping it.
public struct ReferenceBins: Sendable, Hashable, Codable {
    /// Quantiles of the reference, strictly ascending; a bin reaches from above one up to and with the next,
    /// the first and the last are open.
    public let edges: [Double]
    /// Of the reference, one a bin: one more than there are edges.
    public let counts: [Int]

    /// - Parameters:
    ///   - reference: Finite, in any order.
    ///   - bins: Wanted, 2 to 1,000; ties make fewer.
    /// - Throws: `EstimateError.tooFew` for fewer values than bins, `.allEqual` where ties leave one bin,
    ///   `.notFinite`, `.invalidParameter`.
    /// - Complexity: O(n log n).
    public init(_ reference: [Double], bins: Int = 10) throws(EstimateError) {
        guard bins >= 2, bins <= 1_000 else { throw .invalidParameter("bins", must: "lie in 2...1,000") }
        try requireCount(reference.count, atLeast: bins, "reference values")
        try requireFinite(reference, "reference")
        let sorted = reference.sorted()
        let largest = sorted[sorted.count - 1]
        var edges: [Double] = []
        for bin in 1..<bins {
            let edge = quantile(ofSorted: sorted, uncheckedLevel: Double(bin) / Double(bins))
            // Above the largest value there is nothing of the reference.
            if edge < largest, edges.last.map({ $0 < edge }) ?? true { edges.append(edge) }
        }
        guard !edges.isEmpty else { throw .allEqual(value: largest) }
        self.edges = edges
        counts = binned(sorted, edges)
    }

    /// - Throws: `DecodingError` for edges out of order or counts that do not fit them.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        edges = try container.decode([Double].self, forKey: .edges)
        counts = try container.decode([Int].self, forKey: .counts)
        let isAscending = zip(edges, edges.dropFirst()).allSatisfy { $0 < $1 }
        guard !edges.isEmpty, isAscending, counts.count == edges.count + 1 else {
            throw DecodingError.dataCorruptedError(
                forKey: .edges, in: container, debugDescription: "ascending edges, and one count more")
        }
    }

    /// Counts of a window in the same bins. O(m log bins).
    ///
    /// - Throws: `EstimateError.notFinite`.
    public func counts(of window: [Double]) throws(EstimateError) -> [Int] {
        try requireFinite(window, "window")
        return binned(window, edges)
    }

    /// PSI, or another measure, of a window against the reference, with its p-value and floor.
    ///
    /// - Parameters: As of `categoryDrift`.
    /// - Throws: As `categoryDrift`; `.notFinite`.
    public func drift(
        of window: [Double], measure: CategoryMeasure = .psi, alpha: Double = 0.01, floor: Double? = nil,
        resamples: Int = 2_000, seed: UInt64 = 0
    ) throws(EstimateError) -> DriftResult {
        try categoryDrift(
            reference: counts, window: counts(of: window), measure: measure, alpha: alpha, floor: floor,
            resamples: resamples, seed: seed)
    }
}

private func binned(_ values: [Double], _ edges: [Double]) -> [Int] {
    var counts = [Int](repeating: 0, count: edges.count + 1)
    for value in values {
        var low = 0
        var high = edges.count
        while low < high {
            let middle = (low + high) / 2
            if edges[middle] < value { low = middle + 1 } else { high = middle }
        }
        counts[low] += 1
    }
    return counts
}
