import Statistics

/// What one gate concluded.
public struct GateResult: Sendable {
    public enum Outcome: String, Sendable, Hashable, CaseIterable {
        case passes, fails, unsure
        /// Reported only: too little support to judge, or nothing it applies to.
        case notJudged = "not judged"
    }

    public var rule: GateRule
    public var outcome: Outcome
    public var unit: String
    public var direction: String
    public var baseline: Estimate?
    public var candidate: Estimate?
    /// Candidate minus baseline in the metric's own sign; its interval is the one that decided.
    public var difference: Estimate?
    /// Of a bound on a judged rate: the candidate's true rate, corrected for the judge's sensitivity and specificity.
    public var corrected: Estimate?
    /// Of the same: the candidate's true rate by people's labels of some of its answers, and how many there are.
    public var powered: Estimate?
    public var labelled: Int?
    /// Which of `corrected` and `powered` decided, where the policy wants that; nil: the judge's own rate did.
    public var deciding: Estimate?
    /// For `within p% of baseline`: candidate over baseline.
    public var ratio: Estimate?
    public var n: Int
    /// Margin in the metric's unit, where the form has one.
    public var margin: Double?
    /// Bound of a comparison, in the metric's unit.
    public var bound: Double?
    /// One-sided p of *worse*, as computed and after Holm.
    public var p: Double?
    public var adjustedP: Double?
    /// In words: why it passed, failed or is unsure; what would have been caught; what would decide.
    public var note: String
    /// Method of the deciding interval or test.
    public var method: String
    /// For `[each]`: members, worst first.
    public var members: [Member]
    /// That it does not hold is let pass, because somebody said why; nil where it is not, or where it holds.
    public var waiver: Waiver?

    public init(
        rule: GateRule, outcome: Outcome, unit: String, direction: String, n: Int, note: String,
        method: String
    ) {
        self.rule = rule
        self.outcome = outcome
        self.unit = unit
        self.direction = direction
        self.n = n
        self.note = note
        self.method = method
        members = []
    }

    public struct Member: Sendable {
        public let name: String
        public let outcome: Outcome
        public let baseline: Double?
        public let candidate: Double?
        public let difference: Interval?
        public let n: Int
        /// One-sided p of *worse* after Holm over all claims; nil where the member makes none.
        public let adjustedP: Double?
        /// The test behind it; empty without one.
        public let test: String

        public init(
            name: String, outcome: Outcome, baseline: Double?, candidate: Double?, difference: Interval?,
            n: Int, adjustedP: Double? = nil, test: String = ""
        ) {
            self.name = name
            self.outcome = outcome
            self.baseline = baseline
            self.candidate = candidate
            self.difference = difference
            self.n = n
            self.adjustedP = adjustedP
            self.test = test
        }
    }
}
