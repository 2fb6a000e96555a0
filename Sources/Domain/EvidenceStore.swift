/// Raw records of runs: observations as they come, later packed; attachments such as reports and manifests.
///
/// An appended observation survives the death of this process as soon as `append` returns. Names of runs and files
/// are as `EvidenceName` has them: never a path.
public protocol EvidenceStore: Sendable {
    /// Opens, or re-opens, the record of a run, finished or not; what was torn or damaged is set aside and said in
    /// the log's `repairs`. A second writer is refused: `busy`.
    func open(run: String) throws(StoreError) -> any ObservationLog
    /// Reads a run's observations in the order written, one at a time; each line that does not parse, and each place
    /// where lines are lost, is handed to `problem`, never dropped in silence. `missing` where nothing was
    /// ever kept of the run; what `each` throws ends the reading.
    func read(
        run: String, each: (Observation) throws -> Void, problem: (StoreError) -> Void
    ) throws
    /// Keeps a file beside the run (manifest.json, report.html), replacing it whole or not at all.
    func put(run: String, name: String, bytes: [UInt8]) throws(StoreError)
    func get(run: String, name: String) throws(StoreError) -> [UInt8]?
    /// Runs that have any record, sorted.
    func runs() throws(StoreError) -> [String]
}

/// The open end of one run's observations. One writer process; any of its tasks may append. A log that is let go
/// without `finish` leaves the run as a killed process would: open, and nothing lost.
public protocol ObservationLog: Sendable {
    /// What was found torn or damaged when the log was opened, in words: for the run's warnings.
    var repairs: [StoreError] { get }
    /// Keeps the observation; where this fails nothing of it is kept, and the log may be appended to again.
    /// `unavailable` once it is finished.
    func append(_ observation: Observation) throws(StoreError)
    /// Packs what was written and closes; a second call does nothing. Where it fails all that was appended is still
    /// there, and the run may be opened again.
    func finish() throws(StoreError)
}

extension ObservationLog {
    public var repairs: [StoreError] { [] }
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
