import Domain

/// One thing that a look at a data set found: what, where, why it matters, and how to mend it.
public struct Finding: Sendable, Hashable {
    public enum Severity: String, Sendable, Hashable, CaseIterable, Comparable {
        /// The set cannot be trusted as it is.
        case error
        /// It can be used, and says less than it seems to.
        case warning
        /// Worth knowing.
        case note

        /// Graver first.
        public static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }

        private var rank: Int {
            switch self {
            case .error: 0
            case .warning: 1
            case .note: 2
            }
        }
    }

    public let severity: Severity
    public let code: LintCode
    /// Where it stands; the file's name alone, or nothing, for what is said of the whole set.
    public let place: SourcePlace
    /// The example's id; nil for what is said of the whole set.
    public let id: String?
    /// A sentence without a full stop. It quotes names and ids, never a whole payload.
    public let what: String
    public let mend: String
    /// Further examples that it is about: the members of a cluster, at most as many as the log keeps.
    public let others: [Reference]

    public init(
        _ severity: Severity, _ code: LintCode, at place: SourcePlace, id: String? = nil, _ what: String,
        mend: String, others: [Reference] = []
    ) {
        self.severity = severity
        self.code = code
        self.place = place
        self.id = id
        self.what = what
        self.mend = mend
        self.others = others
    }

    /// An example by name and place.
    public struct Reference: Sendable, Hashable {
        public let id: String
        public let place: SourcePlace

        public init(_ example: Example) {
            id = example.id
            place = example.place
        }
    }
}
