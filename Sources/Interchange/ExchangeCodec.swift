import Domain
import Notation

/// An exchange as one line of JSON, and back: lossless, version 1.
///
/// Absent parts are absent members. A body that is UTF-8 is a text, any other base64. A reader refuses versions newer
/// than its own and passes over members that it does not know.
public enum ExchangeCodec {
    public static let version = 1

    /// Why a line is no exchange; nothing of the line's content is in it.
    public struct Problem: Error, Sendable, Hashable, CustomStringConvertible {
        public let description: String

        public init(description: String) { self.description = description }
    }

    /// Whether a JSON value has the shape of an exchange of any version, and is not some other row.
    public static func isExchange(_ value: JSONValue) -> Bool {
        value["v"]?.intValue != nil && value["id"]?.stringValue != nil && value["gateway"]?.stringValue != nil
            && value["assigned"]?.stringValue != nil
    }

    /// The exchange's line with its line feed.
    public static func encode(_ exchange: Exchange) -> [UInt8] {
        var writer = JSONWriter(reserving: 4096)
        encode(exchange, to: &writer)
        return writer.bytes
    }

    /// Appends the exchange and a line feed.
    public static func encode(_ exchange: Exchange, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("v", version)
        writer.member("id", exchange.id)
        if let trace = exchange.traceparent { writer.member("traceparent", trace) }
        writer.member("gateway", exchange.gateway)
        writer.member("number", exchange.number)
        writer.member("began_us", exchange.began)
        if let plan = exchange.plan { writer.member("plan", plan) }
        if let stage = exchange.stage { writer.member("stage", stage) }
        writer.member("assigned", exchange.assigned.rawValue)
        if let served = exchange.served { writer.member("served", served.rawValue) }
        if exchange.fellBack { writer.member("fell_back", true) }
        if let key = exchange.key { writer.member("key", hexadecimal(key)) }
        if !exchange.slices.isEmpty { writer.fields("slices", exchange.slices) }
        writer.member("method", exchange.method)
        writer.member("path", exchange.path)
        if let query = exchange.query { writer.member("query", query) }
        if !exchange.headers.isEmpty { writer.fields("headers", exchange.headers) }
        if let body = exchange.body { writer.liveBody("body", body) }
        for arm in LiveArm.allCases {
            if let answer = exchange[arm] { writer.armAnswer(arm.rawValue, answer) }
        }
        if exchange.isRepeat { writer.member("repeat", true) }
        if exchange.reason != .share { writer.member("reason", exchange.reason.rawValue) }
        if !exchange.feedback.isEmpty {
            writer.key("feedback")
            writer.beginArray()
            for feedback in exchange.feedback { FeedbackCodec.write(feedback, to: &writer) }
            writer.endArray()
        }
        writer.endObject()
        writer.endLine()
    }

    public static func decode(_ line: UnsafeBufferPointer<UInt8>) throws(Problem) -> Exchange {
        let value: JSONValue
        do throws(JSONError) { value = try JSONValue.parse(line, limits: limits) } catch {
            throw Problem(description: "the line is no JSON: \(error.cause) (column \(error.mark.column))")
        }
        return try decode(value)
    }

    public static func decode(_ line: [UInt8]) throws(Problem) -> Exchange {
        try line.withUnsafeBufferPointer { (line) throws(Problem) in try decode(line) }
    }

    private static let limits = JSONLimits(
        depth: JSONLimits.standard.depth + 8, bytes: 256 << 20, longNumbers: .wholeAsTexts)

    private static func hexadecimal(_ key: UInt64) -> String {
        let digits = String(key, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }
}

extension JSONWriter {
    fileprivate mutating func fields(_ key: String, _ fields: [LiveField]) {
        self.key(key)
        beginArray()
        for field in fields {
            beginArray()
            string(field.name)
            string(field.value)
            endArray()
        }
        endArray()
    }

    fileprivate mutating func liveBody(_ key: String, _ body: LiveBody) {
        self.key(key)
        beginObject()
        if let type = body.contentType { member("type", type) }
        if let encoding = body.encoding { member("encoding", encoding) }
        member("length", body.length)
        if body.isTruncated { member("truncated", true) }
        if let omission = body.omission { member("omitted", omission.rawValue) }
        if let text = String(validating: body.bytes, as: UTF8.self) {
            if !text.isEmpty { member("text", text) }
        } else {
            member("base64", Base64.encode(body.bytes))
        }
        endObject()
    }

    private mutating func finite(_ key: String, _ number: Double?) {
        if let number, number.isFinite { member(key, number) }
    }

    fileprivate mutating func armAnswer(_ key: String, _ answer: ArmAnswer) {
        self.key(key)
        beginObject()
        if let status = answer.status { member("status", status) }
        if !answer.headers.isEmpty { fields("headers", answer.headers) }
        if let body = answer.body { liveBody("body", body) }
        let timings = answer.timings
        finite("connect_ms", timings.connectMilliseconds)
        finite("first_byte_ms", timings.firstByteMilliseconds)
        finite("first_token_ms", timings.firstTokenMilliseconds)
        finite("last_byte_ms", timings.lastByteMilliseconds)
        if timings.isReused { member("reused", true) }
        if timings.attempts != 1 { member("attempts", timings.attempts) }
        if let usage = answer.usage {
            self.key("usage")
            beginObject()
            if let input = usage.inputTokens { member("input", input) }
            if let cached = usage.cachedInputTokens { member("cached_input", cached) }
            if let output = usage.outputTokens { member("output", output) }
            finite("cost", usage.cost)
            endObject()
        }
        if let model = answer.model { member("model", model) }
        if answer.isStream { member("stream", true) }
        if !answer.fields.isEmpty {
            self.key("fields")
            beginArray()
            for field in answer.fields {
                beginArray()
                string(field.name)
                value(field.value)
                endArray()
            }
            endArray()
        }
        if let failure = answer.failure {
            self.key("failure")
            beginObject()
            member("kind", failure.kind.rawValue)
            if let detail = failure.detail { member("detail", detail) }
            endObject()
        }
        endObject()
    }
}
