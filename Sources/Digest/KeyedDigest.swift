/// HMAC with SHA-256: a digest that only the holder of a key can make, or guess at.
///
/// RFC 2104; FIPS 198-1.
public struct KeyedDigest: Sendable {
    private let inner: [UInt8]
    private let outer: [UInt8]
    private static let block = 64

    /// - Parameter key: Any length; beyond 64 bytes its digest stands for it.
    public init(key: [UInt8]) {
        var key = key.count > Self.block ? ContentDigest(of: key).bytes : key
        key += [UInt8](repeating: 0, count: Self.block - key.count)
        inner = key.map { $0 ^ 0x36 }
        outer = key.map { $0 ^ 0x5C }
    }

    /// 32 bytes.
    public func digest(of bytes: [UInt8]) -> [UInt8] {
        var hash = SHA256()
        hash.update(inner)
        hash.update(bytes)
        let first = hash.finish().bytes
        hash.update(outer)
        hash.update(first)
        return hash.finish().bytes
    }
}
