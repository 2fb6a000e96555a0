import Domain
import Ledger

/// Runs in a SQLite file.
public struct SQLiteRunStore: RunStore {
    private let database: SQLite

    /// The steps to the present schema, in order. One that was released is never changed: another follows it.
    static let migrations = [
        """
        CREATE TABLE runs (
            id TEXT PRIMARY KEY, project TEXT NOT NULL, started_at TEXT NOT NULL, pair TEXT NOT NULL,
            dataset TEXT NOT NULL, policy TEXT NOT NULL, verdict TEXT, seconds REAL) STRICT, WITHOUT ROWID;
        CREATE INDEX runs_by_pair ON runs (pair);
        CREATE INDEX runs_by_start ON runs (started_at);
        CREATE TABLE gates (
            run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE, position INTEGER NOT NULL, rule TEXT NOT NULL,
            outcome TEXT NOT NULL, baseline REAL, candidate REAL, PRIMARY KEY (run, position)) STRICT, WITHOUT ROWID
        """,
        // Attempts are asked for with the verdict, newest runs with their id: both from the index alone.
        """
        DROP INDEX runs_by_pair;
        DROP INDEX runs_by_start;
        CREATE INDEX runs_by_pair ON runs (pair, verdict);
        CREATE INDEX runs_by_start ON runs (started_at DESC, id DESC)
        """,
        // What a run came to, as one line: a history reads them all, and nothing asks for a part of one.
        """
        CREATE TABLE summaries (
            run TEXT PRIMARY KEY REFERENCES runs (id) ON DELETE CASCADE, line BLOB NOT NULL) STRICT;
        CREATE TABLE notes (
            number INTEGER PRIMARY KEY, run TEXT NOT NULL REFERENCES runs (id), line BLOB NOT NULL) STRICT
        """,
    ]

    /// `Slgr` in the file's head.
    static let application = 0x536C_6772

    /// - Parameter path: Usually `.sluice/ledger.db`; made where it is missing.
    public init(path: String) throws(StoreError) {
        database = try SQLite(path: path)
        try database.migrate(
            SQLiteRunStore.migrations, kind: "ledger", application: SQLiteRunStore.application, table: "runs")
    }

    public func begin(_ run: RunRecord) throws(StoreError) {
        try database.transaction { (connection) throws(StoreError) in
            try connection.run(
                """
                INSERT INTO runs (id, project, started_at, pair, dataset, policy) VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT (id) DO UPDATE SET project = excluded.project, pair = excluded.pair,
                dataset = excluded.dataset, policy = excluded.policy, verdict = NULL, seconds = NULL
                """,
                [
                    .text(run.id), .text(run.project), .text(run.startedAt), .text(run.pair),
                    .text(run.datasetDigest), .text(run.policyDigest),
                ])
            try connection.run("DELETE FROM gates WHERE run = ?", [.text(run.id)])
            try connection.run("DELETE FROM summaries WHERE run = ?", [.text(run.id)])
        }
    }

    public func keep(_ summary: RunSummary) throws(StoreError) {
        let line = RunSummaryCodec.encode(summary)
        guard try run(summary.id) != nil else {
            throw StoreError(.missing, "run \(summary.id) was never begun")
        }
        try database.run(
            "INSERT OR REPLACE INTO summaries (run, line) VALUES (?, ?)", [.text(summary.id), .blob(line)])
    }

    public func end(
        run: String, verdict: Verdict, durationSeconds: Double, gates: [RunRecord.Gate]
    ) throws(StoreError) {
        try database.transaction { (connection) throws(StoreError) in
            let found = try connection.run(
                "UPDATE runs SET verdict = ?, seconds = ? WHERE id = ? RETURNING id",
                [.text(verdict.rawValue), .real(durationSeconds), .text(run)])
            guard !found.isEmpty else { throw StoreError(.missing, "run \(run) was never begun") }
            try connection.run("DELETE FROM gates WHERE run = ?", [.text(run)])
            for (position, gate) in gates.enumerated() {
                try connection.run(
                    "INSERT INTO gates (run, position, rule, outcome, baseline, candidate) VALUES (?, ?, ?, ?, ?, ?)",
                    [
                        .text(run), .integer(Int64(position)), .text(gate.rule), .text(gate.outcome),
                        gate.baseline.map(SQLiteValue.real) ?? .null,
                        gate.candidate.map(SQLiteValue.real) ?? .null,
                    ])
            }
        }
    }

    public func run(_ id: String) throws(StoreError) -> RunRecord? {
        guard let row = try database.run(SQLiteRunStore.select + " WHERE id = ?", [.text(id)]).first else {
            return nil
        }
        return try record(row)
    }

    public func runs(limit: Int) throws(StoreError) -> [RunRecord] {
        var records: [RunRecord] = []
        // To SQLite a negative limit is none.
        let rows = try database.run(
            SQLiteRunStore.select + " ORDER BY started_at DESC, id DESC LIMIT ?",
            [.integer(Int64(max(0, limit)))])
        for row in rows { records.append(try record(row)) }
        return records
    }

    public func attempts(pair: String) throws(StoreError) -> Int {
        var attempts = 0
        let rows = try database.run(
            "SELECT verdict, count(*) FROM runs WHERE pair = ? AND verdict IS NOT NULL GROUP BY verdict",
            [.text(pair)])
        for row in rows {
            guard let verdict = Verdict(rawValue: text(row[0])), verdict.isAnswer else { continue }
            if case .integer(let count) = row[1] { attempts += Int(count) }
        }
        return attempts
    }

    /// What was kept of a run when it ended, and whether it is there as it was kept.
    public func summary(_ run: String) throws(StoreError) -> RunSummary? {
        let rows = try database.run("SELECT line FROM summaries WHERE run = ?", [.text(run)])
        guard case .blob(let line)? = rows.first?.first else { return nil }
        do throws(RunSummaryCodec.Problem) { return try RunSummaryCodec.decode(line) } catch {
            throw StoreError(.damaged, "\(database.path): run \(run): \(error.description)")
        }
    }

    private static let select =
        "SELECT id, project, started_at, pair, dataset, policy, verdict, seconds FROM runs"

    private func record(_ row: [SQLiteValue]) throws(StoreError) -> RunRecord {
        let id = text(row[0])
        var gates: [RunRecord.Gate] = []
        let rows = try database.run(
            "SELECT rule, outcome, candidate, baseline FROM gates WHERE run = ? ORDER BY position",
            [.text(id)])
        for gate in rows {
            gates.append(
                RunRecord.Gate(
                    rule: text(gate[0]), outcome: text(gate[1]), candidate: real(gate[2]),
                    baseline: real(gate[3])))
        }
        return RunRecord(
            id: id, project: text(row[1]), startedAt: text(row[2]), pair: text(row[3]),
            datasetDigest: text(row[4]),
            policyDigest: text(row[5]), verdict: Verdict(rawValue: text(row[6])),
            durationSeconds: real(row[7]),
            gates: gates)
    }

    private func text(_ value: SQLiteValue) -> String {
        if case .text(let text) = value { return text }
        return ""
    }

    private func real(_ value: SQLiteValue) -> Double? {
        switch value {
        case .real(let number): number
        case .integer(let number): Double(number)
        default: nil
        }
    }
}

extension SQLiteRunStore: RunHistory {
    public func summaries(
        _ query: HistoryQuery, problem: (StoreError) -> Void
    ) throws(StoreError) -> [RunSummary] {
        var sql =
            "SELECT runs.id, summaries.line FROM runs LEFT JOIN summaries ON summaries.run = runs.id "
            + "WHERE runs.verdict IS NOT NULL AND runs.started_at >= ?"
        var values: [SQLiteValue] = [.text(query.since ?? "")]
        if let project = query.project {
            sql += " AND runs.project = ?"
            values.append(.text(project))
        }
        sql += " ORDER BY runs.started_at DESC, runs.id DESC"
        // Which branch a run was of, only its summary knows.
        if let last = query.last, query.branch == nil {
            sql += " LIMIT ?"
            values.append(.integer(Int64(max(0, last))))
        }
        var found: [RunSummary] = []
        for row in try database.run(sql, values) {
            guard let summary = try summary(row, problem), query.matches(summary) else { continue }
            found.append(summary)
            if let last = query.last, found.count >= last { break }
        }
        return query.ordered(found)
    }

    private func summary(
        _ row: [SQLiteValue], _ problem: (StoreError) -> Void
    ) throws(StoreError) -> RunSummary? {
        let id = text(row[0])
        guard case .blob(let line) = row[1] else { return try run(id).map { RunSummary($0) } }
        do throws(RunSummaryCodec.Problem) { return try RunSummaryCodec.decode(line) } catch {
            problem(StoreError(.damaged, "\(database.path): run \(id): \(error.description)"))
            return nil
        }
    }

    public func notes(problem: (StoreError) -> Void) throws(StoreError) -> [RunNote] {
        var notes: [RunNote] = []
        for row in try database.run("SELECT number, line FROM notes ORDER BY number") {
            guard case .blob(let line) = row[1] else { continue }
            if let note = RunNote(bytes: line) {
                notes.append(note)
            } else {
                problem(StoreError(.damaged, "\(database.path): a note cannot be read"))
            }
        }
        return notes
    }

    public func append(_ note: RunNote) throws(StoreError) {
        guard try run(note.run) != nil else {
            throw StoreError(.missing, "there is no run \(note.run) in \(database.path)")
        }
        try database.run(
            "INSERT INTO notes (run, line) VALUES (?, ?)", [.text(note.run), .blob(note.bytes)])
    }
}
