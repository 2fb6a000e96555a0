/// Whether a gateway may still act on a plan that sends users to a candidate: only while the control plane speaks.
///
/// Times are nanoseconds of a clock that nobody sets.
public struct LeaseMachine: Sendable {
    public enum Event: Sendable, Hashable {
        /// Nothing was heard for the lease's time: production only.
        case expired
        /// A word came: the plan holds again.
        case renewed
    }

    /// Whether everybody gets production for want of a word.
    public private(set) var isExpired = false
    private var lease: UInt64?
    private var lastWord: UInt64

    public init(lease: Duration?, at now: UInt64) {
        self.lease = Self.nanoseconds(lease)
        lastWord = now
    }

    /// The plan's lease may have changed.
    public mutating func adopt(lease: Duration?) { self.lease = Self.nanoseconds(lease) }

    /// Nothing has been heard yet, as at a start from what is on disk.
    public mutating func expire() { isExpired = lease != nil }

    /// The control plane spoke, be it to say that nothing changed.
    public mutating func heard(at now: UInt64) -> Event? {
        lastWord = max(lastWord, now)
        guard isExpired else { return nil }
        isExpired = false
        return .renewed
    }

    public mutating func tick(at now: UInt64) -> Event? {
        guard let lease, !isExpired, now >= lastWord, now - lastWord >= lease else { return nil }
        isExpired = true
        return .expired
    }

    private static func nanoseconds(_ duration: Duration?) -> UInt64? {
        guard let (seconds, attoseconds) = duration?.components, seconds >= 0 else { return nil }
        return UInt64(seconds) * 1_000_000_000 + UInt64(attoseconds / 1_000_000_000)
    }
}
