import Digest
import Notation

/// Which prompt a question was made of.
public struct JudgePromptIdentity: Sendable, Hashable {
    /// `faithfulness.support`.
    public let name: String
    public let version: String
    /// SHA-256 of its text and of the form of its verdict: an edited prompt is another one.
    public let digest: String

    public init(name: String, version: String, digest: String) {
        self.name = name
        self.version = version
        self.digest = digest
    }
}

/// One thing that a judge is asked, whole: prompts filled, untrusted text fenced, secrets redacted.
///
/// Questions are equal where their digests are; what two metrics both want to know is asked once.
public struct JudgeQuestion: Sendable, Hashable {
    /// The metric that asks first, for messages and counts.
    public let metric: String
    public let prompt: JudgePromptIdentity
    public let messages: [Message]
    /// What the verdict has to be valid by: an object, JSON Schema 2020-12.
    public let schema: JSONValue
    /// Which of the votes on the same text, from 1.
    public let vote: Int
    /// Which of two answers stands first, where they are compared in both orders.
    public let order: Order?
    /// SHA-256 of prompt, messages, schema and vote.
    public let digest: String
    private let check: Check?

    /// Why a verdict of the right form is none all the same: it contradicts its reason, or leaves something out.
    public typealias Check = @Sendable (JSONObject) -> JudgeProblem?

    /// One of the two orders in which a pair of answers is shown.
    public struct Order: Sendable, Hashable {
        /// The same for both orders of a pair, and for no other pair.
        public let pair: String
        public let isSwapped: Bool

        public init(pair: String, isSwapped: Bool) {
            self.pair = pair
            self.isSwapped = isSwapped
        }
    }

    public init(
        metric: String, prompt: JudgePromptIdentity, messages: [Message], schema: JSONValue, vote: Int = 1,
        order: Order? = nil, check: Check? = nil
    ) {
        self.order = order
        self.check = check
        self.metric = metric
        self.prompt = prompt
        self.messages = messages
        self.schema = schema
        self.vote = vote
        let whole: JSONValue = [
            "question": 1, "prompt": .string(prompt.digest), "schema": schema, "vote": .integer(Int64(vote)),
            "messages": .array(
                messages.map { ["role": .string($0.role.rawValue), "content": .string($0.content)] }),
        ]
        digest = ContentDigest(of: whole.canonicalBytes).hex
    }

    public static func == (left: JudgeQuestion, right: JudgeQuestion) -> Bool { left.digest == right.digest }

    public func hash(into hasher: inout Hasher) { hasher.combine(digest) }

    /// Why a verdict of the right form is none all the same; nil: it is one. Whoever reads a judge's answer asks this
    /// before the verdict is counted or kept.
    public func problem(with verdict: JSONObject) -> JudgeProblem? { check?(verdict) }

    /// Bytes of all messages: what a forecast of tokens goes by.
    public var textBytes: Int { messages.reduce(0) { $0 + $1.content.utf8.count } }
}
