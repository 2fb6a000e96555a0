import Notation

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
    /// Logarithms of the probabilities of the answer's tokens.
    public var logprobs: String?
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
