import Foundation
import Synchronization
import Testing

/// A listener that sends the same bytes on every connection, HTTP or not, and then closes, resets or hangs.
final class RawApp: Sendable {
    enum After: Sendable { case close, reset, hang }

    let url: String
    private let listener: Int32
    private let open = Mutex<[Int32]>([])

    init(_ bytes: [UInt8], then after: After) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listens = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && listen(listener, 16) == 0
                    && getsockname(listener, $0, &length) == 0
            }
        }
        try #require(listens)
        self.listener = listener
        url = "http://127.0.0.1:\(UInt16(bigEndian: address.sin_port))/"
        Thread.detachNewThread { [self] in
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { break }
                open.withLock { $0.append(connection) }
                Thread.detachNewThread { [self] in serve(connection, bytes, after) }
            }
            close(listener)
        }
    }

    private func serve(_ connection: Int32, _ bytes: [UInt8], _ after: After) {
        var request = [UInt8](repeating: 0, count: 1 << 16)
        _ = recv(connection, &request, request.count, 0)
        _ = send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
        if after == .hang { _ = recv(connection, &request, request.count, 0) }
        if after == .reset {
            var linger = linger(l_onoff: 1, l_linger: 0)
            setsockopt(connection, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
        }
        // Closed under the lock: its number may be another connection's at once.
        open.withLock { open in
            open.removeAll { $0 == connection }
            close(connection)
        }
    }

    func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
        open.withLock { for connection in $0 { shutdown(connection, Int32(SHUT_RDWR)) } }
    }
}
