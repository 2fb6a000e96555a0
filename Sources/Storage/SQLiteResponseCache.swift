import Domain
import Glibc
import Interchange
import Synchronization

/// Answers of earlier runs in a SQLite file. Entries older than `lifetimeSeconds` are not used, and are removed when
/// the cache is opened; so are entries from a time that is still to come, since a clock that was set back says
/// nothing of their age. Where the file would grow beyond `maximumBytes` the oldest entries go.
///
/// What is kept goes to the file in batches: when there are 256 or 1 MB of them, at the first call 200 ms after the
/// first of them, and when the cache is closed or let go. A killed process loses a batch, so that some questions are
/// asked again. A cache never sinks a run: where the file fails it is an empty one from then on, and says so in
/// `notes`.
public final class SQLiteResponseCache: ResponseCache {
    private struct Pending: Sendable {
        var lines: [String: [UInt8]] = [:]
        var bytes = 0
        var since: ContinuousClock.Instant?
        var notes: [StoreError] = []
        var isOff = false
    }

    private let database: SQLite
    private let openedAt: Int64
    private let opened = ContinuousClock.now
    private let lifetimeSeconds: Int64
    private let maximumBytes: Int
    private let batchTime: Duration
    private let pending: Mutex<Pending>

    private static let batch = 256
    private static let batchBytes = 1 << 20

    static let migrations = [
        """
        CREATE TABLE answers (key TEXT PRIMARY KEY, made INTEGER NOT NULL, line BLOB NOT NULL) STRICT, WITHOUT ROWID;
        CREATE INDEX answers_by_age ON answers (made)
        """,
        // Rows in the order they come and a slim index by key: large rows in the order of random keys cost twice that.
        """
        DROP TABLE answers;
        CREATE TABLE answers (key TEXT NOT NULL UNIQUE, made INTEGER NOT NULL, line BLOB NOT NULL) STRICT
        """,
    ]

    /// `Slca` in the file's head.
    static let application = 0x536C_6361

    /// - Parameters:
    ///   - path: Usually `.sluice/cache.db`. A damaged file is set aside, and a new one begun.
    ///   - now: Seconds since 1970. From here on a clock counts that nobody can set.
    ///   - maximumBytes: What the file may take on disk, but for one batch.
    /// - Throws: `denied`, `busy`, `full` or `unavailable`.
    public convenience init(
        path: String, now: Int64, lifetimeSeconds: Int64 = 24 * 3600, maximumBytes: Int = 1 << 30
    ) throws(StoreError) {
        try self.init(
            path: path, now: now, lifetimeSeconds: lifetimeSeconds, maximumBytes: maximumBytes,
            batchTime: .milliseconds(200))
    }

    init(
        path: String, now: Int64, lifetimeSeconds: Int64 = 24 * 3600, maximumBytes: Int = 1 << 30,
        batchTime: Duration
    ) throws(StoreError) {
        let times = (now - lifetimeSeconds)...(now + SQLiteResponseCache.skewSeconds)
        var pending = Pending()
        let (database, aside) = try SQLite.openOrBegin(path) { () throws(StoreError) in
            try SQLiteResponseCache.open(path, times, maximumBytes)
        }
        self.database = database
        if let aside {
            pending.notes.append(
                StoreError(
                    .damaged,
                    "the answers of earlier runs in \(path) could not be read and were set aside as \(aside)")
            )
        }
        openedAt = now
        self.lifetimeSeconds = lifetimeSeconds
        self.maximumBytes = maximumBytes
        self.batchTime = batchTime
        self.pending = Mutex(pending)
    }

    deinit { close() }

    /// What the clocks of two processes may differ by.
    private static let skewSeconds: Int64 = 60

    /// Seconds since 1970.
    private var now: Int64 { openedAt + opened.duration(to: .now).components.seconds }

    private static func open(
        _ path: String, _ times: ClosedRange<Int64>, _ maximumBytes: Int
    ) throws(StoreError) -> SQLite {
        let database = try SQLite(path: path)
        try database.migrate(migrations, kind: "cache", application: application, table: "answers")
        // Losing a cache in a crash loses nothing.
        try database.script("PRAGMA synchronous = OFF")
        try database.run(
            "DELETE FROM answers WHERE made < ? OR made > ?",
            [.integer(times.lowerBound), .integer(times.upperBound)])
        try database.transaction { (connection) throws(StoreError) in
            try prune(&connection, to: maximumBytes)
        }
        // Pages that were freed are used again and never given back: only a limit that was lowered needs this.
        let pages = try size(database)
        if pages.file > maximumBytes, pages.file > 2 * pages.used {
            try database.script("VACUUM; PRAGMA wal_checkpoint(TRUNCATE)")
        }
        return database
    }

    private static func size(_ database: SQLite) throws(StoreError) -> (file: Int, used: Int) {
        func number(_ pragma: String) throws(StoreError) -> Int {
            guard case .integer(let value)? = try database.run(pragma).first?.first else { return 0 }
            return Int(value)
        }
        let page = try number("PRAGMA page_size")
        let count = try number("PRAGMA page_count")
        return (page * count, page * (count - (try number("PRAGMA freelist_count"))))
    }

    /// Lets go of the oldest entries until what is left takes nine tenths of the limit at most.
    ///
    /// Rows stand in the order in which they came, so that the oldest have the lowest numbers.
    private static func prune(
        _ connection: inout SQLiteConnection, to maximumBytes: Int
    ) throws(StoreError) {
        let page = try connection.integer("PRAGMA page_size")
        func used(_ connection: inout SQLiteConnection) throws(StoreError) -> Int {
            let count = try connection.integer("PRAGMA page_count")
            return page * (count - (try connection.integer("PRAGMA freelist_count")))
        }
        guard try used(&connection) > maximumBytes else { return }
        while try used(&connection) > maximumBytes / 10 * 9 {
            let count = try connection.integer("SELECT count(*) FROM answers")
            if count == 0 { return }
            try connection.run(
                """
                DELETE FROM answers WHERE rowid IN (SELECT rowid FROM answers ORDER BY rowid LIMIT ?)
                """, [.integer(Int64(max(1, count / 10)))])
        }
    }

    /// What went wrong so far, in words: for the run's warnings.
    public var notes: [StoreError] { pending.withLock { $0.notes } }

    public func observation(_ key: String) -> Observation? {
        let line = pending.withLock { pending -> [UInt8]? in
            if pending.isOff { return nil }
            if let line = pending.lines[key] { return line }
            flushIfDue(&pending)
            do throws(StoreError) {
                let rows = try database.run(
                    "SELECT line FROM answers WHERE key = ? AND made >= ? AND made <= ?",
                    [
                        .text(key), .integer(now - lifetimeSeconds),
                        .integer(now + SQLiteResponseCache.skewSeconds),
                    ])
                if case .blob(let line)? = rows.first?.first { return line }
            } catch {
                turnOff(&pending, error)
            }
            return nil
        }
        // What does not read is asked again.
        return line.flatMap { try? ObservationCodec.decode($0) }
    }

    public func keep(_ observation: Observation, _ key: String) {
        let line = ObservationCodec.encode(observation)
        pending.withLock { pending in
            if pending.isOff { return }
            if let earlier = pending.lines.updateValue(line, forKey: key) { pending.bytes -= earlier.count }
            pending.bytes += line.count
            if pending.since == nil { pending.since = .now }
            flushIfDue(&pending)
        }
    }

    /// Sends what is pending to the file. The cache may be used on.
    public func close() { pending.withLock { flush(&$0) } }

    private func flushIfDue(_ pending: inout Pending) {
        guard let since = pending.since else { return }
        let isFull =
            pending.lines.count >= SQLiteResponseCache.batch
            || pending.bytes >= SQLiteResponseCache.batchBytes
        if isFull || since.duration(to: .now) >= batchTime { flush(&pending) }
    }

    private func flush(_ pending: inout Pending) {
        if pending.lines.isEmpty || pending.isOff { return }
        do throws(StoreError) {
            let lines = pending.lines
            let made = now
            try database.transaction { (connection) throws(StoreError) in
                for (key, line) in lines {
                    try connection.run(
                        "INSERT OR REPLACE INTO answers (key, made, line) VALUES (?, ?, ?)",
                        [.text(key), .integer(made), .blob(line)])
                }
                try SQLiteResponseCache.prune(&connection, to: maximumBytes)
            }
        } catch {
            turnOff(&pending, error)
        }
        pending.lines.removeAll(keepingCapacity: true)
        pending.bytes = 0
        pending.since = nil
    }

    private func turnOff(_ pending: inout Pending, _ error: StoreError) {
        pending.isOff = true
        pending.lines = [:]
        pending.notes.append(
            StoreError(error.kind, "answers are no longer kept for later runs: \(error.description)"))
    }
}
