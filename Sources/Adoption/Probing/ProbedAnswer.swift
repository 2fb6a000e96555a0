import Domain
import Interchange
import Notation
import Text

/// What an app answered to one probe, read as far as it can be without a mapping.
public struct ProbedAnswer: Sendable {
    public let question: String
    /// The body, put together where it was streamed; nil where it was text.
    public let body: JSONValue?
    /// The text of an answer that is nothing but text.
    public let plainText: String?
    public let isStream: Bool
    /// Where the piece of text stands in each event, for a stream of no known API.
    public let streamText: String?
    public let milliseconds: Double

    public init(
        question: String, body: JSONValue?, plainText: String? = nil, isStream: Bool = false,
        streamText: String? = nil, milliseconds: Double = 0
    ) {
        self.question = question
        self.body = body
        self.plainText = plainText
        self.isStream = isStream
        self.streamText = streamText
        self.milliseconds = milliseconds
    }

    /// The answer as a known chat API gives it; nil where it is of no known shape.
    var chat: Answer? {
        guard let body else { return nil }
        var answer = Answer(latencyMilliseconds: nil)
        guard ChatBody.read(body, into: &answer) else { return nil }
        return answer
    }
}

extension ProbedAnswer {
    /// Whether the answer says what it cost, where usage is mapped or known.
    public func showsCost(_ mapping: Mapping) -> Bool {
        if let pointer = mapping.pointer("usage").flatMap({ try? JSONPointer($0) }), let body,
            let value = pointer.value(in: body), let usage = try? UsageReader.read(value)
        {
            return usage.cost != nil
        }
        return chat?.usage?.cost != nil
    }

    /// Whether the label contradicts the bands that the metric goes by.
    public func hasOtherBands(_ mapping: Mapping) -> Bool {
        guard let body,
            let score = mapping.pointer("score").flatMap({ try? JSONPointer($0) })?.value(in: body)?
                .doubleValue,
            let label = mapping.pointer("label").flatMap({ try? JSONPointer($0) })?.value(in: body)?
                .stringValue
        else { return false }
        return ScoreBand(score: score)?.rawValue != label.uppercased().replacing("_", with: " ")
    }
}

/// A response that is no answer, and what it says.
struct Refusal: Sendable {
    enum Kind: Sendable, Hashable { case status, html, empty, error, broken, lines }

    let kind: Kind
    let status: Int
    /// What the app itself said, shortened; nil where it said nothing.
    let words: String?
    let body: JSONValue?
}

enum ProbeReading: Sendable {
    case answer(ProbedAnswer)
    case refusal(Refusal)

    /// Reads a response. Linear in its size.
    init(_ response: ProbeResponse, question: String) {
        var body: JSONValue?
        var problem = ""
        do throws(JSONError) { body = try JSONValue.parse(response.body) } catch {
            let start = Self.shown(String(decoding: response.body.prefix(256), as: UTF8.self))
            problem =
                "line \(error.mark.line), column \(error.mark.column): \(error.cause); it begins '\(start)'"
        }
        func refuse(_ kind: Refusal.Kind, _ words: String? = nil) -> ProbeReading {
            .refusal(
                Refusal(
                    kind: kind, status: response.status,
                    words: words ?? body.flatMap { Self.words(of: $0) } ?? Self.plainWords(response),
                    body: body))
        }
        guard (200..<300).contains(response.status) else {
            self = refuse(response.type == "text/html" ? .html : .status)
            return
        }
        if response.body.allSatisfy({ $0 <= 0x20 }) {
            self = refuse(.empty)
        } else if response.type == "text/event-stream" {
            self = Self.stream(response, question) ?? refuse(.broken)
        } else if response.type == "text/html" || Self.looksLikeHTML(response.body) {
            self = refuse(.html, "")
        } else if let body {
            if let words = Self.error(in: body) {
                self = refuse(.error, words)
            } else {
                self = .answer(
                    ProbedAnswer(
                        question: question, body: body.stringValue == nil ? body : nil,
                        plainText: body.stringValue, milliseconds: response.milliseconds))
            }
        } else if Self.isJSONLines(response.body) {
            self = refuse(.lines)
        } else if response.type.hasSuffix("json") {
            self = refuse(.broken, problem)
        } else if let text = String(validating: response.body, as: UTF8.self) {
            self = .answer(
                ProbedAnswer(
                    question: question, body: nil, plainText: text, milliseconds: response.milliseconds))
        } else {
            self = refuse(.broken)
        }
    }

    // MARK: Streams

    private static func stream(_ response: ProbeResponse, _ question: String) -> ProbeReading? {
        var events = ServerSentEvents()
        var all: [ServerSentEvents.Event] = []
        events.feed(response.body + [0x0A, 0x0A]) { all.append($0) }
        let pointer = pieces(of: all)
        var stream = ChatStream(textPointer: pointer)
        for event in all { _ = stream.take(event) }
        guard stream.failure == nil, stream.eventCount > 0 else {
            return .refusal(
                Refusal(kind: .error, status: response.status, words: stream.failure, body: nil))
        }
        var body: JSONValue? = stream.body
        if case .object(let members)? = body, members.isEmpty { body = nil }
        if body?.isNull ?? true { body = nil }
        return .answer(
            ProbedAnswer(
                question: question, body: body, plainText: stream.isKnown ? nil : stream.plainText,
                isStream: true, streamText: stream.isKnown ? nil : pointer?.description,
                milliseconds: response.milliseconds))
    }

    /// The member that is a text in several events, the one that says most first.
    private static func pieces(of events: [ServerSentEvents.Event]) -> JSONPointer? {
        var lengths: [(name: String, events: Int, bytes: Int)] = []
        for event in events {
            guard case .object(let object)? = try? JSONValue.parse(event.data) else { continue }
            for member in object.members {
                guard let text = member.value.stringValue else { continue }
                let place = lengths.firstIndex { $0.name == member.key } ?? lengths.count
                if place == lengths.count { lengths.append((member.key, 0, 0)) }
                lengths[place].events += 1
                lengths[place].bytes += text.utf8.count
            }
        }
        let known = ["delta", "token", "text", "content", "chunk", "data"]
        let often = lengths.filter { $0.events > 1 }
        let best =
            often.first { known.contains($0.name) } ?? often.max { $0.bytes < $1.bytes }
            ?? lengths.first { known.contains($0.name) }
        return best.map { JSONPointer(tokens: [$0.name]) }
    }

    // MARK: Words

    /// What a body of status 200 says went wrong, where it holds nothing else.
    private static func error(in body: JSONValue) -> String? {
        guard case .object(let object) = body else { return nil }
        guard let error = object["error"] ?? object["errors"], !error.isNull, error.boolValue != false else {
            return nil
        }
        if let text = error.stringValue, text.isEmpty { return nil }
        if let list = error.arrayValue, list.isEmpty { return nil }
        let others = object.members.filter { $0.key != "error" && $0.key != "errors" }
        let says = others.contains { ($0.value.stringValue ?? "").split(separator: " ").count > 2 }
        return says ? nil : words(of: body) ?? "an error without words"
    }

    /// The words in which an error says what it is.
    private static func words(of body: JSONValue) -> String? {
        let places = [
            body["error"]?["message"], body["error"], body["message"], body["detail"], body["title"],
            body["errors"],
        ]
        for place in places {
            if let text = place?.stringValue, !text.isEmpty { return shown(text) }
        }
        if case .object(let object) = body, object.isEmpty { return nil }
        return shown(String(decoding: body.bytes(), as: UTF8.self))
    }

    private static func plainWords(_ response: ProbeResponse) -> String? {
        if response.type == "text/html" || looksLikeHTML(response.body) { return nil }
        let text = shown(String(decoding: response.body.prefix(512), as: UTF8.self))
        return text.isEmpty ? nil : text
    }

    private static func looksLikeHTML(_ body: [UInt8]) -> Bool {
        let start = body.prefix(64).drop { $0 <= 0x20 }.prefix(15)
        let text = String(decoding: start, as: UTF8.self).lowercased()
        return text.hasPrefix("<!doctype html") || text.hasPrefix("<html")
    }

    /// Several JSON values, one a line.
    private static func isJSONLines(_ body: [UInt8]) -> Bool {
        let lines = body.split(separator: 0x0A).filter { !$0.allSatisfy { $0 <= 0x20 } }
        guard lines.count > 1 else { return false }
        return lines.prefix(3).allSatisfy { (try? JSONValue.parse(Array($0)))?.objectValue != nil }
    }

    /// One line of at most 160 scalars.
    static func shown(_ text: String) -> String {
        Prose.line(text, most: 160)
    }
}
