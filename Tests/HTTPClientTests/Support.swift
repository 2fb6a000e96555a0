import Foundation
import Glibc
import HTTPServer

/// Runs a server for the time of `body`, which gets its address.
func withServer<Value: Sendable>(
    handler: @escaping HTTPServer.Handler, _ body: (String) async throws -> Value
) async throws -> Value {
    let server = try HTTPServer(handler: handler)
    let port = try server.start()
    do {
        let value = try await body("http://127.0.0.1:\(port)")
        await server.stop(within: .milliseconds(50))
        return value
    } catch {
        await server.stop(within: .milliseconds(50))
        throw error
    }
}

/// A server that misbehaves as it is told to, one thread per connection.
final class RawServer: Sendable {
    /// A connection, blocking; no read is longer than two seconds.
    struct Connection: Sendable {
        let descriptor: Int32

        func send(_ text: String) {
            var rest = Array(text.utf8)[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes {
                    Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                if count <= 0 { return }
                rest = rest.dropFirst(count)
            }
        }

        /// What comes next; empty at the end.
        func receive() -> String {
            var buffer = [UInt8](repeating: 0, count: 65536)
            let count = recv(descriptor, &buffer, buffer.count, 0)
            return String(decoding: buffer[..<max(0, count)], as: UTF8.self)
        }

        /// Reads until an empty line.
        func receiveHead() -> String {
            var all = ""
            while !all.contains("\r\n\r\n") {
                let part = receive()
                if part.isEmpty { return all }
                all += part
            }
            return all
        }

        /// Closes with a reset.
        func reset() {
            var linger = linger(l_onoff: 1, l_linger: 0)
            setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
        }
    }

    let port: Int
    private let listener: Int32

    /// - Parameter serve: Called for each connection, which is closed when it returns. Nil never accepts one.
    init(backlog: Int32 = 128, _ serve: (@Sendable (Connection) -> Void)?) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { raw in
                bind(listener, raw, size) == 0 && listen(listener, backlog) == 0
                    && getsockname(listener, raw, &size) == 0
            }
        }
        guard bound else { throw POSIXError(.EADDRINUSE) }
        port = Int(in_port_t(bigEndian: address.sin_port))
        self.listener = listener
        guard let serve else { return }
        Thread.detachNewThread {
            while true {
                let descriptor = accept(listener, nil, nil)
                if descriptor < 0 { return }
                Thread.detachNewThread {
                    var time = timeval(tv_sec: 2, tv_usec: 0)
                    setsockopt(
                        descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
                    serve(Connection(descriptor: descriptor))
                    close(descriptor)
                }
            }
        }
    }

    /// Connections that wait to be accepted, more than the queue holds.
    func fillQueue() -> [Int32] {
        (0..<4).map { _ in
            let caller = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = in_port_t(port).bigEndian
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    _ = connect(caller, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            return caller
        }
    }

    var url: String { "http://127.0.0.1:\(port)/" }

    /// Listens no more. Without it, the server lives as long as the tests do.
    func stop() { shutdown(listener, Int32(SHUT_RDWR)) }
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
