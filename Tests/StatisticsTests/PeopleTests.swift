import Statistics
import Testing

@Suite struct PeopleTests {
    /// FORMULAS: both pass 70, only the judge 10, only people 5, neither 15; of 4,000 others the judge passes 3,350.
    @Test func predictionPoweredRateIsAsPublished() throws {
        func rate(_ weight: JudgeWeight) throws -> PredictionPoweredEstimate {
            try predictionPoweredRate(
                both: 70, onlyHuman: 5, onlyJudge: 10, neither: 15, restPasses: 3_350, rest: 4_000,
                weight: weight)
        }
        let plain = try rate(.full)
        #expect(abs(plain.estimate.value - 0.7875) < 1e-12)
        #expect(abs(plain.estimate.standardError - 0.039038) < 5e-7)
        let tuned = try rate(.tuned)
        #expect(abs(tuned.judgeWeight - 0.72067) < 5e-6)
        #expect(abs(tuned.estimate.value - 0.777025) < 5e-7)
        #expect(abs(tuned.estimate.standardError - 0.035987) < 5e-7)
        // Tuning never does worse than either end, and both ends are as they should be.
        let human = try rate(.fixed(0))
        #expect(abs(human.estimate.value - 0.75) < 1e-12)
        #expect(close(human.estimate.standardError, tuned.humanError, 1e-12))
        #expect(tuned.estimate.standardError < min(plain.estimate.standardError, human.humanError))
    }

    @Test func countsAndLabelsGiveTheSame() throws {
        func column(_ both: Double, _ human: Double, _ judge: Double, _ neither: Double) -> [Double] {
            [(70, both), (5, human), (10, judge), (15, neither)].flatMap {
                [Double](repeating: $0.1, count: $0.0)
            }
        }
        let rest = [Double](repeating: 1, count: 3_350) + [Double](repeating: 0, count: 650)
        let labels = try predictionPoweredMean(
            human: column(1, 1, 0, 0), judge: column(1, 0, 1, 0), rest: moments(rest), range: 0...1)
        let counts = try predictionPoweredRate(
            both: 70, onlyHuman: 5, onlyJudge: 10, neither: 15, restPasses: 3_350, rest: 4_000)
        #expect(close(labels.estimate.value, counts.estimate.value, 1e-12))
        #expect(close(labels.estimate.standardError, counts.estimate.standardError, 1e-12))
        #expect(close(labels.judgeWeight, counts.judgeWeight, 1e-12))
    }

    @Test func fewLabelsAreRefusedAndJudgesWithoutANewsGetNoWeight() throws {
        #expect(throws: EstimateError.tooFew(count: 40, needed: 100, of: "human labels")) {
            try predictionPoweredRate(
                both: 20, onlyHuman: 5, onlyJudge: 5, neither: 10, restPasses: 9, rest: 20)
        }
        let few = try predictionPoweredRate(
            both: 20, onlyHuman: 5, onlyJudge: 5, neither: 10, restPasses: 9, rest: 20, leastLabels: 30)
        #expect(few.estimate.n == 40)
        // It passes everything.
        let blind = try predictionPoweredRate(
            both: 80, onlyHuman: 0, onlyJudge: 20, neither: 0, restPasses: 900, rest: 900)
        #expect(blind.judgeWeight == 0 && blind.estimate.value == 0.8)
        // It says the opposite.
        let contrary = try predictionPoweredRate(
            both: 10, onlyHuman: 60, onlyJudge: 20, neither: 10, restPasses: 300, rest: 900)
        #expect(contrary.judgeWeight == 0)
        // People pass everything: they speak alone, by Clopper and Pearson's interval.
        for onlyHuman in [0, 30] {
            let perfect = try predictionPoweredRate(
                both: 120 - onlyHuman, onlyHuman: onlyHuman, onlyJudge: 0, neither: 0, restPasses: 900,
                rest: 900)
            let exact = try clopperPearsonInterval(successes: 120, trials: 120)
            #expect(perfect.judgeWeight == 0 && perfect.estimate.value == 1)
            #expect(abs(perfect.estimate.interval.lower - exact.lower) < 1e-12)
            #expect(perfect.estimate.interval.upper == 1 && perfect.estimate.standardError > 0)
            #expect(perfect.estimate.interval.method == "human labels alone, all 120 equal")
        }
        #expect(throws: EstimateError.allEqual(value: 1)) {
            try predictionPoweredMean(
                human: Array(repeating: 1, count: 100), judge: Array(repeating: 1, count: 100),
                rest: moments([1, 1, 1]))
        }
        #expect(throws: EstimateError.invalidCounts("the judge's passes of the rest")) {
            try predictionPoweredRate(
                both: 120, onlyHuman: 0, onlyJudge: 0, neither: 1, restPasses: 901, rest: 900)
        }
        #expect(throws: EstimateError.unequalLengths(2, 1)) {
            try predictionPoweredMean(human: [1, 2], judge: [1], rest: moments([1, 2]))
        }
        #expect(throws: EstimateError.self) {
            try predictionPoweredRate(
                both: 80, onlyHuman: 1, onlyJudge: 20, neither: 0, restPasses: 9, rest: 10, weight: .fixed(2))
        }
    }

    /// FORMULAS.
    @Test func roganGladenIsAsPublished() throws {
        let found = try roganGladen(
            rate: 0.8375, judged: 4_000, sensitivity: 0.92, positives: 60, specificity: 0.75, negatives: 40,
            confidence: 0.95)
        #expect(abs(found.value - 0.876866) < 5e-7)
        #expect(abs(found.standardError - 0.0483239) < 5e-8)
        #expect(found.interval.contains(found.value) && found.interval.upper <= 1)
    }

    @Test func roganGladenStaysWithinZeroAndOneAndKnowsItsLimits() throws {
        let accuracy = try JudgeAccuracy(
            truePositives: 58, positives: 60, trueNegatives: 38, negatives: 40)
        let high = try roganGladen(passes: 985, judged: 1_000, accuracy: accuracy)
        #expect(high.value == 1 && high.interval.upper == 1 && high.interval.lower < 1)
        // A perfect judge of few labels still leaves an interval.
        let perfect = try JudgeAccuracy(truePositives: 20, positives: 20, trueNegatives: 20, negatives: 20)
        let sure = try roganGladen(passes: 100, judged: 100, accuracy: perfect)
        #expect(sure.value == 1 && sure.standardError > 0 && sure.interval.width > 0.01)
        let coin = try JudgeAccuracy(truePositives: 10, positives: 20, trueNegatives: 10, negatives: 20)
        #expect(
            throws: EstimateError.invalidParameter(
                "sensitivity and specificity", must: "add up to more than 1")
        ) { try roganGladen(passes: 10, judged: 20, accuracy: coin) }
        // So many passes cannot come from a judge that fails a third of the good.
        let strict = try JudgeAccuracy(
            truePositives: 600, positives: 1_000, trueNegatives: 990, negatives: 1_000)
        #expect(throws: EstimateError.outsideRange(index: 0, of: "estimate")) {
            try roganGladen(passes: 990, judged: 1_000, accuracy: strict)
        }
        #expect(throws: EstimateError.self) { try roganGladen(passes: 5, judged: 4, accuracy: accuracy) }
    }

    @Test func accuracyOfAJudgeHasIntervalsAndALimit() throws {
        let accuracy = try JudgeAccuracy(truePositives: 56, positives: 70, trueNegatives: 24, negatives: 30)
        #expect(accuracy.sensitivity == 0.8 && accuracy.specificity == 0.8)
        #expect(abs(accuracy.youden - 0.6) < 1e-12)
        let interval = try accuracy.youdenInterval(confidence: 0.95)
        // statsmodels 0.15.0, confint_proportions_2indep(56, 70, 6, 30, method='newcomb').
        #expect(abs(interval.lower - 0.3959198866860434) < 1e-12)
        #expect(abs(interval.upper - 0.7301383161854564) < 1e-12)
        #expect(try accuracy.mayGate())
        let guess = try JudgeAccuracy(truePositives: 12, positives: 20, trueNegatives: 11, negatives: 20)
        #expect(try !guess.mayGate())
        #expect(try accuracy.kappa().value > 0.5)
        #expect(throws: EstimateError.tooFew(count: 0, needed: 1, of: "items that experts call bad")) {
            try JudgeAccuracy(truePositives: 1, positives: 1, trueNegatives: 0, negatives: 0)
        }
        #expect(throws: EstimateError.self) { try accuracy.mayGate(confidence: 0.4) }
    }

    /// scipy 1.17.1, fisher_exact of [[56, 14], [40, 30]]: 0.0059845338065814165; of [[24, 6], [28, 2]]: 0.2542143363175797.
    @Test func aJudgeThatFavoursAnArmIsFound() throws {
        let before = try JudgeAccuracy(truePositives: 56, positives: 70, trueNegatives: 24, negatives: 30)
        let after = try JudgeAccuracy(truePositives: 40, positives: 70, trueNegatives: 28, negatives: 30)
        let found = try judgeEquality(baseline: before, candidate: after)
        #expect(abs(found.sensitivity.pValue - 0.0059845338065814165) < 1e-7)
        #expect(abs(found.specificity.pValue - 0.2542143363175797) < 1e-7)
        #expect(close(found.pValue, 2 * found.sensitivity.pValue, 1e-12))
        #expect(try judgeEquality(baseline: before, candidate: before).pValue == 1)
    }

    @Test func judgesShrinkDifferencesByYoudensJ() throws {
        #expect(try judgedMargin(0.05, youden: 0.6) == 0.03)
        #expect(throws: EstimateError.self) { try judgedMargin(0.05, youden: 0) }
        let pairs = try PairedCounts(both: 700, onlyBaseline: 80, onlyCandidate: 50, neither: 170)
        let accuracy = try JudgeAccuracy(
            truePositives: 180, positives: 200, trueNegatives: 160, negatives: 200)
        let shared = try judgedDifference(pairs, accuracy: accuracy)
        #expect(abs(shared.value - -0.03 / 0.7) < 1e-12)
        #expect(shared.interval.contains(shared.value))
        let tango = try tangoInterval(pairs)
        // A judge known for certain would only stretch the scale; this one adds its own doubt.
        #expect(shared.interval.lower < tango.lower / 0.7 && shared.interval.upper > tango.upper / 0.7)
        let own = try judgedDifference(pairs, baseline: accuracy, candidate: accuracy)
        #expect(abs(own.value - shared.value) < 1e-12)
        // Calibrated apart, the arms' errors do not cancel.
        #expect(own.interval.width > shared.interval.width)
        // No verdict changed: still an interval, around zero.
        let still = try judgedDifference(
            PairedCounts(both: 80, onlyBaseline: 0, onlyCandidate: 0, neither: 20), accuracy: accuracy)
        #expect(still.value == 0 && still.interval.lower < 0 && still.interval.upper > 0)
        let guess = try JudgeAccuracy(truePositives: 12, positives: 20, trueNegatives: 11, negatives: 20)
        #expect(throws: EstimateError.self) { try judgedDifference(pairs, accuracy: guess) }
    }

    /// FORMULAS: strata of 8,000, 1,500 and 500, 40 drawn from each, rates .97, .85 and .60.
    @Test func stratifiedMeanIsAsPublished() throws {
        let strata = try [(8_000, 0.97), (1_500, 0.85), (500, 0.6)].map { (size, rate) in
            try StratumSample(
                size: size, n: 40, mean: rate,
                standardDeviation: (rate * (1 - rate) * 40 / 39).squareRoot())
        }
        let found = try stratifiedMean(strata)
        #expect(abs(found.value - 0.9335) < 1e-12)
        #expect(abs(found.standardError - 0.0236833) < 5e-8)
        let rate = try stratifiedRate(strata)
        #expect(abs(rate.value - 0.9335) < 1e-12 && close(rate.standardError, found.standardError, 1e-12))
        #expect(rate.interval.contains(0.9335) && rate.interval.upper < 1)
    }

    @Test func strataSeenWholeAddNoErrorAndAllPassesStillHaveAnInterval() throws {
        let seen = try StratumSample(size: 10, n: 10, passes: 4)
        let drawn = try StratumSample(size: 90, n: 30, passes: 30)
        let both = try stratifiedRate([seen, drawn])
        #expect(abs(both.value - 0.94) < 1e-12)
        #expect(abs(both.interval.upper - 0.94) < 1e-12 && both.interval.lower < 0.93)
        #expect(throws: EstimateError.allEqual(value: 0.4)) { try stratifiedRate([seen]) }
        #expect(throws: EstimateError.allEqual(value: 1)) { try stratifiedMean([drawn]) }
        #expect(throws: EstimateError.tooFew(count: 1, needed: 2, of: "items drawn from the stratum")) {
            try StratumSample(size: 90, values: [1])
        }
        #expect(throws: EstimateError.self) { try StratumSample(size: 3, n: 4, passes: 1) }
        #expect(throws: EstimateError.tooFew(count: 0, needed: 1, of: "strata")) { try stratifiedMean([]) }
    }

    /// Equal chances in each stratum: the same as the stratified mean.
    @Test(arguments: 0..<20)
    func horvitzThompsonOfAStratifiedDrawIsTheStratifiedMean(seed: Int) throws {
        var stream = RandomStream(seed: 5, stream: UInt64(seed))
        var items: [SampledItem] = []
        var strata: [StratumSample] = []
        var population = 0
        for stratum in 0..<3 {
            let n = 3 + stream.index(below: 10)
            let size = n + stream.index(below: 50)
            let values = (0..<n).map { _ in stream.unit() }
            population += size
            strata.append(try StratumSample(size: size, values: values))
            for value in values {
                items.append(
                    SampledItem(value: value, inclusion: Double(n) / Double(size), stratum: stratum))
            }
        }
        let wanted = try stratifiedMean(strata)
        let found = try horvitzThompsonMean(items.shuffled(), population: population)
        #expect(close(found.value, wanted.value, 1e-12))
        #expect(close(found.standardError, wanted.standardError, 1e-10))
    }

    @Test func horvitzThompsonNamesWhatIsWrong() throws {
        let item = SampledItem(value: 1, inclusion: 0.5)
        #expect(throws: EstimateError.tooFew(count: 1, needed: 2, of: "items of a stratum")) {
            try horvitzThompsonMean([item])
        }
        #expect(throws: EstimateError.tooFew(count: 0, needed: 1, of: "items")) {
            try horvitzThompsonMean([])
        }
        #expect(throws: EstimateError.self) {
            try horvitzThompsonMean([item, SampledItem(value: 1, inclusion: 0)])
        }
        #expect(throws: EstimateError.self) { try horvitzThompsonMean([item, item], population: 1) }
        // All seen: nothing to be unsure of, and so no interval.
        #expect(throws: EstimateError.allEqual(value: 1.5)) {
            try horvitzThompsonMean(
                [SampledItem(value: 1, inclusion: 1), SampledItem(value: 2, inclusion: 1)], population: 2)
        }
    }

    @Test(arguments: 0..<60)
    func allocationsAddUpAndNoExchangeIsBetter(seed: Int) throws {
        var stream = RandomStream(seed: 6, stream: UInt64(seed))
        let count = 1 + stream.index(below: 6)
        let sizes = (0..<count).map { _ in 1 + stream.index(below: 400) }
        let deviations = (0..<count).map { _ in stream.index(below: 4) == 0 ? 0 : stream.unit() }
        let least = sizes.map { min($0, 2) }
        let room = sizes.reduce(0, +) - least.reduce(0, +)
        let total = least.reduce(0, +) + stream.index(below: room + 1)
        let found = try sampleAllocation(total: total, sizes: sizes, deviations: deviations)
        #expect(found.counts.reduce(0, +) == total)
        func variance(_ counts: [Int]) -> Double {
            var sum = 0.0
            for index in counts.indices {
                let part = Double(sizes[index]) * deviations[index]
                sum += part * part * (1 / Double(counts[index]) - 1 / Double(sizes[index]))
            }
            return sum
        }
        let best = variance(found.counts)
        for index in sizes.indices {
            #expect(found.counts[index] >= least[index] && found.counts[index] <= sizes[index])
            for other in sizes.indices where other != index {
                var moved = found.counts
                moved[index] -= 1
                moved[other] += 1
                if moved[index] < least[index] || moved[other] > sizes[other] { continue }
                #expect(variance(moved) >= best * (1 - 1e-12))
            }
        }
        let flat = try sampleAllocation(total: total, sizes: sizes)
        #expect(flat.counts.reduce(0, +) == total && flat.standardError == nil)
    }

    @Test func allocationsNameWhatIsWrong() throws {
        #expect(try sampleAllocation(total: 100, sizes: [8_000, 1_500, 500]).counts == [80, 15, 5])
        // N·S of 8,000·.17, 1,500·.36, 500·.49.
        #expect(
            try sampleAllocation(
                total: 120, sizes: [8_000, 1_500, 500], deviations: [0.17, 0.36, 0.49], minimum: 10
            ).counts == [76, 30, 14])
        #expect(throws: EstimateError.tooFew(count: 5, needed: 6, of: "items for the strata's minima")) {
            try sampleAllocation(total: 5, sizes: [9, 9, 9])
        }
        #expect(throws: EstimateError.invalidParameter("total", must: "not exceed the population")) {
            try sampleAllocation(total: 28, sizes: [9, 9, 9])
        }
        #expect(throws: EstimateError.self) { try sampleAllocation(total: 8, sizes: [9, 0]) }
        #expect(throws: EstimateError.unequalLengths(2, 1)) {
            try sampleAllocation(total: 8, sizes: [9, 9], deviations: [1])
        }
        #expect(throws: EstimateError.notFinite(index: 0, of: "deviation")) {
            try sampleAllocation(total: 8, sizes: [9, 9], deviations: [.nan, 1])
        }
    }

    /// One item fewer leaves the interval too wide.
    @Test(arguments: [(0.05, 0.5), (0.05, 0.9), (0.02, 0.99), (0.1, 0.0), (0.2, 0.5)])
    func sampleSizesGiveTheWidthAskedFor(halfWidth: Double, rate: Double) throws {
        let n = try examplesNeeded(forRateWithin: halfWidth, rate: rate, confidence: 0.95)
        let z = try Normal.quantile(0.975)
        func reach(_ n: Double) -> Double {
            let spread = z * (rate * (1 - rate) / n + z * z / (4 * n * n)).squareRoot()
            return spread / (1 + z * z / n)
        }
        #expect(reach(Double(n)) <= halfWidth * (1 + 1e-9) && reach(Double(n - 1)) > halfWidth)
        let finite = try examplesNeeded(
            forRateWithin: halfWidth, rate: rate, population: 500, confidence: 0.95)
        #expect(finite <= min(n, 500))
    }

    /// The table that was planned for has the error that was asked for.
    @Test(arguments: [(0.6, 0.5), (0.4, 0.8), (0.0, 0.3), (0.8, 0.95)])
    func kappasSampleSizeGivesItsError(kappa: Double, prevalence: Double) throws {
        let n = try examplesNeeded(
            forKappaWithin: 0.1, kappa: kappa, prevalence: prevalence, confidence: 0.95)
        let apart = prevalence * (1 - prevalence) * (1 - kappa)
        let scale = 1e9
        func cell(_ share: Double) -> Int { Int((share * scale).rounded()) }
        let table = [
            [cell(prevalence - apart), cell(apart)], [cell(apart), cell(1 - prevalence - apart)],
        ]
        let found = try cohenKappa(table, confidence: 0.95)
        #expect(abs(found.value - kappa) < 1e-6)
        let error = (found.standardError ?? 0) * (scale / Double(n)).squareRoot()
        #expect(abs(1.959964 * error - 0.1) < 1e-3)
        #expect(throws: EstimateError.self) {
            try examplesNeeded(forKappaWithin: 0.1, kappa: -0.9, prevalence: 0.95)
        }
    }
}
