import Notation

/// What the app returned for one turn.
public struct Answer: Sendable, Hashable {
    public var text: String?
    public var intent: String?
    /// The app's own confidence in `intent` or in its answer, as it gave it.
    public var confidence: Double?
    /// A score that is the app's product (similarity, ranking), not a metric of ours.
    public var score: Double?
    /// The band or class the app put on its score.
    public var scoreLabel: String?
    /// What was retrieved, best first; nil where the app shows no retrieval.
    public var documents: [RetrievedDocument]?
    public var guardrail: GuardrailDecision?
    public var usage: Usage?
    /// The app's own stages, in order, in milliseconds.
    public var stages: [StageTiming]?
    public var tools: [ToolCall]?
    /// Natural logarithms of the probabilities of the answer's tokens, in order.
    public var tokenLogarithms: [Double]?
    /// Versions the app says it ran with (prompt, model, embedding, index …), sorted by name.
    public var versions: [Version]?
    public var session: String?
    /// Further numbers that the policy maps by name (`observe.values`), sorted by name.
    public var values: [NamedValue]
    /// The whole body where it was JSON.
    public var body: JSONValue?
    /// The body as text where it was not JSON, or why it did not parse.
    public var bodyProblem: String?
    /// Parts that the policy maps and that this answer lacks, or gave in a form that cannot be read.
    public var problems: [PartProblem]
    public var status: Int?
    /// From sending the request to the last byte; nil where a recording does not say.
    public var latencyMilliseconds: Double?
    public var timeToFirstTokenMilliseconds: Double?

    public init(latencyMilliseconds: Double?) {
        self.latencyMilliseconds = latencyMilliseconds
        values = []
        problems = []
    }

    /// Why a part of the answer is nil although the policy says where it stands.
    public struct PartProblem: Sendable, Hashable {
        public enum Kind: String, Sendable, Hashable, CaseIterable {
            /// The pointer leads nowhere in this answer. A JSON null is no problem: it says "none".
            case absent
            /// What stands there is of a type, or in words, that cannot be read.
            case unreadable
        }

        /// The part's key in `observe`: `text`, `documents`, `values.NAME` …
        public let part: String
        public let kind: Kind
        /// One sentence for people, without payload.
        public let detail: String

        public init(part: String, kind: Kind, detail: String) {
            self.part = part
            self.kind = kind
            self.detail = detail
        }
    }

    public struct Version: Sendable, Hashable {
        public let name: String
        public let value: String
        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    public struct NamedValue: Sendable, Hashable {
        public let name: String
        public let value: Double
        public init(name: String, value: Double) {
            self.name = name
            self.value = value
        }
    }
}

public struct RetrievedDocument: Sendable, Hashable {
    public let id: String
    public let score: Double?
    public let text: String?
    /// The source and page it was cut from, where the app says so.
    public let source: String?
    public let page: Int?

    public init(
        id: String, score: Double? = nil, text: String? = nil, source: String? = nil, page: Int? = nil
    ) {
        self.id = id
        self.score = score
        self.text = text
        self.source = source
        self.page = page
    }
}

public enum GuardrailOutcome: String, Sendable, Hashable, CaseIterable { case allow, block }

public struct GuardrailDecision: Sendable, Hashable {
    public let outcome: GuardrailOutcome
    public let reason: String?

    public init(outcome: GuardrailOutcome, reason: String? = nil) {
        self.outcome = outcome
        self.reason = reason
    }
}

public struct StageTiming: Sendable, Hashable {
    public let name: String
    public let milliseconds: Double

    public init(name: String, milliseconds: Double) {
        self.name = name
        self.milliseconds = milliseconds
    }
}

public struct ToolCall: Sendable, Hashable {
    public let name: String
    public let arguments: JSONValue

    public init(name: String, arguments: JSONValue) {
        self.name = name
        self.arguments = arguments
    }
}
