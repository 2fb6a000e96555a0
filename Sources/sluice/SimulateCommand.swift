import Glibc
import Interchange
import Reporting
import Simulation
import Storage

/// `sluice simulate`: what a rollout rule does on the user's own stages, volumes and rates.
enum SimulateCommand {
    static let command = Command(
        name: "simulate",
        summary: "how soon a canary would find harm, whom it costs, and how often it cries wolf",
        usage: ["[options]"],
        flags: [
            Flag(name: "rate", value: "N/s", summary: "requests of all users together; 20/s if left out"),
            Flag(name: "users", value: "N", summary: "distinct users (sticky keys); 20k if left out"),
            Flag(name: "heavy-tail", summary: "few users make most requests (Pareto, index 1.2)"),
            Flag(name: "stages", value: "SHARES", summary: "the canary's shares; 1%,10%,50% if left out"),
            Flag(name: "hold", value: "TIME", summary: "the least time in each stage; 30m if left out"),
            Flag(
                name: "patience", value: "N",
                summary: "give up a stage that is undecided after N times its hold; 4 if left out"),
            Flag(
                name: "base", value: "METRIC=RATE", repeats: true,
                summary: "what production has, as a share of requests; errors=0.1% if left out"),
            Flag(
                name: "harm", value: "METRIC=RATE", repeats: true,
                summary:
                    "what the candidate has: a rate (1%) or a ratio (x10; below 1 an improvement); errors=1% if "
                    + "neither --base nor --harm is given"),
            Flag(name: "harm-after", value: "TIME", summary: "the harm begins this long after the rollout"),
            Flag(name: "harm-ramp", value: "TIME", summary: "the harm grows over this time"),
            Flag(name: "harm-users", value: "SHARE", summary: "only this share of users meets the harm"),
            Flag(name: "harm-stage", value: "N", summary: "the harm begins in this stage, the first is 1"),
            Flag(
                name: "burst", value: "N",
                summary: "an unlucky user's requests fail N times in a row; rates stay what they are"),
            Flag(
                name: "alpha", value: "SHARE",
                summary: "healthy releases that Sluice may stop by mistake; 1% if left out"),
            Flag(
                name: "tolerate", value: "RATIO",
                summary: "more harm than this is harm; 1 if left out, 1.1 for metrics of 5 % and more"),
            Flag(
                name: "limit", value: "METRIC=RATE", repeats: true,
                summary: "Sluice's hard limit (the fuse); errors=5% if left out"),
            Flag(
                name: "peer-stages", value: "WHOSE",
                summary: "Flagger and Argo Rollouts on 'yours' (the default) or on 'theirs', as documented"),
            Flag(name: "replications", value: "N", summary: "rollouts of each kind; 1000 if left out"),
            Flag(name: "seed", value: "N", summary: "of the random numbers; 1 if left out"),
            Flag(name: "json", summary: "the result as JSON on standard output"),
            Flag(name: "html", value: "FILE", summary: "write tables and curves there"),
        ],
        statuses: [ExitStatus.ok] + ExitStatus.failures,
        details: """
            Plays rollouts on synthetic traffic, once with a candidate that is as good as production and once with the \
            harm you plant, under four rules: Sluice's own, a z-test that is looked at every minute, and the documented \
            loops of Flagger (99 % success each minute, five failed checks) and Argo Rollouts (95 % success each five \
            minutes, none may fail). Nothing is asked or sent. The same seed gives the same result.

            Flagger and Argo Rollouts look at 'errors' (or the first metric, where none is called so); Sluice and the \
            z-test look at every metric.
            """,
        examples: [
            "sluice simulate",
            "sluice simulate --rate 200/s --base errors=1% --harm errors=x2 --burst 6",
            "sluice simulate --stages 5%,25% --hold 2h --base errors=0.2% --base thumbs_down=3% --harm thumbs_down=5%",
        ],
        run: run)

    @Sendable
    static func run(_ arguments: Arguments, _ console: Console) async -> Int32 {
        do {
            if let path = arguments.value("html") { try OutputFile.check(path) }
            let input = try SimulateInput(arguments)
            return await simulate(input, arguments, console)
        } catch {
            return EvalCommand.report(error, arguments, console, command: "simulate")
        }
    }

    private static func simulate(
        _ input: SimulateInput, _ arguments: Arguments, _ console: Console
    ) async -> Int32 {
        let study = RolloutStudy(
            model: input.model, plan: input.plan, detectors: input.detectors,
            replications: input.replications, seed: input.seed)
        let results: [DetectorResult]
        do {
            results = try await study.run(workers: max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))) { done in
                console.progress("simulated \(Int(done * 100)) %")
            }
        } catch {
            console.clearProgress()
            console.error("sluice simulate: these stages cannot be judged: \(error)")
            return ExitStatus.badInput
        }
        console.clearProgress()
        let report = SimulationReport(
            study: study, results: results, plannedHolds: input.plannedHolds(), alpha: input.alpha,
            command: commandLine(),
            version: Sluice.version)
        if let path = arguments.value("html") {
            do {
                try InputFile.write(path, Array(SimulationHTML.render(report).utf8))
            } catch {
                console.error("sluice simulate: '\(Sluice.printable(path))' cannot be written: \(error)")
                return ExitStatus.couldNotMeasure
            }
        }
        if arguments.has("json") {
            console.out(SimulationJSON.render(report))
        } else {
            console.out(
                SimulationTerminal.render(
                    report, width: console.width, colour: console.hasColour, html: arguments.value("html")))
        }
        return 0
    }

    private static func commandLine() -> String {
        (["sluice"] + CommandLine.arguments.dropFirst().map(ShellWord.quoted)).joined(separator: " ")
    }
}
