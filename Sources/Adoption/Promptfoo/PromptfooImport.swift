import Domain
import Interchange
import Notation

/// A configuration of promptfoo as a policy and a data set, with all that did not come over.
public struct PromptfooImport: Sendable {
    /// Nil where there is nothing to ask: then the data set alone is made.
    public let policy: String?
    /// Data set, schemas, recorded answers.
    public let files: [ImportedFile]
    /// In the order of their places.
    public let notes: [ImportNote]
    public let tests: Int
    public let assertions: Int
    public let carried: Int
    /// The variable or column that is asked, and why that one; nil where the rendered prompt is asked.
    public let question: (name: String, why: String)?

    public var left: [ImportNote] { notes.filter { $0.kind == .left } }
    public var changed: [ImportNote] { notes.filter { $0.kind == .changed } }

    public static let dataset = "golden/promptfoo.jsonl"

    /// - Parameters:
    ///   - app: What to ask in place of the configuration's providers.
    ///   - project: What reports call the app.
    ///   - question: The variable that is asked; nil: the one that looks most like it.
    /// - Throws: A file that cannot be read: nothing was imported then.
    public init(
        path: String, project: String, app: ImportedApp? = nil, question: String? = nil,
        files: any ConfigurationFiles
    ) throws(ImportProblem) {
        var reader = PromptfooReader(path: path, files: files)
        let suite = try reader.read()
        guard !suite.tests.isEmpty else {
            if let first = reader.notes.first(where: { $0.kind == .left }) {
                throw ImportProblem(at: first.place, first.what, mend: first.mend)
            }
            throw ImportProblem(
                at: SourcePlace(file: path, line: 1), "there is no test in it",
                mend: "name the file that has tests")
        }
        if let question, !suite.tests.contains(where: { $0.variables[question] != nil }) {
            let known = suite.tests.flatMap(\.variables.keys).reduce(into: [String]()) {
                if !$0.contains($1) { $0.append($1) }
            }
            throw ImportProblem(
                at: SourcePlace(file: path, line: 1),
                "no test has a variable '\(ProbeReading.shown(question))' to ask",
                mend: "there are: " + known.prefix(12).map { ProbeReading.shown($0) }.joined(separator: ", "))
        }
        var maker = PromptfooMaker(
            suite, notes: reader.notes, app: app, project: project, path: path, question: question)
        maker.make(files)
        policy = maker.policy
        self.files = maker.files
        notes = Self.sorted(maker.notes)
        tests = suite.tests.count
        assertions = maker.total
        carried = maker.carried
        self.question = maker.columns.question.map { ($0, maker.columns.why) }
    }

    /// One note a place and matter, in the order of the file.
    private static func sorted(_ notes: [ImportNote]) -> [ImportNote] {
        var seen: Set<ImportNote> = []
        let unique = notes.filter { seen.insert($0).inserted }
        return unique.enumerated().sorted { left, right in
            let (a, b) = (left.element.place, right.element.place)
            if a.file != b.file { return a.file < b.file }
            return (a.line, a.column, left.offset) < (b.line, b.column, right.offset)
        }.map(\.element)
    }
}
