import Glibc

/// A listening socket, not blocking.
struct Listener {
    let descriptor: Int32
    let port: Int

    /// - Parameter isShared: Whether further sockets of this process will listen at the same place, each with
    ///   its share of the connections.
    init(host: String, port: Int, isShared: Bool) throws(HTTPServerError) {
        let name = "\(host):\(port)"
        let numeric = host == "localhost" ? "127.0.0.1" : host
        guard let address = SocketAddress(host: numeric, port: port) else { throw .badAddress(name) }
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(address.family, kind, 0)
        guard descriptor >= 0 else { throw .system(call: "socket", code: errno, address: name) }
        var on: Int32 = 1
        let length = socklen_t(MemoryLayout<Int32>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, length)
        if isShared { setsockopt(descriptor, SOL_SOCKET, SO_REUSEPORT, &on, length) }
        // Inherited by the connections.
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, length)

        func fail(_ call: String) -> HTTPServerError {
            let code = errno
            close(descriptor)
            return .system(call: call, code: code, address: name)
        }
        guard address.withPointer({ bind(descriptor, $0, $1) }) == 0 else { throw fail("bind") }
        guard listen(descriptor, 4096) == 0 else { throw fail("listen") }
        guard let own = SocketAddress.own(of: descriptor) else { throw fail("getsockname") }
        self.descriptor = descriptor
        self.port = own.port
    }

    /// Several at one place. A place that is taken is an error, also where it is shared by another process of
    /// the same user, which would get half of the connections.
    static func several(_ count: Int, host: String, port: Int) throws(HTTPServerError) -> [Listener] {
        if port != 0 { close(try Listener(host: host, port: port, isShared: false).descriptor) }
        var listeners: [Listener] = []
        do throws(HTTPServerError) {
            for _ in 0..<count {
                let place = listeners.first?.port ?? port
                listeners.append(try Listener(host: host, port: place, isShared: true))
            }
        } catch {
            for listener in listeners { close(listener.descriptor) }
            throw error
        }
        return listeners
    }
}
