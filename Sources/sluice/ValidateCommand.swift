import Domain
import Interchange
import Policy
import Storage

/// `sluice validate`: the policy and its data set, without asking the app.
enum ValidateCommand {
    static let command = Command(
        name: "validate", summary: "check a policy, its files and its data set; asks nothing",
        usage: ["[options]"],
        flags: [
            PolicyFile.flag,
            Flag(name: "no-dataset", summary: "leave the data set unread"),
        ],
        statuses: [ExitStatus.ok] + ExitStatus.failures, examples: ["sluice validate --policy sluice.yaml"],
        run: run)

    @Sendable
    static func run(_ arguments: Arguments, _ console: Console) async -> Int32 {
        do {
            let file = try PolicyFile.load(PolicyFile.path(arguments), console: console)
            let policy = file.policy
            var lines = ["\(file.path): \(policy.gates.count) gates over \(policy.metrics.count) metrics"]
            if !arguments.has("no-dataset"), !policy.datasets.isEmpty {
                let set = try InputProblems.dataset(
                    policy.datasets.map { PolicyFile.resolve($0, file.folder) }, console)
                lines.append("data set: \(set.count) examples in \(set.paths.count) files, \(set.digest)")
            }
            console.out(lines.joined(separator: "\n") + "\n")
            return 0
        } catch {
            return EvalCommand.report(error, arguments, console)
        }
    }
}
