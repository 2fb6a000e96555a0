import Adoption
import Digest
import Domain
import Interchange
import Notation
import Storage
import Text

/// `sluice dataset import`: a spreadsheet, or somebody else's JSON Lines, as examples.
enum DatasetImportCommand {
    static let command = Command(
        name: "dataset import", summary: "examples out of a spreadsheet or JSON Lines, new or edited",
        usage: ["FILE|- [options]"],
        flags: [
            Flag(
                name: "map", short: "m", value: "COLUMN=FIELD,…", repeats: true,
                summary: "what a column becomes: question=input.query; '-' leaves it out"),
            Flag(
                name: "dataset", short: "d", value: "PATH", repeats: true,
                summary: "put the rows into this data set: known ids change, new ones are added"),
            DatasetTarget.flags[1],
            Flag(
                name: "out", short: "o", value: "FILE", summary: "write JSON Lines there, and not to stdout"),
            Flag(
                name: "separator", value: "CHARACTER",
                summary: "between cells: , or ; or tab (default: what makes a table)"),
        ] + ProvenanceFlags.flags + [
            Flag(name: "dry-run", summary: "check and say what would change, and write nothing"),
            Flag(name: "today", value: "DATE", summary: "the day that counts as today (default: today, UTC)"),
            PolicyFile.flag, Flag(name: "json", summary: "what was done, as JSON (with --dataset or --out)"),
        ],
        positionals: 1...1, statuses: [ExitStatus.ok] + ExitStatus.failures + [ExitStatus.storeTrouble],
        details: """
            CSV in UTF-8 or UTF-16, with commas, semicolons or tabs, with or without a byte-order mark; its first line
            names the columns. A column's name is understood as in a data set ('Expected answer' is
            reference_response); every other column is kept. What each became is printed, the one that is asked first;
            a row whose question is empty is an error. Any other empty cell says nothing. A number of more digits than
            64 bits hold is kept as a text.

            With --dataset a row whose id the set has changes that example, and only the members that differ; an
            empty cell takes the member away. Examples that the sheet does not name stay. Any bad row, and nothing
            is written.
            """,
        examples: [
            "sluice dataset import examples/helpdesk/golden/guardrail.jsonl --dataset examples/helpdesk/golden --dry-run",
            "sluice dataset import questions.csv --map question=input.query,label=expected_intent",
            "sluice dataset import golden.csv --dataset golden/ --dry-run",
            "sluice dataset import golden.csv --dataset golden/ --file misses.jsonl --annotator kim",
        ],
        run: run)

    @Sendable
    static func run(_ arguments: Arguments, _ console: Console) async -> Int32 {
        do {
            var map: [SheetReader.Mapping] = []
            for text in arguments.all("map") {
                guard let found = SheetReader.Mapping.list(text) else {
                    throw Arguments.Problem(
                        message: "--map takes COLUMN=FIELD, several with commas between, not '\(text)'",
                        hint: nil)
                }
                map += found
            }
            if arguments.has("dataset"), arguments.has("out") {
                throw Arguments.Problem(message: "--dataset and --out exclude one another", hint: nil)
            }
            if arguments.has("json"), !arguments.has("dataset"), !arguments.has("out") {
                throw Arguments.Problem(
                    message: "--json needs --dataset or --out: stdout has the rows", hint: nil)
            }
            let separator = try Separator.read(arguments)
            let path = arguments.positionals[0]
            let bytes = try UserInput.read(path, console, command: "dataset import")
            let name = path == "-" ? "standard input" : path
            // Read twice, so that no more than a row of it is held: what is wrong is known before anything is done.
            let read: SheetSource = {
                SheetReader.read(bytes, name: name, map: map, separator: separator, $0)
            }
            var questions = QuestionLook()
            let sheet = read { row in
                questions.note(row.object.members.first { DatasetField(column: $0.key) == .query }?.value)
            }
            tell(sheet, isWhole: !arguments.has("dataset"), console)
            if let warning = questions.warning("--map COLUMN=query") { console.error("warning: " + warning) }
            if !sheet.problems.isEmpty {
                show(sheet.problems, console)
                throw PolicyFile.Shown(status: ExitStatus.badInput)
            }
            let provenance = try ProvenanceFlags(arguments)
            if arguments.has("dataset") {
                try SheetMerge.run(read, sheet, provenance, name: name, arguments, console)
            } else {
                try write(read, provenance, name: name, arguments, console)
            }
            return 0
        } catch {
            return EvalCommand.report(error, arguments, console, command: "dataset import")
        }
    }

    static func show(_ problems: [DatasetProblem], _ console: Console) {
        for problem in problems.prefix(50) { console.error(problem.description) }
        if problems.count > 50 { console.error("and \(problems.count - 50) more") }
        if problems.contains(where: { $0.severity == .error }) { console.error("nothing was written") }
    }

    /// Hands on the rows of a sheet, from the first, each time it is called.
    typealias SheetSource = ((SheetReader.Row) -> Void) -> SheetReader

    /// What the columns were taken for.
    ///
    /// - Parameter isWhole: Whether the rows have to be whole: those of an edited sheet may change a column alone.
    private static func tell(_ sheet: SheetReader, isWhole: Bool, _ console: Console) {
        var lines: [String] = []
        if let asked = sheet.columns.first(where: { $0.origin != .dropped && $0.field == .query }) {
            let why = asked.origin == .mapped ? "as --map says" : "by its name; another: --map COLUMN=query"
            lines.append("  asked: column '\(Sluice.printable(asked.header))' (\(why))")
        } else if let asked = sheet.columns.first(where: { $0.origin != .dropped && $0.field == .messages }) {
            lines.append("  asked: the last user turn of column '\(Sluice.printable(asked.header))'")
        } else if isWhole, !sheet.columns.isEmpty {
            lines.append("  asked: no column has a name that says so; name it: --map COLUMN=query")
        }
        var own: [String] = []
        for column in sheet.columns where !column.header.isEmpty {
            let header = Sluice.printable(column.header)
            switch column.origin {
            case .dropped: lines.append("  \(header) is left out")
            case .mapped: lines.append("  \(header) → \(Sluice.printable(column.target))")
            case .understood, .named:
                if let field = column.field {
                    if field.rawValue != column.header { lines.append("  \(header) → \(field.rawValue)") }
                } else if column.inner == nil {
                    let near = DatasetField.nearest(to: column.key).map {
                        " (did you mean \($0)? --map \(header)=\($0))"
                    }
                    own.append(header + (near ?? ""))
                }
            }
        }
        if !own.isEmpty { lines.append("  kept as they are: " + own.joined(separator: ", ")) }
        guard !lines.isEmpty else { return }
        console.error("columns:\n" + lines.joined(separator: "\n"))
        if sheet.cutCells > 0 {
            console.error(
                "warning: \(sheet.cutCells) cells are \(SheetCell.longest) characters long, where spreadsheets cut "
                    + "texts: look whether their ends are missing")
        }
    }

    // MARK: A file of rows

    private static func write(
        _ read: @escaping SheetSource, _ provenance: ProvenanceFlags, name: String, _ arguments: Arguments,
        _ console: Console
    ) throws {
        var reader = DatasetReader()
        reader.begin(file: name)
        _ = read { row in reader.feed(row: RowEdit.spaced(.object(row.object)), line: row.line) { _, _ in } }
        reader.finish()
        let problems = reader.problems.map { problem in
            DatasetProblem(
                problem.severity, problem.kind, at: SourcePlace(file: name, line: problem.place.line),
                problem.cause, mend: problem.mend)
        }
        show(problems.filter { $0.severity != .note }, console)
        if reader.errorCount > 0 { throw PolicyFile.Shown(status: ExitStatus.badInput) }
        let digest = reader.digest.value
        /// Each row as it is written, with its line end.
        func each(_ body: ([UInt8]) -> Void) {
            _ = read { row in
                let bytes = RowEdit.spaced(.object(row.object))
                let example = bytes.withUnsafeBufferPointer {
                    DatasetReader.example(row: $0, file: name, line: row.line)
                }
                body((example.map { provenance.complete(bytes, $0) } ?? bytes) + [0x0A])
            }
        }
        if let path = arguments.value("out") {
            try OutputFile.check(path)
            if !arguments.has("dry-run") {
                try InputFile.write(path) { (write) throws(StoreError) in
                    var failure: StoreError?
                    each { bytes in
                        if failure != nil { return }
                        do throws(StoreError) { try write(bytes) } catch { failure = error }
                    }
                    if let failure { throw failure }
                }
            }
            if arguments.has("json") {
                let value: JSONValue = [
                    "format": "sluice.dataset-import/1", "file": .string(path),
                    "written": .bool(!arguments.has("dry-run")),
                    "dataset": [
                        "digest": .string(digest.description),
                        "examples": .integer(Int64(reader.exampleCount)),
                    ],
                ]
                return console.out(String(decoding: value.bytes(pretty: true), as: UTF8.self) + "\n")
            }
            let number = reader.exampleCount
            let count = number == 1 ? "1 example" : "\(Numbers.grouped(number)) examples"
            return console.out(Sluice.printable("\(path): \(count)") + "   sha256:\(digest.short)…\n")
        }
        if arguments.has("dry-run") { return }
        each { console.out(String(decoding: $0, as: UTF8.self)) }
    }
}
