import Domain
import Foundation
import Testing

@testable import Storage

struct SQLiteEmbeddingCacheTests {
    private let folder: TemporaryFolder
    private var path: String { folder.file("a/vectors.db") }
    private let embedding = KeptEmbedding(values: [1, 2], tokenCount: 3, windows: 1)

    init() throws { folder = try TemporaryFolder() }

    /// Ninety days, to the second.
    @Test(arguments: [(0, true), (7_776_000, true), (7_776_001, false)])
    func aVectorLastsThreeMonths(later: Int64, isThere: Bool) throws {
        try SQLiteEmbeddingCache(path: path, now: 1_000_000).keep([("t", embedding)], model: "m")
        let cache = try SQLiteEmbeddingCache(path: path, now: 1_000_000 + later)
        #expect(try cache.embeddings(of: ["t"], model: "m") == [isThere ? embedding : nil])
    }

    @Test(arguments: ["x''", "x'000080'", "x'0000807F'", "x'0000C07F'"])
    func whatDoesNotReadIsEmbeddedAgain(numbers: String) throws {
        let cache = try SQLiteEmbeddingCache(path: path, now: 1_000_000)
        try cache.keep([("t", embedding)], model: "m")
        try SQLite(path: path).run("UPDATE vectors SET numbers = \(numbers)")
        #expect(try cache.embeddings(of: ["t"], model: "m") == [nil])
    }

    @Test func aDamagedFileIsSetAside() throws {
        try FileManager.default.createDirectory(atPath: folder.file("a"), withIntermediateDirectories: true)
        try Data("no database at all, but long enough to be read as a head of one".utf8)
            .write(to: URL(fileURLWithPath: path))
        let cache = try SQLiteEmbeddingCache(path: path, now: 1_000_000)
        try cache.keep([("t", embedding)], model: "m")
        #expect(try cache.embeddings(of: ["t"], model: "m") == [embedding])
        #expect(FileManager.default.fileExists(atPath: path + ".damaged"))
    }

    @Test func theCacheOfAnswersIsNotTakenForOneOfVectors() throws {
        _ = try SQLiteResponseCache(path: path, now: 1_000_000)
        #expect(throws: StoreError.self) { try SQLiteEmbeddingCache(path: path, now: 1_000_000) }
    }
}
