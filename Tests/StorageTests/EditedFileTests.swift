import Domain
import Foundation
import Storage
import Synchronization
import Testing

/// Files of people's work that are changed in places: whole or not at all, and never over somebody else's change.
struct EditedFileTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private var path: String { folder.file("golden.jsonl") }

    private func text(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

    private func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    }

    @Test(
        arguments: [
            ("abcdef\n", [Splice(at: 1, count: 2, with: Array("XYZ".utf8))], [], "aXYZdef\n"),
            (
                "abcdef\n",
                [Splice(at: 4, count: 0, with: Array("2".utf8)), Splice(at: 0, count: 1, with: [])], [],
                "bcd2ef\n"
            ),
            ("a\n\n  b", [], ["c", "d"], "a\n\n  b\nc\nd\n"), ("a\r\nb\r\n", [], ["c"], "a\r\nb\r\nc\r\n"),
            ("", [], ["c"], "c\n"), ("a\r\nb", [], ["c"], "a\r\nb\r\nc\r\n"),
        ] as [(String, [Splice], [String], String)])
    func onlyThePlacesNamedChange(before: String, splices: [Splice], rows: [String], after: String) throws {
        try folder.write("golden.jsonl", before)
        try EditedFile(path).write(splices, appending: rows.map { Array($0.utf8) })
        #expect(try text(path) == after)
        #expect(try names() == ["golden.jsonl"])
    }

    /// Held against the same edits of the text in memory; larger than what is copied at once.
    @Test(arguments: 0..<10) func manyEditsOfALargeFileAreThoseOfItsText(seed: Int) throws {
        var random = Numbers(seed: UInt64(seed))
        var bytes = [UInt8]((0..<700_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ seed) })
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        var splices: [Splice] = []
        var place = 0
        while true {
            place += Int.random(in: 0...200_000, using: &random)
            let count = Int.random(in: 0...1000, using: &random)
            if place + count > bytes.count { break }
            splices.append(
                Splice(
                    at: place, count: count,
                    with: [UInt8](repeating: 7, count: Int.random(in: 0...400_000, using: &random))))
            place += count
        }
        try EditedFile(path).write(splices.shuffled(using: &random))
        for splice in splices.reversed() {
            bytes.replaceSubrange(splice.offset..<(splice.offset + splice.count), with: splice.bytes)
        }
        #expect(try Array(Data(contentsOf: URL(fileURLWithPath: path))) == bytes)
    }

    /// SplitMix64: the same numbers in every run.
    private struct Numbers: RandomNumberGenerator {
        var state: UInt64

        init(seed: UInt64) { state = seed }

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }

    @Test func whatSomebodyElseChangedMeanwhileIsKept() throws {
        try folder.write("golden.jsonl", "old\n")
        let edited = try EditedFile(path)
        try folder.write("golden.jsonl", "theirs\n")
        let error = #expect(throws: StoreError.self) { try edited.write([], appending: [Array("mine".utf8)]) }
        #expect(error?.kind == .busy)
        #expect(error?.description.contains("was changed by someone else in the meantime") == true)
        #expect(try text(path) == "theirs\n")
        #expect(try names() == ["golden.jsonl"])
    }

    /// The same length and time: the bytes tell.
    @Test func aChangeThatHidesItsTimeIsFoundByTheDigest() throws {
        try folder.write("golden.jsonl", "old\n")
        var before = stat()
        stat(path, &before)
        let edited = try EditedFile(path)
        let handle = try #require(FileHandle(forUpdatingAtPath: path))
        handle.write(Data("new\n".utf8))
        try handle.close()
        var times = [before.st_atim, before.st_mtim]
        utimensat(AT_FDCWD, path, &times, 0)
        #expect(throws: StoreError.self) { try edited.write([], appending: [Array("mine".utf8)]) }
        #expect(try text(path) == "new\n")
    }

    @Test func oneHoldsAFileAtATime() throws {
        try folder.write("golden.jsonl", "old\n")
        var first: EditedFile? = try EditedFile(path)
        let error = #expect(throws: StoreError.self) { try EditedFile(path) }
        #expect(error?.description.contains("is being changed by another sluice") == true)
        try first?.write([], appending: [Array("a".utf8)])
        first = nil
        try EditedFile(path).write([], appending: [Array("b".utf8)])
        #expect(try text(path) == "old\na\nb\n")
    }

    @Test func whoComesWhileItIsHeldWaitsAMoment() async throws {
        try folder.write("golden.jsonl", "old\n")
        var first: EditedFile? = try EditedFile(path)
        let path = self.path
        let second = Task.detached { try EditedFile(path).write([], appending: [Array("b".utf8)]) }
        try await Task.sleep(for: .milliseconds(300))
        try first?.write([], appending: [Array("a".utf8)])
        first = nil
        try await second.value
        #expect(try text(path) == "old\na\nb\n")
    }

    @Test func aLinkStaysALinkAndAModeItsMode() throws {
        try folder.write("real.jsonl", "old\n")
        chmod(folder.file("real.jsonl"), 0o640)
        try FileManager.default.createSymbolicLink(
            atPath: path, withDestinationPath: folder.file("real.jsonl"))
        try EditedFile(path).write([], appending: [Array("new".utf8)])
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: path).hasSuffix("real.jsonl"))
        #expect(try text(folder.file("real.jsonl")) == "old\nnew\n")
        var status = stat()
        stat(folder.file("real.jsonl"), &status)
        #expect(status.st_mode & 0o777 == 0o640)
    }

    @Test func whatAKilledProcessLeftIsRemovedByTheNext() throws {
        try folder.write("golden.jsonl", "old\n")
        try folder.write("golden.jsonl.tmp-99999-0", "half")
        try folder.write("golden.jsonl.tmp", "not ours")
        try EditedFile(path).write([], appending: [Array("new".utf8)])
        #expect(try names() == ["golden.jsonl", "golden.jsonl.tmp"])
    }

    @Test func whatIsNoPlainFileIsRefused() throws {
        try #require(mkfifo(folder.file("pipe"), 0o600) == 0)
        for name in ["pipe", "", "none.jsonl"] {
            #expect(throws: StoreError.self, "\(name)") { try EditedFile(folder.file(name)) }
        }
    }
}
