import Digest
import Domain
import Interchange
import Notation
import Policy
import Storage

/// `sluice validate`: the policy and its data set, without asking the app.
enum ValidateCommand {
    static let command = Command(
        name: "validate",
        summary: "check a policy, its files, its data set and its blessed baseline; asks nothing",
        usage: ["[options]"],
        flags: [
            PolicyFile.flag,
            Flag(name: "no-dataset", summary: "leave the data set unread"),
            Flag(name: "json", summary: "as JSON"),
        ],
        statuses: [ExitStatus.ok] + ExitStatus.failures, examples: ["sluice validate --policy sluice.yaml"],
        run: run)

    @Sendable
    static func run(_ arguments: Arguments, _ console: Console) async -> Int32 {
        do throws(any Error) {
            let file = try PolicyFile.load(PolicyFile.path(arguments), console: console)
            let policy = file.policy
            var facts = JSONObject()
            facts["format"] = "sluice.validation/1"
            facts["policy"] = .string(file.path)
            facts["gates"] = .integer(Int64(policy.gates.count))
            facts["metrics"] = .integer(Int64(policy.metrics.count))
            var lines = ["\(file.path): \(policy.gates.count) gates over \(policy.metrics.count) metrics"]
            var set: DatasetFiles?
            if !arguments.has("no-dataset"), !policy.datasets.isEmpty {
                let read = try InputProblems.dataset(
                    policy.datasets.map { PolicyFile.resolve($0, file.folder) }, console)
                let files = read.paths.count == 1 ? "1 file" : "\(read.paths.count) files"
                lines.append("data set: \(read.count) examples in \(files), \(read.digest)")
                facts["dataset"] = [
                    "examples": .integer(Int64(read.count)), "files": .array(read.paths.map { .string($0) }),
                    "digest": .string(read.digest.description), "columns": .array(read.columns.map(json)),
                ]
                lines += table(read)
                let rules = policy.gates + ChangeKind.allCases.flatMap { policy.gatesByChange[$0] ?? [] }
                try DatasetChecks(policy, rules: rules, path: file.path, read).show(console)
                if let tag = policy.frozen {
                    try FrozenCheck.check(
                        read, tag: tag, FrozenSets(folder: file.folder + "frozen"),
                        scratch: ".sluice/scratch",
                        console)
                    lines.append("frozen: \(tag)")
                    facts["frozen"] = .string(tag)
                }
                set = read
            }
            if let name = policy.app.blessedBaseline {
                let baseline = try EvalArms.baselines(file).load(name)
                lines.append(
                    Sluice.printable(
                        "baseline: \(name), blessed \(baseline.blessing.blessedAt) by \(baseline.blessing.who)"
                    ))
                facts["baseline"] = .string(name)
                if let set,
                    let warning = baseline.datasetWarning(digest: set.digest.description, count: set.count)
                {
                    console.error("warning: " + warning)
                }
            }
            if arguments.has("json") {
                console.out(
                    String(decoding: JSONValue.object(facts).bytes(pretty: true), as: UTF8.self) + "\n")
            } else {
                console.out(lines.joined(separator: "\n") + "\n")
            }
            return 0
        } catch {
            return EvalCommand.report(error, arguments, console, command: "validate")
        }
    }

    /// How each column was understood, and on how many rows: `query ← question  40/40`.
    private static func table(_ set: DatasetFiles) -> [String] {
        let shown = set.columns.prefix(60)
        let names = shown.map { column in
            let name = Sluice.printable(column.name)
            guard let field = column.field else {
                return (column.isSlice ? "slice: " : "left out, holds objects: ") + name
            }
            return field.rawValue == column.name ? name : "\(field.rawValue) ← \(name)"
        }
        let width = min(60, names.map(\.count).max() ?? 0)
        var lines = zip(names, shown).map { name, column in
            let padding = String(repeating: " ", count: max(0, width - name.count))
            return "  \(name)\(padding)  \(column.rows)/\(set.count)"
        }
        if set.columns.count > shown.count { lines.append("  and \(set.columns.count - shown.count) more") }
        return lines
    }

    private static func json(_ column: DatasetColumn) -> JSONValue {
        [
            "name": .string(column.name), "field": column.field.map { .string($0.rawValue) } ?? .null,
            "slice": .bool(column.isSlice), "rows": .integer(Int64(column.rows)),
        ]
    }
}
