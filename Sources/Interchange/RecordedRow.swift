import Domain
import Notation

/// Reads a row of a recording: one of Sluice's own observations, or an answer's fields.
///
/// Beside what the mapping names, a row may say `latency_ms` (or `latency_s`), `first_token_ms`, `status` and
/// `error`, which makes it a failure. Without any mapping the fields are looked up under the names that
/// recordings use: `answer`, `response`, `output` … for the text, and so on.
public struct RecordedRow: Sendable {
    private let reader: AnswerReader

    public init(_ reader: AnswerReader) { self.reader = reader }

    /// What was recorded, with answers to earlier turns where the row has them.
    public func read(
        _ row: JSONValue
    ) throws(ObservationCodec.Problem) -> (outcome: Observation.Outcome, earlier: [Answer]) {
        if ObservationCodec.isObservation(row) {
            let observation = try ObservationCodec.decode(row)
            return (observation.outcome, observation.earlierTurns)
        }
        if let error = row["error"], !error.isNull {
            let words = error.stringValue ?? error["message"]?.stringValue ?? "no reason given"
            let detail = "the recording says: '\(shortened(words, limit: 80))'"
            return (.failed(Failure(cause: .status, detail: detail, status: row["status"]?.intValue)), [])
        }
        var answer = Answer(latencyMilliseconds: Self.milliseconds(row, "latency"))
        answer.timeToFirstTokenMilliseconds =
            Self.milliseconds(row, "first_token") ?? Self.milliseconds(row, "ttft")
        answer.status = row["status"]?.intValue
        answer.body = row
        if reader.isEmpty {
            (try? AnswerReader(Self.convention(row)))?.read(row, into: &answer)
        } else {
            reader.read(row, into: &answer)
        }
        return (.answered(answer), [])
    }

    private static func milliseconds(_ row: JSONValue, _ name: String) -> Double? {
        for (suffix, factor) in [("_ms", 1.0), ("_milliseconds", 1), ("_s", 1000), ("_seconds", 1000)] {
            if let number = row[name + suffix]?.doubleValue, number >= 0 { return number * factor }
        }
        return nil
    }

    private static func convention(_ row: JSONValue) -> ObserveMap {
        func pointer(_ names: [String]) -> String? {
            names.first { row[$0] != nil }.map { "/" + $0 }
        }
        var map = ObserveMap()
        map.text = pointer([
            "answer", "response", "output", "text", "actual_output", "completion", "prediction",
        ])
        map.intent = pointer(["intent", "predicted_intent", "predicted_label"])
        map.confidence = pointer(["confidence"])
        map.score = pointer(["score", "similarity"])
        map.scoreLabel = pointer(["label", "band"])
        map.documents = pointer(["documents", "retrieval", "retrieved_documents", "retrieved", "chunks"])
        map.guardrail = pointer(["guardrail"])
        map.usage = pointer(["usage"])
        map.stages = pointer(["stages", "timings"])
        map.tools = pointer(["tools", "tool_calls"])
        map.logprobs = pointer(["logprobs", "token_logprobs"])
        map.versions = pointer(["versions"])
        return map
    }
}
