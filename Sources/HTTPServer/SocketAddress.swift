import Glibc

/// A numeric IPv4 or IPv6 address with its port.
struct SocketAddress: Sendable {
    private var storage: sockaddr_storage

    private init(_ storage: sockaddr_storage) { self.storage = storage }

    /// nil where the host is no numeric address, or the port none.
    init?(host: String, port: Int) {
        guard 0...65535 ~= port else { return nil }
        storage = sockaddr_storage()
        var version4 = sockaddr_in()
        version4.sin_family = sa_family_t(AF_INET)
        version4.sin_port = in_port_t(port).bigEndian
        if inet_pton(AF_INET, host, &version4.sin_addr) == 1 {
            withUnsafeMutableBytes(of: &storage) { $0.storeBytes(of: version4, as: sockaddr_in.self) }
            return
        }
        var version6 = sockaddr_in6()
        version6.sin6_family = sa_family_t(AF_INET6)
        version6.sin6_port = in_port_t(port).bigEndian
        guard inet_pton(AF_INET6, host, &version6.sin6_addr) == 1 else { return nil }
        withUnsafeMutableBytes(of: &storage) { $0.storeBytes(of: version6, as: sockaddr_in6.self) }
    }

    /// One of those that a resolver found; nil for other families.
    init?(_ address: UnsafePointer<sockaddr>, count: socklen_t) {
        let family = Int32(address.pointee.sa_family)
        guard family == AF_INET || family == AF_INET6, Int(count) <= MemoryLayout<sockaddr_storage>.size
        else {
            return nil
        }
        storage = sockaddr_storage()
        withUnsafeMutableBytes(of: &storage) {
            $0.copyMemory(from: UnsafeRawBufferPointer(start: address, count: Int(count)))
        }
    }

    /// Who is at the other end of a socket; nil where nobody is, or no internet address.
    static func peer(of descriptor: Int32) -> SocketAddress? { named(by: getpeername, descriptor) }

    /// This end of a socket.
    static func own(of descriptor: Int32) -> SocketAddress? { named(by: getsockname, descriptor) }

    private static func named(
        by call: (Int32, UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32,
        _ descriptor: Int32
    ) -> SocketAddress? {
        var storage = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let result = withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { call(descriptor, $0, &size) }
        }
        guard result == 0, [AF_INET, AF_INET6].contains(Int32(storage.ss_family)) else { return nil }
        return SocketAddress(storage)
    }

    var family: Int32 { Int32(storage.ss_family) }

    // The port stands at the same place in both families.
    var port: Int { withUnsafeBytes(of: storage) { Int($0[2]) << 8 | Int($0[3]) } }

    /// The address without its port; an IPv4 address that came by an IPv6 socket as the former.
    var host: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        withUnsafeBytes(of: storage) { bytes in
            let place = bytes.baseAddress! + (family == AF_INET6 ? 8 : 4)
            _ = inet_ntop(family, place, &text, socklen_t(text.count))
        }
        let host = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return host.hasPrefix("::ffff:") && host.contains(".") ? String(host.dropFirst(7)) : host
    }

    /// A copy with another port.
    func with(port: Int) -> SocketAddress {
        var copy = self
        withUnsafeMutableBytes(of: &copy.storage) {
            ($0[2], $0[3]) = (UInt8(truncatingIfNeeded: port >> 8), UInt8(truncatingIfNeeded: port))
        }
        return copy
    }

    func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        let size =
            family == AF_INET6 ? MemoryLayout<sockaddr_in6>.size : MemoryLayout<sockaddr_in>.size
        return withUnsafePointer(to: storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(size)) }
        }
    }
}
