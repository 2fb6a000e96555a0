import Domain
import Notation
import Policy
import Testing

/// `contract` and `journey`, read as they are meant.
@Suite struct DeploymentTests {
    private func everything() throws -> ReleasePolicy {
        let (policy, diagnostics) = PolicyReader.read(
            try Fixtures.bytes("good", "everything.yaml"), path: "e.yaml")
        #expect(!diagnostics.haveErrors, "\(diagnostics)")
        return try #require(policy)
    }

    @Test func aContractIsReadWhole() throws {
        let contract = try #require(try everything().contract)
        #expect(contract.schema == "schemas/answer.json")
        #expect(contract.statuses == [200, 201])
        #expect(contract.contentTypes == ["application/json"])
        #expect(contract.headers.map(\.name) == ["X-Request-ID", "Cache-Control"])
        #expect(contract.headers.map(\.pattern) == ["^[0-9a-f-]+$", "no-store"])
        #expect(contract.bounds.map(\.value.text) == ["confidence", "/retrieval/*/score", "cost"])
        #expect(contract.bounds.map(\.atLeast) == [0, 0, nil])
        #expect(contract.bounds.map(\.atMost) == [1, nil, 0.01])
        #expect(contract.bounds.map(\.isOptional) == [false, false, true])
        #expect(contract.labels.first?.bands.map(\.label) == ["HIGH", "MEDIUM", "LOW"])
        #expect(
            contract.latency == [
                .init(.percentile(50), seconds: 0.3), .init(.percentile(95), seconds: 1),
                .init(.slowest, seconds: 2),
            ])
        #expect(
            contract.versions == [
                .init(name: "embedding", value: "minilm-l6-v2"), .init(name: "prompt", value: nil),
            ])
        guard case .given(let rows) = contract.probes else {
            Issue.record("the rows are not read")
            return
        }
        #expect(rows.map { $0["query"]?.stringValue } == ["one", "two"])
        #expect(contract.concurrency == 2)
    }

    @Test func shortFormsStandForTheLongOnes() throws {
        let text =
            "{ headers: [X-A, X-B], latency: 2s, versions: same, labels: { bands: { a: 1, b: 2 } }, probes: 7 }"
        let (policy, diagnostics) = read(Fixtures.policy(more: "contract: " + text))
        #expect(diagnostics.isEmpty, "\(diagnostics)")
        let contract = try #require(policy?.contract)
        #expect(contract.headers == [.init(name: "X-A", pattern: nil), .init(name: "X-B", pattern: nil)])
        #expect(contract.latency == [.init(.slowest, seconds: 2)])
        #expect(contract.versions == [])
        #expect(contract.labels.first?.score.text == "score")
        guard case .golden(7) = contract.probes else {
            Issue.record("the number is not read")
            return
        }
        #expect(read(Fixtures.policy()).policy?.contract == nil)
    }

    @Test func aJourneyIsReadWhole() throws {
        let journeys = try everything().journeys
        #expect(journeys.map(\.name) == ["ticket", "ping"])
        let open = try #require(journeys.first?.steps.first)
        #expect(open.act?.request.method == "POST")
        #expect(open.act?.request.timeoutSeconds == 5)
        #expect(open.act?.conditions.map(\.text) == ["status == 201", "/state == \"open\""])
        #expect(open.act?.captures.map(\.name) == ["id", "token", "where"])
        #expect(open.act?.captures.map(\.isSecret) == [false, true, false])
        #expect(open.act?.captures.last?.pattern == "[0-9]+$")
        #expect(open.cleanUp?.request.method == "DELETE")
        #expect(open.cleanUp?.find?.request.method == "GET")
        let wait = try #require(journeys[0].steps[1].wait)
        #expect(wait.timeoutSeconds == 10 && wait.everySeconds == 0.2)
        let checks = journeys[0].steps[2].checks
        #expect(checks.map(\.request.method) == ["GET", "POST"])
        #expect(checks[0].conditions.map(\.isNegated) == [true, false])
        #expect(journeys[0].variables.contains("DESK_KEY"))
    }

    /// A clean-up that hangs on an answer which may never come is told of, not refused.
    @Test(arguments: [
        ("clean_up: { url: \"http://h/${id}\" }", 1),
        ("clean_up: { url: \"http://h/${make.answer.id}\" }", 1),
        ("clean_up: { url: \"http://h/?q=${unique}\" }", 0),
        (
            "clean_up: { url: \"http://h/${id}\", find: { url: \"http://h/?q=${unique}\", capture: { id: /0 } } }",
            0
        ),
        ("clean_up: { url: \"http://h/?q=${unique}\", headers: { A: \"${token}\" } }", 1),
    ])
    func aCleanUpThatMayBeLostIsTold(_ entry: (String, Int)) throws {
        let step =
            "{ name: make, act: { url: http://h/, capture: { id: /id, token: secret /t } }, \(entry.0) }"
        let (policy, diagnostics) = read(Fixtures.policy(more: "journey: { a: [\(step)] }"))
        #expect(policy != nil, "\(diagnostics)")
        #expect(diagnostics.map(\.kind) == Array(repeating: .doubtful, count: entry.1), "\(diagnostics)")
    }
}
