import Domain
import Notation

/// What became of a data set from one state to another.
public struct DatasetDiff: Sendable {
    /// One example that came, went or moved.
    public struct Entry: Sendable, Hashable {
        public let id: String
        /// The beginning of its query.
        public let query: String
        public let place: SourcePlace
        /// For one that was retired: why, by whom, when.
        public let retirement: Retirement?
        /// For one that goes by another id now: the earlier.
        public let earlierID: String?

        public init(
            id: String, query: String, place: SourcePlace, retirement: Retirement? = nil,
            earlierID: String? = nil
        ) {
            self.id = id
            self.query = query
            self.place = place
            self.retirement = retirement
            self.earlierID = earlierID
        }
    }

    /// One field of an example, before and after; nil where it says nothing.
    public struct FieldChange: Sendable, Hashable {
        public let name: String
        public let isExpectation: Bool
        public let old: JSONValue?
        public let new: JSONValue?
    }

    public struct Change: Sendable, Hashable {
        public let id: String
        public let place: SourcePlace
        public let fields: [FieldChange]

        /// Whether the app is asked the same as before: what changed is what is expected of it.
        public var asksTheSame: Bool { fields.allSatisfy(\.isExpectation) }
    }

    /// What came of a kind: all are counted, and so many of them kept as were asked for.
    public struct Listed<Item: Sendable & Hashable>: Sendable, Hashable {
        public internal(set) var count = 0
        public internal(set) var items: [Item] = []

        mutating func add(_ item: @autoclosure () throws(StoreError) -> Item, most: Int) throws(StoreError) {
            count += 1
            if items.count < most { items.append(try item()) }
        }
    }

    /// How a value of a slice fared.
    public struct SliceChange: Sendable, Hashable {
        public let slice: String
        public let value: String
        public let old: Int
        public let new: Int
        public let added: Int
        public let changed: Int
        /// Retired or removed.
        public let gone: Int
    }

    public internal(set) var old = 0
    public internal(set) var new = 0
    public internal(set) var unchanged = 0
    public internal(set) var added = Listed<Entry>()
    public internal(set) var changed = Listed<Change>()
    /// Marked as retired: their rows stand where they stood.
    public internal(set) var retired = Listed<Entry>()
    /// Gone without a word.
    public internal(set) var removed = Listed<Entry>()
    /// Retired before, asked again now.
    public internal(set) var restored = Listed<Entry>()
    /// The same content under another id.
    public internal(set) var renamed = Listed<Entry>()
    /// Only provenance changed: no verdict can.
    public internal(set) var attested = Listed<Change>()
    /// Values of slices of which any example came, went or changed; by slice, then by value.
    public internal(set) var slices: [SliceChange] = []
    /// Numbers, in the old state, of examples that are the same in both.
    public internal(set) var remaining: [Int32] = []
    /// Numbers, in the old state and in the new one, of examples that ask the same and expect something else.
    public internal(set) var reexpected: [(old: Int32, new: Int32)] = []

    /// Whether both states are the same to every verdict.
    public var isEmpty: Bool {
        added.count + changed.count + retired.count + removed.count + restored.count + renamed.count == 0
    }
}
