import Adoption
import Domain
import Policy
import Storage
import Targets

/// `sluice init`: a first policy and data set from what an app answers.
enum InitCommand {
    static let command = Command(
        name: "init", summary: "ask your app once or twice, and write a first policy and golden file for it",
        usage: ["URL [options]", "--command 'PROGRAM ARGUMENT…' [options]"],
        flags: [
            Flag(
                name: "header", short: "H", value: "'NAME: VALUE'", repeats: true,
                summary: "a header to send; secrets as ${env:NAME}, written as they stand"),
            Flag(
                name: "preset", value: "NAME",
                summary: Preset.all.map(\.name).joined(separator: ", ") + " (default: what the answers show)"),
            Flag(
                name: "inputs", short: "i", value: "FILE",
                summary: "your own questions: a line each, CSV, or JSON Lines (default: ten to begin with)"),
            Flag(
                name: "dataset", short: "d", value: "PATH",
                summary: "a golden set that you have; none is written"),
            Flag(name: "candidate", value: "URL", summary: "the changed version (default: the same app)"),
            Flag(name: "command", value: "LINE", summary: "an app that is a program speaking JSON lines"),
            Flag(
                name: "model", value: "NAME", summary: "the model to ask for, where the app wants one named"),
            Flag(
                name: "project", value: "NAME",
                summary: "what reports call the app (default: the folder's name)"),
            Flag(
                name: "policy", short: "p", value: "FILE",
                summary: "where the policy goes (default: sluice.yaml)"),
            Flag(name: "timeout", value: "TIME", summary: "how long one answer may take (default: 60s)"),
            Flag(name: "dry-run", summary: "print the policy, write nothing"),
            Flag(name: "force", summary: "replace files that stand there"),
            Flag(name: "yes", short: "y", summary: "ask nothing, take what is likeliest"),
            Flag(name: "json", summary: "what was found, as JSON"),
        ],
        positionals: 0...1,
        statuses: [
            ExitStatus.ok,
            Command.Status(
                code: ExitStatus.couldNotMeasure,
                meaning: "the app cannot be reached or understood; nothing is written"),
        ] + ExitStatus.failures,
        details: """
            Reads the app's OpenAPI document where it has one, tries the shapes of request in common use, and follows what
            refusals say is missing. Shows the answer that came back and where in it each part of an observation probably
            stands, chooses a preset, and writes sluice.yaml with comments and golden/starter.jsonl with questions alone:
            what a right answer is, people say. Only the address's own host is asked; each request carries
            X-Sluice-Replay: init, so that an app can refuse side effects. Both files are written or none.
            """,
        examples: [
            "sluice init http://127.0.0.1:8000/ask",
            "sluice init https://api.example.com/v1/chat/completions -H 'Authorization: Bearer ${env:API_KEY}'",
            "sluice init http://127.0.0.1:8000/ask --inputs questions.csv --preset rag",
            "sluice init --command 'sh examples/tiny/app.sh' --dry-run",
        ],
        run: run)

    @Sendable
    static func run(_ arguments: Arguments, _ console: Console) async -> Int32 {
        do {
            return try await InitSession(arguments, console).run()
        } catch let problem as SurveyProblem {
            console.error("sluice init: \(problem.description)\nnothing was written")
            return ExitStatus.couldNotMeasure
        } catch let problem as TargetProblem {
            console.error("sluice init: \(problem.description)\nnothing was written")
            return ExitStatus.badInput
        } catch {
            return EvalCommand.report(error, arguments, console, command: "init")
        }
    }
}
