import Foundation
import Statistics
import Testing

@Suite struct TwoProportionEProcessTests {
    private static let blocks = [[2, 10, 9, 90], [4, 12, 8, 88], [3, 9, 11, 95]]

    /// By mpmath with 50 digits, as `oracles/sequences.py` multiplies it out.
    @Test(arguments: [(Alternative.greater, 3.0121583267419427), (.twoSided, 3.0121583267419427), (.less, 0)])
    func evidenceIsWhatTheDirectProductGives(alternative: Alternative, logE: Double) throws {
        var process = try TwoProportionEProcess(alternative: alternative)
        for block in Self.blocks { try process.add(block) }
        #expect(close(process.logEValue, logE, 1e-12))
        #expect(process.canary.events == 9 && process.canary.trials == 31)
        #expect(process.production.events == 28 && process.production.trials == 273)
    }

    /// Every outcome of three blocks, of equal and of unequal sizes.
    @Test(arguments: [Alternative.greater, .less, .twoSided], [[1, 1], [1, 3], [2, 1]])
    func theMeanOverAllOutcomesIsAtMostOne(alternative: Alternative, sizes: [Int]) throws {
        for rate in [0.05, 0.3, 0.5, 0.9] {
            let mean = try self.mean(alternative, sizes, canary: rate, production: rate)
            #expect(mean <= 1 + 1e-12)
            #expect(mean > 0.9)
        }
        // And for rates that differ the other way than is claimed.
        let (low, high) = (0.2, 0.45)
        if alternative == .greater {
            #expect(try mean(alternative, sizes, canary: low, production: high) < 1)
            #expect(try mean(alternative, sizes, canary: high, production: low) > 1)
        }
        if alternative == .less {
            #expect(try mean(alternative, sizes, canary: high, production: low) < 1)
        }
    }

    private func mean(
        _ alternative: Alternative, _ sizes: [Int], canary: Double, production: Double
    ) throws -> Double {
        let first = try Binomial(trials: sizes[0], probability: canary)
        let second = try Binomial(trials: sizes[1], probability: production)
        func over(_ process: TwoProportionEProcess, _ blocks: Int) throws -> Double {
            if blocks == 0 { return process.eValue }
            var sum = 0.0
            for a in 0...sizes[0] {
                for b in 0...sizes[1] {
                    var next = process
                    try next.add([a, sizes[0], b, sizes[1]])
                    sum += try first.mass(a) * second.mass(b) * over(next, blocks - 1)
                }
            }
            return sum
        }
        return try over(TwoProportionEProcess(alternative: alternative), 3)
    }

    /// A rate that all share and that moves with the hour, and blocks whose split moves too. Seeded.
    @Test func lookingAfterEachBlockKeepsAlpha() throws {
        for alternative in [Alternative.greater, .twoSided] {
            var alarms = 0
            let runs = 1000
            for run in 0..<runs {
                var random = RandomStream(seed: 41, stream: UInt64(run))
                var process = try TwoProportionEProcess(alternative: alternative)
                for block in 0..<100 {
                    let rate = 0.1 + 0.08 * Double(block % 20) / 20
                    let sizes = [1 + random.index(below: 3), 5 + random.index(below: 10)]
                    let events = sizes.map { size in
                        (0..<size).reduce(0) { sum, _ in sum + (random.unit() < rate ? 1 : 0) }
                    }
                    try process.add([events[0], sizes[0], events[1], sizes[1]])
                    if try process.alarms(alpha: 0.05) {
                        alarms += 1
                        break
                    }
                }
            }
            #expect(try Binomial(trials: runs, probability: 0.05).atLeast(alarms) > 1e-3, "\(alarms)")
        }
    }

    @Test func harmIsFoundAndImprovementIsNot() throws {
        var harm = try TwoProportionEProcess(alternative: .greater)
        var improvement = harm
        for _ in 0..<200 {
            try harm.add([2, 10, 9, 90])
            try improvement.add([1, 20, 9, 80])
        }
        #expect(harm.logEValue > 10)
        #expect(improvement.logEValue <= 0)
    }

    @Test func mergingMultipliesAndComesBackFromItsFile() throws {
        var parts: [TwoProportionEProcess] = []
        for shift in 0..<3 {
            var process = try TwoProportionEProcess(alternative: .greater)
            for block in Self.blocks { try process.add([block[0], block[1] + shift, block[2], block[3]]) }
            parts.append(process)
        }
        var left = parts[0]
        try left.merge(parts[1])
        try left.merge(parts[2])
        var inner = parts[2]
        try inner.merge(parts[1])
        try inner.merge(parts[0])
        #expect(left.canary == inner.canary && left.production == inner.production)
        #expect(close(left.logEValue, inner.logEValue, 1e-14))
        #expect(close(left.logEValue, parts.reduce(0) { $0 + $1.logEValue }, 1e-14))
        let data = try JSONEncoder().encode(left)
        #expect(try JSONDecoder().decode(TwoProportionEProcess.self, from: data) == left)
        let other = try TwoProportionEProcess(alternative: .less)
        #expect(throws: EstimateError.self) { try left.merge(other) }
        let text = String(decoding: data, as: UTF8.self)
        let broken = text.replacingOccurrences(of: "\"events\":27", with: "\"events\":270")
        #expect(broken != text)
        #expect(throws: EstimateError.self) {
            try JSONDecoder().decode(TwoProportionEProcess.self, from: Data(broken.utf8))
        }
    }

    @Test func badCountsAreNamedAndChangeNothing() throws {
        var process = try TwoProportionEProcess(alternative: .twoSided)
        let before = process
        for bad in [[3, 2, 0, 0], [0, 0, 3, 2], [-1, 2, 0, 0], [0, 1 << 53, 0, 0]] {
            #expect(throws: EstimateError.self) { try process.add(bad) }
        }
        #expect(process == before)
        for prior in [0, -1, .nan, .infinity] {
            #expect(throws: EstimateError.invalidParameter("prior", must: "be positive and finite")) {
                try TwoProportionEProcess(alternative: .less, prior: prior)
            }
        }
    }
}

extension TwoProportionEProcess {
    fileprivate mutating func add(_ block: [Int]) throws {
        try add(
            canaryEvents: block[0], canaryTrials: block[1], productionEvents: block[2],
            productionTrials: block[3])
    }
}
