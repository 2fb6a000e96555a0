import Foundation
import HTTPServer
import Synchronization
import Testing

/// Which connections are used again, and which requests are sent twice.
@Suite struct PoolTests {
    private let get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"
    private let ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

    private func ask(_ reach: Reach, _ requests: String..., pause: UInt32 = 0) async throws -> [Int?] {
        try await onThread {
            let client = try reach.client()
            return try requests.map { request in
                try client.send(request)
                let answer = try client.receive(until: "\r\n\r\n")
                if !answer.hasSuffix("ok"), answer.contains("Length: 2") {
                    _ = try client.receive(until: "ok")
                }
                usleep(pause)
                return status(answer)
            }
        }
    }

    @Test(arguments: Way.allCases) func connectionsAreKept(way: Way) async throws {
        let origin = try ScriptedOrigin(answer: ok)
        try await withRelay(to: origin.port, by: way) { reach, log, upstream in
            let first = try await ask(reach, get, get, get)
            #expect(first == [200, 200, 200])
            // A client of its own shares them.
            let other = try await ask(reach, get)
            #expect(other == [200])
            try await eventually { log.timings.count == 4 }
            #expect(log.timings.map(\.isReused) == [false, true, true, true])
            #expect(origin.connections == 1)
        }
    }

    struct Closing: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let answer: String
    }

    static let closing = [
        Closing(
            testDescription: "the upstream says so",
            answer: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"),
        Closing(testDescription: "HTTP/1.0", answer: "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok"),
        Closing(
            testDescription: "more than the answer came",
            answer: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n"),
        Closing(
            testDescription: "a body where none may be",
            answer: "HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\nok"),
    ]

    /// What could be another's answer is nobody's.
    @Test(arguments: closing) func connectionsThatCannotBeTrustedAreClosed(test: Closing) async throws {
        let origin = try ScriptedOrigin(answer: test.answer)
        try await withRelay(to: origin.port) { reach, log, _ in
            for _ in 0..<2 {
                let answers = try await ask(reach, get)
                #expect(answers[0].map { $0 < 300 } == true)
            }
            #expect(origin.connections == 2)
            #expect(log.failures == [])
        }
    }

    /// A connection that the upstream closes while it is idle is gone from the pool at once.
    @Test func aConnectionThatClosesIdleIsNoticed() async throws {
        let origin = try ScriptedOrigin { peer, _ in
            _ = try peer.receive(until: "\r\n\r\n")
            try peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        }
        try await withRelay(to: origin.port) { reach, log, _ in
            let post = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"
            let answers = try await ask(reach, post, post, post, pause: 30_000)
            #expect(answers == [200, 200, 200])
            #expect(log.timings.map(\.attempts) == [1, 1, 1])
            #expect(origin.connections == 3)
        }
    }

    /// RFC 9110, 9.2.2: only what may be done twice is sent twice, and only on a connection that was kept.
    @Test(arguments: [true, false]) func onlyIdempotentRequestsAreSentAgain(resets: Bool) async throws {
        let cases: [(method: String, status: Int)] = [
            ("GET", 200), ("HEAD", 200), ("PUT", 200), ("DELETE", 200), ("OPTIONS", 200),
            ("POST", 502), ("PATCH", 502),
        ]
        for test in cases {
            let seen = Mutex<[String]>([])
            let origin = try ScriptedOrigin { [ok] peer, number in
                while true {
                    let request = try peer.receive(until: "\r\n\r\n")
                    guard !request.isEmpty else { return }
                    let count = seen.withLock { seen -> Int in
                        seen.append("\(number)")
                        return seen.count
                    }
                    if count == 2 { return resets ? peer.reset() : () }
                    let isHead = request.hasPrefix("HEAD")
                    try peer.send(isHead ? String(ok.dropLast(2)) : ok)
                }
            }
            try await withRelay(to: origin.port) { reach, log, _ in
                let request = "\(test.method) / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"
                let answers = try await onThread {
                    let client = try reach.client()
                    return try (0..<2).map { _ in
                        try client.send(request)
                        return status(try client.receive(until: "\r\n\r\n"))
                    }
                }
                #expect(answers == [200, test.status], "\(test.method)")
                #expect(
                    seen.withLock { $0 } == (test.status == 200 ? ["1", "1", "2"] : ["1", "1"]),
                    "\(test.method)")
            }
            origin.stop()
        }
    }

    /// A body that was read from the client is gone; one that came with its head is at hand.
    @Test func bodiesAreSentAgainWhereTheyAreAtHand() async throws {
        for (isWhole, expected) in [(true, 200), (false, 502)] {
            let count = Atomic<Int>(0)
            let origin = try ScriptedOrigin { [ok] peer, _ in
                while true {
                    var request = try peer.receive(until: "\r\n\r\n")
                    guard !request.isEmpty else { return }
                    if request.hasPrefix("PUT"), !request.hasSuffix("body") {
                        request += try peer.receive(until: "body")
                    }
                    if count.add(1, ordering: .relaxed).newValue == 2 { return }
                    try peer.send(ok)
                }
            }
            try await withRelay(to: origin.port) { reach, _, _ in
                let answers = try await onThread {
                    let client = try reach.client()
                    try client.send(get)
                    let first = try client.receive(until: "ok")
                    let head = "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 8\r\n\r\n"
                    if isWhole {
                        try client.send(head + "the body")
                    } else {
                        try client.send(head + "the ")
                        usleep(30_000)
                        try client.send("body")
                    }
                    return [status(first), status(try client.receive(until: "\r\n\r\n"))]
                }
                #expect(answers == [200, expected])
            }
            origin.stop()
        }
    }

    @Test func aFreshConnectionThatFailsIsNotTriedAgain() async throws {
        let origin = try ScriptedOrigin { peer, _ in _ = try peer.receive(until: "\r\n\r\n") }
        try await withRelay(to: origin.port) { reach, log, _ in
            let answers = try await ask(reach, get)
            #expect(answers == [502])
            #expect(origin.connections == 1)
        }
    }

    @Test func connectionsAreBounded() async throws {
        let gate = Gate()
        let origin = try ScriptedOrigin { [ok] peer, _ in
            while try peer.receive(until: "\r\n\r\n") != "" {
                while gate.number < 1 { usleep(500) }
                try peer.send(ok)
            }
        }
        var options = UpstreamOptions()
        options.connections = 2
        options.idleConnections = 1
        try await withRelay(to: origin.port, options: options) { reach, log, _ in
            async let first = ask(reach, get)
            async let second = ask(reach, get)
            try await eventually { origin.connections == 2 }
            let refused = try await ask(reach, get)
            #expect(refused == [503])
            #expect(log.failures == [UpstreamError(.connecting, .tooManyConnections, mayHaveArrived: false)])
            gate.open(to: 1)
            let early = try await first + second
            #expect(early == [200, 200])
            // One was kept, the other closed; both have left their place.
            async let third = ask(reach, get)
            async let fourth = ask(reach, get)
            let late = try await third + fourth
            #expect(late == [200, 200])
            #expect(origin.connections == 3 || origin.connections == 4)
        }
    }

    @Test func idleConnectionsAreClosedInTime() async throws {
        let closed = Gate()
        let origin = try ScriptedOrigin { [ok] peer, _ in
            _ = try peer.receive(until: "\r\n\r\n")
            try peer.send(ok)
            _ = try peer.receiveAll()
            closed.open(to: 1)
        }
        var options = UpstreamOptions()
        options.idle = .milliseconds(60)
        try await withRelay(to: origin.port, options: options) { reach, log, upstream in
            let answers = try await ask(reach, get)
            #expect(answers == [200])
            try await eventually { closed.number == 1 }
        }
    }

    /// An answer before the request's end is passed on at once; the connection ends with it.
    @Test func earlyAnswersDoNotWaitForTheBody() async throws {
        let origin = try ScriptedOrigin { peer, _ in
            _ = try peer.receive(until: "\r\n\r\n")
            try peer.send("HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\n\r\nbig")
            _ = try peer.receiveAll()
        }
        try await withRelay(to: origin.port) { reach, _, _ in
            let answer = try await onThread {
                let client = try reach.client()
                try client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10000000\r\n\r\nstart")
                return try client.receiveAll()
            }
            #expect(status(answer) == 413)
            #expect(answer.hasSuffix("\r\n\r\nbig"))
            #expect(answer.contains("Connection: close\r\n"))
        }
    }

    /// Both directions at once, piece by piece: each side waits for the other's word.
    @Test(arguments: Way.allCases) func bothDirectionsFlowAtOnce(way: Way) async throws {
        let origin = try ScriptedOrigin { peer, _ in
            _ = try peer.receive(until: "\r\n\r\n")
            try peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            for number in 1...5 {
                _ = try peer.receive(until: "ping\(number)\r\n")
                try peer.send("5\r\npong\(number)\r\n")
            }
            _ = try peer.receive(until: "0\r\n\r\n")
            try peer.send("0\r\n\r\n")
        }
        try await withRelay(to: origin.port, by: way) { reach, log, _ in
            try await onThread {
                let client = try reach.client()
                try client.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
                _ = try client.receive(until: "\r\n\r\n")
                for number in 1...5 {
                    try client.send("5\r\nping\(number)\r\n")
                    let pong = try client.receive(until: "pong\(number)\r\n")
                    #expect(pong.hasSuffix("pong\(number)\r\n"))
                }
                try client.send("0\r\n\r\n")
                let end = try client.receive(until: "0\r\n\r\n")
                #expect(end == "0\r\n\r\n")
            }
            #expect(log.failures == [])
        }
    }

    /// Large bodies both ways, whole, in either framing.
    @Test(arguments: [true, false]) func largeBodiesPassWhole(isChunked: Bool) async throws {
        let size = 3_000_000
        let data = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
        let server = try HTTPServer { request, response in
            try await response.send(body: request.body)
        }
        let port = try server.start()
        try await withRelay(to: port) { reach, log, _ in
            let answer = try await onThread {
                let client = try reach.client()
                Thread.detachNewThread {
                    var request = Array("POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n".utf8)
                    if isChunked {
                        request += Array("Transfer-Encoding: chunked\r\n\r\n".utf8)
                        for start in stride(from: 0, to: size, by: 70_000) {
                            let piece = data[start..<min(start + 70_000, size)]
                            request += Array("\(String(piece.count, radix: 16))\r\n".utf8) + piece + [13, 10]
                        }
                        request += Array("0\r\n\r\n".utf8)
                    } else {
                        request += Array("Content-Length: \(size)\r\n\r\n".utf8) + data
                    }
                    try? client.send(request)
                }
                var all: [UInt8] = []
                while true {
                    let part = try client.receive()
                    if part.isEmpty { return all }
                    all += part
                }
            }
            #expect(answer.suffix(size).elementsEqual(data))
            #expect(log.failures == [])
        }
        await server.stop(within: .milliseconds(50))
    }
}
