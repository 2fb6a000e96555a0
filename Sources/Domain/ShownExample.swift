/// An example shown side by side.
public struct ShownExample: Sendable {
    public struct Side: Sendable {
        public let text: String?
        public let intent: String?
        public let documents: [RetrievedDocument]?
        public let guardrail: String?
        public let failure: String?

        public init(
            text: String?, intent: String?, documents: [RetrievedDocument]?, guardrail: String?,
            failure: String?
        ) {
            self.text = text
            self.intent = intent
            self.documents = documents
            self.guardrail = guardrail
            self.failure = failure
        }
    }

    public struct Score: Sendable {
        public let metric: String
        public let baseline: Double?
        public let candidate: Double?
        /// Why there is no number.
        public let note: String?

        public init(metric: String, baseline: Double?, candidate: Double?, note: String?) {
            self.metric = metric
            self.baseline = baseline
            self.candidate = candidate
            self.note = note
        }
    }

    public let id: String
    public let query: String
    /// What was expected, as labelled lines: `documents: doc_101, doc_448`.
    public let expected: [String]
    public let goldDocuments: [String]
    public let baseline: Side?
    public let candidate: Side?
    public let scores: [Score]
    /// Whether it newly fails, newly passes or merely changed.
    public let movement: String
    public let place: SourcePlace

    public init(
        id: String, query: String, expected: [String], goldDocuments: [String], baseline: Side?,
        candidate: Side?,
        scores: [Score], movement: String, place: SourcePlace
    ) {
        self.id = id
        self.query = query
        self.expected = expected
        self.goldDocuments = goldDocuments
        self.baseline = baseline
        self.candidate = candidate
        self.scores = scores
        self.movement = movement
        self.place = place
    }
}
