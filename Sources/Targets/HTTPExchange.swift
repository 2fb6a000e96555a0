import Domain
import Glibc
import HTTPClient
import Interchange
import Synchronization

/// One HTTP request and its reading: what the HTTP and the OpenAI target share.
struct HTTPExchange: Sendable {
    let client: HTTPClient
    let method: String
    let headers: [TargetPolicy.Header]
    let reader: ResponseReader
    let maximumAnswerBytes: Int
    let environment: EnvironmentLookup

    func send(url: String, body: [UInt8]?, _ question: Question) async -> Attempt {
        await exchange(url: url, body: body, question).attempt
    }

    /// One request with what came back before it was read.
    func probe(url: String, body: [UInt8]?, _ question: Question) async -> Probe {
        let (attempt, response) = await exchange(url: url, body: body, question)
        return Probe(
            method: method, url: WebAddress.shown(url), body: body, result: attempt.result,
            response: response.map(WebAnswer.init), pacing: attempt.pacing)
    }

    private func exchange(
        url: String, body: [UInt8]?, _ question: Question
    ) async -> (attempt: Attempt, response: HTTPClientResponse?) {
        var secrets: [String] = []
        let fields: HTTPClientHeaders
        do throws(Failure) { fields = try self.fields(question, hasBody: body != nil, &secrets) } catch {
            return (Attempt(.failed(error)), nil)
        }
        let excerpt = Excerpt(secrets: secrets)
        let timeouts = HTTPClientRequest.Timeouts(
            connect: .seconds(min(10, question.timeoutSeconds)), total: .seconds(question.timeoutSeconds))
        let request = HTTPClientRequest(
            method: method, url: url, headers: fields, body: body, timeouts: timeouts,
            maxResponseBytes: maximumAnswerBytes)
        do throws(HTTPClientError) {
            let response: HTTPClientResponse
            var arrivals: [ResponseReader.Arrival] = []
            if reader.streams == false {
                response = try await client.send(request)
            } else {
                // Times only: the events are read when the transfer is over, off the client's thread.
                let times = ArrivalTimes()
                response = try await client.send(request) { chunk, seconds in times.add(chunk.count, seconds)
                }
                arrivals = times.all
            }
            let pacing = RateLimitHeaders.pacing(now: WallClock.secondsSince1970()) { response.headers[$0] }
            return (Attempt(reader.read(response, arrivals, excerpt), pacing: pacing), response)
        } catch {
            return (Attempt(.failed(Self.failure(error, excerpt))), nil)
        }
    }

    private func fields(
        _ question: Question, hasBody: Bool, _ secrets: inout [String]
    ) throws(Failure) -> HTTPClientHeaders {
        var fields = HTTPClientHeaders()
        var given: Set<String> = []
        for header in headers {
            var missing: String?
            let value = header.value.filled { name in
                guard let value = environment(name) else {
                    missing = missing ?? name
                    return nil
                }
                secrets.append(value)
                return value
            }
            guard let value else {
                let name = missing ?? header.value.variables.first ?? "?"
                throw Failure(
                    cause: .notAsked,
                    detail:
                        "the environment variable \(name), which the header '\(header.name)' needs, "
                        + "is not set"
                )
            }
            fields.append(header.name, value)
            given.insert(header.name.lowercased())
        }
        func add(_ name: String, _ value: String) {
            if !given.contains(name.lowercased()) { fields.append(name, value) }
        }
        if hasBody { add("Content-Type", "application/json") }
        add(
            "Accept",
            reader.streams == true
                ? "text/event-stream, application/json"
                : "application/json, */*;q=0.1")
        add("User-Agent", "sluice")
        add("X-Sluice-Replay", Self.fieldValue(question.runID))
        add("Idempotency-Key", Self.fieldValue(question.idempotencyKey))
        return fields
    }

    /// Example ids may hold anything; a field's value may not.
    private static func fieldValue(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
        return isPlain ? text : TemplateText.percentEncoded(text)
    }

    static func failure(_ error: HTTPClientError, _ excerpt: Excerpt) -> Failure {
        switch error {
        case .invalidRequest(let why):
            Failure(cause: .notAsked, detail: "the request cannot be sent: \(excerpt.of(why))")
        case .unavailable(let why):
            Failure(cause: .notAsked, detail: "libcurl is not available: \(excerpt.of(why))")
        case .nameNotFound(let host):
            Failure(cause: .unreachable, detail: "the name '\(excerpt.of(host))' was not found")
        case .couldNotConnect(let why):
            Failure(cause: .unreachable, detail: "the app could not be reached: \(excerpt.of(why))")
        case .tls(let why):
            Failure(cause: .unreachable, detail: "no secure connection: \(excerpt.of(why))")
        case .timedOut(.connect, let time):
            Failure(cause: .unreachable, detail: "the app took no connection within \(seconds(time))")
        case .timedOut(.firstByte, let time):
            Failure(cause: .timeout, detail: "the app did not answer within \(seconds(time))")
        case .timedOut(.body, let time):
            Failure(cause: .timeout, detail: "the app's answer was not whole within \(seconds(time))")
        case .closedEarly(0):
            Failure(cause: .closedEarly, detail: "the app closed the connection without an answer")
        case .closedEarly(let received):
            Failure(
                cause: .closedEarly,
                detail: "the app closed the connection after \(received) bytes of an unfinished answer")
        case .tooLarge(let limit):
            Failure(
                cause: .tooLarge,
                detail: "the app's answer is larger than \(limit) bytes (limits.answer_size)")
        case .malformed(let why):
            Failure(cause: .malformed, detail: "the app's answer is no HTTP: \(excerpt.of(why))")
        case .cancelled:
            Failure(cause: .cancelled, detail: "the run was stopped before the answer came")
        case .other(let code, let why):
            Failure(cause: .unreachable, detail: "\(excerpt.of(why)) (libcurl \(code))")
        }
    }

    private static func seconds(_ time: Duration) -> String {
        let milliseconds =
            time.components.seconds * 1000 + time.components.attoseconds / 1_000_000_000_000_000
        if milliseconds < 1000 { return "\(milliseconds) ms" }
        let tenths = (milliseconds + 50) / 100
        return tenths % 10 == 0 ? "\(tenths / 10) s" : "\(tenths / 10).\(tenths % 10) s"
    }
}

extension Failure: Error {}

extension WebAnswer {
    init(_ response: HTTPClientResponse) {
        self.init(
            status: response.status, headers: response.headers.map { WebField($0.name, $0.value) },
            body: response.body, latencyMilliseconds: response.timings.total * 1000)
    }
}

/// When how much of a body had come, noted on the client's thread.
final class ArrivalTimes: Sendable {
    private let state = Mutex<(bytes: Int, times: [ResponseReader.Arrival])>((0, []))

    func add(_ count: Int, _ seconds: Double) {
        state.withLock { state in
            state.bytes += count
            // An answer that drips byte by byte must not cost more than itself; the first token comes long
            // before.
            guard state.times.count < 100_000 else { return }
            state.times.append(ResponseReader.Arrival(bytes: state.bytes, seconds: seconds))
        }
    }

    var all: [ResponseReader.Arrival] { state.withLock { $0.times } }
}
