import Foundation
import Glibc
import HTTPServer
import Rollout
import Synchronization
import Testing

@testable import Gateway

/// An app of the test's own, over HTTP, that keeps what it was asked.
final class FakeApp: Sendable {
    struct Asked: Sendable {
        let method: String
        let target: String
        let headers: HTTPFields
        let body: [UInt8]
        let at = GatewayClock.monotonic()
    }

    typealias Answer = @Sendable (Asked, consuming ResponseWriter) async throws -> Void

    private final class State: Sendable { let asked = Mutex<[Asked]>([]) }

    let url: String
    let port: Int
    private let server: HTTPServer
    private let state: State

    /// - Parameter answer: nil for `200` with the app's name and the request's body.
    init(_ name: String, port: Int = 0, answer: Answer? = nil) throws {
        let state = State()
        server = try HTTPServer(port: port) { request, writer in
            let asked = Asked(
                method: request.method, target: request.target, headers: request.headers, body: request.body)
            state.asked.withLock { $0.append(asked) }
            if let answer { return try await answer(asked, writer) }
            try await writer.send(
                headers: ["Content-Type": "text/plain"], body: Array("\(name) ".utf8) + request.body)
        }
        self.state = state
        self.port = try server.start()
        url = "http://127.0.0.1:\(self.port)"
    }

    var asked: [Asked] { state.asked.withLock { $0 } }
    func stop() async { await server.stop(within: .milliseconds(20)) }
}

/// What a gateway said and kept, in memory.
final class Desk: Sendable {
    let said = Mutex<[String]>([])
    let kept = Mutex<[String: [UInt8]]>([:])
    let variables: [String: String]

    init(_ variables: [String: String] = [:]) { self.variables = variables }

    var doors: GatewayDoors {
        var doors = GatewayDoors()
        doors.variable = { self.variables[$0] }
        doors.keep = { name, bytes in self.kept.withLock { $0[name] = bytes } }
        doors.kept = { name in self.kept.withLock { $0[name] } }
        doors.forget = { name in _ = self.kept.withLock { $0.removeValue(forKey: name) } }
        doors.say = { line in self.said.withLock { $0.append(line) } }
        return doors
    }

    func hasSaid(_ part: String) -> Bool { said.withLock { $0.contains { $0.contains(part) } } }
}

/// A gateway with its ports.
struct Rig: Sendable {
    let gateway: Gateway
    let port: Int
    let adminPort: Int

    func client() throws -> WireClient { try WireClient(port: port) }

    /// One request on a connection of its own.
    func ask(
        _ method: String = "GET", _ target: String = "/", headers: [String] = [], body: String? = nil
    ) async throws -> WireAnswer {
        let port = port
        return try await onThread {
            try WireClient(port: port).ask(method, target, headers: headers, body: body)
        }
    }

    func admin(_ target: String) async throws -> WireAnswer {
        let port = adminPort
        return try await onThread { try WireClient(port: port).ask("GET", target) }
    }

    /// The value of a metric's line that begins so.
    func metric(_ start: String) async throws -> Double? {
        let text = try await admin("/metrics").body
        let line = text.split(separator: "\n").first { $0.hasPrefix("sluice_gateway_" + start + " ") }
        return line?.split(separator: " ").last.flatMap { Double($0) }
    }
}

/// Runs a gateway for the time of `body`.
func withGateway<Value: Sendable>(
    _ plan: RoutingPlan, source: Gateway.Source = .fixed, desk: Desk = Desk(), loops: Int = 1,
    log: AccessLog? = nil, grace: Duration = .milliseconds(50), _ body: (Rig) async throws -> Value
) async throws -> Value {
    var settings = GatewaySettings()
    settings.loops = loops
    settings.grace = grace
    let gateway = try Gateway(settings, plan: plan, source: source, doors: desk.doors, log: log)
    let ports = try gateway.start()
    let rig = Rig(gateway: gateway, port: ports.port, adminPort: try #require(ports.adminPort))
    do {
        let value = try await body(rig)
        await gateway.stop()
        return value
    } catch {
        await gateway.stop()
        throw error
    }
}

/// Waits until it holds, four seconds at most.
func eventually(_ condition: () async throws -> Bool) async throws -> Bool {
    for _ in 0..<400 {
        if try await condition() { return true }
        try await Task.sleep(for: .milliseconds(10))
    }
    return false
}

func plan(
    _ production: FakeApp, _ candidate: FakeApp? = nil, share: Int = 0, number: Int = 1
) -> RoutingPlan {
    var plan = RoutingPlan(number: number, release: "test", production: .init(url: production.url))
    plan.candidate = candidate.map { .init(url: $0.url) }
    plan.share = Share(hundredths: share)
    plan.sticky = [.header("X-User")]
    plan.announce = "X-Arm"
    return plan
}

/// Runs blocking code on a thread of its own: the cooperative pool has only as many as there are cores.
func onThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: Result(catching: body)) }
    }
}

struct WireAnswer: Sendable {
    let status: Int
    let head: String
    let body: String
    let isWhole: Bool

    func header(_ name: String) -> String? {
        for line in head.split(separator: "\r\n").dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.count == 2, parts[0].lowercased() == name.lowercased() {
                return parts[1].trimmingCharacters(in: .whitespaces)
            }
        }
        return nil
    }
}

/// A blocking client of HTTP/1.1 that keeps its connection. No wait is longer than ten seconds.
final class WireClient: @unchecked Sendable {
    struct Broken: Error {
        let call: String
        let code = errno
    }

    private let descriptor: Int32
    private var rest: [UInt8] = []

    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw Broken(call: "socket") }
        var on: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, 4)
        var time = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { throw Broken(call: "connect") }
    }

    deinit { close(descriptor) }

    func send(_ text: String) throws {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Broken(call: "send") }
            rest = rest.dropFirst(count)
        }
    }

    private func more() throws -> Bool {
        var buffer = [UInt8](repeating: 0, count: 65536)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        guard count >= 0 else { throw Broken(call: "recv") }
        rest += buffer[..<count]
        return count > 0
    }

    func ask(
        _ method: String, _ target: String, headers: [String] = [], body: String? = nil
    ) throws -> WireAnswer {
        var text = "\(method) \(target) HTTP/1.1\r\nHost: h\r\n"
        for header in headers { text += header + "\r\n" }
        if let body { text += "Content-Length: \(body.utf8.count)\r\n" }
        try send(text + "\r\n" + (body ?? ""))
        return try receive(isHead: method == "HEAD")
    }

    func receive(isHead: Bool = false) throws -> WireAnswer {
        let end = Array("\r\n\r\n".utf8)
        var place: Int?
        while true {
            place = rest.indices.first { $0 + 4 <= rest.count && Array(rest[$0..<($0 + 4)]) == end }
            if place != nil { break }
            guard try more() else { throw Broken(call: "no head: \(String(decoding: rest, as: UTF8.self))") }
        }
        let head = String(decoding: rest[..<(place ?? 0)], as: UTF8.self)
        rest.removeFirst((place ?? 0) + 4)
        let status = Int(head.split(separator: " ")[1]) ?? 0
        var isWhole = true
        var body: [UInt8] = []
        let lower = head.lowercased()
        if isHead || status == 204 || status == 304 {
        } else if lower.contains("transfer-encoding: chunked") {
            isWhole = try chunks(&body)
        } else if let range = lower.range(of: "content-length: ") {
            let length = Int(lower[range.upperBound...].prefix { $0.isNumber }) ?? 0
            while rest.count < length, isWhole { isWhole = try more() }
            let count = min(length, rest.count)
            body = Array(rest[..<count])
            rest.removeFirst(count)
        } else {
            while try more() {}
            body = rest
        }
        return WireAnswer(
            status: status, head: head, body: String(decoding: body, as: UTF8.self), isWhole: isWhole)
    }

    private func chunks(_ body: inout [UInt8]) throws -> Bool {
        while true {
            while !rest.contains(10) { guard try more() else { return false } }
            let line = rest.prefix { $0 != 13 }
            guard let size = Int(String(decoding: line, as: UTF8.self), radix: 16) else { return false }
            while rest.count < line.count + 2 + size + 2 { guard try more() else { return false } }
            body += rest[(line.count + 2)..<(line.count + 2 + size)]
            rest.removeFirst(line.count + 2 + size + 2)
            if size == 0 { return true }
        }
    }
}

/// A listening socket that treats whoever connects as it is told, on threads of its own.
final class RudeApp: Sendable {
    enum Manner: Sendable, CaseIterable {
        /// Takes the connection and says nothing.
        case hang
        /// Reads the request, then resets.
        case reset
        /// Answers with garbage.
        case garbage
        /// Half of a head, then silence.
        case halfHead
        /// A head and half of a body, then the end.
        case halfBody
        /// Closes its side at once.
        case halfClose
        /// A stream without end, as fast as it can.
        case flood
        /// A byte now and then.
        case drip
    }

    let port: Int
    var url: String { "http://127.0.0.1:\(port)" }
    private let listener: Int32
    private let isOver = Atomic<Bool>(false)
    let connections = Tally()

    init(_ manner: Manner) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, size) == 0 && listen(listener, 1024) == 0
                    && getsockname(listener, $0, &size) == 0
            }
        }
        guard isBound else { throw WireClient.Broken(call: "bind") }
        port = Int(in_port_t(bigEndian: address.sin_port))
        self.listener = listener
        Thread.detachNewThread { [self] in
            while !isOver.load(ordering: .relaxed) {
                let descriptor = accept(listener, nil, nil)
                guard descriptor >= 0 else { continue }
                connections.add()
                Thread.detachNewThread { self.serve(descriptor, manner) }
            }
            close(listener)
        }
    }

    /// Ends the threads, by and by.
    func stop() {
        isOver.store(true, ordering: .relaxed)
        shutdown(listener, Int32(SHUT_RDWR))
    }

    private func serve(_ descriptor: Int32, _ manner: Manner) {
        defer { close(descriptor) }
        func say(_ text: String) -> Bool {
            let bytes = Array(text.utf8)
            return Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) > 0
        }
        var buffer = [UInt8](repeating: 0, count: 65536)
        if manner == .halfClose {
            shutdown(descriptor, Int32(SHUT_WR))
            while !isOver.load(ordering: .relaxed), recv(descriptor, &buffer, buffer.count, 0) > 0 {}
            return
        }
        guard recv(descriptor, &buffer, buffer.count, 0) > 0 else { return }
        switch manner {
        case .reset:
            var linger = linger(l_onoff: 1, l_linger: 0)
            setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
            return
        case .garbage: _ = say("220 ready to swim\r\n\r\n")
        case .halfHead: _ = say("HTTP/1.1 200 OK\r\nContent-")
        case .halfBody:
            _ = say("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
            return
        case .flood:
            _ = say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            let piece = "8000\r\n" + String(repeating: "x", count: 0x8000) + "\r\n"
            while !isOver.load(ordering: .relaxed), say(piece) {}
            return
        case .drip:
            _ = say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            while !isOver.load(ordering: .relaxed), say("1\r\nx\r\n") { usleep(20_000) }
            return
        case .hang, .halfClose: break
        }
        // Until the other side goes.
        var time = timeval(tv_sec: 0, tv_usec: 100_000)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
        while !isOver.load(ordering: .relaxed) {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count == 0 || (count < 0 && errno != EAGAIN) { return }
        }
    }
}
