import Domain
import Notation

/// Reads an exchange back from its JSON.
extension ExchangeCodec {
    public static func decode(_ value: JSONValue) throws(Problem) -> Exchange {
        guard isExchange(value), let version = value["v"]?.intValue else {
            throw Problem(
                description: "the row is no exchange: it has no 'v', 'id', 'gateway' and 'assigned'")
        }
        guard version <= Self.version else {
            throw Problem(
                description: "the exchange has version \(version), written by a newer sluice; this one reads "
                    + "up to \(Self.version)")
        }
        var exchange = Exchange(
            id: try text(value, "id"), gateway: try text(value, "gateway"),
            number: try whole(value, "number"),
            began: try whole(value, "began_us"), assigned: try word(value, "assigned"),
            method: try text(value, "method"), path: try text(value, "path"),
            query: try optional(value, "query", text), headers: try fields(value, "headers"),
            body: try body(value["body"]))
        exchange.traceparent = try optional(value, "traceparent", text)
        exchange.plan = try optional(value, "plan", whole)
        exchange.stage = try optional(value, "stage", text)
        exchange.served = value["served"] == nil ? nil : try word(value, "served")
        exchange.fellBack = value["fell_back"]?.boolValue ?? false
        if let key = try optional(value, "key", text) {
            guard key.utf8.count == 16, let hash = UInt64(key, radix: 16) else { throw wrong("key") }
            exchange.key = hash
        }
        exchange.slices = try fields(value, "slices")
        for arm in LiveArm.allCases {
            if let answer = value[arm.rawValue] { exchange[arm] = try self.answer(answer) }
        }
        exchange.isRepeat = value["repeat"]?.boolValue ?? false
        if value["reason"] != nil { exchange.reason = try word(value, "reason") }
        for feedback in value["feedback"]?.arrayValue ?? [] {
            exchange.feedback.append(try FeedbackCodec.decode(feedback))
        }
        return exchange
    }

    private static func answer(_ value: JSONValue) throws(Problem) -> ArmAnswer {
        guard value.objectValue != nil else { throw Problem(description: "an arm's answer is no object") }
        var answer = ArmAnswer(
            status: try optional(value, "status", whole), headers: try fields(value, "headers"),
            body: try body(value["body"]))
        answer.timings = LiveTimings(
            connectMilliseconds: try optional(value, "connect_ms", real),
            firstByteMilliseconds: try optional(value, "first_byte_ms", real),
            firstTokenMilliseconds: try optional(value, "first_token_ms", real),
            lastByteMilliseconds: try optional(value, "last_byte_ms", real),
            isReused: value["reused"]?.boolValue ?? false,
            attempts: try optional(value, "attempts", whole) ?? 1)
        if let usage = value["usage"] {
            answer.usage = Usage(
                inputTokens: try optional(usage, "input", whole),
                cachedInputTokens: try optional(usage, "cached_input", whole),
                outputTokens: try optional(usage, "output", whole), cost: try optional(usage, "cost", real))
        }
        answer.model = try optional(value, "model", text)
        answer.isStream = value["stream"]?.boolValue ?? false
        for pair in value["fields"]?.arrayValue ?? [] {
            guard let name = pair[0]?.stringValue, let part = pair[1] else { throw wrong("fields") }
            answer.fields.append(LiveValue(name, part))
        }
        if let failure = value["failure"] {
            answer.failure = LiveFailure(
                try word(failure, "kind"), try optional(failure, "detail", text))
        }
        return answer
    }

    private static func body(_ value: JSONValue?) throws(Problem) -> LiveBody? {
        guard let value else { return nil }
        var bytes: [UInt8] = []
        if let text = value["text"]?.stringValue {
            bytes = Array(text.utf8)
        } else if let code = value["base64"]?.stringValue {
            guard let decoded = Base64.decode(code) else { throw wrong("base64") }
            bytes = decoded
        }
        return LiveBody(
            bytes: bytes, length: try whole(value, "length"),
            isTruncated: value["truncated"]?.boolValue ?? false,
            contentType: try optional(value, "type", text), encoding: try optional(value, "encoding", text),
            omission: value["omitted"] == nil ? nil : try word(value, "omitted"))
    }

    private static func wrong(_ name: String) -> Problem {
        Problem(description: "the exchange's '\(name)' is missing, or not what it should be")
    }

    private static func text(_ value: JSONValue, _ name: String) throws(Problem) -> String {
        guard let text = value[name]?.stringValue else { throw wrong(name) }
        return text
    }

    private static func whole(_ value: JSONValue, _ name: String) throws(Problem) -> Int {
        guard let number = value[name]?.intValue else { throw wrong(name) }
        return number
    }

    private static func real(_ value: JSONValue, _ name: String) throws(Problem) -> Double {
        guard let number = value[name]?.doubleValue else { throw wrong(name) }
        return number
    }

    private static func word<Word: RawRepresentable<String>>(
        _ value: JSONValue, _ name: String
    ) throws(Problem) -> Word {
        guard let word = Word(rawValue: try text(value, name)) else { throw wrong(name) }
        return word
    }

    private static func optional<T>(
        _ value: JSONValue, _ name: String, _ read: (JSONValue, String) throws(Problem) -> T
    ) throws(Problem) -> T? {
        guard let member = value[name], !member.isNull else { return nil }
        return try read(value, name)
    }

    private static func fields(_ value: JSONValue, _ name: String) throws(Problem) -> [LiveField] {
        guard let list = value[name] else { return [] }
        guard let pairs = list.arrayValue else { throw wrong(name) }
        var fields: [LiveField] = []
        for pair in pairs {
            guard let key = pair[0]?.stringValue, let text = pair[1]?.stringValue else { throw wrong(name) }
            fields.append(LiveField(key, text))
        }
        return fields
    }
}
