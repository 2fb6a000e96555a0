import Testing

@testable import HTTPServer

/// Heads that were damaged at random, from fixed seeds: whatever comes is read or refused, and nothing traps; what
/// is read keeps the promises on which everything behind it builds.
@Suite struct HostileBytesTests {
    private struct Damage {
        private var state: UInt64
        init(seed: UInt64) { state = seed }

        mutating func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }

        private static let bytes =
            Array("\r\n\r\n :,;\t\u{b}\u{0}\u{7f}0159afHT/.chunked-".utf8) + [0x80, 0xFF, 0xC3]
        private static let words = [
            "Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n", "Connection: close, x\r\n",
            "Host: b\r\n",
            "Upgrade: websocket\r\n", ": \r\n", "\r\n", "HTTP/1.1 ", "Keep-Alive: timeout=99999999\r\n",
            " \r\n", "Expect: 100-continue\r\n",
        ].map { Array($0.utf8) }

        /// Some bytes changed, taken out, doubled, or words put in.
        mutating func apply(to seed: [UInt8]) -> [UInt8] {
            var bytes = seed
            for _ in 0...random(4) {
                let place = random(bytes.count + 1)
                switch random(4) {
                case 0 where place < bytes.count: bytes[place] = Self.bytes[random(Self.bytes.count)]
                case 1 where place < bytes.count: bytes.remove(at: place)
                case 2: bytes.insert(contentsOf: Self.words[random(Self.words.count)], at: place)
                default: bytes.insert(Self.bytes[random(Self.bytes.count)], at: place)
                }
            }
            return bytes
        }
    }

    private func head(of bytes: [UInt8]) -> [UInt8]? {
        var scanner = HeadScanner()
        guard case .complete(let start, let end) = bytes.withUnsafeBufferPointer({ scanner.scan($0) }) else {
            return nil
        }
        #expect(start <= end && end <= bytes.count)
        return Array(bytes[start..<end])
    }

    private func check(_ fields: HTTPFields, _ bytes: [UInt8]) {
        for (name, value) in fields {
            #expect(!name.isEmpty && name.utf8.allSatisfy(isTokenByte), "\(bytes)")
            #expect(!value.utf8.contains { $0 == 13 || $0 == 10 || $0 == 0 }, "\(bytes)")
        }
        var out: [UInt8] = []
        fields.forward(as: .response, removing: ["x"], adding: ["X-Added": "1"], into: &out)
        // What is passed on is made of whole lines.
        let lines = out.split(separator: 10, omittingEmptySubsequences: false).dropLast()
        #expect(lines.allSatisfy { $0.last == 13 && $0.count > 1 && $0.contains(58) }, "\(bytes)")
        let lower = String(decoding: out, as: UTF8.self).lowercased()
        for name in ["\ncontent-length:", "\ntransfer-encoding:", "\nconnection:", "\nupgrade:"] {
            #expect(!("\n" + lower).contains(name), "\(bytes)")
        }
    }

    @Test func answersAreReadOrRefused() throws {
        let loop = try EventLoop()
        let parser = ResponseParser(heads: loop.responseHeads, fieldLimit: 50)
        let seeds = [
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX: y\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n",
            "HTTP/1.0 404 Not Found\r\nKeep-Alive: timeout=5, max=3\r\nServer: a (b) \"c\"\r\n\r\n",
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
            "HTTP/1.1 204\r\n\r\n",
        ].map { Array($0.utf8) }
        var damage = Damage(seed: 3)
        var (read, refused) = (0, 0)
        for round in 0..<30_000 {
            let bytes = damage.apply(to: seeds[round % seeds.count])
            guard let head = head(of: bytes) else { continue }
            do {
                let answer = try head.withUnsafeBufferPointer {
                    try parser.readHead($0, isHead: round % 7 == 0)
                }
                read += 1
                #expect(100...599 ~= answer.status)
                check(answer.fields, bytes)
                _ = HopByHop.idleSeconds(of: answer.fields)
                let lengths = answer.fields.values(of: "content-length")
                let codings = answer.fields.values(of: "transfer-encoding")
                #expect(lengths.count + codings.count <= 1, "\(bytes)")
                if case .counted(let length) = answer.framing { #expect(Int(lengths[0]) == length) }
            } catch {
                refused += 1
            }
        }
        #expect(read > 3000 && refused > 3000)
    }

    @Test func requestsAreReadOrRefused() throws {
        let loop = try EventLoop()
        let parser = RequestParser(limits: HTTPLimits(), on: loop)
        let seeds = [
            "GET /a?b HTTP/1.1\r\nHost: a\r\nAccept: */*\r\n\r\n",
            "POST /a HTTP/1.1\r\nHost: a:80\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: [::1]\r\nTransfer-Encoding: chunked\r\n\r\n",
            "GET http://a/b HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
            "OPTIONS * HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
        ].map { Array($0.utf8) }
        var damage = Damage(seed: 5)
        var (read, refused) = (0, 0)
        for round in 0..<30_000 {
            let bytes = damage.apply(to: seeds[round % seeds.count])
            guard let head = head(of: bytes) else { continue }
            do {
                let request = try head.withUnsafeBufferPointer { try parser.readHead($0) }
                read += 1
                check(request.request.headers, bytes)
                #expect(request.request.target.hasPrefix("/") || request.request.target == "*", "\(bytes)")
                #expect(
                    request.request.minorVersion == 0 || request.request.headers.values(of: "host").count == 1
                )
                let lengths = request.request.headers.values(of: "content-length")
                let codings = request.request.headers.values(of: "transfer-encoding")
                #expect(lengths.count + codings.count <= 1, "\(bytes)")
                // What was read can be written to an upstream in one line a field.
                #expect(UpstreamRequest(request.request).problem == nil, "\(bytes)")
            } catch {
                refused += 1
            }
        }
        #expect(read > 3000 && refused > 3000)
    }
}
