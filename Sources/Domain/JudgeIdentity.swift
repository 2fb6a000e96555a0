import Digest
import Notation

/// Who judges: all that shapes its verdicts but the question.
public struct JudgeIdentity: Sendable, Hashable, CustomStringConvertible {
    /// `openai`, `command`, `script`.
    public let kind: String
    /// The model's name, or the program's.
    public let model: String
    /// The families it may belong to, by its name or as the policy says; empty: not known.
    public let families: [JudgeFamily]
    /// The endpoint without user and password, its query as a mark (`ShownAddress.identity`), or the program.
    public let address: String
    /// What is sent with each question: temperature, seed, limit of tokens. No secrets.
    public let settings: JSONObject
    /// SHA-256 over all of it. Two judges are the same where these are.
    public let digest: String

    public init(
        kind: String, model: String, families: [JudgeFamily]? = nil, address: String,
        settings: JSONObject = JSONObject()
    ) {
        self.kind = kind
        self.model = model
        self.families = families ?? JudgeFamily.families(of: model)
        self.address = address
        self.settings = settings
        let whole: JSONValue = [
            "judge": 1, "kind": .string(kind), "model": .string(model), "address": .string(address),
            "settings": .object(settings),
        ]
        digest = ContentDigest(of: whole.canonicalBytes).hex
    }

    public static func == (left: JudgeIdentity, right: JudgeIdentity) -> Bool { left.digest == right.digest }

    public func hash(into hasher: inout Hasher) { hasher.combine(digest) }

    /// `gpt-4o-mini (1f2e3d4c5b6a)`.
    public var description: String { "\(model) (\(digest.prefix(12)))" }
}
