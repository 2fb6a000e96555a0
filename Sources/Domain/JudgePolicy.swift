import Notation

/// Who judges answers, how, at what price, and how it is itself measured: the policy's `judge`.
public struct JudgePolicy: Sendable {
    public enum Kind: Sendable, Hashable {
        /// A chat model behind an OpenAI-compatible endpoint.
        case endpoint(address: String, model: String)
        /// A program that speaks JSON lines.
        case command([String])
    }

    /// How votes become one verdict.
    public enum VoteRule: String, Sendable, Hashable, CaseIterable {
        /// What more than half say; of numbers, the median.
        case majority
        /// The mean of the votes.
        case mean
        /// What all say, or nothing.
        case unanimous
    }

    public var kind: Kind
    /// Where the policy names it.
    public var place = SourcePlace(file: "", line: 0)
    /// The family, where the model's name does not say it.
    public var family: String?
    public var headers: [TargetPolicy.Header] = []
    /// Digests of the files that its command names, once they were read: an edited program is another judge.
    public var programs: [String] = []
    /// Sent with each question, as they are: temperature, seed, limit of tokens.
    public var settings = JSONObject()
    public var timeoutSeconds = 60.0
    public var concurrency = 4
    /// How often a question is asked again.
    public var retries = 3
    public var votes = 1
    public var rule = VoteRule.majority
    public var budget = Budget()
    public var prices: ReleasePolicy.Prices?
    /// Folder of prompts that stand in the place of shipped ones, relative to the policy's.
    public var prompts: String?
    public var rubrics: [Rubric] = []
    /// What `tone` asks for.
    public var tone: String?
    /// What `role_adherence` holds answers to, where an example's conversation has no system turn.
    public var role: String?
    /// Whether mail addresses, numbers and keys are taken out of what the judge is shown.
    public var redacts = true
    public var calibration: Calibration?
    /// Why the judge may be of the generator's own family; nil: it may not.
    public var selfJudgingReason: String?

    public init(kind: Kind) { self.kind = kind }

    /// What judging may cost in one run; nil: not limited.
    public struct Budget: Sendable, Hashable {
        public var calls: Int?
        public var money: Double?
        /// The currency of `money`.
        public var currency: String?

        public var isLimited: Bool { calls != nil || money != nil }

        public init(calls: Int? = nil, money: Double? = nil, currency: String? = nil) {
            self.calls = calls
            self.money = money
            self.currency = currency
        }
    }

    /// Something to judge answers by, in the user's words.
    public struct Rubric: Sendable, Hashable {
        public let name: String
        /// What is looked at, in a sentence.
        public let criterion: String
        /// How to go about it, step by step.
        public let steps: [String]
        public let lowest: Int
        public let highest: Int

        public init(name: String, criterion: String, steps: [String], lowest: Int = 1, highest: Int = 5) {
            self.name = name
            self.criterion = criterion
            self.steps = steps
            self.lowest = lowest
            self.highest = highest
        }
    }

    /// What a judge must show on labels of people before its metrics may gate.
    public struct Calibration: Sendable, Hashable {
        /// The record that `sluice judge calibrate` wrote, relative to the policy's folder.
        public var record: String
        /// Labels of people that it is made from.
        public var labels: String?
        public var thresholds = Thresholds()
        /// Whether the labels that are of a run's own answers were drawn at random among them.
        public var isRandomSample = false
        /// By which rate a bound on a judged metric is decided.
        public var correction = Correction.none

        public init(record: String, labels: String? = nil) {
            self.record = record
            self.labels = labels
        }
    }

    /// By which rate a bound on a judged metric is decided; the others stand beside it.
    public enum Correction: String, Sendable, Hashable, CaseIterable {
        /// The judge's own.
        case none
        /// The judge's, corrected for its errors on the calibration's labels.
        case roganGladen = "rogan-gladen"
        /// People's labels of some of the run's answers, with the judge's verdicts on all.
        case ppi
    }

    /// Least values that pass; nil: not asked for.
    public struct Thresholds: Sendable, Hashable {
        /// Labels of people.
        public var labels = 30
        /// Cohen's κ.
        public var kappa: Double? = 0.6
        public var sensitivity: Double?
        public var specificity: Double?
        /// Krippendorff's α.
        public var alpha: Double?
        /// Share of pairs whose verdict stays the same in the other order.
        public var orderConsistency: Double?
        /// Share of repeats that say what the first one said.
        public var selfConsistency: Double?
        /// Most of the verdicts that an instruction inside the answer may move.
        public var injections: Double?

        public init() {}
    }

    /// The judge as a target: whom it calls, which variables it reads, which program it starts.
    public var target: TargetPolicy {
        let kind: TargetPolicy.Kind =
            switch kind {
            case .endpoint(let address, let model):
                .openAI(baseURL: address, model: model, parameters: settings, stream: false, system: nil)
            case .command(let arguments): .command(arguments: arguments)
            }
        var target = TargetPolicy(kind: kind)
        target.headers = headers
        return target
    }
}
