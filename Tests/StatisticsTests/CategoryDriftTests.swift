import Foundation
import Statistics
import Testing

@Suite struct CategoryDriftTests {
    private func shares(_ count: Int) -> [Double] { [Double](repeating: 1 / Double(count), count: count) }

    /// Two weeks that are both estimates: 2N · KL takes one of them for the truth.
    @Test(arguments: [8, 9])
    func takingTheReferenceForTheTruthAlarmsInNearlyHalfOfAllHealthyWeeks(categories: Int) throws {
        var wrong = 0
        var ours = 0
        let weeks = 1_500
        let degrees = Double(categories - 1)
        for week in 0..<weeks {
            var series = DriftSeries(seed: 21, run: week)
            let reference = series.counts(600, shares(categories))
            let window = series.counts(600, shares(categories))
            let drift = try categoryDrift(reference: reference, window: window, measure: .kl, alpha: 0.05)
            if drift.test.pValue <= 0.05 { ours += 1 }
            let statistic = 2 * 600 * drift.effect
            if try ChiSquared(degreesOfFreedom: degrees).survival(statistic) <= 0.05 { wrong += 1 }
        }
        let share = Double(wrong) / Double(weeks)
        #expect(share > 0.40 && share < 0.50, "\(share)")
        // Three standard errors of a simulation of 1,500.
        #expect(Double(ours) / Double(weeks) < 0.05 + 3 * 0.0057)
        #expect(Double(ours) / Double(weeks) > 0.05 - 3 * 0.0057)
    }

    struct Traffic: Sendable, CustomTestStringConvertible {
        let reference: Int
        let window: Int
        let shares: [Double]
        var testDescription: String { "\(reference) against \(window), \(shares.count) categories" }
    }

    /// A long reference and a short window, rare categories, and the empty one for `unseen`.
    static let traffic: [Traffic] = [
        Traffic(reference: 3_000, window: 150, shares: [0.5, 0.3, 0.1, 0.05, 0.04, 0.01, 0]),
        Traffic(reference: 60, window: 1_200, shares: [0.6, 0.3, 0.08, 0.02, 0]),
        Traffic(reference: 40, window: 40, shares: [0.9, 0.05, 0.03, 0.02]),
        Traffic(reference: 800, window: 400, shares: [0.4, 0.3, 0.3, 0]),
    ]

    @Test(arguments: traffic, CategoryMeasure.allCases)
    func healthyTrafficAlarmsNoMoreOftenThanPromised(traffic: Traffic, measure: CategoryMeasure) throws {
        var alarms = 0
        let weeks = 300
        for week in 0..<weeks {
            var series = DriftSeries(seed: 22, run: week)
            let drift = try categoryDrift(
                reference: series.counts(traffic.reference, traffic.shares),
                window: series.counts(traffic.window, traffic.shares), measure: measure, alpha: 0.05,
                resamples: 199, seed: UInt64(week))
            if drift.test.pValue <= 0.05 { alarms += 1 }
        }
        #expect(Double(alarms) / Double(weeks) < 0.05 + 3 * 0.0126, "\(alarms)")
    }

    /// Counts of one category of two: the exact p-value adds up hypergeometric outcomes.
    @Test(arguments: [(7, 20, 1, 15), (12, 40, 10, 18), (3, 9, 0, 30)])
    func thePermutationAgreesWithAllOutcomesAddedUp(a: Int, n: Int, b: Int, m: Int) throws {
        let drift = try categoryDrift(
            reference: [a, n - a], window: [b, m - b], measure: .psi, resamples: 20_000, seed: 3)
        let seen = try #require(drift.test.statistic)
        var exact = 0.0
        for k in max(0, a + b - n)...min(m, a + b) {
            let other = try categoryDrift(
                reference: [a + b - k, n - a - b + k], window: [k, m - k], measure: .psi, resamples: 100)
            let mass = exp(
                lnChoose(m, k) + lnChoose(n, a + b - k) - lnChoose(n + m, a + b))
            if try #require(other.test.statistic) >= seen - 1e-9 { exact += mass }
        }
        #expect(abs(drift.test.pValue - exact) < 4 * (exact * (1 - exact) / 20_000).squareRoot() + 1e-4)
    }

    private func lnChoose(_ n: Int, _ k: Int) -> Double {
        lgamma(Double(n) + 1) - lgamma(Double(k) + 1) - lgamma(Double(n - k) + 1)
    }

    @Test func aFindingNeedsBothMoreThanChanceAndEnoughToMatter() throws {
        let large = try categoryDrift(
            reference: [500_000, 500_000], window: [49_000, 51_000], measure: .psi)
        #expect(large.test.pValue < 1e-6 && large.finding == .small)
        let short = try categoryDrift(reference: [50, 50], window: [1, 4], measure: .psi)
        #expect(short.effect > 0.1 && short.finding == .unproven)
        let moved = try categoryDrift(reference: [500, 500], window: [150, 350], measure: .psi)
        #expect(moved.finding == .drifted)
        #expect(try categoryDrift(reference: [50, 50], window: [5, 5], measure: .kl).finding == .steady)
    }

    @Test(arguments: CategoryMeasure.allCases)
    func aCategoryNeverSeenBeforeIsDrift(measure: CategoryMeasure) throws {
        let drift = try categoryDrift(
            reference: [300, 200, 100, 0], window: [120, 80, 40, 60], measure: measure)
        #expect(drift.finding == .drifted)
        #expect(drift.reference == 600 && drift.window == 300)
    }

    @Test(arguments: KnownMix.all)
    func theMixesOfTheCarLoansDriftAsTheyAreKnownTo(mix: KnownMix) throws {
        let drift = try categoryDrift(reference: mix.reference, window: mix.chunk, measure: .chiSquared)
        #expect(close(try #require(drift.test.statistic), mix.chiSquared, 1e-12))
        #expect((drift.test.pValue <= 0.01) == mix.hasDrifted)
        for measure in CategoryMeasure.allCases {
            let other = try categoryDrift(reference: mix.reference, window: mix.chunk, measure: measure)
            #expect((other.test.pValue <= 0.01) == mix.hasDrifted)
        }
    }

    @Test func theOrderOfCategoriesDoesNotMatter() throws {
        let forward = try categoryDrift(reference: [900, 70, 300], window: [80, 20, 40], measure: .kl)
        let turned = try categoryDrift(reference: [300, 70, 900], window: [40, 20, 80], measure: .kl)
        #expect(close(forward.effect, turned.effect, 1e-12))
        #expect(abs(forward.test.pValue - turned.test.pValue) < 0.03)
    }

    @Test func theSameSeedGivesTheSameNumber() throws {
        func once(_ seed: UInt64) throws -> Double {
            try categoryDrift(reference: [30, 9, 2], window: [12, 9, 3], measure: .kl, seed: seed).test.pValue
        }
        #expect(try once(5) == once(5))
        #expect(try once(5) != once(6))
    }

    @Test func bitsScaleTheEffectAndItsFloorAlike() throws {
        let nats = try categoryDrift(reference: [60, 40], window: [30, 60], measure: .kl)
        let bits = try categoryDrift(reference: [60, 40], window: [30, 60], measure: .kl, unit: .bits)
        #expect(close(bits.effect / bits.floor, nats.effect / nats.floor, 1e-12))
        #expect(bits.measure.hasSuffix("bits"))
    }

    @Test func badCountsAreNamed() {
        #expect(throws: EstimateError.unequalLengths(2, 3)) {
            try categoryDrift(reference: [1, 2], window: [1, 2, 3], measure: .kl)
        }
        #expect(throws: EstimateError.invalidCounts("window")) {
            try categoryDrift(reference: [1, 2], window: [1, -2], measure: .kl)
        }
        #expect(throws: EstimateError.tooFew(count: 0, needed: 1, of: "window")) {
            try categoryDrift(reference: [1, 2], window: [0, 0], measure: .kl)
        }
        #expect(throws: EstimateError.self) {
            try categoryDrift(reference: [1, 2], window: [1, 2], measure: .kl, alpha: 1)
        }
        #expect(throws: EstimateError.self) {
            try categoryDrift(reference: [1, 2], window: [1, 2], measure: .kl, floor: -1)
        }
    }

    @Test func countsOfAFixedUniverseBringTheUnseenAlong() throws {
        var reference = try CategoryCounts(universe: ["refund", "billing"])
        var window = reference
        for _ in 0..<40 { for word in ["refund", "billing"] { reference.add(word) } }
        for _ in 0..<20 { for word in ["refund", "billing", "hack"] { window.add(word) } }
        let drift = try categoryDrift(reference: reference, window: window, measure: .kl)
        #expect(drift == (try categoryDrift(reference: [40, 40, 0], window: [20, 20, 20], measure: .kl)))
        #expect(drift.finding == .drifted)
        let foreign = try CategoryCounts(universe: ["a", "b"])
        #expect(throws: EstimateError.invalidParameter("universe", must: "be the same in both")) {
            try categoryDrift(reference: reference, window: foreign, measure: .kl)
        }
    }
}
