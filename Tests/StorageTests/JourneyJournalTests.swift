import Domain
import Foundation
import Storage
import Testing

/// The files of clean-up journals: held by their process, whole lines, gone when done.
@Suite struct JourneyJournalTests {
    private func folder() -> String { NSTemporaryDirectory() + "/journals-" + UUID().uuidString }

    private func lines(_ texts: [String]) -> [[UInt8]] { texts.map { Array($0.utf8) } }

    @Test func whatIsAppendedIsFoundAgain() throws {
        let journals = JourneyJournals(folder: folder())
        defer { try? FileManager.default.removeItem(atPath: journals.folder) }
        #expect(try journals.found().isEmpty)
        do {
            let journal = try journals.begin("j-1")
            for line in lines(["one", "two"]) { try journal.append(line) }
            guard case .underWay? = try journals.found().first else {
                Issue.record("a journal that is open is under way")
                return
            }
            try journal.close(isDone: false)
            #expect(throws: StoreError.self) { try journal.append([1]) }
        }
        // A process died in the middle of a line.
        let file = try #require(FileHandle(forWritingAtPath: journals.folder + "/j-1.journal"))
        file.seekToEndOfFile()
        file.write(Data("thr".utf8))
        try file.close()
        guard case .left(let journal, let found)? = try journals.found().first else {
            Issue.record("the journal is not found")
            return
        }
        #expect(found == lines(["one", "two"]))
        try journal.append(Array("three".utf8))
        #expect(
            try String(contentsOfFile: journal.path, encoding: .utf8) == "one\ntwo\nthree\n",
            "a torn line must not swallow the next")
        try journal.close(isDone: true)
        #expect(try journals.found().isEmpty)
        #expect(try FileManager.default.contentsOfDirectory(atPath: journals.folder) == [])
    }

    @Test func anEmptyJournalIsNothing() throws {
        let journals = JourneyJournals(folder: folder())
        defer { try? FileManager.default.removeItem(atPath: journals.folder) }
        try FileManager.default.createDirectory(atPath: journals.folder, withIntermediateDirectories: true)
        try Data().write(to: URL(fileURLWithPath: journals.folder + "/j-1.journal"))
        #expect(try journals.found().isEmpty)
        #expect(try FileManager.default.contentsOfDirectory(atPath: journals.folder) == [])
    }
}
