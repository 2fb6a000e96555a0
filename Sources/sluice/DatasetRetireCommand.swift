import Curation
import Digest
import Domain
import Interchange
import Notation
import Storage
import Text

/// `sluice dataset retire`: examples that are asked no more, and why.
enum DatasetRetireCommand {
    static let command = Command(
        name: "dataset retire", summary: "ask examples no more; their rows, and the reason, stay",
        usage: ["ID… --why TEXT [options]"],
        flags: [
            Flag(
                name: "why", short: "w", value: "TEXT", summary: "why, in words that others can read later"),
            DatasetTarget.flags[0], DatasetTarget.personFlag,
            Flag(name: "today", value: "DATE", summary: "the day that is written down (default: today, UTC)"),
            Flag(name: "from", value: "FILE", summary: "further ids, a line each; - reads stdin"),
            Flag(name: "dry-run", summary: "check, and write nothing"), PolicyFile.flag,
            Flag(name: "json", summary: "as JSON"),
        ],
        positionals: 0...100_000, statuses: [ExitStatus.ok] + ExitStatus.failures + [ExitStatus.storeTrouble],
        details: """
            A retired row stays in its file, marked with who, when and why: "retired": {"why": …, "by": …, "on": …}.
            Evaluations, lint and digest leave it out, and its id is never another example's. All ids are found
            before anything is written; each file is replaced whole, every other row in it byte for byte.
            """,
        examples: [
            "sluice dataset retire GR-001 --why answered --dataset examples/helpdesk/golden --dry-run",
            "sluice dataset retire GD-042 GD-043 --why \"the tariff ended in May\"",
            "sluice dataset retire --from gone.txt --why \"the product is sold no more\" --dataset golden/",
        ],
        run: run)

    @Sendable
    static func run(_ arguments: Arguments, _ console: Console) async -> Int32 {
        do {
            guard let why = arguments.value("why"), !why.allSatisfy(\.isWhitespace) else {
                throw Arguments.Problem(
                    message: "say why, for those who look for the example later: --why \"…\"", hint: nil)
            }
            let ids = try ids(arguments, console)
            guard !ids.isEmpty else {
                throw Arguments.Problem(message: "name the examples to retire by their ids", hint: nil)
            }
            let who = try DatasetTarget.person(arguments)
            let day = try DatasetArguments.today(arguments).description
            let target = try DatasetTarget(arguments, console, makes: false)
            guard let known = target.files else { return ExitStatus.badInput }
            let isDry = arguments.has("dry-run")
            let edits = isDry ? nil : try SetEdits(files: known.paths)
            // Read once more, now that nobody else changes it.
            var wanted = Set(ids)
            var found: [(index: Int, id: String)] = []
            var number = 0
            let set = try DatasetArguments.open(known.paths, console) { example in
                if wanted.remove(example.id) != nil { found.append((number, example.id)) }
                number += 1
            }
            var already: [String] = []
            for row in set.retired where wanted.remove(row.id) != nil { already.append(row.id) }
            if !wanted.isEmpty { throw unknown(ids.filter { wanted.contains($0) }, set) }
            let mark: JSONValue = ["why": .string(why), "by": .string(who), "on": .string(day)]
            for (index, id) in found {
                let row = try set.row(index)
                guard let key = key(row.bytes),
                    let edited = RowEdit.setting([(key: key, value: mark)], in: row.bytes)
                else { throw StoreError(.damaged, "the row of '\(id)' cannot be marked") }
                edits?.replace(row, with: edited)
            }
            try edits?.write()
            let after = try DatasetArguments.open(known.paths, console) { _ in }
            show(found.map(\.id), already, set, after, arguments, console)
            return 0
        } catch {
            return EvalCommand.report(error, arguments, console, command: "dataset retire")
        }
    }

    /// The name under which a row has its mark already (`retired: false`), else the usual.
    private static func key(_ row: [UInt8]) -> String? {
        guard case .object(let object)? = try? JSONValue.parse(row) else { return nil }
        return object.keys.last { DatasetField(column: $0) == .retired } ?? DatasetField.retired.rawValue
    }

    private static func ids(_ arguments: Arguments, _ console: Console) throws -> [String] {
        var ids = arguments.positionals
        if let path = arguments.value("from") {
            let bytes = try UserInput.read(path, console, command: "dataset retire")
            for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) {
                let word = line.drop { $0 == " " || $0 == "\t" }
                guard let end = word.lastIndex(where: { $0 != " " && $0 != "\t" }), word.first != "#" else {
                    continue
                }
                ids.append(String(word[...end]))
            }
        }
        var seen = Set<String>()
        return ids.filter { seen.insert($0).inserted }
    }

    private static func unknown(_ ids: [String], _ set: DatasetFiles) -> StoreError {
        var known: [String] = []
        for index in 0..<min(set.count, 20_000) {
            if let id = try? set.example(index).id { known.append(id) }
        }
        let words = ids.prefix(5).map { id in
            let hint = nearest(id, in: known).map { " (did you mean '\($0)'?)" } ?? ""
            return "'\(Sluice.printable(id))'\(hint)"
        }
        let more = ids.count > 5 ? " and \(ids.count - 5) more" : ""
        return StoreError(
            .missing,
            "the data set has no example " + words.joined(separator: ", ") + more + "; nothing was retired")
    }

    private static func show(
        _ ids: [String], _ already: [String], _ before: DatasetFiles, _ after: DatasetFiles,
        _ arguments: Arguments, _ console: Console
    ) {
        if arguments.has("json") {
            let value: JSONValue = [
                "format": "sluice.dataset-retire/1", "written": .bool(!arguments.has("dry-run")),
                "retired": .array(ids.map { .string($0) }),
                "already": .array(already.map { .string($0) }),
                "before": .object(SetFacts.json(before)), "after": .object(SetFacts.json(after)),
            ]
            return console.out(String(decoding: value.bytes(pretty: true), as: UTF8.self) + "\n")
        }
        for id in already { console.error("note: '\(id)' was retired before; its reason stays") }
        let did = arguments.has("dry-run") ? "would retire" : "retired"
        let words = ids.count == 1 ? "\(did) \(ids[0])" : "\(did) \(ids.count) examples"
        console.out(Sluice.printable(words) + "\n" + SetFacts.words(before, after))
    }
}
