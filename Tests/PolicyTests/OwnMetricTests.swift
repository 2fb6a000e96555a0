import Domain
import Notation
import Policy
import Testing

/// `composite` and `custom`: metrics of the policy's own.
@Suite struct OwnMetricTests {
    @Test func compositesAreReadWithTheirPartsBoundsAndWeights() throws {
        let text =
            "composite: { clean: { all_of: [is_json, 'length <= 400', { metric: contains_all, parameter: [a, b] }] }, "
            + "good: { weighted: { rouge_l: 60%, exact_match: 40% } }, bad: { not: is_refusal }, "
            + "some: { any_of: 'rouge_l >= 70 %' } }"
        let (policy, diagnostics) = read(
            Fixtures.policy(
                metrics: "['composite[clean]', 'composite[good]']", gates: ["composite[good] >= 0.5"],
                more: text)
        )
        #expect(diagnostics.isEmpty, "\(diagnostics)")
        let composites = try #require(policy).composites
        #expect(composites.map(\.name) == ["clean", "good", "bad", "some"])
        #expect(composites.map(\.form) == [.allOf, .weighted, .not, .anyOf])
        #expect(composites[0].parts.map(\.request.name) == ["is_json", "length", "contains_all"])
        #expect(composites[0].parts[1].atMost == 400)
        #expect(composites[0].parts[2].request.parameter == ["a", "b"])
        #expect(composites[1].parts.map(\.weight) == [0.6, 0.4])
        #expect(composites[3].parts[0].atLeast == 0.7)
    }

    @Test(arguments: [
        ("{ good: { weighted: { rouge_l: 60%, exact_match: 60% } } }", "sum to 120 %"),
        ("{ good: { all_of: [is_json], not: is_json } }", "one of weighted"),
        ("{ good: {} }", "one of weighted"),
        ("{ good: { all_of: ['rouge_l >= much'] } }", "is no number"),
        ("{ 'a b': { not: is_json } }", "name has letters"),
    ])
    func compositesThatCannotBeAreRefused(_ text: String, _ words: String) {
        let (_, diagnostics) = read(Fixtures.policy(more: "composite: \(text)"))
        #expect(diagnostics.contains { $0.message.contains(words) }, "\(diagnostics)")
    }

    @Test(arguments: [
        ("composite: { own: { all_of: [nosuch] } }", "nosuch"),
        ("composite: { own: { all_of: [rouge_l] } }", "does not pass or fail"),
        ("composite: { own: { weighted: { latency: 100% } } }", "cannot be weighed"),
        ("composite: { own: { not: bleu } }", "a whole set"), ("", "declares no metric 'own'"),
    ])
    func aRuleOnACompositeThatCannotBeMadeIsRefused(_ text: String, _ words: String) {
        let (_, diagnostics) = read(Fixtures.policy(gates: ["composite[own] >= 0.5"], more: text))
        #expect(diagnostics.contains { $0.message.contains(words) }, "\(diagnostics)")
    }

    @Test func metricsOfTheUsersOwnAreDeclaredWithRangeAndDirection() throws {
        let text =
            "custom: { tone: { command: [python3, tone.py], better: higher, range: [1, 5], unit: count, "
            + "timeout: 2s }, odd: { url: 'http://h/odd', better: lower, pass_fail: true, "
            + "headers: { Authorization: 'Bearer ${env:KEY}' } } }"
        let (policy, diagnostics) = read(
            Fixtures.policy(metrics: "['custom[tone]']", gates: ["custom[tone] >= 3"], more: text))
        #expect(diagnostics.isEmpty, "\(diagnostics)")
        let customs = try #require(policy).customs
        #expect(customs.map(\.name) == ["tone", "odd"])
        #expect(customs[0].source == .command(["python3", "tone.py"]))
        #expect((customs[0].lowest, customs[0].highest) == (1, 5))
        #expect(customs[0].timeoutSeconds == 2)
        #expect(customs[1].source == .endpoint("http://h/odd"))
        #expect(customs[1].headers.first?.value.description == "Bearer <redacted>")
        #expect(customs[1].isPassFail)
    }

    @Test(arguments: [
        "{ tone: { command: [x] } }", "{ tone: { better: higher } }",
        "{ tone: { command: [x], url: 'http://h', better: higher } }",
        "{ tone: { command: [x], better: up } }", "{ tone: { command: [x], better: higher, range: [5, 1] } }",
        "{ tone: { command: [x], better: higher, pass_fail: true, range: [0, 5] } }",
        "{ tone: { command: [], better: higher } }", "{ tone: { url: h, better: higher } }",
    ])
    func otherFormsAreRefused(_ text: String) {
        let (_, diagnostics) = read(Fixtures.policy(more: "custom: \(text)"))
        #expect(!diagnostics.isEmpty)
    }

    @Test func aRuleOnAMetricThatNobodyDeclaredIsRefused() {
        let (_, diagnostics) = read(Fixtures.policy(gates: ["custom[tone] >= 0.5"]))
        #expect(diagnostics.contains { $0.message.contains("declares no metric 'tone'") }, "\(diagnostics)")
    }
}
