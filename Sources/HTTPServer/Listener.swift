import Glibc

/// A listening socket, not blocking.
struct Listener {
    let descriptor: Int32
    let port: Int

    init(host: String, port: Int) throws(HTTPServerError) {
        let address = "\(host):\(port)"
        guard var storage = Self.address(host, port), 0...65535 ~= port else { throw .badAddress(address) }
        let isVersion6 = Int32(storage.ss_family) == AF_INET6
        let size = socklen_t(isVersion6 ? MemoryLayout<sockaddr_in6>.size : MemoryLayout<sockaddr_in>.size)
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(Int32(storage.ss_family), kind, 0)
        guard descriptor >= 0 else { throw .system(call: "socket", code: errno, address: address) }
        var on: Int32 = 1
        let length = socklen_t(MemoryLayout<Int32>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, length)
        // Inherited by the connections.
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, length)

        func fail(_ call: String) -> HTTPServerError {
            let code = errno
            close(descriptor)
            return .system(call: call, code: code, address: address)
        }
        let bound = withUnsafePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, size) }
        }
        guard bound == 0 else { throw fail("bind") }
        guard listen(descriptor, 4096) == 0 else { throw fail("listen") }
        var actual = sockaddr_storage()
        var actualSize = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let named = withUnsafeMutablePointer(to: &actual) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                getsockname(descriptor, $0, &actualSize)
            }
        }
        guard named == 0 else { throw fail("getsockname") }
        self.descriptor = descriptor
        // The port stands at the same place in both families.
        self.port = withUnsafeBytes(of: &actual) { Int($0[2]) << 8 | Int($0[3]) }
    }

    private static func address(_ host: String, _ port: Int) -> sockaddr_storage? {
        guard 0...65535 ~= port else { return nil }
        var storage = sockaddr_storage()
        let host = host == "localhost" ? "127.0.0.1" : host
        var version4 = sockaddr_in()
        version4.sin_family = sa_family_t(AF_INET)
        version4.sin_port = in_port_t(port).bigEndian
        if inet_pton(AF_INET, host, &version4.sin_addr) == 1 {
            withUnsafeMutableBytes(of: &storage) { $0.storeBytes(of: version4, as: sockaddr_in.self) }
            return storage
        }
        var version6 = sockaddr_in6()
        version6.sin6_family = sa_family_t(AF_INET6)
        version6.sin6_port = in_port_t(port).bigEndian
        if inet_pton(AF_INET6, host, &version6.sin6_addr) == 1 {
            withUnsafeMutableBytes(of: &storage) { $0.storeBytes(of: version6, as: sockaddr_in6.self) }
            return storage
        }
        return nil
    }
}
