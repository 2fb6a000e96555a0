import HTTPServer
import Notation

/// The app over HTTP.
struct Service: Sendable {
    let pipeline: Pipeline
    let format: AnswerFormat
    private let sessions = Sessions()
    private let tickets = Tickets()
    private static let longestQuery = 8_192

    init(_ pipeline: Pipeline, isMinimal: Bool) {
        self.pipeline = pipeline
        format = AnswerFormat(
            settings: pipeline.variant.format, versions: Configuration.versions(pipeline),
            isMinimal: isMinimal)
    }

    func handle(_ request: HTTPRequest, _ response: consuming ResponseWriter) async throws {
        switch (request.method, request.path) {
        case ("POST", "/v1/answer"), ("POST", "/v1/stream"): try await answer(request, response)
        case ("GET", "/healthz"): try await Self.send(response, 200, ["status": "ok"])
        case ("GET", "/config"): try await Self.send(response, 200, Configuration.document(pipeline))
        case (_, "/v1/answer"), (_, "/v1/stream"):
            try await Self.refuse(response, 405, "ask with POST", ["Allow": "POST"])
        case (_, "/healthz"), (_, "/config"):
            try await Self.refuse(response, 405, "ask with GET", ["Allow": "GET"])
        default:
            if request.path == "/v1/tickets" || request.path.hasPrefix("/v1/tickets/") {
                return try await ticket(request, response)
            }
            try await Self.refuse(
                response, 404, "there are /v1/answer, /v1/stream, /v1/tickets, /config and /healthz")
        }
    }

    // MARK: tickets

    private func ticket(_ request: HTTPRequest, _ response: consuming ResponseWriter) async throws {
        let id = Int(request.path.dropFirst("/v1/tickets/".count)) ?? 0
        switch (request.method, request.path == "/v1/tickets") {
        case ("POST", true): try await openTicket(request, response)
        case ("GET", true):
            // Values of the search are of letters, digits and '-': nothing needs decoding.
            let search = (request.query ?? "").split(separator: "&").first { $0.hasPrefix("search=") }
            let found = tickets.search(String(search?.dropFirst("search=".count) ?? ""))
            try await Self.send(response, 200, ["tickets": .array(found.map(\.json))])
        case ("GET", false):
            guard let ticket = tickets.ticket(id) else {
                return try await Self.refuse(response, 404, "there is no such ticket")
            }
            try await Self.send(response, 200, ticket.json)
        case ("DELETE", false):
            guard tickets.remove(id) else {
                return try await Self.refuse(response, 404, "there is no such ticket")
            }
            try await Self.send(response, 200, ["deleted": .integer(Int64(id))])
        default:
            try await Self.refuse(response, 405, "tickets are made by POST, read by GET, removed by DELETE")
        }
    }

    private func openTicket(_ request: HTTPRequest, _ response: consuming ResponseWriter) async throws {
        switch read(request.body) {
        case .failure(let problem): try await Self.refuse(response, problem.status, problem.message)
        case .success(let question):
            let (reply, _) = pipeline.answer(question.query, history: [], session: nil)
            let (ticket, isNew) = tickets.open(
                question.query, answer: reply.text, intent: reply.routing.intent,
                key: request.headers["Idempotency-Key"])
            try await Self.send(response, isNew ? 201 : 200, ticket.json)
        }
    }

    private struct Question {
        let query: String
        let history: [Turn]
        let session: String?
        let options: RequestOptions
    }

    private func answer(_ request: HTTPRequest, _ response: consuming ResponseWriter) async throws {
        let question: Question
        switch read(request.body) {
        case .success(let read): question = read
        case .failure(let problem): return try await Self.refuse(response, problem.status, problem.message)
        }
        let (reply, waiting) = pipeline.answer(
            question.query, history: question.history, session: question.session, options: question.options)
        let versions = Configuration.versions(pipeline, question.options)
        sessions.add(
            [Turn(isUser: true, text: question.query), Turn(isUser: false, text: reply.text)],
            to: reply.session)
        if request.path == "/v1/stream" || Self.prefersEvents(request.headers["Accept"] ?? "") {
            try await stream(reply, versions, waiting, response)
        } else {
            try await Self.wait(waiting.total)
            try await Self.send(response, 200, format.object(reply, versions: versions))
        }
    }

    /// Whether server-sent events are named before JSON or anything else.
    private static func prefersEvents(_ accept: String) -> Bool {
        accept.split(separator: ",").first?.contains("text/event-stream") ?? false
    }

    /// Server-sent events: `{"delta"}` for each word, the whole answer, then `[DONE]`.
    private func stream(
        _ reply: Reply, _ versions: JSONValue, _ waiting: Waiting, _ response: consuming ResponseWriter
    ) async throws {
        let words = reply.text.split(separator: " ")
        let pause = waiting.generation / Double(words.count + 1)
        try await Self.wait(waiting.retrieval)
        let headers: HTTPFields = ["Content-Type": "text/event-stream", "Cache-Control": "no-store"]
        let body = try await response.start(200, headers: headers)
        for (index, word) in words.enumerated() {
            try await Self.wait(pause)
            let delta: JSONValue = ["delta": .string(index == 0 ? String(word) : " " + word)]
            try await body.write("data: " + delta.text() + "\n\n")
        }
        try await Self.wait(pause)
        try await body.write("data: " + format.object(reply, versions: versions).text() + "\n\n")
        try await body.write("data: [DONE]\n\n")
        try await body.finish()
    }

    private struct Refusal: Error {
        let status: Int
        let message: String
    }

    private func read(_ body: [UInt8]) -> Result<Question, Refusal> {
        let value: JSONValue
        do throws(JSONError) { value = try JSONValue.parse(body) } catch {
            return .failure(Refusal(status: 400, message: "the body is no JSON: \(error)"))
        }
        guard let query = value["query"]?.stringValue, query.contains(where: { !$0.isWhitespace }) else {
            return .failure(Refusal(status: 400, message: "give the question as the text 'query'"))
        }
        guard query.utf8.count <= Self.longestQuery else {
            return .failure(Refusal(status: 413, message: "a query has at most \(Self.longestQuery) bytes"))
        }
        let session = value["session"]?.stringValue ?? value["session_id"]?.stringValue
        var history = turns(value["history"])
        if history.isEmpty, let session { history = sessions.turns(of: session) }
        do throws(RequestOptions.Problem) {
            let options = try RequestOptions(value)
            return .success(Question(query: query, history: history, session: session, options: options))
        } catch {
            return .failure(Refusal(status: 400, message: error.message))
        }
    }

    private static func wait(_ milliseconds: Double) async throws {
        if milliseconds > 0 { try await EventLoop.sleep(for: .nanoseconds(Int64(milliseconds * 1e6))) }
    }

    private static func send(
        _ response: consuming ResponseWriter, _ status: Int, _ body: JSONValue, _ extra: HTTPFields = [:]
    ) async throws {
        var headers = extra
        headers.append("Content-Type", "application/json")
        try await response.send(status, headers: headers, body: body.bytes())
    }

    private static func refuse(
        _ response: consuming ResponseWriter, _ status: Int, _ message: String, _ headers: HTTPFields = [:]
    ) async throws {
        try await send(response, status, ["error": ["message": .string(message)]], headers)
    }
}
