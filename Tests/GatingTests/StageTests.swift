import Domain
import Metrics
import Statistics
import Testing

@testable import Gating

/// Where it broke: an app of five stages, broken in one of them at a time.
@Suite struct StageTests {
    /// What an app does with 400 examples, an example a request. Of these 200 are questions to be looked up.
    private struct App {
        var intent = [Double](repeating: 1, count: 400)
        var documents = [Double](repeating: 2, count: 400)
        var text = [Double](repeating: 3, count: 400)
        var blocked = [Double](repeating: 0, count: 400)
        var isRight = [Bool](repeating: true, count: 400)
        var recall = [Double](repeating: 1, count: 400)
        var overlap = (0..<400).map { 0.6 + 0.001 * Double($0 % 50) }
        var length = (0..<400).map { 100 + Double($0 % 50) }
        var overBlocked = [Bool](repeating: false, count: 400)
        var underBlocked = [Bool](repeating: false, count: 400)
        var schema = [Bool](repeating: true, count: 400)
        var latency = (0..<400).map { 20 + Double($0 % 10) }
        var retrieval = (0..<400).map { 5 + 0.1 * Double($0 % 10) }
        var cost = (0..<400).map { 0.001 + 0.00001 * Double($0 % 10) }
        var noAnswer: Set<Int> = []

        /// Some texts vary by themselves, with other words of the same worth.
        mutating func vary() {
            for number in stride(from: 3, to: 400, by: 29) {
                text[number] += 0.5
                overlap[number] += number % 2 == 0 ? 0.05 : -0.05
            }
        }
    }

    private static let metrics = [
        "intent_accuracy", "recall@3", "token_f1", "length", "over_blocked", "under_blocked", "schema",
        "latency",
        "stage_latency[retrieval]", "cost", "error_rate",
    ]

    private static let rules = [
        rule("intent_accuracy", .notWorse), rule("recall@3", .notWorse), rule("token_f1", .notWorse),
        rule("length", .within(share: 0.4)),
        rule("over_blocked", .compare(.atMost, quantity(0.02), confidently: false)),
        rule("under_blocked", .compare(.equal, quantity(0), confidently: false)),
        rule("schema", .compare(.equal, quantity(1), confidently: false)),
        rule("latency", .compare(.atMost, quantity(50), confidently: false), statistic: "p95"),
        rule("cost", .noWorse(by: .relative(0.2))),
        rule("error_rate", .compare(.atMost, quantity(0.01), confidently: false)),
    ]

    private func scores(_ before: App, _ after: App) -> Scores {
        var scores = Scores(400)
        for (arm, app) in [(Arm.baseline, before), (.candidate, after)] {
            func cells(_ values: [Double], failing worst: Double? = nil) -> [Cell] {
                values.indices.map { number in
                    guard app.noAnswer.contains(number) else { return .value(values[number]) }
                    return worst.map { .value($0) } ?? .noAnswer
                }
            }
            func flags(_ values: [Bool]) -> [Double] { values.map { $0 ? 1 : 0 } }
            scores.add("intent_accuracy", arm, cells(flags(app.isRight), failing: 0))
            scores.add("recall@3", arm, cells(app.recall, failing: 0))
            scores.add("token_f1", arm, cells(app.overlap, failing: 0))
            scores.add("length", arm, cells(app.length))
            scores.add("over_blocked", arm, cells(flags(app.overBlocked), failing: 1))
            scores.add("under_blocked", arm, cells(flags(app.underBlocked), failing: 1))
            scores.add("schema", arm, cells(flags(app.schema), failing: 0))
            scores.add("latency", arm, cells(app.latency))
            scores.add("stage_latency[retrieval]", arm, cells(app.retrieval))
            scores.add("cost", arm, cells(app.cost))
            scores.add("error_rate", arm, (0..<400).map { .pass(app.noAnswer.contains($0)) })
            scores.add("signal.routing", arm, cells(app.intent))
            scores.add("signal.retrieval", arm, cells(app.documents))
            scores.add("signal.generation", arm, cells(app.text))
            scores.add("signal.guardrail", arm, cells(app.blocked))
        }
        return scores
    }

    enum Break: String, CaseIterable, Sendable {
        case nothing, retriever, unseenRetriever, classifier, verbose, format, overBlock, underBlock, slow,
            down, two, cost
    }

    private func app(_ kind: Break) -> App {
        var app = App()
        app.vary()
        switch kind {
        case .nothing: break
        case .retriever, .unseenRetriever:
            // Other documents for every question, and for forty of them not the right ones.
            for number in 0..<200 { app.documents[number] = 7 }
            for number in 0..<40 {
                app.recall[number] = 0
                app.overlap[number] = 0.1
                app.text[number] = 9
            }
        case .classifier:
            for number in 0..<60 {
                app.intent[number] = 8
                app.isRight[number] = false
                app.documents[number] = 8
                app.recall[number] = 0
                app.text[number] = 8
                app.overlap[number] = 0
            }
        case .verbose:
            for number in 0..<200 {
                app.text[number] = 6
                app.overlap[number] -= 0.3
                app.length[number] += 500
                app.cost[number] *= 3
            }
        case .format: for number in 0..<50 { app.schema[number] = false }
        case .overBlock:
            for number in 0..<40 {
                app.blocked[number] = 1
                app.overBlocked[number] = true
                app.text[number] = 5
                app.overlap[number] = 0
            }
        case .underBlock:
            for number in 350..<380 {
                app.blocked[number] = 1
                app.underBlocked[number] = true
                app.text[number] = 5
            }
        case .slow:
            for number in 0..<400 {
                app.latency[number] += 60
                app.retrieval[number] += 60
            }
        case .down: app.noAnswer = Set(0..<60)
        case .two:
            for number in 0..<60 {
                app.intent[number] = 8
                app.isRight[number] = false
            }
            for number in 200..<300 {
                app.text[number] = 6
                app.overlap[number] -= 0.3
            }
        case .cost: for number in 0..<400 { app.cost[number] *= 2 }
        }
        return app
    }

    @Test(
        arguments: [
            (Break.nothing, nil, []),
            (.retriever, "retrieval (routing unchanged; generation follows it)", ["retrieval"]),
            // Nobody gated recall, and still the texts follow the documents.
            (.unseenRetriever, "retrieval (routing unchanged; generation follows it)", ["retrieval"]),
            (.classifier, "routing (retrieval and generation follow it)", ["routing"]),
            (.verbose, "generation (routing and retrieval unchanged; operation follows it)", ["generation"]),
            (.format, "format (routing and retrieval unchanged)", ["format"]),
            (.overBlock, "guardrail (routing and retrieval unchanged; generation follows it)", ["guardrail"]),
            (.underBlock, "guardrail (routing and retrieval unchanged)", ["guardrail"]),
            (.slow, "operation (retrieval +60 ms)", ["operation"]),
            (.two, "routing and generation, each by itself", ["routing", "generation"]),
            (.cost, "operation", ["operation"]),
        ] as [(Break, String?, [String])])
    func theStageIsNamed(kind: Break, words: String?, stages: [String]) throws {
        let rules = kind == .unseenRetriever ? [rule("token_f1", .notWorse)] : Self.rules
        let judged = try judge(scores(App(), app(kind)), rules, metrics: Self.metrics)
        #expect(judged.verdict == (kind == .nothing ? .ship : .block))
        #expect(judged.whereItBroke == words)
        #expect(judged.stages.filter(\.broke).map(\.stage) == stages)
    }

    /// Texts that happen to be a little worse do not explain what the guardrail does to others.
    @Test func aSmallLossExplainsNoLargeOne() throws {
        var before = App()
        before.vary()
        var after = app(.underBlock)
        for number in stride(from: 1, to: 400, by: 3) {
            after.text[number] += 0.25
            after.overlap[number] -= 0.004
        }
        for number in 350..<380 { after.text[number] = 5 }
        let judged = try judge(
            scores(before, after), [rule("under_blocked", .compare(.equal, quantity(0), confidently: false))],
            metrics: Self.metrics)
        let generation = try #require(judged.metrics.first { $0.name == "token_f1" }?.difference?.interval)
        #expect(generation.upper < 0)
        #expect(judged.stages.filter(\.broke).map(\.stage) == ["guardrail"])
    }

    @Test func anAppThatIsDownIsNoStageOfItsOwn() throws {
        let judged = try judge(scores(App(), app(.down)), Self.rules, metrics: Self.metrics)
        let place = try #require(judged.whereItBroke)
        #expect(place.hasPrefix("operation (") && place.hasSuffix("follow it)"))
        #expect(judged.stages.filter(\.broke).map(\.stage) == ["operation"])
    }

    /// A bound that the baseline misses as well says nothing of the change.
    @Test func whatWasBrokenBeforeIsNotNamed() throws {
        var old = App()
        for number in 0..<100 { old.isRight[number] = false }
        let bound = rule("intent_accuracy", .compare(.atLeast, quantity(0.9), confidently: false))
        let judged = try judge(scores(old, old), [bound], metrics: Self.metrics)
        #expect(judged.verdict == .block && judged.whereItBroke == nil)
    }

    @Test func aKPIHasNoStage() throws {
        let kpi = KPIDefinition(
            parts: [
                KPIDefinition.Part(
                    metric: MetricReference(name: "recall@3"), weight: 1, higherIsBetter: true, from: 0, to: 1
                )
            ])
        let bound = rule("kpi", .compare(.atLeast, quantity(0.95), confidently: false))
        let judged = try judge(scores(App(), app(.retriever)), [bound], metrics: Self.metrics, kpi: kpi)
        #expect(judged.verdict == .block && judged.whereItBroke == nil)
    }

    @Test func theHeadlineSpeaksOfTheStageThatBroke() throws {
        let judged = try judge(scores(App(), app(.classifier)), Self.rules.reversed(), metrics: Self.metrics)
        #expect(judged.headline.hasPrefix("intent_accuracy fell from 1 to 0.85 where any proven drop blocks"))
    }

    @Test func withoutABaselineTheFailingStagesAreListed() throws {
        var alone = Scores(400)
        alone.add("schema", .candidate, (0..<400).map { .pass($0 >= 50) })
        let judged = try judge(
            alone, [rule("schema", .compare(.equal, quantity(1), confidently: false))], metrics: ["schema"],
            measurement: answered(alone, arms: 1))
        #expect(judged.whereItBroke == "format")
    }

    /// Without a baseline an app that gave no answer is no worse a writer for it; one that answers badly as well is.
    @Test func withoutABaselineSilenceIsTheOperations() throws {
        func judged(_ wrong: Int) throws -> String? {
            var alone = Scores(400)
            alone.add("exact_match", .candidate, (0..<400).map { .pass($0 >= 60 + wrong) })
            alone.add("signal.generation", .candidate, (0..<400).map { $0 < 60 ? .noAnswer : .value(1) })
            return try judge(
                alone, [rule("exact_match", .compare(.atLeast, quantity(0.95), confidently: false))],
                metrics: ["exact_match"], measurement: answered(alone, arms: 1)
            ).whereItBroke
        }
        #expect(try judged(0) == "operation (the app failed on 60 of 400 examples; generation follows it)")
        #expect(try judged(100) == "generation")
    }
}
