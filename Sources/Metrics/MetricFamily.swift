import Domain
import Notation

/// A kind of metric as a policy names it: `recall` stands for `recall@3` and `recall@10`.
public struct MetricFamily: Sendable {
    /// What follows the family's name in a policy.
    public enum Parameter: Sendable, Hashable {
        case none
        /// `@k`, a whole number from 1.
        case cutoff
        /// A file or an inline value after a colon: `schema: schemas/answer.json`.
        case value(words: String)
    }

    /// What may stand in brackets behind it in a rule: `intent_f1[refund]`, `intent_f1[each]`.
    public enum Members: Sendable, Hashable {
        case none
        /// Labels of the confusion matrix.
        case classes
        /// Names that observations carry: `stage_latency[retrieval]`. Each is a definition of its own.
        case names
        /// Names that observations carry, written behind a point: `versions.embedding`. Likewise.
        case keys
    }

    public let name: String
    public let parameter: Parameter
    public let members: Members
    /// Parts of an observation and of an example without which it is never applicable.
    public let needs: [Need]
    public let summary: String
    /// Paper or standard, and the edge cases' decisions.
    public let source: String
    /// A worked example in one line: inputs → value.
    public let example: String
    public let make: @Sendable (MetricRequest, MetricResources) throws(MetricProblem) -> MetricDefinition

    /// Whether its bare name among a policy's metrics stands for all its members: those that the policy declares, or that
    /// the app shows when it is asked. Of other families of names each member is asked for by its own.
    public var standsForAll: Bool {
        switch (members, name) {
        case (.keys, _), (.names, "stage_latency"), (.names, "value"), (.names, "composite"),
            (.names, "custom"),
            (.names, "external"):
            true
        default: false
        }
    }

    public init(
        name: String, parameter: Parameter = .none, members: Members = .none, needs: [Need], summary: String,
        source: String, example: String,
        make: @escaping @Sendable (MetricRequest, MetricResources) throws(MetricProblem) -> MetricDefinition
    ) {
        self.name = name
        self.parameter = parameter
        self.members = members
        self.needs = needs
        self.summary = summary
        self.source = source
        self.example = example
        self.make = make
    }

    /// Whether it says nothing of an example that expects nothing.
    public var wantsExpectation: Bool {
        needs.contains { need in
            switch need {
            case .expected, .anyExpectation: true
            case .observed, .model: false
            }
        }
    }

    /// What measuring one answer costs, in words.
    public var cost: String {
        var models: [ModelKind] = []
        for need in needs { if case .model(let kind) = need { models.append(kind) } }
        return models.isEmpty
            ? "no model: under 0.1 ms of this machine" : models.map(\.cost).joined(separator: "; ")
    }

    public enum Need: Sendable, Hashable {
        /// A key of `app.observe`: `documents`, `intent` …
        case observed(String)
        /// A field of the data set: `expected_intent` …
        case expected(String)
        /// Something that is expected of the answer, whichever.
        case anyExpectation
        /// A model that the policy names.
        case model(ModelKind)
    }
}

/// What metrics may read that stands outside the example: named files, already read, and the policy's lists.
public struct MetricResources: Sendable {
    /// JSON files by the path the policy wrote.
    public var files: [String: JSONValue]
    public var catalogues: [String: [String]]
    public var prices: ReleasePolicy.Prices?
    /// Scores made elsewhere, or what is declared of them.
    public var external: ExternalScores?
    /// Metrics that the policy makes of others.
    public var composites: [CompositeMetric] = []
    /// Metrics of the user's own.
    public var customs: [CustomMetric] = []
    /// How judged metrics ask.
    public var judging = JudgeSettings()

    public init(
        files: [String: JSONValue] = [:], catalogues: [String: [String]] = [:],
        prices: ReleasePolicy.Prices? = nil, external: ExternalScores? = nil
    ) {
        self.external = external
        self.files = files
        self.catalogues = catalogues
        self.prices = prices
    }
}

/// Why a metric cannot be had as asked.
public struct MetricProblem: Error, Sendable, Hashable {
    public let message: String
    /// Nearest known name, where one is near.
    public let suggestion: String?

    public init(_ message: String, suggestion: String? = nil) {
        self.message = message
        self.suggestion = suggestion
    }
}
