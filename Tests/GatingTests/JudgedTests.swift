import Domain
import Metrics
import Statistics
import Testing

@testable import Gating

/// Metrics that a judge scored: what is held against the margin is the truth, not what the judge sees of it.
@Suite struct JudgedTests {
    private func judged(
        _ pairs: (Int, Int, Int, Int), _ form: GateForm, _ scorer: JudgedMetric?, slice: Bool = false,
        metric: String = "intent_accuracy", options: GateOptions = GateOptions(seed: 7)
    ) throws -> Judgement {
        let (before, after) = paired(pairs.0, pairs.1, pairs.2, pairs.3)
        var scores = Scores(before.count)
        scores.add(metric, baseline: before, candidate: after)
        if slice { scores.slice("all", Array(repeating: "one", count: before.count)) }
        var options = options
        if let scorer { options.judges = [metric: scorer] }
        return try judge(scores, [rule(metric, form)], metrics: [metric], options: options)
    }

    private let margin = GateForm.noWorse(by: .absolute(quantity(0.05)))
    /// J = .9 + .9 − 1 = .8, from 1,000 labels of each kind.
    private let good = try? JudgeAccuracy(
        truePositives: 900, positives: 1_000, trueNegatives: 900, negatives: 1_000)
    /// J = .2 from 20 labels: not proven to be above 0.
    private let poor = try? JudgeAccuracy(truePositives: 12, positives: 20, trueNegatives: 12, negatives: 20)

    /// 20 of 500 lost, 0 gained: d = −.04 in the judge's eyes, −.04/.8 = −.05 in truth.
    @Test func theDifferenceIsCorrectedByJ() throws {
        let accuracy = try #require(good)
        let gate = try judged((400, 20, 0, 80), margin, JudgedMetric(accuracy)).gates[0]
        #expect(abs((gate.difference?.value ?? 0) + 0.05) < 1e-12)
        let interval = try #require(gate.difference?.interval)
        let counts = try PairedCounts(both: 400, onlyBaseline: 20, onlyCandidate: 0, neither: 80)
        let expected = try judgedDifference(counts, accuracy: accuracy).interval
        #expect(interval == expected)
        #expect(gate.note.contains("corrected for the judge's J 0.8 (2,000 labels)"))
        #expect(gate.outcome == .fails, "a drop of .05, proven, at a margin of .05")
        // What the judge sees is within the margin: without its accuracy nothing would fail.
        #expect(try judged((400, 20, 0, 80), margin, nil).gates[0].outcome == .unsure)
    }

    /// The judge sees a bound that clears the margin; the truth's does not.
    @Test func aPassMustHoldInTruth() throws {
        let pairs = (440, 12, 8, 40)
        #expect(try judged(pairs, .noWorse(by: .absolute(quantity(0.024))), nil).gates[0].outcome == .passes)
        let accuracy = try #require(good)
        let gate = try judged(pairs, .noWorse(by: .absolute(quantity(0.024))), JudgedMetric(accuracy)).gates[
            0]
        #expect(gate.outcome == .unsure, "\(gate)")
    }

    @Test func aJudgeThatIsNotProvenMayNotGate() throws {
        let accuracy = try #require(poor)
        #expect(try !accuracy.mayGate())
        for form in [
            margin, .notWorse, .within(share: 0.2),
            .compare(.atLeast, quantity(0.1), confidently: false),
        ] {
            let judgement = try judged((400, 60, 0, 40), form, JudgedMetric(accuracy), slice: true)
            #expect(judgement.gates[0].outcome == .unsure)
            #expect(judgement.gates[0].note.contains("may not gate: its J 0.2"), "\(judgement.gates[0].note)")
            #expect(judgement.verdict == .cannotTell, "nor may its slices block")
        }
    }

    /// A judge that passes bad answers of the candidate alone: each arm by its own accuracy.
    @Test func aJudgeThatFavoursAnArmIsCorrectedByArm() throws {
        let fair = try JudgeAccuracy(
            truePositives: 450, positives: 500, trueNegatives: 450, negatives: 500)
        let lenient = try JudgeAccuracy(
            truePositives: 475, positives: 500, trueNegatives: 300, negatives: 500)
        let judge = try JudgedMetric(JudgedMetric.Arms(baseline: fair, candidate: lenient))
        #expect(judge.overall.positives == 1_000)
        let gate = try judged((380, 10, 30, 80), .notWorse, judge).gates[0]
        // In truth (.78 + .9 − 1)/.8 = .85 and (.82 + .6 − 1)/.55 = .7636.
        #expect(abs((gate.difference?.value ?? 0) - (0.42 / 0.55 - 0.85)) < 1e-12)
        #expect(gate.outcome == .fails, "what looks like a gain is a loss")
        #expect(gate.note.contains("each is corrected"))
        // The same labels from both arms: one J speaks, and the gain is one.
        let alike = try JudgedMetric(JudgedMetric.Arms(baseline: fair, candidate: fair))
        let kept = try judged((380, 10, 30, 80), .notWorse, alike).gates[0]
        #expect(kept.outcome == .passes && (kept.difference?.value ?? 0) > 0)
    }

    @Test func slicesAreHeldAgainstWhatIsLeftOfTheMargin() throws {
        let accuracy = try #require(good)
        // .042 lost: within a margin of .05, beyond .8 · .05.
        let judgement = try judged((400, 21, 0, 79), margin, JudgedMetric(accuracy), slice: true)
        #expect(judgement.slices[0].outcome == .fails)
        #expect(try judged((400, 21, 0, 79), margin, nil, slice: true).slices[0].outcome == .passes)
    }

    @Test func onlyPassAndFailCanBeJudgedSo() throws {
        let accuracy = try #require(good)
        var scores = Scores(40)
        scores.add(
            "token_f1", baseline: Array(repeating: 0.5, count: 40),
            candidate: Array(repeating: 0.5, count: 40))
        var options = GateOptions(seed: 7)
        options.judges = ["token_f1": JudgedMetric(accuracy)]
        let gate = try judge(scores, [rule("token_f1", .notWorse)], metrics: ["token_f1"], options: options)
            .gates[0]
        #expect(gate.outcome == .unsure && gate.note.contains("pass and fail"))
    }

    /// 84 of 100 by the judge; (.84 + .9 − 1)/.8 = .925 in truth. The judge's own rate decides, and the note says so.
    @Test func aBoundsRateIsShownCorrected() throws {
        let accuracy = try #require(good)
        func gate(_ form: GateForm, _ scorer: JudgedMetric?) throws -> GateResult {
            try judged((80, 5, 4, 11), form, scorer).gates[0]
        }
        let form = GateForm.compare(.atLeast, quantity(0.8), confidently: false)
        let found = try gate(form, JudgedMetric(accuracy))
        #expect(found.candidate?.value == 0.84 && found.outcome == .passes)
        let expected = try roganGladen(passes: 84, judged: 100, accuracy: accuracy)
        let corrected = try #require(found.corrected)
        #expect(abs(corrected.value - 0.925) < 1e-12)
        #expect(corrected.interval == expected.interval)
        #expect(corrected.method == "Rogan–Gladen, Lang–Reiczigel")
        #expect(found.note.contains("corrected for the judge's errors 0.925 ["), "\(found.note)")
        #expect(found.note.hasSuffix("the gate used the judge's own rate"), "\(found.note)")
        // By the judge's rate it does not hold, in truth it does.
        let strict = try gate(
            .compare(.atLeast, quantity(0.9), confidently: false), JudgedMetric(accuracy))
        #expect(strict.outcome == .fails)
        #expect(strict.note.hasSuffix("by the corrected one it would be decided otherwise"), "\(strict.note)")
        // Without a calibration there is nothing to correct by.
        let plain = try gate(form, nil)
        #expect(plain.corrected == nil && plain.note.isEmpty)
        // An arm with an accuracy of its own is corrected by that one: (.84 + .95 − 1)/.93.
        let own = try JudgeAccuracy(
            truePositives: 980, positives: 1_000, trueNegatives: 950, negatives: 1_000)
        let fair = try JudgeAccuracy(
            truePositives: 800, positives: 1_000, trueNegatives: 900, negatives: 1_000)
        let apart = try gate(form, JudgedMetric(.init(baseline: fair, candidate: own)))
        #expect(abs((apart.corrected?.value ?? 0) - 0.79 / 0.93) < 1e-12)
    }

    // MARK: - By people's labels of the run's own answers

    /// 400 answers, 120 of them labelled: both pass 84, the judge alone 12, people alone 6, neither 18; of the other 280
    /// the judge passes 233. ppi-python 0.2.3, tuned λ: .765373, 90 % interval [.708763, .821983].
    private func powered(
        labels: Int = 120, _ form: GateForm, _ correction: JudgePolicy.Correction, random: Bool = true,
        scorer: JudgedMetric? = nil
    ) throws -> GateResult {
        let metric = "intent_accuracy"
        let human =
            [Bool](repeating: true, count: 84) + .init(repeating: false, count: 12)
            + .init(repeating: true, count: 6) + .init(repeating: false, count: 18)
        let judged =
            [Bool](repeating: true, count: 96) + .init(repeating: false, count: 24)
            + .init(repeating: true, count: 233) + .init(repeating: false, count: 47)
        var scores = Scores(400)
        let cells = judged.map { Cell.pass($0) }
        scores.add(metric, baseline: cells, candidate: cells)
        var options = GateOptions(seed: 7)
        let usual = JudgedMetric(try #require(good))
        options.judges = [metric: scorer ?? usual]
        options.correction = correction
        options.peopleAreRandom = random
        // Every few, so that fewer labels are of the same kinds.
        let step = 120 / labels
        var people: [String: Double] = [:]
        for place in stride(from: 0, to: 120, by: step) { people[scores.ids[place]] = human[place] ? 1 : 0 }
        options.people = [metric: people]
        return try judge(scores, [rule(metric, form)], metrics: [metric], options: options).gates[0]
    }

    private func bound(_ value: Double, confidently: Bool = false) -> GateForm {
        .compare(.atLeast, quantity(value), confidently: confidently)
    }

    @Test func peoplesLabelsOfARunStandBesideTheJudgesRate() throws {
        let gate = try powered(bound(0.8), .none)
        #expect(gate.outcome == .passes && gate.candidate?.value == 0.8225, "the judge's own rate decides")
        let found = try #require(gate.powered)
        #expect(abs(found.value - 0.765373) < 2e-3 && gate.labelled == 120 && found.n == 400)
        let interval = try #require(found.interval)
        #expect(abs(interval.lower - 0.708763) < 2e-3 && abs(interval.upper - 0.821983) < 2e-3)
        #expect(interval.confidence == 0.9 && found.method == "PPI++, normal")
        let exact = try predictionPoweredRate(
            both: 84, onlyHuman: 6, onlyJudge: 12, neither: 18, restPasses: 233, rest: 280)
        #expect(abs(found.value - exact.estimate.value) < 1e-12)
        #expect(gate.corrected != nil && gate.deciding == nil)
        #expect(
            gate.note.contains("by people's labels of 120 of 400 answers 0.766 [0.709, 0.822] (PPI++"),
            "\(gate.note)")
        #expect(gate.note.hasSuffix("by the corrected one it would be decided otherwise"), "\(gate.note)")
    }

    @Test func thePolicyChoosesTheRateThatGates() throws {
        // The judge says .8225, Rogan–Gladen (.8225 − .1)/.8 = .903, people's labels .765.
        let rates: [(JudgePolicy.Correction, Double)] = [
            (.none, 0.8225), (.roganGladen, 0.903125), (.ppi, 0.7654),
        ]
        for (correction, rate) in rates {
            for limit in [rate - 0.01, rate + 0.01] {
                let gate = try powered(bound(limit), correction)
                #expect(gate.outcome == (limit < rate ? .passes : .fails), "\(correction) \(limit): \(gate)")
            }
            #expect(try powered(bound(rate - 0.01), correction).deciding?.value != 0.8225)
        }
        let proven = try powered(bound(0.70, confidently: true), .ppi)
        #expect(proven.outcome == .passes && proven.deciding == proven.powered)
        #expect(try powered(bound(0.72, confidently: true), .ppi).outcome == .unsure)
        #expect(try powered(bound(0.83, confidently: true), .ppi).outcome == .fails)
        #expect(proven.note.hasSuffix("judge.calibration.correct: ppi"), "\(proven.note)")
    }

    /// Fewer than a hundred labels speak alone; labels that were picked correct nothing.
    @Test func fewOrPickedLabelsAreNotTakenForMore() throws {
        let few = try powered(labels: 40, bound(0.8), .ppi)
        #expect(few.labelled == 40 && few.powered?.n == 40)
        #expect(few.powered?.method == "people's labels alone, Wilson")
        #expect(few.note.contains("PPI++ from 100 on"), "\(few.note)")
        let picked = try powered(bound(0.8), .none, random: false)
        #expect(picked.powered == nil && picked.labelled == 120)
        #expect(picked.note.contains("judge.calibration.random: true"), "\(picked.note)")
        let none = try powered(bound(0.8), .ppi, random: false)
        #expect(none.outcome == .unsure && none.note.contains("there is no such rate"), "\(none.note)")
    }
}

@Suite struct MovementTests {
    /// What nobody measured has not stayed as it was.
    @Test func theUnmeasuredAreNotUnchanged() throws {
        var scores = Scores(6)
        scores.add(
            "intent_accuracy",
            baseline: [.pass(true), .pass(true), .pass(false), .failed, .notApplicable, .pass(true)],
            candidate: [.pass(true), .pass(false), .pass(true), .pass(true), .notApplicable, .failed])
        let movement = try judge(
            scores, [rule("intent_accuracy", .notWorse)], metrics: ["intent_accuracy"]
        ).movement
        #expect(movement.newlyFailingCount == 1 && movement.newlyPassingCount == 1)
        #expect(movement.unchangedCount == 1)
        #expect(movement.notComparedCount == 3)
    }
}
