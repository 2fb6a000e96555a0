import Foundation
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
            while ended.withLock({ $0 }) == nil { try await Task.sleep(for: .milliseconds(1)) }
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
                while ended.withLock({ $0 == nil }) { usleep(1000) }
            }
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
        #expect(ContinuousClock.now - start < .seconds(1))
        #expect(try await answer == "")
    }

    /// Two clients that never let their connections wait leave the loop to others.
    @Test func aFloodDoesNotKeepTheLoop() async throws {
        let done = Gate()
        try await withServer { request, response in
            guard request.path == "/body" else { return try await response.send(text: "x") }
            let body = try await response.start()
            let piece = [UInt8](repeating: 0, count: 32768)
            while done.number == 0 { try await body.write(piece) }
        } _: { port in
            async let flood: Void = onThread { () -> Void in
                let client = try RawClient(port: port)
                let many = Array(String(repeating: "GET / HTTP/1.1\r\nHost: x\r\n\r\n", count: 500).utf8)
                Thread.detachNewThread { while let part = try? client.receive(), !part.isEmpty {} }
                while done.number == 0 { try client.send(many) }
            }
            async let stream: Void = onThread { () -> Void in
                let client = try RawClient(port: port)
                try client.send("GET /body HTTP/1.1\r\nHost: x\r\n\r\n")
                while done.number == 0 { _ = try client.receive() }
            }
            for _ in 0..<10 {
                let response = try await exchange(
                    port, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                #expect(status(response) == 200)
            }
            done.open(to: 1)
            _ = try await (flood, stream)
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
