import Policy

/// `sluice policy`: the policy's keys and the forms of its rules, as documentation.
enum RulesCommand {
    static let command = Command(
        name: "policy", summary: "explain a policy's keys and the forms that gates may take",
        usage: ["[options]"],
        flags: [
            Flag(name: "forms", summary: "only the forms of a rule"),
            Flag(
                name: "preset", value: "NAME",
                summary: "print a preset: its metrics, gates, and where each comes from"),
        ],
        statuses: [ExitStatus.ok] + ExitStatus.failures,
        examples: ["sluice policy --forms", "sluice policy --preset rag"], run: run)

    @Sendable
    static func run(_ arguments: Arguments, _ console: Console) async -> Int32 {
        if let name = arguments.value("preset") {
            guard let preset = Preset.all.first(where: { $0.name == name }) else {
                let known = Preset.all.map(\.name).joined(separator: ", ")
                console.error(
                    "sluice policy: there is no preset '\(Sluice.printable(name))'; there are \(known)")
                return ExitStatus.usage
            }
            console.out(
                "\(preset.name): \(preset.summary)\n\nmetrics  \(preset.metrics.joined(separator: ", "))\n\ngates\n"
            )
            for gate in preset.gates { console.out("  - \(gate.rule)\n      \(gate.source)\n") }
            return 0
        }
        if arguments.has("forms") {
            for entry in GateFormEntry.all {
                console.out("\(entry.pattern)\n    \(entry.summary)\n")
                for example in entry.examples { console.out("    - \(example)\n") }
            }
            return 0
        }
        console.out(PolicyReference.markdown())
        return 0
    }
}
