import Domain
import Policy
import Testing

/// What a change makes of a policy: loosenings by name, and what is stricter or harmless left alone.
@Suite struct ComparisonTests {
    private static let gates = [
        "intent_accuracy >= 0.90", "latency.p95 <= 3500ms", "recall@3 no worse than baseline by 0.02",
        "{ rule: schema == 1, unsure: fail, owner: platform, approved_by: ada, review: \"2027-01-31\" }",
        "\"when adversarial: under_blocked == 0\"", "error_rate <= 1%",
    ]

    private static let rest = """
        metrics: [mrr, schema: a.json]
        unsure: ask
        slices: [intent, locale]
        layers: { prompt: [golden, shadow] }
        changes: { guardrail: { gates: [over_blocked <= 5%] } }
        catalogues: { products: [Basic, Plus] }
        unmeasured: 5%
        trust: { hosts: ["127.0.0.1"], env: [A], commands: [[x, y]], approvers: [ada] }
        waivers: [{ gate: error_rate <= 1%, owner: o, why: w, until: "2027-01-31" }]
        """

    private func policy(
        _ gates: [String] = ComparisonTests.gates, _ rest: String = ComparisonTests.rest, app: String = ""
    ) throws
        -> ReleasePolicy
    {
        let rules = gates.map { "  - " + $0 + "\n" }.joined()
        let text = """
            version: 1
            project: helpdesk
            app:
              baseline: http://127.0.0.1:8101/v1/answer
              candidate: http://127.0.0.1:8102/v1/answer
              request: { query: "${input.query}" }
              observe: { text: /answer, intent: /intent, documents: /docs, guardrail: /guardrail }
              limits: { retries: 2, timeout: 30s, repeats: 3, concurrency: 8, rate: 20/s }
            \(app)
            dataset: golden/
            \(rest)
            gates:

            """ + rules
        let (policy, diagnostics) = read(text)
        #expect(!diagnostics.haveErrors, "\(DiagnosticText().render(diagnostics))")
        return try #require(policy)
    }

    private func compare(
        _ gate: (String, String)? = nil, _ rest: (String, String)? = nil, app: String = ""
    ) throws
        -> PolicyComparison
    {
        func swapped(_ text: String, _ pair: (String, String)?) -> String {
            guard let pair else { return text }
            #expect(text.contains(pair.0), "\(pair.0)")
            return text.replacing(pair.0, with: pair.1)
        }
        var gates = Self.gates
        if let gate {
            let index = try #require(gates.firstIndex { $0.contains(gate.0) })
            gates[index] = swapped(gates[index], gate)
            if gates[index].isEmpty { gates.remove(at: index) }
        }
        return PolicyComparison(
            trusted: try policy(), proposed: try policy(gates, swapped(Self.rest, rest), app: app))
    }

    @Test func theSamePolicyIsNoChange() throws {
        let same = try compare()
        #expect(same.loosenings.isEmpty && same.stricter.isEmpty, "\(same)")
        let moved = PolicyComparison(trusted: try policy(), proposed: try policy(Self.gates.reversed()))
        #expect(moved.loosenings.isEmpty, "the order of gates says nothing")
    }

    @Test(arguments: [
        ("intent_accuracy >= 0.90", "intent_accuracy >= 0.89", Loosening.Kind.gateLoosened),
        ("intent_accuracy >= 0.90", "confidently intent_accuracy >= 0.85", .gateLoosened),
        ("intent_accuracy >= 0.90", "intent_accuracy not worse than baseline", .gateRemoved),
        ("intent_accuracy >= 0.90", "", .gateRemoved),
        ("3500ms", "3.6s", .gateLoosened), ("latency.p95", "latency.p50", .gateRemoved),
        ("by 0.02", "by 0.03", .gateLoosened), ("by 0.02", "by 2% of baseline", .gateLoosened),
        ("recall@3", "recall@5", .gateRemoved), ("unsure: fail", "unsure: continue", .unsureSoftened),
        ("unsure: fail, ", "", .unsureSoftened), ("owner: platform", "owner: me", .ownerChanged),
        ("owner: platform, ", "", .ownerChanged), ("approved_by: ada, ", "", .ownerChanged),
        ("2027-01-31", "2028-01-31", .reviewPostponed), (", review: \"2027-01-31\"", "", .reviewPostponed),
        ("when adversarial", "when harmless", .gateRemoved), ("== 0", "<= 1", .gateLoosened),
    ])
    func aGateThatAsksForLessIsNamed(words: String, other: String, kind: Loosening.Kind) throws {
        // Empty: the whole gate goes.
        let change = try compare((words, other))
        #expect(change.loosenings.map(\.kind).contains(kind), "\(change.loosenings)")
    }

    @Test(arguments: [
        ("intent_accuracy >= 0.90", "intent_accuracy >= 0.91"),
        ("intent_accuracy >=", "confidently intent_accuracy >="),
        ("intent_accuracy >= 0.90", "intent_accuracy > 0.90"), ("3500ms", "3s"), ("by 0.02", "by 0.01"),
        ("2027-01-31", "2026-12-31"),
    ])
    func aGateThatAsksForMoreIsNoLoosening(words: String, other: String) throws {
        let change = try compare((words, other))
        #expect(change.loosenings.isEmpty, "\(change.loosenings)")
    }

    @Test(arguments: [
        ("unsure: ask", "unsure: continue", Loosening.Kind.unsureSoftened, "unsure"),
        ("unmeasured: 5%", "unfed: wait", .unsureSoftened, "unfed"),
        ("[intent, locale]", "[intent]", .sliceRemoved, "locale"),
        ("[golden, shadow]", "[golden]", .layerRemoved, "shadow for a change of the prompt"),
        (
            "guardrail: { gates: [over_blocked <= 5%] }", "prompt: { gates: [over_blocked <= 5%] }",
            .gateRemoved, "over_blocked <= 5%, for a change of the guardrail"
        ),
        (
            "over_blocked <= 5%", "over_blocked <= 6%", .gateLoosened,
            "over_blocked <= 5%, for a change of the guardrail"
        ),
        ("[Basic, Plus]", "[Basic, Plus, Anything]", .settingChanged, "catalogues.products"),
        ("unmeasured: 5%", "unmeasured: 6%", .limitLoosened, "unmeasured"),
        ("unmeasured: 5%", "estimand: this set", .settingChanged, "estimand"),
        ("unmeasured: 5%", "seed: 2", .settingChanged, "seed"),
        ("unmeasured: 5%", "confidence: 90%", .settingChanged, "confidence"),
        ("unmeasured: 5%", "upkeep: { max_age: never }", .settingChanged, "upkeep.max_age"),
        ("[\"127.0.0.1\"]", "[\"127.0.0.1\", evil.example]", .hostAdded, "evil.example"),
        ("env: [A]", "env: [A, B]", .variableAdded, "B"),
        ("[[x, y]]", "[[x, y], [x]]", .commandAdded, "[x]"),
        ("commands: [[x, y]], ", "", .listRemoved, "trust.commands"),
        ("approvers: [ada]", "approvers: [ada, me]", .approverAdded, "me"),
        ("2027-01-31", "2027-02-01", .waiverExtended, "error_rate <= 1%"),
        ("owner: o", "owner: p", .waiverExtended, "error_rate <= 1%"),
        (
            "gate: error_rate <= 1%", "gate: intent_accuracy >= 0.90", .waiverAdded,
            "intent_accuracy >= 0.90"
        ),
        ("[mrr, ", "[", .metricRemoved, "mrr"), ("a.json", "b.json", .metricChanged, "schema"),
        ("schema: a.json", "schema: { file: a.json, of: text }", .metricChanged, "schema"),
    ])
    func aKeyThatAsksForLessIsNamed(
        words: String, other: String, kind: Loosening.Kind, subject: String
    ) throws {
        let change = try compare(nil, (words, other))
        #expect(change.loosenings.map(\.kind) == [kind], "\(change.loosenings)")
        #expect(change.loosenings.first?.subject == subject)
    }

    @Test(arguments: [
        ("unsure: ask", "unsure: fail"), ("[intent, locale]", "[locale, intent, category]"),
        ("[golden, shadow]", "[golden, shadow, canary]"), ("unmeasured: 5%", "unmeasured: 4%"),
        ("over_blocked <= 5%", "over_blocked <= 4%"), ("env: [A]", "env: []"), ("2027-01-31", "2027-01-30"),
        ("[mrr, ", "[mrr, exact_match, "), ("[mrr, ", "# why\nmetrics: [mrr, "),
    ])
    func aKeyThatAsksForMoreIsNoLoosening(words: String, other: String) throws {
        if other.hasPrefix("#") { return }
        let change = try compare(nil, (words, other))
        #expect(change.loosenings.isEmpty, "\(change.loosenings)")
    }

    @Test(arguments: [
        ("retries: 2", "retries: 3", true), ("retries: 2", "retries: 1", false),
        ("timeout: 30s", "timeout: 31s", true),
        ("timeout: 30s", "timeout: 29s", false), ("repeats: 3", "repeats: 2", true),
        ("repeats: 3", "repeats: 4", false),
        ("concurrency: 8", "concurrency: 4", true), ("rate: 20/s", "rate: 10/s", true),
        ("rate: 20/s", "cache: true", true), ("text: /answer", "text: /other", true),
        ("{ query: \"${input.query}\" }", "{ query: \"${input.query}\", easy: true }", true),
        ("8102/v1/answer", "8102/v1/other", true), ("project: helpdesk", "project: other", true),
        ("dataset: golden/", "dataset: [golden/]", true),
    ])
    func theAppsPartIsComparedAsItIsWritten(words: String, other: String, isLoosened: Bool) throws {
        let trusted = try policy()
        let text = trusted.source.text
        #expect(text.contains(words))
        let (proposed, _) = read(text.replacing(words, with: other))
        let change = PolicyComparison(trusted: trusted, proposed: try #require(proposed))
        #expect(!change.loosenings.isEmpty == isLoosened, "\(change.loosenings)")
    }

    /// A header's text may be a secret that somebody wrote out.
    @Test func aHeaderIsToldByItsVariablesAndDigest() throws {
        let change = try compare(app: "  headers: { X: \"hunter2 ${env:A}\" }")
        let told = try #require(change.loosenings.first { $0.subject == "app.headers.X" })
        #expect(
            told.after?.contains("hunter2") == false && told.after?.hasSuffix(" with A") == true, "\(told)")
    }

    @Test func filesThatTheJudgementLeansOnAreFound() throws {
        let (found, diagnostics) = read(
            """
            version: 1
            project: p
            app: { baseline: { blessed: main }, candidate: { recorded: out.jsonl }, observe: { text: /a } }
            dataset: golden/
            metrics: [schema: { file: s.json, of: text }]
            gates: [schema == 1]
            """)
        #expect(
            NamedFiles.of(try #require(found, "\(diagnostics)"))
                == ["baselines/main.json", "baselines/main.observations.jsonl.zst", "s.json"])
    }
}
