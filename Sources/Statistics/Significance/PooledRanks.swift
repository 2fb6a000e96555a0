/// Two samples in one ascending order, as rank tests see them.
struct PooledRanks {
    /// Twice the pairs in which the candidate's value is the larger, equal values counting half: 2 U.
    private(set) var doubledU = 0
    /// Σ (t³ − t) over the runs of t equal values.
    private(set) var tieTerm = 0.0
    let baselineCount: Int
    let candidateCount: Int

    /// - Parameters: Both ascending. O(n + m).
    init(baseline: [Double], candidate: [Double]) {
        baselineCount = baseline.count
        candidateCount = candidate.count
        if isStrict(baseline), isStrict(candidate), let below = belowWithoutTies(baseline, candidate) {
            doubledU = 2 * below
            return
        }
        var (doubled, ties) = (0, 0.0)
        baseline.withUnsafeBufferPointer { baseline in
            candidate.withUnsafeBufferPointer { candidate in
                var (i, j) = (0, 0)
                while i < baseline.count || j < candidate.count {
                    let isFirst = j == candidate.count || (i < baseline.count && baseline[i] < candidate[j])
                    let value = isFirst ? baseline[i] : candidate[j]
                    let (from, otherFrom) = (i, j)
                    while i < baseline.count, baseline[i] == value { i += 1 }
                    while j < candidate.count, candidate[j] == value { j += 1 }
                    doubled += (j - otherFrom) * (from + i)
                    ties += tieCubes(i - from + j - otherFrom)
                }
            }
        }
        doubledU = doubled
        tieTerm = ties
    }

    var hasTies: Bool { tieTerm > 0 }

    var pairs: Double { Double(baselineCount) * Double(candidateCount) }

    /// The deviation of U if both samples come from one distribution, given the ties; 0 where all values are
    /// equal.
    var deviation: Double {
        let total = Double(baselineCount + candidateCount)
        let correction = tieTerm / (total * (total - 1))
        return (pairs / 12 * max(0, total + 1 - correction)).squareRoot()
    }
}

/// Whether no two neighbours are equal.
private func isStrict(_ sorted: [Double]) -> Bool {
    var equal = 0
    for index in 1..<max(1, sorted.count) { equal &+= sorted[index] == sorted[index - 1] ? 1 : 0 }
    return equal == 0
}

/// The pairs in which the baseline's value is the lower, or nil where any two are equal. Without a branch that
/// depends on the values: half of such would be foretold wrongly.
private func belowWithoutTies(_ baseline: [Double], _ candidate: [Double]) -> Int? {
    baseline.withUnsafeBufferPointer { baseline in
        candidate.withUnsafeBufferPointer { candidate in
            var (i, j, below, equal) = (0, 0, 0, 0)
            while i < baseline.count, j < candidate.count {
                let (one, other) = (baseline[i], candidate[j])
                let step = one < other ? 1 : 0
                below &+= i & (step &- 1)
                equal |= one == other ? 1 : 0
                i &+= step
                j &+= 1 &- step
            }
            return equal == 0 ? below + (candidate.count - j) * i : nil
        }
    }
}

/// t³ − t.
func tieCubes(_ run: Int) -> Double {
    let t = Double(run)
    return t * (t * t - 1)
}

/// Twice the rank of each of the values, equal ones sharing the middle of theirs, so that all are whole; and
/// Σ (t³ − t). O(n log n).
func doubledRanks(_ values: [Double]) -> (ranks: [Int], tieTerm: Double) {
    let order = values.indices.sorted { values[$0] < values[$1] }
    var ranks = [Int](repeating: 0, count: values.count)
    var ties = 0.0
    var start = 0
    while start < order.count {
        var end = start + 1
        while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
        // Ranks start+1 … end: twice their mean.
        for place in start..<end { ranks[order[place]] = start + 1 + end }
        if end - start > 1 { ties += tieCubes(end - start) }
        start = end
    }
    return (ranks, ties)
}
