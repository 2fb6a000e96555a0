import Digest
import Domain
import Foundation
import Storage
import Testing

/// Sets kept as they were: under a tag, or under their digest.
struct FrozenSetsTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func row(_ number: Int, _ more: String = "") -> String {
        #"{"query_id": "E-\#(number)", "query": "q \#(number)"\#(more)}"#
    }

    private func set() throws -> DatasetFiles {
        try folder.write(
            "golden/a.jsonl",
            "\u{FEFF}" + row(1) + "\r\n\n\n" + row(2, ", \"retired\": \"x\"") + "\n" + row(3))
        try folder.write("golden/b.jsonl", "")
        try folder.write("golden/c.jsonl", "\n" + row(4, ", \"note\": \"é\\n\"") + "\n")
        return try DatasetFiles(paths: [folder.file("golden")])
    }

    private func freeze(
        _ sets: FrozenSets, _ set: DatasetFiles, _ tag: String = "2026-q4"
    ) throws -> FrozenSet {
        try sets.freeze(set, tag: tag, who: "kim", why: "w", at: "2026-11-20T00:00:00Z", categories: [])
    }

    private func rows(_ set: DatasetFiles) throws -> [String] {
        var rows: [String] = []
        try set.forEachRow { row in
            rows.append(
                "\(set.paths[row.file]):\(row.line) \(row.number.map(String.init) ?? "retired") "
                    + String(decoding: row.bytes, as: UTF8.self))
        }
        return rows
    }

    @Test func aSetComesBackRowByRowWithItsFilesAndLines() throws {
        let set = try set()
        let sets = FrozenSets(folder: folder.file("frozen"))
        let frozen = try freeze(sets, set)
        #expect(frozen.digest == set.digest.description && frozen.count == 3 && frozen.retired == 1)
        #expect(try sets.load("2026-q4") == frozen)
        #expect(sets.tags(of: frozen.digest) == ["2026-q4"])
        let before = try rows(set)
        try FileManager.default.removeItem(atPath: folder.file("golden"))
        let back = try sets.open("2026-q4", scratch: folder.file("scratch"))
        #expect(try rows(back) == before)
        #expect(
            before.map { $0.split(separator: " ")[0].split(separator: "/").last } == [
                "a.jsonl:1", "a.jsonl:4", "a.jsonl:5", "c.jsonl:2",
            ])
        #expect(try back.example(2).place.line == 2)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.file("scratch")) == [])
    }

    @Test func aTagIsNeverMoved() throws {
        let sets = FrozenSets(folder: folder.file("frozen"))
        let set = try set()
        let first = try freeze(sets, set)
        #expect(try freeze(sets, set) == first, "the same set again is no matter")
        try folder.write("golden/c.jsonl", row(5))
        let error = #expect(throws: StoreError.self) {
            try freeze(sets, DatasetFiles(paths: [folder.file("golden")]))
        }
        #expect(error?.description.contains("a tag is never moved") == true)
        #expect(try sets.load("2026-q4") == first)
        for tag in ["", ".x", "a/b", "../x", "a b"] {
            #expect(throws: StoreError.self, "\(tag)") { try freeze(sets, set, tag) }
        }
        #expect(try sets.list() == ["2026-q4"])
    }

    @Test func whatWasTamperedWithIsRefused() throws {
        let sets = FrozenSets(folder: folder.file("frozen"))
        _ = try freeze(sets, try set())
        let packed = folder.file("frozen/2026-q4.jsonl.zst")
        let whole = try Data(contentsOf: URL(fileURLWithPath: packed))
        func error() -> StoreError? {
            #expect(throws: StoreError.self) { try sets.open("2026-q4", scratch: folder.file("scratch")) }
        }
        try whole.dropLast(5).write(to: URL(fileURLWithPath: packed))
        #expect(error()?.description.contains("is not the file that '2026-q4' was frozen with") == true)
        try FileManager.default.removeItem(atPath: packed)
        #expect(error()?.description.contains("is not there, although") == true)
        try whole.write(to: URL(fileURLWithPath: packed))
        let facts = try String(contentsOfFile: folder.file("frozen/2026-q4.json"), encoding: .utf8)
        try folder.write("frozen/other.json", facts)
        #expect(throws: StoreError.self) { try sets.load("other") }
        try folder.write("frozen/2026-q4.json", "{}")
        #expect(error()?.description.contains("is no frozen set") == true)
        #expect(throws: StoreError.self) { try sets.load("none") }
    }

    @Test func aSnapshotIsKeptOnceAndKnownByItsDigest() throws {
        let store = SetSnapshots(store: folder.file(".sluice"))
        let set = try set()
        let digest = set.digest.description
        #expect(!store.has(digest))
        try store.keep(set)
        try store.keep(set)
        #expect(store.has(digest))
        #expect(try rows(store.open(digest)) == rows(set))
        #expect(throws: StoreError.self) { try store.open("sha256:" + String(repeating: "0", count: 64)) }
        let path = folder.file(".sluice/datasets/\(set.digest.hex).jsonl.zst")
        for keep in [0, 1, 40] {
            let whole = try Data(contentsOf: URL(fileURLWithPath: path))
            try whole.prefix(keep).write(to: URL(fileURLWithPath: path))
            let error = #expect(throws: StoreError.self) { try store.open(digest) }
            #expect(error?.kind == .damaged, "\(keep)")
            try whole.write(to: URL(fileURLWithPath: path))
        }
    }

    @Test func aSetOfMoreFilesThanMayBeOpenComesBackAsOne() throws {
        for number in 0..<70 { try folder.write("golden/\(100 + number).jsonl", row(number)) }
        let set = try DatasetFiles(paths: [folder.file("golden")])
        let store = SetSnapshots(store: folder.file(".sluice"))
        try store.keep(set)
        let back = try store.open(set.digest.description)
        #expect(back.count == 70 && back.digest == set.digest)
        #expect(try (0..<70).map { try back.example($0).id } == (0..<70).map { "E-\($0)" })
    }

    @Test func aSetThatChangesWhileItIsPackedIsNotKept() throws {
        let set = try set()
        try folder.write("golden/c.jsonl", "\n" + row(4, ", \"note\": \"ö\\n\"") + "\n")
        let store = SetSnapshots(store: folder.file(".sluice"))
        #expect(throws: StoreError.self) { try store.keep(set) }
        #expect(!store.has(set.digest.description))
    }
}
