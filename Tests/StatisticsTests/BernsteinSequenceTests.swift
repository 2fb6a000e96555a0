import Foundation
import Statistics
import Testing

/// Empirical-Bernstein confidence sequences of values in [0, 1].
@Suite struct BernsteinSequenceTests {
    /// Theorem 2 of arXiv 2010.09686 written out over the whole list.
    static func direct(_ values: [Double], confidence: Double) -> (lower: Double, upper: Double) {
        let level = log(2 / (1 - confidence))
        var means = [0.5]
        var variances = [0.25]
        for t in 1...values.count {
            let mean = (0.5 + values[0..<t].reduce(0, +)) / Double(t + 1)
            means.append(mean)
            var squares = 0.25
            for index in 0..<t { squares += pow(values[index] - means[index + 1], 2) }
            variances.append(squares / Double(t + 1))
        }
        var stakes = 0.0
        var exposure = 0.0
        var penalty = 0.0
        for t in 1...values.count {
            let ideal = (2 * level / (variances[t - 1] * Double(t) * log(1 + Double(t)))).squareRoot()
            let bet = min(ideal, 0.5)
            stakes += bet * values[t - 1]
            exposure += bet
            penalty += 4 * pow(values[t - 1] - means[t - 1], 2) * (-log(1 - bet) - bet) / 4
        }
        let middle = stakes / exposure
        let reach = (level + penalty) / exposure
        return (max(0, middle - reach), min(1, middle + reach))
    }

    @Test(arguments: [1, 2, 7, 400])
    func theSequenceIsTheTheoremWrittenOut(n: Int) throws {
        var random = RandomStream(seed: 5, stream: UInt64(n))
        for confidence in [0.5, 0.9, 0.999] {
            for power in [0.2, 1, 8] {
                var sequence = try EmpiricalBernsteinSequence(confidence: confidence)
                var values: [Double] = []
                for _ in 0..<n {
                    let value = pow(random.unit(), power)
                    values.append(value)
                    try sequence.add(value)
                }
                let expected = Self.direct(values, confidence: confidence)
                let interval = try sequence.interval()
                #expect(close(interval.lower, expected.lower, 1e-11, floor: 1e-3))
                #expect(close(interval.upper, expected.upper, 1e-11, floor: 1e-3))
                #expect(interval.width > 0)
            }
        }
    }

    @Test func equalValuesStillLeaveAWidth() throws {
        for value in [0.0, 0.5, 1] {
            var sequence = try EmpiricalBernsteinSequence()
            var before = 1.1
            for step in 1...10_000 {
                try sequence.add(value)
                guard step % 1_000 == 0 else { continue }
                let interval = try sequence.interval()
                #expect(interval.contains(value))
                #expect(interval.width > 0 && interval.width < before)
                before = interval.width
            }
            #expect(before < 0.02)
        }
    }

    @Test func badValuesAreNamedAndNotCounted() throws {
        var sequence = try EmpiricalBernsteinSequence()
        #expect(throws: EstimateError.tooFew(count: 0, needed: 1)) { try sequence.interval() }
        try sequence.add(0.5)
        for value in [-0.001, 1.001] {
            #expect(throws: EstimateError.outsideRange(index: 1)) { try sequence.add(value) }
        }
        #expect(throws: EstimateError.notFinite(index: 1)) { try sequence.add(.nan) }
        #expect(sequence.count == 1)
        #expect(throws: EstimateError.self) { try EmpiricalBernsteinSequence(confidence: 1) }
        #expect(throws: EstimateError.self) { try sequence.logEValue(against: 1.5, alternative: .less) }
        var difference = try EmpiricalBernsteinDifferenceSequence()
        let unsure = try CanaryShare(between: 0.1, and: 0.2)
        #expect(throws: EstimateError.invalidParameter("share", must: "be known exactly")) {
            try difference.add(0.5, inCanary: true, share: unsure)
        }
        #expect(throws: EstimateError.tooFew(count: 0, needed: 1)) { try difference.interval() }
    }

    /// The E-value against a bound itself is 1/α of that side.
    @Test func theBoundIsWhereTheEValueReachesOneOverAlpha() throws {
        var random = RandomStream(seed: 2, stream: 0)
        var sequence = try EmpiricalBernsteinSequence(confidence: 0.8)
        var difference = try EmpiricalBernsteinDifferenceSequence(confidence: 0.8)
        let share = try CanaryShare(0.5)
        for _ in 0..<2_000 {
            try sequence.add(random.unit())
            try difference.add(random.unit(), inCanary: random.unit() < 0.5, share: share)
        }
        let (one, two) = (try sequence.interval(), try difference.interval())
        #expect(close(try sequence.logEValue(against: one.lower, alternative: .greater), log(10), 1e-10))
        #expect(close(try sequence.logEValue(against: one.upper, alternative: .less), log(10), 1e-10))
        #expect(close(try difference.logEValue(against: two.lower, alternative: .greater), log(10), 1e-10))
        #expect(close(try difference.logEValue(against: two.upper, alternative: .less), log(10), 1e-10))
        let both = try sequence.logEValue(against: 0.4, alternative: .twoSided)
        let above = try sequence.logEValue(against: 0.4, alternative: .greater)
        #expect(both < above && both > above - log(2) - 1e-9)
    }

    /// Ville: over a thousand streams the truth ever leaves a side's bounds in at most 5 %.
    @Test(arguments: [0.01, 0.3, 0.9])
    func theTruthRarelyLeavesTheBounds(rate: Double) throws {
        var missed = 0
        let runs = 400
        for run in 0..<runs {
            var random = RandomStream(seed: 31, stream: UInt64(run))
            var sequence = try EmpiricalBernsteinSequence(confidence: 0.8)
            for step in 1...1_500 {
                try sequence.add(random.unit() < rate ? 1 : 0)
                guard step % 5 == 0 else { continue }
                if try !sequence.interval().contains(rate) {
                    missed += 1
                    break
                }
            }
        }
        #expect(Double(missed) / Double(runs) <= 0.2)
    }

    /// The same for a difference over stages, with a mean that rises meanwhile and none between the arms.
    @Test func noDifferenceRarelyLeavesTheBounds() throws {
        let shares = try [CanaryShare(0.01), CanaryShare(0.1), CanaryShare(0.5)]
        var missed = 0
        let runs = 200
        for run in 0..<runs {
            var random = RandomStream(seed: 32, stream: UInt64(run))
            var sequence = try EmpiricalBernsteinDifferenceSequence(confidence: 0.8)
            for step in 0..<3_000 {
                let stage = step / 1_000
                let share = shares[stage]
                let value = random.unit() < 0.1 + 0.3 * Double(stage) ? 1.0 : 0
                try sequence.add(value, inCanary: random.unit() < share.upper, share: share)
                guard step % 10 == 0 else { continue }
                if try !sequence.interval().contains(0) {
                    missed += 1
                    break
                }
            }
        }
        #expect(Double(missed) / Double(runs) <= 0.2)
    }

    /// Converges to the difference, somewhat wider than the asymptotic sequence.
    @Test func theDifferenceIsFound() throws {
        let share = try CanaryShare(0.1)
        var random = RandomStream(seed: 33, stream: 0)
        var exact = try EmpiricalBernsteinDifferenceSequence()
        let mixture = try NormalMixture(tunedTo: 4_500, alpha: 0.05)
        var asymptotic = try AsymptoticDifferenceSequence(mixture: mixture)
        for _ in 0..<50_000 {
            let isCanary = random.unit() < 0.1
            let value = random.unit() < (isCanary ? 0.7 : 0.8) ? 1.0 : 0
            try exact.add(value, inCanary: isCanary, share: share)
            try asymptotic.add(value, inCanary: isCanary, share: share)
        }
        let interval = try exact.interval()
        #expect(interval.contains(-0.1) && interval.upper < 0)
        let ratio = try interval.width / asymptotic.evidence().interval().width
        #expect(ratio > 1 && ratio < 2, "\(ratio)")
    }

    @Test func mergedStreamsAddAndStayALittleWider() throws {
        var random = RandomStream(seed: 34, stream: 0)
        var whole = try EmpiricalBernsteinSequence()
        var parts = Array(repeating: whole, count: 4)
        for index in 0..<8_000 {
            let value = random.unit()
            try whole.add(value)
            try parts[index % 4].add(value)
        }
        var left = parts[0]
        try left.merge(parts[1])
        try left.merge(parts[2])
        try left.merge(parts[3])
        var tail = parts[3]
        try tail.merge(parts[2])
        var right = parts[1]
        try right.merge(tail)
        try right.merge(parts[0])
        let (one, other) = (try left.interval(), try right.interval())
        #expect(close(one.lower, other.lower, 1e-12) && close(one.upper, other.upper, 1e-12))
        #expect(left.count == 8_000)
        let alone = try whole.interval()
        #expect(one.width > alone.width && one.width < 1.25 * alone.width, "\(one.width / alone.width)")
        #expect(one.contains(0.5))
        var strange = try EmpiricalBernsteinSequence(confidence: 0.5)
        #expect(throws: EstimateError.self) { try strange.merge(whole) }
        let back = try JSONDecoder().decode(
            EmpiricalBernsteinSequence.self, from: JSONEncoder().encode(whole))
        #expect(back == whole)
    }

    @Test func theRunningIntersectionOnlyNarrows() throws {
        var random = RandomStream(seed: 35, stream: 0)
        var sequence = try EmpiricalBernsteinSequence()
        try sequence.add(random.unit())
        var kept = try RunningIntersection(sequence.interval())
        for _ in 0..<500 {
            let before = kept
            try sequence.add(random.unit())
            let now = try sequence.interval()
            try kept.narrow(to: now)
            #expect(kept.lower >= before.lower && kept.upper <= before.upper)
            #expect(kept.lower >= now.lower && kept.upper <= now.upper)
        }
        #expect(kept.looks == 501)
        let elsewhere = try Interval(lower: 0.99, upper: 1, confidence: 0.9, method: "elsewhere")
        let before = kept
        #expect(throws: EstimateError.self) { try kept.narrow(to: elsewhere) }
        let other = try Interval(lower: 0, upper: 1, confidence: 0.8, method: "other")
        #expect(throws: EstimateError.self) { try kept.narrow(to: other) }
        #expect(kept == before)
    }
}
