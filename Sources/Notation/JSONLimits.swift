/// How much a JSON text may ask of the reader before it is refused.
public struct JSONLimits: Sendable, Hashable {
    /// Arrays and objects within one another; 256 by default.
    public let depth: Int
    /// Bytes of one text; 64 MiB by default.
    public let bytes: Int
    /// Whether a key that an object has twice is an error, for texts that people write; otherwise the last counts.
    public let refusesRepeatedKeys: Bool

    /// Limits of a reader; the depth is held to 1...512, so that no text can exhaust a thread's stack.
    public init(depth: Int = 256, bytes: Int = 64 << 20, refusesRepeatedKeys: Bool = false) {
        self.refusesRepeatedKeys = refusesRepeatedKeys
        self.depth = min(max(depth, 1), 512)
        self.bytes = max(bytes, 0)
    }

    public static let standard = JSONLimits()
}
