import Digest
import Domain
import Interchange
import Notation
import Storage
import Text

/// Rows of a sheet put into a data set: known ids change what differs, new ones are added.
struct SheetMerge {
    private let sheet: SheetReader
    private let set: DatasetFiles
    private let name: String
    /// Numbers of examples by the hash of their ids.
    private var places: [UInt64: Int32] = [:]
    /// Places among the set's retired rows by their ids.
    private var retired: [String: Int] = [:]
    private var problems: [DatasetProblem] = []
    private var told = Set<String>()
    /// Lines of the sheet by the ids that they name.
    private var seen: [String: Int] = [:]
    private var changes: [(row: DatasetFiles.RawRow, bytes: [UInt8], id: String, fields: [String])] = []
    private var added: [(bytes: [UInt8], id: String)] = []
    private var same = 0
    /// Retired rows that the sheet has as they are.
    private var sameRetired = 0

    static func run(
        _ read: DatasetImportCommand.SheetSource, _ sheet: SheetReader, _ provenance: ProvenanceFlags,
        name: String, _ arguments: Arguments, _ console: Console
    ) throws {
        let target = try DatasetTarget(arguments, console, makes: false)
        guard let before = target.files else { return }
        let isDry = arguments.has("dry-run")
        let edits = isDry ? nil : try SetEdits(files: before.paths)
        // Read once more, now that nobody else changes it.
        var ids: [UInt64] = []
        let set = try DatasetArguments.open(before.paths, console) { ids.append(XXHash.xxh3($0.id)) }
        var merge = SheetMerge(sheet: sheet, set: set, name: name)
        for (number, hash) in ids.enumerated() { merge.places[hash] = Int32(number) }
        for (number, row) in set.retired.enumerated() { merge.retired[row.id] = number }
        var failure: (any Error)?
        _ = read { row in
            if failure != nil { return }
            do { try merge.take(row, provenance) } catch { failure = error }
        }
        if let failure { throw failure }
        DatasetImportCommand.show(merge.problems, console)
        if merge.problems.contains(where: { $0.severity == .error }) {
            throw PolicyFile.Shown(status: ExitStatus.badInput)
        }
        let file = merge.added.isEmpty ? nil : try target.file(arguments)
        if let edits {
            for change in merge.changes { edits.replace(change.row, with: change.bytes) }
            if let file, InputFile.exists(file) {
                for row in merge.added { edits.append(row.bytes, to: file) }
            }
            try edits.write()
            if let file, !InputFile.exists(file) {
                try InputFile.write(file, merge.added.flatMap { $0.bytes + [0x0A] })
            }
        }
        let after = isDry ? try merge.outlook() : try DatasetArguments.open(target.paths, console) { _ in }
        merge.show(after, arguments, console)
    }

    /// The set as it would be, read from a copy.
    private func outlook() throws(StoreError) -> DatasetFiles {
        var bytes: [UInt8] = []
        var changed: [Int: [UInt8]] = [:]
        for change in changes { if let number = change.row.number { changed[number] = change.bytes } }
        try set.forEachRow { row in
            bytes += row.number.flatMap { changed[$0] } ?? row.bytes
            bytes.append(0x0A)
        }
        for row in added { bytes += row.bytes + [0x0A] }
        let path = try InputFile.temporary(bytes)
        defer { InputFile.remove(path) }
        return try DatasetFiles(sources: [DatasetFiles.Source(path: path, name: name)]) { _, _ in }
    }

    private init(sheet: SheetReader, set: DatasetFiles, name: String) {
        self.sheet = sheet
        self.set = set
        self.name = name
    }

    // MARK: A row

    private mutating func take(_ row: SheetReader.Row, _ provenance: ProvenanceFlags) throws {
        guard let id = id(of: row) else { return }
        if let line = seen[id] {
            return tell(
                row.line, "the id '\(Sluice.printable(id))' is also that of line \(line)",
                mend: "keep one of the two")
        }
        seen[id] = row.line
        if let place = places[XXHash.xxh3(id)], try set.example(Int(place)).id == id {
            return try change(Int(place), row, id)
        }
        if let place = retired[id] {
            if try isSame(row, asRetired: place, id) {
                sameRetired += 1
                return
            }
            return tell(
                row.line, "'\(Sluice.printable(id))' is retired, and ids are never used again",
                mend: "give the new example an id of its own")
        }
        let bytes = RowEdit.spaced(.object(row.object))
        guard let example = check(bytes, row.line) else { return }
        added.append((provenance.complete(bytes, example), id))
    }

    /// The id that a row names, else the one that its content makes; nil where the row is bad, which was told.
    private mutating func id(of row: SheetReader.Row) -> String? {
        for member in row.object.members where DatasetField(column: member.key) == .id {
            switch member.value {
            case .string(let text): return text
            case .integer(let number): return String(number)
            default: continue
            }
        }
        return check(RowEdit.spaced(.object(row.object)), row.line)?.id
    }

    private mutating func change(_ number: Int, _ row: SheetReader.Row, _ id: String) throws {
        let raw = try set.row(number)
        guard case .object(let object)? = try? JSONValue.parse(raw.bytes) else { return }
        var edits = self.edits(of: object, by: row)
        guard !edits.isEmpty else {
            same += 1
            return
        }
        let fields = edits.map(\.key)
        // Once it is edited, the id that its content made is its own.
        if !object.members.contains(where: { DatasetField(column: $0.key) == .id && !$0.value.isNull }) {
            edits.append((DatasetField.id.rawValue, .string(id)))
        }
        guard let bytes = RowEdit.setting(edits, in: raw.bytes), let example = check(bytes, row.line) else {
            return
        }
        if isSame(example, try set.example(number), fields) {
            same += 1
            return
        }
        changes.append((raw, bytes, id, fields))
    }

    /// Whether a row is a retired one as it stands in the set; one that does not say that it is retired would be a
    /// new example with an old id.
    private mutating func isSame(
        _ row: SheetReader.Row, asRetired place: Int, _ id: String
    ) throws -> Bool {
        let saysSo = row.object.members.contains {
            DatasetField(column: $0.key) == .retired && !$0.value.isNull
        }
        let raw = try set.retiredRow(place)
        guard saysSo, case .object(let object)? = try? JSONValue.parse(raw.bytes) else { return false }
        let edits = self.edits(of: object, by: row)
        if edits.isEmpty { return true }
        guard let bytes = RowEdit.setting(edits, in: raw.bytes), let example = check(bytes, row.line),
            let before = try set.retiredExample(place)
        else { return false }
        return isSame(example, before, edits.map(\.key))
    }

    /// Whether edits of these members say in other words what stood there.
    private func isSame(_ example: Example, _ before: Example, _ fields: [String]) -> Bool {
        var before = before
        before.place = example.place
        return fields.allSatisfy { DatasetField(column: $0) != nil } && before == example
    }

    /// The members of a known row that the sheet's row would change.
    private func edits(
        of object: JSONObject, by row: SheetReader.Row
    ) -> [(key: String, value: JSONValue?)] {
        var edits: [(key: String, value: JSONValue?)] = []
        for column in sheet.columns where column.origin != .dropped && !column.key.isEmpty {
            if column.inner != nil || column.key == DatasetField.provenance.rawValue { continue }
            let key = key(for: column, in: object)
            let value = row.object[column.key]
            // A null says as little as an empty cell.
            if value == object[key] || (value == nil && object[key]?.isNull == true) { continue }
            if column.field == .id, object[key] == nil { continue }
            edits.append((key, value))
        }
        if let changed = provenance(object, row) { edits.append(changed) }
        return edits
    }

    /// The member of a row that a column stands for: of its very name, else the one that gives the same field.
    private func key(for column: SheetReader.Column, in object: JSONObject) -> String {
        if object[column.header] != nil, column.origin != .mapped { return column.header }
        if object[column.key] != nil { return column.key }
        guard let field = column.field, !field.isCollected else { return column.key }
        let isOwn = sheet.columns.map(\.header)
        let others = object.keys.filter { DatasetField(column: $0) == field && !isOwn.contains($0) }
        return others.count == 1 ? others[0] : column.key
    }

    /// What becomes of a row's provenance; nil where nothing does.
    private func provenance(
        _ object: JSONObject, _ row: SheetReader.Row
    ) -> (key: String, value: JSONValue?)? {
        let name = DatasetField.provenance.rawValue
        let inner = sheet.columns.compactMap(\.inner)
        let hasWhole = sheet.columns.contains { $0.key == name && $0.inner == nil && $0.origin != .dropped }
        guard hasWhole || !inner.isEmpty else { return nil }
        let (old, new) = (object[name], row.object[name])
        var made = JSONObject()
        switch (old, new) {
        case (.string?, nil) where !hasWhole: return nil
        case (.string(let source)?, .object?) where !hasWhole: made["source"] = .string(source)
        case (.object(let known)?, _):
            made = known
            for member in inner { made[member] = new?[member] }
            if hasWhole, new == nil || new?.stringValue != nil {
                // Members without a column of their own went with the cell.
                for key in known.keys where !inner.contains(key) { made[key] = nil }
            }
        default: break
        }
        if case .string? = new { return new == old ? nil : (name, new) }
        for member in new?.objectValue?.members ?? [] { made[member.key] = member.value }
        let value: JSONValue? = made.isEmpty && new == nil ? nil : .object(made)
        return value == old || (value == nil && old?.isNull == true) ? nil : (name, value)
    }

    /// The row as an example, by the reader that every command uses; nil where it is bad, which is told.
    private mutating func check(_ bytes: [UInt8], _ line: Int) -> Example? {
        let (examples, reader) = DatasetReader.read([(name, bytes)])
        for problem in reader.problems where problem.severity != .note {
            if problem.severity != .error, !told.insert(problem.cause).inserted { continue }
            problems.append(
                DatasetProblem(
                    problem.severity, problem.kind, at: SourcePlace(file: name, line: line), problem.cause,
                    mend: problem.mend))
        }
        if examples.isEmpty, reader.errorCount == 0 {
            // A retired row is no example, and sound.
            return bytes.withUnsafeBufferPointer { DatasetReader.example(row: $0, file: name, line: line) }
        }
        return examples.first
    }

    private mutating func tell(_ line: Int, _ cause: String, mend: String) {
        problems.append(DatasetProblem(at: SourcePlace(file: name, line: line), cause, mend: mend))
    }

    // MARK: Words

    private func show(
        _ after: DatasetFiles, _ arguments: Arguments, _ console: Console
    ) {
        let isDry = arguments.has("dry-run")
        let absent = set.count - changes.count - same
        if arguments.has("json") {
            let value: JSONValue = [
                "format": "sluice.dataset-import/1", "written": .bool(!isDry),
                "changed": .array(
                    changes.map { change in
                        ["id": .string(change.id), "members": .array(change.fields.map { .string($0) })]
                    }),
                "added": .array(added.map { .string($0.id) }),
                "unchanged": .integer(Int64(same + sameRetired)),
                "not_in_sheet": .integer(Int64(absent)), "before": .object(SetFacts.json(set)),
                "after": .object(SetFacts.json(after)),
            ]
            return console.out(String(decoding: value.bytes(pretty: true), as: UTF8.self) + "\n")
        }
        for change in changes.prefix(20) {
            console.out(Sluice.printable("~ \(change.id)  \(change.fields.joined(separator: ", "))") + "\n")
        }
        if changes.count > 20 { console.out("and \(changes.count - 20) more\n") }
        for row in added.prefix(20) { console.out(Sluice.printable("+ \(row.id)") + "\n") }
        if added.count > 20 { console.out("and \(added.count - 20) more\n") }
        let did = isDry ? "would be " : ""
        var words =
            "\(changes.count) \(did)changed, \(added.count) \(did)added, \(same + sameRetired) as they were"
        if absent > 0 { words += "; \(absent) of the set are not in the sheet, and stay" }
        console.out(words + "\n" + SetFacts.words(set, after))
    }
}
