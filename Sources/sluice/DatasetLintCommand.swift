import Curation
import Domain
import Interchange
import Notation
import Reporting
import Storage

/// `sluice dataset lint`: what is wrong with a data set, before a verdict hangs on it.
enum DatasetLintCommand {
    static let command = Command(
        name: "dataset lint", summary: "what is wrong with a data set, before a verdict hangs on it",
        usage: ["[options] [PATH…]"],
        flags: [
            PolicyFile.flag, Flag(name: "strict", summary: "warnings count as errors do"),
            Flag(
                name: "prompts", value: "FILE", repeats: true,
                summary: "few-shot prompts of the app: golden cases that stand in them are errors"),
            Flag(
                name: "chunks", value: "FILE",
                summary:
                    "the index's chunks, JSON Lines of id, text, source, page: gold that is in none is an error"
            ),
            Flag(
                name: "retired-docs", value: "FILE", summary: "ids of retired documents, a line each"),
            Flag(
                name: "model", value: "NAME", repeats: true,
                summary: "a model that the app uses: labels made by its family are errors"),
            Flag(
                name: "today", value: "DATE",
                summary: "the day that ages are counted to (default: today, UTC)"),
            Flag(name: "all", summary: "every finding, and not the first few of each kind"),
            Flag(name: "json", summary: "as JSON"),
        ],
        positionals: 0...10_000,
        statuses: [
            Command.Status(code: 0, meaning: "no error (with --strict: no warning either)"),
            Command.Status(
                code: ExitStatus.badInput,
                meaning: "errors were found (with --strict: warnings too), or an input is bad"),
        ] + ExitStatus.failures.filter { $0.code != ExitStatus.badInput },
        details: """
            Rows that cannot be read, duplicates and near-duplicates, contradictions, examples that nothing can fail,
            untyped phrases, kinds of case and score bands that are missing, gates without the examples they need,
            stale examples, missing provenance, labels made by the system under test. With a policy its gates,
            slices and 'upkeep' are gone by. docs/dataset.md has every code.
            """,
        examples: [
            "sluice dataset lint examples/helpdesk/golden",
            "sluice dataset lint --policy sluice.yaml --strict --prompts prompts/system.txt",
            "sluice dataset lint golden/ --chunks index.jsonl --retired-docs retired.txt --json",
        ],
        run: run)

    @Sendable
    static func run(_ arguments: Arguments, _ console: Console) async -> Int32 {
        do {
            let policy = try DatasetArguments.policy(arguments, console)
            let paths = try DatasetArguments.paths(arguments, policy: policy)
            let options = try LintInputs.options(arguments, policy, console)
            var lint = DatasetLint(options)
            let files = try DatasetArguments.open(paths, console) { lint.note($0) }
            if let path = arguments.value("chunks") {
                try LintInputs.chunks(path, console) { lint.take($0) }
            }
            let name = paths.count == 1 ? paths[0] : files.paths.first ?? "data set"
            let report = try lint.finish(
                name: name, examples: files, problems: files.problems, further: files.furtherProblems,
                furtherErrors: files.furtherErrors)
            let isStrict = arguments.has("strict")
            if arguments.has("json") {
                let facts = DatasetArguments.facts(files)
                let value = LintJSON.value(report, strict: isStrict, dataset: facts)
                console.out(String(decoding: value.bytes(pretty: true), as: UTF8.self) + "\n")
            } else {
                console.out(
                    LintText.render(
                        report, title: DatasetArguments.title(paths, files), strict: isStrict,
                        most: arguments.has("all") ? .max : 5, width: console.width,
                        colour: console.hasColour))
            }
            return report.isClean(strict: isStrict) ? 0 : ExitStatus.badInput
        } catch {
            return EvalCommand.report(error, arguments, console, command: "dataset lint")
        }
    }
}
