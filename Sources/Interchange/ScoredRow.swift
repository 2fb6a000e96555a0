import Domain
import Notation

/// One line to be scored: an example and what an app answered to it, in one object.
///
/// Expectations go by the names of a data set (`reference_response`, `expected_intent`, `retrieval_gold_doc_ids` …), the
/// answer's parts by those of a recording (`answer`, `text`, `documents`, `tool_calls` …). Where a name is both (`intent`,
/// `guardrail`, `score`), it is the answer's, and the expectation has its `expected_` before it. A query is not needed.
/// `failure` names what went wrong where there is no answer; `attempts` and `throttled` count.
public struct ScoredRowReader: Sendable {
    /// Why a line cannot be scored: its first problem.
    public struct Problem: Error, Sendable, Hashable {
        /// From 1; 0 where the whole line is meant.
        public let column: Int
        public let message: String
    }

    private var names = ColumnNames(findsSlips: false)
    private let limits = JSONLimits(refusesRepeatedKeys: true)

    public init() {}

    /// Names of the answer's parts that a data set has for something else, or not at all.
    private static let answered: Set<String> = [
        "answer", "response", "output", "text", "actual_output", "completion", "prediction", "intent",
        "predicted_intent", "predicted_label", "confidence", "score", "similarity", "label", "band",
        "documents", "retrieval", "retrieved_documents", "retrieved", "chunks", "guardrail", "usage",
        "stages",
        "timings", "tools", "tool_calls", "logprobs", "token_logprobs", "versions", "values", "body",
        "latency", "ttft", "failure", "attempts", "throttled", "error", "status",
    ]

    /// Short names of worked examples.
    private static let short: [String: String] = [
        "gold": "retrieval_gold_doc_ids", "latency": "latency_ms", "ttft": "ttft_ms",
    ]

    public mutating func read(
        _ bytes: UnsafeBufferPointer<UInt8>, line: Int
    ) throws(Problem) -> (example: Example, observation: Observation) {
        let value: JSONValue
        do throws(JSONError) { value = try JSONValue.parse(bytes, limits: limits) } catch {
            throw Problem(column: error.mark.column, message: error.cause)
        }
        return try read(value, bytes: bytes, line: line)
    }

    /// A row that is parsed already; `bytes` are for the places of problems.
    mutating func read(
        _ value: JSONValue, bytes: UnsafeBufferPointer<UInt8>, line: Int
    ) throws(Problem) -> (example: Example, observation: Observation) {
        guard case .object(let row) = value else {
            throw Problem(column: 1, message: "the line is \(withArticle(value.typeName)), not an object")
        }
        var expected = JSONObject()
        var shown = JSONObject()
        for member in row.members {
            let name = DatasetField.normalised(member.key)
            let isAnswered = Self.answered.contains(name)
            if !isAnswered || Self.short[name] == "retrieval_gold_doc_ids" {
                expected[Self.short[name] ?? member.key] = member.value
            }
            shown[isAnswered ? Self.short[name] ?? name : member.key] = member.value
        }
        // An expectation may go by the bare name where the answer's has one of its own.
        if row["predicted_intent"] != nil || row["predicted_label"] != nil, let intent = row["intent"] {
            expected["expected_intent"] = expected["expected_intent"] ?? intent
            shown["intent"] = row["predicted_intent"] ?? row["predicted_label"]
        }
        let example = try example(expected, bytes, line)
        return (example, try observation(shown, example.id))
    }

    private mutating func example(
        _ row: JSONObject, _ bytes: UnsafeBufferPointer<UInt8>, _ line: Int
    ) throws(Problem) -> Example {
        var reader = DatasetRow(file: "", line: line, bytes: bytes, needsQuery: false)
        guard var example = reader.read(row, names: &names) else {
            let first = reader.problems.first { $0.severity == .error }
            throw Problem(
                column: first?.place.column ?? 0, message: first?.cause ?? "the line cannot be read")
        }
        if example.id.isEmpty { example.id = String(line) }
        return example
    }

    private func observation(_ row: JSONObject, _ id: String) throws(Problem) -> Observation {
        var outcome: Observation.Outcome
        let value = JSONValue.object(row)
        do throws(ObservationCodec.Problem) {
            outcome = try RecordedRow(AnswerReader.none).read(value).outcome
        } catch { throw Problem(column: 0, message: error.description) }
        if let word = row["failure"]?.stringValue {
            guard let cause = Failure.Cause(rawValue: word) else {
                let causes = Failure.Cause.allCases.map(\.rawValue).joined(separator: ", ")
                throw Problem(column: 0, message: "'failure' is one of \(causes)")
            }
            outcome = .failed(Failure(cause: cause, detail: "the line says: \(word)"))
        } else if case .answered(var answer) = outcome {
            answer.body = row["body"]
            for member in row["values"]?.objectValue?.members ?? [] {
                guard let number = member.value.doubleValue else { continue }
                answer.values.append(Answer.NamedValue(name: member.key, value: number))
            }
            answer.values.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
            outcome = .answered(answer)
        }
        return Observation(
            example: id, arm: .candidate, repetition: 0, outcome: outcome,
            attempts: row["attempts"]?.intValue ?? 1, throttled: row["throttled"]?.intValue ?? 0)
    }
}
