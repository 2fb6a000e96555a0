import Domain
import HTTPClient
import Notation

/// A metric behind an address that takes a JSON body by POST: `{"metric", "example", "answer"}` in, `{"score"}`,
/// `{"not_applicable"}` or `{"error"}` out.
///
/// Redirects are not followed. What is throttled, or fails in passing, is asked again twice. Secrets of the headers are
/// looked up when a request is sent and never told.
public struct EndpointScorer: CustomScorer {
    public let facts: ModelFacts
    private let url: String
    private let headers: [TargetPolicy.Header]
    private let environment: EnvironmentLookup
    private let timeoutSeconds: Double
    private let concurrency: Int
    private let client: HTTPClient

    private static let waitsMilliseconds = [200, 800]

    /// - Throws: An address that is none or not allowed, variables that are not set.
    public init(
        _ metric: CustomMetric, url: String, digest: String, environment: @escaping EnvironmentLookup,
        allowance: TargetAllowance? = nil, client: HTTPClient = HTTPClient()
    ) throws(TargetProblem) {
        try allowance?.check(metric.reach)
        let environment = allowance?.restricting(environment) ?? environment
        if let cause = WebAddress.problem(url) {
            throw TargetProblem(key: "url", cause: cause, mend: "write http://host/path")
        }
        var problems = ProblemList()
        problems.check(metric.headers, environment)
        guard problems.items.isEmpty else { throw TargetProblem(items: problems.items) }
        self.url = url
        headers = metric.headers
        self.environment = environment
        timeoutSeconds = metric.timeoutSeconds
        concurrency = metric.concurrency
        self.client = client
        facts = ModelFacts(role: metric.name, name: url, digest: digest)
    }

    public func scores(of lines: [String]) async -> [CustomScore] {
        await Together.map(lines, atOnce: concurrency) { await self.score($0) }
    }

    public func close() async {}

    private func score(_ line: String) async -> CustomScore {
        var last = "it was not asked"
        for round in 0...Self.waitsMilliseconds.count {
            if Task.isCancelled { return .failed("the run was stopped before it answered") }
            if round > 0 {
                try? await Task.sleep(for: .milliseconds(Self.waitsMilliseconds[round - 1]))
            }
            switch await ask(line) {
            case .success(let score): return score
            case .failure(let passing):
                last = passing.words
                if !passing.mayPass { return .failed(last) }
            }
        }
        return .failed(last)
    }

    private struct Passing: Error {
        let words: String
        let mayPass: Bool
    }

    private func ask(_ line: String) async -> Result<CustomScore, Passing> {
        var secrets: [String] = []
        var fields = HTTPClientHeaders()
        fields.append("Content-Type", "application/json")
        fields.append("Accept", "application/json")
        for header in headers {
            let value = header.value.filled { name in
                let value = environment(name)
                if let value { secrets.append(value) }
                return value
            }
            guard let value else {
                return .failure(
                    Passing(
                        words: "the header '\(header.name)' names a variable that is not set", mayPass: false)
                )
            }
            fields.append(header.name, value)
        }
        let total = Duration.milliseconds(Int(timeoutSeconds * 1000))
        let request = HTTPClientRequest(
            method: "POST", url: url, headers: fields, body: Array(line.utf8),
            timeouts: .init(connect: min(.seconds(10), total), total: total), maxResponseBytes: 1 << 20)
        let response: HTTPClientResponse
        do throws(HTTPClientError) { response = try await client.send(request) } catch {
            let failure = HTTPExchange.failure(error, Excerpt(secrets: secrets))
            return .failure(Passing(words: failure.detail, mayPass: failure.cause == .unreachable))
        }
        guard (200..<300).contains(response.status) else {
            let mayPass = [429, 500, 502, 503, 504].contains(response.status)
            return .failure(Passing(words: "it answered with status \(response.status)", mayPass: mayPass))
        }
        return .success(CustomReply.read(response.body, secrets: secrets))
    }
}
