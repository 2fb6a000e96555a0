import Foundation
import HTTPServer
import Testing

@Suite struct UpgradeTests {
    private let upgrade =
        "GET /chat HTTP/1.1\r\nHost: x\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: k\r\n\r\n"
    private let switching =
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: a\r\n\r\n"

    /// An origin that goes over, says hello with its head, and echoes what comes.
    private func echo() throws -> ScriptedOrigin {
        try ScriptedOrigin { [switching] peer, _ in
            let request = try peer.receive(until: "\r\n\r\n")
            guard request.contains("Connection: Upgrade\r\n"), request.contains("Upgrade: websocket\r\n"),
                request.contains("Sec-WebSocket-Key: k\r\n")
            else { return }
            try peer.send(switching + "hello")
            while true {
                let bytes = try peer.receive()
                if bytes.isEmpty { return }
                try peer.send(bytes)
            }
        }
    }

    @Test(arguments: Way.allCases) func bytesGoBothWays(way: Way) async throws {
        let origin = try echo()
        try await withRelay(to: origin.port, by: way) { reach, _, _ in
            let (head, long, rest) = try await onThread {
                let client = try reach.client()
                // The first words of the new protocol may come with the request.
                try client.send(upgrade + "early")
                let head = try client.receive(until: "helloearly")
                let data = [UInt8](repeating: 7, count: 500_000)
                Thread.detachNewThread { try? client.send(data) }
                var long = 0
                while long < data.count { long += try client.receive().count }
                client.finishSending()
                return (head, long, try client.receiveAll())
            }
            #expect(
                head == switching.replacingOccurrences(of: "\r\n\r\n", with: "\r\n\r\nhelloearly"))
            #expect(long == 500_000)
            #expect(rest == "")
        }
    }

    @Test func theUpstreamsEndIsTheClients() async throws {
        let origin = try ScriptedOrigin { [switching] peer, _ in
            _ = try peer.receive(until: "\r\n\r\n")
            try peer.send(switching + "bye")
        }
        try await withRelay(to: origin.port) { reach, _, upstream in
            let answer = try await reach.exchange(upgrade)
            #expect(answer.hasSuffix("\r\n\r\nbye"))
        }
    }

    @Test func aSilentTunnelEnds() async throws {
        let origin = try echo()
        let start = ContinuousClock.now
        try await withRelay(to: origin.port) { reach, _, _ in
            let answer = try await reach.exchange(upgrade)
            #expect(answer.hasSuffix("\r\n\r\nhello"))
        }
        #expect(ContinuousClock.now - start > .milliseconds(250))
    }

    /// A client that goes is the upstream's end.
    @Test func aClientThatGoesEndsTheTunnel() async throws {
        let ended = Gate()
        let origin = try ScriptedOrigin { [switching] peer, _ in
            _ = try peer.receive(until: "\r\n\r\n")
            try peer.send(switching)
            _ = try? peer.receiveAll()
            ended.open(to: 1)
        }
        try await withRelay(to: origin.port) { reach, _, _ in
            try await onThread {
                let client = try reach.client()
                try client.send(upgrade)
                _ = try client.receive(until: "\r\n\r\n")
                client.reset()
            }
            try await eventually { ended.number == 1 }
        }
    }

    /// An upstream that does not go over answers as ever, and the connection lives on.
    @Test(arguments: Way.allCases) func anUpgradeCanBeDeclined(way: Way) async throws {
        let origin = try ScriptedOrigin(answer: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nplain")
        try await withRelay(to: origin.port, by: way) { reach, _, _ in
            let answer = try await reach.exchange(
                upgrade + "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            #expect(answer.components(separatedBy: "\r\n\r\nplain").count == 3)
        }
    }

    /// Nobody goes over to what was not asked for, to HTTP/2, or with a body on its way.
    @Test func whatCannotGoOverDoesNot() async throws {
        let origin = try ScriptedOrigin { peer, _ in
            let request = try peer.receive(until: "\r\n\r\n")
            let text = request.contains("pgrade") ? "asked" : "plain"
            try peer.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n\(text)")
        }
        let cases: [(request: String, answer: String)] = [
            ("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nUpgrade: websocket\r\n\r\n", "plain"),
            ("GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, close\r\n\r\n", "plain"),
            ("GET / HTTP/1.0\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n", "plain"),
            (
                "POST / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\nContent-Length: 1\r\n\r\nx",
                "plain"
            ),
            ("GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, close\r\nUpgrade: a, b\r\n\r\n", "plain"),
            ("GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, close\r\nUpgrade: h2c\r\n\r\n", "HTTP/2"),
            (
                "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\n\r\n",
                "asked"
            ),
        ]
        try await withRelay(to: origin.port) { reach, _, _ in
            for test in cases {
                let answer = try await reach.exchange(test.request)
                #expect(answer.contains(test.answer), "\(test.request): \(answer)")
            }
        }
    }
}
