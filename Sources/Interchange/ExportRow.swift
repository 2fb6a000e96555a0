import Domain

/// One observation of a run with its scores: what an export has a record of.
public struct ExportRow: Sendable {
    public struct Score: Sendable, Hashable {
        public let name: String
        public let value: Double?
        /// Why there is none; nil where there is one.
        public let absence: Absence?
        /// Whether a score of 1 or 0 says that it passes; nil: it is no such score.
        public let passes: Bool?

        public init(name: String, value: Double?, absence: Absence?, passes: Bool? = nil) {
            self.name = name
            self.value = value
            self.absence = absence
            self.passes = passes
        }
    }

    public enum Absence: Sendable, Hashable {
        case notApplicable(String)
        case failed(String)

        public var words: String {
            switch self {
            case .notApplicable(let why): "not applicable: " + why
            case .failed(let why): "failed: " + why
            }
        }
    }

    public let example: Example
    public let observation: Observation
    public let scores: [Score]

    public init(example: Example, observation: Observation, scores: [Score]) {
        self.example = example
        self.observation = observation
        self.scores = scores
    }
}

/// What an export says of the whole run.
public struct ExportFacts: Sendable, Hashable {
    public let run: String
    /// When the run began: RFC 3339, UTC.
    public let time: String
    public let dataset: String
    /// Names of the scores, in their order.
    public let metrics: [String]

    public init(run: String, time: String, dataset: String, metrics: [String]) {
        self.run = run
        self.time = time
        self.dataset = dataset
        self.metrics = metrics
    }
}
