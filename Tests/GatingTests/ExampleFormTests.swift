import Domain
import Metrics
import Testing

@testable import Gating

/// The forms that judge each example, and those that hold what was observed as it is.
@Suite struct ExampleFormTests {
    private func single(_ metric: String, _ cells: [Cell], repeats: Int = 1) -> Scores {
        var scores = Scores(cells.count / repeats, repeats: repeats)
        scores.add(metric, .candidate, cells)
        return scores
    }

    struct Case: Sendable {
        let name: String
        let cells: [Cell]
        let form: GateForm
        let metric: String
        let outcome: GateResult.Outcome
        var repeats = 1
        var note: String?
    }

    private static func spread(_ share: Double) -> GateForm { .spread(quantity(0.1), share: share) }
    private static let twoOfThree = GateForm.repeated(required: 2, repeats: 3, threshold: 1, share: 1)

    static let cases: [Case] = [
        Case(
            name: "all in their bands", cells: Array(repeating: .value(1), count: 20),
            form: .inBand(share: 1),
            metric: "score", outcome: .passes, note: "20 of 20 in the expected band"),
        Case(
            name: "one outside", cells: Array(repeating: .value(1), count: 19) + [.value(0)],
            form: .inBand(share: 1),
            metric: "score", outcome: .fails),
        Case(
            name: "19 of 20 suffice", cells: Array(repeating: .value(1), count: 19) + [.value(0)],
            form: .inBand(share: 0.95), metric: "score", outcome: .passes),
        Case(
            name: "one unseen", cells: Array(repeating: .value(1), count: 20) + [.failed],
            form: .inBand(share: 1),
            metric: "score", outcome: .unsure, note: "20 of 20 in the expected band, 1 unmeasured"),
        Case(
            name: "nothing expected", cells: [.notApplicable], form: .inBand(share: 1), metric: "score",
            outcome: .unsure),
        Case(
            name: "tolerance", cells: [.value(0.05), .value(0.1 - 0.05)], form: .tolerance(0.05, share: 1),
            metric: "score", outcome: .passes),
        Case(
            name: "beyond tolerance", cells: [.value(0.05), .value(0.051)], form: .tolerance(0.05, share: 1),
            metric: "score", outcome: .fails),
        Case(
            name: "narrow", cells: [.value(0.5), .value(0.6), .value(0.2), .value(0.2)], form: spread(1),
            metric: "token_f1", outcome: .passes, repeats: 2),
        Case(
            name: "wide", cells: [.value(0.5), .value(0.61), .value(0.2), .value(0.2)], form: spread(1),
            metric: "token_f1", outcome: .fails, repeats: 2),
        Case(
            name: "half may be wide", cells: [.value(0.5), .value(0.61), .value(0.2), .value(0.2)],
            form: spread(0.5),
            metric: "token_f1", outcome: .passes, repeats: 2),
        Case(
            name: "wide whatever the unseen one was", cells: [.value(0.1), .value(0.9), .failed],
            form: spread(1),
            metric: "token_f1", outcome: .fails, repeats: 3),
        Case(
            name: "no repeats", cells: [.value(0.5)], form: spread(1), metric: "token_f1", outcome: .unsure,
            note: "a spread needs repeats: run with --repeat 2 or more"),
        Case(
            name: "two of three", cells: [.value(1), .value(0), .value(1)], form: twoOfThree,
            metric: "token_f1",
            outcome: .passes, repeats: 3),
        Case(
            name: "one of three", cells: [.value(1), .value(0), .value(0)], form: twoOfThree,
            metric: "token_f1",
            outcome: .fails, repeats: 3),
        Case(
            name: "decided without the unseen", cells: [.value(1), .value(1), .failed], form: twoOfThree,
            metric: "token_f1", outcome: .passes, repeats: 3),
        Case(
            name: "lost without the unseen", cells: [.value(0), .value(0), .failed], form: twoOfThree,
            metric: "token_f1", outcome: .fails, repeats: 3),
        Case(
            name: "needs three repeats", cells: [.value(1), .value(1)], form: twoOfThree, metric: "token_f1",
            outcome: .unsure, repeats: 2, note: "needs 3 repeats: run with --repeat 3"),
        // C(3,2)/C(4,2) = 1/2 and 1: the mean is .75.
        Case(
            name: "pass^2",
            cells: [1, 1, 1, 0, 1, 1, 1, 1].map { .value($0) }, form: .passPower(2, .atLeast, quantity(0.75)),
            metric: "token_f1", outcome: .passes, repeats: 4),
        Case(
            name: "pass^2 above", cells: [1, 1, 1, 0, 1, 1, 1, 1].map { .value($0) },
            form: .passPower(2, .atLeast, quantity(0.76)), metric: "token_f1", outcome: .fails, repeats: 4),
        Case(
            name: "pass^3 of two", cells: [.value(1), .value(1)],
            form: .passPower(3, .atLeast, quantity(0.5)),
            metric: "token_f1", outcome: .unsure, repeats: 2),
    ]

    @Test(arguments: cases)
    func examplesAreJudgedOneByOne(_ it: Case) throws {
        let measured = GoldenJudge.measuredName(of: rule(it.metric, it.form))
        let result = try gate(
            single(measured, it.cells, repeats: it.repeats), rule(it.metric, it.form), metrics: [measured])
        #expect(result.outcome == it.outcome, "\(it.name): \(result.note)")
        if let note = it.note { #expect(result.note == note) }
    }

    @Test(arguments: [
        (0.2, GateResult.Outcome.passes), (0.3, .passes), (0.31, .fails),
    ])
    func anchorsKeepTheirOrder(gap: Double, outcome: GateResult.Outcome) throws {
        let scores = single("score", [.value(0.9), .value(0.6)])
        let form = GateForm.order(above: "ex-000000", below: "ex-000001", gap: gap)
        let result = try gate(scores, rule("score", form), metrics: ["score"])
        #expect(result.outcome == outcome && result.note == "ex-000000 0.9, ex-000001 0.6")
        let absent = GateForm.order(above: "ex-000000", below: "gone", gap: gap)
        #expect(
            try gate(scores, rule("score", absent), metrics: ["score"]).note
                == "anchor gone is no example of this run")
    }

    @Test(arguments: [
        ([Cell.text("minilm"), .text("minilm")], GateResult.Outcome.passes, "2 of 2 observations"),
        ([.text("minilm"), .text("other")], .fails, "1 of 2 observations say \"other\""),
        ([.text("minilm"), .notShown], .unsure, "1 observation does not say"),
        // An app that gave no answer made no observation.
        ([.text("minilm"), .noAnswer], .passes, "1 of 1 observations"),
        ([.noAnswer], .unsure, "no observation says it"),
    ])
    func aVersionIsTheSameOnEveryObservation(cells: [Cell], outcome: GateResult.Outcome, note: String) throws
    {
        let reference = MetricReference(name: "versions", statistic: "embedding")
        let lock = GateRule(text: "lock", metric: reference, form: .text("minilm"))
        let result = try gate(single("versions.embedding", cells), lock, metrics: ["versions.embedding"])
        #expect(result.outcome == outcome && result.note == note)
    }
}
