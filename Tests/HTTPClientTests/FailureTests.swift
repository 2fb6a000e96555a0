import Foundation
import HTTPClient
import HTTPServer
import Synchronization
import Testing

@Suite struct FailureTests {
    private func failure(
        _ request: HTTPClientRequest, client: HTTPClient = HTTPClient()
    ) async -> HTTPClientError? {
        do throws(HTTPClientError) {
            let response = try await client.send(request)
            Issue.record(
                "answered: \(response.status) \(String(decoding: response.body.prefix(100), as: UTF8.self))")
            return nil
        } catch {
            return error
        }
    }

    private func isMalformed(_ error: HTTPClientError?) -> Bool {
        if case .malformed = error { true } else { false }
    }

    enum Expected: Sendable {
        case closedEarly(Int)
        case malformed
        case tooLarge
        case response(status: Int, bytes: Int)
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let answer: String
        let expected: Expected
        init(_ name: String, _ answer: String, _ expected: Expected) {
            (testDescription, self.answer, self.expected) = (name, answer, expected)
        }
    }

    static let ok = "HTTP/1.1 200 OK\r\n"
    static let cases: [Case] = [
        Case("nothing", "", .closedEarly(0)),
        Case("half a head", "HTTP/1.1 200 OK\r\nContent-Le", .closedEarly(0)),
        Case("a status line", "HTTP/1.1 200 OK\r\n", .closedEarly(0)),
        Case("an interim answer alone", "HTTP/1.1 103 Early\r\n\r\n", .closedEarly(0)),
        Case("a switch of protocols", "HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n", .closedEarly(0)),
        Case("a head without its body", ok + "Content-Length: 5\r\n\r\n", .closedEarly(0)),
        Case("half a body", ok + "Content-Length: 10\r\n\r\nhello", .closedEarly(5)),
        Case("half a chunk", ok + "Transfer-Encoding: chunked\r\n\r\nA\r\nhello", .closedEarly(5)),
        Case("chunks without end", ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", .closedEarly(5)),
        Case("no size", ok + "Transfer-Encoding: chunked\r\n\r\nhello\r\n0\r\n\r\n", .malformed),
        Case("garbage", "\u{1}\u{2}\u{3}garbage\r\n\r\n", .malformed),
        Case("another protocol", "SSH-2.0-OpenSSH_9.2\r\n", .malformed),
        Case("HTTP/0.9", "<html>hello</html>", .malformed),
        Case("no status", "HTTP/1.1 abc OK\r\n\r\n", .malformed),
        Case("no length", ok + "Content-Length: abc\r\n\r\nhello", .malformed),
        Case(
            "a large body", ok + "Content-Length: 2000\r\n\r\n" + String(repeating: "x", count: 2000),
            .tooLarge),
        Case("a large body without length", ok + "\r\n" + String(repeating: "x", count: 2000), .tooLarge),
        Case(
            "a large head",
            ok + String(repeating: "X: \(String(repeating: "y", count: 1000))\r\n", count: 400), .tooLarge),
        Case(
            "large trailers",
            ok + "Transfer-Encoding: chunked\r\n\r\n0\r\n"
                + String(repeating: "X: \(String(repeating: "y", count: 1000))\r\n", count: 400) + "\r\n",
            .tooLarge),
        Case(
            "interim heads for ever", String(repeating: "HTTP/1.1 100 Continue\r\n\r\n", count: 12_000) + ok,
            .tooLarge),
        Case("a large field", ok + "X: \(String(repeating: "y", count: 200_000))\r\n\r\n", .tooLarge),
        Case(
            "an error", "HTTP/1.1 500 No\r\nContent-Length: 2\r\n\r\nno", .response(status: 500, bytes: 2)),
        Case("HTML", ok + "Content-Type: text/html\r\n\r\n<p>hello", .response(status: 200, bytes: 8)),
        Case(
            "an interim answer", "HTTP/1.1 103 Early\r\nLink: x\r\n\r\n\(ok)Content-Length: 2\r\n\r\nhi",
            .response(status: 200, bytes: 2)),
        Case(
            "trailers", ok + "Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nLink: y\r\n\r\n",
            .response(status: 200, bytes: 2)),
        Case("an answer of HTTP/1.0", "HTTP/1.0 404 No\r\n\r\ngone", .response(status: 404, bytes: 4)),
    ]

    @Test(arguments: cases) func whatAServerDoesWrongIsToldApart(test: Case) async throws {
        let server = try RawServer { connection in
            _ = connection.receiveHead()
            connection.send(test.answer)
        }
        let client = HTTPClient()
        let request = HTTPClientRequest(
            url: server.url, timeouts: .init(total: .seconds(2)), maxResponseBytes: 1000)
        switch test.expected {
        case .closedEarly(let received):
            #expect(await failure(request, client: client) == .closedEarly(received: received))
        case .malformed:
            let error = await failure(request, client: client)
            #expect(isMalformed(error), "\(String(describing: error))")
        case .tooLarge:
            let error = await failure(request, client: client)
            guard case .tooLarge = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        case .response(let status, let bytes):
            let response = try await client.send(request)
            #expect(response.status == status && response.body.count == bytes)
            #expect(response.headers["Link"] == nil)
        }
    }

    @Test func aResetIsAnEarlyEnd() async throws {
        let server = try RawServer { connection in
            _ = connection.receiveHead()
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello")
            connection.reset()
        }
        guard case .closedEarly = await failure(HTTPClientRequest(url: server.url)) else {
            Issue.record("not an early end")
            return
        }
    }

    @Test func aClosedPortCannotBeConnectedTo() async throws {
        let server = try RawServer { _ in }
        server.stop()
        guard case .couldNotConnect(let why) = await failure(HTTPClientRequest(url: server.url)) else {
            Issue.record("not refused")
            return
        }
        #expect(why.contains("127.0.0.1"))
    }

    /// A label of more than 63 characters is no name (RFC 1035, 2.3.4): no name server is asked.
    @Test func aNameThatIsNoneIsNotFound() async throws {
        let host = String(repeating: "a", count: 64) + ".invalid"
        #expect(await failure(HTTPClientRequest(url: "http://\(host):80/")) == .nameNotFound(host: host))
    }

    @Test func aServerWithoutTLSIsATLSError() async throws {
        let server = try RawServer { connection in
            _ = connection.receive()
            connection.send("HTTP/1.1 400 Bad Request\r\n\r\n")
        }
        let url = "https://127.0.0.1:\(server.port)/"
        guard case .tls = await failure(HTTPClientRequest(url: url)) else {
            Issue.record("not TLS")
            return
        }
    }

    @Test func whatCannotBeSentIsRefused() async throws {
        let requests = [
            HTTPClientRequest(url: "ftp://127.0.0.1/"),
            HTTPClientRequest(url: "file:///etc/hostname"),
            HTTPClientRequest(url: "127.0.0.1:1/ x"),
            HTTPClientRequest(url: "http://127.0.0.1/\r\nX: y"),
            HTTPClientRequest(url: "http://127.0.0.1/\u{0}"),
            HTTPClientRequest(url: "http:///"),
            HTTPClientRequest(url: ""),
            HTTPClientRequest(method: "GET /x HTTP/1.1\r\nX:", url: "http://127.0.0.1/"),
            HTTPClientRequest(method: "", url: "http://127.0.0.1/"),
            HTTPClientRequest(url: "http://127.0.0.1/", headers: ["X": "a\r\nY: b"]),
            HTTPClientRequest(url: "http://127.0.0.1/", headers: ["X Y": "a"]),
            HTTPClientRequest(url: "http://127.0.0.1/", headers: ["content-length": "5"]),
        ]
        for request in requests {
            let error = await failure(request)
            guard case .invalidRequest = error else {
                Issue.record("\(request.url) \(request.method): \(String(describing: error))")
                continue
            }
        }
    }

    // MARK: - Time

    @Test func aServerThatNeverAnswersIsGivenUp() async throws {
        let server = try RawServer { connection in while !connection.receive().isEmpty {} }
        let short = Duration.milliseconds(50)
        var request = HTTPClientRequest(
            url: server.url, timeouts: .init(firstByte: short, total: .seconds(60)))
        let start = ContinuousClock.now
        #expect(await failure(request) == .timedOut(.firstByte, after: short))
        request.timeouts = .init(total: short)
        #expect(await failure(request) == .timedOut(.firstByte, after: short))
        #expect(ContinuousClock.now - start >= .milliseconds(100))
        #expect(ContinuousClock.now - start < .seconds(10))
    }

    @Test func aBodyThatDoesNotEndIsGivenUp() async throws {
        let server = try RawServer { connection in
            _ = connection.receiveHead()
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
            for _ in 0..<500 {
                connection.send("x")
                usleep(2000)
            }
        }
        let total = Duration.milliseconds(60)
        let request = HTTPClientRequest(
            url: server.url, timeouts: .init(firstByte: .milliseconds(50), total: total))
        #expect(await failure(request) == .timedOut(.body, after: total))
    }

    /// A listener whose queue is full lets the handshake hang.
    @Test func aConnectionThatDoesNotStandIsGivenUp() async throws {
        let server = try RawServer(backlog: 0, nil)
        let callers = server.fillQueue()
        defer { callers.forEach { close($0) } }
        let short = Duration.milliseconds(50)
        let request = HTTPClientRequest(url: server.url, timeouts: .init(connect: short, total: .seconds(2)))
        #expect(await failure(request) == .timedOut(.connect, after: short))
        let total = HTTPClientRequest(url: server.url, timeouts: .init(total: short))
        #expect(await failure(total) == .timedOut(.connect, after: short))
    }

    @Test func aTimeoutOfOneDoesNotHarmAnother() async throws {
        try await withServer { request, response in
            if request.path == "/hang" { try await EventLoop.sleep(for: .seconds(60)) }
            try await EventLoop.sleep(for: .milliseconds(20))
            try await response.send(text: "fine")
        } _: { url in
            let client = HTTPClient()
            async let hanging = failure(
                HTTPClientRequest(url: url + "/hang", timeouts: .init(total: .milliseconds(60))),
                client: client)
            for _ in 0..<5 {
                let body = try await client.send(HTTPClientRequest(url: url)).body
                #expect(body == Array("fine".utf8))
            }
            #expect(await hanging == .timedOut(.firstByte, after: .milliseconds(60)))
        }
    }

    // MARK: - Cancelling

    @Test func cancellingEndsTheTransferAndItsConnection() async throws {
        let began = Atomic<Bool>(false)
        let ended = Atomic<Bool>(false)
        let server = try RawServer { connection in
            _ = connection.receiveHead()
            began.store(true, ordering: .relaxed)
            while !connection.receive().isEmpty {}
            ended.store(true, ordering: .relaxed)
        }
        let client = HTTPClient()
        let url = server.url
        let task = Task { await failure(HTTPClientRequest(url: url), client: client) }
        try await eventually { began.load(ordering: .relaxed) }
        let start = ContinuousClock.now
        task.cancel()
        #expect(await task.value == .cancelled)
        try await eventually { ended.load(ordering: .relaxed) }
        #expect(ContinuousClock.now - start < .milliseconds(1500))
    }

    @Test func aCancelledTaskSendsNothing() async throws {
        let url = try RawServer { _ in Issue.record("connected") }.url
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            return await failure(HTTPClientRequest(url: url))
        }
        task.cancel()
        #expect(await task.value == .cancelled)
    }

    /// Cancelled at every moment of their lives, all transfers end, once, and the client serves on.
    @Test func cancellingAtAnyMomentEndsOnce() async throws {
        try await withServer { _, response in
            try await response.send(text: "fine")
        } _: { url in
            let client = HTTPClient()
            for round in 0..<100 {
                let task = Task { try? await client.send(HTTPClientRequest(url: url)).status }
                for _ in 0..<(round % 20) { await Task.yield() }
                task.cancel()
                let status = await task.value
                #expect(status == nil || status == 200)
            }
            let status = try await client.send(HTTPClientRequest(url: url)).status
            #expect(status == 200)
        }
    }
}
