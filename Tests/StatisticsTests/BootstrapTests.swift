import Foundation
import Statistics
import Testing

@Suite struct BootstrapTests {
    @Test func weightsAddUpAndTheJackknifeLeavesOneOutAtATime() throws {
        var calls = 0
        _ = try bootstrap(count: 7, resamples: 100, seed: 1) { weights in
            var total = 0
            for index in weights.indices { total += Int(weights[index]) }
            calls += 1
            #expect(total == (calls <= 101 ? 7 : 6))
            return Double(weights[0])
        }
        #expect(calls == 1 + 100 + 7)
    }

    @Test func aLargeJackknifeLeavesOutFiveHundredGroupsThatCoverEachExampleOnce() throws {
        let n = 1_203
        var left = [Int](repeating: 0, count: n)
        var calls = 0
        _ = try bootstrap(count: n, resamples: 100, seed: 1) { weights in
            calls += 1
            if calls > 101 { for index in weights.indices where weights[index] == 0 { left[index] += 1 } }
            return Double(weights[0])
        }
        #expect(calls == 1 + 100 + 500)
        #expect(left.allSatisfy { $0 == 1 })
    }

    @Test func groupedAccelerationAgreesWithTheClosedForm() throws {
        let values = (0..<4_000).map { -log(1 - (Double($0) + 0.5) / 4_000) }
        let distribution = try bootstrap(count: values.count, resamples: 100, seed: 1) { weights in
            var sum = 0.0
            var total = 0.0
            for index in weights.indices {
                sum += Double(weights[index]) * values[index]
                total += Double(weights[index])
            }
            return sum / total
        }
        let closed = try moments(values).skewness / (6 * 4_000.0.squareRoot())
        #expect(abs(distribution.acceleration - closed) < 0.002)
    }

    @Test func aDrawOfOneExampleIsPoissonLike() throws {
        // Each weight is Bin(n, 1/n): 36.7 % of examples are not drawn in a resample of 200.
        var undrawn = 0
        _ = try bootstrap(count: 200, resamples: 1_000, seed: 9) { weights in
            for index in weights.indices where weights[index] == 0 { undrawn += 1 }
            return Double(weights[3])
        }
        let share = Double(undrawn - 200) / 200_000
        #expect(abs(share - pow(1 - 1.0 / 200, 200)) < 0.003)
    }

    @Test func statisticsWithoutValueAreCountedAndRefusedWhenMany() throws {
        let few = try bootstrap(count: 400, resamples: 1_000, seed: 2) { weights in
            // Without a value where example 0 was drawn five times or more: once in 270.
            weights[0] >= 5 ? .nan : Double(weights[0])
        }
        #expect(few.undefined > 0 && few.undefined <= 10)
        #expect(few.method.contains("without a value"))
        #expect(throws: EstimateError.self) {
            try bootstrap(count: 400, resamples: 1_000, seed: 2) { $0[0] == 0 ? .nan : 1 }
        }
        #expect(throws: EstimateError.undefinedStatistic(resamples: 1, of: 1)) {
            try bootstrap(count: 400, seed: 2) { _ in .nan }
        }
    }

    @Test func aStatisticThatNothingChangesHasNoInterval() throws {
        let constant = try bootstrap(count: 30, resamples: 200, seed: 2) { _ in -0.1 }
        #expect(constant.isConstant)
        #expect(throws: EstimateError.allEqual(value: -0.1)) { try constant.interval() }
        #expect(try constant.pValue(alternative: .less).pValue == 1.0 / 201)
        #expect(try constant.pValue(alternative: .greater).pValue == 1)
        let zero = try bootstrap(count: 30, resamples: 200, seed: 2) { _ in 0 }
        #expect(try zero.pValue(alternative: .less).pValue == 0.5)
    }

    @Test func twoExamplesNeverShowMoreThanTwoSignsCan() throws {
        let pair = try bootstrap(count: 2, resamples: 1_000, seed: 2) {
            Double($0[0]) * -0.2 + Double($0[1]) * -0.1
        }
        #expect(try pair.pValue(alternative: .less).pValue == 0.25)
    }

    @Test func pValuesAgreeWithTheInterval() throws {
        let values = try Oracles.sample("zero_inflated")
        let distribution = try bootstrapMean(values, seed: 4)
        let interval = try distribution.interval(confidence: 0.90)
        let less = try distribution.pValue(null: interval.upper, alternative: .less).pValue
        let greater = try distribution.pValue(null: interval.lower, alternative: .greater).pValue
        #expect(abs(less - 0.05) < 0.001)
        #expect(abs(greater - 0.05) < 0.001)
        #expect(try distribution.pValue(null: 0, alternative: .less).pValue < 0.001)
        #expect(try distribution.pValue(null: 0, alternative: .greater).pValue > 0.99)
    }

    @Test func resamplesThatEqualTheEstimateCountHalf() throws {
        // As many gains as losses: by symmetry ½, though 5.6 % of resamples are exactly zero.
        let values = (0..<200).map { $0 % 2 == 0 ? 0.1 : -0.1 }
        let distribution = try bootstrapMean(values, seed: 12)
        #expect(abs(try distribution.pValue(null: 0, alternative: .less).pValue - 0.5) < 0.02)
        #expect(abs(try distribution.pValue(null: 0, alternative: .greater).pValue - 0.5) < 0.02)
    }

    @Test func pValueOfAMeanIsCloseToTheTTest() throws {
        let values = try Oracles.sample("normal")
        let distribution = try bootstrapMean(values, seed: 4)
        let drawn = try distribution.pValue(alternative: .less).pValue
        let student = try pairedTTest(values, alternative: .less).pValue
        #expect(abs(drawn - student) < 0.03)
    }

    @Test func severalStatisticsInOnePassAreTheSameAsOneAtATime() throws {
        let values = try Oracles.sample("skewed")
        let n = values.count
        func mean(_ weights: Span<Int32>) -> Double {
            var sum = 0.0
            var total = 0.0
            for index in weights.indices {
                sum += Double(weights[index]) * values[index]
                total += Double(weights[index])
            }
            return sum / total
        }
        let sorted = try SortedSample(values)
        let both = try bootstraps(count: n, outputs: 3, resamples: 500, seed: 6) {
            (weights, out: inout MutableSpan<Double>) in
            out[0] = mean(weights)
            out[1] = sorted.quantile(at: 0.9, weights: weights)
        }
        let one = try bootstrap(count: n, resamples: 500, seed: 6) { mean($0) }
        let other = try bootstrap(count: n, resamples: 500, seed: 6) { sorted.quantile(at: 0.9, weights: $0) }
        #expect(try both[0].get().interval() == one.interval())
        #expect(try both[1].get().interval() == other.interval())
        #expect(both[2].failure == .undefinedStatistic(resamples: 1, of: 1))
    }

    @Test(arguments: [0.0, 0.25, 0.5, 0.9, 0.95, 1.0])
    func weightedQuantileIsThatOfTheRepeatedSample(level: Double) throws {
        let values = [5.0, -1, 3, 3, 8, 0.5, 2]
        let sorted = try SortedSample(values)
        let cases: [[Int32]] = [
            [1, 1, 1, 1, 1, 1, 1], [0, 2, 1, 0, 3, 1, 0], [0, 0, 0, 0, 1, 0, 0], [4, 0, 0, 0, 0, 0, 3],
        ]
        for weights in cases {
            var repeated: [Double] = []
            for (value, weight) in zip(values, weights) {
                repeated += Array(repeating: value, count: Int(weight))
            }
            #expect(sorted.quantile(at: level, weights: weights.span) == (try quantile(repeated, at: level)))
        }
        #expect(sorted.quantile(at: level, weights: [Int32](repeating: 0, count: 7).span).isNaN)
        #expect(throws: EstimateError.notFinite(index: 0)) { try SortedSample([.nan]) }
    }

    @Test func percentileEndsAreQuantilesOfTheReplicates() throws {
        let values = try Oracles.sample("skewed")
        let distribution = try bootstrapMean(values, seed: 3)
        let found = try distribution.percentileInterval(confidence: 0.9)
        #expect(found.lower == (try quantile(distribution.replicates, at: (1 - 0.9) / 2)))
        #expect(found.upper == (try quantile(distribution.replicates, at: 1 - (1 - 0.9) / 2)))
        #expect(found.method == "percentile bootstrap, 10,000 resamples, seed 3")
        // Skewed to the right: BCa lies above it at both ends.
        let corrected = try distribution.interval(confidence: 0.9)
        #expect(corrected.lower > found.lower && corrected.upper > found.upper)
        #expect(try distribution.percentileInterval(confidence: 0.5).width < found.width)
    }

    @Test func aTieThatHoldsBothEndsIsNoInterval() throws {
        // 97 % of resamples have the median 0.
        let values = [Double](repeating: 0, count: 30) + (1...20).map(Double.init)
        let sorted = try SortedSample(values)
        let drawn = try bootstrap(count: values.count, resamples: 1_000, seed: 1) {
            sorted.quantile(at: 0.4, weights: $0)
        }
        #expect(!drawn.isConstant)
        for confidence in [0.1, 0.5] {
            #expect(throws: EstimateError.allEqual(value: 0, of: "resamples between both ends")) {
                try drawn.percentileInterval(confidence: confidence)
            }
            #expect(throws: EstimateError.allEqual(value: 0, of: "resamples between both ends")) {
                try drawn.interval(confidence: confidence)
            }
        }
    }

    @Test func clustersAreDrawnWhole() throws {
        let clusters: [[Double]] = [[1, 1, 0], [0, 0, 0, 0], [1], [1, 0], [0, 1, 1, 1], [5, 5]]
        let fast = try clusterBootstrapMean(clusters, resamples: 2_000, seed: 9)
        let general = try bootstrap(count: clusters.count, resamples: 2_000, seed: 9) { weights in
            var sum = 0.0
            var size = 0.0
            for index in weights.indices {
                sum += Double(weights[index]) * clusters[index].reduce(0, +)
                size += Double(weights[index]) * Double(clusters[index].count)
            }
            return sum / size
        }
        for (one, other) in zip(fast.replicates, general.replicates) { #expect(close(one, other, 1e-12)) }
        #expect(close(fast.acceleration, general.acceleration, 1e-10))
        #expect(close(fast.estimate, 17.0 / 16, 1e-15))
        #expect(try fast.interval().method == "cluster BCa bootstrap, 2,000 resamples, seed 9")
    }

    @Test func clustersOfOneAreAPlainSampleAndCopiesWidenNothing() throws {
        let values = try Oracles.sample("skewed")
        let plain = try bootstrapMean(values, seed: 2).interval()
        let single = try clusterBootstrapMean(values.map { [$0] }, seed: 2).interval()
        let copies = try clusterBootstrapMean(values.map { [$0, $0, $0] }, seed: 2).interval()
        for found in [single, copies] {
            #expect(close(found.lower, plain.lower, 1e-11) && close(found.upper, plain.upper, 1e-11))
        }
        // Taken for independent, three copies would claim an interval √3 narrower.
        let naive = try bootstrapMean(values.flatMap { [$0, $0, $0] }, seed: 2).interval()
        #expect(naive.width < 0.65 * plain.width)
    }

    @Test func clustersWithoutMeaningAreErrors() throws {
        #expect(throws: EstimateError.tooFew(count: 1, needed: 2, of: "examples")) {
            try clusterBootstrapMean([[1, 2, 3]], seed: 0)
        }
        #expect(throws: EstimateError.tooFew(count: 0, needed: 1, of: "values of cluster 1")) {
            try clusterBootstrapMean([[1], []], seed: 0)
        }
        #expect(throws: EstimateError.notFinite(index: 0, of: "value of cluster 1, place")) {
            try clusterBootstrapMean([[1], [.nan]], seed: 0)
        }
        #expect(throws: EstimateError.invalidParameter("resamples", must: "lie in 100...10,000,000")) {
            try clusterBootstrapMean([[1], [2]], resamples: 99, seed: 0)
        }
        #expect(throws: EstimateError.allEqual(value: 4)) {
            try clusterBootstrapMean([[4], [4, 4]], seed: 0).interval()
        }
    }

    @Test func resamplesFollowTheNumberOfExamples() {
        #expect(defaultResamples(count: 4_999) == 10_000)
        #expect(defaultResamples(count: 5_000) == 2_000)
    }

    @Test func ratioMatchesSciPyWithinItsNoise() throws {
        let row = try Oracles.row("ratio")
        let comparison = try RatioComparison(
            baseline: row.list("baseline"), candidate: row.list("candidate"), resamples: 20_000, seed: 8)
        #expect(close(comparison.ratio, try row("estimate"), 1e-12))
        let interval = try comparison.interval()
        let noise = try row("se") * 0.05
        #expect(abs(interval.lower - (try row("lower"))) < noise)
        #expect(abs(interval.upper - (try row("upper"))) < noise)
    }

    @Test func ratioWithinToleranceIsWhatTheIntervalSays() throws {
        let row = try Oracles.row("ratio")
        let comparison = try RatioComparison(
            baseline: row.list("baseline"), candidate: row.list("candidate"), seed: 8)
        let upper = try comparison.interval().upper
        #expect(try comparison.equivalence(within: upper - 1 + 0.003).within.pValue < 0.05)
        #expect(try comparison.equivalence(within: upper - 1 - 0.003).within.pValue > 0.05)
        #expect(try comparison.equivalence(within: 0.3).within.pValue < 0.001)
        #expect(try comparison.equivalence(within: 0.3).outside.pValue > 0.99)
        #expect(try comparison.equivalence(within: 0.01).outside.pValue < 0.001)
        #expect(try comparison.equivalence(within: 2).within.pValue < 0.001)
    }

    @Test func aFallBelowTheBandIsOutsideToo() throws {
        let row = try Oracles.row("ratio")
        let comparison = try RatioComparison(
            baseline: row.list("candidate"), candidate: row.list("baseline"), seed: 8)
        let result = try comparison.equivalence(within: 0.05)
        #expect(result.outside.pValue < 0.01)
        #expect(result.within.pValue > 0.9)
    }

    @Test func unchangedValuesAreWithinToleranceByTheAllEqualRule() throws {
        let lengths = (0..<512).map { Double(40 + $0 % 60) }
        let comparison = try RatioComparison(baseline: lengths, candidate: lengths, range: 0...100, seed: 0)
        let interval = try comparison.interval()
        let share = try shareThatMayDiffer(n: 512)
        #expect(close(interval.upper, 1 + share * 100 / (try moments(lengths).mean), 1e-12))
        #expect(interval.method == "all 512 ratios equal")
        let answer = try comparison.equivalence(within: 0.2)
        #expect(answer.within.pValue < 1e-9)
        #expect(answer.outside.pValue == 1)
        // At the end of the interval the p-value is that of its confidence.
        let p = try comparison.pValue(null: interval.upper, alternative: .less).pValue
        #expect(close(p, 0.05, 1e-9))
        #expect(throws: EstimateError.allEqual(value: 1, of: "ratios of pairs")) {
            try RatioComparison(baseline: lengths, candidate: lengths, seed: 0)
        }
    }

    @Test func ratiosWithoutMeaningAreErrors() {
        #expect(throws: EstimateError.ratioUndefined) {
            try RatioComparison(baseline: [0, 0], candidate: [1, 2], seed: 0)
        }
        #expect(throws: EstimateError.ratioUndefined) {
            try RatioComparison(baseline: [1, 2], candidate: [-3, 1], seed: 0)
        }
        #expect(throws: EstimateError.tooFew(count: 1, needed: 2, of: "pairs")) {
            try RatioComparison(baseline: [1], candidate: [2], seed: 0)
        }
        #expect(throws: EstimateError.unequalLengths(1, 2, of: "baseline and candidate")) {
            try RatioComparison(baseline: [1], candidate: [2, 3], seed: 0)
        }
        #expect(throws: EstimateError.notFinite(index: 0, of: "baseline value")) {
            try RatioComparison(baseline: [.nan, 1], candidate: [2, 3], seed: 0)
        }
        #expect(throws: EstimateError.self) {
            // A single non-zero value is missed by a third of the resamples.
            try RatioComparison(baseline: [0, 0, 0, 1], candidate: [1, 1, 1, 2], seed: 0)
        }
    }
}

extension Result {
    var failure: Failure? { if case .failure(let error) = self { error } else { nil } }
}
