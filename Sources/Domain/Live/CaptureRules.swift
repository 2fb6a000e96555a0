import Notation

/// What is kept of live traffic, and what of it is never kept.
///
/// Redaction runs before anything is stored or sent; what cannot be redacted is not kept.
public struct CaptureRules: Sendable, Hashable {
    /// The share of exchanges that are kept, in 1/10 000 (0 to 10 000): by the hash of the sticky key, so that a user
    /// is kept whole or not at all; by that of the request's id where there is none. Failures and events are always
    /// kept.
    public var share: Int
    /// Shares of their own for paths that begin so; the first that fits counts.
    public var pathShares: [PathShare]
    /// Bytes kept of each body; 0 keeps none.
    public var bodyBytes: Int
    /// Content types whose bodies are kept: `application/json`, `text/*`, `*/*`. A type with the suffix `+json` is
    /// JSON.
    public var contentTypes: [String]
    /// Headers whose values are replaced, whatever their case. Credentials and cookies are, whatever stands here.
    public var redactedHeaders: [String]
    /// Parameters of queries and forms whose values are replaced, whatever their case.
    public var redactedParameters: [String]
    /// Places in JSON bodies, of requests and answers, whose values are replaced. A token `*` stands for every
    /// member or element.
    public var redactedPointers: [JSONPointer]
    /// What is looked for in every text: `mail`, `phone`, `card`, `account`, `address`, `key`.
    public var redactedKinds: [String]
    /// Patterns (PCRE2) of one's own, by name.
    public var redactedPatterns: [LiveField]
    /// Parts of answers that are kept by name, by JSON Pointer; of a stream, in the body put together from it.
    public var fields: [Part]
    /// A last byte later than this is the event `slow`; nil: none is.
    public var slowMilliseconds: Double?
    /// A first token later than this is the event `slow_first_token`; nil: none is.
    public var slowFirstTokenMilliseconds: Double?
    /// Where a JSON answer says what its guardrail did; nil: nothing is looked for.
    public var guardrail: JSONPointer?

    public struct PathShare: Sendable, Hashable {
        public let prefix: String
        public let share: Int

        public init(prefix: String, share: Int) {
            self.prefix = prefix
            self.share = share
        }
    }

    public struct Part: Sendable, Hashable {
        public let name: String
        public let pointer: JSONPointer

        public init(name: String, pointer: JSONPointer) {
            self.name = name
            self.pointer = pointer
        }
    }

    /// Everything is kept up to 64 KB a body, without credentials, mail addresses, telephone and card numbers,
    /// accounts and keys.
    public init() {
        share = 10_000
        pathShares = []
        bodyBytes = 64 * 1024
        contentTypes = [
            "application/json", "text/*", "application/x-ndjson", "application/x-www-form-urlencoded",
        ]
        redactedHeaders = []
        redactedParameters = []
        redactedPointers = []
        redactedKinds = ["mail", "phone", "card", "account", "key"]
        redactedPatterns = []
        fields = []
    }
}
