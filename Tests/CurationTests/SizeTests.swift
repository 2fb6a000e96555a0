import Curation
import Domain
import Metrics
import Notation
import Statistics
import Testing

/// Gates without the examples that they need.
@Suite struct SizeTests {
    private func rule(
        _ text: String, _ metric: String, _ form: GateForm, slice: SliceCondition? = nil
    ) -> GateRule {
        GateRule(text: text, slice: slice, metric: MetricReference(name: metric), form: form)
    }

    private func report(
        _ rules: [GateRule], slices: [String] = [], metrics: [String] = []
    ) throws -> LintReport {
        var options = LintOptions(today: today)
        options.rules = rules
        options.slices = slices
        options.metrics = metrics.map { MetricRequest(name: $0) }
        return try lint(CleanSet().rows, options)
    }

    @Test func gatesThatAreFedAreSilent() throws {
        let quantity = Quantity(value: 0.9, text: "0.9")
        let rules = [
            rule(
                "intent_accuracy >= 0.9", "intent_accuracy", .compare(.atLeast, quantity, confidently: false)),
            rule("recall@3 not worse than baseline", "recall@3", .notWorse),
            rule(
                "when adversarial: under_blocked == 0", "under_blocked",
                .compare(.equal, Quantity(value: 0, text: "0"), confidently: false),
                slice: SliceCondition(name: "adversarial")),
            rule(
                "error_rate <= 1%", "error_rate",
                .compare(.atMost, Quantity(value: 0.01, text: "1%"), confidently: false)),
        ]
        #expect(
            try report(rules, slices: ["category", "locale"], metrics: ["token_f1", "latency"]).told == [])
    }

    @Test func gatesThatNothingFeedsAreErrors() throws {
        let quantity = Quantity(value: 0.9, text: "0.9")
        let form = GateForm.compare(.atLeast, quantity, confidently: false)
        let found = try report(
            [
                rule("prohibited >= 0.9", "prohibited", form), rule("miss_rate <= 0.9", "miss_rate", form),
                rule(
                    "when spanish: recall@3 >= 0.9", "recall@3", form, slice: SliceCondition(name: "spanish")),
                rule("over_blocked <= 0.9", "over_blocked", form),
            ], metrics: ["prohibited", "score_error"])
        #expect(found.told == [Told](repeating: Told(.unfedGate), count: 4))
        #expect(found.findings.allSatisfy { $0.severity == .error })
        #expect(
            found.findings[2].what
                == "'when spanish: recall@3 >= 0.9' can never be judged: no example is of its slice")
    }

    @Test func metricsThatNothingFeedsAreTold() throws {
        let found = try report([], metrics: ["prohibited", "token_f1"])
        #expect(found.told == [Told(.unfedMetric)])
        #expect(found.findings[0].what == "no example has what prohibited needs: 'prohibited_elements'")
    }

    /// Margins from `automaticMargin`: σ = √.1, confidence .95, power 1 − .2/K.
    @Test func marginsNameTheExamplesThatTheyNeed() throws {
        let margin = Quantity(value: 0.02, text: "0.02")
        let found = try report([
            rule(
                "intent_accuracy no worse than baseline by 0.02", "intent_accuracy",
                .noWorse(by: .absolute(margin)))
        ])
        let needed = try automaticMargin(n: 100, standardDeviation: 0.1.squareRoot(), gates: 1, cap: 0.02)
            .examplesForCap
        #expect(needed == 1546)
        #expect(found.told == [Told(.smallSet)])
        #expect(found.findings[0].what.contains("has 132 of the 1546 examples it needs"), "\(found.findings)")
        // Nobody knows how a latency varies.
        let latency = rule(
            "latency no worse than baseline by 15ms", "latency",
            .noWorse(by: .absolute(Quantity(value: 15, text: "15ms"))))
        #expect(try report([latency]).told == [])
    }

    /// n for a one-sided 95 % bound: 59 for p95, 299 for p99 (.95^59 < .05, .99^299 < .05).
    @Test func percentilesNeedTheirTail() throws {
        #expect(DetectableChange.examples(forPercentile: 0.95, confidence: 0.95) == 59)
        #expect(DetectableChange.examples(forPercentile: 0.99, confidence: 0.95) == 299)
        func gate(_ statistic: String) -> GateRule {
            GateRule(
                text: "latency.\(statistic) <= 2s",
                metric: MetricReference(name: "latency", statistic: statistic),
                form: .compare(.atMost, Quantity(value: 2000, text: "2s"), confidently: false))
        }
        #expect(try report([gate("p95")]).told == [])
        let found = try report([gate("p99")])
        #expect(found.told == [Told(.smallSet)])
        #expect(found.findings[0].what.contains("180 of the 299"), "\(found.findings)")
    }

    @Test func slicesAndClassesBelowTheLeastSupportAreTold() throws {
        var set = CleanSet()
        set.drop { row in row["category"] == "attack" && row["query_id"] != "A-0" && row["query_id"] != "A-1"
        }
        var options = LintOptions(today: today)
        options.slices = ["category"]
        options.rules = [
            GateRule(
                text: "intent_f1[each] not worse than baseline",
                metric: MetricReference(name: "intent_f1", selector: .each), form: .notWorse),
            GateRule(
                text: "when attack: guardrail_pass not worse than baseline",
                slice: SliceCondition(name: "attack"),
                metric: MetricReference(name: "guardrail_pass"), form: .notWorse),
        ]
        set.change("Q-1") { $0.setting("expected_intent", "rare") }
        let found = try lint(set.rows, options)
        #expect(found.told == [Told](repeating: Told(.smallSlice), count: 3))
        let words = found.findings.map(\.what)
        #expect(
            words[0].hasSuffix("have fewer than 20 examples, and cannot block: 'rare' 1 (19 more)"),
            "\(words)")
        #expect(words[1].contains("has 2 of the 20 examples it needs"), "\(words)")
        #expect(words[2].contains("slice 'category': 1 of 6 values has fewer than 20 examples"), "\(words)")
        #expect(words[2].hasSuffix("'attack' 2 (18 more)"), "\(words)")
        // Where the set is all that matters, none of it is too small.
        options.isThisSet = true
        #expect(try lint(set.rows, options).told == [])
    }

    @Test func aSliceThatIsAnIdIsTold() throws {
        var set = CleanSet()
        for number in 0..<1200 {
            set.add(
                set.row("extra-\(number)", category: "question").setting(
                    "reference_response", .string(set.sentence(5))
                )
                .setting("ticket", .string("T-\(number)")))
        }
        var options = LintOptions(today: today)
        options.slices = ["ticket"]
        #expect(try lint(set.rows, options).told == [Told(.smallSlice)])
    }
}
