import Foundation
import Statistics
import Testing

@Suite struct RateRatioEProcessTests {
    /// By mpmath with 50 digits, as `oracles/sequences.py` multiplies it out: share, canary, production.
    private static let known: [(stages: [(Double, Int, Int)], null: Double, logE: Double)] = [
        ([(0.1, 1, 0)], 1, 1.4069382865993201),
        ([(0.1, 0, 1)], 1, -0.41946835431804889),
        ([(0.01, 3, 40), (0.1, 12, 31)], 1, 6.5835924597183858),
        ([(0.1, 12, 31)], 1.1, 3.3151613700349212),
        ([(0.01, 2, 100), (0.1, 30, 300), (0.5, 900, 1000)], 1, -26.300663399043397),
        ([(0.5, 1_000_000, 1_000_000)], 1.5, -56382.412877649319),
        ([(0.1, 1_000_000, 0)], 1, 2216405.3173114516),
    ]

    @Test(arguments: known.indices)
    func evidenceIsWhatTheDirectProductGives(index: Int) throws {
        let row = Self.known[index]
        let process = try counted(row.stages, tolerating: row.null)
        #expect(close(process.logEValue, row.logE, 1e-11))
        #expect(process.eValue > 0 && process.eValue.isFinite)
    }

    @Test func nothingIsEvidenceOfNothing() throws {
        let process = try RateRatioEProcess()
        #expect(process.logEValue == 0)
        #expect(try !process.alarms(alpha: 0.999))
        #expect(try process.lowerBound(confidence: 0.95) == 0)
        #expect(try process.upperBound(confidence: 0.95) == nil)
    }

    /// FORMULAS, with a tolerated ratio of 1, event by event in plain arithmetic.
    @Test func recordingEventByEventMultipliesTheFactors() throws {
        var random = RandomStream(seed: 3, stream: 0)
        var process = try RateRatioEProcess()
        var products = RateRatioEProcess.ratios.map { _ in 1.0 }
        for step in 0..<300 {
            let p = step < 100 ? 0.01 : step < 200 ? 0.1 : 0.5
            let inCanary = random.unit() < 2 * p / (1 + p)
            process.record(inCanary: inCanary, share: try CanaryShare(p))
            for (index, r) in RateRatioEProcess.ratios.enumerated() {
                products[index] *= (inCanary ? r : 1) / (1 - p + p * r)
            }
            let mean = products.reduce(0, +) / 8
            #expect(close(process.eValue, mean, 1e-10))
        }
        #expect(process.stages.map(\.share.lower) == [0.01, 0.1, 0.5])
    }

    /// Over every sequence of twelve events that starts at 1 % and goes on at 10 %: the mean of E under a
    /// true ratio is 1 where that is just tolerated, and less below. And no rule when to stop does better.
    @Test(arguments: [0.7, 1, 1.1, 3], [1, 0.97, 0.8, 0.3])
    func noWayOfStoppingGainsWhereTheRatioIsTolerated(tolerated: Double, part: Double) throws {
        let truth = tolerated * part
        let events = 12
        func evidence(_ step: Int, _ canary: Int, _ early: Int) throws -> Double {
            let first = min(step, 4)
            return try counted(
                [(0.01, early, first - early), (0.1, canary - early, step - first - canary + early)],
                tolerating: tolerated
            ).eValue
        }
        func chance(_ step: Int) -> Double {
            let p = step < 4 ? 0.01 : 0.1
            return p * truth / (1 - p + p * truth)
        }
        // Only the sum over stages matters of the canary's events, so early ones stand for all.
        func value(_ step: Int, _ canary: Int, stops: Bool) throws -> Double {
            let now = try evidence(step, canary, min(canary, min(step, 4)))
            if step == events { return now }
            let q = chance(step)
            let later =
                try q * value(step + 1, canary + 1, stops: stops)
                + (1 - q) * value(step + 1, canary, stops: stops)
            return stops ? max(now, later) : later
        }
        let mean = try value(0, 0, stops: false)
        let best = try value(0, 0, stops: true)
        if part == 1 { #expect(close(mean, 1, 1e-12)) } else { #expect(mean < 1) }
        #expect(best <= 1 + 1e-12)
        // Above the tolerated ratio the bet is in our favour.
        if part == 1 {
            let p = 0.1
            let harm = 2 * tolerated
            let q = p * harm / (1 - p + p * harm)
            let one = try counted([(p, 1, 0)], tolerating: tolerated).eValue
            let none = try counted([(p, 0, 1)], tolerating: tolerated).eValue
            #expect(q * one + (1 - q) * none > 1)
        }
    }

    /// Exact, by `DetectionForecast`: a healthy canary that is looked at after each of 3,000 events.
    @Test(arguments: [0.01, 0.1, 0.5], [1.0, 1.1])
    func falseAlarmsOverThousandsOfLooksStayUnderAlpha(share: Double, tolerated: Double) throws {
        for alpha in [0.006, 0.05] {
            let process = try RateRatioEProcess(toleratedRatio: tolerated)
            var last = 0.0
            for part in [0.3, 0.8, 1] {
                let forecast = try process.detectionForecast(
                    ratio: tolerated * part, share: CanaryShare(share), alpha: alpha, limit: 3000)
                let chance = try #require(forecast.chanceByEvents.last)
                #expect(chance <= alpha)
                #expect(chance >= last)
                last = chance
            }
            // Not only safe: at the very edge most of α is spent.
            #expect(last > alpha / 4)
        }
    }

    @Test func improvementsNeverAlarmAndEveryEventMovesTheRightWay() throws {
        var random = RandomStream(seed: 11, stream: 0)
        for _ in 0..<200 {
            let tolerated = [1, 1.1, 2][random.index(below: 3)]
            var process = try RateRatioEProcess(toleratedRatio: tolerated)
            for _ in 0..<40 {
                let share = try CanaryShare([0.01, 0.1, 0.5][random.index(below: 3)])
                var worse = process
                worse.record(inCanary: true, share: share)
                var better = process
                better.record(inCanary: false, share: share)
                #expect(worse.logEValue > process.logEValue)
                #expect(better.logEValue < process.logEValue)
                // A larger tolerated ratio is harder to refute.
                #expect(
                    try counted(worse.stages, tolerating: tolerated * 1.3).logEValue
                        <= worse.logEValue)
                process = random.unit() < 0.3 ? worse : better
            }
        }
        let share = try CanaryShare(0.5)
        var fewer = try RateRatioEProcess()
        try fewer.add(canary: 400, production: 1000, share: share)
        #expect(fewer.logEValue < -10)
    }

    @Test func gatewaysMergeExactlyInAnyOrder() throws {
        var random = RandomStream(seed: 7, stream: 0)
        for _ in 0..<50 {
            var whole = try RateRatioEProcess(toleratedRatio: 1.1)
            var parts = [RateRatioEProcess](repeating: whole, count: 4)
            for _ in 0..<200 {
                let share = try CanaryShare([0.01, 0.1, 0.25, 0.5][random.index(below: 4)])
                let inCanary = random.unit() < 0.2
                whole.record(inCanary: inCanary, share: share)
                parts[random.index(below: 4)].record(inCanary: inCanary, share: share)
            }
            var left = parts[0]
            for part in parts[1...] { try left.merge(part) }
            var right = parts[3]
            var inner = parts[2]
            try inner.merge(parts[1])
            try right.merge(inner)
            try right.merge(parts[0])
            #expect(left == whole && right == whole)
            #expect(left.logEValue == whole.logEValue)
            #expect(left.hashValue == right.hashValue)
        }
        var one = try RateRatioEProcess()
        let other = try RateRatioEProcess(toleratedRatio: 2)
        #expect(throws: EstimateError.invalidParameter("tolerated ratio", must: "be the same in both")) {
            try one.merge(other)
        }
    }

    @Test func aProcessComesBackFromItsFile() throws {
        let process = try counted([(0.01, 3, 40), (0.1, 12, 31)], tolerating: 1.1)
        let data = try JSONEncoder().encode(process)
        let back = try JSONDecoder().decode(RateRatioEProcess.self, from: data)
        #expect(back == process && back.logEValue == process.logEValue)
        let text = String(decoding: data, as: UTF8.self)
        for (part, bad) in [("\"canaryEvents\":3", "\"canaryEvents\":-3"), ("0.01", "1.01"), ("1.1", "-1.1")]
        {
            #expect(text.contains(part))
            let broken = Data(text.replacingOccurrences(of: part, with: bad).utf8)
            #expect(throws: EstimateError.self) {
                try JSONDecoder().decode(RateRatioEProcess.self, from: broken)
            }
        }
    }

    /// Without a sticky key the share is the second's own, read as a cell: over all outcomes of two seconds
    /// of independent requests the mean of E is at most 1, and nearly 1 for events that are rare.
    @Test(arguments: [1, 1.2])
    func realisedSharesKeepTheMeanUnderOne(tolerated: Double) throws {
        let seconds = [(canary: 3, production: 5, rate: 0.02), (canary: 1, production: 6, rate: 0.01)]
        var mean = 0.0
        for outcome in 0..<(4 * 6 * 2 * 7) {
            let counts = [(outcome % 4, outcome / 4 % 6), (outcome / 24 % 2, outcome / 48)]
            var process = try RateRatioEProcess(toleratedRatio: tolerated)
            var weight = 1.0
            for (second, count) in zip(seconds, counts) {
                let share = try CanaryShare.realised(canary: second.canary, production: second.production)
                try process.add(canary: count.0, production: count.1, share: #require(share))
                weight *= try Binomial(trials: second.canary, probability: second.rate * tolerated)
                    .mass(count.0)
                weight *= try Binomial(trials: second.production, probability: second.rate).mass(count.1)
            }
            mean += weight * process.eValue
        }
        #expect(mean <= 1 && mean > 0.95)
    }

    @Test func cellsOfTheRealisedShareHoldItAndAreFew() throws {
        var cells = Set<CanaryShare>()
        for canary in 1...200 {
            for production in stride(from: 200, through: 10_000, by: 70) {
                let share = try #require(
                    try CanaryShare.realised(canary: canary, production: production))
                let truth = Double(canary) / Double(canary + production)
                #expect(share.lower <= truth * (1 + 1e-12) && truth <= share.upper * (1 + 1e-12))
                let odds = share.upper / (1 - share.upper) / (share.lower / (1 - share.lower))
                #expect(close(odds, 1.01, 1e-9))
                cells.insert(share)
            }
        }
        #expect(cells.count <= 922)
        #expect(try CanaryShare.realised(canary: 0, production: 9) == nil)
        #expect(try CanaryShare.realised(canary: 9, production: 0) == nil)
    }

    @Test func badArgumentsAreNamed() throws {
        #expect(throws: EstimateError.invalidParameter("share", must: "lie strictly between 0 and 1")) {
            try CanaryShare(1)
        }
        #expect(throws: EstimateError.self) { try CanaryShare(.nan) }
        #expect(throws: EstimateError.self) { try CanaryShare(between: 0.2, and: 0.1) }
        #expect(throws: EstimateError.self) { try RateRatioEProcess(toleratedRatio: .infinity) }
        #expect(throws: EstimateError.self) { try RateRatioEProcess(toleratedRatio: .nan) }
        var process = try RateRatioEProcess()
        let share = try CanaryShare(0.1)
        #expect(throws: EstimateError.invalidCounts("events")) {
            try process.add(canary: -1, production: 0, share: share)
        }
        #expect(throws: EstimateError.invalidCounts("events")) {
            try process.add(canary: 1 << 52, production: 1, share: share)
        }
        #expect(throws: EstimateError.invalidCounts("events")) {
            try process.add(canary: .max, production: .max, share: share)
        }
        #expect(throws: EstimateError.self) { try process.alarms(alpha: 0) }
    }
}

/// A process over stages of (share, canary, production).
func counted(
    _ stages: [(Double, Int, Int)], tolerating tolerated: Double = 1
) throws -> RateRatioEProcess {
    var process = try RateRatioEProcess(toleratedRatio: tolerated)
    for (share, canary, production) in stages {
        try process.add(canary: canary, production: production, share: CanaryShare(share))
    }
    return process
}

func counted(_ stages: [RateRatioEProcess.Stage], tolerating tolerated: Double) throws -> RateRatioEProcess {
    var process = try RateRatioEProcess(toleratedRatio: tolerated)
    for stage in stages {
        try process.add(canary: stage.canaryEvents, production: stage.productionEvents, share: stage.share)
    }
    return process
}
