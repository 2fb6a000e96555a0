import Domain

/// Runs over time, wherever they are kept: one machine's store, or a ledger that many share.
public protocol RunHistory: Sendable {
    /// The newest runs that match, oldest first, by when they began and then by id.
    ///
    /// - Parameter problem: Told of each entry that cannot be read, or was changed; it is not among the runs.
    func summaries(
        _ query: HistoryQuery, problem: (StoreError) -> Void
    ) throws(StoreError) -> [RunSummary]
    /// Every note, in the order in which they were made.
    func notes(problem: (StoreError) -> Void) throws(StoreError) -> [RunNote]
    /// Adds a note. `missing` where nobody knows the run.
    func append(_ note: RunNote) throws(StoreError)
}

/// Which runs are looked at.
public struct HistoryQuery: Sendable, Hashable {
    public var project: String?
    public var branch: String?
    /// RFC 3339 or its beginning: runs that began then or later.
    public var since: String?
    /// The newest so many; nil: all.
    public var last: Int?

    public init(project: String? = nil, branch: String? = nil, since: String? = nil, last: Int? = nil) {
        self.project = project
        self.branch = branch
        self.since = since
        self.last = last
    }

    public func matches(_ summary: RunSummary) -> Bool {
        if let project, summary.project != project { return false }
        if let branch, summary.branch != branch { return false }
        if let since, summary.startedAt.utf8.lexicographicallyPrecedes(since.utf8) { return false }
        return true
    }

    /// Oldest first, cut to the newest that are wanted.
    public func ordered(_ found: [RunSummary]) -> [RunSummary] {
        let sorted = found.sorted { one, other in
            if one.startedAt != other.startedAt {
                return one.startedAt.utf8.lexicographicallyPrecedes(other.startedAt.utf8)
            }
            return one.id.utf8.lexicographicallyPrecedes(other.id.utf8)
        }
        return last.map { Array(sorted.suffix(max(0, $0))) } ?? sorted
    }
}
