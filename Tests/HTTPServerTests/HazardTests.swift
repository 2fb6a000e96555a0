import Foundation
import Glibc
import HTTPServer
import Synchronization
import Testing

/// What handlers and upstreams can do that must neither end the process nor blur where one answer ends.
@Suite struct HazardTests {
    private let get = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"

    /// An upstream fails while the body's next piece is awaited: the handler may turn to the body all the same.
    @Test func aBodyIsReadOnAfterItsUpstreamFailed() async throws {
        let origin = try ScriptedOrigin { peer, _ in
            _ = try peer.receive(until: "\r\n\r\n")
            try peer.send("what is this\r\n\r\n")
        }
        let upstream = try Upstream(UpstreamOrigin(host: "127.0.0.1", port: origin.port))
        try await withStreaming { head, body, writer in
            let answered = try? await upstream.send(UpstreamRequest(head), body: try .relay(body))
            #expect(answered == nil)
            _ = try? body.ready()
            let rest = try await body.collect(upTo: 1000)
            try await writer.send(text: String(decoding: rest, as: UTF8.self))
        } _: { reach in
            let text = try await onThread {
                let client = try reach.client()
                try client.send(
                    "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n")
                usleep(100_000)
                try client.send("5\r\nhello\r\n0\r\n\r\n")
                return try client.receiveAll()
            }
            #expect(text.hasSuffix("\r\n\r\nhello"))
        }
    }

    /// What somebody took of an answer is missing for the client: the connection is cut, not used again.
    @Test func anAnswerOfWhichSomethingWasTakenIsCut() async throws {
        let origin = try ScriptedOrigin(answer: "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789")
        let upstream = try Upstream(UpstreamOrigin(host: "127.0.0.1", port: origin.port))
        try await withStreaming { head, _, writer in
            let response = try await upstream.send(UpstreamRequest(head))
            _ = try await response.next()
            try await writer.relay(response)
        } _: { reach in
            let text = try await reach.exchange(
                "GET / HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(!text.contains("0123456789"))
            #expect(text.components(separatedBy: "HTTP/1.1 ").count <= 2)
        }
    }

    @Test func aClientOfHeadGetsNoBody() async throws {
        let origin = try ScriptedOrigin(answer: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
        let upstream = try Upstream(UpstreamOrigin(host: "127.0.0.1", port: origin.port))
        try await withStreaming { head, _, writer in
            let response = try await upstream.send(UpstreamRequest(method: "GET", target: head.target))
            try await writer.relay(response)
        } _: { reach in
            let text = try await reach.exchange(
                "HEAD / HTTP/1.1\r\nHost: x\r\n\r\nHEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            #expect(text.components(separatedBy: "HTTP/1.1 200").count == 3)
            #expect(!text.contains("hello"))
        }
    }

    /// The time for the whole exchange also ends what never ceases to come.
    @Test func aFloodEndsInTime() async throws {
        let origin = try ScriptedOrigin { peer, _ in
            _ = try peer.receive(until: "\r\n\r\n")
            try peer.send("HTTP/1.1 200 OK\r\n\r\n")
            let piece = [UInt8](repeating: 120, count: 1 << 20)
            while true { try peer.send(piece) }
        }
        var options = UpstreamOptions()
        options.total = .milliseconds(200)
        let start = ContinuousClock.now
        try await withRelay(to: origin.port, options: options) { reach, log, _ in
            try await onThread {
                let client = try reach.client()
                try client.send(get)
                // A cut may come as a reset.
                while let piece = try? client.receive(), !piece.isEmpty {}
            }
            #expect(ContinuousClock.now - start < .seconds(2))
            #expect(log.failures.map(\.cause) == [.overTime])
        }
    }

    /// Another server's framing cannot stand beside ours, by whatever way it comes.
    @Test func fieldsOfAnAnswerAreNotWrittenAsTheyStand() async throws {
        let origin = try ScriptedOrigin(
            answer: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-Kind: a\r\n\r\nhello")
        let upstream = try Upstream(UpstreamOrigin(host: "127.0.0.1", port: origin.port))
        let thrown = Mutex<HTTPServerError?>(nil)
        try await withStreaming { head, _, writer in
            let response = try await upstream.send(UpstreamRequest(head))
            do {
                try await writer.send(headers: response.fields, body: Array("ok".utf8))
            } catch let error as HTTPServerError {
                thrown.withLock { $0 = error }
                throw error
            }
        } _: { reach in
            let text = try await reach.exchange(get)
            #expect(status(text) == 500)
        }
        #expect(thrown.withLock { $0 } == .reservedField("content-length"))
    }

    @Test func aListOfNamesWithoutMeasureIsRefused() async throws {
        try await withServer { _, response in
            try await response.send(text: "ok")
        } _: { port in
            for (count, expected) in [(8, 200), (32, 200), (33, 400), (5000, 400)] {
                let names = (["close"] + Array(repeating: "a", count: count - 1)).joined(separator: ",")
                let text = try await exchange(
                    port, "GET / HTTP/1.1\r\nHost: x\r\nConnection: \(names)\r\n\r\n")
                #expect(status(text) == expected, "\(count) names")
            }
        }
    }
}
