import Digest
import Domain
import Notation

/// A run as a shared ledger holds it: its summary, and the digests of the parts that belong to it.
///
/// The digest of the entry's bytes is the run's: pushing the same run twice is seen by it, and so is a change of a
/// single byte of any part.
public struct LedgerEntry: Sendable, Hashable {
    /// A file of the run, kept by its content.
    public struct Part: Sendable, Hashable {
        /// `manifest.json`, `scores-00001.jsonl`.
        public let name: String
        public let digest: ContentDigest
        public let count: Int

        public init(name: String, digest: ContentDigest, count: Int) {
            self.name = name
            self.digest = digest
            self.count = count
        }
    }

    public let summary: RunSummary
    public let parts: [Part]
    /// The entry as it is kept; the digest is that of these bytes.
    public let bytes: [UInt8]
    public let digest: ContentDigest

    public static let format = "sluice.entry/1"

    public init(summary: RunSummary, parts: [Part]) {
        self.summary = summary
        self.parts = parts
        var root = JSONObject()
        root["format"] = .string(LedgerEntry.format)
        root["parts"] = LedgerEntry.json(parts)
        root["summary"] = .object(RunSummaryCodec.json(summary))
        var writer = JSONWriter(reserving: 4096)
        writer.value(.object(root))
        bytes = writer.bytes
        digest = ContentDigest(of: bytes)
    }

    /// - Throws: `RunSummaryCodec.Problem` where the bytes are no entry.
    public init(bytes: [UInt8]) throws(RunSummaryCodec.Problem) {
        guard let root = try? JSONValue.parse(bytes), root["format"]?.stringValue == LedgerEntry.format,
            let summary = root["summary"], let parts = LedgerEntry.parts(root["parts"])
        else { throw RunSummaryCodec.Problem(description: "it is no \(LedgerEntry.format)") }
        self.summary = try RunSummaryCodec.decode(summary)
        self.parts = parts
        self.bytes = bytes
        digest = ContentDigest(of: bytes)
    }

    public static func json(_ parts: [Part]) -> JSONValue {
        .array(
            parts.map { part in
                [
                    "name": .string(part.name), "digest": .string(part.digest.description),
                    "bytes": .integer(Int64(part.count)),
                ]
            })
    }

    public static func parts(_ value: JSONValue?) -> [Part]? {
        guard let list = value?.arrayValue else { return nil }
        var parts: [Part] = []
        for one in list {
            guard let name = one["name"]?.stringValue, let count = one["bytes"]?.intValue,
                let digest = one["digest"]?.stringValue.flatMap({ ContentDigest($0) })
            else { return nil }
            parts.append(Part(name: name, digest: digest, count: count))
        }
        return parts
    }
}

/// Which answers of a run go along with its scores.
public enum EvidenceChoice: String, Sendable, Hashable, CaseIterable { case none, failing, all }

/// A ledger that many machines push to. Its adapters keep the same promises, whatever lies beneath: a folder, SQLite,
/// and any database with a unique key.
///
/// - Parts are kept by their content, so that the same part is kept once, and a push that was killed goes on where
///   it stopped.
/// - An entry is there whole or not at all, and after its parts: no reader meets half a run.
/// - The first entry of a run stays: the same one again changes nothing, another one is refused.
/// - Several may push at once, the same run among them.
public protocol SharedLedger: RunHistory {
    /// Whether a part is there, and is what its digest says: read and digested on the ledger's side.
    func holds(_ part: LedgerEntry.Part) throws(StoreError) -> Bool
    /// Keeps a part by its content. A second time changes nothing, and mends what was damaged.
    func put(_ bytes: [UInt8]) throws(StoreError)
    /// Gives back a part; `missing`, or `damaged` where it is not what its digest says.
    func part(_ digest: ContentDigest) throws(StoreError) -> [UInt8]
    /// Makes the run visible. True where it was not there before.
    ///
    /// - Throws: `missing` or `damaged` where a part is not there as its digest says; `denied` where the run is there
    ///   with another content.
    func commit(_ entry: LedgerEntry, by: String, at: String) throws(StoreError) -> Bool
    /// Adds a run's evidence of one choice, after its entry. A second time changes nothing.
    func attach(_ parts: [LedgerEntry.Part], to run: String, _ choice: EvidenceChoice) throws(StoreError)
    /// The entry of a run, checked against its digest; nil where there is none.
    func entry(_ run: String) throws(StoreError) -> LedgerEntry?
    /// The parts of a run's evidence; nil where that choice was not pushed.
    func evidence(_ run: String, _ choice: EvidenceChoice) throws(StoreError) -> [LedgerEntry.Part]?
}
