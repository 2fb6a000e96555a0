import Domain

/// What a change of the data set makes of a verdict that was reached over the old one.
public struct VerdictEffect: Sendable {
    /// One judgement over some of the run's examples.
    public struct Judgement: Sendable {
        public let verdict: Verdict
        public let examples: Int
        public let gates: [Gate]

        public init(verdict: Verdict, examples: Int, gates: [Gate]) {
            self.verdict = verdict
            self.examples = examples
            self.gates = gates
        }
    }

    public struct Gate: Sendable, Hashable {
        public let rule: String
        public let outcome: String
        public let baseline: Double?
        public let candidate: Double?
        /// Examples that it was judged by; nil where that was not kept.
        public let n: Int?

        public init(rule: String, outcome: String, baseline: Double?, candidate: Double?, n: Int?) {
            self.rule = rule
            self.outcome = outcome
            self.baseline = baseline
            self.candidate = candidate
            self.n = n
        }
    }

    public let run: String
    public let startedAt: String
    /// As it was recorded.
    public let before: Judgement
    /// Over the examples that are the same in the new set; nil where there is none, or it could not be judged.
    public let remaining: Judgement?
    /// Likewise, and over those that ask the same and expect something else, by what is expected now; nil where
    /// there are none.
    public let reexpected: Judgement?
    /// Why nothing could be judged again.
    public let problem: String?

    public init(
        run: String, startedAt: String, before: Judgement, remaining: Judgement?, reexpected: Judgement?,
        problem: String?
    ) {
        self.run = run
        self.startedAt = startedAt
        self.before = before
        self.remaining = remaining
        self.reexpected = reexpected
        self.problem = problem
    }

    /// Whether a run that was blocked would not be any more.
    public var isLoosened: Bool { changes { before.verdict == .block && $0 != .block } }

    /// Whether a run that shipped would not any more.
    public var isTightened: Bool { changes { before.verdict == .ship && $0 != .ship } }

    private func changes(_ body: (Verdict) -> Bool) -> Bool {
        [remaining, reexpected].contains { $0.map { body($0.verdict) } ?? false }
    }

    /// A gate's earlier and later judgement, by rule; rules may be repeated and keep their order.
    public static func pairs(_ before: Judgement, _ after: Judgement) -> [(before: Gate?, after: Gate)] {
        var left = before.gates
        return after.gates.map { gate in
            guard let index = left.firstIndex(where: { $0.rule == gate.rule }) else { return (nil, gate) }
            return (left.remove(at: index), gate)
        }
    }
}
