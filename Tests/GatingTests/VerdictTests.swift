import Domain
import Metrics
import Statistics
import Testing

@testable import Gating

/// From gates to one answer, its sentence, and what travels on.
@Suite struct VerdictTests {
    /// A preset brings rules for what a data set may hold; a user's own rule waits for what it names.
    @Test(arguments: [
        ("preset rag", GateResult.Outcome.notJudged, Verdict.ship), ("policy.yaml", .unsure, .cannotTell),
    ])
    func rulesOfPresetsNeedSomethingToJudge(
        file: String, outcome: GateResult.Outcome, verdict: Verdict
    ) throws {
        var scores = Scores(100)
        let (before, after) = paired(100, 0, 0, 0)
        scores.add("intent_accuracy", baseline: before, candidate: after)
        let none = [Cell](repeating: .notApplicable, count: 100)
        scores.add("token_f1", baseline: none, candidate: none)
        let form = GateForm.compare(.atLeast, quantity(0.5), confidently: false)
        let metric = MetricReference(name: "token_f1")
        for form in [form, .notWorse] {
            let own = GateRule(
                text: "token_f1 …", metric: metric, form: form, place: SourcePlace(file: file, line: 3))
            let judged = try judge(
                scores, [rule("intent_accuracy", .notWorse), own], metrics: ["intent_accuracy", "token_f1"])
            #expect(judged.gates[1].outcome == outcome && judged.verdict == verdict)
            let isNoted = judged.gates[1].note == "nothing in this data set to judge it by"
            #expect(isNoted == (outcome == .notJudged))
            #expect(judged.warnings.contains { $0.hasPrefix("token_f1") } == (outcome == .notJudged))
        }
    }

    /// The second look proves at half the error: its rows are wider, and say so; claims are held as ever.
    @Test func rowsNameALevelThatIsNotThePolicys() throws {
        #expect(GateOptions().coverage == 0.9)
        var scores = Scores(500)
        let (before, after) = paired(400, 25, 25, 50)
        scores.add("intent_accuracy", baseline: before, candidate: after)
        let margin = rule("intent_accuracy", .noWorse(by: .absolute(quantity(0.05))))
        let judged = try judge(
            scores, [rule("intent_accuracy", .notWorse), margin], metrics: ["intent_accuracy"],
            options: GateOptions(seed: 7, attempt: 2))
        #expect(judged.gates.map { $0.difference?.interval?.confidence } == [0.9, 0.95])
        #expect(judged.gates[1].note.hasSuffix("at 97.5 %, attempt 2"))
        #expect(!judged.gates[0].note.contains("attempt"))
    }

    /// Two metrics over 500 pairs: one unchanged or broken, one that a margin leaves open or not.
    private func scores(isBroken: Bool) -> Scores {
        var scores = Scores(500)
        let (before, after) = isBroken ? paired(400, 40, 10, 50) : paired(450, 0, 0, 50)
        scores.add("intent_accuracy", baseline: before, candidate: after)
        let (open, opened) = paired(400, 25, 25, 50)
        scores.add("guardrail_pass", baseline: open, candidate: opened)
        return scores
    }

    private static let solid = rule("intent_accuracy", .notWorse)
    struct Case: Sendable {
        let isBroken: Bool
        let unsure: UnsurePolicy?
        let policy: UnsurePolicy
        let later: [Layer]
        let verdict: Verdict
        let reservations: [String]
    }

    @Test(arguments: [
        Case(
            isBroken: true, unsure: nil, policy: .default, later: [.shadow], verdict: .block,
            reservations: ["shadow"]),
        Case(isBroken: true, unsure: nil, policy: .ask, later: [], verdict: .block, reservations: []),
        Case(
            isBroken: false, unsure: nil, policy: .default, later: [], verdict: .cannotTell, reservations: []),
        Case(
            isBroken: false, unsure: nil, policy: .default, later: [.shadow, .canary], verdict: .ship,
            reservations: ["shadow"]),
        Case(
            isBroken: false, unsure: nil, policy: .continue, later: [.canary], verdict: .ship,
            reservations: ["canary"]),
        // Nobody comes after: a reservation that no one settles would be a pass.
        Case(
            isBroken: false, unsure: .continue, policy: .continue, later: [], verdict: .cannotTell,
            reservations: []),
        Case(
            isBroken: false, unsure: nil, policy: .ask, later: [.shadow], verdict: .cannotTell,
            reservations: []),
        Case(
            isBroken: false, unsure: nil, policy: .fail, later: [.shadow], verdict: .block, reservations: []),
        Case(
            isBroken: false, unsure: .fail, policy: .default, later: [.shadow], verdict: .block,
            reservations: []),
        Case(isBroken: false, unsure: .ask, policy: .fail, later: [], verdict: .cannotTell, reservations: []),
        Case(
            isBroken: false, unsure: .default, policy: .fail, later: [.shadow], verdict: .block,
            reservations: []),
    ])
    func unsureGatesAreAnsweredByPolicy(_ it: Case) throws {
        let options = GateOptions(seed: 7, unsure: it.policy, laterLayers: it.later)
        let judged = try judge(
            scores(isBroken: it.isBroken),
            [Self.solid, rule("guardrail_pass", .noWorse(by: .absolute(quantity(0.02))), unsure: it.unsure)],
            metrics: ["intent_accuracy", "guardrail_pass"], options: options)
        #expect(judged.verdict == it.verdict)
        #expect(judged.reservations.map(\.settledBy) == it.reservations)
    }

    struct Missing: Sendable {
        var planned = 1000
        var answered = 1000
        var appFailures = 0
        var unmeasured = 0
        var causes: [(Arm, String, Int)] = []
        let verdict: Verdict
        let headline: String
    }

    /// A gate fails in all of these; what was not measured comes before it.
    @Test(arguments: [
        Missing(
            verdict: .block, headline: "intent_accuracy fell from 0.88 to 0.82 where any proven drop blocks"),
        Missing(
            answered: 950, unmeasured: 50,
            causes: [(.baseline, "unreachable", 25), (.candidate, "unreachable", 25)],
            verdict: .block, headline: "intent_accuracy fell from 0.88 to 0.82 where any proven drop blocks"),
        Missing(
            answered: 949, unmeasured: 51,
            causes: [(.baseline, "unreachable", 26), (.candidate, "unreachable", 25)],
            verdict: .cannotTell,
            headline: "51 of 1000 observations could not be measured (unreachable: no connection)"),
        // Forty of a thousand are four of a hundred; eight of a hundred in the arm that matters.
        Missing(
            answered: 960, unmeasured: 40, causes: [(.candidate, "unreachable", 40)], verdict: .cannotTell,
            headline:
                "40 of 500 observations of the candidate could not be measured (unreachable: no connection)"),
        Missing(
            answered: 0, unmeasured: 1000,
            causes: [(.candidate, "unreachable", 500), (.baseline, "unreachable", 500)],
            verdict: .couldNotMeasure, headline: "nothing could be measured (unreachable: no connection)"),
        Missing(
            answered: 0, appFailures: 1000,
            causes: [(.candidate, "status", 500), (.baseline, "status", 500)],
            verdict: .cannotTell, headline: "the app gave no answer at all (status: no connection)"),
        Missing(
            answered: 500, appFailures: 500, causes: [(.baseline, "status", 500)], verdict: .cannotTell,
            headline: "the baseline gave no answer at all to compare with (status: no connection)"),
        // A candidate that fails is no gap in the evidence.
        Missing(
            answered: 500, appFailures: 500, causes: [(.candidate, "timeout", 500)], verdict: .block,
            headline: "intent_accuracy fell from 0.88 to 0.82 where any proven drop blocks"),
    ])
    func whatWasNotMeasuredComesBeforeTheGates(_ it: Missing) throws {
        var counts = MeasurementCounts()
        counts.planned = it.planned
        counts.answered = it.answered
        counts.appFailures = it.appFailures
        counts.unmeasured = it.unmeasured
        counts.causes = it.causes.map {
            MeasurementCounts.ByCause(arm: $0.0, cause: $0.1, count: $0.2, detail: "no connection")
        }
        let judged = try judge(
            scores(isBroken: true), [Self.solid], metrics: ["intent_accuracy"], measurement: counts)
        #expect(judged.verdict == it.verdict)
        #expect(judged.headline == it.headline)
    }

    @Test func withoutGatesNothingDecides() throws {
        let judged = try judge(scores(isBroken: false), [], metrics: ["intent_accuracy"])
        #expect(
            judged.verdict == .cannotTell
                && judged.headline == "the policy has no gates, so that nothing decides")
    }

    @Test func aBaselineThatIsMissingLeavesComparisonsOpen() throws {
        var scores = Scores(100)
        scores.add("intent_accuracy", .candidate, Array(repeating: .pass(true), count: 100))
        let judged = try judge(
            scores, [Self.solid], metrics: ["intent_accuracy"], measurement: answered(scores, arms: 1))
        #expect(judged.verdict == .cannotTell)
        #expect(judged.headline == "intent_accuracy … is undecided: there is no baseline to compare with")
    }

    @Test func everythingFailedIsNoPass() throws {
        var scores = Scores(100)
        let worst = Array(repeating: Cell.pass(false), count: 100)
        scores.add("intent_accuracy", baseline: worst, candidate: worst)
        var counts = MeasurementCounts()
        counts.planned = 200
        counts.appFailures = 200
        let judged = try judge(scores, [Self.solid], metrics: ["intent_accuracy"], measurement: counts)
        #expect(judged.gates[0].outcome == .passes && judged.verdict == .cannotTell)
    }

    @Test func attemptsAreSaid() throws {
        let judged = try judge(
            scores(isBroken: false), [Self.solid], metrics: ["intent_accuracy"],
            options: GateOptions(seed: 7, attempt: 3))
        #expect(judged.warnings.first?.contains("proven at 0.0125") == true)
        #expect(judged.warnings.first?.contains("less than 0.1") == true)
    }

    // MARK: Sentences

    struct Sentence: Sendable {
        let form: GateForm
        let metric: String
        var statistic: String?
        let before: Double
        let after: Double
        let says: String
    }

    @Test(arguments: [
        Sentence(
            form: .noWorse(by: .absolute(quantity(0.02))), metric: "recall@3", before: 0.895, after: 0.706,
            says: "recall@3 fell from 0.895 to 0.706, beyond the margin of 0.02"),
        Sentence(
            form: .compare(.atLeast, quantity(0.9), confidently: false), metric: "token_f1", before: 0.95,
            after: 0.84,
            says: "token_f1 fell from 0.95 to 0.84 where it must be at least 0.9"),
        Sentence(
            form: .compare(.atMost, Quantity(value: 3500, text: "3500ms"), confidently: false),
            metric: "latency",
            statistic: "p95", before: 1000, after: 4210,
            says: "latency.p95 rose from 1.00 s to 4.21 s where it must be at most 3500ms"),
        Sentence(
            form: .within(share: 0.2), metric: "length", before: 180, after: 420,
            says: "length rose from 180 to 420 where 20 % of the baseline is allowed"),
        Sentence(
            form: .notWorse, metric: "cost", before: 0.002, after: 0.004,
            says: "cost rose from 0.002 to 0.004 where any proven rise blocks"),
        Sentence(
            form: .compare(.equal, quantity(1), confidently: false), metric: "schema", before: 1, after: 0,
            says: "schema fell from 1 to 0 where it must be exactly 1"),
    ])
    func aBlockIsSaidInOneSentence(_ it: Sentence) throws {
        var scores = Scores(100)
        // A little spread around both values, so that nothing is constant.
        let wobble = it.metric == "schema" ? 0 : 0.001
        scores.add(
            it.metric, baseline: (0..<100).map { it.before * (1 + wobble * Double($0 % 2 == 0 ? 1 : -1)) },
            candidate: (0..<100).map { it.after * (1 + wobble * Double($0 % 4 < 2 ? 1 : -1)) })
        let judged = try judge(
            scores, [rule(it.metric, it.form, statistic: it.statistic)], metrics: [it.metric])
        #expect(judged.verdict == .block)
        #expect(judged.headline == it.says)
    }

    @Test func theRestIsCountedAndLongSentencesAreCut() throws {
        var scores = Scores(500)
        let (before, after) = paired(300, 100, 0, 100)
        for name in ["intent_accuracy", "guardrail_pass", "out_of_scope_recall"] {
            scores.add(name, baseline: before, candidate: after)
        }
        scores.slice("locale", (0..<500).map { $0 % 2 == 0 ? "de" : "fr" })
        let names = ["intent_accuracy", "guardrail_pass", "out_of_scope_recall"]
        let judged = try judge(scores, names.map { rule($0, .notWorse) }, metrics: names)
        #expect(
            judged.headline
                == "intent_accuracy fell from 0.8 to 0.6 where any proven drop blocks; 2 more gates and 6 slices fail"
        )
        let long = Headline.joined(String(repeating: "word ", count: 60), "; 3 more gates fail")
        #expect(long.count == 160 && long.hasSuffix("…; 3 more gates fail"))
    }

    @Test func shipsSayOverHowMuch() throws {
        let table = scores(isBroken: false)
        let one = try judge(table, [Self.solid], metrics: ["intent_accuracy"])
        #expect(one.headline == "the gate passes over 500 examples")
        let open = try judge(
            table, [Self.solid, rule("guardrail_pass", .noWorse(by: .absolute(quantity(0.02))))],
            metrics: ["intent_accuracy", "guardrail_pass"],
            options: GateOptions(seed: 7, laterLayers: [.shadow]))
        #expect(open.headline == "no gate fails over 500 examples; 1 gate stays open for shadow to settle")
    }
}
