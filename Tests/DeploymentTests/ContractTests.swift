import Deployment
import Domain
import Notation
import Testing

/// A contract held against answers that a test writes.
@Suite struct ContractTests {
    private func look(
        _ body: JSONValue, id: String = "E-1", status: Int = 200, target: String = "http://a",
        headers: [(String, String)] = [("Content-Type", "application/json; charset=utf-8")],
        milliseconds: Double = 10
    ) -> ContractJudge.Look {
        let response = answer(body.text(), status: status, headers: headers, milliseconds: milliseconds)
        var read = Answer(latencyMilliseconds: milliseconds)
        read.body = body
        read.status = status
        read.confidence = body["confidence"]?.doubleValue
        read.score = body["score"]?.doubleValue
        read.scoreLabel = body["label"]?.stringValue
        read.versions = body["versions"]?.objectValue?.members.map {
            Answer.Version(name: $0.key, value: $0.value.stringValue ?? "")
        }
        let result: Attempt.Result =
            (200..<300).contains(status)
            ? .answered(read)
            : .failed(Failure(cause: .status, detail: "the app answered \(status)", status: status))
        return ContractJudge.Look(
            example: id, target: target,
            probe: Probe(
                method: "POST", url: target, body: Array("{}".utf8), result: result, response: response))
    }

    private func failed(_ cause: Failure.Cause) -> ContractJudge.Look {
        ContractJudge.Look(
            example: "E-F", target: "http://a",
            probe: Probe(
                method: "POST", url: "http://a", body: nil,
                result: .failed(Failure(cause: cause, detail: "why")),
                response: nil))
    }

    private func checks(
        _ looks: [ContractJudge.Look], schema: JSONSchema? = nil, secrets: [String] = [],
        _ change: (inout ContractPolicy) -> Void = { _ in }
    ) -> [ContractReport.Check] {
        var contract = ContractPolicy()
        change(&contract)
        return ContractJudge(contract, schema: schema, redaction: Redaction(secrets: secrets)).judge(looks)
    }

    private func verdict(_ checks: [ContractReport.Check]) -> Verdict {
        ContractReport(
            project: "p", startedAt: "", seconds: 0, targets: [], probes: 1, checks: checks, notes: []
        ).verdict
    }

    private func named(_ name: String, _ checks: [ContractReport.Check]) throws -> ContractReport.Check {
        try #require(checks.first { $0.name == name }, "\(checks.map(\.name))")
    }

    // MARK: being answered

    @Test(arguments: [
        (Failure.Cause.unreachable, Verdict.couldNotMeasure), (.throttled, .couldNotMeasure),
        (.notAsked, .couldNotMeasure), (.cancelled, .couldNotMeasure), (.timeout, .block),
        (.malformed, .block),
        (.closedEarly, .block), (.tooLarge, .block), (.emptyBody, .block),
    ])
    func aFailureCountsByWhoseItIs(_ entry: (Failure.Cause, Verdict)) {
        #expect(verdict(checks([look(["a": 1]), failed(entry.0)])) == entry.1)
    }

    @Test func withoutAnAnswerNothingIsSaid() throws {
        let all = checks([failed(.unreachable)]) { $0.latency = [.init(.slowest, seconds: 1)] }
        #expect(all.allSatisfy { $0.outcome == .open })
        #expect(verdict(all) == .couldNotMeasure)
        #expect(verdict(checks([])) == .couldNotMeasure)
    }

    @Test(arguments: [
        ([], 200, true), ([], 204, true), ([], 500, false), ([422], 422, true), ([200], 201, false),
    ])
    func aStatusIsOneOfThose(_ entry: ([Int], Int, Bool)) throws {
        let all = checks([look(["a": 1], status: entry.1)]) { $0.statuses = entry.0 }
        #expect(try named("status", all).outcome == (entry.2 ? .holds : .fails))
    }

    // MARK: the wire

    @Test func typeAndHeadersAreHeldTo() throws {
        let all = checks([
            look(["a": 1], headers: [("content-type", "Application/JSON"), ("X-Id", "abc"), ("x-id", "9")])
        ]) { contract in
            contract.contentTypes = ["application/json"]
            contract.headers = [
                .init(name: "X-ID", pattern: nil), .init(name: "x-id", pattern: "^[a-z]+$"),
                .init(name: "X-None", pattern: nil),
            ]
        }
        #expect(try named("content type", all).outcome == .holds)
        #expect(try named("header X-ID", all).outcome == .holds)
        #expect(try named("header x-id", all).first?.why == "x-id was '9'")
        #expect(try named("header X-None", all).outcome == .fails)
    }

    @Test func aSchemaNamesTheFirstProbeAndThePlace() throws {
        let schema = try JSONSchema.compile(["properties": ["a": ["type": "integer"]]]) { _ in { _ in true } }
        let all = checks(
            [look(["a": 1], id: "E-1"), look(["a": "x"], id: "E-2"), look(["a": "y"], id: "E-3")],
            schema: schema
        ) { $0.schema = "s.json" }
        let check = try named("schema", all)
        #expect(check.broken == 2 && check.looked == 3)
        #expect(check.first?.probe == "E-2" && check.first?.pointer == "/a")
        #expect(check.first?.call.answer == #"{"a":"x"}"#)
    }

    // MARK: numbers

    @Test(arguments: [
        ("0", true), ("1", true), ("0.5", true), ("1.0000000001", false), ("-0.1", false), ("\"x\"", false),
        ("null", false),
    ])
    func aBoundIncludesItsEnds(_ entry: (String, Bool)) throws {
        let body = try JSONValue.parse("{\"v\": \(entry.0)}")
        let place = try ContractPolicy.ValuePlace("/v")
        let all = checks([look(body)]) {
            $0.bounds = [.init(value: place, atLeast: 0, atMost: 1)]
        }
        #expect(try named("bounds /v", all).outcome == (entry.1 ? .holds : .fails), "\(all)")
    }

    @Test func aBoundOverAListLooksAtEachElement() throws {
        let good: JSONValue = ["r": [["s": 1], ["s": 2]]]
        let bad: JSONValue = ["r": [["s": 1], ["s": -2]]]
        let none: JSONValue = ["r": []]
        func check(_ bodies: [JSONValue]) throws -> ContractReport.Check {
            let place = try ContractPolicy.ValuePlace("/r/*/s")
            return try named(
                "bounds /r/*/s",
                checks(bodies.map { look($0) }) {
                    $0.bounds = [.init(value: place, atLeast: 0, atMost: nil)]
                })
        }
        #expect(try check([good, none]).outcome == .holds)
        #expect(try check([good, none]).looked == 1)
        #expect(try check([good, bad]).first?.pointer == "/r/1/s")
        #expect(try check([none]).outcome == .open, "nothing was seen, so nothing is said")
    }

    @Test func anAbsentNumberBreaksABoundUnlessItMayBeAbsent() throws {
        for isOptional in [false, true] {
            let all = checks([look(["confidence": 0.5]), look(["a": 1])]) {
                $0.bounds = [
                    .init(value: .part("confidence"), atLeast: 0, atMost: 1, isOptional: isOptional)
                ]
            }
            #expect(try named("bounds confidence", all).outcome == (isOptional ? .holds : .fails))
        }
    }

    @Test(arguments: [
        (0.95, "HIGH", true), (0.9, "HIGH", true), (0.9, "MEDIUM", false), (0.8999, "MEDIUM", true),
        (0, "LOW", true),
        (-0.1, "LOW", false), (0.95, "high", false), (0.95, "HUGE", false), (7, "HIGH", true),
    ])
    func aLabelAgreesWithItsBand(_ entry: (Double, String, Bool)) throws {
        let all = checks([look(["score": .number(entry.0), "label": .string(entry.1)])]) {
            $0.labels = [
                .init(
                    label: .part("label"), score: .part("score"),
                    bands: [
                        .init(label: "LOW", from: 0), .init(label: "HIGH", from: 0.9),
                        .init(label: "MEDIUM", from: 0.7),
                    ])
            ]
        }
        #expect(try named("labels label", all).outcome == (entry.2 ? .holds : .fails), "\(all)")
    }

    // MARK: time and versions

    /// Nearest rank: of twenty times 10, 20 … 200, the median is the tenth and p95 the nineteenth.
    @Test(arguments: [
        (50.0, 0.100, true), (50.0, 0.099, false), (95, 0.190, true), (95, 0.189, false), (99, 0.2, true),
    ])
    func aPercentileIsAProbesOwnTime(_ entry: (Double, Double, Bool)) throws {
        let looks = (1...20).reversed().map { look(["a": 1], milliseconds: Double($0) * 10) }
        let all = checks(looks) { $0.latency = [.init(.percentile(entry.0), seconds: entry.1)] }
        #expect(all.last?.outcome == (entry.2 ? .holds : .fails), "\(all)")
    }

    @Test func theSlowestSaysOfHowMany() throws {
        let all = checks((1...20).map { look(["a": 1], milliseconds: Double($0) * 10) }) {
            $0.latency = [.init(.slowest, seconds: 0.15), .init(.percentile(99), seconds: 1)]
        }
        #expect(try named("latency max", all).detail == "200 ms, the slowest of 20")
        #expect(try named("latency max", all).broken == 5)
        #expect(try named("latency p99", all).detail == "200 ms, the slowest of 20")
    }

    @Test func versionsAreLockedAndAgreeOverInstances() throws {
        func body(_ prompt: String) -> JSONValue { ["versions": ["prompt": .string(prompt), "model": "m1"]] }
        let rules: [ContractPolicy.VersionRule] = [
            .init(name: "model", value: "m1"), .init(name: "prompt", value: nil),
        ]
        let same = checks([look(body("v1")), look(body("v1"), target: "http://b")]) { $0.versions = rules }
        #expect(verdict(same) == .ship)
        let mixed = checks([look(body("v1")), look(body("v2"), target: "http://b")]) { $0.versions = rules }
        #expect(try named("version model", mixed).outcome == .holds)
        #expect(try named("versions agree", mixed).first?.why == "prompt was 'v2' here and 'v1' at http://a")
        let other = checks([look(body("v1"))]) { $0.versions = [.init(name: "model", value: "m2")] }
        #expect(try named("version model", other).first?.why == "model was 'm1'")
        let silent = checks([look(["a": 1])]) { $0.versions = [] }
        #expect(verdict(silent) == .couldNotMeasure)
    }

    @Test func evidenceHoldsNoSecret() throws {
        let all = checks([look(["a": "key-123456"], status: 500)], secrets: ["key-123456"])
        let call = try #require(try named("status", all).first?.call)
        #expect(call.answer == #"{"a":"<redacted>"}"#)
    }
}
