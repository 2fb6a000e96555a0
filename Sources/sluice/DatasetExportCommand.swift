import Domain
import Interchange
import Notation
import Storage
import Text

/// `sluice dataset export`: a data set as a spreadsheet or as JSON Lines.
enum DatasetExportCommand {
    static let command = Command(
        name: "dataset export", summary: "a data set as a spreadsheet that can come back, or as JSON Lines",
        usage: ["[SET] [options]"],
        flags: [
            Flag(name: "out", short: "o", value: "FILE", summary: "write there, and not to stdout"),
            Flag(
                name: "format", value: "csv|jsonl",
                summary: "the form (default: by the name of FILE, else csv)"),
            Flag(
                name: "excel", summary: "CSV as Excel wants it: a byte-order mark, CRLF"),
            Flag(
                name: "separator", value: "CHARACTER",
                summary: "between cells: , or ; or tab (default: a comma)"),
            Flag(name: "with-retired", summary: "retired examples as well"), PolicyFile.flag,
            Flag(name: "store", value: "FOLDER", summary: "where runs are kept (default: .sluice)"),
            Flag(name: "json", summary: "what was written, as JSON (with --out)"),
        ],
        positionals: 0...1, statuses: [ExitStatus.ok] + ExitStatus.failures + [ExitStatus.storeTrouble],
        details: """
            SET is a file or folder, a run, a frozen set's tag or a digest; without one, the policy's data set. JSON
            Lines are the rows as they stand. In CSV a column is a member of the rows, and provenance one column a
            member. Texts that a spreadsheet would run as formulas or rewrite as numbers or dates stand behind an
            apostrophe; what was saved unchanged is imported as the same data set, to the digest.
            """,
        examples: [
            "sluice dataset export examples/helpdesk/golden/guardrail.jsonl",
            "sluice dataset export golden/ --excel --separator ';' --out golden.csv",
            "sluice dataset export 2026-q3 --out golden.jsonl",
        ],
        run: run)

    private enum Form { case csv, lines }

    @Sendable
    static func run(_ arguments: Arguments, _ console: Console) async -> Int32 {
        do {
            let form = try form(arguments)
            let separator = try Separator.read(arguments) ?? UInt8(ascii: ",")
            guard !arguments.has("json") || arguments.has("out") else {
                throw Arguments.Problem(message: "--json needs --out: stdout has the rows", hint: nil)
            }
            let set = try set(arguments, console)
            if let path = arguments.value("out") {
                try OutputFile.check(path)
                if set.paths.contains(where: { InputFile.isSame($0, path) }) {
                    throw Arguments.Problem(
                        message: "'\(path)' is a file of the data set itself; export to another", hint: nil)
                }
            }
            let writer = SheetExport(
                set: set, withRetired: arguments.has("with-retired"), separator: separator,
                forExcel: arguments.has("excel"))
            func fill(_ put: ([UInt8]) throws(StoreError) -> Void) throws(StoreError) -> Int {
                switch form {
                case .csv: try writer.table(put)
                case .lines: try writer.lines(put)
                }
            }
            var long = 0
            if let path = arguments.value("out") {
                try InputFile.write(path) { (put) throws(StoreError) in long = try fill(put) }
                show(set, path, arguments, console)
            } else {
                long = try fill { console.out(String(decoding: $0, as: UTF8.self)) }
            }
            if long > 0 {
                console.error(
                    "warning: \(long) cells are longer than \(SheetCell.longest) characters, where spreadsheets cut "
                        + "them: do not import those columns again from one (--map NAME=-)")
            }
            return 0
        } catch {
            return EvalCommand.report(error, arguments, console, command: "dataset export")
        }
    }

    private static func form(_ arguments: Arguments) throws(Arguments.Problem) -> Form {
        let name = arguments.value("out") ?? ""
        let usual = name.hasSuffix(".jsonl") || name.hasSuffix(".ndjson") ? "jsonl" : "csv"
        switch arguments.value("format") ?? usual {
        case "csv": return .csv
        case "jsonl": return .lines
        case let other:
            throw Arguments.Problem(message: "--format is csv or jsonl, not '\(other)'", hint: nil)
        }
    }

    private static func set(_ arguments: Arguments, _ console: Console) throws -> DatasetFiles {
        if let word = arguments.positionals.first {
            return try NamedSet.open(word, arguments, console).files
        }
        let policy = try DatasetArguments.policy(arguments, console)
        return try NamedSet.open(paths: try DatasetArguments.paths(arguments, policy: policy), console).files
    }

    private static func show(
        _ set: DatasetFiles, _ path: String, _ arguments: Arguments, _ console: Console
    ) {
        if arguments.has("json") {
            let value: JSONValue = [
                "format": "sluice.dataset-export/1", "file": .string(path),
                "dataset": .object(SetFacts.json(set)),
            ]
            return console.out(String(decoding: value.bytes(pretty: true), as: UTF8.self) + "\n")
        }
        console.out(Sluice.printable("wrote \(path)") + "\n" + SetFacts.words(nil, set))
    }
}

/// What stands between cells, as options say it.
enum Separator {
    static func read(_ arguments: Arguments) throws(Arguments.Problem) -> UInt8? {
        switch arguments.value("separator") {
        case nil: return nil
        case ","?, "comma"?: return UInt8(ascii: ",")
        case ";"?, "semicolon"?: return UInt8(ascii: ";")
        case "\t"?, "tab"?, "\\t"?: return 0x09
        case let other?:
            throw Arguments.Problem(
                message: "--separator is a comma, a semicolon or 'tab', not '\(other)'", hint: nil)
        }
    }
}

/// Writes a set out, a row at a time.
struct SheetExport {
    let set: DatasetFiles
    let withRetired: Bool
    let separator: UInt8
    let forExcel: Bool

    /// A hostile set may name a new column in every row.
    private static let maximumColumns = 10_000

    /// The rows as they stand.
    func lines(_ put: ([UInt8]) throws(StoreError) -> Void) throws(StoreError) -> Int {
        try set.forEachRow { (row) throws(StoreError) in
            if row.number != nil || withRetired { try put(row.bytes + [0x0A]) }
        }
        return 0
    }

    /// - Returns: Cells that are longer than spreadsheets keep.
    func table(_ put: ([UInt8]) throws(StoreError) -> Void) throws(StoreError) -> Int {
        var columns = SheetColumns()
        var idKey: String?
        var lacksID = false
        try set.forEachRow { (row) throws(StoreError) in
            guard let object = try object(row) else { return }
            columns.note(object)
            let key = SheetExport.idKey(object)
            if let key { idKey = idKey ?? key } else { lacksID = true }
            guard columns.columns.count <= SheetExport.maximumColumns else {
                throw StoreError(
                    .denied,
                    "the rows have more than \(SheetExport.maximumColumns) different members: no spreadsheet holds "
                        + "them; export JSON Lines")
            }
        }
        // A row without an id has the one that its content makes: under it an edited row is found again.
        let key = idKey ?? DatasetField.id.rawValue
        if lacksID { columns.putFirst(key) }
        var text = SheetText(separator: separator, forExcel: forExcel)
        text.row(columns.columns.map(\.header))
        var long = 0
        try set.forEachRow { (row) throws(StoreError) in
            guard var object = try object(row) else { return }
            if SheetExport.idKey(object) == nil, let id = try id(of: row) { object[key] = .string(id) }
            let cells = columns.cells(object)
            for cell in cells where cell.utf8.count > SheetCell.longest {
                if cell.utf16.count > SheetCell.longest { long += 1 }
            }
            text.row(cells)
            if text.bytes.count > 1 << 16 {
                try put(text.bytes)
                text.removeAll()
            }
        }
        try put(text.bytes)
        return long
    }

    private func object(_ row: DatasetFiles.RawRow) throws(StoreError) -> JSONObject? {
        guard row.number != nil || withRetired else { return nil }
        return (try? JSONValue.parse(row.bytes))?.objectValue
    }

    private static func idKey(_ object: JSONObject) -> String? {
        object.members.first { DatasetField(column: $0.key) == .id && !$0.value.isNull }?.key
    }

    private func id(of row: DatasetFiles.RawRow) throws(StoreError) -> String? {
        if let number = row.number { return try set.example(number).id }
        let file = row.file
        return set.retired.first { $0.fileNumber == file && $0.place.line == row.line }?.id
    }
}
