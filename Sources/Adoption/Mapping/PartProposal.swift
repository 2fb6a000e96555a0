import Notation

/// How sure a proposal is.
public enum Sureness: String, Sendable, Hashable, CaseIterable, Comparable {
    case guess
    case likely
    case sure

    public static func < (left: Sureness, right: Sureness) -> Bool { left.rank < right.rank }

    private var rank: Int {
        switch self {
        case .guess: 0
        case .likely: 1
        case .sure: 2
        }
    }
}

/// Where a part of an observation probably stands in the app's answers.
public struct PartProposal: Sendable, Hashable {
    /// As `app.observe` calls it.
    public let part: String
    public let pointer: String
    /// What stands there in the first answer that has it, shortened.
    public let sample: String
    public let sureness: Sureness
    /// Why, in few words.
    public let why: String

    public init(part: String, pointer: String, sample: String, sureness: Sureness, why: String) {
        self.part = part
        self.pointer = pointer
        self.sample = sample
        self.sureness = sureness
        self.why = why
    }
}

/// All that was proposed for an app.
public struct Mapping: Sendable, Hashable {
    /// In the order in which a policy has them; empty where the answer is read whole.
    public var parts: [PartProposal]
    /// Parts that a known chat API shows without a mapping.
    public var known: [PartProposal]
    /// Names of the app's own stages, in its order.
    public var stages: [String]

    public init(parts: [PartProposal] = [], known: [PartProposal] = [], stages: [String] = []) {
        self.parts = parts
        self.known = known
        self.stages = stages
    }

    /// The names of all parts that answers will have.
    public var names: Set<String> { Set((parts + known).map(\.part)) }

    public func pointer(_ part: String) -> String? { parts.first { $0.part == part }?.pointer }

    /// Every part that a policy can map, in its order.
    public static let order = [
        "text", "intent", "confidence", "score", "label", "documents", "guardrail", "usage", "stages",
        "tools",
        "versions", "session",
    ]
}
