import Digest
import Domain

/// One run on its way into a shared ledger: parts first, then the entry, then its evidence.
///
/// What the ledger holds already is not sent again, so that a push that was killed goes on where it stopped. Memory
/// holds one piece of about 4 MiB.
public struct LedgerPush {
    private let ledger: any SharedLedger
    private var parts: [LedgerEntry.Part] = []
    private var stream: (name: String, number: Int, bytes: [UInt8])?
    /// Parts that were sent, and those that were there already.
    public private(set) var sent = 0
    public private(set) var known = 0
    public private(set) var bytesSent = 0

    /// Lines are cut into pieces of at least this size, each of whole lines.
    private static let pieceBytes = 4 << 20

    public init(_ ledger: any SharedLedger) { self.ledger = ledger }

    /// A part that is small.
    public mutating func add(_ name: String, _ bytes: [UInt8]) throws(StoreError) {
        let part = LedgerEntry.Part(name: name, digest: ContentDigest(of: bytes), count: bytes.count)
        if try ledger.holds(part) {
            known += 1
        } else {
            try ledger.put(bytes)
            sent += 1
            bytesSent += bytes.count
        }
        parts.append(part)
    }

    /// A line, with its line feed, of a part that may be large: `scores` becomes `scores-00001.jsonl` and on.
    public mutating func add(line: [UInt8], of name: String) throws(StoreError) {
        if stream?.name != name { try endStream() }
        if stream == nil { stream = (name, 1, []) }
        stream?.bytes += line
        if let open = stream, open.bytes.count >= LedgerPush.pieceBytes {
            stream = (name, open.number + 1, [])
            try add(LedgerPush.piece(name, open.number), open.bytes)
        }
    }

    private mutating func endStream() throws(StoreError) {
        guard let open = stream else { return }
        stream = nil
        if !open.bytes.isEmpty { try add(LedgerPush.piece(open.name, open.number), open.bytes) }
    }

    private static func piece(_ name: String, _ number: Int) -> String {
        let digits = String(number)
        return name + "-" + String(repeating: "0", count: max(0, 5 - digits.count)) + digits + ".jsonl"
    }

    /// Makes the run visible with the parts so far; those that follow are evidence.
    ///
    /// - Returns: The entry, and whether it was new.
    public mutating func commit(
        _ summary: RunSummary, by: String, at: String
    ) throws(StoreError) -> (entry: LedgerEntry, isNew: Bool) {
        try endStream()
        let entry = LedgerEntry(summary: summary, parts: parts)
        parts = []
        return (entry, try ledger.commit(entry, by: by, at: at))
    }

    /// Adds the parts since as the run's evidence.
    public mutating func attach(_ choice: EvidenceChoice, to run: String) throws(StoreError) {
        try endStream()
        try ledger.attach(parts, to: run, choice)
        parts = []
    }
}
