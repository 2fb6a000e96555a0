import Foundation
import HTTPServer
import Synchronization
import Testing

@Suite struct LimitTests {
    private func limits(_ change: (inout HTTPLimits) -> Void) -> HTTPLimits {
        var limits = HTTPLimits()
        change(&limits)
        return limits
    }

    private let echo: HTTPServer.Handler = { request, response in try await response.send(body: request.body)
    }

    @Test func whatIsTooLargeIsRefused() async throws {
        let limits = limits {
            $0.headBytes = 1000
            $0.fields = 5
            $0.bodyBytes = 100
        }
        let long = String(repeating: "x", count: 2000)
        let head = "POST / HTTP/1.1\r\nHost: x\r\n"
        let chunked = head + "Transfer-Encoding: chunked\r\n\r\n"
        // RFC 9110, 15.5.14 and 15.5.15; RFC 6585, 5.
        let cases: [(String, Int)] = [
            ("GET /\(long) HTTP/1.1\r\nHost: x\r\n\r\n", 414),
            ("GET /\(long)", 414),
            (head + "X: \(long)\r\n\r\n", 431),
            (head + "X: \(long)", 431),
            (head + String(repeating: "X: y\r\n", count: 5) + "\r\n", 431),
            (head + String(repeating: "X: y\r\n", count: 4) + "\r\n", 200),
            (head + "Content-Length: 101\r\n\r\n", 413),
            (head + "Content-Length: 101\r\nExpect: 100-continue\r\n\r\n", 413),
            (chunked + "64\r\n\(long.prefix(100))\r\n1\r\nx\r\n0\r\n\r\n", 413),
            (chunked + "ffffffff\r\n\(long)", 413),
            (chunked + "1;a=\(long)\(long)\r\nx\r\n0\r\n\r\n", 431),
            (chunked + "1\r\nx\r\n0\r\nT: \(long)\r\n\r\n", 431),
        ]
        try await withServer(limits: limits, handler: echo) { port in
            for (request, expected) in cases {
                let response = try await onThread {
                    let client = try RawClient(port: port)
                    try client.send(request)
                    client.finishSending()
                    return try client.receiveAll()
                }
                #expect(status(response) == expected, "\(request.prefix(80)): \(response)")
            }
        }
    }

    @Test func anExactFitIsTaken() async throws {
        let request = "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 100\r\n\r\n"
        let limits = limits {
            $0.headBytes = request.utf8.count
            $0.fields = 3
            $0.bodyBytes = 100
        }
        try await withServer(limits: limits, handler: echo) { port in
            let response = try await exchange(port, request + String(repeating: "x", count: 100))
            #expect(status(response) == 200)
        }
    }

    @Test(arguments: ["GET / HTTP/1.1\r\nHo", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhel"])
    func aRequestThatDoesNotComeIs408(part: String) async throws {
        try await withServer(limits: limits { $0.request = .milliseconds(40) }, handler: echo) { port in
            let response = try await exchange(port, part)
            #expect(status(response) == 408)
        }
    }

    /// Bytes that drip in do not extend the time.
    @Test func aRequestThatDripsIs408() async throws {
        try await withServer(limits: limits { $0.request = .milliseconds(60) }, handler: echo) { port in
            let response = try await onThread {
                let client = try RawClient(port: port)
                try client.send("GET / HTTP/1.1\r\n")
                for _ in 0..<400 {
                    do { try client.send("X: y\r\n") } catch { break }
                    usleep(1000)
                }
                return try client.receiveAll()
            }
            #expect(status(response) == 408)
        }
    }

    @Test func anIdleConnectionIsClosed() async throws {
        try await withServer(limits: limits { $0.idle = .milliseconds(40) }, handler: echo) { port in
            let (first, rest) = try await onThread {
                let client = try RawClient(port: port)
                try client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                return (try client.receiveText(), try client.receiveAll())
            }
            #expect(status(first) == 200)
            #expect(rest == "")
        }
    }

    @Test func tooManyConnectionsAreRefused() async throws {
        try await withServer(limits: limits { $0.connections = 2 }, handler: echo) { port in
            let responses = try await onThread {
                let request = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"
                let first = try RawClient(port: port)
                let second = try RawClient(port: port)
                for client in [first, second] {
                    try client.send(request)
                    _ = try client.receiveText()
                }
                let third = try RawClient(port: port)
                let refused = try third.receiveAll()
                // A place that is free again is given to the next one.
                first.close()
                second.close()
                while true {
                    let fourth = try RawClient(port: port)
                    try fourth.send(request)
                    let response = try fourth.receiveText()
                    if status(response) == 200 { return (refused, response) }
                }
            }
            #expect(status(responses.0) == 503)
            #expect(status(responses.1) == 200)
        }
    }

    @Test func theLastRequestOfAConnectionIsSaidToBe() async throws {
        try await withServer(limits: limits { $0.requestsPerConnection = 2 }, handler: echo) { port in
            let response = try await exchange(
                port, String(repeating: "GET / HTTP/1.1\r\nHost: x\r\n\r\n", count: 3))
            let parts = response.components(separatedBy: "HTTP/1.1 200").dropFirst()
            #expect(parts.map { $0.contains("Connection: close") } == [false, true])
        }
    }

    /// A reader that stops holds its writer back, not the memory; after the stall time the writer is told.
    @Test func aReaderThatStopsStopsItsWriter() async throws {
        let written = Atomic<Int>(0)
        let failure = Mutex<HTTPServerError?>(nil)
        try await withServer(limits: limits { $0.stall = .milliseconds(100) }) { _, response in
            let body = try await response.start()
            let piece = [UInt8](repeating: 0, count: 65536)
            do throws(HTTPServerError) {
                for _ in 0..<3200 {
                    try await body.write(piece)
                    written.add(piece.count, ordering: .relaxed)
                }
            } catch {
                failure.withLock { $0 = error }
                throw error
            }
        } _: { port in
            let client = try await onThread {
                let client = try RawClient(port: port, receiveBuffer: 8192)
                try client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                return client
            }
            try await eventually { failure.withLock { $0 != nil } }
            client.close()
            #expect(failure.withLock { $0 } == .clientStalled)
            // What the two sockets hold, and no more of the 200 MB.
            #expect(written.load(ordering: .relaxed) < 8_000_000)
        }
    }
}
