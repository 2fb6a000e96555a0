import Domain
import Interchange

/// What a data set holds, and what it can show.
public struct DatasetStatistics: Sendable, Hashable {
    /// One value of a slice.
    public struct Value: Sendable, Hashable {
        public let value: String
        public let examples: Int
        /// Those left when the same and the nearly same are counted once: the n that an interval may count on.
        public let distinct: Int
        /// The drop of a pass rate that they show with 80 % power; nil where they can show none.
        public let smallestDrop: Double?
    }

    public struct Slice: Sendable, Hashable {
        public let name: String
        /// Most examples first. Empty where there are too many values for a slice.
        public let values: [Value]
        public let isCrowded: Bool
        /// Whether the policy breaks results down by it.
        public let isInPolicy: Bool
    }

    /// How many examples have a thing.
    public struct Share: Sendable, Hashable {
        public let name: String
        public let examples: Int
    }

    /// Lengths of one part over the examples that have it.
    public struct Lengths: Sendable, Hashable {
        public let name: String
        public let examples: Int
        public let least: Int
        public let median: Int
        /// Nine in ten are no longer.
        public let ninetieth: Int
        public let most: Int
    }

    public let examples: Int
    public let distinct: Int
    /// Examples that are the same as an earlier one.
    public let duplicates: Int
    public let smallestDrop: Double?
    /// Fields of the data set that say what is expected.
    public let expectations: [Share]
    public let kinds: [Share]
    /// Empty where no example has an expected score.
    public let scoreRegions: [Share]
    public let provenance: [Share]
    /// Examples by the time since they were written or last reviewed.
    public let ages: [Share]
    /// Examples by the month in which they were written; the last twelve that have any.
    public let months: [Share]
    public let lengths: [Lengths]
    public let slices: [Slice]
}
