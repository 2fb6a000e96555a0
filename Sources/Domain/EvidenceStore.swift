/// Raw records of runs: observations as they come, later packed; attachments such as reports and manifests.
///
/// An appended observation survives the death of this process as soon as `append` returns.
public protocol EvidenceStore: Sendable {
    /// Opens, or re-opens, the record of a run; a torn last line is cut off and said.
    func open(run: String) throws(StoreError) -> any ObservationLog
    /// Reads a run's observations in the order written, one at a time; a line that does not parse is counted and
    /// handed to `problem`, never dropped in silence.
    func read(
        run: String, each: (Observation) throws -> Void, problem: (StoreError) -> Void
    ) throws
    /// Keeps a file beside the run (manifest.json, report.html), replacing it whole or not at all.
    func put(run: String, name: String, bytes: [UInt8]) throws(StoreError)
    func get(run: String, name: String) throws(StoreError) -> [UInt8]?
    /// Runs that have any record, sorted.
    func runs() throws(StoreError) -> [String]
}

/// The open end of one run's observations. One writer.
public protocol ObservationLog: Sendable {
    func append(_ observation: Observation) throws(StoreError)
    /// Packs what was written (zstd) and closes.
    func finish() throws(StoreError)
}

/// A store's failure, in words a person can act on.
public struct StoreError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Kind: String, Sendable, Hashable { case unavailable, full, damaged, missing, denied, busy }

    public let kind: Kind
    /// What happened, where, and how to mend it.
    public let description: String

    public init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }
}
