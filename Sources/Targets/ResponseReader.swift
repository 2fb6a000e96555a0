import Domain
import HTTPClient
import Interchange
import Notation

/// Turns an app's HTTP response into an answer, or into a failure with one sentence. Pure.
struct ResponseReader: Sendable {
    /// When the body had so many bytes, in seconds since the transfer began.
    struct Arrival: Sendable {
        let bytes: Int
        let seconds: Double
    }

    let reader: AnswerReader
    /// Whether the body is read as a known chat API's where the mapping says nothing of a part.
    let readsChat: Bool
    /// Nil lets the content type decide.
    let streams: Bool?
    let streamText: JSONPointer?

    init(policy: TargetPolicy, readsChat: Bool) throws(TargetProblem) {
        do throws(AnswerReader.Problem) { reader = try AnswerReader(policy.observe) } catch {
            throw TargetProblem(
                key: "observe.\(error.part)", cause: error.description, mend: "write it as '/member/…'")
        }
        self.readsChat = readsChat || reader.isEmpty
        streams = policy.stream
        guard let text = policy.streamText else {
            streamText = nil
            return
        }
        do throws(JSONPointerError) { streamText = try JSONPointer(text) } catch {
            throw TargetProblem(key: "stream_text", cause: error.message, mend: "write it as '/member/…'")
        }
    }

    func read(_ response: HTTPClientResponse, _ arrivals: [Arrival], _ excerpt: Excerpt) -> Attempt.Result {
        let type = MediaType(response.headers["content-type"])
        guard (200..<300).contains(response.status) else { return .failed(refusal(response, type, excerpt)) }
        guard response.body.contains(where: { $0 > 0x20 }) else {
            let what = response.body.isEmpty ? "an empty body" : "nothing but white space"
            let detail = "the app answered \(response.status) with \(what)"
            return .failed(Failure(cause: .emptyBody, detail: detail, status: response.status))
        }
        if let coding = response.headers["content-encoding"], !["identity", ""].contains(coding.lowercased())
        {
            let detail =
                "the app's answer is compressed (\(excerpt.of(coding))) although that was not asked for"
            return .failed(Failure(cause: .malformed, detail: detail, status: response.status))
        }
        var answer = Answer(latencyMilliseconds: response.timings.total * 1000)
        answer.status = response.status
        let failure: Failure?
        if type.isEventStream || (streams == true && !type.isJSON && !type.isHTML) {
            failure = readStream(response, arrivals, excerpt, &answer)
        } else {
            failure = readWhole(response, type, excerpt, &answer)
        }
        return failure.map { .failed($0) } ?? .answered(answer)
    }

    // MARK: Refusals

    private func refusal(_ response: HTTPClientResponse, _ type: MediaType, _ excerpt: Excerpt) -> Failure {
        let status = response.status
        let throttled = status == 429 || (status == 503 && response.headers["retry-after"] != nil)
        if (300..<400).contains(status) {
            let goal =
                response.headers["location"].map { " and sends to '\(excerpt.of(WebAddress.shown($0)))'" }
                ?? ""
            return Failure(
                cause: .status,
                detail:
                    "the app answered \(status)\(goal): redirects are not followed, write the final address",
                status: status)
        }
        var detail = "the app answered \(status)"
        if let words = Self.words(of: response.body, type) {
            let shown = excerpt.of(words)
            if !shown.isEmpty { detail += ": '\(shown)'" }
        }
        return Failure(cause: throttled ? .throttled : .status, detail: detail, status: status)
    }

    /// The words in which an error says what it is.
    private static func words(of body: [UInt8], _ type: MediaType) -> String? {
        if type.isHTML { return nil }
        let start = body.first { $0 > 0x20 }
        guard start == UInt8(ascii: "{"), let value = try? JSONValue.parse(body) else {
            return start == nil ? nil : String(decoding: body.prefix(512), as: UTF8.self)
        }
        for place in [value["error"]?["message"], value["error"], value["message"], value["detail"]] {
            if let text = place?.stringValue { return text }
        }
        return String(decoding: body.prefix(512), as: UTF8.self)
    }

    // MARK: Whole bodies

    private func readWhole(
        _ response: HTTPClientResponse, _ type: MediaType, _ excerpt: Excerpt, _ answer: inout Answer
    ) -> Failure? {
        let body = response.body
        if type.isHTML || Self.looksLikeHTML(body) {
            return Failure(
                cause: .malformed,
                detail:
                    "the app answered with HTML (\(type.shown)) where an answer was due; "
                    + "it begins '\(excerpt.of(body.prefix(200)))'",
                status: response.status)
        }
        do throws(JSONError) {
            let limits = JSONLimits(bytes: body.count, longNumbers: .wholeAsTexts)
            read(try JSONValue.parse(body, limits: limits), &answer)
            return nil
        } catch {
            let start = body.first { $0 > 0x20 }
            let looksLikeJSON = start == UInt8(ascii: "{") || start == UInt8(ascii: "[")
            if type.isJSON || (looksLikeJSON && !reader.isEmpty) || type.isBinary {
                let place = "\(error.mark.line):\(error.mark.column) of \(body.count) bytes"
                return Failure(
                    cause: .malformed,
                    detail: "the app's answer (\(type.shown)) is no JSON: \(error.cause), at \(place)",
                    status: response.status)
            }
            guard let text = String(validating: body, as: UTF8.self) else {
                return Failure(
                    cause: .malformed,
                    detail: "the app's answer (\(type.shown)) is neither JSON nor UTF-8 text",
                    status: response.status)
            }
            readText(text, "the body is text (\(type.shown)), not JSON", &answer)
            return nil
        }
    }

    func read(_ body: JSONValue, _ answer: inout Answer) {
        answer.body = body
        reader.read(body, into: &answer)
        if case .string(let text) = body, answer.text == nil { answer.text = text }
        if readsChat { Self.addChat(body, &answer) }
    }

    /// Parts that a known API shows, where the mapping has not found them.
    private static func addChat(_ body: JSONValue, _ answer: inout Answer) {
        guard ChatBody.read(body, into: &answer) else { return }
        if answer.text != nil { answer.problems.removeAll { $0.part == "text" && $0.kind == .absent } }
    }

    /// An answer that is nothing but text.
    private func readText(_ text: String, _ problem: String, _ answer: inout Answer) {
        reader.read(.string(text), into: &answer)
        answer.problems.removeAll { $0.part == "text" }
        answer.text = text
        answer.bodyProblem = problem
    }

    private static func looksLikeHTML(_ body: [UInt8]) -> Bool {
        let start = body.prefix(64).drop { $0 <= 0x20 }.prefix(15)
        let text = String(decoding: start, as: UTF8.self).lowercased()
        return text.hasPrefix("<!doctype html") || text.hasPrefix("<html")
    }

    // MARK: Streams

    private func readStream(
        _ response: HTTPClientResponse, _ arrivals: [Arrival], _ excerpt: Excerpt, _ answer: inout Answer
    ) -> Failure? {
        if streams == false {
            return Failure(
                cause: .malformed,
                detail: "the app answered with an event stream although the policy says 'stream: false'",
                status: response.status)
        }
        var events = ServerSentEvents()
        var stream = ChatStream(textPointer: streamText)
        var firstToken: Double?
        var start = 0
        for arrival in arrivals + [Arrival(bytes: response.body.count, seconds: response.timings.total)] {
            let end = min(max(arrival.bytes, start), response.body.count)
            events.feed(response.body[start..<end]) { event in
                if stream.take(event), firstToken == nil { firstToken = arrival.seconds * 1000 }
            }
            start = end
        }
        // Servers forget the last empty line; a stream that was cut shows by its own end.
        events.feed([0x0A, 0x0A]) { event in
            if stream.take(event), firstToken == nil { firstToken = response.timings.total * 1000 }
        }
        answer.timeToFirstTokenMilliseconds = firstToken
        if let failure = failure(of: stream, response.status, excerpt) { return failure }
        if stream.isKnown {
            read(stream.body, &answer)
            // A known stream is put together to its API's body, whatever the mapping says.
            Self.addChat(stream.body, &answer)
        } else {
            readPlain(stream, &answer)
        }
        if let problem = stream.problem { answer.bodyProblem = problem }
        return nil
    }

    private func readPlain(_ stream: ChatStream, _ answer: inout Answer) {
        let body = stream.body
        if case .object(let members) = body, members.isEmpty {
            readText(stream.plainText ?? "", "the body is a stream of text, not JSON", &answer)
            return
        }
        answer.body = body
        reader.read(body, into: &answer)
        if let text = stream.plainText, streamText != nil || answer.text == nil {
            answer.text = text
            answer.problems.removeAll { $0.part == "text" }
        }
    }

    private func failure(of stream: ChatStream, _ status: Int, _ excerpt: Excerpt) -> Failure? {
        if let told = stream.failure {
            return Failure(
                cause: .status, detail: "the app's stream says: '\(excerpt.of(told))'", status: status)
        }
        if stream.eventCount == 0 {
            return Failure(cause: .emptyBody, detail: "the app's event stream held no event", status: status)
        }
        if stream.isKnown && !stream.isFinished {
            let detail = "the app's event stream ended after \(stream.eventCount) events without its end mark"
            return Failure(cause: .closedEarly, detail: detail, status: status)
        }
        return nil
    }
}

/// A response's content type, without its parameters.
struct MediaType {
    private let name: String

    init(_ field: String?) {
        let plain = (field ?? "").prefix { $0 != ";" }
        name = plain.filter { $0 != " " }.lowercased()
    }

    var isJSON: Bool { name == "application/json" || name.hasSuffix("+json") || name == "text/json" }
    var isHTML: Bool { name == "text/html" || name == "application/xhtml+xml" }
    var isEventStream: Bool { name == "text/event-stream" }
    var isBinary: Bool {
        name.hasPrefix("image/") || name.hasPrefix("audio/") || name == "application/octet-stream"
    }
    var shown: String { name.isEmpty ? "no content type" : Excerpt().of(name) }
}
