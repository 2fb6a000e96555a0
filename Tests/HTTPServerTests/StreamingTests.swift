import Foundation
import HTTPServer
import Synchronization
import Testing

@Suite struct StreamingTests {
    private let head = "POST / HTTP/1.1\r\nHost: x\r\n"

    /// The handler sees each piece when it comes, not when the body is whole.
    @Test(arguments: Way.allCases) func piecesArriveAsTheyAreSent(way: Way) async throws {
        let pieces = Mutex<[String]>([])
        try await withStreaming(by: way) { _, body, response in
            while let piece = try await body.next() {
                pieces.withLock { $0.append(String(decoding: piece, as: UTF8.self)) }
            }
            try await response.send(text: "done")
        } _: { reach in
            let answer = try await onThread {
                let client = try reach.client()
                try client.send(head + "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n")
                for number in 1...3 {
                    try client.send("5\r\npart\(number)\r\n")
                    while pieces.withLock({ $0.count }) < number { usleep(500) }
                }
                try client.send("0\r\nX: y\r\n\r\n")
                return try client.receiveAll()
            }
            #expect(answer.hasSuffix("\r\n\r\ndone"))
            #expect(pieces.withLock { $0 } == ["part1", "part2", "part3"])
        }
    }

    /// What the handler does not ask for stays with the client.
    @Test func aSlowHandlerHoldsItsClientBack() async throws {
        let gate = Gate()
        let total = Mutex(0)
        try await withStreaming { _, body, response in
            try await gate.wait(for: 1)
            while let piece = try await body.next() { total.withLock { $0 += piece.count } }
            try await response.send()
        } _: { reach in
            let sent = try await onThread {
                let client = try reach.client()
                try client.send(head + "Content-Length: 10000000\r\nConnection: close\r\n\r\n")
                let piece = [UInt8](repeating: 1, count: 100_000)
                let sent = Atomic<Int>(0)
                let counter = Mutex(0)
                Thread.detachNewThread {
                    for _ in 0..<100 {
                        do { try client.send(piece) } catch { return }
                        counter.withLock { $0 += piece.count }
                    }
                }
                usleep(200_000)
                sent.store(counter.withLock { $0 }, ordering: .relaxed)
                gate.open(to: 1)
                _ = try client.receiveAll()
                return sent.load(ordering: .relaxed)
            }
            // What the sockets hold: Linux lets loopback windows grow to 6 MB.
            #expect(sent < 8_000_000)
            #expect(total.withLock { $0 } == 10_000_000)
        }
    }

    /// RFC 9110, 10.1.1: a client that waits is asked when, and only when, the handler wants the body.
    @Test(arguments: Way.allCases) func aBodyIsAskedForWhenItIsWanted(way: Way) async throws {
        try await withStreaming(by: way) { head, body, response in
            if head.path == "/wanted" {
                try await response.send(body: try await body.collect(upTo: 100))
            } else {
                try await response.send(413)
            }
        } _: { reach in
            let (asked, answer, refused) = try await onThread {
                let expect = "Host: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"
                let client = try reach.client()
                try client.send("POST /wanted HTTP/1.1\r\n" + expect)
                let asked = try client.receiveText()
                try client.send("hi")
                let answer = try client.receive(until: "hi")
                try client.send("POST /unwanted HTTP/1.1\r\n" + expect)
                return (asked, answer, try client.receiveAll())
            }
            #expect(asked == "HTTP/1.1 100 Continue\r\n\r\n")
            #expect(status(answer) == 200)
            // Nobody could tell whether a body follows: the connection ends.
            #expect(status(refused) == 413)
            #expect(refused.contains("Connection: close\r\n"))
        }
    }

    /// What is left of a body is discarded up to the bound, and the next request is read behind it; beyond the
    /// bound the answer says that the connection closes.
    @Test(arguments: Way.allCases) func earlyAnswersKeepTheConnectionWithinBounds(way: Way) async throws {
        var limits = HTTPLimits()
        limits.discardBytes = 1000
        let cases: [(body: String, survives: Bool)] = [
            ("Content-Length: 900\r\n\r\n" + String(repeating: "x", count: 900), true),
            ("Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", true),
            ("Content-Length: 1100\r\n\r\n" + String(repeating: "x", count: 1100), false),
            (
                "Transfer-Encoding: chunked\r\n\r\n1000\r\n" + String(repeating: "x", count: 4096)
                    + "\r\n0\r\n\r\n",
                false
            ),
            ("Transfer-Encoding: chunked\r\n\r\nzzz\r\n", false),
        ]
        try await withStreaming(by: way, limits: limits) { head, _, response in
            try await response.send(text: String(head.path))
        } _: { reach in
            for test in cases {
                let request = "POST /early HTTP/1.1\r\nHost: x\r\n" + test.body
                let answer = try await reach.exchange(
                    request + "GET /next HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                #expect(answer.contains("/early"))
                #expect(answer.hasSuffix("/next") == test.survives, "\(test.body.prefix(60)): \(answer)")
            }
        }
    }

    /// The statuses of RFC 9110 (15.5) also where the handler has begun to read.
    @Test(arguments: Way.allCases) func whatIsWrongInTheMiddleIsRefused(way: Way) async throws {
        var limits = HTTPLimits()
        limits.bodyBytes = 100
        limits.bodyPause = .milliseconds(60)
        let cases: [(String, Int)] = [
            ("Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\n", 400),
            ("Transfer-Encoding: chunked\r\n\r\n5\r\nhelloXX", 400),
            ("Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nbad trailer\r\n\r\n", 400),
            (
                "Transfer-Encoding: chunked\r\n\r\n64\r\n\(String(repeating: "x", count: 100))\r\n1\r\nx\r\n",
                413
            ),
            ("Content-Length: 50\r\n\r\nhello", 408),
        ]
        let faults = Mutex<[RequestBodyError]>([])
        try await withStreaming(by: way, limits: limits) { _, body, response in
            do throws(RequestBodyError) {
                while try await body.next() != nil {}
            } catch {
                faults.withLock { $0.append(error) }
                throw error
            }
            try await response.send()
        } _: { reach in
            for (request, expected) in cases {
                let answer = try await reach.exchange(head + request)
                #expect(status(answer) == expected, "\(request.prefix(60)): \(answer)")
                #expect(answer.contains("Connection: close\r\n"))
            }
        }
        #expect(faults.withLock { $0.count } == cases.count)
    }

    @Test(arguments: Way.allCases) func aClientThatGoesInTheMiddleIsToldOf(way: Way) async throws {
        let fault = Mutex<(any Error)?>(nil)
        try await withStreaming(by: way) { _, body, response in
            do {
                while try await body.next() != nil {}
            } catch {
                fault.withLock { $0 = error }
                throw error
            }
            try await response.send()
        } _: { reach in
            try await onThread {
                let client = try reach.client()
                try client.send(head + "Content-Length: 50\r\n\r\nhello")
                client.finishSending()
                #expect(try client.receiveAll() == "")
            }
            try await eventually { fault.withLock { $0 != nil } }
            let error = try #require(fault.withLock { $0 } as? RequestBodyError)
            #expect(error == .clientGone || error == .cancelled)
        }
    }

    /// What came with the head is at hand without a wait; what did not is not waited for.
    @Test(arguments: Way.allCases) func whatIsThereIsReady(way: Way) async throws {
        try await withStreaming(by: way) { _, body, response in
            let (bytes, isWhole) = try body.ready()
            let text = String(decoding: bytes, as: UTF8.self)
            while try await body.next() != nil {}
            try await response.send(text: "\(text) \(isWhole) \(body.length ?? -1)")
        } _: { reach in
            let answers = try await onThread {
                let client = try reach.client()
                try client.send(head + "Content-Length: 5\r\n\r\nhello")
                let whole = try client.receive(until: "5")
                try client.send(head + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
                usleep(50_000)
                try client.send("0\r\n\r\n")
                return (whole, try client.receive(until: "-1"))
            }
            #expect(answers.0.hasSuffix("hello true 5"))
            #expect(answers.1.hasSuffix("hello false -1"))
        }
    }

    /// A task that outlives its handler cannot read the next request's body.
    @Test func aBodyEndsWithItsHandler() async throws {
        let late = Mutex<(any Error)?>(nil)
        let second = Mutex("")
        try await withStreaming { head, body, response in
            if head.path == "/first" {
                EventLoop.current?.spawn {
                    do {
                        while try await body.next() != nil {}
                    } catch {
                        late.withLock { $0 = error }
                    }
                }
                try await EventLoop.sleep(for: .milliseconds(20))
                try await response.send(text: "early")
            } else {
                let bytes = try await body.collect(upTo: 100)
                second.withLock { $0 = String(decoding: bytes, as: UTF8.self) }
                try await response.send(text: "second")
            }
        } _: { reach in
            let answer = try await onThread {
                let client = try reach.client()
                try client.send("POST /first HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nab")
                _ = try client.receive(until: "early")
                try client.send("cdPOST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nef")
                return try client.receive(until: "second")
            }
            #expect(status(answer) == 200)
            #expect(late.withLock { $0 } as? RequestBodyError == .over)
            #expect(second.withLock { $0 } == "ef")
        }
    }

    @Test func aBodyIsItsLoopsAlone() async throws {
        let fault = Mutex<(any Error)?>(nil)
        try await withStreaming { _, body, response in
            let elsewhere = Task.detached { try await body.next() }
            if case .failure(let error) = await elsewhere.result { fault.withLock { $0 = error } }
            let bytes = try await body.collect(upTo: 100)
            try await response.send(text: String(decoding: bytes, as: UTF8.self))
        } _: { reach in
            let answer = try await onThread {
                let client = try reach.client()
                try client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nwhole")
                return try client.receive(until: "whol")
            }
            #expect(status(answer) == 200)
            #expect(fault.withLock { $0 } as? RequestBodyError == .elsewhere)
        }
    }

    /// A body that is cut ends in a reset for a client that would take the connection's end for the body's.
    @Test func aCutBodyIsNoEndForOldClients() async throws {
        try await withStreaming { _, _, response in
            let body = try await response.start()
            try await body.write("part")
            throw RequestBodyError.over
        } _: { reach in
            _ = await #expect(throws: RawError.self) {
                try await reach.exchange("GET / HTTP/1.0\r\n\r\n")
            }
        }
    }
}
