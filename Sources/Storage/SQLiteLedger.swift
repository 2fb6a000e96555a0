import Digest
import Domain
import Ledger

/// A shared ledger in a SQLite file, on a disk of one machine.
public struct SQLiteLedger: SharedLedger {
    private let database: SQLite

    static let migrations = [
        """
        CREATE TABLE objects (digest TEXT NOT NULL UNIQUE, bytes BLOB NOT NULL) STRICT;
        CREATE TABLE entries (
            run TEXT NOT NULL UNIQUE, project TEXT NOT NULL, started_at TEXT NOT NULL, digest TEXT NOT NULL,
            pushed_at TEXT NOT NULL, pushed_by TEXT NOT NULL, line BLOB NOT NULL) STRICT;
        CREATE INDEX entries_by_start ON entries (started_at DESC, run DESC);
        CREATE TABLE evidence (
            run TEXT NOT NULL REFERENCES entries (run), choice TEXT NOT NULL, parts BLOB NOT NULL,
            PRIMARY KEY (run, choice)) STRICT;
        CREATE TABLE notes (number INTEGER PRIMARY KEY, run TEXT NOT NULL, line BLOB NOT NULL) STRICT
        """
    ]

    /// `Slsh` in the file's head.
    static let application = 0x536C_7368

    /// - Parameter writes: Whether the file is made where it is missing.
    public init(path: String, writes: Bool) throws(StoreError) {
        guard writes || Files.exists(path) else {
            throw StoreError(.missing, "there is no ledger at \(path); 'sluice push --to \(path)' begins one")
        }
        database = try SQLite(path: path)
        try database.migrate(
            SQLiteLedger.migrations, kind: "shared ledger", application: SQLiteLedger.application,
            table: "entries")
    }

    public func holds(_ part: LedgerEntry.Part) throws(StoreError) -> Bool {
        do throws(StoreError) {
            return try self.part(part.digest).count == part.count
        } catch {
            if error.kind == .missing || error.kind == .damaged { return false }
            throw error
        }
    }

    public func put(_ bytes: [UInt8]) throws(StoreError) {
        try database.run(
            "INSERT OR REPLACE INTO objects (digest, bytes) VALUES (?, ?)",
            [.text(ContentDigest(of: bytes).hex), .blob(bytes)])
    }

    public func part(_ digest: ContentDigest) throws(StoreError) -> [UInt8] {
        let rows = try database.run("SELECT bytes FROM objects WHERE digest = ?", [.text(digest.hex)])
        guard case .blob(let bytes)? = rows.first?.first else {
            throw StoreError(.missing, "the ledger \(database.path) lacks the part \(digest.short)")
        }
        guard ContentDigest(of: bytes) == digest else {
            throw StoreError(
                .damaged, "the part \(digest.short) in \(database.path) is damaged; push the run again")
        }
        return bytes
    }

    public func commit(_ entry: LedgerEntry, by: String, at: String) throws(StoreError) -> Bool {
        try EvidenceName.check(run: entry.summary.id)
        if try self.entry(entry.summary.id) == nil {
            try LedgerProblem.check(entry.parts, of: entry.summary.id, in: self)
            let summary = entry.summary
            let added = try database.run(
                """
                INSERT INTO entries (run, project, started_at, digest, pushed_at, pushed_by, line)
                VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (run) DO NOTHING RETURNING run
                """,
                [
                    .text(summary.id), .text(summary.project), .text(summary.startedAt),
                    .text(entry.digest.hex), .text(at), .text(by), .blob(entry.bytes),
                ])
            if !added.isEmpty { return true }
        }
        guard let present = try self.entry(entry.summary.id), present.digest == entry.digest else {
            throw LedgerProblem.other(try self.entry(entry.summary.id) ?? entry, entry, database.path)
        }
        return false
    }

    public func entry(_ run: String) throws(StoreError) -> LedgerEntry? {
        let rows = try database.run("SELECT digest, line FROM entries WHERE run = ?", [.text(run)])
        return try rows.first.map { (row) throws(StoreError) in try entry(row, run) }
    }

    private func entry(_ row: [SQLiteValue], _ run: String) throws(StoreError) -> LedgerEntry {
        guard case .text(let hex) = row[0], let digest = ContentDigest(hex), case .blob(let line) = row[1]
        else { throw StoreError(.damaged, "\(database.path): run \(run) has no digest") }
        return try LedgerProblem.entry(line, digest, "\(database.path): run \(run)")
    }

    public func attach(
        _ parts: [LedgerEntry.Part], to run: String, _ choice: EvidenceChoice
    ) throws(StoreError) {
        guard try entry(run) != nil else { throw StoreError(.missing, "run \(run) is not in the ledger") }
        try LedgerProblem.check(parts, of: run, in: self)
        try database.run(
            "INSERT OR REPLACE INTO evidence (run, choice, parts) VALUES (?, ?, ?)",
            [.text(run), .text(choice.rawValue), .blob(LedgerProblem.list(parts))])
    }

    public func evidence(
        _ run: String, _ choice: EvidenceChoice
    ) throws(StoreError) -> [LedgerEntry.Part]? {
        let rows = try database.run(
            "SELECT parts FROM evidence WHERE run = ? AND choice = ?", [.text(run), .text(choice.rawValue)])
        guard case .blob(let bytes)? = rows.first?.first else { return nil }
        return try LedgerProblem.parts(bytes, "\(database.path): the evidence of \(run)")
    }

    public func summaries(
        _ query: HistoryQuery, problem: (StoreError) -> Void
    ) throws(StoreError) -> [RunSummary] {
        var sql = "SELECT digest, line, run FROM entries WHERE started_at >= ?"
        var values: [SQLiteValue] = [.text(query.since ?? "")]
        if let project = query.project {
            sql += " AND project = ?"
            values.append(.text(project))
        }
        sql += " ORDER BY started_at DESC, run DESC"
        var found: [RunSummary] = []
        if let last = query.last, query.branch == nil {
            sql += " LIMIT ?"
            values.append(.integer(Int64(max(0, last))))
        }
        for row in try database.run(sql, values) {
            do throws(StoreError) {
                var run = "?"
                if case .text(let name) = row[2] { run = name }
                let summary = try entry(row, run).summary
                if query.matches(summary) { found.append(summary) }
            } catch {
                problem(error)
            }
            if let last = query.last, found.count >= last { break }
        }
        return query.ordered(found)
    }

    public func notes(problem: (StoreError) -> Void) throws(StoreError) -> [RunNote] {
        var notes: [RunNote] = []
        for row in try database.run("SELECT line FROM notes ORDER BY number") {
            guard case .blob(let line) = row[0] else { continue }
            if let note = RunNote(bytes: line) {
                notes.append(note)
            } else {
                problem(StoreError(.damaged, "\(database.path): a note cannot be read"))
            }
        }
        return notes
    }

    public func append(_ note: RunNote) throws(StoreError) {
        guard try entry(note.run) != nil else {
            throw StoreError(.missing, "there is no run \(note.run) in \(database.path)")
        }
        try database.run(
            "INSERT INTO notes (run, line) VALUES (?, ?)", [.text(note.run), .blob(note.bytes)])
    }
}
