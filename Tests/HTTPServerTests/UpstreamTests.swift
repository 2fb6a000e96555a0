import Foundation
import Glibc
import HTTPServer
import Synchronization
import Testing

/// An upstream's answers, good and bad, as a client of the relay sees them.
@Suite struct UpstreamTests {
    private let get = "GET /path?q HTTP/1.1\r\nHost: client.example\r\nConnection: close\r\n\r\n"

    /// Status, reason, fields and body come over; what belongs to the connection does not.
    @Test(arguments: Way.allCases) func anAnswerIsPassedOn(way: Way) async throws {
        let asked = Mutex("")
        let origin = try ScriptedOrigin { peer, _ in
            asked.withLock { $0 = (try? peer.receive(until: "\r\n\r\n")) ?? "" }
            try peer.send(
                "HTTP/1.1 207 Mixed Feelings\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nServer: old\r\n"
                    + "Connection: X-Hop, keep-alive\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\nX-Keep: é\r\n"
                    + "Content-Length: 5\r\n\r\nhello")
        }
        try await withRelay(to: origin.port, by: way) { reach, _, _ in
            let answer = try await reach.exchange(
                "GET /path?q HTTP/1.1\r\nHost: client.example\r\nX-Mine: 1\r\nTE: trailers\r\n"
                    + "Connection: close, X-Secret\r\nX-Secret: s\r\nUpgrade: foo\r\nAccept: */*\r\n\r\n")
            #expect(
                answer == "HTTP/1.1 207 Mixed Feelings\r\nContent-Length: 5\r\nConnection: close\r\n"
                    + "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nServer: old\r\nX-Keep: é\r\n\r\nhello")
            #expect(
                asked.withLock { $0 }
                    == "GET /path?q HTTP/1.1\r\nHost: client.example\r\nX-Mine: 1\r\nAccept: */*\r\n\r\n")
        }
    }

    struct Framed: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let answer: String
        let modern: String
        let old: String
    }

    static let framed: [Framed] = [
        Framed(
            testDescription: "a length", answer: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
            modern: "Content-Length: 5|hello", old: "Content-Length: 5|hello"),
        Framed(
            testDescription: "chunks, an extension and a trailer",
            answer:
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n0\r\nT: u\r\n\r\n",
            modern: "Transfer-Encoding: chunked|5\r\nhello\r\n0\r\n\r\n", old: "|hello"),
        Framed(
            testDescription: "until the connection closes", answer: "HTTP/1.1 200 OK\r\n\r\nhello",
            modern: "Transfer-Encoding: chunked|5\r\nhello\r\n0\r\n\r\n", old: "|hello"),
        Framed(
            testDescription: "HTTP/1.0", answer: "HTTP/1.0 200 OK\r\n\r\nhello",
            modern: "Transfer-Encoding: chunked|5\r\nhello\r\n0\r\n\r\n", old: "|hello"),
        Framed(
            testDescription: "no body", answer: "HTTP/1.1 204 No Content\r\n\r\n", modern: "|", old: "|"),
        Framed(
            testDescription: "304 with a length",
            answer: "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n",
            modern: "Content-Length: 5|", old: "Content-Length: 5|"),
        Framed(
            testDescription: "interim answers first",
            answer: "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
                + "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi",
            modern: "Content-Length: 2|hi", old: "Content-Length: 2|hi"),
        Framed(
            testDescription: "an empty reason", answer: "HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n",
            modern: "Content-Length: 0|", old: "Content-Length: 0|"),
    ]

    /// RFC 9112, 6.3 and 7: whatever the upstream's framing, the client's is right for its version. Sent as one
    /// piece, and byte by byte.
    @Test(arguments: [1, 65536]) func framingIsMadeAnew(piece: Int) async throws {
        for test in Self.framed {
            let origin = try ScriptedOrigin { peer, _ in
                _ = try peer.receive(until: "\r\n\r\n")
                let bytes = Array(test.answer.utf8)
                for start in stride(from: 0, to: bytes.count, by: piece) {
                    try peer.send(Array(bytes[start..<min(start + piece, bytes.count)]))
                }
            }
            try await withRelay(to: origin.port) { reach, log, _ in
                let modern = try await reach.exchange(get)
                let old = try await reach.exchange("GET / HTTP/1.0\r\n\r\n")
                for (answer, expected) in [(modern, test.modern), (old, test.old)] {
                    let parts = answer.components(separatedBy: "\r\n\r\n")
                    let framing = parts[0].components(separatedBy: "\r\n").filter {
                        $0.hasPrefix("Content-Length") || $0.hasPrefix("Transfer-Encoding")
                    }
                    let body = String(decoding: answer.utf8.dropFirst(parts[0].utf8.count + 4), as: UTF8.self)
                    let found = framing.joined() + "|" + dechunked(body, whole: piece > 1)
                    let whole = "5\r\nhello\r\n0\r\n\r\n"
                    let wanted =
                        piece > 1 ? expected : expected.replacingOccurrences(of: whole, with: "hello")
                    #expect(found == wanted, "\(test.testDescription): \(answer)")
                }
                #expect(log.failures == [], "\(test.testDescription)")
            }
            origin.stop()
        }
    }

    /// Chunks of single bytes, joined: how many there are depends on time.
    private func dechunked(_ body: String, whole: Bool) -> String {
        guard !whole, body.hasSuffix("0\r\n\r\n") else { return body }
        let lines = body.components(separatedBy: "\r\n")
        return stride(from: 1, to: lines.count - 2, by: 2).map { lines[$0] }.joined()
    }

    @Test(arguments: Way.allCases) func aHeadRequestGetsTheLength(way: Way) async throws {
        let origin = try ScriptedOrigin(answer: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")
        try await withRelay(to: origin.port, by: way) { reach, _, upstream in
            let answer = try await reach.exchange(get.replacingOccurrences(of: "GET", with: "HEAD"))
            #expect(answer.contains("\r\nContent-Length: 5\r\n"))
            #expect(answer.hasSuffix("\r\n\r\n"))
        }
    }

    struct Bad: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let answer: String
        init(_ name: String, _ answer: String) { (testDescription, self.answer) = (name, answer) }
        static func fields(_ name: String, _ lines: String, _ body: String = "") -> Bad {
            Bad(name, "HTTP/1.1 200 OK\r\n\(lines)\r\n\r\n\(body)")
        }
    }

    static let malformed: [Bad] = [
        Bad("garbage", "hello\r\n\r\n"),
        Bad("TLS", "\u{16}\u{3}\u{1}"),
        Bad("another protocol", "SSH-2.0-x\r\n\r\n"),
        Bad("HTTP/2", "HTTP/2.0 200 OK\r\n\r\n"),
        Bad("no status", "HTTP/1.1 OK\r\n\r\n"),
        Bad("four digits", "HTTP/1.1 2000 OK\r\n\r\n"),
        Bad("status 099", "HTTP/1.1 099 OK\r\n\r\n"),
        Bad("status 600", "HTTP/1.1 600 OK\r\n\r\n"),
        Bad("two spaces", "HTTP/1.1  200 OK\r\n\r\n"),
        Bad("bare LF: 9112, 2.2", "HTTP/1.1 200 OK\nContent-Length: 0\n\n"),
        Bad("an empty line first", "\r\nHTTP/1.1 200 OK\r\n\r\n"),
        Bad(
            "an upgrade unasked: 9110, 15.2.2", "HTTP/1.1 101 X\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"),
        .fields("both framings: 9112, 6.3", "Content-Length: 5\r\nTransfer-Encoding: chunked", "0\r\n\r\n"),
        .fields("both, the other way round", "Transfer-Encoding: chunked\r\nContent-Length: 5", "0\r\n\r\n"),
        .fields("two lengths: 9112, 6.3", "Content-Length: 5\r\nContent-Length: 6", "hello!"),
        .fields("two equal lengths", "Content-Length: 5\r\nContent-Length: 5", "hello"),
        .fields("a list of lengths", "Content-Length: 5, 5", "hello"),
        .fields("a length with plus", "Content-Length: +5", "hello"),
        .fields("a length with vertical tab", "Content-Length: \u{b}5", "hello"),
        .fields("gzip: 9112, 7", "Transfer-Encoding: gzip, chunked", "0\r\n\r\n"),
        .fields("vertical tab before chunked", "Transfer-Encoding: \u{b}chunked", "0\r\n\r\n"),
        .fields("chunked twice", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "0\r\n\r\n"),
        Bad("chunked in HTTP/1.0", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        .fields("obs-fold: 9112, 5.2", "X: a\r\n b\r\nContent-Length: 0"),
        .fields("space before the colon: 9112, 5.1", "X : a\r\nContent-Length: 0"),
        .fields("no name", ": a\r\nContent-Length: 0"),
        .fields("NUL in a value", "X: a\u{0}\r\nContent-Length: 0"),
        .fields("bare CR in a value", "X: a\rb\r\nContent-Length: 0"),
        .fields("too large", "X: \(String(repeating: "x", count: 70_000))"),
        .fields("too many", String(repeating: "X: y\r\n", count: 300) + "X: y"),
        Bad("interim answers without end", String(repeating: "HTTP/1.1 100 Continue\r\n\r\n", count: 50)),
    ]

    /// What two readers could take for different things is no answer: 502, and the connection is not used again.
    @Test(arguments: Way.allCases) func whatIsMalformedIsRefused(way: Way) async throws {
        let index = Atomic<Int>(0)
        let origin = try ScriptedOrigin { peer, _ in
            _ = try peer.receive(until: "\r\n\r\n")
            try peer.send(Self.malformed[index.load(ordering: .sequentiallyConsistent)].answer)
            _ = try? peer.receiveAll()
        }
        var options = UpstreamOptions()
        options.firstByte = .seconds(1)
        try await withRelay(to: origin.port, by: way, options: options) { reach, log, _ in
            for (number, test) in Self.malformed.enumerated() {
                index.store(number, ordering: .sequentiallyConsistent)
                let answer = try await reach.exchange(get)
                #expect(status(answer) == 502, "\(test.testDescription): \(answer)")
                #expect(log.failures.count == number + 1, "\(test.testDescription)")
                guard case .malformed = log.failures.last?.cause else {
                    Issue.record("\(test.testDescription): \(String(describing: log.failures.last))")
                    continue
                }
            }
            #expect(origin.connections == Self.malformed.count)
        }
    }

    static let cut: [Bad] = [
        .fields("a length", "Content-Length: 10", "hello|"),
        .fields("chunks", "Transfer-Encoding: chunked", "5\r\nhello\r\n|"),
        .fields("within a chunk", "Transfer-Encoding: chunked", "10\r\nhello|"),
        .fields("before the last line", "Transfer-Encoding: chunked", "5\r\nhello\r\n|0\r\n"),
        .fields("a chunk that is none", "Transfer-Encoding: chunked", "5\r\nhello\r\n|xx\r\n"),
        .fields("a chunk with bare LF", "Transfer-Encoding: chunked", "5\r\nhello|\n0\r\n\r\n"),
    ]

    /// A body that breaks off is not finished for the client, whatever the framing.
    @Test(arguments: Way.allCases) func whatIsCutIsCut(way: Way) async throws {
        for test in Self.cut {
            let origin = try ScriptedOrigin { peer, _ in
                _ = try peer.receive(until: "\r\n\r\n")
                let parts = test.answer.components(separatedBy: "|")
                try peer.send(parts[0])
                usleep(30_000)
                try peer.send(parts[1])
            }
            try await withRelay(to: origin.port, by: way) { reach, log, upstream in
                let answer = try await reach.exchange(get)
                let expected = test.answer.contains("chunked") ? "\r\n\r\n5\r\nhello\r\n" : "\r\n\r\nhello"
                #expect(status(answer) == 200, "\(test.testDescription)")
                #expect(answer.hasSuffix(expected), "\(test.testDescription): \(answer)")
                try await eventually { log.failures.count == 1 }
                #expect(log.failures.first?.phase == .body, "\(test.testDescription)")
            }
            origin.stop()
        }
    }

    /// Where a body is wrong from its start, the client sees a clear 502 in place of half an answer.
    @Test func whatIsWrongAtOnceIsNoAnswer() async throws {
        let origin = try ScriptedOrigin { peer, _ in
            _ = try peer.receive(until: "\r\n\r\n")
            try peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\nhello")
            _ = try peer.receiveAll()
        }
        try await withRelay(to: origin.port) { reach, log, _ in
            let answer = try await reach.exchange(get)
            #expect(answer.hasSuffix("\r\n\r\n502 Bad Gateway\n"))
            #expect(log.failures.first?.phase == .body)
        }
    }
}
