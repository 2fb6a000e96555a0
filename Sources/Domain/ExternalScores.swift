import Digest

/// Scores made elsewhere, bound to the examples, arms and answers of one run.
///
/// A score counts only where the file says, or the policy, what it is a score of: never by position, never by
/// guess. Why one does not count is said in words that hold no example's content, so that they can be counted.
public struct ExternalScores: Sendable {
    /// One score as a file gave it.
    public struct Row: Sendable, Hashable {
        /// An index into `metrics`.
        public let metric: Int
        /// An index into `provenance`.
        public let source: Int
        public let example: String
        public let arm: Arm?
        /// Which repeat; nil: the only one, or the one whose answer it is.
        public let repetition: Int?
        /// The digest of the answer's text, in hexadecimal; nil where the file does not say.
        public let answer: String?
        /// Versions of the app that it scored; a nameless one is a value that some version must have.
        public let versions: [Answer.Version]
        public let score: Double?
        /// Why the score does not count whatever the answer: it is stale, out of range, absent.
        public let problem: String?

        public init(
            metric: Int, source: Int, example: String, arm: Arm?, repetition: Int?, answer: String?,
            versions: [Answer.Version], score: Double?, problem: String?
        ) {
            self.metric = metric
            self.source = source
            self.example = example
            self.arm = arm
            self.repetition = repetition
            self.answer = answer
            self.versions = versions
            self.score = score
            self.problem = problem
        }
    }

    public enum Finding: Sendable, Hashable {
        case score(Double)
        /// Could not be measured, with the reason.
        case missing(String)
    }

    public let metrics: [ExternalMetric]
    public let provenance: [ExternalProvenance]
    public let rows: [Row]
    /// Why nothing of a source can be used, by the index of the source.
    public let refusals: [Int: String]
    /// Which sources give each metric.
    public let sources: [[Int]]
    private let places: [Key: [Int32]]

    private struct Key: Hashable, Sendable {
        let metric: Int
        let example: String
    }

    /// - Parameter sources: For each metric, indices into `provenance`.
    public init(
        metrics: [ExternalMetric], sources: [[Int]], provenance: [ExternalProvenance], rows: [Row],
        refusals: [Int: String] = [:]
    ) {
        self.metrics = metrics
        self.sources = sources
        self.provenance = provenance
        self.rows = rows
        self.refusals = refusals
        var places: [Key: [Int32]] = [:]
        places.reserveCapacity(rows.count)
        for (index, row) in rows.enumerated() {
            places[Key(metric: row.metric, example: row.example), default: []].append(Int32(index))
        }
        self.places = places
    }

    /// What is declared, without any score: for checks of a policy.
    public init(declared: [ExternalSource]) {
        var metrics: [ExternalMetric] = []
        for source in declared {
            for metric in source.metrics where !metrics.contains(where: { $0.name == metric.name }) {
                metrics.append(metric)
            }
        }
        self.init(
            metrics: metrics, sources: metrics.map { _ in [] }, provenance: [], rows: [], refusals: [:])
    }

    public func metric(named name: String) -> Int? { metrics.firstIndex { $0.name == name } }

    /// The digest by which a score says which answer it is of.
    public static func digest(of text: String) -> String { ContentDigest(of: text).hex }

    /// The score of an observation that has an answer.
    ///
    /// - Parameter metric: An index into `metrics`.
    public func finding(_ metric: Int, _ observation: Observation, _ answer: Answer) -> Finding {
        let own = places[Key(metric: metric, example: observation.example)] ?? []
        var worst: (rank: Int, words: String)?
        func miss(_ rank: Int, _ words: String) {
            if worst.map({ rank > $0.rank }) ?? true { worst = (rank, words) }
        }
        var found: Double?
        var digest: String?
        for place in own {
            let row = rows[Int(place)]
            let file = provenance[row.source].file
            if let arm = row.arm, arm != observation.arm { continue }
            if row.answer == nil || row.repetition != nil, row.repetition ?? 0 != observation.repetition {
                continue
            }
            if let wanted = row.answer {
                if digest == nil { digest = ExternalScores.digest(of: answer.text ?? "") }
                guard answer.text != nil, wanted == digest else {
                    miss(2, "\(file): its score is of another answer")
                    continue
                }
            } else if row.arm == nil {
                miss(1, "\(file): says neither which arm nor which answer it scored")
                continue
            }
            guard matches(row.versions, answer) else {
                miss(3, "\(file): its score is of another version")
                continue
            }
            if let problem = row.problem {
                miss(4, "\(file): \(problem)")
                continue
            }
            guard let score = row.score else { continue }
            if let found, found != score {
                return .missing("\(file): has two scores for it, which differ; keep one")
            }
            found = score
        }
        if let found { return .score(found) }
        if let worst { return .missing(worst.words) }
        for source in sources[metric] {
            if let why = refusals[source] { return .missing("\(provenance[source].file): \(why)") }
        }
        let files = sources[metric].map { provenance[$0].file }.joined(separator: ", ")
        return .missing(files.isEmpty ? "no scores were read" : "\(files): has no score for it")
    }

    private func matches(_ wanted: [Answer.Version], _ answer: Answer) -> Bool {
        wanted.allSatisfy { version in
            (answer.versions ?? []).contains { shown in
                shown.value == version.value && (version.name.isEmpty || shown.name == version.name)
            }
        }
    }
}
