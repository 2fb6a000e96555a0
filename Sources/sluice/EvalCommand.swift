import Digest
import Domain
import Gating
import Glibc
import Interchange
import Ledger
import Metrics
import Notation
import Policy
import Replay
import Reporting
import Storage
import Synchronization
import Targets

/// `sluice eval`: the golden gate.
enum EvalCommand {
    static let command = Command(
        name: "eval", summary: "ask the app over the data set and say SHIP, BLOCK or CANNOT TELL",
        usage: ["[options]"],
        flags: [
            PolicyFile.flag
        ] + PolicyDoor.flags + [
            Flag(
                name: "change", short: "c", value: "KIND", repeats: true,
                summary: "what changed: " + ChangeKind.allCases.map(\.rawValue).joined(separator: ", ")),
            Flag(
                name: "title", short: "t", value: "TEXT",
                summary: "words for the change: \"prompt v14 → v15\""),
            Flag(name: "diff", value: "FILE", summary: "the change itself, from 'git diff'; - reads stdin"),
            Flag(name: "baseline", value: "URL", summary: "the baseline's address, in place of the policy's"),
            Flag(name: "without-baseline", summary: "ask the candidate alone (for a first run to bless)"),
            Flag(
                name: "candidate", value: "URL", summary: "the candidate's address, in place of the policy's"),
            Flag(
                name: "dataset", short: "d", value: "PATH", repeats: true,
                summary: "data set, in place of the policy's"),
            Flag(
                name: "frozen", value: "TAG",
                summary: "the frozen set that the data set must be; one that was edited is refused"),
            Flag(
                name: "repeat", short: "r", value: "N",
                summary: "ask each example N times (its own repeats win)"),
            Flag(name: "seed", value: "N", summary: "seed of every resampling (default: the policy's)"),
            Flag(name: "concurrency", value: "N", summary: "requests in flight, in place of the policy's"),
            Flag(name: "no-retry", summary: "make one attempt only"),
            Flag(name: "no-cache", summary: "ask for everything anew"),
            Flag(
                name: "cache-age", value: "TIME",
                summary: "use cached answers up to this age, such as 6h (default: the policy's, 24h)"),
            Flag(
                name: "resume", value: "RUN",
                summary: "finish a run that was stopped; what is answered is not asked again"),
            Flag(
                name: "rescore", value: "RUN",
                summary: "judge a run's recorded answers by today's policy, asking nothing"),
            Flag(
                name: "reproduce", value: "RUN",
                summary: "score a run again from its record and say whether the report's bytes agree"),
            Flag(
                name: "html", value: "FILE",
                summary: "write the HTML report there too (it always lies beside the run)"),
            Flag(name: "markdown", value: "FILE", summary: "write a pull-request comment"),
            Flag(name: "junit", value: "FILE", summary: "write JUnit XML"),
            Flag(name: "json", summary: "print the report as JSON on stdout"),
            Flag(name: "store", value: "FOLDER", summary: "where runs are kept (default: .sluice)"),
            Flag(name: "quiet", short: "q", summary: "no progress"),
        ],
        statuses: ExitStatus.verdicts + ExitStatus.failures,
        details: """
            Asks baseline and candidate each example of the data set, scores the answers by the policy's metrics,
            and holds the scores against the policy's gates. Every answer is on disk before it is scored.
            """,
        examples: [
            "sluice eval --change prompt --title \"prompt v14 → v15\"",
            "sluice eval --change retriever --markdown comment.md --junit sluice.xml",
            "sluice eval --policy-from origin/main --author mallory --markdown comment.md",
            "sluice eval --resume r-20261120-050921-4f2a",
        ],
        run: run)

    @Sendable
    static func run(_ arguments: Arguments, _ console: Console) async -> Int32 {
        do {
            let session = try EvalSession(arguments, console)
            return try await session.run()
        } catch {
            return report(error, arguments, console)
        }
    }

    /// The one place that turns what went wrong into words and a status.
    static func report(
        _ error: any Error, _ arguments: Arguments, _ console: Console, command: String = "eval"
    ) -> Int32 {
        switch error {
        case let shown as PolicyFile.Shown: return shown.status
        case let problem as Arguments.Problem:
            let hint = problem.hint.map { "; " + $0 } ?? ""
            console.error(
                "sluice \(command): \(Sluice.printable(problem.message))\(hint)\nsee 'sluice \(command) --help'"
            )
            return ExitStatus.usage
        case let problem as TargetProblem:
            console.error("\(PolicyFile.path(arguments)): error: \(problem.description)")
            return ExitStatus.badInput
        case let problem as MetricProblem:
            let hint = problem.suggestion.map { "; did you mean '\($0)'?" } ?? ""
            console.error("\(PolicyFile.path(arguments)): error: \(problem.message)\(hint)")
            return ExitStatus.badInput
        case let problem as ModelChecks.Problem:
            console.error(Sluice.printable(problem.description))
            return ExitStatus.badInput
        case let problem as EmbeddingProblem:
            console.error("\(PolicyFile.path(arguments)): error: \(problem.description)")
            return ExitStatus.badInput
        case let problem as StoreError:
            console.error("sluice: \(problem.description)")
            if problem.kind == .full, ["eval", "sweep"].contains(command), DirectoryEvidence.hasKept {
                console.error("what was asked so far is kept: run again with --resume")
            }
            switch problem.kind {
            case .missing, .damaged: return ExitStatus.badInput
            case .unavailable, .full, .denied, .busy: return ExitStatus.couldNotMeasure
            }
        default:
            console.error("sluice: \(error)")
            return ExitStatus.internalError
        }
    }
}
