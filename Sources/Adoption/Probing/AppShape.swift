import Domain
import Interchange
import Notation

/// One way of asking an app: what a policy writes under `app`, and what is sent for one question.
public struct AppShape: Sendable {
    public enum Kind: Sendable {
        case http(url: String, method: String, template: JSONValue?)
        /// OpenAI's chat completions: the address with its version, the model.
        case openAI(base: String, model: String, parameters: JSONObject)
        case command([String])
    }

    public let kind: Kind
    /// Headers that the API wants and that are no secret.
    public var headers: [ProbeRequest.Header]
    /// Where the piece of text stands in each event of a stream of no known API.
    public var streamText: String?

    public init(_ kind: Kind, headers: [ProbeRequest.Header] = []) {
        self.kind = kind
        self.headers = headers
    }

    /// A JSON body by POST.
    static func post(_ url: String, _ template: JSONValue, headers: [ProbeRequest.Header] = []) -> AppShape {
        AppShape(.http(url: url, method: "POST", template: template), headers: headers)
    }

    /// The request for a question; nil where it cannot be formed.
    func request(_ sample: SampleInput, key: String) -> ProbeRequest? {
        let question = sample.question(key: key)
        switch kind {
        case .http(let url, let method, let template):
            guard let address = try? TemplateText(url).filled(question, percentEncoding: true) else {
                return nil
            }
            var body: [UInt8]?
            if let template {
                guard let made = try? RequestTemplate(template).body(for: question) else { return nil }
                body = made
            }
            return ProbeRequest(method: method, url: address, body: body, headers: headers, key: key)
        case .openAI(let base, let model, let parameters):
            var request = JSONObject()
            request["model"] = .string(model)
            for member in parameters.members { request[member.key] = member.value }
            request["messages"] = ["${input.history...}", ["role": "user", "content": "${input.query}"]]
            guard let body = try? RequestTemplate(.object(request)).body(for: question) else { return nil }
            return ProbeRequest(
                method: "POST", url: Self.endpoint(base), body: body, headers: headers, key: key)
        case .command: return nil
        }
    }

    static func endpoint(_ base: String) -> String {
        base.hasSuffix("/chat/completions") ? base : base + "/chat/completions"
    }

    /// The address or the command line, as messages may show it.
    public var address: String { url }

    /// The address, the same in every request of this shape.
    var url: String {
        switch kind {
        case .http(let url, _, _): url
        case .openAI(let base, _, _): Self.endpoint(base)
        case .command(let arguments): arguments.joined(separator: " ")
        }
    }

    var method: String {
        if case .http(_, let method, _) = kind { return method }
        return "POST"
    }

    var template: JSONValue? {
        if case .http(_, _, let template) = kind { return template }
        return nil
    }

    /// What tells this shape from another.
    var identity: String {
        let body = template.map { String(decoding: $0.canonicalBytes, as: UTF8.self) } ?? ""
        return "\(method) \(url) \(body)"
    }

    /// How people call it: `POST { question }`, `GET …?q=`.
    public var words: String {
        switch kind {
        case .http(let url, let method, let template):
            guard let template else {
                let query = url.split(separator: "?", maxSplits: 1).dropFirst().first.map(String.init)
                return query.map { "\(method) ?\($0)" } ?? method
            }
            return "\(method) \(Self.outline(template))"
        case .openAI(_, let model, _): return "OpenAI's chat completions, model \(model)"
        case .command: return "JSON lines on standard input"
        }
    }

    /// `{ question, session_id }`.
    private static func outline(_ value: JSONValue) -> String {
        guard case .object(let object) = value else { return "a body" }
        let names = object.members.map { member -> String in
            guard case .object = member.value else { return member.key }
            return "\(member.key): \(outline(member.value))"
        }
        return "{ " + names.joined(separator: ", ") + " }"
    }
}

/// A question to probe with, and further columns that a request may send.
public struct SampleInput: Sendable, Hashable {
    public let query: String
    public let columns: [Column]

    public struct Column: Sendable, Hashable {
        public let name: String
        public let value: String

        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    public init(query: String, columns: [Column] = []) {
        self.query = query
        self.columns = columns
    }

    func question(key: String) -> Question {
        var example = Example(id: "init", query: query)
        example.columns = columns.map { Example.Column(name: $0.name, value: $0.value) }
        return Question(
            example: example, query: query, history: [], arm: .candidate, repetition: 0, turn: 0, attempt: 0,
            session: nil, runID: "init", idempotencyKey: key, timeoutSeconds: 60)
    }
}
