import Foundation
import Statistics
import Testing

/// The normal mixture's boundary, and the asymptotic confidence sequences of a mean and of a difference.
@Suite struct AsymptoticSequenceTests {
    static let shares = try? [CanaryShare(0.01), CanaryShare(0.1), CanaryShare(0.5)]

    static func mixture(_ information: Double = 1_000, alpha: Double = 0.05) throws -> NormalMixture {
        try NormalMixture(tunedTo: information, alpha: alpha)
    }

    /// Two-sided: √((v/(v − 1))·2 ln(√v/α)) by hand, v = 1 + n·ρ².
    @Test(arguments: [(100.0, 0.1, 0.05), (10_000, 0.02, 0.01)])
    func theTwoSidedBoundaryIsTheClosedForm(
        information: Double, rho: Double, alpha: Double
    ) throws {
        let v = 1 + information * rho * rho
        let form = (v / (v - 1) * 2 * log(v.squareRoot() / alpha)).squareRoot()
        let mixture = try NormalMixture(rho: rho)
        #expect(close(try mixture.reach(information: information, alpha: alpha, sides: .two), form, 1e-14))
    }

    /// Each boundary is where its E-value is 1/α; the one-sided one is below the published bound.
    @Test(arguments: [0.5, 0.05, 0.002, 1e-9])
    func theBoundaryIsWhereTheEValueReachesOneOverAlpha(alpha: Double) throws {
        for rho in [1e-4, 0.03, 1, 50] {
            let mixture = try NormalMixture(rho: rho)
            for information in [1.0, 77, 1e5, 1e12] {
                let one = try mixture.reach(information: information, alpha: alpha)
                let two = try mixture.reach(information: information, alpha: alpha, sides: .two)
                for (z, alternative) in [
                    (one, Alternative.greater), (-one, .less), (two, .twoSided), (-two, .twoSided),
                ] {
                    let logs = try mixture.logEValue(
                        z: z, information: information, alternative: alternative)
                    #expect(close(logs, -log(alpha), 1e-9), "\(rho) \(information) \(alternative)")
                }
                let v = 1 + information * rho * rho
                let published = (2 * v / (v - 1) * log1p(v.squareRoot() / (2 * alpha))).squareRoot()
                #expect(one <= published)
                if alpha > 1e-3 { #expect(one < published) }
                #expect(one <= two * (1 + 1e-12))
            }
        }
    }

    /// Tuned: no other ρ has a lower boundary there.
    @Test(arguments: [0.3, 0.05, 0.002])
    func theTunedBoundaryIsTheLowest(alpha: Double) throws {
        for sides in TestSides.allCases {
            for information in [50.0, 1e6] {
                let tuned = try NormalMixture(tunedTo: information, alpha: alpha, sides: sides)
                let least = try tuned.reach(information: information, alpha: alpha, sides: sides)
                for factor in [0.5, 0.9, 0.99, 1.01, 1.1, 2] {
                    let other = try NormalMixture(rho: tuned.rho * factor)
                    #expect(try other.reach(information: information, alpha: alpha, sides: sides) > least)
                }
                guard alpha == 0.05, sides == .one else { continue }
                // Minimised by scipy.optimize over the E-value's own equation.
                #expect(close(least, 2.76582212267686, 1e-12))
                for (factor, ratio) in [(0.1, 1.295), (10, 1.082)] {
                    let reach = try tuned.reach(information: information * factor, alpha: alpha)
                    #expect(abs(reach / least - ratio) < 6e-4)
                }
            }
        }
    }

    /// ln E far out on the wrong side, against its asymptotic form; and continuous where the form changes.
    @Test func evidenceOfTheWrongSignVanishesSmoothly() throws {
        let mixture = try NormalMixture(rho: 10)
        func logs(_ z: Double) throws -> Double {
            try mixture.logEValue(z: z, information: 1e6, alternative: .greater)
        }
        var before = try logs(-30)
        for step in 1...200 {
            let now = try logs(-30 - Double(step) * 0.1)
            #expect(now < before && before - now < 0.01)
            before = now
        }
        let v = 1e8 + 1.0
        let u = 1e5 * ((v - 1) / v).squareRoot()
        let expected = log(2 / (u * (2 * Double.pi).squareRoot())) - log(v) / 2
        #expect(close(try logs(-1e5), expected, 1e-10))
    }

    /// Rows of `experiment-statistics` (GrowthBook's sequential tests): relative differences by the delta
    /// method, ρ by the approximation ρ² = (−2 ln α + ln(1 − 2 ln α))/n that it uses, and observations of
    /// both arms as the clock.
    @Test(arguments: [
        (
            1396.87, 52377.9767, 3_000.0, 2422.7, 134698.29, 3_461.0, 1_000.0, 0.50336, 0.33341, -0.55844,
            1.56516, 1.0
        ),
        (1396, 1396, 3_000, 2422, 2422, 3_461, 5_000, 0.50386, 0.03386, 0.40098, 0.60675, 0),
    ])
    func alwaysValidRowsOfExperimentStatistics(
        sum0: Double, squares0: Double, n0: Double, sum1: Double, squares1: Double, n1: Double,
        tuning: Double,
        effect: Double, error: Double, lower: Double, upper: Double, pValue: Double
    ) throws {
        let isProportion = sum0 == squares0
        let (mean0, mean1) = (sum0 / n0, sum1 / n1)
        let variance0 = isProportion ? mean0 * (1 - mean0) : (squares0 - sum0 * mean0) / (n0 - 1)
        let variance1 = isProportion ? mean1 * (1 - mean1) : (squares1 - sum1 * mean1) / (n1 - 1)
        let spread0 = variance0 * mean1 * mean1 / (pow(mean0, 4) * n0)
        let deviation = (variance1 / (mean0 * mean0 * n1) + spread0).squareRoot()
        let value = mean1 / mean0 - 1
        #expect(abs(value - effect) < 1e-5 && abs(deviation - error) < 1e-5)
        let logs = -2 * log(0.05)
        let mixture = try NormalMixture(rho: ((logs + log(1 + logs)) / tuning).squareRoot())
        let reach = try mixture.reach(information: n0 + n1, alpha: 0.05, sides: .two)
        #expect(abs(value - reach * deviation - lower) < 1e-5)
        #expect(abs(value + reach * deviation - upper) < 1e-5)
        let evidence = try AsymptoticEvidence(
            value: value, standardError: deviation, information: n0 + n1, mixture: mixture)
        #expect(abs(try evidence.test(alternative: .twoSided).pValue - pValue) < 1e-5)
    }

    @Test func boundsAlarmsAndPValuesAreOneStatement() throws {
        let mixture = try Self.mixture()
        for z in [-4.0, -1, 0, 2.5, 2.9, 6] {
            let evidence = try AsymptoticEvidence(
                value: z * 0.2, standardError: 0.2, information: 700, mixture: mixture)
            for alpha in [0.5, 0.05, 0.001] {
                let lower = try evidence.lowerBound(confidence: 1 - alpha)
                let upper = try evidence.upperBound(confidence: 1 - alpha)
                #expect(try evidence.alarms(alpha: alpha, alternative: .greater) == (lower >= 0))
                #expect(try evidence.alarms(alpha: alpha, alternative: .less) == (upper <= 0))
                let test = try evidence.test(alternative: .greater)
                #expect(try evidence.alarms(alpha: alpha, alternative: .greater) == (test.pValue <= alpha))
                let interval = try evidence.interval(confidence: 1 - 2 * min(alpha, 0.4))
                #expect(interval.contains(evidence.value))
            }
            let narrow = try evidence.interval(confidence: 0.8)
            let wide = try evidence.interval(confidence: 0.95)
            #expect(wide.lower < narrow.lower && narrow.upper < wide.upper)
        }
    }

    /// The sequence's own estimate against two-pass moments of the same values.
    @Test func theMeanAndItsErrorMatchTwoPasses() throws {
        var random = RandomStream(seed: 1, stream: 1)
        var sequence = try AsymptoticMeanSequence(mixture: Self.mixture(), burnIn: 2)
        var values: [Double] = []
        for _ in 0..<500 {
            let value = 1e6 + exp(normal(&random))
            values.append(value)
            try sequence.add(value)
        }
        let expected = try moments(values)
        let evidence = try sequence.evidence()
        #expect(close(evidence.value, expected.mean, 1e-13))
        #expect(close(evidence.standardError, expected.standardError, 1e-9))
        #expect(evidence.information == 500)
    }

    @Test func nothingIsSaidDuringTheBurnInNorOfEqualValues() throws {
        var sequence = try AsymptoticMeanSequence(mixture: Self.mixture())
        for _ in 0..<99 { try sequence.add(3) }
        #expect(throws: EstimateError.tooFew(count: 99, needed: 100)) { try sequence.evidence() }
        try sequence.add(3)
        #expect(throws: EstimateError.allEqual(value: 3)) { try sequence.evidence() }
        #expect(throws: EstimateError.notFinite(index: 100)) { try sequence.add(.nan) }
        #expect(throws: EstimateError.notFinite(index: 100)) { try sequence.add(.infinity) }
        #expect(sequence.count == 100)
        try sequence.add(4)
        #expect(throws: Never.self) { try sequence.evidence() }
        #expect(throws: EstimateError.self) { try AsymptoticMeanSequence(mixture: Self.mixture(), burnIn: 1) }
        #expect(throws: EstimateError.self) { try NormalMixture(rho: 0) }
        #expect(throws: EstimateError.self) { try NormalMixture(tunedTo: .nan, alpha: 0.05) }
        #expect(throws: EstimateError.self) { try NormalMixture(tunedTo: 10, alpha: 1) }
        #expect(throws: EstimateError.self) { try Self.mixture().reach(information: 0, alpha: 0.05) }
        #expect(throws: EstimateError.self) {
            try AsymptoticEvidence(value: 1, standardError: 0, information: 1, mixture: Self.mixture())
        }
        var huge = try AsymptoticMeanSequence(mixture: Self.mixture(), burnIn: 2)
        try huge.add(1e200)
        try huge.add(-1e200)
        #expect(throws: EstimateError.overflow) { try huge.evidence() }
    }

    @Test func valuesAboveTheCapCountAsTheCap() throws {
        var capped = try AsymptoticMeanSequence(mixture: Self.mixture(), burnIn: 2, cap: 5)
        var plain = try AsymptoticMeanSequence(mixture: Self.mixture(), burnIn: 2)
        for value in [1.0, 4, 5, 6, 1e300] {
            try capped.add(value)
            try plain.add(min(value, 5))
        }
        #expect(capped.capped == 2)
        #expect(try capped.evidence() == plain.evidence())
    }

    /// One stage: the difference of means, and the classical standard error with neither variance below the
    /// pooled one.
    @Test func oneStageIsTheDifferenceOfMeans() throws {
        let share = try CanaryShare(0.3)
        var sequence = try AsymptoticDifferenceSequence(mixture: Self.mixture(), burnIn: 2)
        let canary = [3.0, 5, 4, 9, 1]
        let production = [2.0, 2, 8, 1]
        for value in canary { try sequence.add(value, inCanary: true, share: share) }
        for value in production { try sequence.add(value, inCanary: false, share: share) }
        let (one, zero) = (try moments(canary), try moments(production))
        let evidence = try sequence.evidence()
        #expect(close(evidence.value, one.mean - zero.mean, 1e-13))
        // Variances 8.8 and 10.25 by hand; pooled (35.2 + 30.75) / 7.
        let pooled = 65.95 / 7
        #expect(close(evidence.standardError, (pooled / 5 + 10.25 / 4).squareRoot(), 1e-13))
        #expect(close(evidence.information, 20.0 / 9, 1e-13))
    }

    /// Traffic that gets dearer while the canary grows: pooled arms differ by far, compared stage by stage
    /// they do not.
    @Test func stagesAreComparedWithinThemselves() throws {
        let shares = try #require(Self.shares)
        var random = RandomStream(seed: 6, stream: 0)
        var sequence = try AsymptoticDifferenceSequence(mixture: Self.mixture())
        var sums = (canary: 0.0, production: 0.0)
        for (stage, share) in shares.enumerated() {
            for _ in 0..<20_000 {
                let value = Double(stage) + normal(&random)
                let isCanary = random.unit() < share.upper
                try sequence.add(value, inCanary: isCanary, share: share)
                if isCanary { sums.canary += value } else { sums.production += value }
            }
        }
        let evidence = try sequence.evidence()
        #expect(abs(evidence.value) < 3 * evidence.standardError)
        let pooled =
            sums.canary / Double(sequence.canaryCount) - sums.production / Double(sequence.productionCount)
        #expect(pooled > 0.5)
        #expect(try !evidence.alarms(alpha: 0.05, alternative: .greater))
    }

    @Test func aStageCountsOnceBothItsArmsHaveTheBurnIn() throws {
        let shares = try #require(Self.shares)
        var sequence = try AsymptoticDifferenceSequence(mixture: Self.mixture(), burnIn: 5)
        for index in 0..<50 { try sequence.add(Double(index % 3), inCanary: index < 4, share: shares[0]) }
        let words = "observations of each arm in a stage"
        #expect(throws: EstimateError.tooFew(count: 4, needed: 5, of: words)) { try sequence.evidence() }
        try sequence.add(9, inCanary: true, share: shares[0])
        let first = try sequence.evidence()
        for index in 0..<9 { try sequence.add(100 * Double(index), inCanary: index < 4, share: shares[1]) }
        #expect(try sequence.evidence() == first)
        try sequence.add(0, inCanary: true, share: shares[1])
        #expect(try sequence.evidence() != first)
    }

    @Test func gatewaysMergeInAnyOrder() throws {
        let shares = try #require(Self.shares)
        var random = RandomStream(seed: 3, stream: 8)
        var whole = try AsymptoticDifferenceSequence(mixture: Self.mixture(), burnIn: 3, cap: 2)
        var parts = Array(repeating: whole, count: 3)
        for index in 0..<3_000 {
            let value = normal(&random)
            let isCanary = random.unit() < 0.4
            let share = shares[random.index(below: 3)]
            try whole.add(value, inCanary: isCanary, share: share)
            try parts[index % 3].add(value, inCanary: isCanary, share: share)
        }
        let expected = try whole.evidence()
        for order in [[0, 1, 2], [2, 0, 1], [1, 2, 0]] {
            var merged = parts[order[0]]
            var tail = parts[order[1]]
            if order[0] == 1 {
                try tail.merge(parts[order[2]])
            } else {
                try merged.merge(tail)
                tail = parts[order[2]]
            }
            try merged.merge(tail)
            let evidence = try merged.evidence()
            #expect(close(evidence.value, expected.value, 1e-11))
            #expect(close(evidence.standardError, expected.standardError, 1e-12))
            #expect(merged.cappedInCanary == whole.cappedInCanary)
            #expect(merged.cappedInProduction == whole.cappedInProduction)
        }
        var other = try AsymptoticDifferenceSequence(mixture: Self.mixture(), burnIn: 4, cap: 2)
        #expect(throws: EstimateError.self) { try other.merge(whole) }
    }

    @Test func sequencesSurviveAsJSON() throws {
        let shares = try #require(Self.shares)
        var mean = try AsymptoticMeanSequence(mixture: Self.mixture(), burnIn: 2)
        var difference = try AsymptoticDifferenceSequence(mixture: Self.mixture(), burnIn: 2, cap: 0.7)
        var random = RandomStream(seed: 2, stream: 2)
        for _ in 0..<40 {
            try mean.add(random.unit())
            try difference.add(random.unit(), inCanary: random.unit() < 0.5, share: shares[1])
        }
        let encoder = JSONEncoder()
        let decoder = JSONDecoder()
        #expect(try decoder.decode(AsymptoticMeanSequence.self, from: encoder.encode(mean)) == mean)
        #expect(
            try decoder.decode(AsymptoticDifferenceSequence.self, from: encoder.encode(difference))
                == difference)
        #expect(throws: EstimateError.self) {
            try decoder.decode(NormalMixture.self, from: Data(#"{"rho":-1}"#.utf8))
        }
    }

    /// Healthy rollouts with exponential costs, looked at after every tenth user for 20,000: alarms stay near
    /// α (2 %), as the burn-in's end is early and the values are skewed; a z-test peeked at alike alarms in
    /// every third.
    @Test func aHealthyCanaryIsRarelyStopped() throws {
        let share = try CanaryShare(0.1)
        let mixture = try NormalMixture(tunedTo: 900, alpha: 0.02)
        var alarms = 0
        var peeked = 0
        let runs = 300
        for run in 0..<runs {
            var random = RandomStream(seed: 77, stream: UInt64(run))
            var sequence = try AsymptoticDifferenceSequence(mixture: mixture)
            var alarmed = false
            var crossed = false
            for step in 1...20_000 {
                let cost = -log(1 - random.unit())
                try sequence.add(cost, inCanary: random.unit() < 0.1, share: share)
                guard step % 50 == 0, sequence.canaryCount >= 100 else { continue }
                let evidence = try sequence.evidence()
                alarmed = try alarmed || evidence.alarms(alpha: 0.02, alternative: .greater)
                crossed = crossed || evidence.value > 2.0537 * evidence.standardError
            }
            if alarmed { alarms += 1 }
            if crossed { peeked += 1 }
        }
        // 2 % of 300 is 6, and three standard errors 7.
        #expect(alarms <= 13, "\(alarms)")
        #expect(peeked > 30, "\(peeked)")
    }

    /// The first hundred users of a canary often have none of an event that befalls 1 %: that is no evidence.
    @Test func anArmWithoutTheRareEventIsNotCertain() throws {
        let share = try CanaryShare(0.1)
        let mixture = try NormalMixture(tunedTo: 900, alpha: 0.01)
        var alarms = 0
        let runs = 300
        for run in 0..<runs {
            var random = RandomStream(seed: 79, stream: UInt64(run))
            var sequence = try AsymptoticDifferenceSequence(mixture: mixture)
            for step in 1...6_000 {
                let value = random.unit() < 0.01 ? 1.0 : 0
                try sequence.add(value, inCanary: random.unit() < 0.1, share: share)
                guard step % 20 == 0, sequence.canaryCount >= 100 else { continue }
                if try sequence.evidence().alarms(alpha: 0.01, alternative: .less) {
                    alarms += 1
                    break
                }
            }
        }
        #expect(alarms <= 8, "\(alarms)")
    }

    @Test func aDearerCanaryIsFound() throws {
        let share = try CanaryShare(0.1)
        let mixture = try NormalMixture(tunedTo: 900, alpha: 0.002)
        var canary: [Int] = []
        for run in 0..<40 {
            var random = RandomStream(seed: 78, stream: UInt64(run))
            var sequence = try AsymptoticDifferenceSequence(mixture: mixture)
            for step in 1...60_000 {
                let isCanary = random.unit() < 0.1
                let cost = -log(1 - random.unit()) * (isCanary ? 1.2 : 1)
                try sequence.add(cost, inCanary: isCanary, share: share)
                guard step % 50 == 0, sequence.canaryCount >= 100 else { continue }
                if try sequence.evidence().alarms(alpha: 0.002, alternative: .greater) {
                    canary.append(sequence.canaryCount)
                    break
                }
            }
        }
        #expect(canary.count == 40)
        // A fixed test of power one half needs (2.88·1.2/.2)² ≈ 300 canary users.
        #expect(canary.sorted()[20] < 900, "\(canary.sorted())")
    }
}
