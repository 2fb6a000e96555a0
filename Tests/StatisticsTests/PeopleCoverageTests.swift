import Statistics
import Testing

/// How often 90 % intervals of people and judges hold the truth, over 2,000 seeded draws each: the error of a count of
/// 1,800 is .7 %, and small counts leave any interval of rates a little off.
@Suite struct PeopleCoverageTests {
    private let trials = 2_000

    private func draw(_ n: Int, _ rate: Double, _ stream: inout RandomStream) -> Int {
        var count = 0
        for _ in 0..<n where stream.unit() < rate { count += 1 }
        return count
    }

    private func coverage(
        seed: UInt64, _ holds: (inout RandomStream) throws -> Bool?
    ) rethrows -> (share: Double, undefined: Int) {
        var covered = 0
        var undefined = 0
        for trial in 0..<trials {
            var stream = RandomStream(seed: seed, stream: UInt64(trial))
            switch try holds(&stream) {
            case true: covered += 1
            case false: break
            case nil: undefined += 1
            }
        }
        return (Double(covered) / Double(trials - undefined), undefined)
    }

    @Test(arguments: [(0.9, 0.85, 0.8), (0.98, 0.95, 0.7), (0.5, 0.9, 0.9), (0.05, 0.7, 0.9)])
    func langReiczigelCovers(truth: Double, sensitivity: Double, specificity: Double) throws {
        let found = coverage(seed: 21) { stream in
            let rate = truth * sensitivity + (1 - truth) * (1 - specificity)
            let passes = draw(1_000, rate, &stream)
            let good = draw(60, sensitivity, &stream)
            let bad = draw(40, specificity, &stream)
            guard
                let accuracy = try? JudgeAccuracy(
                    truePositives: good, positives: 60, trueNegatives: bad, negatives: 40),
                let estimate = try? roganGladen(passes: passes, judged: 1_000, accuracy: accuracy)
            else { return nil }
            return estimate.interval.contains(truth)
        }
        #expect(found.share > 0.88 && found.share < 0.97, "\(found)")
        #expect(found.undefined < trials / 50)
    }

    @Test(arguments: [(0.75, 0.9), (0.75, 0.5), (0.9, 0.95)])
    func tunedPredictionsCoverAndNeverCostMuch(truth: Double, agreement: Double) throws {
        var narrower = 0
        let found = coverage(seed: 22) { stream in
            var cells = [0, 0, 0, 0]
            for _ in 0..<200 {
                let human = stream.unit() < truth
                let judge = stream.unit() < agreement ? human : stream.unit() < 0.5
                cells[(human ? 0 : 2) + (judge ? 0 : 1)] += 1
            }
            let rate = truth * agreement + (1 - agreement) * 0.5
            let passes = draw(2_000, rate, &stream)
            guard
                let estimate = try? predictionPoweredRate(
                    both: cells[0], onlyHuman: cells[1], onlyJudge: cells[2], neither: cells[3],
                    restPasses: passes, rest: 2_000)
            else { return nil }
            if estimate.estimate.standardError <= estimate.humanError * 1.001 { narrower += 1 }
            return estimate.estimate.interval.contains(truth)
        }
        #expect(abs(found.share - 0.9) < 0.035, "\(found)")
        #expect(found.undefined == 0)
        #expect(narrower > trials * 98 / 100)
    }

    @Test(arguments: [(0.0, 0.9, 0.85), (-0.05, 0.9, 0.85), (-0.1, 0.8, 0.7)])
    func judgedDifferencesCover(truth: Double, sensitivity: Double, specificity: Double) throws {
        for isShared in [true, false] {
            let found = try coverage(seed: 23) { stream in
                var cells = [0, 0, 0, 0]
                for _ in 0..<400 {
                    let before = stream.unit() < 0.8
                    // Losses of good ones and gains of bad ones that differ by the truth.
                    let turned =
                        stream.unit() < (before ? (0.05 - truth / 2) / 0.8 : (0.05 + truth / 2) / 0.2)
                    let after = turned ? !before : before
                    let first = stream.unit() < (before ? sensitivity : 1 - specificity)
                    let second = stream.unit() < (after ? sensitivity : 1 - specificity)
                    cells[(first ? 0 : 2) + (second ? 0 : 1)] += 1
                }
                func accuracy() throws -> JudgeAccuracy {
                    try JudgeAccuracy(
                        truePositives: draw(150, sensitivity, &stream), positives: 150,
                        trueNegatives: draw(150, specificity, &stream), negatives: 150)
                }
                let counts = try PairedCounts(
                    both: cells[0], onlyBaseline: cells[1], onlyCandidate: cells[2], neither: cells[3])
                let interval =
                    isShared
                    ? try judgedDifference(counts, accuracy: accuracy()).interval
                    : try judgedDifference(counts, baseline: accuracy(), candidate: accuracy()).interval
                return interval.contains(truth)
            }
            #expect(abs(found.share - 0.9) < 0.03, "\(isShared) \(found)")
        }
    }

    @Test func stratifiedRatesCoverWhereTheWaldIntervalDoesNot() throws {
        let truths = [0.99, 0.9, 0.6]
        let sizes = [8_000, 1_500, 500]
        var wald = 0
        let found = try coverage(seed: 24) { stream in
            var strata: [StratumSample] = []
            for (size, rate) in zip(sizes, truths) {
                strata.append(try StratumSample(size: size, n: 40, passes: draw(40, rate, &stream)))
            }
            let truth = 0.8 * 0.99 + 0.15 * 0.9 + 0.05 * 0.6
            if let plain = try? stratifiedMean(strata), plain.interval.contains(truth) { wald += 1 }
            return try stratifiedRate(strata).interval.contains(truth)
        }
        #expect(found.share > 0.88 && found.share < 0.97, "\(found)")
        #expect(Double(wald) / Double(trials) < 0.86)
    }

    @Test(arguments: [(0.6, 0.5), (0.4, 0.85)])
    func kappasIntervalCovers(kappa: Double, prevalence: Double) throws {
        let apart = prevalence * (1 - prevalence) * (1 - kappa)
        let found = coverage(seed: 25) { stream in
            var cells = [[0, 0], [0, 0]]
            for _ in 0..<200 {
                let place = stream.unit()
                if place < apart {
                    cells[0][1] += 1
                } else if place < 2 * apart {
                    cells[1][0] += 1
                } else if place < apart + prevalence {
                    cells[0][0] += 1
                } else {
                    cells[1][1] += 1
                }
            }
            return (try? cohenKappa(cells))?.interval?.contains(kappa)
        }
        #expect(abs(found.share - 0.9) < 0.025, "\(found)")
        #expect(found.undefined == 0)
    }
}
