import Domain
import Notation

/// An observation as one line of JSON, and back: lossless, version 1.
///
/// Absent parts are absent members; an empty list stays an empty list. Numbers that JSON lacks are written as
/// the texts `nan`, `inf` and `-inf`. A reader refuses versions newer than its own and passes over members
/// that it does not know.
public enum ObservationCodec {
    public static let version = 1

    /// Why a line is no observation; nothing of the line's content is in it.
    public struct Problem: Error, Sendable, Hashable, CustomStringConvertible {
        public let description: String
    }

    /// Appends the observation and a line feed.
    public static func encode(_ observation: Observation, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("v", version)
        writer.member("example", observation.example)
        writer.member("arm", observation.arm.rawValue)
        writer.member("repetition", observation.repetition)
        if observation.attempts != 1 { writer.member("attempts", observation.attempts) }
        if observation.throttled != 0 { writer.member("throttled", observation.throttled) }
        if observation.fromCache { writer.member("cached", true) }
        if !observation.earlierTurns.isEmpty {
            writer.list("earlier", observation.earlierTurns) { $0.answer($1) }
        }
        switch observation.outcome {
        case .answered(let answer):
            writer.key("answer")
            writer.answer(answer)
        case .failed(let failure):
            writer.key("failure")
            writer.beginObject()
            writer.member("cause", failure.cause.rawValue)
            writer.member("detail", failure.detail)
            writer.optional("status", failure.status)
            writer.endObject()
        }
        writer.endObject()
        writer.endLine()
    }

    /// The observation's line with its line feed.
    public static func encode(_ observation: Observation) -> [UInt8] {
        var writer = JSONWriter(reserving: 2048)
        encode(observation, to: &writer)
        return writer.bytes
    }

    public static func decode(_ line: UnsafeBufferPointer<UInt8>) throws(Problem) -> Observation {
        let value: JSONValue
        do throws(JSONError) { value = try JSONValue.parse(line, limits: limits) } catch {
            throw Problem(description: "the line is no JSON: \(error.cause) (column \(error.mark.column))")
        }
        return try decode(value)
    }

    public static func decode(_ line: [UInt8]) throws(Problem) -> Observation {
        try line.withUnsafeBufferPointer { (line) throws(Problem) in try decode(line) }
    }

    /// Whether a JSON value has the shape of an observation of any version, and is not some other row.
    public static func isObservation(_ value: JSONValue) -> Bool {
        value["v"]?.intValue != nil && value["example"]?.stringValue != nil
            && value["arm"]?.stringValue != nil
    }

    // A body may be as deep as the answer's own limit allows, and stands within the observation.
    static let limits = JSONLimits(
        depth: JSONLimits.standard.depth + 8, bytes: 256 << 20, longNumbers: .wholeAsTexts)
}

extension JSONWriter {
    fileprivate mutating func optional(_ key: String, _ text: String?) {
        if let text { member(key, text) }
    }

    fileprivate mutating func optional(_ key: String, _ number: Int?) {
        if let number { member(key, number) }
    }

    fileprivate mutating func optional(_ key: String, _ number: Double?) {
        guard let number else { return }
        self.key(key)
        real(number)
    }

    private mutating func real(_ number: Double) {
        if number.isFinite {
            self.number(number)
        } else {
            string(number.isNaN ? "nan" : number > 0 ? "inf" : "-inf")
        }
    }

    fileprivate mutating func list<T>(_ key: String, _ elements: [T], _ body: (inout JSONWriter, T) -> Void) {
        self.key(key)
        beginArray()
        for element in elements { body(&self, element) }
        endArray()
    }

    fileprivate mutating func answer(_ answer: Answer) {
        beginObject()
        optional("latency_ms", answer.latencyMilliseconds)
        optional("first_token_ms", answer.timeToFirstTokenMilliseconds)
        optional("status", answer.status)
        optional("text", answer.text)
        optional("intent", answer.intent)
        optional("confidence", answer.confidence)
        optional("score", answer.score)
        optional("score_label", answer.scoreLabel)
        if let documents = answer.documents { list("documents", documents) { $0.document($1) } }
        if let guardrail = answer.guardrail {
            key("guardrail")
            beginObject()
            member("outcome", guardrail.outcome.rawValue)
            optional("reason", guardrail.reason)
            endObject()
        }
        if let usage = answer.usage {
            key("usage")
            beginObject()
            optional("input", usage.inputTokens)
            optional("cached_input", usage.cachedInputTokens)
            optional("output", usage.outputTokens)
            optional("cost", usage.cost)
            endObject()
        }
        if let stages = answer.stages { list("stages", stages) { $0.pair($1.name, $1.milliseconds) } }
        if let tools = answer.tools {
            list("tools", tools) { writer, tool in
                writer.beginObject()
                writer.member("name", tool.name)
                writer.member("arguments", tool.arguments)
                writer.endObject()
            }
        }
        if let versions = answer.versions {
            list("versions", versions) { writer, version in
                writer.beginArray()
                writer.string(version.name)
                writer.string(version.value)
                writer.endArray()
            }
        }
        optional("session", answer.session)
        if !answer.values.isEmpty { list("values", answer.values) { $0.pair($1.name, $1.value) } }
        optional("body_problem", answer.bodyProblem)
        if !answer.problems.isEmpty {
            list("problems", answer.problems) { writer, problem in
                writer.beginArray()
                writer.string(problem.part)
                writer.string(problem.kind.rawValue)
                writer.string(problem.detail)
                writer.endArray()
            }
        }
        if let body = answer.body { member("body", body) }
        endObject()
    }

    private mutating func document(_ document: RetrievedDocument) {
        beginObject()
        member("id", document.id)
        optional("score", document.score)
        optional("text", document.text)
        optional("source", document.source)
        optional("page", document.page)
        endObject()
    }

    private mutating func pair(_ name: String, _ number: Double) {
        beginArray()
        string(name)
        real(number)
        endArray()
    }
}
