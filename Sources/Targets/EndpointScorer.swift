import Domain
import Endpoints
import HTTPClient
import Notation

/// A metric behind an address that takes a JSON body by POST: `{"metric", "example", "answer"}` in, `{"score"}`,
/// `{"not_applicable"}` or `{"error"}` out.
///
/// Redirects are not followed. What is throttled, or fails in passing, is asked again twice; an endpoint that is down is
/// left alone. Secrets of the headers are looked up when a request is sent and never told.
public struct EndpointScorer: CustomScorer {
    public let facts: ModelFacts
    private let key: String
    private let shownURL: String
    private let environment: EnvironmentLookup
    private let headers: [TargetPolicy.Header]
    private let concurrency: Int
    private let isPassFail: Bool
    private let caller: EndpointCaller

    /// - Parameters:
    ///   - firstPauseSeconds: Before what fails in passing is asked again.
    ///   - notice: Told in a line what the endpoint makes us wait for, and how long.
    /// - Throws: An address that is none or not allowed, variables that are not set.
    public init(
        _ metric: CustomMetric, url: String, digest: String, environment: @escaping EnvironmentLookup,
        allowance: TargetAllowance? = nil, client: HTTPClient = HTTPClient(), firstPauseSeconds: Double = 0.4,
        notice: @escaping @Sendable (String) -> Void = { _ in }
    ) throws(TargetProblem) {
        try allowance?.check(metric.reach)
        let environment = allowance?.restricting(environment) ?? environment
        if let cause = WebAddress.problem(url) {
            throw TargetProblem(key: "url", cause: cause, mend: "write http://host/path")
        }
        var problems = ProblemList()
        problems.check(metric.headers, environment)
        guard problems.items.isEmpty else { throw TargetProblem(items: problems.items) }
        key = "custom.\(metric.name)"
        shownURL = ShownAddress.plain(url)
        headers = metric.headers
        self.environment = environment
        concurrency = metric.concurrency
        isPassFail = metric.isPassFail
        let settings = EndpointCaller.Settings(
            key: key, url: url, shownURL: shownURL, headers: metric.headers,
            timeoutSeconds: metric.timeoutSeconds, retries: 2, firstPauseSeconds: firstPauseSeconds,
            mostBytes: 1 << 20, takesAnySuccess: true)
        caller = EndpointCaller(settings, client: client, environment: environment, notice: notice)
        facts = ModelFacts(role: metric.name, name: url, digest: digest)
    }

    public func scores(of lines: [String]) async -> [CustomScore] {
        await Together.map(lines, atOnce: concurrency) { await self.score($0) }
    }

    public func close() async {}

    private func score(_ line: String) async -> CustomScore {
        let call = await caller.send(Array(line.utf8))
        switch call.outcome {
        case .answered(let body):
            let secrets = headers.flatMap { $0.value.variables.compactMap(environment) }
            return CustomReply.read(body, isPassFail: isPassFail, secrets: secrets)
        case .refused(let refusal):
            let times = call.requests > 1 ? " (\(call.requests) attempts)" : ""
            return .failed("the endpoint of \(key) \(shownURL) \(refusal.detail)\(times)")
        case .unset(let header):
            return .failed("the header '\(header)' names a variable that is not set")
        case .cancelled, .forbidden: return .failed("the run was stopped before it answered")
        }
    }
}
