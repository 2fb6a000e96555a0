import Foundation
import HTTPClient
import HTTPServer
import Synchronization
import Testing

@Suite struct SendingTests {
    /// What the server saw of each request, in its own words.
    @Test func requestsArriveAsTheyWereMeant() async throws {
        let cases: [(request: HTTPClientRequest, seen: String)] = [
            (HTTPClientRequest(url: "/a?b=c"), "GET /a?b=c - accept: */*;"),
            (HTTPClientRequest(url: "/../a/./b"), "GET /../a/./b - accept: */*;"),
            (
                HTTPClientRequest(method: "POST", url: "/", body: Array("hi".utf8)),
                "POST / hi accept: */*;content-length: 2;"
            ),
            (HTTPClientRequest(method: "POST", url: "/"), "POST / - accept: */*;content-length: 0;"),
            (
                HTTPClientRequest(method: "PUT", url: "/", body: Array("hi".utf8)),
                "PUT / hi accept: */*;content-length: 2;"
            ),
            (HTTPClientRequest(method: "PATCH", url: "/"), "PATCH / - accept: */*;content-length: 0;"),
            (HTTPClientRequest(method: "DELETE", url: "/x"), "DELETE /x - accept: */*;"),
            (
                HTTPClientRequest(method: "DELETE", url: "/", body: Array("hi".utf8)),
                "DELETE / hi accept: */*;content-length: 2;"
            ),
            (HTTPClientRequest(method: "OPTIONS", url: "/"), "OPTIONS / - accept: */*;"),
            (
                HTTPClientRequest(
                    url: "/", headers: ["Accept": "text/html", "X-Empty": "", "X-A": "1", "X-A": "ä"]),
                "GET / - accept: text/html;x-a: 1;x-a: ä;x-empty: ;"
            ),
        ]
        try await withServer { request, response in
            let body = request.body.isEmpty ? "-" : String(decoding: request.body, as: UTF8.self)
            let fields = request.headers.map { "\($0.name.lowercased()): \($0.value);" }
                .filter { !$0.hasPrefix("host") }.sorted().joined()
            try await response.send(text: "\(request.method) \(request.target) \(body) \(fields)")
        } _: { url in
            // One handle serves all of them in turn: nothing of one may be left in the next.
            let client = HTTPClient()
            for test in cases + cases.reversed() {
                var request = test.request
                request.url = url + request.url
                let response = try await client.send(request)
                #expect(String(decoding: response.body, as: UTF8.self) == test.seen)
            }
        }
    }

    @Test func aLargeBodyIsSentWithoutBeingAskedFor() async throws {
        let body = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0) }
        try await withServer { request, response in
            #expect(!request.headers.contains("Expect"))
            try await response.send(body: request.body)
        } _: { url in
            let response = try await HTTPClient().send(
                HTTPClientRequest(method: "POST", url: url, body: body))
            #expect(response.body == body)
        }
    }

    @Test func responsesHaveStatusFieldsAndTimings() async throws {
        try await withServer { _, response in
            try await EventLoop.sleep(for: .milliseconds(20))
            let body = try await response.start(418, headers: ["X-A": "1", "x-a": "2", "Server": " s "])
            try await body.write("x")
            try await EventLoop.sleep(for: .milliseconds(20))
            try await body.finish()
        } _: { url in
            let client = HTTPClient()
            let response = try await client.send(HTTPClientRequest(url: url))
            #expect(response.status == 418)
            #expect(response.headers["SERVER"] == "s")
            #expect(response.headers.values(of: "X-a") == ["1", "2"])
            #expect(response.headers["X-B"] == nil)
            let timings = response.timings
            #expect(timings.connect > 0 && timings.connect < timings.firstByte)
            #expect(timings.firstByte <= timings.total)
            #expect(timings.firstByte >= 0.02 && timings.total >= 0.04)
            let second = try await client.send(HTTPClientRequest(url: url))
            #expect(second.timings.connect == 0)
        }
    }

    @Test func headRequestsAndEmptyAnswersEnd() async throws {
        try await withServer { request, response in
            if request.path == "/204" { return try await response.send(204) }
            try await response.send(text: "hello")
        } _: { url in
            let client = HTTPClient()
            let head = try await client.send(HTTPClientRequest(method: "HEAD", url: url))
            #expect(head.headers["Content-Length"] == "5" && head.body.isEmpty)
            let none = try await client.send(HTTPClientRequest(url: url + "/204"))
            #expect(none.status == 204 && none.body.isEmpty)
            #expect(try await client.send(HTTPClientRequest(url: url)).body == Array("hello".utf8))
        }
    }

    /// Each piece is heard before the next is written.
    @Test func piecesAreHeardAsTheyCome() async throws {
        let heard = Mutex<[(text: String, time: Double)]>([])
        try await withServer { _, response in
            let body = try await response.start(headers: ["Content-Type": "text/event-stream"])
            for number in 0..<4 {
                try await body.write("data: \(number)\n\n")
                while heard.withLock({ $0.count }) <= number {
                    try await EventLoop.sleep(for: .milliseconds(1))
                }
                try await EventLoop.sleep(for: .milliseconds(5))
            }
            try await body.finish()
        } _: { url in
            let response = try await HTTPClient().send(HTTPClientRequest(url: url)) { piece, time in
                var bytes: [UInt8] = []
                for index in piece.indices { bytes.append(piece[index]) }
                heard.withLock { $0.append((String(decoding: bytes, as: UTF8.self), time)) }
            }
            let pieces = heard.withLock { $0 }
            #expect(pieces.map(\.text) == (0..<4).map { "data: \($0)\n\n" })
            #expect(pieces.map(\.text).joined() == String(decoding: response.body, as: UTF8.self))
            for (one, next) in zip(pieces, pieces.dropFirst()) { #expect(next.time >= one.time + 0.005) }
            #expect(pieces[3].time <= response.timings.total + 0.001)
        }
    }

    @Test func redirectsAreFollowedWhenAsked() async throws {
        try await withServer { request, response in
            if request.path == "/" {
                return try await response.send(302, headers: ["Location": "/there"], text: "no")
            }
            try await response.send(text: String(request.path))
        } _: { url in
            let client = HTTPClient()
            var request = HTTPClientRequest(url: url + "/")
            let here = try await client.send(request)
            #expect(here.status == 302 && here.headers["location"] == "/there")
            request.maxRedirects = 1
            let there = try await client.send(request)
            #expect(there.status == 200 && there.body == Array("/there".utf8))
            #expect(there.headers["Location"] == nil)
        }
    }

    @Test func connectionsAreKept() async throws {
        let connections = Atomic<Int>(0)
        let server = try RawServer { connection in
            connections.add(1, ordering: .relaxed)
            while !connection.receiveHead().isEmpty {
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")
            }
        }
        let client = HTTPClient()
        for _ in 0..<20 {
            #expect(try await client.send(HTTPClientRequest(url: server.url)).body == Array("hi".utf8))
        }
        #expect(connections.load(ordering: .relaxed) == 1)
    }

    /// A kept connection that its server has closed is found out before anything is lost.
    @Test func aConnectionThatWasClosedIsReplaced() async throws {
        let server = try RawServer { connection in
            _ = connection.receiveHead()
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")
        }
        let client = HTTPClient()
        for _ in 0..<20 {
            #expect(try await client.send(HTTPClientRequest(url: server.url)).status == 200)
        }
    }

    @Test func manyTransfersRunAtOnce() async throws {
        let arrived = Atomic<Int>(0)
        try await withServer { request, response in
            arrived.add(1, ordering: .relaxed)
            while arrived.load(ordering: .relaxed) < 200 { try await EventLoop.sleep(for: .milliseconds(2)) }
            try await response.send(body: request.body)
        } _: { url in
            let client = HTTPClient()
            let sum = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<200 {
                    group.addTask {
                        let body = Array("\(number)".utf8)
                        let response = try await client.send(
                            HTTPClientRequest(method: "POST", url: url, body: body))
                        return response.body == body ? 1 : 0
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(sum == 200)
        }
    }

    /// Requests over 64 connections as fast as they go: none may be lost between the threads.
    @Test func noRequestIsLost() async throws {
        try await withServer { request, response in
            try await response.send(body: request.body)
        } _: { url in
            let client = HTTPClient()
            let count = try await withThrowingTaskGroup(of: Int.self) { group in
                for lane in 0..<64 {
                    group.addTask {
                        var good = 0
                        for number in 0..<60 {
                            let body = Array("\(lane) \(number)".utf8)
                            let request = HTTPClientRequest(
                                method: "POST", url: url, body: body, timeouts: .init(total: .seconds(2)))
                            if try await client.send(request).body == body { good += 1 }
                        }
                        return good
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(count == 64 * 60)
        }
    }
}
