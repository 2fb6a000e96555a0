/// What may happen to a live request that a release is judged by: a set, a bit each.
///
/// The bits stand in files: they never change their meaning.
public struct LiveEvents: OptionSet, Sendable, Hashable {
    public let rawValue: UInt16

    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// The assigned arm failed (`LiveFailure.countsAgainstArm`), a fallback included.
    public static let error = LiveEvents(rawValue: 1 << 0)
    /// The last byte came later than the rules allow.
    public static let slow = LiveEvents(rawValue: 1 << 1)
    /// The first token (the first byte, where the answer is no stream) came later than the rules allow.
    public static let slowFirstToken = LiveEvents(rawValue: 1 << 2)
    /// 422, or an answer that says it is JSON and is not.
    public static let validation = LiveEvents(rawValue: 1 << 3)
    /// 429, or 503 with `Retry-After`.
    public static let throttled = LiveEvents(rawValue: 1 << 4)
    /// The app's guardrail said that it blocked.
    public static let guardrailBlock = LiveEvents(rawValue: 1 << 5)
    /// The candidate failed, and production answered.
    public static let fallback = LiveEvents(rawValue: 1 << 6)
    /// An answer with nothing in it.
    public static let empty = LiveEvents(rawValue: 1 << 7)
    public static let feedbackDown = LiveEvents(rawValue: 1 << 8)
    public static let feedbackUp = LiveEvents(rawValue: 1 << 9)
    public static let escalated = LiveEvents(rawValue: 1 << 10)
    public static let overridden = LiveEvents(rawValue: 1 << 11)
    public static let unresolved = LiveEvents(rawValue: 1 << 12)

    /// Each event alone with its name, in the order of the bits.
    public static let named: [(name: String, event: LiveEvents)] = [
        ("error", .error), ("slow", .slow), ("slow_first_token", .slowFirstToken),
        ("validation", .validation), ("throttled", .throttled), ("guardrail_block", .guardrailBlock),
        ("fallback", .fallback), ("empty", .empty), ("feedback_down", .feedbackDown),
        ("feedback_up", .feedbackUp), ("escalated", .escalated), ("overridden", .overridden),
        ("unresolved", .unresolved),
    ]

    /// The names of those it holds, in the order of the bits.
    public var names: [String] { Self.named.filter { contains($0.event) }.map(\.name) }
}
