/// A policy file, read and checked: what to ask, what to measure, which rules must hold.
///
/// Values only; the `Policy` room makes it from `sluice.yaml` and says what is wrong with it.
public struct ReleasePolicy: Sendable {
    public var project: String
    /// The preset whose metrics and gates were merged in; their places name it as their file.
    public var preset: String?
    public var app: AppPolicy
    /// Files or folders of the data set, as written, relative to the policy's folder.
    public var datasets: [String]
    /// The tag that the data set must bear; nil: it may be edited freely.
    public var frozen: String?
    public var metrics: [MetricRequest]
    public var gates: [GateRule]
    /// Gates asked for by kinds of change only, on top of `gates`.
    public var gatesByChange: [ChangeKind: [GateRule]]
    public var unsure: UnsurePolicy
    /// Whether a gate that no example can judge is only listed, and holds up nothing.
    public var unfedWaits = false
    /// Columns (or `category`, `tags`, `turn_count`) that results are broken down by.
    public var slices: [String]
    /// Layers that a kind of change must pass; kinds not named here require `[golden]`.
    public var layers: [ChangeKind: [Layer]]
    /// Named lists of accepted texts for `catalogue` elements.
    public var catalogues: [String: [String]]
    public var prices: Prices?
    public var estimand: Estimand
    /// Rates above which a verdict cannot be formed; default 5 %.
    public var unmeasuredLimit: Double
    public var confidence: Double
    public var seed: UInt64
    /// How the data set is looked after.
    public var upkeep: Upkeep
    /// The model behind semantic metrics; nil: none is named.
    public var embedding: EmbeddingPolicy?
    /// Where it is named.
    public var embeddingPlace = SourcePlace(file: "", line: 0)
    /// Who judges answers; nil: nobody.
    public var judge: JudgePolicy?
    /// Files of scores made elsewhere.
    public var external: [ExternalSource]
    /// Metrics made of others.
    public var composites: [CompositeMetric] = []
    /// Metrics of the user's own.
    public var customs: [CustomMetric] = []
    /// Where runs are pushed to.
    public var ledger: LedgerPolicy?
    /// When it must grow.
    public var growth: [GrowthRule]
    /// The variants that `sluice sweep` compares.
    public var sweep: SweepPolicy
    /// What every deployment must hold to; nil: nothing is said.
    public var contract: ContractPolicy?
    /// Ways through the whole system, in the order they are written.
    public var journeys: [JourneyPolicy]
    /// What may be reached, and who may approve that this is loosened.
    public var trust: TrustLists
    public var waivers: [Waiver]
    /// The file's text as read, secrets unresolved, for the manifest and for digests.
    public var source: SourceText

    public init(project: String, app: AppPolicy, source: SourceText) {
        self.project = project
        self.app = app
        self.source = source
        datasets = []
        metrics = []
        gates = []
        gatesByChange = [:]
        unsure = .default
        slices = []
        layers = [:]
        catalogues = [:]
        estimand = .population
        unmeasuredLimit = 0.05
        confidence = 0.95
        seed = 1
        upkeep = Upkeep()
        external = []
        growth = []
        sweep = SweepPolicy()
        journeys = []
        trust = TrustLists()
        waivers = []
    }

    public struct SourceText: Sendable, Hashable {
        public let path: String
        public let text: String

        public init(path: String, text: String) {
            self.path = path
            self.text = text
        }
    }

    /// Whether the examples stand for more traffic like them, or are themselves all that matters.
    public enum Estimand: String, Sendable, Hashable, CaseIterable {
        case population
        case thisSet = "this set"
    }

    /// Money per million tokens, used where the app reports tokens but no cost.
    public struct Prices: Sendable, Hashable {
        public let currency: String
        public let inputPerMillion: Double
        public let cachedInputPerMillion: Double?
        public let outputPerMillion: Double

        public init(
            currency: String, inputPerMillion: Double, cachedInputPerMillion: Double?,
            outputPerMillion: Double
        ) {
            self.currency = currency
            self.inputPerMillion = inputPerMillion
            self.cachedInputPerMillion = cachedInputPerMillion
            self.outputPerMillion = outputPerMillion
        }
    }
}
