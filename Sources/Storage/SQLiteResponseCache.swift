import Domain
import Glibc
import Interchange
import Synchronization

/// Answers of earlier runs in a SQLite file. Entries older than `lifetimeSeconds` are not used, and are removed when
/// the cache is opened.
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
    private let now: Int64
    private let lifetimeSeconds: Int64
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
    ///   - now: Seconds since 1970.
    /// - Throws: `denied`, `busy`, `full` or `unavailable`.
    public convenience init(path: String, now: Int64, lifetimeSeconds: Int64 = 24 * 3600) throws(StoreError) {
        try self.init(path: path, now: now, lifetimeSeconds: lifetimeSeconds, batchTime: .milliseconds(200))
    }

    init(
        path: String, now: Int64, lifetimeSeconds: Int64 = 24 * 3600, batchTime: Duration
    ) throws(StoreError) {
        var pending = Pending()
        do throws(StoreError) {
            database = try SQLiteResponseCache.open(path, before: now - lifetimeSeconds)
        } catch {
            guard error.kind == .damaged else { throw error }
            let aside = path + ".damaged"
            if rename(path, aside) != 0 { throw Files.error("set aside", path) }
            for ending in ["-wal", "-shm"] { unlink(path + ending) }
            pending.notes.append(
                StoreError(
                    .damaged,
                    "the answers of earlier runs in \(path) could not be read and were set aside as \(aside)")
            )
            database = try SQLiteResponseCache.open(path, before: now - lifetimeSeconds)
        }
        self.now = now
        self.lifetimeSeconds = lifetimeSeconds
        self.batchTime = batchTime
        self.pending = Mutex(pending)
    }

    deinit { close() }

    private static func open(_ path: String, before oldest: Int64) throws(StoreError) -> SQLite {
        let database = try SQLite(path: path)
        try database.migrate(migrations, kind: "cache", application: application, table: "answers")
        // Losing a cache in a crash loses nothing.
        try database.script("PRAGMA synchronous = OFF")
        try database.run("DELETE FROM answers WHERE made < ?", [.integer(oldest)])
        return database
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
                    "SELECT line FROM answers WHERE key = ? AND made >= ?",
                    [.text(key), .integer(now - lifetimeSeconds)])
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
            try database.transaction { (connection) throws(StoreError) in
                for (key, line) in lines {
                    try connection.run(
                        "INSERT OR REPLACE INTO answers (key, made, line) VALUES (?, ?, ?)",
                        [.text(key), .integer(now), .blob(line)])
                }
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
