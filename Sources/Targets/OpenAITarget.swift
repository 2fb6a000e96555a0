import Domain
import HTTPClient
import Interchange
import Notation

/// An app that speaks OpenAI's chat completions: messages in, text, tool calls and usage out, streamed or
/// whole.
///
/// The messages are the system prompt, the history's turns and the query, unless `parameters` has `messages`
/// of its own, in which the placeholders of ``RequestTemplate`` stand (`"${input.history...}"` puts the turns
/// in). Passages of an example's context are sent only where the messages name `${input.context}`. A stream
/// is asked for its usage. Cached tokens are part of the input tokens. What `observe` maps is read before
/// what the API shows.
public final class OpenAITarget: ProbedTarget {
    public let identity: TargetIdentity
    private let exchange: HTTPExchange
    private let url: String
    private let body: Body

    private enum Body: Sendable {
        case fixed(RequestTemplate)
        /// The system prompt names secrets: compiled when it is sent.
        case secretive(Secretive, JSONObject, overlay: JSONObject)
    }

    public init(
        _ policy: TargetPolicy, baseURL: String, model: String, parameters: JSONObject, stream: Bool,
        system: Secretive?, limits: ReplayLimits, client: HTTPClient, environment: @escaping EnvironmentLookup
    ) throws(TargetProblem) {
        var policy = policy
        if stream { policy.stream = policy.stream ?? true }
        var problems = ProblemList()
        if let cause = WebAddress.problem(baseURL) {
            problems.add("openai", cause, "write it as https://host/v1")
        }
        if model.isEmpty { problems.add("model", "the model has no name", "name it as the API does") }
        for name in system?.missing(environment) ?? [] {
            problems.add("system", "the environment variable \(name) is not set", "export \(name)=…")
        }
        problems.check(policy.headers, environment)

        var request = JSONObject()
        request["model"] = .string(model)
        if stream {
            request["stream"] = true
            request["stream_options"] = ["include_usage": true]
        }
        for member in parameters.members { request[member.key] = member.value }
        // Compiled here in any case: problems are told before anything is asked.
        let template = problems.collect { () throws(TargetProblem) in
            try Self.template(
                request, system: system?.template, overlay: policy.overlay,
                isLiteral: !(system?.variables.isEmpty ?? true))
        }
        let reader = problems.collect { () throws(TargetProblem) in
            try ResponseReader(policy: policy, readsChat: true)
        }
        guard let reader, let template, problems.items.isEmpty else {
            throw TargetProblem(items: problems.items)
        }
        if let system, !system.variables.isEmpty {
            body = .secretive(system, request, overlay: policy.overlay)
        } else {
            body = .fixed(template)
        }
        url = Self.endpoint(baseURL)
        exchange = HTTPExchange(
            client: client, method: "POST", headers: policy.headers, reader: reader,
            maximumAnswerBytes: limits.answerBytes, environment: environment)
        var digest = ConfigurationDigest(kind: "openai")
        digest.add("url", url)
        digest.add("request", .object(request))
        digest.add("system", system?.template)
        digest.add(policy)
        identity = TargetIdentity(
            kind: "openai", address: "\(WebAddress.shown(url)) \(Excerpt().of(model))",
            configuration: digest.value())
    }

    private static func endpoint(_ base: String) -> String {
        if base.hasSuffix("/chat/completions") || base.contains("?") { return base }
        return (base.hasSuffix("/") ? String(base.dropLast()) : base) + "/chat/completions"
    }

    private static func template(
        _ request: JSONObject, system: String?, overlay: JSONObject, isLiteral: Bool
    ) throws(TargetProblem) -> RequestTemplate {
        var request = request
        if request["messages"] == nil {
            var messages: [JSONValue] = []
            if let system {
                let content = isLiteral ? system.replacing("${", with: "$${") : system
                messages.append(["role": "system", "content": .string(content)])
            }
            messages.append("${input.history...}")
            messages.append(["role": "user", "content": "${input.query}"])
            request["messages"] = .array(messages)
        } else if system != nil {
            throw TargetProblem(
                key: "system", cause: "both 'system' and 'messages' say what the system prompt is",
                mend: "keep one of them")
        }
        do throws(RequestTemplateProblems) {
            return try RequestTemplate(.object(request), overlay: overlay)
        } catch {
            throw TargetProblem(
                items: error.problems.map {
                    .init(key: "request\($0.pointer)", cause: $0.cause, mend: $0.mend)
                })
        }
    }

    public func ask(_ question: Question) async -> Attempt {
        do throws(Failure) {
            return await exchange.send(url: url, body: try bytes(for: question), question)
        } catch {
            return Attempt(.failed(error))
        }
    }

    public func probe(_ question: Question) async -> Probe {
        do throws(Failure) {
            return await exchange.probe(url: url, body: try bytes(for: question), question)
        } catch {
            return Probe(
                method: "POST", url: WebAddress.shown(url), body: nil, result: .failed(error), response: nil)
        }
    }

    private func bytes(for question: Question) throws(Failure) -> [UInt8] {
        let template: RequestTemplate
        switch body {
        case .fixed(let fixed): template = fixed
        case .secretive(let system, let request, let overlay):
            guard let filled = system.filled(exchange.environment) else {
                let name = system.missing(exchange.environment).first ?? "?"
                throw Failure(
                    cause: .notAsked,
                    detail: "the environment variable \(name), which the system prompt needs, is not set")
            }
            do throws(TargetProblem) {
                template = try Self.template(request, system: filled, overlay: overlay, isLiteral: true)
            } catch {
                throw Failure(cause: .notAsked, detail: "the request cannot be formed")
            }
        }
        do throws(RequestTemplate.MissingColumn) { return try template.body(for: question) } catch {
            throw .missingColumn(error.name)
        }
    }

    public func close() async {}
}
