import Domain
import HTTPClient
import Interchange
import Notation

/// An app behind an HTTP address: a JSON request from a template, an answer of JSON, text or server-sent
/// events.
///
/// Each request carries `X-Sluice-Replay` with the run's id and `Idempotency-Key`, the same for each attempt
/// at a turn, so that an app can refuse side effects. Placeholders in the address are percent-encoded. `GET`,
/// `HEAD` and `DELETE` send no body. Redirects are not followed. Secrets are looked up when a request is
/// sent.
public final class HTTPTarget: ProbedTarget {
    public let identity: TargetIdentity
    private let exchange: HTTPExchange
    private let url: TemplateText
    private let template: RequestTemplate?

    /// - Throws: All that is wrong with the address, the template, the mapping and the headers, at once.
    public init(
        _ policy: TargetPolicy, url: String, method: String, template: JSONValue?, limits: ReplayLimits,
        client: HTTPClient, environment: @escaping EnvironmentLookup
    ) throws(TargetProblem) {
        var problems = ProblemList()
        if let cause = WebAddress.problem(url) {
            problems.add("url", cause, "write it as http://host:port/path")
        }
        let method = method.uppercased()
        let body = template ?? RequestTemplate.standard
        var compiled: RequestTemplate?
        var address: TemplateText?
        do throws(TemplateText.Problem) { address = try TemplateText(url) } catch {
            problems.add("url", error.cause, error.mend)
        }
        if !["GET", "HEAD", "DELETE"].contains(method) {
            do throws(RequestTemplateProblems) {
                compiled = try RequestTemplate(body, overlay: policy.overlay)
            } catch {
                for problem in error.problems {
                    problems.add("request\(problem.pointer)", problem.cause, problem.mend)
                }
            }
        } else if !policy.overlay.isEmpty {
            problems.add("overlay", "a \(method) request has no body to lay it over", "use POST")
        }
        let reader = problems.collect { () throws(TargetProblem) in
            try ResponseReader(policy: policy, readsChat: false)
        }
        problems.check(policy.headers, environment)
        guard let reader, let address, problems.items.isEmpty else {
            throw TargetProblem(items: problems.items)
        }
        self.url = address
        self.template = compiled
        exchange = HTTPExchange(
            client: client, method: method, headers: policy.headers, reader: reader,
            maximumAnswerBytes: limits.answerBytes, environment: environment)
        var digest = ConfigurationDigest(kind: "http")
        digest.add("url", url)
        digest.add("method", method)
        digest.add("template", compiled == nil ? .null : body)
        digest.add(policy)
        identity = TargetIdentity(kind: "http", address: WebAddress.shown(url), configuration: digest.value())
    }

    /// The columns that examples must have for a request to be formed, sorted.
    public var columns: [String] { template?.columns ?? [] }

    public func ask(_ question: Question) async -> Attempt {
        do throws(RequestTemplate.MissingColumn) {
            let (address, body) = try request(question)
            return await exchange.send(url: address, body: body, question)
        } catch {
            return Attempt(.failed(.missingColumn(error.name)))
        }
    }

    public func probe(_ question: Question) async -> Probe {
        do throws(RequestTemplate.MissingColumn) {
            let (address, body) = try request(question)
            return await exchange.probe(url: address, body: body, question)
        } catch {
            return Probe(
                method: exchange.method, url: WebAddress.shown(url.plain), body: nil,
                result: .failed(.missingColumn(error.name)), response: nil)
        }
    }

    private func request(
        _ question: Question
    ) throws(RequestTemplate.MissingColumn) -> (url: String, body: [UInt8]?) {
        let address = url.hasPlaceholders ? try url.filled(question, percentEncoding: true) : url.plain
        return (address, try template?.body(for: question))
    }

    public func close() async {}
}

extension Failure {
    static func missingColumn(_ name: String) -> Failure {
        Failure(
            cause: .notAsked,
            detail: "the example has no column '\(Excerpt().of(name))', which the request's template wants")
    }
}

/// Problems of a target, gathered.
struct ProblemList {
    private(set) var items: [TargetProblem.Item] = []

    mutating func add(_ key: String, _ cause: String, _ mend: String) {
        items.append(TargetProblem.Item(key: key, cause: cause, mend: mend))
    }

    mutating func collect<T>(_ make: () throws(TargetProblem) -> T) -> T? {
        do throws(TargetProblem) { return try make() } catch {
            items += error.items
            return nil
        }
    }

    /// Finds variables that are not set, while no request has been sent.
    mutating func check(_ headers: [TargetPolicy.Header], _ environment: EnvironmentLookup) {
        for header in headers {
            for name in header.value.missing(environment) {
                add(
                    "headers.\(header.name)", "the environment variable \(name) is not set",
                    "export \(name)=…")
            }
        }
    }
}
