import Foundation
import Glibc
import HTTPServer
import Synchronization
import Testing

/// What an upstream can do to its client besides answering: each has its phase, its cause and its status.
@Suite struct FaultTests {
    private let get = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"

    private func options(_ change: (inout UpstreamOptions) -> Void) -> UpstreamOptions {
        var options = UpstreamOptions()
        change(&options)
        return options
    }

    private func fault(
        _ options: UpstreamOptions = UpstreamOptions(), request: String? = nil,
        _ script: @escaping ScriptedOrigin.Script
    ) async throws -> (answer: String, failure: UpstreamError?) {
        let origin = try ScriptedOrigin(script)
        return try await withRelay(to: origin.port, options: options) { reach, log, _ in
            let answer = try await reach.exchange(request ?? get)
            try await eventually { !log.failures.isEmpty }
            return (answer, log.failures.first)
        }
    }

    @Test func nobodyListens() async throws {
        try await withRelay(to: try closedPort()) { reach, log, _ in
            let answer = try await reach.exchange(get)
            #expect(status(answer) == 502)
            #expect(log.failures == [UpstreamError(.connecting, .refused, mayHaveArrived: false)])
        }
    }

    /// An address of which RFC 5737 says that nobody is there; a network may say so, or say nothing.
    @Test func nobodyAnswersTheCall() async throws {
        let upstream = try Upstream(
            UpstreamOrigin(host: "192.0.2.1", port: 9), options: options { $0.connect = .milliseconds(80) })
        let log = RelayLog()
        let start = ContinuousClock.now
        try await withStreaming(handler: relay(to: upstream, log)) { reach in
            let answer = try await reach.exchange(get)
            #expect([502, 504].contains(status(answer)))
        }
        #expect(ContinuousClock.now - start < .seconds(2))
        #expect(log.failures.first?.phase == .connecting)
        #expect(log.failures.first?.mayHaveArrived == false)
    }

    /// A queue that is full leaves the call unanswered.
    @Test func aConnectionTakesTooLong() async throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(listener) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = (bind(listener, $0, size), listen(listener, 0), getsockname(listener, $0, &size))
            }
        }
        let port = Int(UInt16(bigEndian: address.sin_port))
        let first = try RawClient(port: port)
        try await withRelay(to: port, options: options { $0.connect = .milliseconds(80) }) { reach, log, _ in
            let answer = try await reach.exchange(get)
            #expect(status(answer) == 504)
            #expect(log.failures == [UpstreamError(.connecting, .timedOut, mayHaveArrived: false)])
        }
        first.close()
    }

    @Test func aNameThatIsNone() async throws {
        let upstream = try Upstream(UpstreamOrigin(host: "no-such-host.invalid", port: 80))
        let log = RelayLog()
        try await withStreaming(handler: relay(to: upstream, log)) { reach in
            let answer = try await reach.exchange(get)
            #expect([502, 504].contains(status(answer)))
        }
        let cause = log.failures.first?.cause
        #expect(cause == .unresolved("no-such-host.invalid") || cause == .timedOut)
    }

    @Test func theFirstByteDoesNotCome() async throws {
        let (answer, failure) = try await fault(options { $0.firstByte = .milliseconds(60) }) { peer, _ in
            _ = try peer.receiveAll()
        }
        #expect(status(answer) == 504)
        #expect(failure == UpstreamError(.waiting, .timedOut, mayHaveArrived: true))
    }

    /// Bytes of a body that is on its way count as life; the wait begins with the last of them.
    @Test func aSlowUploadIsNoSilence() async throws {
        let origin = try ScriptedOrigin { peer, _ in
            _ = try peer.receive(until: "0\r\n\r\n")
            try peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")
        }
        try await withRelay(to: origin.port, options: options { $0.firstByte = .milliseconds(150) }) {
            reach, log, _ in
            let answer = try await onThread {
                let client = try reach.client()
                try client.send(
                    "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n")
                for _ in 0..<8 {
                    usleep(40_000)
                    try client.send("1\r\nx\r\n")
                }
                try client.send("0\r\n\r\n")
                return try client.receiveAll()
            }
            #expect(status(answer) == 200)
        }
    }

    @Test func theHeadDoesNotEnd() async throws {
        let (answer, failure) = try await fault(options { $0.firstByte = .milliseconds(60) }) { peer, _ in
            _ = try peer.receive(until: "\r\n\r\n")
            try peer.send("HTTP/1.1 200 OK\r\nX: ")
            _ = try peer.receiveAll()
        }
        #expect(status(answer) == 504)
        #expect(failure == UpstreamError(.head, .timedOut, mayHaveArrived: true))
    }

    @Test func theBodyPauses() async throws {
        let (answer, failure) = try await fault(options { $0.pause = .milliseconds(60) }) { peer, _ in
            _ = try peer.receive(until: "\r\n\r\n")
            try peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello")
            _ = try peer.receiveAll()
        }
        #expect(answer.hasSuffix("\r\n\r\nhello"))
        #expect(failure == UpstreamError(.body, .timedOut, mayHaveArrived: true))
    }

    /// A drip keeps every pause short, and not the whole.
    @Test func theWholeTakesTooLong() async throws {
        let limits = options {
            $0.pause = .milliseconds(500)
            $0.total = .milliseconds(100)
        }
        let start = ContinuousClock.now
        let (answer, failure) = try await fault(limits) { peer, _ in
            _ = try peer.receive(until: "\r\n\r\n")
            try peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            for _ in 0..<2000 {
                try peer.send("1\r\nx\r\n")
                usleep(2000)
            }
        }
        #expect(ContinuousClock.now - start < .seconds(2))
        #expect(!answer.hasSuffix("0\r\n\r\n"))
        #expect(failure == UpstreamError(.body, .overTime, mayHaveArrived: true))
    }

    @Test func theConnectionIsResetBeforeTheAnswer() async throws {
        let (answer, failure) = try await fault { peer, _ in
            _ = try peer.receive(until: "\r\n\r\n")
            peer.reset()
        }
        #expect(status(answer) == 502)
        #expect(failure == UpstreamError(.waiting, .closed, mayHaveArrived: true))
    }

    @Test func theConnectionIsClosedBeforeTheAnswer() async throws {
        let (answer, failure) = try await fault { peer, _ in
            _ = try peer.receive(until: "\r\n\r\n")
            peer.finishSending()
            _ = try peer.receiveAll()
        }
        #expect(status(answer) == 502)
        #expect(failure == UpstreamError(.waiting, .closed, mayHaveArrived: true))
    }

    @Test func theConnectionIsResetInTheBody() async throws {
        let (_, failure) = try await fault { peer, _ in
            _ = try peer.receive(until: "\r\n\r\n")
            try peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello")
            usleep(30_000)
            peer.reset()
        }
        #expect(failure == UpstreamError(.body, .closed, mayHaveArrived: true))
    }

    @Test func theRequestIsNotTaken() async throws {
        let origin = try ScriptedOrigin { _, _ in usleep(1_500_000) }
        var limits = HTTPLimits()
        limits.bodyBytes = .max
        try await withRelay(
            to: origin.port, limits: limits, options: options { $0.stall = .milliseconds(80) }
        ) { reach, log, _ in
            let answer = try await onThread {
                let client = try reach.client()
                Thread.detachNewThread {
                    let head = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 90000000\r\n\r\n"
                    do {
                        try client.send(head)
                        for _ in 0..<900 { try client.send([UInt8](repeating: 1, count: 100_000)) }
                    } catch {}
                }
                return try client.receiveText()
            }
            #expect(status(answer) == 504)
            #expect(log.failures.first?.cause == .stalled)
        }
    }

    /// A body that is wrong at its source is the client's fault, and the upstream does not get it for whole.
    @Test func aBadBodyIsItsClientsFault() async throws {
        let got = Mutex("")
        let origin = try ScriptedOrigin { peer, _ in
            var all = ""
            while let part = try? peer.receiveText(), !part.isEmpty { all += part }
            got.withLock { $0 = all }
        }
        try await withRelay(to: origin.port) { reach, log, _ in
            let answer = try await onThread {
                let client = try reach.client()
                try client.send(
                    "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
                usleep(30_000)
                try client.send("zz\r\n")
                return try client.receiveAll()
            }
            #expect(status(answer) == 400)
            try await eventually { !got.withLock { $0.isEmpty } }
            #expect(got.withLock { $0.hasSuffix("5\r\nhello\r\n") })
            #expect(
                log.failures.first?.cause
                    == .source(.refused(status: 400, reason: "an invalid chunk size")))
        }
    }

    /// The client's end is the upstream's, in whatever phase.
    @Test(arguments: ["", "HTTP/1.1 200 OK\r\n\r\nhello"], Way.allCases)
    func aClientThatGoesEndsTheExchange(answer: String, way: Way) async throws {
        let ended = Atomic<Bool>(false)
        let began = Gate()
        let origin = try ScriptedOrigin { peer, _ in
            _ = try peer.receive(until: "\r\n\r\n")
            try peer.send(answer)
            began.open(to: 1)
            _ = try? peer.receiveAll()
            ended.store(true, ordering: .relaxed)
        }
        try await withRelay(to: origin.port, by: way) { reach, _, _ in
            try await onThread {
                let client = try reach.client()
                try client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                while began.number < 1 { usleep(500) }
                if !answer.isEmpty { _ = try client.receive(until: "hello") }
                client.close()
            }
            try await eventually { ended.load(ordering: .relaxed) }
        }
    }
}
