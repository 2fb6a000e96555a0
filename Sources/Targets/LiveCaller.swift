import Domain
import HTTPClient
import Interchange
import Notation

/// Sends recorded requests to an app and keeps what came back as a gateway would have.
public struct LiveCaller: Sendable {
    public struct Request: Sendable {
        public let method: String
        /// Absolute, percent-encoded.
        public let url: String
        public let headers: [LiveField]
        public let body: [UInt8]?

        public init(method: String, url: String, headers: [LiveField], body: [UInt8]?) {
            self.method = method
            self.url = url
            self.headers = headers
            self.body = body
        }
    }

    private let client: HTTPClient
    private let timeoutSeconds: Double
    private let maximumBytes: Int

    public init(timeoutSeconds: Double, maximumBytes: Int = 16 << 20) {
        client = HTTPClient()
        self.timeoutSeconds = timeoutSeconds
        self.maximumBytes = maximumBytes
    }

    /// Asks once: no retry, no redirect. A failure is an answer of its own kind.
    ///
    /// - Returns: Nil where it was cancelled: nothing is known.
    public func call(_ request: Request) async -> ArmAnswer? {
        var headers = HTTPClientHeaders()
        for field in request.headers { headers.append(field.name, field.value) }
        let sent = HTTPClientRequest(
            method: request.method, url: request.url, headers: headers, body: request.body,
            timeouts: HTTPClientRequest.Timeouts(
                connect: .seconds(min(10, timeoutSeconds)), total: .seconds(timeoutSeconds)),
            maxResponseBytes: maximumBytes)
        let times = ArrivalTimes()
        do throws(HTTPClientError) {
            let response = try await client.send(sent) { chunk, seconds in times.add(chunk.count, seconds) }
            return Self.answer(response, times.all)
        } catch {
            return Self.failure(error).map { ArmAnswer(failure: $0) }
        }
    }

    private static func answer(
        _ response: HTTPClientResponse, _ arrivals: [ResponseReader.Arrival]
    ) -> ArmAnswer {
        let type = response.headers["content-type"]
        var timings = LiveTimings(
            connectMilliseconds: response.timings.connect * 1000,
            firstByteMilliseconds: response.timings.firstByte * 1000,
            lastByteMilliseconds: response.timings.total * 1000)
        let isStream = MediaType(type).isEventStream
        var stream = ChatStream()
        if isStream { timings.firstTokenMilliseconds = firstToken(response.body, arrivals, &stream) }
        var answer = ArmAnswer(
            status: response.status,
            body: LiveBody(bytes: response.body, length: response.body.count, contentType: type),
            timings: timings, isStream: isStream)
        if let kind = LiveFailure.kind(
            ofStatus: response.status, asksToWait: response.headers["retry-after"] != nil)
        {
            answer.failure = LiveFailure(kind)
        } else if let told = stream.failure {
            answer.failure = LiveFailure(.stream, Excerpt().of(told))
        } else if isStream, stream.isKnown, !stream.isFinished {
            answer.failure = LiveFailure(.stream, "it ended without its end mark")
        }
        return answer
    }

    private static func firstToken(
        _ body: [UInt8], _ arrivals: [ResponseReader.Arrival], _ stream: inout ChatStream
    ) -> Double? {
        var events = ServerSentEvents()
        var first: Double?
        var start = 0
        for arrival in arrivals {
            let end = min(max(arrival.bytes, start), body.count)
            events.feed(body[start..<end]) { event in
                if stream.take(event), first == nil { first = arrival.seconds * 1000 }
            }
            start = end
        }
        return first
    }

    /// Nil where it was cancelled.
    private static func failure(_ error: HTTPClientError) -> LiveFailure? {
        let excerpt = Excerpt()
        switch error {
        case .invalidRequest(let why): return LiveFailure(.notSent, "it cannot be sent: " + excerpt.of(why))
        case .unavailable(let why):
            return LiveFailure(.notSent, "libcurl is not available: " + excerpt.of(why))
        case .nameNotFound(let host): return LiveFailure(.unresolved, excerpt.of(host))
        case .couldNotConnect(let why): return LiveFailure(.refused, excerpt.of(why))
        case .tls(let why): return LiveFailure(.insecure, excerpt.of(why))
        case .timedOut(.connect, _): return LiveFailure(.connectTimeout)
        case .timedOut(.firstByte, _): return LiveFailure(.firstByteTimeout)
        case .timedOut(.body, _): return LiveFailure(.totalTimeout)
        case .closedEarly(0): return LiveFailure(.reset)
        case .closedEarly(let received): return LiveFailure(.closedEarly, "after \(received) bytes")
        case .tooLarge(let limit): return LiveFailure(.malformed, "more than \(limit) bytes")
        case .malformed(let why): return LiveFailure(.malformed, excerpt.of(why))
        case .cancelled: return nil
        case .other(let code, let why): return LiveFailure(.reset, "\(excerpt.of(why)) (libcurl \(code))")
        }
    }
}
