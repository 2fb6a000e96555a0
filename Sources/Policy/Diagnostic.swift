import Domain

/// One thing that is wrong, or doubtful, in a file that a person wrote: what, where, and how to mend it.
///
/// A value that is collected, never thrown: a reader says everything it found at once.
public struct Diagnostic: Sendable, Hashable {
    public enum Severity: String, Sendable, Hashable, CaseIterable { case error, warning }

    /// What sort of problem it is, for tools; people read `message`.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// The text is no YAML, no UTF-8, or too large.
        case syntax
        case unknownKey = "unknown-key"
        case missingKey = "missing-key"
        case duplicateKey = "duplicate-key"
        case wrongType = "wrong-type"
        /// Of the right form, but outside what can be meant.
        case badValue = "bad-value"
        /// A rule that does not parse.
        case badRule = "bad-rule"
        case unknownMetric = "unknown-metric"
        /// A metric that nothing the app shows can feed.
        case unmapped
        /// A rule that can never be judged as written.
        case impossible
        case contradiction
        case redundant
        /// Allowed, but probably not meant.
        case doubtful
        /// A host, variable or command that the policy's own lists do not hold.
        case untrusted
        /// A known key or metric whose part is not built yet.
        case notYet = "not-yet"
    }

    /// A stretch of one line of the file, cut to a width that can be read.
    public struct Excerpt: Sendable, Hashable {
        /// The line, or a window of it, as it stands in the file.
        public let text: String
        /// How many scalars of the window stand before the underlined part.
        public let offset: Int
        /// Scalars underlined, at least 1.
        public let width: Int
        public let cutBefore: Bool
        public let cutAfter: Bool
    }

    /// A second place that belongs to the problem: the other rule, the first of two keys.
    public struct Related: Sendable, Hashable {
        public let message: String
        public let place: SourcePlace
        public let excerpt: Excerpt?
    }

    public let severity: Severity
    public let kind: Kind
    public let place: SourcePlace
    /// One sentence without a full stop; user text in it is escaped and cut.
    public let message: String
    /// How to mend it, where that is known: `did you mean 'recall@3'?`
    public let suggestion: String?
    public let excerpt: Excerpt?
    public let related: Related?

    public init(
        _ kind: Kind, _ message: String, severity: Severity = .error, place: SourcePlace,
        suggestion: String? = nil, excerpt: Excerpt? = nil, related: Related? = nil
    ) {
        self.severity = severity
        self.kind = kind
        self.place = place
        self.message = message
        self.suggestion = suggestion
        self.excerpt = excerpt
        self.related = related
    }
}

extension Sequence where Element == Diagnostic {
    /// Whether anything among them forbids the use of the file: exit status 65.
    public var haveErrors: Bool { contains { $0.severity == .error } }

    /// By place; what stands at one place keeps its order.
    func sortedByPlace() -> [Diagnostic] {
        let numbered: [(offset: Int, element: Diagnostic)] = Array(enumerated())
        let sorted = numbered.sorted { left, right in
            let (a, b) = (left.element.place, right.element.place)
            if a.line != b.line { return a.line < b.line }
            if a.column != b.column { return a.column < b.column }
            return left.offset < right.offset
        }
        return sorted.map(\.element)
    }
}
