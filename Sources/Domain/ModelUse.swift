/// Which model metrics asked.
public struct ModelFacts: Sendable, Hashable {
    /// What it does: `embedding`, `judge`, or the name of a metric of the user's own.
    public let role: String
    /// The folder's or the endpoint's name of the model, for people.
    public let name: String
    /// Of all that shapes its answers; scores of models with other digests are never compared in silence.
    public let digest: String

    public init(role: String, name: String, digest: String) {
        self.role = role
        self.name = name
        self.digest = digest
    }
}

/// What metrics asked of one model in a run.
public struct ModelUse: Sendable, Hashable {
    public let model: ModelFacts
    /// What is counted: `texts`, `judgements`, `scores`.
    public let unit: String
    /// Distinct requests.
    public var wanted = 0
    /// Those that the model was asked.
    public var asked = 0
    /// Those that a cache answered.
    public var cached = 0
    /// Those that came to nothing: the model could not be reached, or said so.
    public var failed = 0
    /// Those that were answered in a form that cannot be read.
    public var unparsable = 0
    /// Distinct texts that were longer than the model reads at once: read in parts, their vector is the parts' mean.
    public var windowed = 0
    /// Pairs of answers that a judge compared in both orders, and those on which its two verdicts disagree.
    public var inBothOrders = 0
    public var orderDisagreed = 0
    /// What the model called itself in its answers, kept ones among them; more than one name, and what stands behind
    /// the address changed.
    public var names: [String] = []
    /// Tokens and money, where the model says so or has a price.
    public var tokens: Int?
    public var money: Double?
    /// The unit of `money`; nil: whatever the model's answers count in.
    public var currency: String?
    /// Commands that asked: a run that was resumed or scored again adds up over all of them.
    public var parts = 1
    /// What the last of them asked and spent, where there were more.
    public var lastAsked: Int?
    public var lastMoney: Double?

    /// What went wrong beside single answers, a sentence each.
    public var problems: [String] = []

    public init(_ model: ModelFacts, unit: String) {
        self.model = model
        self.unit = unit
    }
}
