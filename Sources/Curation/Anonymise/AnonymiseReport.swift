/// What was found in files that are to hold nobody's data: how much of what, and where; never what it was.
public struct AnonymiseReport: Sendable, Hashable {
    /// Why a finding was left as it is.
    public enum Left: String, Sendable, Hashable, CaseIterable {
        /// It stands in what names an example, a document or a request.
        case identifier
        /// It stands in the name of a member or column.
        case memberName = "member name"
        /// It stands in a regular expression.
        case pattern
        /// It is a number, and would have to become a text.
        case number

        /// How a person gets rid of it.
        public var mend: String {
            switch self {
            case .identifier: "give --ids to replace it, or rename it by hand; earlier runs will not join"
            case .memberName: "rename the member or column"
            case .pattern: "rewrite the pattern by hand"
            case .number: "write it as a text"
            }
        }
    }

    /// Findings of one kind in one text.
    public struct Place: Sendable, Hashable {
        public let file: String
        /// From 1.
        public let line: Int
        /// The row's id where it has one, with what was found in it replaced.
        public let id: String?
        /// A JSON Pointer (RFC 6901) into the row, with what was found in its names replaced.
        public let pointer: String
        public let kind: String
        public let count: Int
        /// Nil where it was, or can be, replaced.
        public let left: Left?
    }

    public struct Tally: Sendable, Hashable {
        public let name: String
        public let count: Int

        public init(_ name: String, _ count: Int) {
            self.name = name
            self.count = count
        }
    }

    public internal(set) var rows = 0
    /// Rows in which anything was found.
    public internal(set) var affectedRows = 0
    /// The first 10,000, in the order of files and lines.
    public internal(set) var places: [Place] = []
    var kinds: [String: Int] = [:]
    var fields: [String: Int] = [:]
    var distinct: [String: Int] = [:]
    /// Texts of a kind that got a pseudonym which another one had.
    var shared: [String: Int] = [:]
    public internal(set) var found = 0
    public internal(set) var left = 0
    static let keptPlaces = 10_000

    /// Findings by kind: the most first.
    public var byKind: [Tally] { Self.sorted(kinds) }
    /// Findings by place in a row, indices as `*`.
    public var byField: [Tally] { Self.sorted(fields) }
    /// How many different texts of a kind there were.
    public func distinct(_ kind: String) -> Int { distinct[kind] ?? 0 }
    public func shared(_ kind: String) -> Int { shared[kind] ?? 0 }
    public var isEmpty: Bool { found == 0 }

    private static func sorted(_ counts: [String: Int]) -> [Tally] {
        counts.map { Tally($0.key, $0.value) }
            .sorted { left, right in (right.count, left.name) < (left.count, right.name) }
    }
}
