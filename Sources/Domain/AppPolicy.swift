/// How the app is reached and how its answers are read.
public struct AppPolicy: Sendable {
    public var baseline: TargetPolicy?
    /// Name of the blessed run that stands in for a baseline target.
    public var blessedBaseline: String?
    public var candidate: TargetPolicy?
    public var limits: ReplayLimits
    /// How a conversation's earlier turns are had.
    public var conversation: Conversation

    public init(baseline: TargetPolicy?, candidate: TargetPolicy?) {
        self.baseline = baseline
        self.candidate = candidate
        limits = ReplayLimits()
        conversation = .replay
    }

    public enum Conversation: String, Sendable, Hashable, CaseIterable {
        /// Each earlier user turn is asked, and the app's own answers are carried on.
        case replay
        /// The recorded history is handed over as it stands.
        case given
    }
}

public struct ReplayLimits: Sendable, Hashable {
    public var concurrency = 16
    /// For one attempt.
    public var timeoutSeconds = 30.0
    /// For one example with all its turns, attempts and waits.
    public var totalTimeoutSeconds = 120.0
    /// Attempts after the first; 0: none.
    public var retries = 2
    public var requestsPerSecond: Double?
    public var repeats = 1
    /// Off unless asked for: versions that the app shows may not name everything that shapes an answer.
    public var cache = false
    /// Age beyond which an answer in the cache is not used.
    public var cacheAgeSeconds = 86_400.0
    /// Bytes on disk beyond which the cache lets go of its oldest answers.
    public var cacheBytes = 1 << 30
    /// Bytes of one answer beyond which it is refused.
    public var answerBytes = 16 << 20

    public init() {}
}
