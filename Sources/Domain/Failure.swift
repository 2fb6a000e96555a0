/// Why there is no answer, told apart by whose failure it is.
public struct Failure: Sendable, Hashable {
    public enum Cause: String, Sendable, Hashable, CaseIterable {
        // The app was reached and did not serve: counts against it (intention to treat).
        case timeout, status, malformed, emptyBody = "empty-body", closedEarly = "closed-early", crashed,
            tooLarge = "too-large"
        case throttled
        // The app could not be reached at all.
        case unreachable
        // The run ended first, or the recording lacks the row: nobody's failure.
        case cancelled, notRecorded = "not-recorded"
        // The request could not be formed (a column or a secret is missing): the policy's failure.
        case notAsked = "not-asked"
    }

    public let cause: Cause
    /// One sentence for people: no payload, no secret.
    public let detail: String
    public let status: Int?

    public init(cause: Cause, detail: String, status: Int? = nil) {
        self.cause = cause
        self.detail = detail
        self.status = status
    }

    /// Whether it scores worst for the arm that failed; else it is unmeasured.
    public var countsAgainstApp: Bool {
        switch cause {
        case .timeout, .status, .malformed, .emptyBody, .closedEarly, .crashed, .tooLarge: true
        case .throttled, .unreachable, .cancelled, .notRecorded, .notAsked: false
        }
    }

    /// Whether asking again may help.
    public var isTransient: Bool {
        switch cause {
        case .timeout, .closedEarly, .crashed, .throttled, .unreachable: true
        case .status: (status ?? 0) >= 500 || status == 408 || status == 425
        case .malformed, .emptyBody, .tooLarge, .cancelled, .notRecorded, .notAsked: false
        }
    }
}
