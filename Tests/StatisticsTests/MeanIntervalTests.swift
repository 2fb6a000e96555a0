import Foundation
import Statistics
import Testing

@Suite struct MeanIntervalTests {
    @Test func studentMatchesHighPrecision() throws {
        for row in try Oracles.rows("student") {
            let interval = try studentInterval(Oracles.sample(row.word("sample")), confidence: row("level"))
            #expect(close(interval.lower, try row("lower"), 1e-11))
            #expect(close(interval.upper, try row("upper"), 1e-11))
        }
    }

    @Test func bootstrapOfTheMeanMatchesSciPyWithinItsNoise() throws {
        for row in try Oracles.rows("bca_mean") {
            let values = try Oracles.sample(row.word("sample"))
            let interval = try bootstrapMean(values, resamples: 40_000, seed: 3).interval(
                confidence: row("level"))
            // An end of 40,000 resamples has a deviation of about .01 standard errors.
            let noise = try row("sem") * 0.04
            #expect(abs(interval.lower - (try row("lower"))) < noise)
            #expect(abs(interval.upper - (try row("upper"))) < noise)
        }
    }

    @Test func fastAndGeneralBootstrapOfAMeanAgree() throws {
        let values = try Oracles.sample("skewed")
        let fast = try bootstrapMean(values, resamples: 2_000, seed: 11)
        let general = try bootstrap(count: values.count, resamples: 2_000, seed: 11) { weights in
            var sum = 0.0
            var total = 0.0
            for index in weights.indices {
                sum += Double(weights[index]) * values[index]
                total += Double(weights[index])
            }
            return sum / total
        }
        for (one, other) in zip(fast.replicates, general.replicates) { #expect(close(one, other, 1e-12)) }
        #expect(close(fast.acceleration, general.acceleration, 1e-6))
        let (one, other) = (try fast.interval(), try general.interval())
        #expect(close(one.lower, other.lower, 1e-9) && close(one.upper, other.upper, 1e-9))
        #expect(other.method == "paired BCa bootstrap, 2,000 resamples, seed 11")
    }

    @Test func analyticAgreesWithTheBootstrapFromFiveThousand() throws {
        // Exponential, so that skewness matters: 5,000 quantiles of its law, no random draw.
        let values = (0..<5_000).map { -log(1 - (Double($0) + 0.5) / 5_000) }
        let sample = try moments(values)
        let analytic = try analyticBCaInterval(sample)
        let drawn = try bootstrapMean(values, resamples: 40_000, seed: 1).interval()
        #expect(abs(analytic.lower - drawn.lower) < 0.04 * sample.standardError)
        #expect(abs(analytic.upper - drawn.upper) < 0.04 * sample.standardError)
        // Hall's second-order form: z + a(1 + 2z²) standard errors.
        let z = try Normal.quantile(0.95)
        let a = sample.skewness / (6 * 5_000.0.squareRoot())
        let hall = sample.mean + sample.standardError * (z + a * (1 + 2 * z * z))
        #expect(abs(analytic.upper - hall) < 1e-3 * sample.standardError)
    }

    /// FORMULAS: ±.0060 at n = 500 for scores of width 1, .0368 at 80, .0950 at 30.
    @Test(arguments: [(500, 0.0060), (80, 0.0368), (30, 0.0950)])
    func equalDifferencesHaveTheWidthOfTheDesign(n: Int, reach: Double) throws {
        let scores = (0..<n).map { Double($0 % 2) }
        let interval = try meanDifferenceInterval(baseline: scores, candidate: scores, range: 0...1, seed: 0)
        #expect(abs(interval.upper - reach) < 5e-5)
        #expect(interval.lower == -interval.upper)
        #expect(interval.confidence == 0.90)
    }

    @Test func equalValuesAtAnEndOfTheirRangeReachOnlyInwards() throws {
        let interval = try meanInterval([1, 1, 1, 1, 1], range: 0...1, seed: 0)
        #expect(interval.upper == 1)
        #expect(close(interval.lower, pow(0.05, 0.2), 1e-12))
    }

    @Test(arguments: [
        (2, "Student t"), (199, "Student t"), (200, "BCa bootstrap, 10,000 resamples, seed 7"),
        (4_999, "BCa bootstrap, 10,000 resamples, seed 7"), (5_000, "analytic BCa"),
    ])
    func theNumberOfExamplesPicksTheMethod(n: Int, method: String) throws {
        let values = (0..<n).map { Double(($0 * 7) % 11) / 11 }
        let interval = try meanInterval(values, range: 0...1, seed: 7)
        #expect(interval.method == method)
        #expect(interval.contains(try moments(values).mean))
    }

    @Test func neighbouringMethodsGiveNeighbouringIntervals() throws {
        for (n, m) in [(199, 200), (4_999, 5_000)] {
            let one = try meanInterval((0..<n).map { Double(($0 * 7) % 11) }, range: nil, seed: 7)
            let other = try meanInterval((0..<m).map { Double(($0 * 7) % 11) }, range: nil, seed: 7)
            #expect(abs(one.lower - other.lower) < 0.1 * one.width)
            #expect(abs(one.upper - other.upper) < 0.1 * one.width)
        }
    }

    @Test func pairedIntervalIsThatOfTheDifferences() throws {
        let baseline = try Oracles.sample("skewed")
        let candidate = baseline.map { $0 * 0.9 + sin($0 * 40) * 0.1 }
        let paired = try meanDifferenceInterval(baseline: baseline, candidate: candidate, range: nil, seed: 5)
        let plain = try meanInterval(zip(candidate, baseline).map { $0 - $1 }, range: nil, seed: 5)
        #expect(paired.lower == plain.lower && paired.upper == plain.upper)
        #expect(paired.method == "paired BCa bootstrap, 10,000 resamples, seed 5")
    }

    @Test func theSameSeedGivesTheSameBytesAndAnotherSeedOthers() throws {
        let values = try Oracles.sample("zero_inflated")
        let one = try meanInterval(values, range: nil, seed: 1)
        #expect(try meanInterval(values, range: nil, seed: 1) == one)
        #expect(try meanInterval(values, range: nil, seed: 2).lower != one.lower)
        // Recorded once: a change of the random numbers changes every report.
        var stream = RandomStream(seed: 1, stream: 2)
        #expect(stream.next() == RandomStream(seed: 1, stream: 2).first)
    }

    @Test func randomIndicesAreUniform() throws {
        var counts = [Int](repeating: 0, count: 10)
        var stream = RandomStream(seed: 42, stream: 0)
        for _ in 0..<100_000 { counts[stream.index(below: 10)] += 1 }
        // χ² with 9 degrees of freedom exceeds 33.7 once in 10,000.
        var chiSquare = 0.0
        for count in counts { chiSquare += pow(Double(count) - 10_000, 2) / 10_000 }
        #expect(chiSquare < 33.7)
        var sum = 0.0
        for index in 0..<10_000 {
            var other = RandomStream(seed: 42, stream: UInt64(index))
            sum += other.unit()
        }
        #expect(abs(sum / 10_000 - 0.5) < 0.0117)  // four deviations
    }

    @Test(arguments: [0, 1])
    func fewerThanTwoValuesAreAnError(n: Int) {
        let values = [Double](repeating: 0.5, count: n)
        #expect(throws: EstimateError.tooFew(count: n, needed: 2, of: "values")) {
            try meanInterval(values, range: 0...1, seed: 0)
        }
        #expect(throws: EstimateError.tooFew(count: n, needed: 2, of: "examples")) {
            try bootstrapMean(values, seed: 0)
        }
        #expect(throws: EstimateError.tooFew(count: n, needed: 2, of: "examples")) {
            try bootstrap(count: n, seed: 0) { _ in 1 }
        }
    }

    @Test func valuesWithoutMeaningAreErrors() {
        #expect(throws: EstimateError.notFinite(index: 1)) {
            try meanInterval([1, .nan, 2], range: nil, seed: 0)
        }
        #expect(throws: EstimateError.notFinite(index: 2)) {
            try meanInterval([1, 2, .infinity], range: nil, seed: 0)
        }
        #expect(throws: EstimateError.outsideRange(index: 1)) {
            try meanInterval([1, 2], range: 0...1, seed: 0)
        }
        #expect(throws: EstimateError.allEqual(value: 3)) {
            try meanInterval([3, 3, 3], range: nil, seed: 0)
        }
        #expect(throws: EstimateError.allEqual(value: 3)) {
            try meanInterval([3, 3, 3], range: 0...Double.infinity, seed: 0)
        }
        #expect(throws: EstimateError.unequalLengths(2, 1, of: "baseline and candidate")) {
            try meanDifferenceInterval(baseline: [1, 2], candidate: [1], range: nil, seed: 0)
        }
        #expect(throws: EstimateError.self) { try meanInterval([1, 2], range: nil, confidence: 1, seed: 0) }
        #expect(throws: EstimateError.overflow) {
            try pairedDifferences(baseline: [-1.7e308], candidate: [1.7e308])
        }
    }

    @Test func whatCannotBeRepresentedIsAnErrorAndNoNumber() throws {
        for (n, upper) in [(500, 1.7e308), (50, 1.79e308)] {
            var values = [Double](repeating: upper, count: n)
            values[0] = -upper
            #expect(throws: EstimateError.overflow) { try meanInterval(values, range: nil, seed: 0) }
        }
    }

    @Test(arguments: [50, 500, 6_000])
    func oneHugeOutlierWidensTheIntervalAndLeavesItOrdered(n: Int) throws {
        var values = (0..<n).map { Double($0 % 3) }
        values[n / 2] = 1e12
        let interval = try meanInterval(values, range: nil, seed: 0)
        #expect(interval.contains(try moments(values).mean))
        #expect(interval.width > 1e12 / Double(n))
    }

    @Test(arguments: [50, 500, 6_000])
    func hugeAndTinyValuesScaleExactly(n: Int) throws {
        let values = (0..<n).map { Double(($0 * 7) % 13) - 5 }
        let plain = try meanInterval(values, range: nil, seed: 0)
        for exponent in [900, -900] {
            let scale = Double(sign: .plus, exponent: exponent, significand: 1)
            let scaled = try meanInterval(values.map { $0 * scale }, range: nil, seed: 0)
            #expect(close(scaled.lower / scale, plain.lower, 1e-12))
            #expect(close(scaled.upper / scale, plain.upper, 1e-12))
        }
    }
}

extension RandomStream {
    var first: UInt64 {
        var copy = self
        return copy.next()
    }
}
