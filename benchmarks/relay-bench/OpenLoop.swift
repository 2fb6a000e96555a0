import Glibc
import HTTPServer

/// A load that keeps to its timetable whatever the server does: each request has its moment, and its latency is
/// counted from that moment, so that a server which stalls is charged for all who would have come meanwhile.
struct OpenLoop {
    var rate = 2000.0
    var seconds = 5.0
    var connections = 64
    /// Bytes of the JSON body; nil for `GET`.
    var post: Int?
    /// Bodies that are sent one after another, round and round, in place of `post`.
    var bodies: [[UInt8]] = []
    /// How many users there are, named in `X-User-ID` one after another; 0 for requests without one.
    var users = 0
    var path = "/"

    init?(_ words: [String]) {
        for word in words {
            let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2 else { return nil }
            switch (parts[0], Double(parts[1])) {
            case ("rate", let value?) where value > 0: rate = value
            case ("seconds", let value?) where value > 0: seconds = value
            case ("connections", let value?) where value >= 1: connections = Int(value)
            case ("post", let value?) where value >= 0: post = Int(value)
            case ("users", let value?) where value >= 0: users = Int(value)
            case ("path", _): path = parts[1]
            case ("bodies", _):
                guard let text = Self.text(of: parts[1]) else { return nil }
                bodies = text.split(separator: "\n").map { Array($0.utf8) }
            default: return nil
            }
        }
    }

    private static func text(of path: String) -> String? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        while case let count = fread(&piece, 1, piece.count, file), count > 0 { bytes += piece[..<count] }
        return String(validating: bytes, as: UTF8.self)
    }

    /// Microseconds from the due moment to the first byte of the body and to the last.
    struct Latency: Sendable {
        var firstByte: Double
        var lastByte: Double
    }

    /// What one loop counts; only its thread touches it.
    private final class Tally: @unchecked Sendable {
        var next = 0
        var done: [Latency] = []
        var statuses: [Int: Int] = [:]
        var failures: [String: Int] = [:]
    }

    func run(_ upstream: Upstream) async throws -> String {
        let loop = try EventLoop()
        try loop.start()
        let tally = Tally()
        let count = Int(rate * seconds)
        let body = post.map { size in
            Array(#"{"text":""#.utf8) + [UInt8](repeating: UInt8(ascii: "x"), count: max(0, size - 11))
                + Array(#""}"#.utf8)
        }
        tally.done.reserveCapacity(count)
        let began = ContinuousClock.now
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<connections {
                let task = loop.spawn {
                    while tally.next < count {
                        let index = tally.next
                        tally.next += 1
                        let due = began + .seconds(Double(index) / rate)
                        if due > .now { try? await EventLoop.sleep(for: due - .now) }
                        let own = bodies.isEmpty ? body : bodies[index % bodies.count]
                        await ask(upstream, index, own, due, tally)
                    }
                }
                group.addTask { await task.value }
            }
        }
        let took = ContinuousClock.now - began
        loop.finish()
        return words(tally, took)
    }

    private func ask(
        _ upstream: Upstream, _ index: Int, _ body: [UInt8]?, _ due: ContinuousClock.Instant, _ tally: Tally
    ) async {
        var request = UpstreamRequest(method: body == nil ? "GET" : "POST", target: path)
        if body != nil { request.fields.append("Content-Type", "application/json") }
        if users > 0 { request.fields.append("X-User-ID", "user-\(index % users)") }
        do {
            let response = try await upstream.send(request, body: body.map { .bytes($0) } ?? .none)
            var first: Double?
            while try await response.next() != nil {
                if first == nil { first = microseconds(.now - due) }
            }
            let last = microseconds(.now - due)
            tally.statuses[response.status, default: 0] += 1
            tally.done.append(Latency(firstByte: first ?? last, lastByte: last))
        } catch {
            tally.failures["\(error)", default: 0] += 1
        }
    }

    private func microseconds(_ duration: Duration) -> Double { duration / .microseconds(1) }

    /// One line of JSON.
    private func words(_ tally: Tally, _ took: Duration) -> String {
        func quantiles(_ values: [Double]) -> String {
            let sorted = values.sorted()
            guard let most = sorted.last else { return "null" }
            let named = [("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("p999", 0.999)].map { name, share in
                "\"\(name)\": \(tenths(sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]))"
            }
            return "{\(named.joined(separator: ", ")), \"max\": \(tenths(most))}"
        }
        let statuses = tally.statuses.sorted { $0.key < $1.key }.map { "\"\($0.key)\": \($0.value)" }
        let failures = tally.failures.sorted { $0.key < $1.key }.map { "\"\(plain($0.key))\": \($0.value)" }
        return """
            {"sent": \(tally.next), "answered": \(tally.done.count), "seconds": \(took / .seconds(1)), \
            "statuses": {\(statuses.joined(separator: ", "))}, "failures": {\(failures.joined(separator: ", "))}, \
            "first_byte_us": \(quantiles(tally.done.map(\.firstByte))), \
            "last_byte_us": \(quantiles(tally.done.map(\.lastByte)))}
            """
    }

    private func tenths(_ value: Double) -> Double { (value * 10).rounded() / 10 }

    private func plain(_ text: String) -> String {
        String(text.map { $0 == "\"" || $0 == "\\" || $0.isNewline ? " " : $0 })
    }
}
