/// Pass and fail of the same examples under two arms.
public struct PairedCounts: Sendable, Hashable {
    public let both: Int
    /// Passed under the baseline alone: newly failing.
    public let onlyBaseline: Int
    /// Passed under the candidate alone: newly passing.
    public let onlyCandidate: Int
    public let neither: Int

    /// - Throws: `EstimateError.invalidCounts` for a negative count or a sum beyond 2⁵².
    public init(both: Int, onlyBaseline: Int, onlyCandidate: Int, neither: Int) throws(EstimateError) {
        for count in [both, onlyBaseline, onlyCandidate, neither] {
            try requireCounts(count, of: 1 << 50, "the four counts")
        }
        self.both = both
        self.onlyBaseline = onlyBaseline
        self.onlyCandidate = onlyCandidate
        self.neither = neither
    }

    /// Counts examples; both series hold one entry an example, in the same order.
    /// - Throws: `EstimateError.unequalLengths`.
    public init(baseline: [Bool], candidate: [Bool]) throws(EstimateError) {
        guard baseline.count == candidate.count else {
            throw .unequalLengths(baseline.count, candidate.count, of: "baseline and candidate")
        }
        var cells = [0, 0, 0, 0]
        for index in baseline.indices {
            cells[(baseline[index] ? 0 : 2) + (candidate[index] ? 0 : 1)] += 1
        }
        both = cells[0]
        onlyBaseline = cells[1]
        onlyCandidate = cells[2]
        neither = cells[3]
    }

    public var n: Int { both + onlyBaseline + onlyCandidate + neither }

    public var discordant: Int { onlyBaseline + onlyCandidate }

    /// Candidate's rate minus baseline's, or nothing where there are no examples.
    public var difference: Double? {
        n == 0 ? nil : Double(onlyCandidate - onlyBaseline) / Double(n)
    }
}
