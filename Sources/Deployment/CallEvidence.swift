import Domain

/// One request and its answer as reports may show them: without secrets, cut.
public struct CallEvidence: Sendable, Hashable {
    public let method: String
    /// With its `${env:NAME}` unresolved.
    public let url: String
    public let requestBody: String?
    public let status: Int?
    public let answer: String?
    /// Why there is no answer.
    public let failure: String?
    public let milliseconds: Double?

    public init(
        method: String, url: String, requestBody: String?, status: Int?, answer: String?, failure: String?,
        milliseconds: Double?
    ) {
        self.method = method
        self.url = url
        self.requestBody = requestBody
        self.status = status
        self.answer = answer
        self.failure = failure
        self.milliseconds = milliseconds
    }

    func redacted(by redaction: Redaction) -> CallEvidence {
        CallEvidence(
            method: method, url: redaction.late(url), requestBody: requestBody.map(redaction.late),
            status: status, answer: answer.map(redaction.late), failure: failure.map(redaction.late),
            milliseconds: milliseconds)
    }

    /// Scalars of a body that are shown.
    public static let length = 400
}

/// What a check, a step or a journey came to.
public enum CheckOutcome: String, Sendable, Hashable, CaseIterable {
    case holds, fails
    /// It could not be found out.
    case open
    /// It was not come to, since something before it failed.
    case skipped
}

extension CheckOutcome {
    /// The worse of two for those who wait for the verdict: a failure tells more than what stayed open.
    static func worse(_ one: CheckOutcome, _ other: CheckOutcome) -> CheckOutcome {
        if one == .fails || other == .fails { return .fails }
        if one == .open || other == .open { return .open }
        return one == .skipped ? other : one
    }

    /// SHIP where all hold, BLOCK where any fails, else nothing could be said.
    static func verdict(_ outcomes: some Sequence<CheckOutcome>) -> Verdict {
        var all = CheckOutcome.holds
        var some = false
        for outcome in outcomes {
            some = true
            all = worse(all, outcome)
        }
        guard some else { return .couldNotMeasure }
        switch all {
        case .holds: return .ship
        case .fails: return .block
        case .open, .skipped: return .couldNotMeasure
        }
    }
}
