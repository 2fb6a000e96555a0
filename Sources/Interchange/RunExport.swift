import Domain
import Notation

/// A run's answers and scores in the forms that other programs read, and that `external` reads back.
///
/// A record names its example, arm, repeat and the digest of its answer, so that scores made of it elsewhere can be
/// bound to the answer they are of.
public enum RunExport {
    public enum Form: String, Sendable, Hashable, CaseIterable {
        /// RAGAS's columns, as JSON Lines.
        case ragas
        /// A test run of DeepEval's, as one JSON text.
        case deepeval
        /// Everything, as JSON Lines.
        case jsonl
        /// Everything that is flat, for spreadsheets.
        case csv
    }

    /// What comes before the first record.
    public static func head(_ form: Form, _ facts: ExportFacts) -> [UInt8] {
        switch form {
        case .ragas, .jsonl: return []
        case .deepeval:
            var writer = JSONWriter()
            writer.value(["source": "sluice", "run": .string(facts.run)])
            // The object goes on with its test cases.
            return Array(writer.bytes.dropLast()) + Array(",\"testCases\":[\n".utf8)
        case .csv:
            var writer = CSVWriter()
            for column in columns { writer.text(column) }
            for metric in facts.metrics { writer.text(metric) }
            writer.text("absent")
            writer.endRow()
            return writer.bytes
        }
    }

    /// - Parameter number: Of the record, from 0.
    public static func record(
        _ row: ExportRow, number: Int, _ form: Form, _ facts: ExportFacts
    ) -> [UInt8] {
        switch form {
        case .ragas: line(ragas(row, facts))
        case .jsonl: line(whole(row, facts))
        case .deepeval:
            (number == 0 ? [] : [0x2C, 0x0A]) + Array(line(deepeval(row, number, facts)).dropLast())
        case .csv: csv(row, facts)
        }
    }

    /// What comes after the last record.
    public static func tail(_ form: Form) -> [UInt8] { form == .deepeval ? Array("\n]}\n".utf8) : [] }

    private static func line(_ object: JSONObject) -> [UInt8] {
        var writer = JSONWriter(reserving: 2048)
        writer.value(.object(object))
        writer.endLine()
        return writer.bytes
    }

    // MARK: What every form has

    private static func binding(_ row: ExportRow, _ facts: ExportFacts, into out: inout JSONObject) {
        out["id"] = .string(row.example.id)
        out["arm"] = .string(row.observation.arm.rawValue)
        out["repetition"] = .integer(Int64(row.observation.repetition))
        out["answer_digest"] = digest(row).map { .string($0) }
        out["time"] = .string(facts.time)
        out["dataset"] = .string(facts.dataset)
        out["version"] = version(row).map { .string($0) }
        out["run"] = .string(facts.run)
    }

    private static func digest(_ row: ExportRow) -> String? {
        row.observation.answer?.text.map { "sha256:" + ExternalScores.digest(of: $0) }
    }

    /// `model=m1, prompt=v15`; none where a value would not read back.
    private static func version(_ row: ExportRow) -> String? {
        let shown = (row.observation.answer?.versions ?? []).filter { version in
            !version.name.isEmpty
                && (version.name + version.value).allSatisfy {
                    $0 != "," && $0 != ";" && $0 != "=" && !$0.isNewline
                }
        }
        return shown.isEmpty ? nil : shown.map { "\($0.name)=\($0.value)" }.joined(separator: ", ")
    }

    private static func contexts(_ row: ExportRow) -> JSONValue? {
        row.observation.answer?.documents.map { .array($0.map { .string($0.text ?? $0.id) }) }
    }

    private static func reference(_ row: ExportRow) -> String? { row.example.references.first }

    // MARK: Forms

    private static func ragas(_ row: ExportRow, _ facts: ExportFacts) -> JSONObject {
        var out = JSONObject()
        out["user_input"] = .string(row.example.query)
        out["retrieved_contexts"] = contexts(row) ?? .null
        out["response"] = row.observation.answer?.text.map { .string($0) } ?? .null
        out["reference"] = reference(row).map { .string($0) } ?? .null
        for score in row.scores { out[score.name] = score.value.map { .number($0) } ?? .null }
        binding(row, facts, into: &out)
        return out
    }

    private static func deepeval(_ row: ExportRow, _ number: Int, _ facts: ExportFacts) -> JSONObject {
        var metrics: [JSONValue] = []
        var success: Bool?
        for score in row.scores {
            var one = JSONObject()
            one["name"] = .string(score.name)
            switch score.absence {
            case .notApplicable: continue
            case .failed(let why):
                one["score"] = .null
                one["error"] = .string(why)
            case nil: one["score"] = score.value.map { .number($0) } ?? .null
            }
            if let passes = score.passes {
                one["success"] = .bool(passes)
                success = (success ?? true) && passes
            }
            metrics.append(.object(one))
        }
        var bound = JSONObject()
        binding(row, facts, into: &bound)
        var out = JSONObject()
        out["name"] = .string(row.example.id)
        out["input"] = .string(row.example.query)
        out["actualOutput"] = row.observation.answer?.text.map { .string($0) } ?? .null
        out["expectedOutput"] = reference(row).map { .string($0) } ?? .null
        out["retrievalContext"] = contexts(row) ?? .null
        out["success"] = success.map { .bool($0) } ?? .null
        out["metricsData"] = .array(metrics)
        out["order"] = .integer(Int64(number))
        out["metadata"] = .object(bound)
        return out
    }

    private static func whole(_ row: ExportRow, _ facts: ExportFacts) -> JSONObject {
        var out = scores(row, facts)
        out["question"] = .string(row.example.query)
        out["reference"] = reference(row).map { .string($0) }
        out["expected_intent"] = row.example.expectedIntent.map { .string($0) }
        out["category"] = row.example.category.map { .string($0) }
        if !row.example.tags.isEmpty { out["tags"] = .array(row.example.tags.map { .string($0) }) }
        if !row.example.columns.isEmpty {
            var columns = JSONObject()
            for column in row.example.columns { columns[column.name] = column.json ?? .string(column.value) }
            out["columns"] = .object(columns)
        }
        out["observation"] = try? JSONValue.parse(ObservationCodec.encode(row.observation))
        return out
    }

    /// The scores alone, with what they are bound to: no question, no answer.
    public static func scores(_ row: ExportRow, _ facts: ExportFacts) -> JSONObject {
        var out = JSONObject()
        binding(row, facts, into: &out)
        if let failure = row.observation.failure { out["failure"] = .string(failure.cause.rawValue) }
        if row.observation.fromCache { out["from_cache"] = true }
        var scores = JSONObject()
        var absent = JSONObject()
        for score in row.scores {
            if let value = score.value { scores[score.name] = .number(value) }
            if let absence = score.absence { absent[score.name] = .string(absence.words) }
        }
        out["scores"] = .object(scores)
        if !absent.isEmpty { out["absent"] = .object(absent) }
        return out
    }

    private static let columns = [
        "run", "id", "arm", "repetition", "question", "reference", "answer", "answer_digest",
        "expected_intent", "intent", "confidence", "documents", "guardrail", "failure", "failure_detail",
        "latency_ms",
        "time_to_first_token_ms", "input_tokens", "output_tokens", "reported_cost", "attempts", "throttled",
        "from_cache", "category", "tags", "columns", "time", "dataset", "version",
    ]

    private static func csv(_ row: ExportRow, _ facts: ExportFacts) -> [UInt8] {
        let (example, observation) = (row.example, row.observation)
        let answer = observation.answer
        var out = CSVWriter()
        out.text(facts.run)
        out.text(example.id)
        out.text(observation.arm.rawValue)
        out.integer(observation.repetition)
        out.text(example.query)
        out.text(reference(row))
        out.text(answer?.text)
        out.text(digest(row))
        out.text(example.expectedIntent)
        out.text(answer?.intent)
        out.number(answer?.confidence)
        out.text(answer?.documents.map { $0.map(\.id).joined(separator: " ") })
        out.text(answer?.guardrail?.outcome.rawValue)
        out.text(observation.failure?.cause.rawValue)
        out.text(observation.failure?.detail)
        out.number(answer?.latencyMilliseconds)
        out.number(answer?.timeToFirstTokenMilliseconds)
        out.integer(answer?.usage?.inputTokens)
        out.integer(answer?.usage?.outputTokens)
        out.number(answer?.usage?.cost)
        out.integer(observation.attempts)
        out.integer(observation.throttled)
        out.text(observation.fromCache ? "true" : "false")
        out.text(example.category)
        out.text(example.tags.isEmpty ? nil : example.tags.joined(separator: " "))
        out.text(columns(example))
        out.text(facts.time)
        out.text(facts.dataset)
        out.text(version(row))
        var absent = JSONObject()
        for name in facts.metrics {
            let score = row.scores.first { $0.name == name }
            out.number(score?.value)
            if let absence = score?.absence { absent[name] = .string(absence.words) }
        }
        out.text(absent.isEmpty ? nil : text(absent))
        out.endRow()
        return out.bytes
    }

    private static func columns(_ example: Example) -> String? {
        guard !example.columns.isEmpty else { return nil }
        var columns = JSONObject()
        for column in example.columns { columns[column.name] = .string(column.value) }
        return text(columns)
    }

    private static func text(_ object: JSONObject) -> String {
        var writer = JSONWriter()
        writer.value(.object(object))
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
