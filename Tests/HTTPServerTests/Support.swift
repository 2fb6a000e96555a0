import Foundation
import Glibc
import HTTPServer
import Synchronization

/// Runs a server for the time of `body`.
func withServer<Value: Sendable>(
    limits: HTTPLimits = HTTPLimits(), handler: @escaping HTTPServer.Handler,
    _ body: (Int) async throws -> Value
) async throws -> Value {
    let server = try HTTPServer(limits: limits, handler: handler)
    let port = try server.start()
    do {
        let value = try await body(port)
        await server.stop(within: .milliseconds(50))
        return value
    } catch {
        await server.stop(within: .milliseconds(50))
        throw error
    }
}

/// Runs blocking code on a thread of its own: the cooperative pool has only as many as there are cores.
func onThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: Result(catching: body)) }
    }
}

struct RawError: Error {
    let call: String
    let code = errno
}

/// A blocking client socket that says what it is told to, byte by byte. No wait is longer than two seconds.
final class RawClient: @unchecked Sendable {
    private let descriptor: Int32

    /// Over a socket that is connected already.
    init(descriptor: Int32) {
        self.descriptor = descriptor
        var on: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, 4)
        var time = timeval(tv_sec: 2, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
    }

    convenience init(port: Int, receiveBuffer: Int32? = nil) throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw RawError(call: "socket") }
        if var size = receiveBuffer { setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, 4) }
        self.init(descriptor: descriptor)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { throw RawError(call: "connect") }
    }

    deinit { close() }

    private var isClosed = false

    func close() {
        guard !isClosed else { return }
        isClosed = true
        Glibc.close(descriptor)
    }

    /// Closes with a reset.
    func reset() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
        close()
    }

    func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    func send(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw RawError(call: "send") }
            rest = rest.dropFirst(count)
        }
    }

    func send(_ text: String) throws { try send(Array(text.utf8)) }

    /// What comes next, at most 64 KB; empty at the end.
    func receive() throws -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 65536)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        guard count >= 0 else { throw RawError(call: "recv") }
        return Array(buffer[..<count])
    }

    func receiveText() throws -> String { String(decoding: try receive(), as: UTF8.self) }

    /// All that comes until the server closes.
    func receiveAll() throws -> String {
        var all: [UInt8] = []
        while true {
            let part = try receive()
            if part.isEmpty { return String(decoding: all, as: UTF8.self) }
            all += part
        }
    }

    /// Reads until the text has come.
    func receive(until end: String) throws -> String {
        var all = ""
        while !all.contains(end) {
            let part = try receiveText()
            guard !part.isEmpty else { return all }
            all += part
        }
        return all
    }
}

/// Sends the bytes on a new connection and returns all that comes back.
func exchange(_ port: Int, _ text: String) async throws -> String {
    try await onThread {
        let client = try RawClient(port: port)
        try client.send(text)
        return try client.receiveAll()
    }
}

/// The status in the first line of a response.
func status(_ response: String) -> Int? {
    response.hasPrefix("HTTP/1.1 ") ? Int(response.dropFirst(9).prefix(3)) : nil
}

/// Something that is counted up in one place and waited for in another.
final class Gate: Sendable {
    private let count = Atomic<Int>(0)

    func open(to number: Int) { count.store(number, ordering: .sequentiallyConsistent) }

    var number: Int { count.load(ordering: .sequentiallyConsistent) }

    /// - Throws: Where it takes more than two seconds, or the task is cancelled.
    func wait(for number: Int) async throws {
        for _ in 0..<1000 where self.number < number { try await EventLoop.sleep(for: .milliseconds(2)) }
        if self.number < number { throw RawError(call: "gate") }
    }
}

/// Waits until something has happened elsewhere.
///
/// - Throws: Where it has not within two seconds.
func eventually(_ condition: () -> Bool) async throws {
    let start = ContinuousClock.now
    while !condition() {
        guard ContinuousClock.now - start < .seconds(2) else { throw Late() }
        try await Task.sleep(for: .milliseconds(1))
    }
}

struct Late: Error {}
