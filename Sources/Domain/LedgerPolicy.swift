/// Where a run is pushed to, and what goes along.
public struct LedgerPolicy: Sendable, Hashable {
    /// A folder or a SQLite file, as written.
    public var to: String
    /// Which answers go along: `none`, `failing` or `all`.
    public var evidence: String

    public init(to: String, evidence: String = "none") {
        self.to = to
        self.evidence = evidence
    }
}
