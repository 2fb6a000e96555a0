import Notation

/// One statistic as it is called by name: the function that gates, monitors and audits call themselves.
///
/// From this one definition come the parser of its input, its help, the list, and the oracle's calls.
public struct StatisticEntry: Sendable {
    /// As typed: `wilson-interval`.
    public let name: String
    public let family: Family
    /// What it answers, in one line.
    public let summary: String
    /// Paper, book or standard.
    public let source: String
    /// Every argument that it reads; any other is an error.
    public let arguments: [Argument]
    /// An input that works as it stands.
    public let example: JSONValue
    /// From arguments to an answer: an object.
    public let compute: @Sendable (StatisticInput) throws(StatisticProblem) -> JSONValue

    public init(
        name: String, family: Family, summary: String, source: String, arguments: [Argument],
        example: JSONValue,
        compute: @escaping @Sendable (StatisticInput) throws(StatisticProblem) -> JSONValue
    ) {
        self.name = name
        self.family = family
        self.summary = summary
        self.source = source
        self.arguments = arguments
        self.example = example
        self.compute = compute
    }

    /// The headings of the list, in its order.
    public enum Family: String, Sendable, CaseIterable {
        case distributions
        case description
        case intervals
        case tests
        case sequences
        case drift
        case agreement
        case people
        case association
        case power
        case decisions
    }

    /// One member of the input object.
    public struct Argument: Sendable {
        public let name: String
        /// What it must be, as words: `"numbers"`, `"a count"`, `"less, greater or two-sided"`.
        public let kind: String
        /// What it is when it is left out; nil: it must be given.
        public let fallback: String?
        public let summary: String

        /// - Parameter fallback: Words for what holds when it is left out; nil where it must be given.
        public init(_ name: String, _ kind: String, fallback: String? = nil, _ summary: String) {
            self.name = name
            self.kind = kind
            self.fallback = fallback
            self.summary = summary
        }
    }

    /// The answer for one input.
    ///
    /// - Throws: `StatisticProblem`, which names the argument and says why.
    public func answer(_ input: JSONValue) throws(StatisticProblem) -> JSONValue {
        try compute(StatisticInput(input, arguments: arguments))
    }
}
