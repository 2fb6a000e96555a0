import Curation
import Storage

/// `sluice dataset lint`: what is wrong with a data set, before a verdict hangs on it.
enum DatasetLintCommand {
    static let command = Command(
        name: "dataset lint", summary: "what is wrong with a data set, before a verdict hangs on it",
        usage: ["[options] [PATH…]"],
        flags: [PolicyFile.flag, Flag(name: "json", summary: "as JSON")],
        positionals: 0...1000, statuses: [ExitStatus.ok] + ExitStatus.failures,
        examples: ["sluice dataset lint --policy examples/helpdesk/sluice.yaml"], run: run)

    @Sendable
    static func run(_ arguments: Arguments, _ console: Console) async -> Int32 {
        do {
            let policy = try DatasetArguments.policy(arguments, console)
            let paths = try DatasetArguments.paths(arguments, policy: policy)
            _ = try InputProblems.dataset(paths, console)
            return 0
        } catch {
            return EvalCommand.report(error, arguments, console, command: "dataset lint")
        }
    }
}
