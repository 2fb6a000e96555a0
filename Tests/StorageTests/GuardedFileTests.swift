import Domain
import Foundation
import Storage
import Testing

/// Files that several change: whole or not at all, and nobody's work is written over.
@Suite struct GuardedFileTests {
    private func place() throws -> String {
        let folder = NSTemporaryDirectory() + "/sluice-guarded-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        return folder
    }

    private func text(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

    private func files(_ folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    }

    @Test func aChangeIsWholeAndKeepsModeAndLink() throws {
        let folder = try place()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = folder + "/deep/a.txt"
        try GuardedFile.update(path, what: "a") { old in
            #expect(old == nil)
            return Array("one".utf8)
        }
        chmod(path, 0o640)
        symlink(path, folder + "/link")
        try GuardedFile.update(folder + "/link", what: "a") { $0.map { $0 + Array(" two".utf8) } }
        #expect(try text(path) == "one two")
        var status = stat()
        #expect(lstat(folder + "/link", &status) == 0 && status.st_mode & S_IFMT == S_IFLNK)
        #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o640)
        #expect(try files(folder + "/deep") == ["a.txt"])
    }

    @Test func whatSomebodyElseWroteMeanwhileStays() throws {
        let folder = try place()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = folder + "/a.txt"
        try Data("one".utf8).write(to: URL(fileURLWithPath: path))
        #expect(throws: StoreError.self) {
            try GuardedFile.update(path, what: "a") { _ in
                try Data("an editor's".utf8).write(to: URL(fileURLWithPath: path))
                return Array("mine".utf8)
            }
        }
        #expect(try text(path) == "an editor's")
        #expect(try files(folder) == ["a.txt"])
        // Who holds it is waited for, and then told.
        try GuardedFile.update(path, what: "the file") { old in
            let error = #expect(throws: StoreError.self) {
                try GuardedFile.update(path, what: "the file", patience: 0.1) { $0 }
            }
            #expect(error?.kind == .busy)
            return old
        }
        // Likewise whoever holds the file itself.
        let held = open(path, O_RDONLY)
        #expect(flock(held, LOCK_EX) == 0)
        let error = #expect(throws: StoreError.self) {
            try GuardedFile.update(path, what: "the file", patience: 0.1) { _ in [1] }
        }
        #expect(error?.kind == .busy)
        close(held)
        #expect(throws: StoreError.self) { try GuardedFile.update(folder, what: "a") { $0 } }
        #expect(throws: StoreError.self) { try GuardedFile.update("/dev/null", what: "a") { $0 } }
    }

    @Test func rowsAreAddedAllOrNone() throws {
        let folder = try place()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = folder + "/golden.jsonl"
        try Data("{\"id\": \"a\", \"query\": \"q\"}".utf8).write(to: URL(fileURLWithPath: path))
        func row(_ text: String) -> [UInt8] { Array(text.utf8) }
        let added = try DatasetAppend.append(
            [row(#"{"id": "b", "query": "r"}"#), row(#"{"id": "c", "query": "s"}"#)], to: path)
        #expect(added.map(\.id) == ["b", "c"])
        let whole = try text(path)
        #expect(whole.hasPrefix("{\"id\": \"a\", \"query\": \"q\"}\n{") && whole.hasSuffix("\n"))
        for bad in [
            #"{"id": "a", "query": "again"}"#, #"{"id": "d"}"#, "{", "[1]",
            "{\"id\": \"e\", \"query\": \"x\"}\n{\"id\": \"f\", \"query\": \"y\"}",
        ] {
            #expect(throws: StoreError.self, "\(bad)") {
                try DatasetAppend.append([row(#"{"id": "z", "query": "fine"}"#), row(bad)], to: path)
            }
        }
        #expect(throws: StoreError.self) {
            try DatasetAppend.append(
                [row(#"{"id": "a", "query": "q"}"#)], to: folder + "/other.jsonl", others: [path])
        }
        #expect(try text(path) == whole)
    }

    @Test func stagedFilesAppearTogetherOrNotAtAll() throws {
        let folder = try place()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        do {
            let staged = StagedFiles()
            try staged.begin(folder + "/a")
            try staged.append(Array("x".utf8))
            try staged.begin(folder + "/b")
        }
        #expect(try files(folder) == [])
        let staged = StagedFiles()
        for name in ["a", "b"] {
            try staged.begin(folder + "/" + name)
            try staged.append([UInt8](repeating: 120, count: 600_000))
        }
        try staged.commit()
        #expect(try files(folder) == ["a", "b"])
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder + "/b")).count == 600_000)
        #expect(throws: StoreError.self) { try StagedFiles().begin("/dev/null") }
    }
}
