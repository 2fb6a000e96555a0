/// How much a JSON text may ask of the reader before it is refused.
public struct JSONLimits: Sendable, Hashable {
    /// What becomes of a number that a 64-bit integer or double does not hold: read as one, it would be equal to others
    /// (`12345678901234567890123` and the same with a 4 at its end). A double holds what it prints as, and a fraction
    /// as the 17 digits that C prints.
    public enum LongNumbers: Sendable, Hashable {
        /// It is read as the nearest double.
        case rounded
        /// It is an error: for data that must not change in silence.
        case refused
        /// It is read as a text of its digits: for what is compared.
        case texts
        /// A whole one is read as a text of its digits, one with a fraction or an exponent as the nearest double: for
        /// answers, whose long whole numbers are ids and whose long fractions are measured.
        case wholeAsTexts
    }

    /// Arrays and objects within one another; 256 by default.
    public let depth: Int
    /// Bytes of one text; 64 MiB by default.
    public let bytes: Int
    /// Whether a key that an object has twice is an error, for texts that people write; otherwise the last counts.
    public let refusesRepeatedKeys: Bool
    public let longNumbers: LongNumbers

    /// Limits of a reader; the depth is held to 1...512, so that no text can exhaust a thread's stack.
    public init(
        depth: Int = 256, bytes: Int = 64 << 20, refusesRepeatedKeys: Bool = false,
        longNumbers: LongNumbers = .rounded
    ) {
        self.refusesRepeatedKeys = refusesRepeatedKeys
        self.longNumbers = longNumbers
        self.depth = min(max(depth, 1), 512)
        self.bytes = max(bytes, 0)
    }

    public static let standard = JSONLimits()
    /// Of a row that a person keeps: nothing of it is lost or changed unsaid.
    public static let strict = JSONLimits(refusesRepeatedKeys: true, longNumbers: .refused)
}
