import Notation

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
    public var metrics: [MetricRequest]
    public var gates: [GateRule]
    /// Gates asked for by kinds of change only, on top of `gates`.
    public var gatesByChange: [ChangeKind: [GateRule]]
    public var unsure: UnsurePolicy
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
            currency: String, inputPerMillion: Double, cachedInputPerMillion: Double?, outputPerMillion: Double
        ) {
            self.currency = currency
            self.inputPerMillion = inputPerMillion
            self.cachedInputPerMillion = cachedInputPerMillion
            self.outputPerMillion = outputPerMillion
        }
    }
}

extension Usage {
    /// What it cost: as the app said, else by the policy's prices; nil where neither can be said.
    ///
    /// Cached tokens are part of the input tokens: they are charged once, at their own price where there is one.
    public func money(at prices: ReleasePolicy.Prices?) -> Double? {
        if let cost { return cost }
        guard let prices, let input = inputTokens, let output = outputTokens else { return nil }
        let cached = min(cachedInputTokens ?? 0, input)
        let cachedPrice = prices.cachedInputPerMillion ?? prices.inputPerMillion
        let fresh = Double(input - cached) * prices.inputPerMillion
        return (fresh + Double(cached) * cachedPrice + Double(output) * prices.outputPerMillion) / 1_000_000
    }
}

/// What a release may change.
public enum ChangeKind: String, Sendable, Hashable, CaseIterable, Comparable {
    case prompt, model, retriever, classifier, guardrail, chunking, index, infra, dataset, policy, judge

    public static func < (left: ChangeKind, right: ChangeKind) -> Bool { left.rawValue < right.rawValue }
}

public enum Layer: String, Sendable, Hashable, CaseIterable { case golden, shadow, canary, monitor }

/// What an undecided gate leads to.
public enum UnsurePolicy: String, Sendable, Hashable, CaseIterable {
    /// On to the next required layer, as a named reservation.
    case `continue`
    /// A person decides.
    case ask
    case fail
    /// `continue` where a later layer is required, else `ask`.
    case `default`
}

/// How the app is reached and how its answers are read.
public struct AppPolicy: Sendable {
    public var baseline: TargetPolicy?
    /// Name of the blessed run that stands in for a baseline target.
    public var blessedBaseline: String?
    public var candidate: TargetPolicy?
    public var limits: ReplayLimits
    /// How a conversation's earlier turns are had.
    public var conversation: Conversation

    public init(baseline: TargetPolicy?, candidate: TargetPolicy?) {
        self.baseline = baseline
        self.candidate = candidate
        limits = ReplayLimits()
        conversation = .replay
    }

    public enum Conversation: String, Sendable, Hashable, CaseIterable {
        /// Each earlier user turn is asked, and the app's own answers are carried on.
        case replay
        /// The recorded history is handed over as it stands.
        case given
    }
}

/// One arm's target, whole: what is not said for an arm is taken from `app`.
public struct TargetPolicy: Sendable {
    public enum Kind: Sendable {
        case http(url: String, method: String, template: JSONValue?)
        case openAI(baseURL: String, model: String, parameters: JSONObject, stream: Bool, system: Secretive?)
        case command(arguments: [String])
        case recorded(file: String)
    }

    public var kind: Kind
    public var headers: [Header]
    public var observe: ObserveMap
    /// Members laid over the request's body for this arm alone (a parameter under test).
    public var overlay: JSONObject
    public var prices: ReleasePolicy.Prices?
    /// Whether the answer is read as server-sent events: nil lets the response's content type decide.
    public var stream: Bool?
    /// JSON Pointer to the piece of text in each event of a stream, where it is no known API.
    public var streamText: String?

    public init(kind: Kind) {
        self.kind = kind
        headers = []
        observe = ObserveMap()
        overlay = JSONObject()
    }

    public struct Header: Sendable {
        public let name: String
        public let value: Secretive

        public init(name: String, value: Secretive) {
            self.name = name
            self.value = value
        }
    }
}

/// A text that may name secrets: kept with its `${env:NAME}` unresolved; whoever sends it resolves it.
///
/// `template` is safe to store and print only through `description`, which shows no resolved value ever, because
/// none is held here.
public struct Secretive: Sendable, Hashable, CustomStringConvertible {
    public let template: String

    public init(_ template: String) { self.template = template }

    /// Names of the environment variables it needs, in the order they occur.
    public var variables: [String] {
        var names: [String] = []
        var rest = Substring(template)
        while let open = rest.firstRange(of: "${env:") {
            rest = rest[open.upperBound...]
            guard let close = rest.firstIndex(of: "}") else { break }
            names.append(String(rest[..<close]))
            rest = rest[rest.index(after: close)...]
        }
        return names
    }

    /// The text with every secret shown as `<redacted>`.
    public var description: String { filled { _ in "<redacted>" } ?? template }

    /// The text with every variable replaced, or nil where one is missing.
    public func filled(_ value: (String) -> String?) -> String? {
        var out = ""
        var rest = Substring(template)
        while let open = rest.firstRange(of: "${env:") {
            out += rest[..<open.lowerBound]
            rest = rest[open.upperBound...]
            guard let close = rest.firstIndex(of: "}") else { return out + "${env:" + rest }
            guard let text = value(String(rest[..<close])) else { return nil }
            out += text
            rest = rest[rest.index(after: close)...]
        }
        return out + rest
    }
}

/// Where in an answer's JSON each part of an observation stands, as JSON Pointers; nil: not shown.
public struct ObserveMap: Sendable, Hashable {
    public var text: String?
    public var intent: String?
    public var confidence: String?
    public var score: String?
    public var scoreLabel: String?
    public var documents: String?
    public var guardrail: String?
    public var usage: String?
    public var stages: String?
    public var tools: String?
    public var versions: String?
    public var session: String?
    /// Further numbers by name.
    public var values: [NamedPointer]

    public init() { values = [] }

    public struct NamedPointer: Sendable, Hashable {
        public let name: String
        public let pointer: String

        public init(name: String, pointer: String) {
            self.name = name
            self.pointer = pointer
        }
    }
}

public struct ReplayLimits: Sendable, Hashable {
    public var concurrency = 16
    /// For one attempt.
    public var timeoutSeconds = 30.0
    /// For one example with all its turns, attempts and waits.
    public var totalTimeoutSeconds = 120.0
    /// Attempts after the first; 0: none.
    public var retries = 2
    public var requestsPerSecond: Double?
    public var repeats = 1
    public var cache = true
    /// Bytes of one answer beyond which it is refused.
    public var answerBytes = 16 << 20

    public init() {}
}

/// One entry of `metrics:`.
public struct MetricRequest: Sendable {
    /// As written: `recall@3`, `schema`, `kpi` …
    public let name: String
    /// Parameters in the metric's own words (`schemas/answer.json` for `schema`; a mapping for `kpi`).
    public let parameter: JSONValue?
    /// For `kpi`: the parameter, read and checked.
    public let kpi: KPIDefinition?
    public let place: SourcePlace

    public init(
        name: String, parameter: JSONValue? = nil, kpi: KPIDefinition? = nil,
        place: SourcePlace = SourcePlace(file: "", line: 0)
    ) {
        self.name = name
        self.parameter = parameter
        self.kpi = kpi
        self.place = place
    }
}
