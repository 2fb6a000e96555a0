import Digest
import Domain
import Interchange
import Notation
import Policy
import Reporting
import Storage
import Text

/// `sluice validate`: the policy and its data set, without asking the app.
enum ValidateCommand {
    static let command = Command(
        name: "validate",
        summary: "check a policy, its files, its data set and its blessed baseline; asks nothing",
        usage: ["[options]"],
        flags: [
            PolicyFile.flag
        ] + PolicyDoor.flags + [
            Flag(name: "no-dataset", summary: "leave the data set unread"),
            Flag(name: "json", summary: "as JSON"),
        ],
        statuses: [
            ExitStatus.ok,
            Command.Status(
                code: ExitStatus.block, meaning: "the change loosens its policy, and nobody has approved it"),
        ] + ExitStatus.failures,
        examples: [
            "sluice validate --policy sluice.yaml",
            "sluice validate --policy-from origin/main --author mallory",
        ],
        run: run)

    @Sendable
    static func run(_ arguments: Arguments, _ console: Console) async -> Int32 {
        do throws(any Error) {
            let door = try PolicyDoor.open(arguments, console: console)
            let file = door.file
            let policy = file.policy
            var facts = JSONObject()
            facts["format"] = "sluice.validation/1"
            facts["trust"] = door.trust.map(TrustCodec.json) ?? .null
            if let trust = door.trust, trust.isRefused { return refused(trust, facts, arguments, console) }
            facts["policy"] = .string(file.path)
            facts["gates"] = .integer(Int64(policy.gates.count))
            facts["metrics"] = .integer(Int64(policy.metrics.count))
            var lines = [
                "\(file.path): \(Prose.counted(policy.gates.count, "gate")) over "
                    + Prose.counted(policy.metrics.count, "metric")
            ]
            let schemas = [policy.contract?.schema].compactMap { $0 } + policy.journeys.flatMap(\.schemaFiles)
            for name in schemas {
                for hint in try SchemaFiles.compile(name, file).hints {
                    console.error(
                        Sluice.printable(
                            "\(PolicyFile.resolve(name, file.folder)): warning: \(hint.description)"))
                }
            }
            let unready = ModelChecks.problems(file, door.allowance)
            for problem in unready { console.error(Sluice.printable(problem.description)) }
            if !unready.isEmpty { facts["problems"] = .array(unready.map { .string($0.description) }) }
            if policy.contract != nil { facts["contract"] = true }
            if !policy.journeys.isEmpty {
                facts["journeys"] = .array(policy.journeys.map { .string($0.name) })
                lines.append(
                    Sluice.printable("journeys: " + policy.journeys.map(\.name).joined(separator: ", ")))
            }
            var set: DatasetFiles?
            if !arguments.has("no-dataset"), !policy.datasets.isEmpty {
                let read = try InputProblems.dataset(
                    policy.datasets.map { PolicyFile.resolve($0, file.folder) }, console)
                let files = read.paths.count == 1 ? "1 file" : "\(read.paths.count) files"
                lines.append("data set: \(Prose.counted(read.count, "example")) in \(files), \(read.digest)")
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
            if let trust = door.trust { lines += TrustWords.lines(trust).map(Sluice.printable) }
            overdue(policy, console)
            if arguments.has("json") {
                console.out(
                    String(decoding: JSONValue.object(facts).bytes(pretty: true), as: UTF8.self) + "\n")
            } else {
                console.out(lines.joined(separator: "\n") + "\n")
            }
            return unready.isEmpty ? 0 : ExitStatus.badInput
        } catch {
            return EvalCommand.report(error, arguments, console, command: "validate")
        }
    }

    private static func refused(
        _ trust: TrustReport, _ facts: JSONObject, _ arguments: Arguments, _ console: Console
    ) -> Int32 {
        if arguments.has("json") {
            console.out(String(decoding: JSONValue.object(facts).bytes(pretty: true), as: UTF8.self) + "\n")
        } else {
            console.out(TrustWords.lines(trust).map(Sluice.printable).joined(separator: "\n") + "\n")
        }
        return ExitStatus.block
    }

    /// Waivers that are over, and thresholds whose review is.
    private static func overdue(_ policy: ReleasePolicy, _ console: Console) {
        guard let today = Day(MachineFacts.now().text) else { return }
        for waiver in policy.waivers where waiver.isOver(on: today) {
            console.error(
                "warning: \(PolicyFile.place(waiver.place)): the waiver of \(waiver.gate) (\(waiver.owner)) ended on "
                    + "\(waiver.until) and does not count")
        }
        for gate in policy.gates + ChangeKind.allCases.flatMap({ policy.gatesByChange[$0] ?? [] }) {
            guard let review = gate.review, review < today else { continue }
            let owner = gate.owner.map { " by \($0)" } ?? ""
            console.error(
                "warning: \(PolicyFile.place(gate.place)): \(gate.text) was to be reviewed\(owner) by \(review)"
            )
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
