import Foundation
import HTTPServer
import Notation
import Synchronization
import Testing

/// An app of any shape, over HTTP in this process; it keeps what it was asked.
final class AnyApp: Sendable {
    struct Request: Sendable {
        let method: String
        let path: String
        /// Decoded, by name.
        let query: [String: String]
        let headers: HTTPFields
        let body: JSONValue?
    }

    struct Reply: Sendable {
        var status = 200
        var body: String
        var type = "application/json"
        var headers: HTTPFields = [:]
        var delay = Duration.zero

        static func json(_ value: JSONValue, status: Int = 200) -> Reply {
            Reply(status: status, body: String(decoding: value.bytes(), as: UTF8.self))
        }

        static let nothing = Reply.json(["detail": "Not Found"], status: 404)
    }

    let origin: String
    private let server: HTTPServer
    private let asked: Asked

    private final class Asked: Sendable { let requests = Mutex<[Request]>([]) }

    init(_ reply: @escaping @Sendable (Request) -> Reply) throws {
        let asked = Asked()
        let server = try HTTPServer { incoming, response in
            let items = URLComponents(string: "http://h\(incoming.target)")?.queryItems ?? []
            let request = Request(
                method: incoming.method, path: String(incoming.path),
                query: Dictionary(items.map { ($0.name, $0.value ?? "") }) { first, _ in first },
                headers: incoming.headers, body: try? JSONValue.parse(incoming.body))
            asked.requests.withLock { $0.append(request) }
            let reply = reply(request)
            if reply.delay > .zero { try await EventLoop.sleep(for: reply.delay) }
            var headers = reply.headers
            headers.append("Content-Type", reply.type)
            try await response.send(reply.status, headers: headers, text: reply.body)
        }
        origin = "http://127.0.0.1:\(try server.start())"
        self.server = server
        self.asked = asked
    }

    deinit { Task { [server] in await server.stop(within: .milliseconds(1)) } }

    var requests: [Request] { asked.requests.withLock { $0 } }
}

/// A small shop's knowledge, and a retriever over it that can be broken.
struct Shop: Sendable {
    /// A broken index finds what stands next to the right passage.
    var isBroken = false

    static let topics = [
        "refunds", "shipping", "passwords", "invoices", "warranty", "opening hours", "gift cards", "returns",
        "discounts",
        "complaints",
    ]

    static let questions = topics.map { "What do you say about \($0)?" }

    var version: String { isBroken ? "index-8" : "index-7" }

    /// The passage that answers; nil for what the shop does not know.
    private func place(_ question: String) -> Int? {
        Shop.topics.firstIndex { question.lowercased().contains($0) }
            .map { isBroken ? ($0 + 1) % Shop.topics.count : $0 }
    }

    /// Ids of passages, best first.
    func documents(_ question: String) -> [String] {
        guard let place = place(question) else { return [] }
        return ["doc-\(place)", "doc-\((place + 3) % Shop.topics.count)"]
    }

    func text(_ question: String) -> String {
        guard let place = place(question) else { return "I do not know about \(question.count) such things." }
        return "Our page on \(Shop.topics[place]) explains it all in detail."
    }

    static func gold(_ question: String) -> String? {
        Shop.topics.firstIndex { question.contains($0) }.map { "doc-\($0)" }
    }
}
