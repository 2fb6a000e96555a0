import Domain
import Policy
import Testing

/// Several kinds of change take the union, the strictest rule wins, and each rule says which kind asked.
@Suite struct RequirementsTests {
    private func policy(
        _ own: [String], _ kinds: String, repeats: Int = 1, more: String = ""
    ) throws
        -> ReleasePolicy
    {
        let (policy, diagnostics) = read(
            Fixtures.policy(
                gates: own.map { "\"\($0)\"" }, repeats: repeats, more: "changes: \(kinds)\n\(more)"))
        return try #require(policy, "\(DiagnosticText().render(diagnostics))")
    }

    private func asked(_ requirements: Requirements) -> [String] {
        requirements.gates.map { gate in
            gate.text
                + (gate.askedBy.isEmpty ? "" : " <- " + gate.askedBy.map(\.rawValue).joined(separator: ", "))
        }
    }

    @Test func kindsTakeTheUnion() throws {
        let policy = try policy(
            ["mrr >= 0.5"],
            "{ prompt: { gates: [intent_accuracy >= 0.9] }, guardrail: { gates: [under_blocked == 0] } }")
        #expect(asked(policy.requirements(for: [])) == ["mrr >= 0.5"])
        #expect(asked(policy.requirements(for: [.index])) == ["mrr >= 0.5"])
        #expect(
            asked(policy.requirements(for: [.prompt])) == ["mrr >= 0.5", "intent_accuracy >= 0.9 <- prompt"])
        #expect(
            asked(policy.requirements(for: [.prompt, .guardrail])) == [
                "mrr >= 0.5", "under_blocked == 0 <- guardrail", "intent_accuracy >= 0.9 <- prompt",
            ])
    }

    @Test func theOrderAndRepetitionOfKindsDoNotMatter() throws {
        let policy = try policy(
            ["mrr >= 0.5"],
            "{ prompt: { gates: [intent_accuracy >= 0.9] }, model: { gates: [intent_accuracy >= 0.95] } }")
        let one = asked(policy.requirements(for: [.prompt, .model]))
        #expect(asked(policy.requirements(for: [.model, .prompt, .model])) == one)
        #expect(one == ["mrr >= 0.5", "intent_accuracy >= 0.95 <- model, prompt"])
    }

    struct Pair: Sendable, CustomTestStringConvertible {
        let strict: String
        let loose: String
        var testDescription: String { "\(strict) | \(loose)" }
    }

    @Test(arguments: [
        Pair(strict: "mrr >= 0.6", loose: "mrr >= 0.5"), Pair(strict: "mrr > 0.5", loose: "mrr >= 0.5"),
        Pair(strict: "confidently mrr >= 0.5", loose: "mrr >= 0.5"),
        Pair(strict: "latency.p95 <= 2s", loose: "latency.p95 <= 3s"),
        Pair(strict: "guardrail_pass == 1", loose: "guardrail_pass >= 0.9"),
        Pair(strict: "mrr no worse than baseline by 0.01", loose: "mrr no worse than baseline by 2%"),
        Pair(strict: "tokens no worse than baseline by 1%", loose: "tokens no worse than baseline by 2%"),
        Pair(strict: "tokens within 10% of baseline", loose: "tokens within 20% of baseline"),
        Pair(strict: "score in band", loose: "score in band for 90%"),
        Pair(strict: "score within 0.05 of expected", loose: "score within 0.1 of expected for 90%"),
        Pair(strict: "score spread <= 0.1", loose: "score spread <= 0.2"),
        Pair(strict: "mrr 3 of 3 at 0.5", loose: "mrr 2 of 3 at 0.4"),
        Pair(strict: "mrr pass^3 >= 0.8", loose: "mrr pass^3 >= 0.7"),
        Pair(strict: "score order a above b by 0.3", loose: "score order a above b by 0.2"),
    ])
    func theStricterOfTwoRulesWins(_ pair: Pair) throws {
        for (first, second) in [(pair.strict, pair.loose), (pair.loose, pair.strict)] {
            let policy = try policy(
                ["cost <= 1 USD"], "{ prompt: { gates: [\"\(first)\"] }, model: { gates: [\"\(second)\"] } }",
                repeats: 3)
            let gates = policy.requirements(for: [.prompt, .model]).gates
            #expect(gates.count == 2)
            #expect(gates.last?.askedBy == [.model, .prompt])
            let strict = try #require(readGate("\"\(pair.strict)\"", repeats: 3))
            #expect(gates.last?.form == strict.form)
        }
    }

    @Test(arguments: [
        Pair(strict: "mrr >= 0.6", loose: "confidently mrr >= 0.5"),
        Pair(strict: "mrr not worse than baseline", loose: "mrr no worse than baseline by 0.02"),
        Pair(
            strict: "tokens no worse than baseline by 5%",
            loose: "tokens no worse than baseline by 100 tokens"),
        Pair(strict: "mrr 2 of 3 at 0.5", loose: "mrr 3 of 4 at 0.5"),
        Pair(strict: "mrr pass^2 >= 0.9", loose: "mrr pass^3 >= 0.7"),
        Pair(strict: "latency.p95 <= 2s", loose: "latency.p99 <= 5s"),
        Pair(strict: "when adversarial: mrr >= 0.6", loose: "mrr >= 0.5"),
        Pair(strict: "intent_f1[a] >= 0.6", loose: "intent_f1[b] >= 0.5"),
    ])
    func rulesThatDoNotCompareBothHold(_ pair: Pair) throws {
        let policy = try policy(
            ["cost <= 1 USD"],
            "{ prompt: { gates: [\"\(pair.strict)\"] }, model: { gates: [\"\(pair.loose)\"] } }", repeats: 4)
        #expect(policy.requirements(for: [.prompt, .model]).gates.count == 3)
    }

    @Test func aRuleThatAlwaysHoldsIsAskedForByNoKind() throws {
        let policy = try policy(
            ["mrr >= 0.6"], "{ prompt: { gates: [mrr >= 0.5] }, model: { gates: [mrr >= 0.7] } }")
        #expect(asked(policy.requirements(for: [.prompt])) == ["mrr >= 0.6"])
        #expect(asked(policy.requirements(for: [.model])) == ["mrr >= 0.7 <- model"])
    }

    @Test func aRuleGivesWayOnlyToOneThatIsAsStrictWhenUndecided() throws {
        let kinds =
            "{ prompt: { gates: [{ rule: mrr >= 0.5, unsure: fail }] }, model: { gates: [mrr >= 0.7] } }"
        #expect(try policy(["cost <= 1 USD"], kinds).requirements(for: [.prompt, .model]).gates.count == 3)
        let asking = try policy(["cost <= 1 USD"], kinds, more: "unsure: ask")
        #expect(asking.requirements(for: [.prompt, .model]).gates.count == 3)
        let failing = try policy(["cost <= 1 USD"], kinds, more: "unsure: fail")
        #expect(
            asked(failing.requirements(for: [.prompt, .model])) == [
                "cost <= 1 USD", "mrr >= 0.7 <- model, prompt",
            ])
    }

    @Test func layersNameTheKindsThatAsked() throws {
        let policy = try policy(
            ["mrr >= 0.5"], "{}",
            more: "layers: { prompt: [golden, shadow, canary], infra: [golden, canary], model: [shadow] }")
        func layers(_ kinds: [ChangeKind]) -> [String] {
            policy.requirements(for: kinds).layers.map {
                $0.layer.rawValue + ": " + $0.askedBy.map(\.rawValue).joined(separator: ", ")
            }
        }
        #expect(
            layers([.prompt, .infra]) == ["golden: infra, prompt", "shadow: prompt", "canary: infra, prompt"])
        #expect(layers([.index]) == ["golden: index"])
        #expect(layers([]) == ["golden: "])
        #expect(layers([.model]) == ["shadow: model"])
    }
}
