import Foundation
import Statistics
import Testing

/// A test with scheduled looks as it happens, and what may be said when it ends.
@Suite struct GroupSequentialTestTests {
    static func test(
        _ spending: AlphaSpending = .obrienFleming, sides: TestSides = .one
    ) throws
        -> GroupSequentialTest
    {
        try GroupSequentialTest(alpha: 0.025, spending: spending, sides: sides, plannedInformation: 1_000)
    }

    @Test func looksAsPlannedHaveThePlansBounds() throws {
        var test = try Self.test()
        let plan = try GroupSequentialBounds.spending(
            .obrienFleming, alpha: 0.025, information: [250, 500, 750, 1_000])
        for (index, information) in plan.information.enumerated() {
            let look = try test.record(information: information, z: 1)
            #expect(close(try #require(look.bound), try #require(plan.upper[index]), 1e-12))
        }
        #expect(test.outcome == .exhausted)
        #expect(test.looks.last?.spent == 0.025)
        #expect(close(try test.bounds().power(drift: 0), 0.025, 1e-10))
    }

    /// However the looks fall, no more than α is spent, and all of it at the last one.
    @Test func looksThatDifferFromThePlanSpendWhatIsLeft() throws {
        for (informations, last) in [
            ([100.0, 777], false), ([300, 900, 1_400], false), ([10, 20, 400], true),
        ] {
            for sides in TestSides.allCases {
                var test = try Self.test(.pocock, sides: sides)
                for information in informations.dropLast() { try test.record(information: information, z: 0) }
                try test.record(information: informations[informations.count - 1], z: 0, isLast: last)
                let isAll = last || informations[informations.count - 1] >= 1_000
                #expect(test.outcome == (isAll ? .exhausted : .open))
                let level = try test.bounds().power(drift: 0)
                let spent = try #require(test.looks.last).spent
                #expect(close(level, spent, 1e-9))
                #expect(isAll ? spent == 0.025 : spent < 0.025)
            }
        }
    }

    @Test func aLookThatReachesItsBoundEndsTheTest() throws {
        var test = try Self.test(sides: .two)
        try test.record(information: 250, z: -4.2)
        #expect(test.outcome == .open)
        try test.record(information: 500, z: -3)
        #expect(test.outcome == .crossedLower)
        #expect(throws: EstimateError.invalidParameter("a look", must: "come before the test has ended")) {
            try test.record(information: 600, z: 0)
        }
        var one = try Self.test()
        try one.record(information: 250, z: -9)
        #expect(one.outcome == .open)
        try one.record(information: 500, z: 2.97)
        #expect(one.outcome == .crossedUpper)
    }

    @Test func looksOutOfOrderAreRefusedAndLeaveNoTrace() throws {
        var test = try Self.test()
        try test.record(information: 300, z: 0)
        let before = test
        for information in [300.0, 200, 0, -1, .nan, .infinity] {
            #expect(throws: EstimateError.self) { try test.record(information: information, z: 0) }
        }
        #expect(throws: EstimateError.notFinite(index: 1, of: "z")) {
            try test.record(information: 400, z: .nan)
        }
        #expect(test == before)
    }

    @Test func aTestSurvivesAsJSONAndGoesOn() throws {
        for spending in [AlphaSpending.obrienFleming, .pocock, .power(2)] {
            var test = try Self.test(spending, sides: .two)
            try test.record(information: 1, z: 1.25)
            try test.record(information: 400, z: 0.1 + 0.2)
            let data = try JSONEncoder().encode(test)
            var back = try JSONDecoder().decode(GroupSequentialTest.self, from: data)
            #expect(back == test)
            let look = try back.record(information: 800, z: 1)
            #expect(try test.record(information: 800, z: 1) == look)
        }
        for bad in [
            #"{"alpha":0.7,"spending":{"function":"pocock"},"sides":"one","plannedInformation":1,"looks":[]}"#,
            #"{"alpha":0.1,"spending":{"function":"magic"},"sides":"one","plannedInformation":1,"looks":[]}"#,
            #"{"alpha":0.1,"spending":{"function":"power","exponent":-1},"sides":"one","plannedInformation":1,"#
                + #""looks":[]}"#,
            #"{"alpha":0.1,"spending":{"function":"pocock"},"sides":"one","plannedInformation":1,"#
                + #""looks":[{"information":1,"z":0,"spent":0.2,"bound":1}]}"#,
            #"{"alpha":0.1,"spending":{"function":"pocock"},"sides":"one","plannedInformation":1,"#
                + #""looks":[{"information":1,"z":0,"spent":0.1},{"information":0.5,"z":0,"spent":0.1}]}"#,
        ] {
            #expect(throws: EstimateError.self) {
                try JSONDecoder().decode(GroupSequentialTest.self, from: Data(bad.utf8))
            }
        }
    }

    /// After one look everything is as in a fixed test.
    @Test func aStopAtTheFirstLookIsAFixedTest() throws {
        var test = try Self.test(.pocock)
        try test.record(information: 500, z: 3)
        #expect(test.outcome == .crossedUpper)
        #expect(close(try test.stagewisePValue().pValue, try Normal.survival(3), 1e-12))
        let final = try test.finalEstimate(standardError: 2, confidence: 0.9)
        let reach = try Normal.quantile(0.95)
        #expect(close(final.value, 6, 1e-8))
        let interval = try #require(final.interval)
        #expect(close(interval.lower, 2 * (3 - reach), 1e-7) && close(interval.upper, 2 * (3 + reach), 1e-8))
    }

    /// At exactly the bound of the last look the p-value is α, whatever came before.
    @Test func thePValueAtTheLastBoundIsAlpha() throws {
        for sides in TestSides.allCases {
            for sign in sides == .one ? [1.0] : [1, -1] {
                var test = try Self.test(.power(2), sides: sides)
                try test.record(information: 400, z: 0.3)
                var copy = test
                let bound = try #require(try copy.record(information: 1_000, z: 0).bound)
                try test.record(information: 1_000, z: sign * bound)
                #expect(test.outcome == (sign > 0 ? .crossedUpper : .crossedLower))
                let level = sides == .one ? 0.025 : 0.05
                #expect(close(try test.stagewisePValue().pValue, level, 1e-9))
            }
        }
    }

    @Test func anEarlierStopIsMoreExtreme() throws {
        var early = try Self.test(.pocock)
        try early.record(information: 250, z: 2.6)
        var late = try Self.test(.pocock)
        try late.record(information: 250, z: 2)
        try late.record(information: 500, z: 4)
        #expect(early.outcome == .crossedUpper && late.outcome == .crossedUpper)
        let first = try early.stagewisePValue().pValue
        let second = try late.stagewisePValue().pValue
        #expect(first < second)
        // The later one pays at least for what the first look could have stopped.
        #expect(second > late.looks[0].spent && second < 0.025)
    }

    /// Brute force: over paths under a true effect the stage-wise interval covers it as often as it says, and
    /// the estimate is above it half the time; the plain z/√I is too high.
    @Test func theFinalEstimateCoversTheTruth() throws {
        let drift = 1.5
        let informations = [0.4, 0.7, 1.0]
        var random = RandomStream(seed: 9, stream: 3)
        var covered = 0
        var above = 0
        var plainAbove = 0
        let paths = 400
        for _ in 0..<paths {
            var test = try GroupSequentialTest(
                alpha: 0.1, spending: .pocock, sides: .two, plannedInformation: 1)
            var sum = 0.0
            var before = 0.0
            for level in informations {
                sum += drift * (level - before) + normal(&random) * (level - before).squareRoot()
                before = level
                try test.record(information: level, z: sum / level.squareRoot())
                if test.outcome != .open { break }
            }
            let final = try test.finalEstimate(standardError: 1 / before.squareRoot(), confidence: 0.8)
            if try #require(final.interval).contains(drift) { covered += 1 }
            if final.value > drift { above += 1 }
            if sum / before > drift { plainAbove += 1 }
        }
        // Three standard errors.
        #expect(abs(Double(covered) / Double(paths) - 0.8) < 0.06, "\(covered)")
        #expect(abs(Double(above) / Double(paths) - 0.5) < 0.075, "\(above)")
        #expect(plainAbove > above)
    }

    @Test func theRepeatedIntervalReachesTheBoundEachWay() throws {
        var test = try Self.test(sides: .two)
        let look = try test.record(information: 500, z: 1.2)
        let bound = try #require(look.bound)
        let interval = try #require(try test.repeatedInterval(standardError: 0.5))
        #expect(close(interval.lower, 0.5 * (1.2 - bound), 1e-12))
        #expect(close(interval.upper, 0.5 * (1.2 + bound), 1e-12))
        #expect(close(interval.confidence, 0.95, 1e-12))
        #expect(try test.repeatedLowerBound(standardError: 0.5) == interval.lower)
        var early = try Self.test(sides: .two)
        try early.record(information: 1, z: 0)
        #expect(try early.repeatedInterval(standardError: 1) == nil)
        var one = try Self.test()
        try one.record(information: 500, z: 1.2)
        #expect(throws: EstimateError.self) { try one.repeatedInterval(standardError: 1) }
        #expect(throws: EstimateError.tooFew(count: 0, needed: 1, of: "looks")) {
            try Self.test().repeatedLowerBound(standardError: 1)
        }
        #expect(throws: EstimateError.self) { try test.repeatedInterval(standardError: 0) }
    }

    @Test func anOpenTestHasNoPValue() throws {
        var test = try Self.test()
        #expect(throws: EstimateError.invalidParameter("the test", must: "have ended")) {
            try test.stagewisePValue()
        }
        try test.record(information: 500, z: 1)
        #expect(throws: EstimateError.self) { try test.finalEstimate(standardError: 1) }
        #expect(throws: EstimateError.self) {
            try GroupSequentialTest(alpha: 0.5, spending: .pocock, plannedInformation: 1)
        }
        #expect(throws: EstimateError.self) {
            try GroupSequentialTest(alpha: 0.1, spending: .pocock, plannedInformation: 0)
        }
    }
}

/// Spending functions.
@Suite struct AlphaSpendingTests {
    /// FORMULAS: the first bound of K = 4 is 4.333 and of K = 5 is 4.877 at one-sided .025.
    @Test(arguments: [(0.25, 4.333), (0.2, 4.877)])
    func theFirstLookSpendsWhatThePublishedBoundSays(information: Double, bound: Double) throws {
        let spent = try AlphaSpending.obrienFleming.spent(atInformation: information, alpha: 0.025)
        #expect(abs(try -Normal.quantile(spent) - bound) < 5e-4)
    }

    /// By hand: .05·ln(1 + (e − 1)/2) and .05/8.
    @Test func theFamiliesByHand() throws {
        #expect(
            close(
                try AlphaSpending.pocock.spent(atInformation: 0.5, alpha: 0.05), 0.031005725347913875, 1e-14))
        #expect(close(try AlphaSpending.power(3).spent(atInformation: 0.5, alpha: 0.05), 0.00625, 1e-14))
    }

    @Test(arguments: [AlphaSpending.obrienFleming, .pocock, .power(0.5), .power(4)])
    func spendingRisesFromNothingToAll(function: AlphaSpending) throws {
        for alpha in [1e-9, 0.025, 0.9] {
            var before = 0.0
            for step in 1...50 {
                let spent = try function.spent(atInformation: Double(step) / 50, alpha: alpha)
                #expect(spent >= before && spent <= alpha)
                before = spent
            }
            #expect(before == alpha)
            #expect(try function.spent(atInformation: 0, alpha: alpha) == 0)
            #expect(try function.spent(atInformation: 1.7, alpha: alpha) == alpha)
        }
        #expect(throws: EstimateError.self) { try function.spent(atInformation: -0.1, alpha: 0.1) }
        #expect(throws: EstimateError.self) { try function.spent(atInformation: .nan, alpha: 0.1) }
        #expect(throws: EstimateError.self) { try function.spent(atInformation: 0.5, alpha: 1) }
        let data = try JSONEncoder().encode(function)
        #expect(try JSONDecoder().decode(AlphaSpending.self, from: data) == function)
    }

    @Test func anExponentThatIsNotPositiveIsNamed() {
        for exponent in [0, -1, Double.nan, .infinity] {
            #expect(throws: EstimateError.self) {
                try AlphaSpending.power(exponent).spent(atInformation: 0.5, alpha: 0.1)
            }
        }
    }
}
