import Foundation
import Glibc
import HTTPServer
import Synchronization
import Testing

@Suite struct LoopTests {
    /// Each loop takes connections, and each has its own value.
    @Test func severalLoopsServeOnePort() async throws {
        let local = LoopLocal { _ in 0 }
        let seen = Mutex<[ObjectIdentifier: Int]>([:])
        try await withStreaming(loops: 3) { _, _, response in
            let loop = try #require(EventLoop.current)
            let count = local.with { value -> Int in
                value += 1
                return value
            }
            seen.withLock { $0[ObjectIdentifier(loop)] = count }
            try await response.send(text: "\(count)")
        } _: { reach in
            try await onThread {
                for _ in 0..<60 {
                    let client = try reach.client()
                    try client.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                    #expect(status(try client.receiveAll()) == 200)
                }
            }
        }
        #expect(seen.withLock { $0.count } == 3)
        #expect(seen.withLock { $0.values.reduce(0, +) } == 60)
    }

    /// A loop's value that holds another's goes, and takes that with it: with the loop, and before it.
    @Test(arguments: [false, true]) func aValueThatHoldsAnotherGoesWithIt(loopGoesFirst: Bool) async throws {
        let loop = try EventLoop()
        try loop.start()
        final class Watched: Sendable {
            let gone: @Sendable () -> Void
            init(_ gone: @escaping @Sendable () -> Void) { self.gone = gone }
            deinit { gone() }
        }
        let gone = Mutex(0)
        var outer: LoopLocal<LoopLocal<Watched>>? = LoopLocal { _ in
            LoopLocal { _ in Watched { gone.withLock { $0 += 1 } } }
        }
        if let used = outer { await loop.spawn { used.with { $0.with { _ in } } }.value }
        if loopGoesFirst { loop.finish() }
        outer = nil
        for _ in 0..<200 where gone.withLock({ $0 }) == 0 { try await Task.sleep(for: .milliseconds(5)) }
        #expect(gone.withLock { $0 } == 1)
        if !loopGoesFirst { loop.finish() }
    }

    /// What others would share without a word is refused.
    @Test func severalLoopsDoNotShareTheirPortWithOthers() async throws {
        let first = try HTTPServer(loops: 2) { _, response in try await response.send() }
        let port = try first.start()
        let second = try HTTPServer(port: port, loops: 2) { _, response in try await response.send() }
        #expect(throws: HTTPServerError.system(call: "bind", code: EADDRINUSE, address: "127.0.0.1:\(port)"))
        {
            try second.start()
        }
        await first.stop()
    }

    @Test func stoppingStopsEveryLoop() async throws {
        let gate = Gate()
        let server = try HTTPServer(loops: 2) { _, response in
            gate.open(to: gate.number + 1)
            try await gate.wait(for: 100)
            try await response.send(text: "done")
        }
        let port = try server.start()
        let answers = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<16 {
                group.addTask { try await exchange(port, "GET / HTTP/1.1\r\nHost: x\r\n\r\n") }
            }
            try await Task.sleep(for: .milliseconds(100))
            group.addTask {
                await server.stop()
                return ""
            }
            try await Task.sleep(for: .milliseconds(50))
            gate.open(to: 100)
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers.count { $0.hasSuffix("\r\n\r\ndone") } == 16)
    }

    /// What computes and what blocks is told of by name; what only waits its turn is not.
    @Test func aJobThatHoldsItsLoopIsToldOf() async throws {
        let told = Mutex<[LongJob]>([])
        let server = try HTTPServer { request, response in
            switch request.target {
            case "/computes":
                let end = ContinuousClock.now + .milliseconds(60)
                while ContinuousClock.now < end {}
            case "/blocks": usleep(30_000)
            default: try await EventLoop.sleep(for: .milliseconds(30))
            }
            try await response.send(text: "done")
        }
        for loop in server.loops {
            loop.watch(longerThan: .milliseconds(10)) { job in told.withLock { $0.append(job) } }
        }
        let port = try server.start()
        for path in ["/waits", "/blocks", "/computes", "/waits"] {
            let head = "GET \(path) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
            #expect(status(try await exchange(port, head)) == 200)
        }
        await server.stop()
        let jobs = told.withLock { $0 }
        #expect(jobs.map(\.doing) == ["GET /blocks", "GET /computes"])
        #expect(jobs.first.map { $0.waits > 0 && $0.took >= .milliseconds(30) } == true)
        #expect(jobs.last.map { $0.computed > .milliseconds(10) } == true)
        #expect("\(try #require(jobs.first))".hasPrefix("GET /blocks held the loop for "))
    }
}
