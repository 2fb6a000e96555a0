import Domain
import Interchange

/// Answers of earlier runs in a SQLite file. Entries older than `lifetimeSeconds` are not used, and are removed when
/// the cache is opened.
public struct SQLiteResponseCache: ResponseCache {
    private let database: SQLite
    private let now: Int64
    private let lifetimeSeconds: Int64

    private static let migrations = [
        """
        CREATE TABLE answers (key TEXT PRIMARY KEY, made INTEGER NOT NULL, line BLOB NOT NULL) STRICT, WITHOUT ROWID;
        CREATE INDEX answers_by_age ON answers (made)
        """
    ]

    /// - Parameters:
    ///   - path: Usually `.sluice/cache.db`.
    ///   - now: Seconds since 1970.
    public init(path: String, now: Int64, lifetimeSeconds: Int64 = 24 * 3600) throws(StoreError) {
        database = try SQLite(path: path)
        self.now = now
        self.lifetimeSeconds = lifetimeSeconds
        try database.migrate(SQLiteResponseCache.migrations)
        // Losing a cache in a crash loses nothing.
        try database.run("PRAGMA synchronous = OFF")
        try database.run("DELETE FROM answers WHERE made < ?", [.integer(now - lifetimeSeconds)])
    }

    public func observation(_ key: String) throws(StoreError) -> Observation? {
        let rows = try database.run(
            "SELECT line FROM answers WHERE key = ? AND made >= ?", [.text(key), .integer(now - lifetimeSeconds)])
        guard case .blob(let line)? = rows.first?.first else { return nil }
        // What does not read is asked again.
        return try? ObservationCodec.decode(line)
    }

    public func keep(_ observation: Observation, _ key: String) throws(StoreError) {
        var line = ObservationCodec.encode(observation)
        line.removeLast()
        try database.run(
            "INSERT OR REPLACE INTO answers (key, made, line) VALUES (?, ?, ?)",
            [.text(key), .integer(now), .blob(line)])
    }
}
