import Foundation
import HTTPServer
import Notation
import Synchronization

/// A system with things that are made, read, searched and removed over HTTP, in this process; it can be told to fail.
final class DeskApp: Sendable {
    struct Call: Sendable {
        let method: String
        let target: String
        let headers: HTTPFields
        let body: String
    }

    struct Reply: Sendable {
        var status = 200
        var body: [UInt8] = []
        var headers: HTTPFields = ["Content-Type": "application/json"]

        init(_ status: Int, _ body: String, headers: HTTPFields = ["Content-Type": "application/json"]) {
            self.status = status
            self.body = Array(body.utf8)
            self.headers = headers
        }
    }

    private struct State {
        var things: [(id: Int, name: String)] = []
        var next = 1
        var calls: [Call] = []
    }

    /// What a request is answered with instead; asked after the system did what it was told.
    typealias Trouble = @Sendable (Call) async throws -> Reply?

    let url: String
    private let server: HTTPServer
    private let shared: Shared

    private final class Shared: Sendable {
        let state = Mutex(State())
    }

    init(port: Int = 0, trouble: @escaping Trouble = { _ in nil }) throws {
        let shared = Shared()
        let server = try HTTPServer(host: "127.0.0.1", port: port) { request, response in
            let call = Call(
                method: request.method, target: request.target, headers: request.headers,
                body: String(decoding: request.body, as: UTF8.self))
            let usual = DeskApp.serve(call, shared)
            let reply = try await trouble(call) ?? usual
            try await response.send(reply.status, headers: reply.headers, body: reply.body)
        }
        url = "http://127.0.0.1:\(try server.start())"
        self.server = server
        self.shared = shared
    }

    deinit { Task { [server] in await server.stop(within: .milliseconds(1)) } }

    func stop() async { await server.stop(within: .milliseconds(1)) }

    var things: [String] { shared.state.withLock { $0.things.map(\.name) } }
    var calls: [Call] { shared.state.withLock { $0.calls } }
    var words: [String] { calls.map { $0.method + " " + $0.target } }

    private static func serve(_ call: Call, _ shared: Shared) -> Reply {
        shared.state.withLock { state in
            state.calls.append(call)
            let id = Int(call.target.dropFirst("/things/".count)) ?? 0
            switch call.method {
            case "POST":
                let name = (try? JSONValue.parse(call.body))?["name"]?.stringValue ?? "?"
                state.things.append((state.next, name))
                state.next += 1
                let value: JSONValue = [
                    "id": .integer(Int64(state.next - 1)), "name": .string(name), "state": "open",
                ]
                return Reply(201, value.text())
            case "DELETE":
                let count = state.things.count
                state.things.removeAll { $0.id == id }
                return state.things.count < count ? Reply(200, "{}") : Reply(404, "{}")
            default:
                if call.target.hasPrefix("/things?q=") {
                    let text = call.target.dropFirst("/things?q=".count)
                    let found = state.things.filter { $0.name.contains(text) }
                    let value: JSONValue = ["things": .array(found.map { ["id": .integer(Int64($0.id))] })]
                    return Reply(200, value.text())
                }
                guard let thing = state.things.first(where: { $0.id == id }) else { return Reply(404, "{}") }
                let value: JSONValue = [
                    "id": .integer(Int64(id)), "name": .string(thing.name), "state": "open",
                ]
                return Reply(200, value.text())
            }
        }
    }
}

extension Workplace {
    /// A policy with journeys over a desk.
    ///
    /// - Parameters:
    ///   - steps: YAML of the steps that follow the first, which makes a thing.
    ///   - headers: YAML of the headers of the first step and its clean-up.
    func writeJourney(
        _ desk: String, headers: String = "{}", steps: String = "", answerSize: String = "1MB"
    ) throws {
        try write("golden.jsonl", #"{"query_id": "E-1", "query": "q", "reference_response": "a"}"# + "\n")
        let more = steps.split(separator: "\n").map { "    " + $0 }.joined(separator: "\n")
        try write(
            "sluice.yaml",
            """
            version: 1
            project: test
            app:
              candidate: http://127.0.0.1:9/answer
              observe: { text: /answer }
              limits: { timeout: 3s, answer_size: \(answerSize) }
            dataset: golden.jsonl
            gates: [error_rate <= 1%]
            journey:
              desk:
                - name: make
                  act:
                    url: \(desk)/things
                    headers: \(headers)
                    json: { name: "thing ${unique}" }
                    expect: status == 201
                    capture: { id: /id }
                  clean_up:
                    url: "\(desk)/things/${id}"
                    headers: \(headers)
                    find: { url: "\(desk)/things?q=${unique}", capture: { id: /things/0/id } }
            \(more)
            """)
    }

    /// Journals of clean-ups that are left.
    func journals() -> [String] { files().filter { $0.hasPrefix(".sluice/journeys/") } }
}
