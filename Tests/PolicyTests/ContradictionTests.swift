import Domain
import Policy
import Testing

/// Which rules on one metric can hold together, whichever stands first.
@Suite struct ContradictionTests {
    struct Pair: Sendable, CustomTestStringConvertible {
        let one: String
        let other: String
        let isPossible: Bool
        var testDescription: String { "\(one) | \(other)" }

        init(_ one: String, _ other: String, _ isPossible: Bool) {
            self.one = one
            self.other = other
            self.isPossible = isPossible
        }
    }

    @Test(arguments: [
        Pair("tokens >= 50", "tokens <= 49", false), Pair("tokens >= 50", "tokens <= 50", true),
        Pair("tokens > 50", "tokens <= 50", false), Pair("tokens >= 50", "tokens < 50", false),
        Pair("tokens > 50", "tokens < 50", false), Pair("tokens > 49", "tokens < 50", true),
        Pair("tokens == 50", "tokens == 50.5", false), Pair("tokens == 50", "tokens > 50", false),
        Pair("tokens == 50", "tokens >= 50", true), Pair("tokens == 50", "tokens < 50", false),
        Pair("tokens >= 50", "tokens >= 90", true), Pair("tokens >= 50", "tokens.p95 <= 40", true),
        Pair("tokens >= 50", "when hard: tokens <= 40", true),
        Pair("confidently tokens >= 50", "tokens <= 49", false),
        Pair("mrr pass^2 >= 0.9", "mrr pass^2 <= 0.8", false),
        Pair("mrr pass^2 >= 0.9", "mrr pass^3 <= 0.8", true),
        Pair("score order a above b by 0.1", "score order b above a by 0.1", false),
        Pair("score order a above b by 0.1", "score order b above c by 0.1", true),
        Pair("versions.model == 'a'", "versions.model == 'b'", false),
        Pair("versions.model == 'a'", "versions.prompt == 'b'", true),
    ])
    func rulesThatCanNeverBothHoldAreAnError(_ pair: Pair) {
        for rules in [[pair.one, pair.other], [pair.other, pair.one]] {
            let (_, diagnostics) = read(Fixtures.policy(gates: rules.map { "\"\($0)\"" }, repeats: 3))
            let found = diagnostics.filter { $0.kind == .contradiction }
            #expect(found.count == (pair.isPossible ? 0 : 1))
            #expect(found.allSatisfy { $0.place.line == 14 && $0.related?.place.line == 13 })
        }
    }

    @Test func aKindsRuleIsHeldAgainstThoseThatAlwaysHold() {
        let (_, diagnostics) = read(
            Fixtures.policy(
                gates: ["tokens >= 50"],
                more: "changes: { prompt: { gates: [tokens <= 40] }, model: { gates: [tokens <= 60] } }"))
        #expect(diagnostics.filter { $0.kind == .contradiction }.map(\.place.line) == [11])
    }
}
