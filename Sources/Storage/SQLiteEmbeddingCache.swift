import Domain
import Glibc

/// Vectors of earlier runs in a SQLite file: a batch of texts is looked up by one statement a text on an index, and
/// kept in one transaction. What was not kept anew for a time is removed when the file is opened.
public final class SQLiteEmbeddingCache: EmbeddingCache {
    private let database: SQLite
    private let now: Int64

    static let migrations = [
        // Rows in the order they come and a slim index by key, as the cache of answers has it.
        """
        CREATE TABLE models (id INTEGER PRIMARY KEY, digest TEXT NOT NULL UNIQUE) STRICT;
        CREATE TABLE vectors (
          model INTEGER NOT NULL REFERENCES models (id), text TEXT NOT NULL, made INTEGER NOT NULL,
          tokens INTEGER, windows INTEGER NOT NULL, numbers BLOB NOT NULL, UNIQUE (model, text)) STRICT;
        CREATE INDEX vectors_by_age ON vectors (made)
        """,
        // What an endpoint called its model when it gave the vector.
        "ALTER TABLE vectors ADD COLUMN answered_by TEXT",
    ]

    /// `Slve` in the file's head.
    static let application = 0x536C_7665

    /// - Parameters:
    ///   - path: Usually `.sluice/vectors.db`. A damaged file is set aside as `.damaged`, and a new one begun.
    ///   - now: Seconds since 1970.
    ///   - lifetimeSeconds: How long a vector is kept; a model's vectors do not change, so it is about space alone.
    /// - Throws: `denied`, `busy`, `full` or `unavailable`.
    public init(path: String, now: Int64, lifetimeSeconds: Int64 = 90 * 86_400) throws(StoreError) {
        self.now = now
        database = try SQLite.openOrBegin(path) { () throws(StoreError) in
            try Self.open(path, before: now - lifetimeSeconds)
        }.database
    }

    private static func open(_ path: String, before oldest: Int64) throws(StoreError) -> SQLite {
        let database = try SQLite(path: path)
        try database.migrate(migrations, kind: "cache of vectors", application: application, table: "vectors")
        // Losing a cache in a crash loses nothing.
        try database.script("PRAGMA synchronous = OFF")
        try database.run("DELETE FROM vectors WHERE made < ?", [.integer(oldest)])
        return database
    }

    public func embeddings(of texts: [String], model: String) throws(StoreError) -> [KeptEmbedding?] {
        let found = try database.run("SELECT id FROM models WHERE digest = ?", [.text(model)])
        guard let id = found.first?.first else { return texts.map { _ in nil } }
        var kept: [KeptEmbedding?] = []
        kept.reserveCapacity(texts.count)
        for text in texts {
            let rows = try database.run(
                "SELECT tokens, windows, numbers, answered_by FROM vectors WHERE model = ? AND text = ?",
                [id, .text(text)])
            kept.append(rows.first.flatMap(Self.embedding))
        }
        return kept
    }

    public func keep(
        _ embeddings: [(text: String, embedding: KeptEmbedding)], model: String
    ) throws(StoreError) {
        if embeddings.isEmpty { return }
        let now = now
        try database.transaction { (connection) throws(StoreError) in
            try connection.run("INSERT OR IGNORE INTO models (digest) VALUES (?)", [.text(model)])
            let id = try connection.integer("SELECT id FROM models WHERE digest = ?", [.text(model)])
            for (text, embedding) in embeddings {
                try connection.run(
                    """
                    INSERT OR REPLACE INTO vectors (model, text, made, tokens, windows, numbers, answered_by)
                    VALUES (?, ?, ?, ?, ?, ?, ?)
                    """,
                    [
                        .integer(Int64(id)), .text(text), .integer(now),
                        embedding.tokenCount.map { .integer(Int64($0)) } ?? .null,
                        .integer(Int64(embedding.windows)), .blob(Self.bytes(embedding.values)),
                        embedding.answeredBy.map { .text($0) } ?? .null,
                    ])
            }
        }
    }

    /// What does not read is embedded again.
    private static func embedding(_ row: [SQLiteValue]) -> KeptEmbedding? {
        guard row.count == 4, case .integer(let windows) = row[1], case .blob(let bytes) = row[2] else {
            return nil
        }
        guard !bytes.isEmpty, bytes.count % 4 == 0 else { return nil }
        var tokens: Int?
        if case .integer(let count) = row[0] { tokens = Int(count) }
        let values = bytes.withUnsafeBytes { buffer in
            (0..<bytes.count / 4).map { index in
                Float(
                    bitPattern: UInt32(
                        littleEndian: buffer.loadUnaligned(fromByteOffset: index * 4, as: UInt32.self)))
            }
        }
        guard values.allSatisfy(\.isFinite) else { return nil }
        var answeredBy: String?
        if case .text(let name) = row[3] { answeredBy = name }
        return KeptEmbedding(
            values: values, tokenCount: tokens, windows: Int(windows), answeredBy: answeredBy)
    }

    private static func bytes(_ values: [Float]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(values.count * 4)
        for value in values {
            withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
        }
        return bytes
    }
}
