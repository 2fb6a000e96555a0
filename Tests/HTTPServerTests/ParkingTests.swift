import Foundation
import Glibc
import Synchronization
import Testing

@testable import HTTPServer

/// Idle connections whose tasks were taken.
@Suite struct ParkingTests {
    private static let count = 400

    private func withParked(
        limits: HTTPLimits = HTTPLimits(), _ body: (HTTPServer, [RawClient]) async throws -> Void
    ) async throws {
        let server = try HTTPServer(limits: limits) { request, response in
            try await response.send(text: "<\(request.target)>")
        }
        let port = try server.start()
        let clients = try await onThread { () throws -> [RawClient] in
            try (0..<Self.count).map { number in
                let client = try RawClient(port: port)
                try Self.ask(client, number)
                return client
            }
        }
        try await eventually { Self.idle(server) <= 256 }
        try await body(server, clients)
        await server.stop(within: .milliseconds(200))
    }

    private static func ask(_ client: RawClient, _ number: Int) throws {
        try client.send("GET /\(number) HTTP/1.1\r\nHost: x\r\n\r\n")
        let answer = try client.receive(until: ">")
        #expect(answer.hasSuffix("</\(number)>"))
    }

    /// Connections that wait with a task.
    private static func idle(_ server: HTTPServer) -> Int {
        let found = Mutex(-1)
        let isThere = DispatchSemaphore(value: 0)
        let loop = server.loop
        loop.perform {
            found.withLock { $0 = loop.idleConnections }
            isThere.signal()
        }
        isThere.wait()
        return found.withLock { $0 }
    }

    @Test func theyAreServedAgainAndAgain() async throws {
        try await withParked { server, clients in
            for _ in 0..<2 {
                try await onThread {
                    for (number, client) in clients.enumerated() { try Self.ask(client, number) }
                }
                try await eventually { Self.idle(server) <= 256 }
            }
            // Many at once, so that several are woken in one turn.
            try await onThread {
                for (number, client) in clients.enumerated() {
                    try client.send("GET /\(number) HTTP/1.1\r\nHost: x\r\n\r\n")
                }
                for (number, client) in clients.enumerated() {
                    #expect(try client.receive(until: ">").hasSuffix("</\(number)>"))
                }
            }
        }
    }

    @Test func theyAreClosedWhenTheServerStops() async throws {
        try await withParked { server, clients in
            await server.stop(within: .milliseconds(200))
            let left = try await onThread { try clients.filter { try !$0.receive().isEmpty } }
            #expect(left.isEmpty)
        }
    }

    @Test func theyAreClosedWhenTheyAreSilentForTooLong() async throws {
        var limits = HTTPLimits()
        limits.idle = .milliseconds(900)
        limits.connections = Self.count + 10
        try await withParked(limits: limits) { server, clients in
            let left = try await onThread { try clients.filter { try !$0.receive().isEmpty } }
            #expect(left.isEmpty)
            // They are no longer counted.
            let port = try await onThread { server.loops.count }
            #expect(port == 1 && Self.idle(server) == 0)
        }
    }

    @Test func whoGoesIsLetGo() async throws {
        var limits = HTTPLimits()
        limits.connections = Self.count + 10
        let server = try HTTPServer(limits: limits) { _, response in try await response.send(text: "<ok>") }
        let port = try server.start()
        // More than the limit, one crowd after another: closed ones must not count.
        for _ in 0..<3 {
            let clients = try await onThread { () throws -> [RawClient] in
                try (0..<Self.count).map { _ in
                    let client = try RawClient(port: port)
                    try client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                    #expect(try client.receive(until: ">").hasPrefix("HTTP/1.1 200"))
                    return client
                }
            }
            try await eventually { Self.idle(server) <= 256 }
            for client in clients { client.close() }
            try await eventually { Self.idle(server) == 0 }
            try await Task.sleep(for: .milliseconds(20))
        }
        await server.stop(within: .milliseconds(200))
    }

    // MARK: - Memory

    @Test func inputIsKeptInOrderAndItsMemoryGivenBack() throws {
        let loop = try EventLoop()
        let input = InputBuffer(loop)
        var expected: [UInt8] = []
        var state: UInt64 = 7
        for _ in 0..<2000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let piece = (0..<Int(state >> 40) % 5000).map {
                UInt8(truncatingIfNeeded: $0 &* 31 &+ expected.count)
            }
            piece.withUnsafeBytes { input.append($0) }
            expected += piece
            let taken = min(expected.count, Int(state >> 33) % 6000)
            #expect(input.unread.prefix(taken).elementsEqual(expected.prefix(taken)))
            input.consume(taken)
            expected.removeFirst(taken)
            #expect(input.count == expected.count)
            input.rest()
        }
        #expect(Array(input.unread) == expected)
    }
}
