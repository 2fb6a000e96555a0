import Notation

/// What every deployment must hold to, found out in seconds by a few requests.
public struct ContractPolicy: Sendable {
    /// Where a value of an answer stands: a part of `app.observe`, or a JSON Pointer in which `*` stands for every
    /// element of a list.
    public enum ValuePlace: Sendable, Hashable {
        case part(String)
        case pointer(JSONPointer)

        public init(_ text: String) throws(JSONPointerError) {
            self = text.hasPrefix("/") ? .pointer(try JSONPointer(text)) : .part(text)
        }

        /// As a policy writes it.
        public var text: String {
            switch self {
            case .part(let name): name
            case .pointer(let pointer): pointer.description
            }
        }
    }

    public struct HeaderRule: Sendable, Hashable {
        public let name: String
        /// A PCRE2 pattern that each of its values must match somewhere; nil: it need only be there.
        public let pattern: String?

        public init(name: String, pattern: String?) {
            self.name = name
            self.pattern = pattern
        }
    }

    /// The range of a number, its ends included.
    public struct Bound: Sendable, Hashable {
        public let value: ValuePlace
        public let atLeast: Double?
        public let atMost: Double?
        /// Whether an answer may go without it.
        public let isOptional: Bool

        public init(value: ValuePlace, atLeast: Double?, atMost: Double?, isOptional: Bool = false) {
            self.value = value
            self.atLeast = atLeast
            self.atMost = atMost
            self.isOptional = isOptional
        }
    }

    /// Labels, each with the lowest score that bears it: a band reaches up to where the next begins.
    public struct LabelBands: Sendable, Hashable {
        public struct Band: Sendable, Hashable {
            public let label: String
            public let from: Double

            public init(label: String, from: Double) {
                self.label = label
                self.from = from
            }
        }

        public let label: ValuePlace
        public let score: ValuePlace
        /// Highest first.
        public let bands: [Band]

        public init(label: ValuePlace, score: ValuePlace, bands: [Band]) {
            self.label = label
            self.score = score
            self.bands = bands.sorted { $0.from > $1.from }
        }

        /// The band of a score, nil below the lowest.
        public func band(of score: Double) -> Band? { bands.first { score >= $0.from } }
    }

    public enum LatencyStatistic: Sendable, Hashable {
        case slowest
        /// Above 0, below 100.
        case percentile(Double)
    }

    public struct LatencyRule: Sendable, Hashable {
        public let statistic: LatencyStatistic
        public let seconds: Double

        public init(_ statistic: LatencyStatistic, seconds: Double) {
            self.statistic = statistic
            self.seconds = seconds
        }
    }

    public struct VersionRule: Sendable, Hashable {
        public let name: String
        /// Nil: any, if it is the same everywhere.
        public let value: String?

        public init(name: String, value: String?) {
            self.name = name
            self.value = value
        }
    }

    public enum Probes: Sendable {
        /// So many examples of the golden set.
        case golden(Int)
        /// Rows as a data set has them.
        case given([JSONObject])
    }

    /// Path of the JSON Schema, relative to the policy.
    public var schema: String?
    /// Empty: any 2xx.
    public var statuses: [Int]
    /// Media types, lower case, without parameters; empty: any.
    public var contentTypes: [String]
    public var headers: [HeaderRule]
    public var bounds: [Bound]
    public var labels: [LabelBands]
    public var latency: [LatencyRule]
    /// Nil: not looked at. Every version that answers show must be the same in all of them.
    public var versions: [VersionRule]?
    public var probes: Probes
    public var concurrency: Int

    public init() {
        statuses = []
        contentTypes = []
        headers = []
        bounds = []
        labels = []
        latency = []
        probes = .golden(20)
        concurrency = 4
    }
}
