import Curation
import Digest
import Domain
import Interchange
import Notation
import Storage
import Text

/// `sluice dataset add`: new examples, checked before they are in.
enum DatasetAddCommand {
    static let command = Command(
        name: "dataset add", summary: "put examples into a data set, checked before they are in",
        usage: ["[FILE…|-] [options]", "--query TEXT [options]"],
        flags: [
            Flag(name: "query", short: "q", value: "TEXT", summary: "an example by options: what is asked"),
            Flag(name: "id", value: "ID", summary: "its id (default: one made of its content)"),
            Flag(name: "reference", value: "TEXT", repeats: true, summary: "an answer that it accepts"),
            Flag(name: "intent", value: "NAME", summary: "the intent that it expects"),
            Flag(name: "category", value: "NAME", summary: "its category"),
            Flag(name: "tag", value: "NAME", repeats: true, summary: "a tag"),
            Flag(
                name: "set", value: "FIELD=VALUE", repeats: true,
                summary: "any other field or column; a value that is JSON is taken as such"),
        ] + ProvenanceFlags.flags + DatasetTarget.flags + [
            Flag(
                name: "strict", summary: "put nothing in where an example is nearly the same as another"),
            Flag(name: "dry-run", summary: "check, and write nothing"),
            Flag(name: "today", value: "DATE", summary: "the day that counts as today (default: today, UTC)"),
            PolicyFile.flag, Flag(name: "json", summary: "as JSON"),
        ],
        positionals: 0...1000, statuses: [ExitStatus.ok] + ExitStatus.failures + [ExitStatus.storeTrouble],
        details: """
            FILE holds rows as JSON Lines; - reads them from stdin; without one, --query makes a single example.
            'sluice dataset import' reads spreadsheets. All rows are held against the whole set first: a bad row, or
            an id that another example has or had, and nothing is written. The rows are put behind the last one of
            the file; what stands there stays byte for byte.
            """,
        examples: [
            "sluice dataset add examples/helpdesk/golden/guardrail.jsonl --dataset new.jsonl --dry-run",
            "sluice dataset add reviewed.jsonl --dataset golden/ --file misses.jsonl --approver lee",
            "sluice dataset add -q \"Can I pay in instalments?\" --intent payment --annotator kim --source tickets",
        ],
        run: run)

    @Sendable
    static func run(_ arguments: Arguments, _ console: Console) async -> Int32 {
        do {
            let provenance = try ProvenanceFlags(arguments)
            let inputs = try inputs(arguments, console)
            defer { for input in inputs where input.isTemporary { InputFile.remove(input.source.path) } }
            let target = try DatasetTarget(arguments, console, makes: true)
            let file = try target.file(arguments)
            let isNew = !InputFile.exists(file)
            let isDry = arguments.has("dry-run")
            let known = target.files?.paths ?? []
            let edits = isDry ? nil : try SetEdits(files: known)
            let checked = try check(known, inputs, target, console)
            guard try tellNear(checked, target, arguments, console) else { return ExitStatus.badInput }
            var rows: [[UInt8]] = []
            var silent: [ProvenanceMember: Int] = [:]
            for index in checked.first..<checked.set.count {
                let row = provenance.complete(
                    try checked.set.row(index).bytes, try checked.set.example(index))
                rows.append(row)
                note(row, target.upkeep.provenance, &silent)
            }
            for member in target.upkeep.provenance {
                guard let count = silent[member] else { continue }
                let verb = count == 1 ? "does" : "do"
                console.error("note: \(count) of \(rows.count) \(verb) not say \(member.rawValue)")
            }
            try noteUnnamed(checked, console)
            if let edits {
                if isNew {
                    try InputFile.write(file, rows.flatMap { $0 + [0x0A] })
                } else {
                    for row in rows { edits.append(row, to: file) }
                    try edits.write()
                }
            }
            try show(rows.count, file, target, checked, arguments, console)
            return 0
        } catch {
            return EvalCommand.report(error, arguments, console, command: "dataset add")
        }
    }

    // MARK: What is put in

    private struct Input {
        let source: DatasetFiles.Source
        let isTemporary: Bool
    }

    private static func inputs(_ arguments: Arguments, _ console: Console) throws -> [Input] {
        let single = ["id", "reference", "intent", "category", "tag", "set"].filter { arguments.has($0) }
        if let query = arguments.value("query") {
            guard arguments.positionals.isEmpty else {
                throw Arguments.Problem(message: "give files or --query, not both", hint: nil)
            }
            let row = RowEdit.spaced(.object(try example(query, arguments)))
            let path = try InputFile.temporary(row + [0x0A])
            return [
                Input(source: DatasetFiles.Source(path: path, name: "the example"), isTemporary: true)
            ]
        }
        if let flag = single.first {
            throw Arguments.Problem(message: "--\(flag) belongs to --query", hint: nil)
        }
        guard !arguments.positionals.isEmpty else {
            throw Arguments.Problem(
                message: "name a file of rows, - for stdin, or ask something with --query", hint: nil)
        }
        return try arguments.positionals.map { path in
            let bytes = try UserInput.read(path, console, command: "dataset add")
            // A copy: a file that changes meanwhile is checked and written as one.
            return Input(
                source: DatasetFiles.Source(
                    path: try InputFile.temporary(bytes), name: path == "-" ? "standard input" : path),
                isTemporary: true)
        }
    }

    private static func example(
        _ query: String, _ arguments: Arguments
    ) throws(Arguments.Problem) -> JSONObject {
        var row = JSONObject()
        if let id = arguments.value("id") { row[DatasetField.id.rawValue] = .string(id) }
        row[DatasetField.query.rawValue] = .string(query)
        if let intent = arguments.value("intent") {
            row[DatasetField.expectedIntent.rawValue] = .string(intent)
        }
        let references = arguments.all("reference")
        if !references.isEmpty {
            row[DatasetField.references.rawValue] =
                references.count == 1 ? .string(references[0]) : .array(references.map { .string($0) })
        }
        if let category = arguments.value("category") {
            row[DatasetField.category.rawValue] = .string(category)
        }
        let tags = arguments.all("tag")
        if !tags.isEmpty { row[DatasetField.tags.rawValue] = .array(tags.map { .string($0) }) }
        for pair in arguments.all("set") {
            guard let equals = pair.firstIndex(of: "="), equals != pair.startIndex else {
                throw Arguments.Problem(message: "--set takes FIELD=VALUE, not '\(pair)'", hint: nil)
            }
            let name = String(pair[..<equals])
            guard DatasetField(column: name) != .retired else {
                throw Arguments.Problem(
                    message: "--set \(name): a new example is asked, and cannot be retired",
                    hint: "add it, and later: sluice dataset retire ID --why …")
            }
            try refuseTwice(name, in: row)
            row[name] = try value(String(pair[pair.index(after: equals)...]), of: name)
        }
        return row
    }

    /// A field that an option, or a --set before, gave: one of the two would be lost without a word.
    private static func refuseTwice(_ name: String, in row: JSONObject) throws(Arguments.Problem) {
        let field = DatasetField(column: name)
        let other = row.keys.first { key in
            key == name || field.map { !$0.isCollected && DatasetField(column: key) == $0 } ?? false
        }
        guard let other else { return }
        throw Arguments.Problem(
            message: "--set \(name) gives '\(other)' a second time", hint: "keep one of the two")
    }

    /// What is JSON as such; a number too long for 64 bits as the text that it is.
    private static func value(_ text: String, of name: String) throws(Arguments.Problem) -> JSONValue {
        do throws(JSONError) { return try JSONValue.parse(text, limits: .strict) } catch {
            let isWhole = text.utf8.first.map { $0 != UInt8(ascii: "{") && $0 != UInt8(ascii: "[") } ?? true
            guard !isWhole, error.reason == .longNumber || error.reason == .repeatedKey else {
                return .string(text)
            }
            throw Arguments.Problem(
                message: "--set \(name): \(error.cause)",
                hint: error.reason == .longNumber ? "write it as a text, in quotes" : "keep one of the two")
        }
    }

    // MARK: Checks

    private struct Checked {
        /// The set with the new rows behind it.
        let set: DatasetFiles
        /// The number of the first new example.
        let first: Int
        let pairs: [NearDuplicates.Pair]
    }

    /// Reads the set and the new rows as one.
    ///
    /// - Throws: Status 65, said already, where a new row is bad.
    private static func check(
        _ known: [String], _ inputs: [Input], _ target: DatasetTarget, _ console: Console
    ) throws -> Checked {
        var near = NearDuplicates(columns: target.inputColumns, threshold: target.upkeep.similarity)
        let set = try DatasetFiles(
            sources: known.map { DatasetFiles.Source(path: $0, name: $0) } + inputs.map(\.source)
        ) { example, _ in near.note(example) }
        let names = Set(inputs.map(\.source.name))
        let own = set.problems.filter { names.contains($0.place.file) }
        for problem in own.prefix(50) { console.error(problem.description) }
        if own.count > 50 { console.error("and \(own.count - 50) more") }
        var first = 0
        while first < set.count, set.place(first).file < known.count { first += 1 }
        if own.contains(where: { $0.severity == .error }) || first == set.count {
            let retired = set.retired.count { names.contains($0.place.file) }
            if first == set.count, own.isEmpty, retired > 0 {
                console.error(
                    "\(names.sorted().joined(separator: ", ")): the rows are retired, and only what is asked is added; "
                        + "take their 'retired' out")
            } else if first == set.count, own.isEmpty {
                console.error("there is no row in \(names.sorted().joined(separator: ", "))")
            }
            console.error("nothing was added")
            throw PolicyFile.Shown(status: ExitStatus.badInput)
        }
        for row in set.retired where names.contains(row.place.file) {
            console.error(
                "\(row.place.file):\(row.place.line): warning: the row is retired and is not added; take its "
                    + "'retired' out to add it")
        }
        let others = set.problems.count { $0.severity == .error && !names.contains($0.place.file) }
        if others > 0 {
            console.error("warning: \(others) errors stand in the set already; see sluice dataset lint")
        }
        return Checked(set: set, first: first, pairs: try near.pairs(from: first, set))
    }

    private static func noteUnnamed(_ checked: Checked, _ console: Console) throws(StoreError) {
        var unnamed = 0
        for index in checked.first..<checked.set.count {
            let row = try checked.set.row(index).bytes
            guard case .object(let object)? = try? JSONValue.parse(row) else { continue }
            let hasID = object.members.contains { DatasetField(column: $0.key) == .id && !$0.value.isNull }
            if !hasID { unnamed += 1 }
        }
        guard unnamed > 0 else { return }
        let all = checked.set.count - checked.first
        console.error(
            "note: \(unnamed) of \(all) have no id of their own: once edited, they are other examples to every "
                + "run before")
    }

    /// - Returns: Whether the rows may go in.
    private static func tellNear(
        _ checked: Checked, _ target: DatasetTarget, _ arguments: Arguments, _ console: Console
    ) throws -> Bool {
        for pair in checked.pairs.prefix(20) {
            let new = try checked.set.example(pair.new)
            let other = try checked.set.example(pair.other)
            let how =
                pair.similarity >= 1
                ? "asks the same as" : "is nearly the same (\(Numbers.percent(pair.similarity, 0))) as"
            let place = "\(other.place.file):\(other.place.line)"
            console.error(
                "\(new.place.file):\(new.place.line): warning: '\(new.id)' \(how) '\(other.id)' (\(place)); "
                    + "keep it where it tests something of its own")
        }
        if checked.pairs.count > 20 { console.error("and \(checked.pairs.count - 20) more") }
        guard arguments.has("strict"), !checked.pairs.isEmpty else { return true }
        console.error("nothing was added")
        return false
    }

    private static func note(
        _ row: [UInt8], _ wanted: [ProvenanceMember], _ silent: inout [ProvenanceMember: Int]
    ) {
        let example = row.withUnsafeBufferPointer { DatasetReader.example(row: $0, file: "", line: 1) }
        guard let example else { return }
        for member in wanted where example.provenance(member) == nil { silent[member, default: 0] += 1 }
    }

    private static func show(
        _ count: Int, _ file: String, _ target: DatasetTarget, _ checked: Checked, _ arguments: Arguments,
        _ console: Console
    ) throws {
        let isDry = arguments.has("dry-run")
        let paths = target.files == nil ? [file] : target.paths
        let after = isDry ? checked.set : try DatasetArguments.open(paths, console) { _ in }
        if arguments.has("json") {
            var ids: [JSONValue] = []
            for index in checked.first..<checked.set.count {
                ids.append(.string(try checked.set.example(index).id))
            }
            let near = try checked.pairs.map { pair -> JSONValue in
                [
                    "id": .string(try checked.set.example(pair.new).id),
                    "other": .string(try checked.set.example(pair.other).id),
                    "similarity": .number(pair.similarity),
                ]
            }
            let value: JSONValue = [
                "format": "sluice.dataset-add/1", "added": .array(ids), "file": .string(file),
                "written": .bool(!isDry), "near_duplicates": .array(near),
                "before": .object(SetFacts.json(target.files)), "after": .object(SetFacts.json(after)),
            ]
            return console.out(String(decoding: value.bytes(pretty: true), as: UTF8.self) + "\n")
        }
        let what = count == 1 ? "1 example" : "\(Numbers.grouped(count)) examples"
        let did = isDry ? "would add \(what) to \(file)" : "added \(what) to \(file)"
        console.out(Sluice.printable(did) + "\n" + SetFacts.words(target.files, after))
    }
}
