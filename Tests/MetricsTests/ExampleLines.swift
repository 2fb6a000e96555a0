import Domain
import Foundation
import Metrics
import Notation
import Testing

/// The rows of worked examples, read without the reader that `sluice score` has for them.
enum ExampleLine {
    /// An example and its observation from one flat object.
    static func input(_ row: JSONValue) -> MeasureInput {
        var example = Example(id: "e", query: row["query"]?.stringValue ?? "q")
        example.rubric = row["rubric"]?.stringValue
        for turn in row["history"]?.arrayValue ?? [] {
            guard let role = turn["role"]?.stringValue.flatMap(Message.Role.init) else { continue }
            example.history.append(Message(role: role, content: turn["content"]?.stringValue ?? ""))
        }
        var answer = Answer(latencyMilliseconds: row["latency"]?.doubleValue ?? 1)
        example.expectedIntent = row["expected_intent"]?.stringValue
        example.references = texts(row["reference_response"]) ?? []
        example.goldDocuments = texts(row["gold"])
        if let grades = row["gold"]?.objectValue {
            example.relevance = grades.members.map {
                RelevanceGrade(id: $0.key, grade: $0.value.intValue ?? 0)
            }
            example.goldDocuments = example.relevance?.filter { $0.grade > 0 }.map(\.id)
        }
        example.expectedResult = row["expected_tool_calls"]
        example.expectedGuardrail = row["expected_guardrail"]?.stringValue.flatMap(GuardrailOutcome.init)
        example.expectedMatch = row["match"]?.boolValue
        example.required = elements(row["required"])
        example.prohibited = elements(row["prohibited"])
        if let score = row["expected_score"] {
            example.expectedScore =
                score.doubleValue.map(ExpectedScore.value)
                ?? score.stringValue.flatMap(ScoreBand.init(rawValue:)).map(ExpectedScore.band)
        }
        answer.text = row["text"]?.stringValue
        answer.intent = row["intent"]?.stringValue
        answer.confidence = row["confidence"]?.doubleValue
        answer.score = row["score"]?.doubleValue
        answer.scoreLabel = row["label"]?.stringValue
        answer.documents = row["documents"]?.arrayValue?.enumerated().map { rank, document in
            RetrievedDocument(
                id: document.stringValue ?? document["id"]?.stringValue ?? "#\(rank + 1)",
                text: document["text"]?.stringValue ?? document.stringValue)
        }
        answer.guardrail = row["guardrail"]?.stringValue.flatMap(GuardrailOutcome.init).map {
            GuardrailDecision(outcome: $0)
        }
        answer.timeToFirstTokenMilliseconds = row["ttft"]?.doubleValue
        answer.body = row["body"]
        answer.tools = row["tools"]?.arrayValue?.map { call in
            ToolCall(
                name: call.stringValue ?? call["name"]?.stringValue ?? "",
                arguments: call["arguments"] ?? [:])
        }
        answer.tokenLogarithms = row["logprobs"]?.arrayValue?.compactMap(\.doubleValue)
        if let usage = row["usage"] {
            answer.usage = Usage(
                inputTokens: usage["input_tokens"]?.intValue,
                cachedInputTokens: usage["cached_input_tokens"]?.intValue,
                outputTokens: usage["output_tokens"]?.intValue, cost: usage["cost"]?.doubleValue)
        }
        answer.stages = row["stages"]?.objectValue?.members.map {
            StageTiming(name: $0.key, milliseconds: $0.value.doubleValue ?? 0)
        }
        answer.values =
            row["values"]?.objectValue?.members.map {
                Answer.NamedValue(name: $0.key, value: $0.value.doubleValue ?? 0)
            } ?? []
        answer.versions = row["versions"]?.objectValue?.members.map {
            Answer.Version(name: $0.key, value: $0.value.stringValue ?? "")
        }
        var outcome = Observation.Outcome.answered(answer)
        if let cause = row["failure"]?.stringValue.flatMap(Failure.Cause.init) {
            outcome = .failed(Failure(cause: cause, detail: "failed"))
        }
        let observation = Observation(
            example: "e", arm: .candidate, repetition: 0, outcome: outcome,
            attempts: row["attempts"]?.intValue ?? 1, throttled: row["throttled"]?.intValue ?? 0)
        var input = MeasureInput(example: example, observation: observation)
        if let other = row["other"]?.stringValue {
            var theirs = Answer(latencyMilliseconds: 1)
            theirs.text = other
            input.otherArm = Observation(
                example: "e", arm: .baseline, repetition: 0, outcome: .answered(theirs))
        }
        return input
    }

    /// The same with a judge that says what stands in the row, a verdict to each question in order.
    static func input(_ row: JSONValue, judged definition: MetricDefinition) -> MeasureInput {
        var input = input(row)
        var verdicts = (row["judge"]?.arrayValue ?? [])[...]
        for _ in 0..<4 {
            let requests = definition.models?.requests(&input) ?? []
            for request in requests {
                guard case .judgement = request, case .object(let verdict)? = verdicts.popFirst() else {
                    return input
                }
                input.models[request] = .judgement(.success(JudgeReply(verdict: verdict)))
            }
            if requests.isEmpty { break }
        }
        return input
    }

    private static func texts(_ value: JSONValue?) -> [String]? {
        value?.stringValue.map { [$0] } ?? value?.arrayValue?.compactMap(\.stringValue)
    }

    private static func elements(_ value: JSONValue?) -> [Element] {
        (value?.arrayValue ?? []).compactMap { item in
            if let text = item.stringValue { return Element(kind: .text(text)) }
            return item["regex"]?.stringValue.map { Element(kind: .regex($0)) }
        }
    }
}

@Suite struct ExampleLineTests {
    /// Every family's worked example is true of what it computes.
    @Test(arguments: MetricCatalogue.families.map(\.name))
    func theWorkedExampleHolds(_ name: String) throws {
        let family = try #require(MetricCatalogue.family(of: name))
        let line = try #require(WorkedExample(family), "unreadable: \(family.example)")
        let definition = try metric(line.name, line.parameter)
        // What an encoder or a program makes of it is tested where there is one.
        if let need = definition.models, !need.kinds.contains(.judge) { return }
        let inputs = line.rows.map { ExampleLine.input($0, judged: definition) }
        if case .text = definition.aggregate {
            var input = inputs[0]
            #expect(definition.measured(&input) == .labels([line.value]))
            return
        }
        let value = try #require(aggregate(definition, inputs))
        let expected = try #require(Double(line.value))
        #expect(abs(value - expected) < 1e-12)
    }
}
