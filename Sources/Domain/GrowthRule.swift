/// One rule of when a data set must grow, and by what.
public struct GrowthRule: Sendable, Hashable {
    /// What calls for examples.
    public enum Trigger: Sendable, Hashable {
        /// Candidates show a value of a column that the set has no example of; nil: of any slice of the policy.
        case newSegment(column: String?)
        /// A value of a column has fewer examples than so many; nil: of any slice of the policy.
        case thinSegment(fewerThan: Int, column: String?)
        /// At least so many candidates of a kind wait for a label.
        case waiting(CandidateSignal, atLeast: Int)
        /// The newest run was worse than its baseline by more than a share: points of a ratio, a part of the baseline's
        /// value of anything else. Metric and column narrow it; with a column each of its values is looked at.
        case drop(moreThan: Double, metric: String?, column: String?)
        /// At least so many examples newly fail in the newest run.
        case newlyFailing(atLeast: Int)
        /// So many days have passed.
        case every(days: Int)
    }

    /// What is asked for.
    public enum Ask: Sendable, Hashable {
        case examples(Int)
        /// Somebody to look through the set.
        case review
    }

    public let trigger: Trigger
    public let ask: Ask
    /// As the policy writes them.
    public let when: String
    public let asks: String
    public let place: SourcePlace

    public init(trigger: Trigger, ask: Ask, when: String, asks: String, place: SourcePlace) {
        self.trigger = trigger
        self.ask = ask
        self.when = when
        self.asks = asks
        self.place = place
    }
}

/// Why somebody should look at an input and say what is right: the gravest first.
public enum CandidateSignal: String, Sendable, Hashable, CaseIterable {
    case reportedMiss = "reported-miss"
    case correction
    case thumbsDown = "thumbs-down"
    case newlyFailing = "newly-failing"
    case failing
    case unmeasured
    case disagreement
    case exchange

    /// One line, for people.
    public var words: String {
        switch self {
        case .reportedMiss: "somebody reported that the app missed it"
        case .correction: "somebody said what the answer should have been"
        case .thumbsDown: "somebody did not like the answer"
        case .newlyFailing: "passed in the baseline, fails in the candidate"
        case .failing: "fails"
        case .unmeasured: "was asked and could not be measured"
        case .disagreement: "metrics disagree on it"
        case .exchange: "seen in traffic"
        }
    }
}
