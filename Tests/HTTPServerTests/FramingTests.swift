import Foundation
import HTTPServer
import Synchronization
import Testing

/// What two parsers could read differently is refused. The expected statuses are those of RFC 9110 and RFC
/// 9112, in the section that each case names; where the RFC leaves a choice, the stricter one.
@Suite struct FramingTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let request: String
        let status: Int
        var testDescription: String { name }

        init(_ name: String, _ request: String, _ status: Int) {
            (self.name, self.request, self.status) = (name, request, status)
        }

        /// A request with these lines after the request line.
        static func fields(_ name: String, _ lines: String, _ status: Int) -> Case {
            Case(name, "GET / HTTP/1.1\r\n\(lines)\r\n\r\n", status)
        }

        static func post(_ name: String, _ lines: String, _ body: String, _ status: Int) -> Case {
            Case(name, "POST / HTTP/1.1\r\nHost: a\r\n\(lines)\r\n\r\n\(body)", status)
        }

        static func chunks(_ name: String, _ body: String, _ status: Int) -> Case {
            post(name, "Transfer-Encoding: chunked", body, status)
        }

        static func line(_ name: String, _ line: String, _ status: Int) -> Case {
            Case(name, "\(line)\r\nHost: a\r\n\r\n", status)
        }
    }

    static let lines: [Case] = [
        .line("two spaces: 9112, 3", "GET  / HTTP/1.1", 400),
        .line("space at the end: 9112, 3", "GET / HTTP/1.1 ", 400),
        .line("tabs: 9112, 3", "GET\t/\tHTTP/1.1", 400),
        .line("space in the target: 9112, 3.2", "GET /a b HTTP/1.1", 400),
        .line("no target: 9112, 3", "GET HTTP/1.1", 400),
        .line("no version (HTTP/0.9): 9112, 3", "GET /", 400),
        .line("another protocol: 9112, 2.3", "OPTIONS / RTSP/1.0", 400),
        .line("version in small letters: 9112, 2.3", "GET / http/1.1", 400),
        .line("minor version of two digits: 9112, 2.3", "GET / HTTP/1.10", 400),
        .line("version 1.2: 9110, 15.6.6", "GET / HTTP/1.2", 505),
        .line("version 2.0: 9110, 15.6.6", "GET / HTTP/2.0", 505),
        .line("the preface of HTTP/2: 9113, 3.4", "PRI * HTTP/2.0", 505),
        .line("a method that nobody knows: 9110, 9.1", "BREW / HTTP/1.1", 501),
        .line("a method in small letters: 9110, 9.1", "get / HTTP/1.1", 501),
        .line("CONNECT: 9110, 9.3.6", "CONNECT a:80 HTTP/1.1", 501),
        .line("a method with a colon: 9110, 5.6.2", "GE:T / HTTP/1.1", 400),
        .line("a relative target: 9112, 3.2", "GET a HTTP/1.1", 400),
        .line("a control character: 9112, 3.2", "GET /\u{1} HTTP/1.1", 400),
        .line("a character outside ASCII: 3986, 2", "GET /é HTTP/1.1", 400),
        .line("the asterisk for GET: 9112, 3.2.4", "GET * HTTP/1.1", 400),
        .line("absolute form of another host: 9112, 3.2.2", "GET http://b/ HTTP/1.1", 400),
        .line("absolute form with user: 9110, 4.2.4", "GET http://u@a/ HTTP/1.1", 400),
        .line("absolute form of https", "GET https://a/ HTTP/1.1", 400),
        .line("absolute form of this host: 9112, 3.2.2", "GET http://A/x HTTP/1.1", 200),
        .line("the asterisk for OPTIONS: 9112, 3.2.4", "OPTIONS * HTTP/1.1", 200),
        Case("one empty line before: 9112, 2.2", "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 200),
        Case("two empty lines before", "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        Case("TLS", "\u{16}\u{3}\u{1}\u{2}\u{0}", 400),
        Case("HTTP/1.0 without Host: 9112, 3.2", "GET / HTTP/1.0\r\n\r\n", 200),
    ]

    static let fields: [Case] = [
        Case("bare LF after the request line: 9112, 2.2", "GET / HTTP/1.1\nHost: a\r\n\r\n", 400),
        Case("bare LF everywhere: 9112, 2.2", "GET / HTTP/1.1\nHost: a\n\n", 400),
        .fields("bare LF between fields: 9112, 2.2", "Host: a\nX: b", 400),
        Case("bare LF at the end: 9112, 2.2", "GET / HTTP/1.1\r\nHost: a\r\n\n", 400),
        .fields("bare CR: 9112, 2.2", "Host: a\rX: b", 400),
        .fields("obs-fold: 9112, 5.2", "Host: a\r\nX: b\r\n c", 400),
        .fields("obs-fold with tab: 9112, 5.2", "Host: a\r\nX: b\r\n\tc", 400),
        .fields("an indented first field: 9112, 2.2", " Host: a", 400),
        .fields("space before the colon: 9112, 5.1", "Host: a\r\nX-Foo : b", 400),
        .fields("tab before the colon: 9112, 5.1", "Host: a\r\nX-Foo\t: b", 400),
        .fields("no name: 9110, 5.1", "Host: a\r\n: b", 400),
        .fields("no colon: 9112, 5", "Host: a\r\nX-Foo", 400),
        .fields("vertical tab in a name: 9110, 5.6.2", "Host: a\r\nX\u{b}: b", 400),
        .fields("a slash in a name: 9110, 5.6.2", "Host: a\r\nX/Y: b", 400),
        .fields("a character outside ASCII in a name: 9110, 5.6.2", "Host: a\r\nXé: b", 400),
        .fields("vertical tab in a value: 9110, 5.5", "Host: a\r\nX: \u{b}b", 400),
        .fields("NUL in a value: 9110, 5.5", "Host: a\r\nX: b\u{0}c", 400),
        .fields("DEL in a value: 9110, 5.5", "Host: a\r\nX: b\u{7f}c", 400),
        .fields("an empty value: 9112, 5", "Host: a\r\nX:", 200),
        .fields("characters outside ASCII in a value: 9110, 5.5", "Host: a\r\nX: é", 200),
        .fields("no Host: 9112, 3.2", "X: b", 400),
        .fields("two Hosts: 9112, 3.2", "Host: a\r\nHost: a", 400),
        .fields("an empty Host: 9110, 4.2.1", "Host:", 400),
        .fields("two names in Host: 9112, 3.2", "Host: a b", 400),
        .fields("a path in Host: 9112, 3.2", "Host: a/b", 400),
        .fields("a user in Host: 9112, 3.2", "Host: u@a", 400),
        .fields("a port in Host: 9110, 7.2", "Host: a:80", 200),
        .fields("IPv6 in Host: 9110, 7.2", "Host: [::1]:80", 200),
        .fields("an unknown expectation: 9110, 10.1.1", "Host: a\r\nExpect: 200-maybe", 417),
    ]

    static let bodies: [Case] = [
        .post(
            "both framings: 9112, 6.1", "Content-Length: 5\r\nTransfer-Encoding: chunked", "0\r\n\r\n", 400),
        .post(
            "both, the other way round", "Transfer-Encoding: chunked\r\nContent-Length: 5", "0\r\n\r\n", 400),
        .post("two equal lengths: 9112, 6.3", "Content-Length: 5\r\nContent-Length: 5", "hello", 400),
        .post("two lengths: 9112, 6.3", "Content-Length: 5\r\nContent-Length: 6", "hello!", 400),
        .post("a list of lengths: 9112, 6.3", "Content-Length: 5, 5", "hello", 400),
        .post("a length with plus: 9110, 8.6", "Content-Length: +5", "hello", 400),
        .post("a negative length: 9110, 8.6", "Content-Length: -5", "hello", 400),
        .post("a hexadecimal length: 9110, 8.6", "Content-Length: 0x5", "hello", 400),
        .post("a length with space: 9110, 8.6", "Content-Length: 5 5", "hello", 400),
        .post("no length: 9110, 8.6", "Content-Length:", "hello", 400),
        .post("a length with vertical tab", "Content-Length: \u{b}5", "hello", 400),
        .post("a length beyond 64 bits", "Content-Length: 99999999999999999999", "hello", 400),
        .post("a length of many bytes: 9110, 15.5.14", "Content-Length: 99999999999", "hello", 413),
        .post("a length with zeros before: 9110, 8.6", "Content-Length: 0005", "hello", 200),
        .post(
            "chunked twice: 9112, 6.1", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
            "0\r\n\r\n", 501),
        .post("chunked in a list: 9112, 6.1", "Transfer-Encoding: chunked, chunked", "0\r\n\r\n", 501),
        .post("gzip: 9112, 6.1", "Transfer-Encoding: gzip, chunked", "0\r\n\r\n", 501),
        .post("identity: 9112, 7", "Transfer-Encoding: identity", "", 501),
        .post("chunked not last: 9112, 6.3", "Transfer-Encoding: chunked, identity", "0\r\n\r\n", 501),
        .post("almost chunked", "Transfer-Encoding: xchunked", "0\r\n\r\n", 501),
        .post("vertical tab before chunked", "Transfer-Encoding: \u{b}chunked", "0\r\n\r\n", 400),
        .post("chunked in capitals: 9112, 7", "Transfer-Encoding: CHUNKED", "0\r\n\r\n", 200),
        Case(
            "chunked in HTTP/1.0: 9112, 6.1",
            "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        .chunks("chunks: 9112, 7.1", "5\r\nhello\r\nA\r\n0123456789\r\n0\r\n\r\n", 200),
        .chunks("an extension: 9112, 7.1.1", "5;a=b\r\nhello\r\n0\r\n\r\n", 200),
        .chunks("a trailer: 9112, 7.1.2", "5\r\nhello\r\n0\r\nX: y\r\n\r\n", 200),
        .chunks("a size with zeros before: 9112, 7.1", "0005\r\nhello\r\n0\r\n\r\n", 200),
        .chunks("a size with 0x", "0x5\r\nhello\r\n0\r\n\r\n", 400),
        .chunks("a size with space", "5 \r\nhello\r\n0\r\n\r\n", 400),
        .chunks("a negative size", "-5\r\nhello\r\n0\r\n\r\n", 400),
        .chunks("no size", "\r\nhello\r\n0\r\n\r\n", 400),
        .chunks("no size but an extension", ";a=b\r\nhello\r\n0\r\n\r\n", 400),
        .chunks("no digit", "g\r\nhello\r\n0\r\n\r\n", 400),
        .chunks("a size beyond 64 bits", "fffffffffffffffff\r\nhello\r\n0\r\n\r\n", 400),
        .chunks("bare LF after the size", "5\nhello\r\n0\r\n\r\n", 400),
        .chunks("bare LF after an extension", "5;a=b\nhello\r\n0\r\n\r\n", 400),
        .chunks("bare CR after the size", "5\rhello\r\n0\r\n\r\n", 400),
        .chunks("bare LF after the data", "5\r\nhello\n0\r\n\r\n", 400),
        .chunks("nothing after the data", "5\r\nhello0\r\n\r\n", 400),
        .chunks("more data than said", "3\r\nhello\r\n0\r\n\r\n", 400),
        .chunks("bare LF at the end", "5\r\nhello\r\n0\r\n\n", 400),
        .chunks("bare LF after the last size", "5\r\nhello\r\n0\n\r\n", 400),
        .chunks("bare LF after a trailer", "0\r\nX: y\n\r\n", 400),
    ]

    /// Sent as one piece, and byte by byte; behind each waits a second request that only a misread body would
    /// hide, and that a refused request must not bring forth.
    @Test(arguments: [1, 65536]) func whatIsAmbiguousIsRefused(piece: Int) async throws {
        let seen = Mutex<[String]>([])
        try await withServer { request, response in
            seen.withLock { $0.append(request.target) }
            try await response.send(headers: [:], body: request.body)
        } _: { port in
            for test in Self.lines + Self.fields + Self.bodies {
                seen.withLock { $0 = [] }
                let probe = "GET /probe HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
                let bytes = Array((test.request + probe).utf8)
                let response = try await onThread {
                    let client = try RawClient(port: port)
                    for start in stride(from: 0, to: bytes.count, by: piece) {
                        // A refused connection may be closed before all is sent.
                        do { try client.send(Array(bytes[start..<min(start + piece, bytes.count)])) } catch {
                            break
                        }
                    }
                    return try client.receiveAll()
                }
                #expect(status(response) == test.status, "\(test.name): \(response)")
                let answers = response.components(separatedBy: "\r\nDate: ").count - 1
                if test.status == 200, test.request.contains("HTTP/1.0") {
                    #expect(answers == 1, "\(test.name)")
                } else if test.status == 200 {
                    #expect(
                        answers == 2 && seen.withLock { $0.last } == "/probe", "\(test.name): \(response)")
                } else {
                    #expect(answers == 1 && seen.withLock { $0 } == [], "\(test.name): \(response)")
                    #expect(response.contains("\r\nConnection: close\r\n"), "\(test.name)")
                }
            }
        }
    }

    @Test func bodiesArriveDecoded() async throws {
        let cases: [(request: String, body: String)] = [
            ("Content-Length: 5\r\n\r\nhello", "hello"),
            ("Content-Length: 0\r\n\r\n", ""),
            ("Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1;x\r\n!\r\n0\r\nT: u\r\n\r\n", "hello!"),
            ("X: y\r\n\r\n", ""),
        ]
        try await withServer { request, response in
            try await response.send(
                headers: ["X-Trailer": request.headers["T"] ?? "none"], body: request.body)
        } _: { port in
            for test in cases {
                let response = try await exchange(
                    port, "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\(test.request)")
                #expect(response.hasSuffix("X-Trailer: none\r\n\r\n\(test.body)"), "\(response)")
            }
        }
    }
}
