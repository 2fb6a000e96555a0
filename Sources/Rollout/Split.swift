import Digest

/// Which arm a key belongs to.
///
/// The place of a key is XXH3 of its bytes, seeded by XXH3 of the salt; the candidate's share is the places from the
/// bottom, the mirror's those from the top. So whoever is in at 1 % is in at 10 %, the mirror copies first those that
/// the candidate would serve last, and another salt deals anew.
public struct Split: Sendable, Hashable {
    private let seed: UInt64

    public init(salt: String) { seed = XXHash.xxh3(salt) }

    /// The hash that stands for a key wherever its text must not: 64 bits.
    public func hash(of key: UnsafeRawBufferPointer) -> UInt64 { XXHash.xxh3(key, seed: seed) }

    public func hash(of key: String) -> UInt64 { XXHash.xxh3(key, seed: seed) }

    /// One of 10,000 places, by a hash.
    public static func place(_ hash: UInt64) -> Int { Int(hash.multipliedFullWidth(by: 10_000).high) }

    /// Whether a key is within the candidate's share.
    public static func isCandidate(_ hash: UInt64, share: Share) -> Bool { place(hash) < share.hundredths }

    /// Whether a key is within the mirror's share.
    public static func isMirrored(_ hash: UInt64, share: Share) -> Bool {
        place(hash) >= 10_000 - share.hundredths
    }
}
