/// The hard limits at which the candidate's traffic ends at once.
public struct FuseRule: Sendable, Hashable {
    /// Failures and statuses of 500 and above.
    public var errors: Double? = 0.05
    /// Statuses of 429.
    public var throttling: Double?
    /// Answers that are not valid (``ValidationRule``).
    public var validation: Double?
    /// First tokens of streams, first bytes of other answers, that come later.
    public var firstToken: Slow?
    /// Answers that end later.
    public var latency: Slow?
    /// So many failures in a row, where nobody else was answered well meanwhile.
    public var consecutive: Int? = 50

    public init() {}

    /// What counts as slow, and how much of it is still allowed.
    public struct Slow: Sendable, Hashable {
        public var above: Duration
        public var share: Double

        public init(above: Duration, share: Double) {
            self.above = above
            self.share = share
        }
    }

    /// What a fuse watches, each with its own windows.
    public enum Limit: String, Sendable, Hashable, CaseIterable {
        case errors
        case throttling
        case validation
        case firstToken = "first_token"
        case latency
        case consecutive
    }
}
