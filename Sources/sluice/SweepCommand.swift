import Domain
import Policy
import Replay
import Reporting
import Storage
import Sweeping

/// `sluice sweep`: many variants of the app over one data set.
enum SweepCommand {
    static let command = Command(
        name: "sweep",
        summary: "compare many variants of the app over one data set: table, frontier, what is proven",
        usage: ["[options]"],
        flags: [
            PolicyFile.flag,
            Flag(
                name: "vary", value: "NAME=V1,V2", repeats: true,
                summary: "a parameter and its values, on top of the policy's 'sweep'"),
            Flag(
                name: "variant", value: "NAME:P=V,P=V", repeats: true,
                summary: "a variant of several parameters, with a name"),
        ] + PolicyDoor.flags + [
            Flag(name: "apart", summary: "vary one parameter at a time (default: all combinations)"),
            Flag(
                name: "only", value: "NAMES", repeats: true,
                summary: "take these variants of all, parted by commas"),
            Flag(
                name: "reference", value: "NAME",
                summary: "hold the others against this variant (default: the app as the policy has it)"),
            Flag(
                name: "axes", value: "METRICS",
                summary: "axes of the frontier, parted by commas: recall@3,cost,latency.p95"),
            Flag(
                name: "metrics", value: "METRICS",
                summary: "further metrics on which differences are claimed"),
            Flag(
                name: "candidate", value: "URL",
                summary: "the app's address, in place of the policy's candidate"),
            Flag(
                name: "dataset", short: "d", value: "PATH", repeats: true,
                summary: "data set, in place of the policy's"),
            Flag(name: "title", short: "t", value: "TEXT", summary: "words for what is compared"),
            Flag(
                name: "repeat", short: "r", value: "N",
                summary: "ask each example N times (its own repeats win)"),
            Flag(name: "seed", value: "N", summary: "seed of every resampling (default: the policy's)"),
            Flag(name: "concurrency", value: "N", summary: "requests in flight, in place of the policy's"),
            Flag(name: "no-retry", summary: "make one attempt only"),
            Flag(name: "cache", summary: "take answers from the cache, whatever the policy says"),
            Flag(name: "no-cache", summary: "ask for everything anew"),
            Flag(
                name: "plan",
                summary: "ask nothing: say which variants there are and how many calls they take"),
            Flag(name: "max-calls", value: "N", summary: "stop before more calls than these"),
            Flag(
                name: "resume", value: "SWEEP",
                summary: "finish a sweep that was stopped; what is answered is not asked again"),
            Flag(
                name: "from", value: "SWEEP",
                summary: "analyse a finished sweep's answers again, asking nothing"),
            Flag(
                name: "pick", value: "VARIANT",
                summary: "record the choice of a variant, of --from or the newest finished sweep"),
            Flag(name: "why", short: "w", value: "TEXT", summary: "pick: why this one"),
            Flag(
                name: "as", value: "PERSON",
                summary: "pick: who says so (default: git's user.name, else the login)"),
            Flag(name: "all", summary: "show every metric, not only those that are claimed"),
            Flag(
                name: "html", value: "FILE",
                summary: "write the page there too (it always lies beside the sweep)"),
            Flag(name: "markdown", value: "FILE", summary: "write the tables as Markdown"),
            Flag(name: "json", summary: "print the report as JSON on stdout"),
            Flag(name: "store", value: "FOLDER", summary: "where sweeps are kept (default: .sluice)"),
            Flag(name: "quiet", short: "q", summary: "no progress"),
        ],
        statuses: [
            Command.Status(code: 0, meaning: "done; what was found is printed"),
            Command.Status(
                code: ExitStatus.couldNotMeasure,
                meaning:
                    "a variant, or all, could not be measured, or --max-calls does not suffice; what was is printed"
            ),
            Command.Status(
                code: ExitStatus.stopped, meaning: "stopped by Ctrl-C; the message says how to resume"),
        ] + ExitStatus.failures,
        details: """
            Lays each variant's parameters over the app as the policy has it, asks all of them each example of the \
            data set, one after the other, and holds them against the reference, paired by example. A parameter is a \
            member of the request's body, unless its name (or the policy's sweep.parameters) says otherwise: \
            '/options/top_k', 'header X-Mode', 'env NAME' of a command, 'url'.

            Claims of a difference share one error rate over variants and claimed metrics (Holm). A variant is surely \
            dominated only where the paired differences prove it. --pick writes the decision with its evidence to \
            decisions/ beside the policy.
            """,
        examples: [
            "sluice sweep -p examples/helpdesk/sluice.yaml --vary top_k=1,3,5,10 --plan",
            "sluice sweep --vary top_k=1,3,5 --vary chunking=fixed,paragraph --apart --html sweep.html",
            "sluice sweep --pick top_k=3 --why \"recall as with 5, a third cheaper\"",
        ],
        run: run)

    @Sendable
    static func run(_ arguments: Arguments, _ console: Console) async -> Int32 {
        do {
            var session = try SweepSession(arguments, console)
            if let trust = session.session.trust, trust.isRefused {
                return PolicyDoor.refused("sluice.sweep/1", trust, arguments, console)
            }
            return try await session.run()
        } catch let problem as VariantGrid.Problem {
            console.error("sluice sweep: \(Sluice.printable(problem.description))")
            return ExitStatus.badInput
        } catch let problem as SweepAnalysis.Problem {
            console.error("COULD NOT MEASURE  \(Sluice.printable(problem.description))")
            return ExitStatus.couldNotMeasure
        } catch {
            return EvalCommand.report(error, arguments, console, command: "sweep")
        }
    }
}
