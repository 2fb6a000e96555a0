import Domain
import Foundation
import Glibc
import HTTPClient
import HTTPServer
import Notation
import Synchronization
import Targets
import Testing

let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Fixtures")

func question(
    _ query: String, id: String = "GD-1", history: [Message] = [], repetition: Int = 0,
    session: String? = nil,
    arm: Arm = .candidate, timeout: Double = 10, columns: [Example.Column] = []
) -> Question {
    var example = Example(id: id, query: query)
    example.history = history
    example.columns = columns
    return Question(
        example: example, query: query, history: history, arm: arm, repetition: repetition,
        turn: history.count { $0.role == .user }, attempt: 0, session: session, runID: "r-7",
        idempotencyKey: "r-7/\(id)",
        timeoutSeconds: timeout)
}

extension Attempt {
    var answer: Answer? {
        if case .answered(let answer) = result { return answer }
        return nil
    }

    var failure: Failure? {
        if case .failed(let failure) = result { return failure }
        return nil
    }
}

/// Runs a server of ours for the time of `body`.
func withServer<Value: Sendable>(
    handler: @escaping HTTPServer.Handler, _ body: (String) async throws -> Value
) async throws -> Value {
    let server = try HTTPServer(handler: handler)
    let port = try server.start()
    do {
        let value = try await body("http://127.0.0.1:\(port)")
        await server.stop(within: .milliseconds(20))
        return value
    } catch {
        await server.stop(within: .milliseconds(20))
        throw error
    }
}

/// A listener that answers each connection with given bytes, whatever is asked, and then closes or hangs.
final class RawServer: @unchecked Sendable {
    enum After: Sendable { case close, reset, hang, drip }

    let port: Int
    private let listener: Int32
    private let connections = Mutex<[Int32]>([])

    init(_ bytes: [UInt8], then after: After) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        self.listener = listener
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && listen(listener, 8) == 0
                    && getsockname(listener, $0, &length) == 0
            }
        }
        try #require(bound)
        port = Int(UInt16(bigEndian: address.sin_port))
        Thread.detachNewThread { [self] in serve(bytes, after) }
    }

    var url: String { "http://127.0.0.1:\(port)/" }

    func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
        connections.withLock { for connection in $0 { shutdown(connection, Int32(SHUT_RDWR)) } }
    }

    /// Closes a connection, under the lock: its number may be another's at once.
    private func forget(_ connection: Int32) {
        connections.withLock { open in
            open.removeAll { $0 == connection }
            close(connection)
        }
    }

    private func serve(_ bytes: [UInt8], _ after: After) {
        while true {
            let connection = accept(listener, nil, nil)
            guard connection >= 0 else { break }
            connections.withLock { $0.append(connection) }
            Thread.detachNewThread { [self] in
                var request = [UInt8](repeating: 0, count: 65536)
                _ = recv(connection, &request, request.count, 0)
                if after == .drip {
                    for byte in bytes {
                        if send(connection, [byte], 1, Int32(MSG_NOSIGNAL)) < 1 { break }
                        usleep(20_000)
                    }
                } else {
                    _ = send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
                }
                switch after {
                case .close: forget(connection)
                case .reset:
                    var linger = linger(l_onoff: 1, l_linger: 0)
                    setsockopt(
                        connection, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size)
                    )
                    forget(connection)
                case .hang, .drip:
                    _ = recv(connection, &request, request.count, 0)
                    forget(connection)
                }
            }
        }
        close(listener)
    }
}

func httpPolicy(
    _ url: String, template: JSONValue? = nil, _ set: (inout TargetPolicy) -> Void = { _ in }
) -> TargetPolicy {
    var policy = TargetPolicy(kind: .http(url: url, method: "POST", template: template))
    policy.observe.text = "/answer"
    set(&policy)
    return policy
}

func make(
    _ policy: TargetPolicy, limits: ReplayLimits = ReplayLimits(), environment: [String: String] = [:]
) throws -> any Target {
    try TargetFactory.make(policy, limits: limits, folder: fixtures.path, environment: { environment[$0] })
}
