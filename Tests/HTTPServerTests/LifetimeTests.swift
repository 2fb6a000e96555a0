import Foundation
import Glibc
import HTTPServer
import Synchronization
import Testing

@Suite struct LifetimeTests {
    /// How a client can leave a handler that waits.
    enum Leaving: CaseIterable { case closing, resetting, finishing }

    @Test(arguments: Leaving.allCases) func aClientThatGoesCancelsItsHandler(how: Leaving) async throws {
        let gate = Gate()
        let ended = Mutex<String?>(nil)
        try await withServer { _, response in
            let body = try await response.start()
            try await body.write("x")
            do {
                gate.open(to: 1)
                try await EventLoop.sleep(for: .seconds(60))
            } catch {
                ended.withLock { $0 = "\(error)" }
                throw error
            }
        } _: { port in
            let client = try await onThread {
                let client = try RawClient(port: port)
                try client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                _ = try client.receive(until: "x\r\n")
                return client
            }
            try await gate.wait(for: 1)
            switch how {
            case .closing: client.close()
            case .resetting: client.reset()
            case .finishing: client.finishSending()
            }
            try await eventually { ended.withLock { $0 != nil } }
            #expect(ended.withLock { $0 } == "CancellationError()")
        }
    }

    @Test func aWriterToAClientThatIsGoneIsTold() async throws {
        let ended = Mutex<(any Error)?>(nil)
        try await withServer { _, response in
            let body = try await response.start()
            do {
                while true {
                    try await body.write([UInt8](repeating: 0, count: 1000))
                    try await EventLoop.sleep(for: .milliseconds(1))
                }
            } catch {
                ended.withLock { $0 = error }
                throw error
            }
        } _: { port in
            try await onThread {
                let client = try RawClient(port: port)
                try client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                _ = try client.receive()
                client.reset()
            }
            try await eventually { ended.withLock { $0 != nil } }
        }
    }

    /// A client that has said all it wanted to say still gets its answers.
    @Test func aClientThatFinishesSendingIsAnswered() async throws {
        let request = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"
        let response = try await withServer { _, response in
            try await response.send(text: "answer")
        } _: { port in
            try await onThread {
                let client = try RawClient(port: port)
                try client.send(request + request)
                client.finishSending()
                return try client.receiveAll()
            }
        }
        #expect(response.components(separatedBy: "answer").count == 3)
    }

    @Test func stoppingLetsWhatIsUnderWayEnd() async throws {
        let gate = Gate()
        let server = try HTTPServer { _, response in
            gate.open(to: 1)
            try await gate.wait(for: 2)
            try await response.send(text: "done")
        }
        let port = try server.start()
        async let answer = onThread {
            let client = try RawClient(port: port)
            try client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n")
            return try client.receiveAll()
        }
        // One that has been served and waits, one that has never asked.
        async let idle = onThread { try RawClient(port: port).receiveAll() }
        try await gate.wait(for: 1)
        async let stopped: Void = server.stop()
        #expect(try await idle == "")
        while (try? await onThread { try RawClient(port: port).receive() }) != nil {}
        gate.open(to: 2)
        let response = try await answer
        await stopped
        #expect(response.components(separatedBy: "HTTP/1.1 200").count == 2)
        #expect(response.contains("Connection: close\r\n"))
        #expect(response.hasSuffix("\r\n\r\ndone"))
    }

    @Test func stoppingCancelsWhatDoesNotEnd() async throws {
        let gate = Gate()
        let server = try HTTPServer { _, response in
            gate.open(to: 1)
            try await EventLoop.sleep(for: .seconds(60))
            try await response.send()
        }
        let port = try server.start()
        async let answer = exchange(port, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        try await gate.wait(for: 1)
        let start = ContinuousClock.now
        await server.stop(within: .milliseconds(30))
        #expect(ContinuousClock.now - start < .seconds(10))
        #expect(try await answer == "")
    }

    /// A client whose requests are all there already does not have them all served before another's one.
    @Test func aFloodDoesNotKeepTheLoop() async throws {
        let gate = Gate()
        let served = Atomic<Int>(0)
        let before = Atomic<Int>(-1)
        try await withServer { request, response in
            switch request.path {
            case "/first":
                gate.open(to: 1)
                try await gate.wait(for: 2)
                // Holds the loop, so that the other request waits when the flood begins.
                gate.open(to: 3)
                while gate.number < 4 { usleep(100) }
            case "/other": before.store(served.load(ordering: .relaxed), ordering: .relaxed)
            default: served.add(1, ordering: .relaxed)
            }
            try await response.send(204)
        } _: { port in
            try await onThread {
                let other = try RawClient(port: port)
                try other.send("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n")
                _ = try other.receive()
                let flood = try RawClient(port: port)
                try flood.send("GET /first HTTP/1.1\r\nHost: x\r\n\r\n")
                while gate.number < 1 { usleep(100) }
                try flood.send(String(repeating: "GET / HTTP/1.1\r\nHost: x\r\n\r\n", count: 2000))
                gate.open(to: 2)
                while gate.number < 3 { usleep(100) }
                try other.send("GET /other HTTP/1.1\r\nHost: x\r\n\r\n")
                gate.open(to: 4)
                _ = try other.receive()
            }
            let count = before.load(ordering: .relaxed)
            #expect(count >= 1 && count < 1000)
        }
    }

    /// A handler may leave the loop and come back to it.
    @Test func handlersMayAwaitWhatRunsElsewhere() async throws {
        actor Counter {
            var count = 0
            func next() -> Int {
                count += 1
                return count
            }
        }
        let counter = Counter()
        let response = try await withServer { _, response in
            let body = try await response.start()
            for _ in 0..<3 {
                let number = await counter.next()
                try await Task.sleep(for: .milliseconds(1))
                try await body.write("\(number)")
            }
            async let one = EventLoop.sleep(for: .milliseconds(1))
            async let other = EventLoop.sleep(for: .milliseconds(2))
            _ = try await (one, other)
            #expect(EventLoop.current != nil)
            try await body.finish()
        } _: { port in
            try await exchange(port, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        }
        #expect(response.hasSuffix("1\r\n1\r\n1\r\n2\r\n1\r\n3\r\n0\r\n\r\n"))
    }

    /// An actor that names the loop as its executor is called without leaving the loop's thread.
    @Test func actorsCanLiveOnTheLoop() async throws {
        actor Counter {
            let loop: EventLoop
            private var count = 0
            init(_ loop: EventLoop) { self.loop = loop }
            nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
            func next() -> Int {
                #expect(loop.isCurrent)
                count += 1
                return count
            }
            nonisolated func now() -> Int { assumeIsolated { $0.count } }
        }
        let counter = Mutex<Counter?>(nil)
        let server = try HTTPServer { _, response in
            let counter = counter.withLock { $0! }
            let one = await counter.next()
            let two = await counter.next()
            try await response.send(text: "\(one) \(two) \(counter.now()) \(EventLoop.current != nil)")
        }
        counter.withLock { $0 = Counter(server.loop) }
        let port = try server.start()
        let response = try await exchange(port, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        await server.stop()
        #expect(response.hasSuffix("\r\n\r\n1 2 2 true"))
    }

    @Test func aPortThatIsTakenIsAnError() async throws {
        let first = try HTTPServer { _, response in try await response.send() }
        let port = try first.start()
        let second = try HTTPServer(port: port) { _, response in try await response.send() }
        #expect(throws: HTTPServerError.system(call: "bind", code: EADDRINUSE, address: "127.0.0.1:\(port)"))
        {
            try second.start()
        }
        #expect(throws: HTTPServerError.alreadyStarted) { try first.start() }
        #expect(throws: HTTPServerError.badAddress("example:1")) {
            try HTTPServer(host: "example", port: 1) { _, response in try await response.send() }.start()
        }
        await first.stop()
        await first.stop()
    }
}
