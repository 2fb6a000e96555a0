import Foundation
import HTTPServer
import Synchronization
import Testing

@Suite struct AnsweringTests {
    private func get(_ path: String, _ more: String = "Connection: close\r\n") -> String {
        "GET \(path) HTTP/1.1\r\nHost: x\r\n\(more)\r\n"
    }

    @Test func anAnswerHasItsLengthItsDateAndItsBody() async throws {
        let response = try await withServer { request, response in
            try await response.send(
                201, headers: ["X-Path": String(request.path), "X-Query": String(request.query ?? "")],
                text: "hello")
        } _: { port in
            try await exchange(port, get("/a/b?c=d?e"))
        }
        #expect(response.hasPrefix("HTTP/1.1 201 Created\r\nDate: "))
        #expect(
            response.hasSuffix(
                "\r\nContent-Length: 5\r\nConnection: close\r\nX-Path: /a/b\r\nX-Query: c=d?e\r\n\r\nhello"))
    }

    @Test func pipelinedRequestsAreAnsweredInOrder() async throws {
        let response = try await withServer { request, response in
            if request.path == "/slow" { try await EventLoop.sleep(for: .milliseconds(30)) }
            try await response.send(text: "[\(request.path)]")
        } _: { port in
            try await exchange(port, get("/slow", "") + get("/1", "") + get("/2", "") + get("/3"))
        }
        let bodies = response.components(separatedBy: "\r\n\r\n").dropFirst().map { $0.prefix { $0 != "H" } }
        #expect(bodies == ["[/slow]", "[/1]", "[/2]", "[/3]"])
    }

    @Test func aHeadRequestGetsTheHeadAlone() async throws {
        let response = try await withServer { request, response in
            if request.path == "/whole" { return try await response.send(text: "hello") }
            let body = try await response.start(length: 7)
            try await body.write("goodbye")
            try await body.finish()
        } _: { port in
            try await exchange(
                port,
                get("/whole", "").replacingOccurrences(of: "GET", with: "HEAD")
                    + get("/parts").replacingOccurrences(of: "GET", with: "HEAD"))
        }
        #expect(response.contains("Content-Length: 5\r\n\r\nHTTP/1.1 200"))
        #expect(response.hasSuffix("Content-Length: 7\r\nConnection: close\r\n\r\n"))
    }

    @Test(arguments: [204, 304]) func statusesWithoutBodyHaveNoLength(code: Int) async throws {
        let response = try await withServer { _, response in
            try await response.send(code)
        } _: { port in
            try await exchange(port, get("/"))
        }
        #expect(status(response) == code)
        #expect(!response.contains("Content-Length"))
    }

    struct Failure: Error {}

    /// What goes wrong before the head is sent is a 500; the connection serves on.
    @Test func failuresOfTheHandlerAre500() async throws {
        let reported = Mutex<[String]>([])
        let server = try HTTPServer(
            report: { _, request in reported.withLock { $0.append(String(request.path)) } },
            handler: { request, response in
                switch request.path {
                case "/throws": throw Failure()
                case "/forgets": return
                case "/splits": try await response.send(headers: ["X": "a\r\nSet-Cookie: b"])
                case "/frames": try await response.send(headers: ["Content-Length": "3"])
                case "/informs": try await response.send(103)
                case "/fills204": try await response.send(204, text: "x")
                default: try await response.send(text: "fine")
                }
            })
        let port = try server.start()
        let bad = ["/throws", "/forgets", "/splits", "/frames", "/informs", "/fills204"]
        let response = try await exchange(port, bad.map { get($0, "") }.joined() + get("/good"))
        await server.stop()
        let codes = response.components(separatedBy: "HTTP/1.1 ").dropFirst().map { Int($0.prefix(3)) }
        #expect(codes == [500, 500, 500, 500, 500, 500, 200])
        #expect(!response.contains("Set-Cookie"))
        #expect(reported.withLock { $0 } == bad.filter { $0 != "/forgets" })
    }

    /// A body that was begun and not ended is cut, so that nobody takes it for whole.
    @Test(arguments: ["/throws", "/drops", "/counts"]) func anUnfinishedBodyIsCut(path: String) async throws {
        let response = try await withServer { request, response in
            let body = try await response.start(length: request.path == "/counts" ? 100 : nil)
            try await body.write("part")
            if request.path == "/throws" { throw Failure() }
            if request.path == "/counts" { try await body.finish() }
        } _: { port in
            try await exchange(port, get(path, ""))
        }
        #expect(status(response) == 200)
        #expect(response.hasSuffix(path == "/counts" ? "\r\n\r\npart" : "\r\n\r\n4\r\npart\r\n"))
    }

    @Test func moreThanAnnouncedIsNotSent() async throws {
        let response = try await withServer { _, response in
            let body = try await response.start(length: 4)
            try await body.write("part")
            try await body.write("more")
        } _: { port in
            try await exchange(port, get("/", ""))
        }
        #expect(response.hasSuffix("\r\n\r\npart"))
    }

    /// RFC 9112, 7.1.
    @Test func piecesBecomeChunks() async throws {
        let long = String(repeating: "x", count: 70_000)
        let response = try await withServer { _, response in
            let body = try await response.start(headers: ["Content-Type": "text/plain"])
            try await body.write("hello, world!!!!")
            try await body.write("")
            try await body.write(long)
            try await body.finish()
        } _: { port in
            try await exchange(port, get("/"))
        }
        #expect(response.contains("\r\nTransfer-Encoding: chunked\r\n"))
        #expect(response.hasSuffix("\r\n\r\n10\r\nhello, world!!!!\r\n11170\r\n\(long)\r\n0\r\n\r\n"))
    }

    @Test func longBodiesArriveWhole() async throws {
        let long = [UInt8](repeating: 120, count: 3_000_000)
        let response = try await withServer { request, response in
            try await response.send(body: request.body)
        } _: { port in
            try await exchange(
                port,
                get("/", "Connection: close\r\nContent-Length: 3000000\r\n")
                    + String(decoding: long, as: UTF8.self))
        }
        #expect(response.utf8.count > 3_000_000)
        #expect(response.utf8.suffix(3_000_000).elementsEqual(long))
    }

    /// Each piece comes as it is written: the writer waits for the reader's word before it writes the next.
    @Test func piecesAreNotHeldBack() async throws {
        let gate = Gate()
        try await withServer { _, response in
            let body = try await response.start(headers: ["Content-Type": "text/event-stream"])
            for number in 0..<5 {
                try await body.write("data: \(number)\n\n")
                try await gate.wait(for: number + 1)
            }
            try await body.finish()
        } _: { port in
            let rest = try await onThread {
                let client = try RawClient(port: port)
                try client.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                for number in 0..<5 {
                    let piece = try client.receive(until: "data: \(number)\n\n\r\n")
                    #expect(piece.contains("data: \(number)\n\n\r\n"))
                    gate.open(to: number + 1)
                }
                return try client.receiveAll()
            }
            #expect(rest == "0\r\n\r\n")
        }
    }

    @Test func connectionsOfOldClientsEndTheBody() async throws {
        let response = try await withServer { request, response in
            if request.path == "/whole" { return try await response.send(text: "whole") }
            let body = try await response.start()
            try await body.write("one")
            try await body.write("two")
            try await body.finish()
        } _: { port in
            try await exchange(
                port,
                "GET /whole HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"
                    + "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"
            )
        }
        #expect(response.contains("Connection: keep-alive\r\n\r\nwhole"))
        #expect(response.hasSuffix("Connection: close\r\n\r\nonetwo"))
    }

    @Test func aHandlerCanCloseTheConnection() async throws {
        let response = try await withServer { _, response in
            try await response.send(headers: ["Connection": "close"], text: "bye")
        } _: { port in
            try await exchange(port, get("/", "") + get("/", ""))
        }
        #expect(response.components(separatedBy: "\r\nbye").count == 2 || response.hasSuffix("\r\n\r\nbye"))
        #expect(response.components(separatedBy: "HTTP/1.1 200").count == 2)
    }

    /// RFC 9110, 10.1.1.
    @Test func aBodyIsAskedFor() async throws {
        try await withServer { request, response in
            try await response.send(body: request.body)
        } _: { port in
            let (asked, answer, unasked) = try await onThread {
                let client = try RawClient(port: port)
                let head = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"
                try client.send(head)
                let asked = try client.receiveText()
                try client.send("hi")
                let answer = try client.receive(until: "hi")
                // A client that does not wait is not asked.
                try client.send(head + "ho")
                return (asked, answer, try client.receive(until: "ho"))
            }
            #expect(asked == "HTTP/1.1 100 Continue\r\n\r\n")
            #expect(status(answer) == 200)
            #expect(status(unasked) == 200)
        }
    }

    @Test func anUpgradeIsAnsweredAsAPlainRequest() async throws {
        let response = try await withServer { _, response in
            try await response.send(text: "plain")
        } _: { port in
            try await exchange(
                port, get("/", "Connection: upgrade\r\nUpgrade: websocket\r\n") + get("/"))
        }
        #expect(response.components(separatedBy: "plain").count == 3)
    }

    @Test func namesOfFieldsAreFoundInAnyCase() async throws {
        let response = try await withServer { request, response in
            let all = request.headers.values(of: "ACCEPT").joined(separator: "|")
            let names = request.headers.map(\.name).joined(separator: "|")
            try await response.send(text: "\(all) \(request.headers["x-none"] ?? "none") \(names)")
        } _: { port in
            try await exchange(port, get("/", "Accept:  a \t\r\nconnection: close\r\naccept: b\r\nE:\r\n"))
        }
        #expect(response.hasSuffix("\r\n\r\na|b none Host|Accept|connection|accept|E"))
    }

    @Test func twoHundredConnectionsAreServedAtOnce() async throws {
        let arrived = Atomic<Int>(0)
        try await withServer { _, response in
            arrived.add(1, ordering: .relaxed)
            while arrived.load(ordering: .relaxed) < 200 { try await EventLoop.sleep(for: .milliseconds(2)) }
            try await response.send(text: "all")
        } _: { port in
            let answers = try await onThread {
                let clients = try (0..<200).map { _ in try RawClient(port: port) }
                for client in clients { try client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n") }
                return try clients.map { status(try $0.receive(until: "\r\n\r\nall")) }
            }
            #expect(answers == Array(repeating: 200, count: 200))
        }
    }
}
