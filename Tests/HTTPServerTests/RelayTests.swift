import Foundation
import Glibc
import HTTPServer
import Synchronization
import Testing

/// What flows through a relay, and what it holds.
@Suite struct RelayTests {
    private let get = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"

    /// Each event is with the client before the next is made: the origin waits for the reader's word.
    @Test(arguments: Way.allCases) func eventsPassOneByOne(way: Way) async throws {
        let gate = Gate()
        let origin = try ScriptedOrigin { peer, _ in
            _ = try peer.receive(until: "\r\n\r\n")
            try peer.send(
                "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
            for number in 1...20 {
                let event = "data: token \(number)\n\n"
                try peer.send("\(String(event.utf8.count, radix: 16))\r\n\(event)\r\n")
                let start = ContinuousClock.now
                while gate.number < number, ContinuousClock.now - start < .seconds(2) { usleep(200) }
            }
            try peer.send("0\r\n\r\n")
        }
        try await withRelay(to: origin.port, by: way) { reach, log, _ in
            let rest = try await onThread {
                let client = try reach.client()
                try client.send(get)
                for number in 1...20 {
                    let event = try client.receive(until: "data: token \(number)\n\n\r\n")
                    #expect(event.hasSuffix("data: token \(number)\n\n\r\n"))
                    gate.open(to: number)
                }
                return try client.receiveAll()
            }
            #expect(rest == "0\r\n\r\n")
            let timings = try #require(log.timings.first)
            let (first, last) = (try #require(timings.firstByte), try #require(timings.lastByte))
            #expect(timings.connected <= first && first < last)
        }
    }

    /// The head is with the client before a byte of the body is made.
    @Test func theHeadDoesNotWaitForTheBody() async throws {
        let gate = Gate()
        let origin = try ScriptedOrigin { peer, _ in
            _ = try peer.receive(until: "\r\n\r\n")
            try peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n")
            let start = ContinuousClock.now
            while gate.number < 1, ContinuousClock.now - start < .seconds(2) { usleep(200) }
            try peer.send("hi")
        }
        try await withRelay(to: origin.port) { reach, _, _ in
            let (head, body) = try await onThread {
                let client = try reach.client()
                try client.send(get)
                let head = try client.receive(until: "\r\n\r\n")
                gate.open(to: 1)
                return (head, try client.receiveAll())
            }
            #expect(head.hasSuffix("\r\n\r\n"))
            #expect(body == "hi")
        }
    }

    /// A stream without end to a reader that stops: what is read of it is what sockets and one piece hold, and
    /// the reader's end is the stream's.
    @Test(arguments: ["Content-Length: 9000000000", "Transfer-Encoding: chunked", "X: until close"])
    func aReaderThatStopsStopsTheUpstream(framing: String) async throws {
        let sent = Atomic<Int>(0)
        let ended = Gate()
        let origin = try ScriptedOrigin { peer, _ in
            _ = try peer.receive(until: "\r\n\r\n")
            try peer.send("HTTP/1.1 200 OK\r\n\(framing)\r\n\r\n")
            let data = [UInt8](repeating: 120, count: 65536)
            let piece = framing.contains("chunked") ? Array("10000\r\n".utf8) + data + [13, 10] : data
            defer { ended.open(to: 1) }
            while sent.load(ordering: .relaxed) < 200_000_000 {
                try peer.send(piece)
                sent.add(piece.count, ordering: .relaxed)
            }
        }
        var limits = HTTPLimits()
        limits.stall = .milliseconds(300)
        try await withRelay(to: origin.port, limits: limits) { reach, _, _ in
            let before = residentBytes()
            let client = try await onThread {
                let client = try RawClient(port: reach.port, receiveBuffer: 8192)
                try client.send(get)
                _ = try client.receive(until: "\r\n\r\n")
                return client
            }
            try await Task.sleep(for: .milliseconds(200))
            // Linux lets the two loopback connections hold some megabytes each.
            #expect(sent.load(ordering: .relaxed) < 30_000_000)
            #expect(residentBytes() - before < 8_000_000)
            try await eventually { ended.number == 1 }
            client.close()
        }
    }

    private func residentBytes() -> Int {
        let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
        return (Int(text.split(separator: " ").dropFirst().first ?? "") ?? 0) * 4096
    }

    /// Fields can be taken away, replaced and added, in both directions.
    @Test func fieldsCanBeChanged() async throws {
        let asked = Mutex("")
        let origin = try ScriptedOrigin { peer, _ in
            asked.withLock { $0 = (try? peer.receive(until: "\r\n\r\n")) ?? "" }
            try peer.send(
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nServer: secret\r\nX-Arm: old\r\nx-arm: older\r\n\r\nhi"
            )
        }
        let upstream = try Upstream(UpstreamOrigin(host: "127.0.0.1", port: origin.port))
        try await withStreaming { head, body, writer in
            var request = UpstreamRequest(head, removed: ["authorization"], added: ["X-Request-ID": "r1"])
            request.host = "app.example"
            let response = try await upstream.send(request, body: try .relay(body))
            var seen = 0
            try await writer.relay(response, removing: ["SERVER"], adding: ["X-Arm": "candidate"]) {
                seen += $0.count
            }
            #expect(seen == 2)
        } _: { reach in
            let answer = try await reach.exchange(
                "GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer s\r\nX-REQUEST-ID: forged\r\nConnection: close\r\n\r\n"
            )
            #expect(!answer.contains("secret") && !answer.contains("old"))
            #expect(answer.contains("\r\nX-Arm: candidate\r\n"))
        }
        #expect(
            asked.withLock { $0 } == "GET / HTTP/1.1\r\nHost: app.example\r\nX-Request-ID: r1\r\n\r\n")
    }

    /// A body can be changed on its way, within its framing.
    @Test(arguments: Way.allCases) func piecesCanBeWrittenByTheHandler(way: Way) async throws {
        let origin = try ScriptedOrigin(
            answer:
                "HTTP/1.1 203 Changed\r\nX: y\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")
        let upstream = try Upstream(UpstreamOrigin(host: "127.0.0.1", port: origin.port))
        try await withStreaming(by: way) { head, _, writer in
            let response = try await upstream.send(UpstreamRequest(head))
            let body = try await writer.start(relaying: response)
            while let piece = try await response.next() { try await body.write(piece + piece) }
            try await body.finish()
        } _: { reach in
            let answer = try await reach.exchange(get)
            #expect(answer.hasPrefix("HTTP/1.1 203 Changed\r\n"))
            #expect(answer.hasSuffix("\r\nX: y\r\n\r\na\r\nhellohello\r\n0\r\n\r\n"))
        }
    }

    /// What a handler makes itself and cannot be written down is refused before anything is sent.
    @Test func hostileRequestsAreNotWritten() async throws {
        let origin = try ScriptedOrigin(answer: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        let upstream = try Upstream(UpstreamOrigin(host: "127.0.0.1", port: origin.port))
        let requests = [
            UpstreamRequest(method: "GET\r\nX: y", target: "/"),
            UpstreamRequest(method: "GET", target: "/ HTTP/1.1\r\nX: y"),
            UpstreamRequest(method: "GET", target: "http://other/"),
            UpstreamRequest(method: "GET", target: "/", added: ["X": "a\r\nY: b"]),
            UpstreamRequest(method: "GET", target: "/", added: ["Host": "b"]),
            UpstreamRequest(method: "GET", target: "/", added: ["Content-Length": "5"]),
            UpstreamRequest(method: "GET", target: "/", host: "a\r\nX: y"),
            UpstreamRequest(method: "GET", target: "/", upgrade: "x\r\nX: y"),
            UpstreamRequest(method: "CONNECT", target: "/"),
        ]
        let causes = Mutex<[UpstreamError.Cause]>([])
        try await withStreaming { _, _, writer in
            for request in requests {
                do throws(UpstreamError) {
                    _ = try await upstream.send(request)
                } catch {
                    causes.withLock { $0.append(error.cause) }
                }
            }
            try await writer.send()
        } _: { reach in
            _ = try await reach.exchange(get)
        }
        #expect(causes.withLock { $0.count } == requests.count)
        for cause in causes.withLock({ $0 }) {
            guard case .invalidRequest = cause else {
                Issue.record("\(cause)")
                continue
            }
        }
        #expect(origin.connections == 0)
    }

    /// A source that gives more or less than it announced is not passed for a whole body.
    @Test(arguments: [3, 7]) func sourcesKeepTheirLength(count: Int) async throws {
        let got = Mutex("")
        let origin = try ScriptedOrigin { peer, _ in
            var all = ""
            while let part = try? peer.receiveText(), !part.isEmpty { all += part }
            got.withLock { $0 = all }
        }
        let upstream = try Upstream(UpstreamOrigin(host: "127.0.0.1", port: origin.port))
        let cause = Mutex<UpstreamError.Cause?>(nil)
        try await withStreaming { head, _, writer in
            let left = Mutex(count)
            do throws(UpstreamError) {
                _ = try await upstream.send(
                    UpstreamRequest(method: "PUT", target: "/"),
                    body: .stream(length: 5) {
                        left.withLock { left in
                            left -= 1
                            return left >= 0 ? [120] : nil
                        }
                    })
            } catch {
                cause.withLock { $0 = error.cause }
            }
            try await writer.send()
        } _: { reach in
            _ = try await reach.exchange(get)
        }
        #expect(cause.withLock { $0 } == .badSource)
        try await eventually { !got.withLock { $0.isEmpty } }
        #expect(got.withLock { $0.hasSuffix("\r\n\r\n" + String(repeating: "x", count: min(count, 5))) })
    }

    /// Every loop has connections of its own, and nothing is mixed up between two hundred clients.
    @Test func manyClientsOverSeveralLoops() async throws {
        let app = try HTTPServer { request, response in
            if request.path.hasSuffix("0") { try await EventLoop.sleep(for: .milliseconds(3)) }
            try await response.send(body: Array(request.path.utf8) + request.body)
        }
        let port = try app.start()
        try await withRelay(to: port, loops: 2) { reach, log, _ in
            try await onThread {
                let clients = try (0..<200).map { _ in try reach.client() }
                for round in 0..<5 {
                    for (number, client) in clients.enumerated() {
                        let body = "<\(round)>"
                        try client.send(
                            "POST /\(number) HTTP/1.1\r\nHost: x\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
                        )
                    }
                    for (number, client) in clients.enumerated() {
                        let answer = try client.receive(until: "<\(round)>")
                        #expect(answer.hasSuffix("\r\n\r\n/\(number)<\(round)>"))
                    }
                }
            }
            #expect(log.failures == [])
            #expect(log.timings.count { $0.isReused } >= 500)
        }
        await app.stop(within: .milliseconds(50))
    }

    /// What is under way when the server stops is brought to its end.
    @Test func stoppingLetsARelayEnd() async throws {
        let gate = Gate()
        let origin = try ScriptedOrigin { peer, _ in
            _ = try peer.receive(until: "\r\n\r\n")
            try peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
            let start = ContinuousClock.now
            while gate.number < 1, ContinuousClock.now - start < .seconds(2) { usleep(200) }
            try peer.send("3\r\nbye\r\n0\r\n\r\n")
        }
        let upstream = try Upstream(UpstreamOrigin(host: "127.0.0.1", port: origin.port))
        let server = try HTTPServer(streaming: relay(to: upstream))
        let port = try server.start()
        let client = try await onThread {
            let client = try RawClient(port: port)
            try client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            _ = try client.receive(until: "hello\r\n")
            return client
        }
        async let stopped: Void = server.stop()
        try await Task.sleep(for: .milliseconds(30))
        gate.open(to: 1)
        let rest = try await onThread { try client.receiveAll() }
        await stopped
        #expect(rest == "3\r\nbye\r\n0\r\n\r\n")
    }
}
