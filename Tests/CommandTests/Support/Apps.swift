import Foundation
import HTTPServer
import Notation
import Synchronization
import Testing

/// An app of the test's own making, over HTTP in this process; it counts what it is asked.
final class TestApp: Sendable {
    struct Question: Sendable {
        let query: String
        let headers: HTTPFields
        /// How often the app was asked before.
        let number: Int
        /// The whole request, where it was JSON.
        let body: JSONValue?
    }

    struct Reply: Sendable {
        var status = 200
        var body: String
        var type = "application/json"
        var delay = Duration.zero
        var headers: HTTPFields = [:]
    }

    let url: String
    private let server: HTTPServer
    private let questions: Asked

    private final class Asked: Sendable {
        let queries = Mutex<[String]>([])
    }

    init(_ reply: @escaping @Sendable (Question) -> Reply) throws {
        let questions = Asked()
        let server = try HTTPServer { request, response in
            let body = try? JSONValue.parse(request.body)
            let query = body?["query"]?.stringValue ?? ""
            let number = questions.queries.withLock { queries in
                queries.append(query)
                return queries.count - 1
            }
            let reply = reply(Question(query: query, headers: request.headers, number: number, body: body))
            if reply.delay > .zero { try await EventLoop.sleep(for: reply.delay) }
            var headers = reply.headers
            headers.append("Content-Type", reply.type)
            try await response.send(reply.status, headers: headers, text: reply.body)
        }
        url = "http://127.0.0.1:\(try server.start())/answer"
        self.server = server
        self.questions = questions
    }

    deinit { Task { [server] in await server.stop(within: .milliseconds(1)) } }

    var asked: [String] { questions.queries.withLock { $0 } }

    /// Answers `question 7` with `answer 7`.
    static func right(_ question: Question, version: String = "1") -> Reply {
        Reply(body: body("answer " + question.query.dropFirst("question ".count), version: version))
    }

    static func body(_ answer: String, version: String = "1") -> String {
        let value: JSONValue = ["answer": .string(answer), "versions": ["prompt": .string(version)]]
        return String(decoding: value.bytes(), as: UTF8.self)
    }
}

extension Workplace {
    /// A data set of questions that a ``TestApp/right(_:version:)`` app answers.
    func writeExamples(_ count: Int, name: String = "golden.jsonl") throws {
        var text = ""
        for number in 0..<count {
            text +=
                #"{"query_id": "E-\#(number)", "query": "question \#(number)", "reference_response": "answer \#(number)"}"#
                + "\n"
        }
        try write(name, text)
    }

    static let usualGates = ["exact_match not worse than baseline", "error_rate <= 1%"]

    /// A policy over two apps.
    func writePolicy(
        baseline: String?, candidate: String, gates: [String] = usualGates,
        metrics: String = "exact_match, error_rate",
        limits: String = "concurrency: 4, timeout: 5s, retries: 0", more: String = "", app: String = ""
    ) throws {
        let first = baseline.map { "\n  baseline: \($0)" } ?? ""
        let rules = gates.map { "\n  - " + $0 }.joined()
        try write(
            "sluice.yaml",
            """
            version: 1
            project: test
            app:\(first)
              candidate: \(candidate)
              request: { query: "${input.query}" }
              observe: { text: /answer, versions: /versions }
              limits: { \(limits) }
            \(app)
            dataset: golden.jsonl
            metrics: [\(metrics)]
            gates:\(rules)
            \(more)
            """)
    }

    /// The only run, or the newest.
    func newestRun() throws -> String { try #require(runs().last) }
}
