import Foundation
import Glibc
import HTTPServer
import Synchronization

/// How a test reaches the server: each of its bodies runs in process and over a socket.
enum Way: CaseIterable, Sendable { case process, socket }

/// A server of the test's own, with the way to it.
struct Reach: Sendable {
    let server: HTTPServer
    let port: Int
    let way: Way

    /// A new connection.
    func client() throws -> RawClient {
        switch way {
        case .process: RawClient(descriptor: try server.connect())
        case .socket: try RawClient(port: port)
        }
    }

    /// Sends the bytes on a new connection and returns all that comes back.
    func exchange(_ text: String) async throws -> String {
        try await onThread {
            let client = try client()
            try client.send(text)
            return try client.receiveAll()
        }
    }
}

/// Runs a streaming server for the time of `body`.
func withStreaming<Value: Sendable>(
    by way: Way = .socket, loops: Int = 1, limits: HTTPLimits = HTTPLimits(), identity: ServerIdentity? = nil,
    handler: @escaping HTTPServer.StreamingHandler, _ body: (Reach) async throws -> Value
) async throws -> Value {
    let server = try HTTPServer(loops: loops, limits: limits, identity: identity, streaming: handler)
    let reach = Reach(server: server, port: try server.start(), way: way)
    do {
        let value = try await body(reach)
        await server.stop(within: .milliseconds(50))
        return value
    } catch {
        await server.stop(within: .milliseconds(50))
        throw error
    }
}

/// What a relay notes of its failures and of its exchanges that ended.
final class RelayLog: Sendable {
    private let state = Mutex<(failures: [UpstreamError], timings: [UpstreamTimings])>(([], []))
    var failures: [UpstreamError] { state.withLock { $0.failures } }
    var timings: [UpstreamTimings] { state.withLock { $0.timings } }
    func add(_ failure: UpstreamError) { state.withLock { $0.failures.append(failure) } }
    func add(_ timings: UpstreamTimings) { state.withLock { $0.timings.append(timings) } }
}

/// A handler that passes everything on to one upstream.
func relay(to upstream: Upstream, _ log: RelayLog = RelayLog()) -> HTTPServer.StreamingHandler {
    { head, body, writer in
        var request = UpstreamRequest(head)
        request.upgrade = head.upgrade
        let response: UpstreamResponse
        do {
            response = try await upstream.send(request, body: try .relay(body))
        } catch let error as UpstreamError {
            log.add(error)
            return try await writer.send(error.status, text: "\(error)\n")
        }
        if response.isUpgrade { return try await writer.tunnel(response, idle: .milliseconds(300)) }
        do {
            try await writer.relay(response)
        } catch let error as UpstreamError {
            log.add(error)
            throw error
        }
        log.add(response.timings)
    }
}

/// Runs a relay to an origin for the time of `body`.
func withRelay<Value: Sendable>(
    to port: Int, by way: Way = .socket, loops: Int = 1, limits: HTTPLimits = HTTPLimits(),
    options: UpstreamOptions = UpstreamOptions(), _ body: (Reach, RelayLog, Upstream) async throws -> Value
) async throws -> Value {
    let upstream = try Upstream(UpstreamOrigin(host: "127.0.0.1", port: port), options: options)
    let log = RelayLog()
    return try await withStreaming(by: way, loops: loops, limits: limits, handler: relay(to: upstream, log)) {
        try await body($0, log, upstream)
    }
}

/// An origin that does on each connection what it is told to, byte by byte, on a thread of the connection's own.
final class ScriptedOrigin: Sendable {
    typealias Script = @Sendable (RawClient, Int) throws -> Void

    let port: Int
    private let listener: Int32
    private let state: Mutex<(connections: Int, isStopped: Bool)>

    /// How many connections have come.
    var connections: Int { state.withLock { $0.connections } }

    /// - Parameter script: Is given the connection and its number from 1; when it returns the connection closes.
    init(_ script: @escaping Script) throws {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = listener
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, size) == 0 && listen(listener, 64) == 0
                    && getsockname(listener, $0, &size) == 0
            }
        }
        guard bound else { throw RawError(call: "listen") }
        port = Int(UInt16(bigEndian: address.sin_port))
        state = Mutex((0, false))
        Thread.detachNewThread { [self] in
            while true {
                let descriptor = accept(listener, nil, nil)
                guard descriptor >= 0 else { break }
                let number = state.withLock { state -> Int? in
                    if state.isStopped { return nil }
                    state.connections += 1
                    return state.connections
                }
                guard let number else {
                    Glibc.close(descriptor)
                    break
                }
                Thread.detachNewThread {
                    let peer = RawClient(descriptor: descriptor)
                    try? script(peer, number)
                    peer.close()
                }
            }
            Glibc.close(listener)
        }
    }

    /// One that reads each request to the end of its head and answers it.
    convenience init(answer: String) throws {
        try self.init { peer, _ in
            while true {
                guard try peer.receive(until: "\r\n\r\n").contains("\r\n\r\n") else { return }
                try peer.send(answer)
            }
        }
    }

    /// Takes no further connection.
    func stop() {
        state.withLock { $0.isStopped = true }
        shutdown(listener, Int32(SHUT_RDWR))
    }

    deinit { stop() }
}

/// A port on which nobody listens.
func closedPort() throws -> Int {
    let origin = try ScriptedOrigin { _, _ in }
    origin.stop()
    usleep(20_000)
    return origin.port
}
