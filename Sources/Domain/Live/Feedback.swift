import Notation

/// What is learnt of a live request after it was answered. Absent parts were not said.
public struct Feedback: Sendable, Hashable {
    public enum Thumb: String, Sendable, Hashable, CaseIterable { case up, down }

    /// The request it speaks of.
    public var request: String
    /// When it came: microseconds since 1970.
    public var received: Int
    public var thumb: Thumb?
    /// Whether a person had to take over.
    public var isEscalated: Bool?
    /// Whether the user's matter was settled.
    public var isResolved: Bool?
    /// Whether a person replaced the answer or decision.
    public var isOverridden: Bool?
    /// Whatever else was sent: bounded and redacted.
    public var fields: JSONObject

    public init(
        request: String, received: Int, thumb: Thumb? = nil, isEscalated: Bool? = nil,
        isResolved: Bool? = nil, isOverridden: Bool? = nil, fields: JSONObject = JSONObject()
    ) {
        self.request = request
        self.received = received
        self.thumb = thumb
        self.isEscalated = isEscalated
        self.isResolved = isResolved
        self.isOverridden = isOverridden
        self.fields = fields
    }
}
