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
        var doubled = 0
        var ties = 0.0
        baseline.withUnsafeBufferPointer { baseline in
            candidate.withUnsafeBufferPointer { candidate in
                var below = 0
                var next = 0
                while next < candidate.count {
                    let value = candidate[next]
                    while below < baseline.count, baseline[below] < value {
                        // A run of the baseline alone.
                        let start = below
                        let own = baseline[below]
                        below += 1
                        while below < baseline.count, baseline[below] == own { below += 1 }
                        if below - start > 1 { ties += tieCubes(below - start) }
                    }
                    let firstEqual = below
                    while below < baseline.count, baseline[below] == value { below += 1 }
                    let first = next
                    next += 1
                    while next < candidate.count, candidate[next] == value { next += 1 }
                    doubled += (next - first) * (firstEqual + below)
                    let run = next - first + below - firstEqual
                    if run > 1 { ties += tieCubes(run) }
                }
                while below < baseline.count {
                    let start = below
                    let own = baseline[below]
                    while below < baseline.count, baseline[below] == own { below += 1 }
                    if below - start > 1 { ties += tieCubes(below - start) }
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
