import Foundation
import Glibc
import Synchronization
import Testing

@testable import HTTPServer

/// The parts of relaying that need no network.
@Suite struct UpstreamPartTests {
    // MARK: - Bodies

    private func decode(_ text: String, _ framing: BodyDecoder.Framing, pieces: [Int]) -> (String, String) {
        var decoder = BodyDecoder(framing, limit: 1000, overhead: 200)
        var data: [UInt8] = []
        var rest = Array(text.utf8)[...]
        var sizes = pieces[...]
        do {
            while true {
                let size = min(sizes.popFirst() ?? rest.count, rest.count)
                let bytes = Array(rest.prefix(size))
                rest = rest.dropFirst(size)
                var offset = 0
                try bytes.withUnsafeBufferPointer { bytes in
                    while case .data(let range) = try decoder.step(bytes, from: &offset) {
                        data += Array(bytes[range])
                    }
                }
                if decoder.isAtEnd {
                    let left = bytes[offset...] + rest
                    return (String(decoding: data, as: UTF8.self), "end, \(left.count) left")
                }
                if rest.isEmpty { return (String(decoding: data, as: UTF8.self), "more") }
            }
        } catch {
            return (String(decoding: data, as: UTF8.self), "\(error)")
        }
    }

    /// Wherever the bytes are cut, the same comes out: data, end or fault, and what is left for the next message.
    @Test func cutsDoNotMatter() {
        let cases: [(String, BodyDecoder.Framing, String, String)] = [
            ("helloX", .counted(5), "hello", "end, 1 left"),
            ("hell", .counted(5), "hell", "more"),
            ("hello", .untilClose, "hello", "more"),
            ("X", .none, "", "end, 1 left"),
            ("5\r\nhello\r\n0\r\n\r\nX", .chunked, "hello", "end, 1 left"),
            (
                "A;n=v;q=\"x y\"\r\n0123456789\r\n00\r\nT: u\r\nV:\r\n\r\n", .chunked, "0123456789",
                "end, 0 left"
            ),
            ("5\r\nhello\r\n0\r\n\r", .chunked, "hello", "more"),
            ("5\nhello", .chunked, "", "malformed(\"an invalid chunk size\")"),
            ("5\r\nhello\n", .chunked, "hello", "malformed(\"a chunk without CR LF\")"),
            ("5\r\nhelloo", .chunked, "hello", "malformed(\"a chunk without CR LF\")"),
            ("5 \r\nhello", .chunked, "", "malformed(\"an invalid chunk size\")"),
            ("\u{b}5\r\nhello", .chunked, "", "malformed(\"an invalid chunk size\")"),
            ("+5\r\nhello", .chunked, "", "malformed(\"an invalid chunk size\")"),
            ("ffffffffffffffff1\r\n", .chunked, "", "malformed(\"a chunk size beyond measure\")"),
            ("3e9\r\n", .chunked, "", "tooLarge"),
            ("0\r\n T: u\r\n\r\n", .chunked, "", "malformed(\"an invalid trailer\")"),
            ("0\r\nT : u\r\n\r\n", .chunked, "", "malformed(\"an invalid trailer\")"),
            ("0\r\nT: u\n\r\n", .chunked, "", "malformed(\"an invalid trailer\")"),
            ("0\r\n\n", .chunked, "", "malformed(\"an invalid trailer\")"),
            ("0\r\nT: \(String(repeating: "x", count: 300))", .chunked, "", "overhead"),
        ]
        var state: UInt64 = 7
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        for (text, framing, data, end) in cases {
            let whole = decode(text, framing, pieces: [])
            #expect(whole == (data, end), "\(text)")
            let single = decode(text, framing, pieces: Array(repeating: 1, count: text.utf8.count))
            #expect(single == (data, end), "\(text)")
            for _ in 0..<50 {
                let cut = decode(text, framing, pieces: (0..<10).map { _ in random(6) })
                #expect(cut == (data, end), "\(text)")
            }
        }
    }

    /// Random bytes never make the decoder trap, take more than was given, or give more than the limit.
    @Test func randomBytesAreTakenOrRefused() {
        let alphabet = Array("0123456789abcfFG;=\"\r\n\r\n\r\n: \t\u{b}\u{0}xT".utf8)
        var state: UInt64 = 11
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        var ends = 0
        for round in 0..<20_000 {
            var decoder = BodyDecoder(.chunked, limit: 64, overhead: 64)
            var bytes = (0..<random(40)).map { _ in alphabet[random(alphabet.count)] }
            if round % 2 == 0 { bytes = Array("2\r\nab\r\n0\r\n".utf8) + bytes }
            var offset = 0
            var count = 0
            try? bytes.withUnsafeBufferPointer { bytes in
                while case .data(let range) = try decoder.step(bytes, from: &offset) {
                    #expect(range.upperBound <= bytes.count)
                    count += range.count
                }
            }
            #expect(offset <= bytes.count && count <= 64, "round \(round)")
            if decoder.isAtEnd { ends += 1 }
        }
        #expect(ends > 50)
    }

    // MARK: - Origins

    @Test func originsAreRead() {
        let cases: [(String, String?)] = [
            ("http://a", "a 80 false"), ("https://a", "a 443 true"), ("http://a:8080/", "a 8080 false"),
            ("http://127.0.0.1:1", "127.0.0.1 1 false"), ("https://[::1]:8443", "::1 8443 true"),
            ("http://[::1]", "::1 80 false"), ("ftp://a", nil), ("http://", nil), ("http://a:0", nil),
            ("http://a:99999", nil), ("http://a:x", nil), ("http://u@a", nil), ("http://a/b", nil),
            ("http://a b", nil), ("http://:80", nil),
        ]
        for (url, expected) in cases {
            let origin = UpstreamOrigin(url)
            let found = origin.map { "\($0.host) \($0.port) \($0.security != nil)" }
            #expect(found == expected, "\(url)")
        }
        #expect(UpstreamOrigin("https://[::1]:443")?.description == "https://[::1]")
        #expect(UpstreamOrigin("http://a:443")?.description == "http://a:443")
    }

    // MARK: - Names

    /// Runs `body` as a task of a loop of its own.
    private func onLoop<Value: Sendable>(
        _ body: @escaping @Sendable (EventLoop) async -> Value
    ) async throws -> Value {
        let loop = try EventLoop()
        try loop.start()
        let value = await withCheckedContinuation { continuation in
            loop.spawn { continuation.resume(returning: await body(loop)) }
        }
        loop.finish()
        return value
    }

    /// Many that ask at once cost one question, what is known is not asked again, and the port is the caller's.
    @Test func namesAreAskedForOnce() async throws {
        let asked = Atomic<Int>(0)
        let resolver = Resolver { host in
            asked.add(1, ordering: .relaxed)
            usleep(20_000)
            return host == "app" ? ["10.0.0.1", "::1"].compactMap { SocketAddress(host: $0, port: 0) } : []
        }
        let found = try await onLoop { loop in
            let later = loop.deadline(after: .seconds(2))
            let all = await withTaskGroup(of: [SocketAddress].self) { group in
                for port in 1...5 {
                    group.addTask { await resolver.addresses("app", port: port, on: loop, until: later) }
                }
                return await group.reduce(into: []) { $0 += $1 }
            }
            let again = await resolver.addresses("app", port: 9, on: loop, until: later)
            let none = await resolver.addresses("other", port: 9, on: loop, until: later)
            let numeric = await resolver.addresses("::1", port: 9, on: loop, until: later)
            return (all + again + none + numeric).map { "\($0.host) \($0.port)" }
        }
        #expect(found.count == 13)
        #expect(Set(found.prefix(10)) == Set((1...5).flatMap { ["10.0.0.1 \($0)", "::1 \($0)"] }))
        #expect(found.suffix(3) == ["10.0.0.1 9", "::1 9", "::1 9"])
        #expect(asked.load(ordering: .relaxed) == 2)
    }

    /// A name server that hangs costs the time-out of those that ask, and nothing on the loop.
    @Test func aNameServerThatHangsHoldsNobody() async throws {
        let resolver = Resolver { _ in
            usleep(400_000)
            return []
        }
        let (count, waited, ticks) = try await onLoop { loop in
            let start = loop.now()
            async let ticking = Self.ticks(for: .milliseconds(60))
            let found = await resolver.addresses(
                "app", port: 1, on: loop, until: loop.deadline(after: .milliseconds(60)))
            return (found.count, loop.now() - start, await ticking)
        }
        #expect(count == 0)
        #expect(waited >= 55_000_000 && waited < 350_000_000)
        #expect(ticks > 5)
    }

    private static func ticks(for time: Duration) async -> Int {
        let end = ContinuousClock.now + time
        var count = 0
        while ContinuousClock.now < end {
            try? await EventLoop.sleep(for: .milliseconds(1))
            count += 1
        }
        return count
    }

    /// The addresses are tried in turn; the one that answered is the first to be tried next time.
    @Test func severalAddressesAreTried() async throws {
        let app = try HTTPServer { _, response in try await response.send(headers: ["Connection": "close"]) }
        let port = try app.start()
        let asked = Atomic<Int>(0)
        let resolver = Resolver { _ in
            asked.add(1, ordering: .relaxed)
            // Nobody listens at the first two.
            return ["127.0.0.7", "::1", "127.0.0.1"].compactMap { SocketAddress(host: $0, port: 0) }
        }
        let upstream = try Upstream(UpstreamOrigin(host: "app", port: port), UpstreamOptions(), resolver)
        let answers = try await onLoop { _ -> [Int] in
            var answers: [Int] = []
            for _ in 0..<3 {
                let answer = try? await upstream.send(UpstreamRequest(method: "GET", target: "/"))
                answers.append(answer?.status ?? 0)
            }
            return answers
        }
        #expect(answers == [200, 200, 200])
        #expect(asked.load(ordering: .relaxed) == 1)
        await app.stop(within: .milliseconds(50))
    }

    /// Connections of an upstream that is let go are closed.
    @Test func anUpstreamThatIsLetGoLeavesNothing() async throws {
        let origin = try ScriptedOrigin(answer: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        let open = try await onLoop { [port = origin.port] loop -> [Int] in
            var open: [Int] = []
            do {
                guard let upstream = try? Upstream(UpstreamOrigin(host: "127.0.0.1", port: port)) else {
                    return []
                }
                _ = try? await upstream.send(UpstreamRequest(method: "GET", target: "/"))
                open.append(upstream.connections.idle)
            }
            var count = 0
            loop.eachChannel { _ in count += 1 }
            return open + [count]
        }
        #expect(open == [1, 0])
    }
}
