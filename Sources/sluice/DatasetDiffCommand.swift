import Curation
import Digest
import Domain
import Ledger
import Notation
import Reporting
import Statistics
import Storage

/// `sluice dataset diff`: what became of a data set, and of the verdicts that were reached over it.
enum DatasetDiffCommand {
    static let command = Command(
        name: "dataset diff", summary: "what changed between two states of a data set, and in past verdicts",
        usage: ["OLD [NEW] [options]"],
        flags: [
            PolicyFile.flag,
            Flag(name: "runs", value: "N", summary: "judge at most so many past runs again (default: 10)"),
            Flag(name: "no-verdicts", summary: "leave past verdicts alone"),
            Flag(
                name: "strict",
                summary: "end with 1 where a run that was blocked would not be, over the new set"),
            Flag(name: "store", value: "FOLDER", summary: "where runs are kept (default: .sluice)"),
            Flag(name: "all", summary: "every example, and not the first few of each kind"),
            Flag(name: "markdown", summary: "as Markdown, for a comment or a job's summary"),
            Flag(name: "json", summary: "as JSON"),
        ],
        positionals: 1...2,
        statuses: [
            ExitStatus.ok,
            Command.Status(code: ExitStatus.block, meaning: "with --strict: a past BLOCK would not be one"),
        ] + ExitStatus.failures + [ExitStatus.storeTrouble],
        details: """
            OLD and NEW are files, folders, runs (the set that a run was made over), tags of frozen sets or digests;
            without NEW, the data set of the policy. Examples are held against each other by id, field by field.

            Runs in the store that were made over OLD are judged again by their own policies, over the examples that
            are the same in both sets, and, where only expectations changed, also by what is expected now. What was
            added, or asks something else now, has no answers there, and is left out.
            """,
        examples: [
            "sluice dataset diff examples/helpdesk/golden/guardrail.jsonl examples/helpdesk/golden",
            "sluice dataset diff 2026-q3 golden/", "sluice dataset diff r-20261120-050921-4f2a --strict",
        ],
        run: run)

    @Sendable
    static func run(_ arguments: Arguments, _ console: Console) async -> Int32 {
        do {
            let policy = try policy(arguments, console)
            let slices = policy?.policy.slices ?? []
            let old = try NamedSet.open(arguments.positionals[0], arguments, console, slices: slices)
            let new: NamedSet
            if arguments.positionals.count > 1 {
                new = try NamedSet.open(arguments.positionals[1], arguments, console, slices: slices)
            } else {
                guard let policy else {
                    throw Arguments.Problem(
                        message: "name the later set, or a policy that names one with --policy FILE",
                        hint: nil)
                }
                let paths = policy.policy.datasets.map { PolicyFile.resolve($0, policy.folder) }
                new = try NamedSet.open(paths: paths, console, slices: slices)
            }
            let most = arguments.has("all") ? Int.max : 1000
            let diff = try SetComparison.diff(from: old.side, to: new.side, most: most)
            let number = try arguments.number("runs", least: 1) ?? 10
            let effects =
                arguments.has("no-verdicts")
                ? nil : await effects(diff, old, new, arguments, console, most: number)
            if arguments.has("json") {
                let value = DiffJSON.value(diff, old: old.facts, new: new.facts, effects: effects)
                console.out(String(decoding: value.bytes(pretty: true), as: UTF8.self) + "\n")
            } else if arguments.has("markdown") {
                console.out(
                    DiffText.markdown(
                        diff, old: old.title, new: new.title, effects: effects,
                        most: arguments.has("all") ? .max : 20))
            } else {
                console.out(
                    DiffText.render(
                        diff, old: old.title, new: new.title, effects: effects,
                        most: arguments.has("all") ? .max : 20, width: console.width,
                        colour: console.hasColour))
            }
            let isLoosened = effects?.contains { $0.isLoosened } ?? false
            return arguments.has("strict") && isLoosened ? ExitStatus.block : 0
        } catch {
            return EvalCommand.report(error, arguments, console, command: "dataset diff")
        }
    }

    /// The policy, where one was named or lies here: for its slices, and its data set.
    private static func policy(
        _ arguments: Arguments, _ console: Console
    ) throws(PolicyFile.Shown) -> PolicyFile? {
        guard arguments.has("policy") || InputFile.exists(PolicyFile.path(arguments)) else { return nil }
        return try PolicyFile.load(PolicyFile.path(arguments), console: console)
    }

    // MARK: Past verdicts

    private static func effects(
        _ diff: DatasetDiff, _ old: NamedSet, _ new: NamedSet, _ arguments: Arguments, _ console: Console,
        most: Int
    ) async -> [VerdictEffect] {
        let store = arguments.value("store") ?? ".sluice"
        guard InputFile.exists(store + "/ledger.db") else { return [] }
        let digest = old.files.digest.description
        var found: [VerdictEffect] = []
        do {
            let runs = try SQLiteRunStore(path: store + "/ledger.db").runs(limit: 10_000).filter {
                $0.datasetDigest == digest && $0.verdict?.isAnswer == true
            }
            for run in runs.prefix(most) {
                guard let verdict = run.verdict else { continue }
                found.append(await effect(on: run, verdict, diff, old, new, arguments, console))
            }
            if runs.count > most {
                console.error("note: \(runs.count - most) earlier runs used the set; --runs N looks at more")
            }
        } catch {
            console.error("warning: past verdicts: \(error)")
        }
        return found
    }

    private static func effect(
        on run: RunRecord, _ verdict: Verdict, _ diff: DatasetDiff, _ old: NamedSet, _ new: NamedSet,
        _ arguments: Arguments, _ console: Console
    ) async -> VerdictEffect {
        let before = VerdictEffect.Judgement(
            verdict: verdict, examples: old.files.count,
            gates: run.gates.map {
                VerdictEffect.Gate(
                    rule: $0.rule, outcome: $0.outcome, baseline: $0.baseline, candidate: $0.candidate,
                    n: nil)
            })
        func made(
            _ remaining: VerdictEffect.Judgement?, _ reexpected: VerdictEffect.Judgement?, _ problem: String?
        ) -> VerdictEffect {
            VerdictEffect(
                run: run.id, startedAt: run.startedAt, before: before, remaining: remaining,
                reexpected: reexpected, problem: problem)
        }
        do {
            let session = try EvalSession(arguments, console, mode: .report(run.id))
            let same = PickedExamples(diff, old: old.files, new: new.files, reexpected: false)
            guard same.count > 0 || !diff.reexpected.isEmpty else {
                return made(nil, nil, "no example is the same in both sets")
            }
            let remaining = same.count > 0 ? judgement(try await session.judged(over: same), same.count) : nil
            if diff.reexpected.isEmpty { return made(remaining, nil, nil) }
            let both = PickedExamples(diff, old: old.files, new: new.files, reexpected: true)
            let changed = Set(
                try diff.reexpected.map { (pair) throws(StoreError) in try new.files.example(Int(pair.new)).id
                })
            return made(
                remaining, judgement(try await session.judged(over: both, reexpected: changed), both.count),
                nil)
        } catch is PolicyFile.Shown {
            return made(nil, nil, "its policy or a file beside it cannot be read")
        } catch {
            return made(nil, nil, "\(error)")
        }
    }

    private static func judgement(_ result: RunResult, _ examples: Int) -> VerdictEffect.Judgement {
        VerdictEffect.Judgement(
            verdict: result.verdict, examples: examples,
            gates: result.gates.map {
                VerdictEffect.Gate(
                    rule: $0.rule.text, outcome: $0.outcome.rawValue, baseline: $0.baseline?.value,
                    candidate: $0.candidate?.value, n: $0.n)
            })
    }
}
