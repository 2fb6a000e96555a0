import Foundation
import Statistics
import Testing

/// Confidence sequences of quantiles.
@Suite struct QuantileSequenceTests {
    /// ln E of the truncated beta mixture by Simpson's rule over θ above the level.
    static func logEValue(_ count: Int, _ n: Int, level: Double, weight: Double) -> Double {
        let (a, b) = (weight * level, weight * (1 - level))
        let steps = 40_000
        var above = 0.0
        var mass = 0.0
        // Substituted θ = level + (1 − level)x², which tames the ends.
        for index in 0...steps {
            let x = Double(index) / Double(steps)
            let theta = level + (1 - level) * x * x * (3 - 2 * x)
            let slope = (1 - level) * 6 * x * (1 - x)
            guard slope > 0 else { continue }
            let prior = exp((a - 1) * log(theta) + (b - 1) * log1p(-theta)) * slope
            let weight = index % 2 == 1 ? 4.0 : 2.0
            let hits = Double(count) * log(theta / level)
            let misses = Double(n - count) * (log1p(-theta) - log1p(-level))
            mass += weight * prior
            above += weight * prior * exp(hits + misses)
        }
        return log(above / mass)
    }

    /// The rank is the first count at which the mixture, integrated numerically, reaches 1/α.
    @Test(arguments: [(0.5, 100, 50.0), (0.9, 500, 1_000), (0.95, 2_000, 1_000), (0.99, 3_000, 5_000)])
    func theRankIsWhereTheMixtureReachesOneOverAlpha(level: Double, n: Int, tunedTo: Double) throws {
        let ranks = try QuantileRanks(level: level, tunedTo: tunedTo)
        let rank = try #require(try ranks.upperRank(n: n))
        let rho = try NormalMixture(tunedTo: tunedTo, alpha: 0.05).rho
        let weight = 1 / (rho * rho)
        #expect(Self.logEValue(rank, n, level: level, weight: weight) >= log(20))
        #expect(Self.logEValue(rank - 1, n, level: level, weight: weight) < log(20))
    }

    /// How many requests until both bounds of p50, p95, p99 are finite (found by scipy's beta functions); in
    /// the tail the mixture needs fewer than the paper's closed form 1.5√(p(1 − p)ℓ) + .8ℓ, ℓ = (1.4 ln ln
    /// 2.1n + ln(10/α))/n, α = .1.
    @Test(arguments: [(0.5, 62, 33), (0.95, 291, 522), (0.99, 767, 2_787)])
    func finiteBoundsBegin(level: Double, needed: Int, closedForm: Int) throws {
        let ranks = try QuantileRanks(level: level)
        let found = try ranks.observationsNeeded()
        #expect(try ranks.upperRank(n: found) != nil && ranks.lowerRank(n: found) != nil)
        #expect(try ranks.upperRank(n: found - 1) == nil || ranks.lowerRank(n: found - 1) == nil)
        func isFinite(_ n: Int) -> Bool {
            let l = (1.4 * log(log(2.1 * Double(n))) + log(10 / 0.1)) / Double(n)
            return level + 1.5 * (level * (1 - level) * l).squareRoot() + 0.8 * l < 1
        }
        let published = try #require((2...20_000).first(where: isFinite))
        #expect(found == needed)
        #expect(published == closedForm)
    }

    @Test func ranksWidenWithConfidenceAndCloseInWithN() throws {
        for level in [0.1, 0.5, 0.95] {
            let narrow = try QuantileRanks(level: level, confidence: 0.8, tunedTo: 2_000)
            let wide = try QuantileRanks(level: level, confidence: 0.99, tunedTo: 2_000)
            var share = 2.0
            for n in [500, 2_000, 10_000, 1_000_000, 1_000_000_000] {
                let (a, b) = (
                    try #require(try narrow.lowerRank(n: n)), try #require(try narrow.upperRank(n: n))
                )
                let (c, d) = (try #require(try wide.lowerRank(n: n)), try #require(try wide.upperRank(n: n)))
                #expect(1 <= c && c < a && Double(a) < level * Double(n))
                #expect(level * Double(n) < Double(b) && b < d && d <= n)
                #expect(Double(b - a) / Double(n) < share)
                share = Double(b - a) / Double(n)
            }
        }
    }

    /// Turned round, p95 is p5.
    @Test func ranksAreMirrored() throws {
        let high = try QuantileRanks(level: 0.75)
        let low = try QuantileRanks(level: 0.25)
        for n in [30, 1_001, 50_000] {
            let upper = try high.upperRank(n: n)
            let lower = try low.lowerRank(n: n)
            #expect(upper.map { n + 1 - $0 } == lower)
        }
    }

    /// Ville: the true quantile ever leaves the bounds in at most 20 % of streams, ties or not.
    @Test(arguments: [1.0, 0.05])
    func theTruthRarelyLeavesTheBounds(grid: Double) throws {
        let level = 0.9
        let ranks = try QuantileRanks(level: level, confidence: 0.8, tunedTo: 300)
        var bounds: [(Int?, Int?)] = []
        for n in 0...1_000 { bounds.append((try ranks.lowerRank(n: n), try ranks.upperRank(n: n))) }
        var missed = 0
        let runs = 400
        // Values are rounded up to the grid; the quantile with them.
        let truth = grid < 1 ? (level / grid).rounded(.up) * grid : level
        for run in 0..<runs {
            var random = RandomStream(seed: 41, stream: UInt64(run))
            var below = 0
            var atMost = 0
            for n in 1...1_000 {
                let draw = random.unit()
                let value = grid < 1 ? (draw / grid).rounded(.up) * grid : draw
                if value < truth - 1e-12 { below += 1 }
                if value <= truth + 1e-12 { atMost += 1 }
                let (lower, upper) = bounds[n]
                // x₍ᵤ₎ below the truth, or x₍ₗ₎ above it.
                if let upper, below >= upper {
                    missed += 1
                } else if let lower, atMost < lower {
                    missed += 1
                } else {
                    continue
                }
                break
            }
        }
        #expect(Double(missed) / Double(runs) <= 0.2, "\(missed)")
        if grid == 1 { #expect(missed > 10) }
    }

    @Test func thresholdsAgreeWithTheSortedSample() throws {
        var random = RandomStream(seed: 42, stream: 0)
        let ranks = try QuantileRanks(level: 0.9, tunedTo: 2_000)
        var edges: [Double] = []
        for step in 0..<60 { edges.append(10 * pow(1.1, Double(step))) }
        var counts = try QuantileThresholds(ranks: ranks, thresholds: edges)
        var other = counts
        #expect(try counts.upperBound() == nil && counts.lowerBound() == nil)
        var values: [Double] = []
        for index in 0..<5_000 {
            let value = 100 * exp(0.7 * normal(&random))
            values.append(value)
            if index % 2 == 0 { try counts.add(value) } else { try other.add(value) }
        }
        var reversed = other
        try reversed.merge(counts)
        try counts.merge(other)
        #expect(counts == reversed && counts.count == 5_000)
        values.sort()
        let exact = try ranks.interval(ofSorted: values)
        #expect(try counts.upperBound() == edges.first { $0 >= exact.upper })
        #expect(try counts.lowerBound() == edges.last { $0 < exact.lower })
        let back = try JSONDecoder().decode(QuantileThresholds.self, from: JSONEncoder().encode(counts))
        #expect(back == counts)
    }

    /// Values 1 to n: the order statistics are their ranks, and a threshold on one is an upper but no lower
    /// bound.
    @Test func aThresholdOnTheOrderStatisticItself() throws {
        let ranks = try QuantileRanks(level: 0.5, tunedTo: 1_000)
        let lower = Double(try #require(try ranks.lowerRank(n: 1_000)))
        let upper = Double(try #require(try ranks.upperRank(n: 1_000)))
        var counts = try QuantileThresholds(
            ranks: ranks, thresholds: [lower - 1, lower, upper - 1, upper, upper + 1])
        for value in 1...1_000 { try counts.add(Double(value)) }
        #expect(try counts.lowerBound() == lower - 1)
        #expect(try counts.upperBound() == upper)
    }

    @Test func tooFewAndBadInputAreNamed() throws {
        let ranks = try QuantileRanks(level: 0.99)
        #expect(throws: EstimateError.tooFew(count: 3, needed: 767)) {
            try ranks.interval(ofSorted: [1, 2, 3])
        }
        #expect(throws: EstimateError.self) { try ranks.upperRank(n: -1) }
        #expect(throws: EstimateError.self) { try QuantileRanks(level: 1) }
        #expect(throws: EstimateError.self) { try QuantileRanks(level: 0.5, confidence: 0) }
        #expect(throws: EstimateError.self) { try QuantileRanks(level: 0.5, tunedTo: .infinity) }
        #expect(throws: EstimateError.self) { try QuantileThresholds(ranks: ranks, thresholds: []) }
        #expect(throws: EstimateError.self) { try QuantileThresholds(ranks: ranks, thresholds: [1, 1]) }
        #expect(throws: EstimateError.self) { try QuantileThresholds(ranks: ranks, thresholds: [1, .nan]) }
        var counts = try QuantileThresholds(ranks: ranks, thresholds: [1, 2])
        #expect(throws: EstimateError.self) { try counts.add(.nan) }
        #expect(counts.count == 0)
        var others = try QuantileThresholds(ranks: ranks, thresholds: [1, 3])
        #expect(throws: EstimateError.self) { try others.merge(counts) }
        for bad in ["[1,2]", "[1,2,-3]"] {
            let text =
                #"{"ranks":{"level":0.5,"confidence":0.9,"tunedTo":10},"thresholds":[1,2],"counts":\#(bad)}"#
            #expect(throws: EstimateError.self) {
                try JSONDecoder().decode(QuantileThresholds.self, from: Data(text.utf8))
            }
        }
    }

    /// From a sketch: whatever gives a value for a rank.
    @Test func valuesMayComeFromASketch() throws {
        let ranks = try QuantileRanks(level: 0.5, tunedTo: 1_000)
        let interval = try ranks.interval(n: 1_000) { Double($0) }
        #expect(interval.lower < 500 && interval.upper > 500)
        #expect(throws: EstimateError.overflow) {
            try ranks.interval(n: 1_000) { (_) throws(EstimateError) -> Double in throw .overflow }
        }
    }
}
