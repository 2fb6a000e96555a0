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
    /// SHA-256 of prompt, messages, schema and vote.
    public let digest: String

    public init(
        metric: String, prompt: JudgePromptIdentity, messages: [Message], schema: JSONValue, vote: Int = 1
    ) {
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

    /// Bytes of all messages: what a forecast of tokens goes by.
    public var textBytes: Int { messages.reduce(0) { $0 + $1.content.utf8.count } }
}
