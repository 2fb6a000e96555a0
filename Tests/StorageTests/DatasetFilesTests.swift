import Domain
import Foundation
import Interchange
import Storage
import Testing

struct DatasetFilesTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func row(_ number: Int, _ query: String = "q") -> String {
        #"{"query_id": "E-\#(number)", "query": "\#(query) \#(number)", "dataset_version": "v1"}"# + "\n"
    }

    private func error(_ paths: [String]) -> StoreError? {
        #expect(throws: StoreError.self) { _ = try DatasetFiles(paths: paths) }
    }

    // MARK: What is read

    @Test func aFolderIsReadInTheOrderOfItsNamesAndOnlyItsRows() throws {
        try folder.write("golden/b.jsonl", row(2))
        try folder.write("golden/B.jsonl", row(1))
        try folder.write("golden/ä.jsonl", row(3))
        for name in ["README.md", "c.json", ".b.jsonl.swp", ".hidden.jsonl", "SOURCE.jsonl.md"] {
            try folder.write("golden/" + name, "no rows")
        }
        try folder.write("more.jsonl", row(0))
        let set = try DatasetFiles(paths: [folder.file("more.jsonl"), folder.file("golden/")])
        #expect(
            set.paths.map { String($0.dropFirst(folder.path.count + 1)) }
                == ["more.jsonl", "golden/B.jsonl", "golden/b.jsonl", "golden/ä.jsonl"])
        #expect(try (0..<4).map { try set.example($0).id } == ["E-0", "E-1", "E-2", "E-3"])
        #expect(set.version == "v1" && set.problems.isEmpty)
        #expect(try set.example(3).place == SourcePlace(file: folder.file("golden/ä.jsonl"), line: 1))
    }

    @Test func manyFilesAreMoreThanAProcessMayHoldOpen() throws {
        for number in 0..<300 {
            try folder.write("golden/\(1000 + number).jsonl", number % 3 == 0 ? "" : row(number))
        }
        var set: DatasetFiles? = try DatasetFiles(paths: [folder.file("golden")])
        #expect(try openFiles().count <= 64)
        for (index, number) in (0..<300).filter({ $0 % 3 != 0 }).enumerated() {
            #expect(try set?.example(index).id == "E-\(number)")
        }
        set = nil
        #expect(try openFiles() == [], "what was opened is closed")
    }

    /// Files of this test's folder that this process holds open.
    private func openFiles() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap {
            try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/" + $0)
        }.filter { $0.hasPrefix(folder.path) }
    }

    @Test func theDigestDoesNotDependOnTheOrderOfRowsOrFiles() throws {
        try folder.write("a/1.jsonl", row(1) + row(2) + row(3))
        try folder.write("b/1.jsonl", row(3))
        try folder.write("b/2.jsonl", row(2) + "\n" + row(1))
        try folder.write("c/1.jsonl", row(1) + row(2) + row(4))
        let digests = try ["a", "b", "c"].map { try DatasetFiles(paths: [folder.file($0)]).digest }
        #expect(digests[0] == digests[1] && digests[0] != digests[2])
    }

    @Test func whatIsWrongWithRowsIsToldWithItsPlaceAndTheRestIsRead() throws {
        try folder.write(
            "a.jsonl", Data((row(1) + "{\"query\"\n" + row(2)).utf8) + Data([0xFF, 0x0A]) + Data(row(1).utf8))
        let set = try DatasetFiles(paths: [folder.file("a.jsonl")])
        #expect(set.count == 2)
        #expect(set.problems.map { $0.place.line } == [2, 4, 5])
        #expect(set.problems.allSatisfy { $0.place.file == folder.file("a.jsonl") && !$0.mend.isEmpty })
        #expect(try set.example(1).id == "E-2")
    }

    // MARK: Large rows

    @Test func aRowOfFiftyMegabytesIsToldWithItsLineAndTheNextIsRead() throws {
        let large = String(repeating: "x", count: 10_000_000)
        try folder.write("a.jsonl", row(1) + row(2, large) + row(3))
        let set = try DatasetFiles(paths: [folder.file("a.jsonl")])
        #expect(set.problems.isEmpty && set.count == 3)
        #expect(try set.example(1).query.utf8.count == 10_000_002)
        #expect(try set.example(2).id == "E-3")

        try folder.write("b.jsonl", row(1) + row(2, String(repeating: large, count: 5)) + row(3))
        let other = try DatasetFiles(paths: [folder.file("b.jsonl")])
        #expect(other.count == 2 && other.problems.count == 1)
        let place = folder.file("b.jsonl") + ":2: error: the line is longer than 16 MiB"
        #expect(other.problems.first?.description.hasPrefix(place) == true)
        #expect(try other.example(1).id == "E-3")
    }

    // MARK: What cannot be read

    @Test func aMissingFileIsSaid() throws {
        let problem = error([folder.file("nowhere.jsonl")])
        #expect(problem?.kind == .missing)
        #expect(
            problem?.description
                == "cannot read \(folder.file("nowhere.jsonl")): No such file or directory; check the path")
    }

    @Test func aFolderWithoutRowsIsSaid() throws {
        try folder.write("golden/data.csv", "a,b")
        let problem = error([folder.file("golden")])
        #expect(problem?.kind == .missing)
        #expect(problem?.description.contains("holds no .jsonl file; put the data set's rows there") == true)
    }

    @Test func anEmptyFileIsAnEmptySet() throws {
        try folder.write("a.jsonl", "\n\n")
        let set = try DatasetFiles(paths: [folder.file("a.jsonl")])
        #expect(set.count == 0)
        #expect(set.problems.map(\.cause) == ["the data set is empty: the file holds no row"])
    }

    /// To open a pipe would wait for a writer that may never come.
    @Test(.timeLimit(.minutes(1))) func aPipeOrDeviceIsRefusedAtOnce() throws {
        #expect(mkfifo(folder.file("pipe.jsonl"), 0o600) == 0)
        for path in [folder.file("pipe.jsonl"), "/dev/zero", "/dev/null"] {
            let problem = error([path])
            #expect(problem?.kind == .denied)
            #expect(problem?.description.contains("write it to a file first") == true)
        }
    }

    @Test func aFolderThatIsNamedLikeAFileIsSaid() throws {
        try folder.write("golden/inner.jsonl/x", "")
        let problem = error([folder.file("golden")])
        #expect(problem?.kind == .denied)
        #expect(problem?.description == "\(folder.file("golden/inner.jsonl")) is a folder; name a file")
    }

    // MARK: What changes while a run goes on

    struct Change: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// Which of the three rows can still be read.
        let isRead: [Bool]
        let apply: @Sendable (String, Data) throws -> Void
    }

    private static func rewrite(_ path: String, _ data: Data) throws {
        let handle = try #require(FileHandle(forWritingAtPath: path))
        try handle.truncate(atOffset: 0)
        try handle.write(contentsOf: data)
        try handle.close()
    }

    private static let changes = [
        Change(testDescription: "a letter of the second row", isRead: [true, false, true]) { path, data in
            let text = String(decoding: data, as: UTF8.self).replacingOccurrences(of: "q 2", with: "p 2")
            try rewrite(path, Data(text.utf8))
        },
        Change(testDescription: "the second row longer", isRead: [true, false, false]) { path, data in
            let text = String(decoding: data, as: UTF8.self).replacingOccurrences(of: "q 2", with: "qq 2")
            try rewrite(path, Data(text.utf8))
        },
        Change(testDescription: "two rows exchanged", isRead: [false, false, true]) { path, data in
            let rows = data.split(separator: 0x0A)
            try rewrite(path, Data([rows[1], rows[0], rows[2]].joined(separator: [0x0A])))
        },
        Change(testDescription: "cut short", isRead: [true, false, false]) { path, data in
            try rewrite(path, data.prefix(data.count / 2))
        },
        Change(testDescription: "emptied", isRead: [false, false, false]) { path, _ in
            try rewrite(path, Data())
        },
        // Editors write another file and move it there: the one that was opened is still what was digested.
        Change(testDescription: "replaced by another file", isRead: [true, true, true]) { path, _ in
            try Data("{}".utf8).write(to: URL(fileURLWithPath: path + ".new"))
            #expect(rename(path + ".new", path) == 0)
        },
        Change(testDescription: "removed", isRead: [true, true, true]) { path, _ in unlink(path) },
        Change(testDescription: "rows added", isRead: [true, true, true]) { path, data in
            try rewrite(path, data + Data("{\"query\": \"new\"}\n".utf8))
        },
    ]

    @Test(arguments: changes)
    func aRowIsWhatWasDigestedOrNothing(change: Change) throws {
        let path = try folder.write("a.jsonl", row(1) + row(2) + row(3))
        let set = try DatasetFiles(paths: [path])
        let before = try (0..<3).map { try set.example($0) }
        try change.apply(path, try folder.data("a.jsonl"))
        for number in 0..<3 {
            if change.isRead[number] {
                #expect(try set.example(number) == before[number])
                continue
            }
            let problem = #expect(throws: StoreError.self) { _ = try set.example(number) }
            #expect(problem?.kind == .damaged)
            #expect(
                problem?.description.hasPrefix("\(path):\(number + 1) changed while the run went on") == true)
        }
    }
}
