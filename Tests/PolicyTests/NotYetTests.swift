import Domain
import Policy
import Testing

@Suite struct NotYetTests {
    static let later = [
        "shadow", "canary", "monitor", "audit", "notify", "redaction",
    ]

    @Test(arguments: later)
    func aKnownKeyWhosePartIsMissingSaysSo(_ key: String) throws {
        let definition = try #require(PolicyKeys.root.first { $0.name == key })
        let (policy, diagnostics) = read(Fixtures.policy(more: "\(key): \(definition.example)"))
        #expect(policy == nil)
        #expect(diagnostics.map(\.kind) == [.notYet])
        #expect(diagnostics.first?.severity == .error)
        #expect(diagnostics.first?.message == "'\(key)' is not available yet")
    }

    @Test func everyKeyIsEitherReadOrSaysThatItIsNotAvailable() {
        let waiting = PolicyKeys.root.filter { $0.availability == .notYet }.map(\.name)
        #expect(waiting.sorted() == Self.later.sorted())
    }

    @Test func layersMayNameWhatIsNotBuiltYet() throws {
        let (policy, diagnostics) = read(
            Fixtures.policy(more: "layers: { prompt: [golden, shadow, canary, monitor] }"))
        #expect(diagnostics.isEmpty)
        #expect(try #require(policy).layers == [.prompt: [.golden, .shadow, .canary, .monitor]])
    }

    @Test(arguments: ["review_coverage", "escalation", "thumbs_down"])
    func aMetricThatIsNotBuiltYetIsNoUnknownOne(_ name: String) throws {
        let (_, diagnostics) = read(Fixtures.policy(metrics: "[\(name)]", gates: ["\(name) >= 0.5"]))
        #expect(diagnostics.map(\.kind) == [.notYet, .notYet])
    }

    /// A policy of the finished product, canary and all: nothing in it is wrong, some of it is early.
    @Test func aPolicyOfTheFinishedProductIsOnlyEarly() throws {
        let (_, diagnostics) = PolicyReader.read(
            try Fixtures.bytes("bad", "tomorrow.yaml"), path: "tomorrow.yaml")
        #expect(diagnostics.allSatisfy { $0.kind == .notYet })
        #expect(
            diagnostics.map(\.message) == [
                "the metric 'review_coverage' is not available yet", "'canary' is not available yet",
                "'monitor' is not available yet",
            ])
    }
}
