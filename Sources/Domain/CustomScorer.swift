/// Scores answers by a program or an endpoint of the user's own: the port behind `custom[NAME]`.
public protocol CustomScorer: Sendable {
    /// What it is: its digest stands for all that shapes its scores, as far as that can be known.
    var facts: ModelFacts { get }
    /// One score for each line, in their order; a line is a JSON object of an example and an answer. Nothing is thrown:
    /// one bad answer sinks no other.
    func scores(of lines: [String]) async -> [CustomScore]
    /// What went wrong beside its answers, a line each, for the end of a run.
    var problems: [String] { get }
    /// Ends what it keeps running.
    func close() async
}

extension CustomScorer {
    public var problems: [String] { [] }
}

/// What a metric of the user's own said of one answer.
public enum CustomScore: Sendable, Hashable {
    case score(Double)
    /// It does not apply, and why.
    case inapplicable(String)
    /// It could not be had: one sentence for people, without payload.
    case failed(String)
    /// It was not asked for, since who scores was given up; likewise.
    case unasked(String)
}
