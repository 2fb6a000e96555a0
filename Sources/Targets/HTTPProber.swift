import Adoption
import Domain
import HTTPClient
import Interchange

/// Asks an app that nothing is known of yet, over HTTP.
///
/// Each request carries `X-Sluice-Replay: init` and an idempotency key of its own. Redirects are not followed. Secrets of
/// the headers are looked up when a request is sent; where an answer holds one, it is made unreadable before the answer is
/// handed on.
public struct HTTPProber: Prober {
    private let client: HTTPClient
    private let headers: [TargetPolicy.Header]
    private let environment: EnvironmentLookup
    private let timeoutSeconds: Double

    /// Most of an answer that is read: 4 MiB.
    private static let maximumBytes = 4 << 20

    /// - Throws: Headers that cannot be sent: variables that are not set.
    public init(
        headers: [TargetPolicy.Header], timeoutSeconds: Double, environment: @escaping EnvironmentLookup,
        client: HTTPClient = HTTPClient()
    ) throws(TargetProblem) {
        var problems = ProblemList()
        problems.check(headers, environment)
        guard problems.items.isEmpty else { throw TargetProblem(items: problems.items) }
        self.headers = headers
        self.timeoutSeconds = timeoutSeconds
        self.environment = environment
        self.client = client
    }

    public func wait(seconds: Double) async {
        try? await Task.sleep(for: .milliseconds(Int(max(0, min(60, seconds)) * 1000)))
    }

    public func send(_ request: ProbeRequest) async throws(ProbeFailure) -> ProbeResponse {
        var secrets: [String] = []
        let fields = try fields(request, &secrets)
        let total = Duration.milliseconds(Int(timeoutSeconds * 1000))
        let made = HTTPClientRequest(
            method: request.method, url: request.url, headers: fields, body: request.body,
            timeouts: .init(connect: min(.seconds(10), total), total: total),
            maxResponseBytes: Self.maximumBytes)
        let response: HTTPClientResponse
        do throws(HTTPClientError) { response = try await client.send(made) } catch {
            throw Self.failure(error, Excerpt(secrets: secrets))
        }
        let type = (response.headers["content-type"] ?? "").prefix { $0 != ";" }.lowercased()
        let excerpt = Excerpt(secrets: secrets)
        return ProbeResponse(
            status: response.status, type: type.filter { $0 != " " },
            body: Self.redacted(response.body, secrets), milliseconds: response.timings.total * 1000,
            location: response.headers["location"], allow: response.headers["allow"],
            challenge: response.headers["www-authenticate"].map { excerpt.of($0) },
            retryAfter: response.headers["retry-after"].flatMap { Double($0) })
    }

    private func fields(
        _ request: ProbeRequest, _ secrets: inout [String]
    ) throws(ProbeFailure) -> HTTPClientHeaders {
        var fields = HTTPClientHeaders()
        var given: Set<String> = []
        for header in headers {
            var values: [String] = []
            guard
                let value = header.value.filled({ name in
                    let value = environment(name)
                    if let value { values.append(value) }
                    return value
                })
            else {
                throw ProbeFailure(.notSent, "the header '\(header.name)' names a variable that is not set")
            }
            secrets += values
            fields.append(header.name, value)
            given.insert(header.name.lowercased())
        }
        func add(_ name: String, _ value: String) {
            if given.insert(name.lowercased()).inserted { fields.append(name, value) }
        }
        for header in request.headers { add(header.name, header.value) }
        if request.body != nil { add("Content-Type", "application/json") }
        add("Accept", "application/json, text/event-stream;q=0.9, */*;q=0.1")
        add("User-Agent", "sluice")
        add("X-Sluice-Replay", "init")
        add("Idempotency-Key", request.key)
        return fields
    }

    /// The bytes without secrets; a very short value would blank half of every answer and protects nothing.
    private static func redacted(_ body: [UInt8], _ secrets: [String]) -> [UInt8] {
        let held = secrets.filter { $0.utf8.count >= 6 }
        guard !held.isEmpty else { return body }
        var text = String(decoding: body, as: UTF8.self)
        for secret in held { text = text.replacing(secret, with: "<redacted>") }
        return Array(text.utf8)
    }

    private static func failure(_ error: HTTPClientError, _ excerpt: Excerpt) -> ProbeFailure {
        let words = excerpt.of(error.description)
        switch error {
        case .couldNotConnect: return ProbeFailure(.notRunning, words)
        case .nameNotFound: return ProbeFailure(.nameNotFound, words)
        case .tls: return ProbeFailure(.tls, words)
        case .timedOut(.connect, _): return ProbeFailure(.notRunning, words)
        case .timedOut: return ProbeFailure(.timedOut, words)
        case .closedEarly: return ProbeFailure(.closed, words)
        case .tooLarge: return ProbeFailure(.tooLarge, words)
        case .malformed: return ProbeFailure(.malformed, words)
        case .invalidRequest, .unavailable, .cancelled: return ProbeFailure(.notSent, words)
        case .other: return ProbeFailure(.other, words)
        }
    }
}
