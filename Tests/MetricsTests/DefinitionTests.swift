import Domain
import Metrics
import Notation
import Testing

@Suite struct DefinitionTests {
    /// A rule's metric and the definition it is judged on.
    @Test(arguments: [
        (MetricReference(name: "latency", statistic: "p95"), "latency"),
        (MetricReference(name: "recall@3"), "recall@3"),
        (MetricReference(name: "intent_f1", selector: .named("refund")), "intent_f1"),
        (MetricReference(name: "intent_f1", selector: .each), "intent_f1"),
        (
            MetricReference(name: "stage_latency", selector: .named("retrieval"), statistic: "p95"),
            "stage_latency[retrieval]"
        ),
        (MetricReference(name: "value", selector: .named("toxicity.v2")), "value[toxicity.v2]"),
        (MetricReference(name: "versions", statistic: "embedding"), "versions.embedding"),
    ])
    func everyReferenceHasOneDefinition(_ reference: MetricReference, _ name: String) throws {
        #expect(MetricCatalogue.definitionName(for: reference) == name)
        #expect(try metric(name).name == name)
    }

    @Test func bandsAndTolerancesOfTheScoreHaveTheirOwnColumns() {
        func name(_ form: GateForm) -> String {
            MetricCatalogue.definitionName(
                for: GateRule(text: "", metric: MetricReference(name: "score"), form: form))
        }
        #expect(name(.inBand(share: 1)) == "score_band")
        #expect(name(.tolerance(0.05, share: 1)) == "score_error")
        #expect(name(.notWorse) == "score")
    }

    /// Values within range, and worst values at the bad end: what bounds and intention to treat rely on.
    @Test(arguments: MetricCatalogue.families.map(\.name))
    func aFailedAppIsWorthTheBadEndOfTheRange(_ name: String) throws {
        let family = try #require(MetricCatalogue.family(of: name))
        let line = try #require(WorkedExample(family))
        let definition = try metric(line.name, line.parameter)
        let example = ExampleLine.input(line.rows[0]).example
        let failure = Failure(cause: .timeout, detail: "late")
        var input = MeasureInput(
            example: example,
            observation: Observation(example: "e", arm: .candidate, repetition: 0, outcome: .failed(failure)))
        guard case .value(let worst) = definition.measured(&input), !definition.measuresFailures else {
            return
        }
        if definition.direction == .higher { #expect(worst == definition.lowest) }
        if definition.direction == .lower, let highest = definition.highest { #expect(worst == highest) }
    }

    @Test func retriesAndThrottlesAreCountedOnFailuresToo() throws {
        #expect(try measureFailure("retry_rate", .timeout, attempts: 3) == .value(1))
        #expect(try measureFailure("retry_rate", .timeout, attempts: 1) == .value(0))
        #expect(try measureFailure("throttle_rate", .throttled, attempts: 3, throttled: 3) == .value(1))
        #expect(try measureFailure("error_rate", .timeout) == .value(1))
        #expect(try measureFailure("error_rate", .unreachable).isFailed)
        #expect(try measureFailure("retry_rate", .cancelled).isFailed)
    }

    /// A conversation of three turns makes three attempts without a retry.
    @Test func turnsAreNoRetries() throws {
        let answer = Answer(latencyMilliseconds: 1)
        for (attempts, retried) in [(3, 0.0), (4, 1.0)] {
            var input = MeasureInput(
                example: Example(id: "e", query: "q"),
                observation: Observation(
                    example: "e", arm: .candidate, repetition: 0, outcome: .answered(answer),
                    earlierTurns: [answer, answer], attempts: attempts))
            #expect(try metric("retry_rate").measured(&input) == .value(retried))
        }
    }

    @Test func tokensAndCostAreOfAllTurns() throws {
        var turn = Answer(latencyMilliseconds: 1)
        turn.usage = Usage(inputTokens: 10, outputTokens: 5, cost: 0.25)
        let silent = Answer(latencyMilliseconds: 1)
        func measured(_ name: String, _ earlier: [Answer]) throws -> Measurement {
            var input = MeasureInput(
                example: Example(id: "e", query: "q"),
                observation: Observation(
                    example: "e", arm: .candidate, repetition: 0, outcome: .answered(turn),
                    earlierTurns: earlier,
                    attempts: earlier.count + 1))
            return try metric(name).measured(&input)
        }
        #expect(try measured("tokens", [turn]) == .value(30))
        #expect(try measured("cost", [turn]) == .value(0.5))
        #expect(try measured("cost", [silent]).isFailed)
    }

    static let successes: [(String, Double?)] = [
        (
            #"{"expected_guardrail": "block", "guardrail": "block", "reference_response": "x", "text": "n"}"#,
            1
        ),
        (
            #"{"expected_guardrail": "allow", "guardrail": "block", "reference_response": "x", "text": "x"}"#,
            0
        ),
        (#"{"expected_intent": "a", "intent": "a", "reference_response": "w x y z", "text": "w x"}"#, 1),
        (#"{"expected_intent": "a", "intent": "a", "reference_response": "w x y z", "text": "w"}"#, 0),
        (#"{"expected_intent": "a", "intent": "b", "reference_response": "x", "text": "x"}"#, 0),
        (#"{"required": ["x"], "prohibited": ["y"], "text": "x y"}"#, 0),
        (#"{"required": ["x"], "prohibited": ["y"], "text": "x"}"#, 1),
        (#"{"match": true, "score": 0.6}"#, 1),
        (#"{"match": true}"#, nil),
        (#"{"gold": ["d1"], "documents": ["d1"]}"#, nil),
    ]

    @Test(arguments: successes)
    func successIsMissingNothingThatIsExpected(_ row: String, _ success: Double?) throws {
        var object = try #require(JSONValue.parse(row).objectValue)
        object["usage"] = ["cost": 0.5]
        var input = ExampleLine.input(.object(object))
        let measured = try metric("cost_per_success").measured(&input)
        if let success {
            #expect(measured == .values([0.5, success]))
        } else {
            #expect(measured.isFailed || measured.isNotApplicable)
        }
    }

    @Test func aSchemaThatIsNotUnderstoodIsRefused() throws {
        for schema: JSONValue in [
            ["type": "strin"], ["schema": ["requierd": ["a"]], "unknown": "refuse"], ["$ref": "#/nowhere"],
            ["pattern": "("], 3,
            ["$schema": "http://x"],
        ] {
            #expect(throws: MetricProblem.self) { try metric("schema", schema) }
        }
        #expect(
            try metric("schema", ["requierd": ["a"]]).hints == [
                "#: 'requierd' is no keyword; is 'required' meant?"
            ])
        #expect(throws: MetricProblem.self) { try metric("schema") }
        #expect(throws: MetricProblem.self) { try metric("schema", "missing.json") }
        #expect(throws: MetricProblem.self) { try metric("schema", ["of": "text"]) }
        #expect(throws: MetricProblem.self) { try metric("schema", ["file": "a.json", "of": "boddy"]) }
    }

    @Test func aSchemaIsReadFromAFileAndHeldToTextOrBody() throws {
        let schema: JSONValue = [
            "type": "object", "required": ["id"], "properties": ["id": ["pattern": "^\\d+$"]],
        ]
        let resources = MetricResources(files: ["a.json": schema])
        func check(_ parameter: JSONValue, _ answer: (inout Answer) -> Void) throws -> Edge.Outcome {
            try measure("schema", parameter, resources: resources, answer: answer).edge
        }
        #expect(try check("a.json") { $0.body = ["id": "17"] } == .value(1))
        #expect(try check("a.json") { $0.body = ["id": "x"] } == .value(0))
        #expect(try check("a.json") { $0.bodyProblem = "<html>" } == .value(0))
        #expect(try check("a.json") { _ in } == .failed)
        #expect(try check(["file": "a.json", "of": "text"]) { $0.text = #"{"id": "17"}"# } == .value(1))
        #expect(try check(["file": "a.json", "of": "text"]) { $0.text = "17" } == .value(0))
        #expect(try check(["file": "a.json", "of": "text"]) { $0.body = ["id": "17"] } == .failed)
    }

    @Test(
        arguments: [
            ("bleu", ["tokenise": "13a"]), ("bleu", ["tokenize": "14a"]), ("rouge_1", ["words": "stem"]),
            ("rouge_l", "stemmed"), ("miss_rate", ["threshold": "high"]), ("out_of_scope_recall", [1]),
            ("json", "html"),
        ] as [(String, JSONValue)])
    func optionsThatAreNotKnownAreRefused(_ name: String, _ parameter: JSONValue) {
        #expect(throws: MetricProblem.self) { try metric(name, parameter) }
    }

    @Test func optionsChangeWhatIsMeasured() throws {
        let match = try measure(
            "miss_rate", ["threshold": 0.8], example: { $0.expectedMatch = true }, answer: { $0.score = 0.7 })
        #expect(match == .value(1))
        let label = try measure(
            "false_positive_rate", ["positive": ["violation"]], example: { $0.expectedResult = "ok" },
            answer: { $0.scoreLabel = "violation" })
        #expect(label == .value(1))
        let scope = try measure(
            "out_of_scope_recall", "none", example: { $0.expectedIntent = "none" },
            answer: { $0.intent = "none" })
        #expect(scope == .value(1))
    }
}
