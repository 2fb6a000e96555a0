import Curation
import Domain
import Interchange
import Notation
import Reporting
import Storage

/// `sluice dataset stats`: what a data set holds, and what it can show.
enum DatasetStatsCommand {
    static let command = Command(
        name: "dataset stats", summary: "what a data set holds, slice by slice, and what it can show",
        usage: ["[options] [PATH…]"],
        flags: [
            PolicyFile.flag,
            Flag(
                name: "today", value: "DATE",
                summary: "the day that ages are counted to (default: today, UTC)"),
            Flag(name: "all", summary: "every value of every slice"), Flag(name: "json", summary: "as JSON"),
        ],
        positionals: 0...10_000, statuses: [ExitStatus.ok] + ExitStatus.failures,
        details: """
            Counts by every slice, category, tag, band, guardrail and turn; what is expected and on how many rows;
            lengths, provenance, ages. 'distinct' counts nearly equal inputs once. The smallest drop is that of a pass rate which they find in four of five tries, at a level of 5 %,
            where one result in ten changes, or as many as the drop takes.
            """,
        examples: ["sluice dataset stats examples/helpdesk/golden", "sluice dataset stats golden/ --json"],
        run: run)

    @Sendable
    static func run(_ arguments: Arguments, _ console: Console) async -> Int32 {
        do {
            let policy = try DatasetArguments.policy(arguments, console)
            let paths = try DatasetArguments.paths(arguments, policy: policy)
            let upkeep = policy?.policy.upkeep ?? Upkeep()
            var reader = StatisticsReader(
                today: try DatasetArguments.today(arguments), slices: policy?.policy.slices ?? [],
                inputColumns: policy.map { LintInputs.sentColumns($0.policy) } ?? [],
                similarity: upkeep.similarity)
            let files = try DatasetArguments.open(paths, console) { reader.note($0) }
            for problem in files.problems where problem.severity == .error {
                console.error(problem.description)
            }
            let isWhole = !files.problems.contains { $0.severity == .error }
            guard files.count > 0 else { return ExitStatus.badInput }
            let found = try reader.finish(files)
            if arguments.has("json") {
                let value = StatisticsJSON.value(found, dataset: DatasetArguments.facts(files))
                console.out(String(decoding: value.bytes(pretty: true), as: UTF8.self) + "\n")
            } else {
                console.out(
                    StatisticsText.render(
                        found, title: DatasetArguments.title(paths, files),
                        most: arguments.has("all") ? .max : 12, width: console.width,
                        colour: console.hasColour))
            }
            // What could not be read is not among the numbers.
            return isWhole ? 0 : ExitStatus.badInput
        } catch {
            return EvalCommand.report(error, arguments, console, command: "dataset stats")
        }
    }
}
