import Curation
import Domain
import Interchange
import Ledger
import Notation
import Storage

/// The file of candidates, and what else rules of growth are decided on.
enum CandidateFiles {
    static let name = "candidates.jsonl"

    static func path(_ arguments: Arguments) -> String {
        arguments.value("file") ?? (arguments.value("store") ?? ".sluice") + "/" + name
    }

    /// The candidates of a file; none where there is no file.
    static func load(_ path: String, _ console: Console) throws -> CandidateBook {
        guard InputFile.exists(path) else { return CandidateBook() }
        return try book(try InputFile.read(path), path, console)
    }

    static func book(
        _ bytes: [UInt8], _ path: String, _ console: Console
    ) throws(PolicyFile.Shown) -> CandidateBook {
        do throws(CandidateBook.DatasetProblemAt) { return try CandidateBook(bytes, file: path) } catch {
            console.error(error.message)
            throw PolicyFile.Shown(status: ExitStatus.badInput)
        }
    }

    /// Changes the candidates, one process at a time.
    static func update(
        _ path: String, _ console: Console, _ body: (inout CandidateBook) throws -> Void
    ) throws {
        try GuardedFile.update(path, what: "the file of candidates") { old in
            var book = try old.map { try Self.book($0, path, console) } ?? CandidateBook()
            try body(&book)
            let bytes = book.bytes
            return old == nil && bytes.isEmpty ? nil : bytes
        }
    }

    /// What the newest finished run of a project showed; nil where there is none, or it had no baseline.
    static func newestRun(_ store: String, project: String) throws -> RunFigures? {
        guard InputFile.exists(store + "/ledger.db") else { return nil }
        let runs = try SQLiteRunStore(path: store + "/ledger.db").runs(limit: 200)
        guard let newest = runs.first(where: { $0.project == project && $0.verdict?.isAnswer ?? false }),
            let bytes = try DirectoryEvidence(root: store).get(run: newest.id, name: "report.json"),
            let report = try? JSONValue.parse(bytes)
        else { return nil }
        return RunFigures(report: report)
    }
}
