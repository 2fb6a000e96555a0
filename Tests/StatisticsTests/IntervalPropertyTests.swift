import Foundation
import Statistics
import Testing

/// What every interval keeps, on seeded random data.
@Suite struct IntervalPropertyTests {
    private typealias Method = (name: String, interval: (Double) throws -> Interval)

    /// Every interval over one random sample and one random table.
    private func methods(_ seed: UInt64) throws -> [Method] {
        var stream = RandomStream(seed: seed, stream: 0)
        let n = 20 + stream.index(below: 60)
        let values = (0..<n).map { _ in (stream.unit() + stream.unit()) * 10 + 1 }
        let others = values.map { $0 * (0.8 + 0.5 * stream.unit()) }
        let trials = 1 + stream.index(below: 200)
        let successes = stream.index(below: trials + 1)
        let sorted = values.sorted()
        let sample = try moments(values)
        let drawn = try bootstrapMean(values, resamples: 500, seed: seed)
        let clusters = try clusterBootstrapMean(
            values.map { [$0, $0 + stream.unit()] }, resamples: 500, seed: seed)
        let ratio = try RatioComparison(baseline: values, candidate: others, resamples: 500, seed: seed)
        let table = try PairedCounts(
            both: stream.index(below: 50), onlyBaseline: stream.index(below: 9),
            onlyCandidate: stream.index(below: 9), neither: 1 + stream.index(below: 50))
        let arm = try EventCount(events: successes, trials: trials)
        let other = try EventCount(events: stream.index(below: 31), trials: 30)
        return [
            ("Wilson", { try wilsonInterval(successes: successes, trials: trials, confidence: $0) }),
            ("exact", { try clopperPearsonInterval(successes: successes, trials: trials, confidence: $0) }),
            ("Newcombe", { try newcombeInterval(baseline: arm, candidate: other, confidence: $0) }),
            ("Tango", { try tangoInterval(table, confidence: $0) }),
            ("Student", { try studentInterval(sample, confidence: $0) }),
            ("analytic", { try analyticBCaInterval(sample, confidence: $0) }),
            ("BCa", { try drawn.interval(confidence: $0) }),
            ("percentile", { try drawn.percentileInterval(confidence: $0) }),
            ("cluster", { try clusters.interval(confidence: $0) }),
            ("ratio", { try ratio.interval(confidence: $0) }),
            ("order", { try quantileInterval(ofSorted: sorted, at: 0.5, confidence: $0) }),
            ("equal", { try allEqualInterval(value: 0.5, range: 0...1, n: n, confidence: $0) }),
        ]
    }

    @Test(arguments: 0..<40 as Range<UInt64>)
    func widerConfidenceHoldsTheNarrower(seed: UInt64) throws {
        for method in try methods(seed) {
            var inner = try method.interval(0.5)
            for confidence in [0.8, 0.9, 0.95, 0.99] {
                let outer = try method.interval(confidence)
                #expect(outer.lower <= inner.lower && inner.upper <= outer.upper, "\(method.name)")
                #expect(outer.width > 0 && outer.confidence == confidence, "\(method.name)")
                inner = outer
            }
        }
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func everyConfidenceOutsideItsDomainIsNamed(seed: UInt64) throws {
        let error = EstimateError.invalidParameter("confidence", must: "lie strictly between 0 and 1")
        for method in try methods(seed) {
            for confidence in [0, 1, -1, 2, Double.nan, .infinity] {
                #expect(throws: error, "\(method.name)") { try method.interval(confidence) }
            }
        }
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func meansFollowTheirData(seed: UInt64) throws {
        var stream = RandomStream(seed: seed, stream: 1)
        let values = (0..<50).map { _ in -log(1 - stream.unit()) }
        func all(_ values: [Double]) throws -> [Interval] {
            let drawn = try bootstrapMean(values, resamples: 400, seed: seed)
            return [
                try studentInterval(values), try analyticBCaInterval(moments(values)), try drawn.interval(),
                try drawn.percentileInterval(),
            ]
        }
        for (plain, moved) in zip(try all(values), try all(values.map { 3 * $0 + 7 })) {
            #expect(close(moved.lower, 3 * plain.lower + 7, 1e-12), "\(plain.method)")
            #expect(close(moved.upper, 3 * plain.upper + 7, 1e-12), "\(plain.method)")
        }
        for (plain, turned) in zip(try all(values), try all(values.map { -$0 })) {
            #expect(close(turned.lower, -plain.upper, 1e-12), "\(plain.method)")
            #expect(close(turned.upper, -plain.lower, 1e-12), "\(plain.method)")
        }
    }

    @Test func rateIntervalsAreMirroredAndRiseWithSuccesses() throws {
        for trials in [1, 2, 7, 40] {
            for interval in [wilsonInterval, clopperPearsonInterval] {
                var last = -1.0
                for successes in 0...trials {
                    let found = try interval(successes, trials, 0.9)
                    let mirrored = try interval(trials - successes, trials, 0.9)
                    #expect(close(found.lower, 1 - mirrored.upper, 1e-12, floor: 1))
                    #expect(found.lower > last || successes == 0)
                    last = found.lower
                }
            }
        }
    }
}
