import Statistics

/// What a comparison of two arms over the same requests found.
public struct ShadowResult: Sendable {
    public let options: ShadowOptions
    public let join: JoinCounts
    /// Statuses, kinds of failure, intents, tools, guardrail decisions, forms of text: what was chosen against what.
    public internal(set) var categories: [CategoryChange]
    public internal(set) var rates: [RateChange]
    public internal(set) var numbers: [NumberChange]
    public internal(set) var overlaps: [OverlapChange]
    public internal(set) var fields: [FieldFinding]
    /// Pairs whose bodies were compared field by field, and their keys.
    public let fieldPairs: Int
    public let fieldKeys: Int
    /// Changes at places that were too many to be told one by one.
    public let fieldsBeyond: Int
    public internal(set) var slices: [SliceChange]
    /// Slices beyond the bound, which are not told.
    public let slicesBeyond: Int
    /// Worst first.
    public let pairs: [ShownPair]
    /// Pairs that differ in anything that has a severity.
    public let differing: Int
    /// What may be said, gravest first.
    public internal(set) var findings: [Finding]

    /// Something that a reader has to know.
    public struct Finding: Sendable, Hashable {
        public enum Gravity: Int, Sendable, Hashable, Comparable {
            case bad, doubtful, note

            public static func < (first: Gravity, second: Gravity) -> Bool {
                first.rawValue < second.rawValue
            }
        }

        /// What it speaks of: places in the result's own lists.
        public enum Subject: Sendable, Hashable {
            /// No pair at all, though requests were seen.
            case nothingMirrored
            case fewKeys
            case loss
            case noThirdArm
            case missingNumbers
            case namelessDocuments
            /// Times of live copies: production carried everything, the copies the mirrored share.
            case unequalLoad
            case rate(Int)
            case mean(Int)
            case curve(Int)
            case overlap(Int)
            case words(Int)
            case wordRate(Int, Int)
            case field(Int)
            case sliceRate(Int, Int)
            case sliceLatency(Int)
        }

        public let gravity: Gravity
        public let subject: Subject
        /// Corrected for everything that the report tests; nil where nothing was tested.
        public let pValue: Double?
    }

    /// Whether there is enough to judge by.
    public var isEnough: Bool { join.keys >= options.leastKeys }

    public var loses: Bool { (join.loss?.value ?? 0) > options.mostLoss }
}
