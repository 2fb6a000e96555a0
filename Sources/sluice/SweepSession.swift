import Digest
import Domain
import Gating
import Interchange
import Ledger
import Metrics
import Notation
import Policy
import Replay
import Reporting
import Scoring
import Storage
import Sweeping
import Targets

/// One `sluice sweep` from its arguments to its exit status.
///
/// The record of a sweep and the answers of its variants lie in a folder of their own beside the runs: a variant is no
/// release, and none of them is a look at one.
struct SweepSession {
    let arguments: Arguments
    let console: Console
    let session: EvalSession
    let evidence: DirectoryEvidence
    private let mode: Mode
    /// Whether what is claimed was chosen when the answers were there.
    private var isAfterwards = false

    enum Mode {
        case fresh
        case resume(SweepRecord)
        /// Analysed again from its answers.
        case from(SweepRecord)

        var record: SweepRecord? {
            switch self {
            case .fresh: nil
            case .resume(let record), .from(let record): record
            }
        }

        var asks: Bool {
            if case .from = self { return false }
            return true
        }
    }

    static let recordName = "sweep.json"

    init(_ arguments: Arguments, _ console: Console) throws {
        self.arguments = arguments
        self.console = console
        let picks = arguments.has("pick")
        let modes = ["resume", "from"].filter { arguments.has($0) }
        if modes.count > 1 {
            throw Arguments.Problem(message: "--resume and --from exclude one another", hint: nil)
        }
        if picks, arguments.has("resume") {
            throw Arguments.Problem(
                message: "--pick chooses of a finished sweep", hint: "finish it with --resume first")
        }
        if !picks, arguments.has("why") || arguments.has("as") {
            throw Arguments.Problem(message: "--why and --as belong to --pick VARIANT", hint: nil)
        }
        if picks, arguments.value("why")?.allSatisfy(\.isWhitespace) ?? true {
            throw Arguments.Problem(
                message: "say why this one, for those who read it later: --why \"…\"", hint: nil)
        }
        if arguments.has("cache"), arguments.has("no-cache") {
            throw Arguments.Problem(message: "--cache and --no-cache exclude one another", hint: nil)
        }
        if !modes.isEmpty || picks {
            for flag in ["vary", "variant", "apart", "only", "reference", "repeat", "seed"]
            where arguments.has(flag) {
                throw Arguments.Problem(
                    message: "--\(flag) belongs to a new sweep; this one has its variants", hint: nil)
            }
        }
        session = try EvalSession(arguments, console, mode: .fresh)
        evidence = DirectoryEvidence(root: session.store + "/sweeps")
        if let sweep = arguments.value("resume") {
            mode = .resume(try Self.record(sweep, evidence))
        } else if let sweep = arguments.value("from") {
            mode = .from(try Self.record(sweep, evidence))
        } else if picks {
            mode = .from(try Self.newest(session.project, evidence, console))
        } else {
            mode = .fresh
        }
    }

    private static func record(
        _ sweep: String, _ evidence: DirectoryEvidence
    ) throws(StoreError) -> SweepRecord {
        guard let bytes = try evidence.get(run: sweep, name: recordName) else {
            let known = try evidence.runs().filter { !$0.contains("-v") }.suffix(5).joined(separator: ", ")
            throw StoreError(
                .missing,
                "there is no sweep \(sweep) under \(evidence.root)"
                    + (known.isEmpty ? "" : "; the newest are \(known)"))
        }
        do throws(SweepRecord.Problem) { return try SweepRecord(bytes) } catch {
            throw StoreError(
                .damaged, "\(evidence.folder(run: sweep))/\(recordName): \(error.description); restore it")
        }
    }

    private static func newest(
        _ project: String, _ evidence: DirectoryEvidence, _ console: Console
    ) throws(StoreError) -> SweepRecord {
        var unfinished: String?
        for sweep in try evidence.runs().reversed() where !sweep.contains("-v") {
            guard let record = try? record(sweep, evidence), record.project == project else { continue }
            guard record.isFinished else {
                unfinished = unfinished ?? sweep
                continue
            }
            if let unfinished {
                console.error("note: sweep \(unfinished) is newer and not finished; this is of \(sweep)")
            }
            return record
        }
        throw StoreError(
            .missing,
            "there is no finished sweep of project \(project) under \(evidence.root); make one, or name it "
                + "with --from")
    }

    // MARK: What is asked

    /// One variant, ready to be asked or read.
    struct Side {
        let variant: Variant
        let run: String
        let policy: TargetPolicy?
        let target: (any Target)?
        let problem: String?
        let description: String
    }

    /// The gate that asks one variant, with the manifest of its run.
    struct Asking {
        let gate: GoldenGate
        let manifest: Manifest
        /// Shared by all of them.
        let models: any ModelProvider
        /// What judging this variant comes to at most; known of a plan.
        let judging: JudgeForecast?
    }

    mutating func run() async throws -> Int32 {
        let examples = try session.dataset()
        var record = try started(examples)
        if mode.record != nil {
            let given = try SweepArguments(record.plan, arguments).plan
            isAfterwards = given.axes != record.plan.axes || given.metrics != record.plan.metrics
            // What is looked at may change afterwards, and then says so; what was asked may not.
            record.plan.axes = given.axes
            record.plan.metrics = given.metrics
        }
        var policy = session.policy
        policy.sweep = record.plan
        if arguments.has("cache") { policy.app.limits.cache = true }
        policy.app.limits.repeats = record.repeats
        policy.seed = record.seed
        let axes = try axes(policy)
        for metric in axes + policy.sweep.metrics { Self.measure(metric, &policy) }
        let sides = try sides(record, policy)
        // Variants on one address share the rate that the policy allows it.
        let asked = sides.count { $0.target != nil }
        if let rate = policy.app.limits.requestsPerSecond {
            policy.app.limits.requestsPerSecond = rate / Double(max(1, asked))
        }
        if mode.asks {
            let rules = policy.requirements(for: session.kinds).gates
            try DatasetChecks(session.policy, rules: rules, path: session.policyPath, examples).show(console)
        }
        let budget = CallBudget(try arguments.number("max-calls", least: 1))
        let gates = try gates(sides, record, policy, examples, budget)
        if arguments.has("plan") { return try plan(sides, gates, record, policy, examples.count) }
        if mode.asks, let refusal = try refusal(sides, gates, policy) { return refusal }
        let models = gates.compactMap { $0?.models }.first ?? NoModels()
        do {
            let status = try await finish(sides, gates, record, policy, axes, budget)
            await ModelDoor.close(models, console)
            return status
        } catch {
            await ModelDoor.close(models, console)
            throw error
        }
    }

    /// The record that this sweep goes by: the one that exists, or a new one.
    private func started(_ examples: DatasetFiles) throws -> SweepRecord {
        let manifest = session.freshManifest(examples)
        if let record = mode.record {
            guard record.project == session.project else {
                throw StoreError(
                    .damaged,
                    "sweep \(record.sweep) is of project \(record.project), and \(session.policyPath) is of "
                        + "\(session.project); name its policy with --policy FILE")
            }
            guard record.dataset.digest == manifest.dataset.digest else {
                throw StoreError(
                    .damaged,
                    "sweep \(record.sweep) was made over another data set (\(record.dataset.digest)); restore it, or "
                        + "start a new sweep")
            }
            if mode.asks, record.policyDigest != manifest.policyDigest {
                throw StoreError(
                    .damaged,
                    "sweep \(record.sweep) was begun under another policy (\(record.policyDigest)); restore it, or "
                        + "start a new sweep")
            }
            return record
        }
        let given = try SweepArguments(session.policy.sweep, arguments)
        let grid = try VariantGrid(given.plan, only: given.only)
        for words in grid.repeated { console.error("note: \(Sluice.printable(words)): asked once") }
        var record = SweepRecord(
            sweep: "s" + MachineFacts.runID().dropFirst(), project: session.project)
        record.policyPath = session.policyPath
        record.policyDigest = manifest.policyDigest
        record.title = manifest.title
        record.changes = session.kinds
        record.dataset = manifest.dataset
        record.seed = session.policy.seed
        record.repeats = session.policy.app.limits.repeats
        record.startedAt = manifest.startedAt
        record.sluiceVersion = Sluice.version
        record.environment = manifest.environment
        record.plan = given.plan
        record.only = given.only
        for (number, variant) in grid.variants.enumerated() {
            let digits = number < 10 ? "00\(number)" : number < 100 ? "0\(number)" : "\(number)"
            record.runs.append(
                SweepRecord.Run(
                    variant: variant, run: "\(record.sweep)-v\(digits)", target: nil, problem: nil))
        }
        return record
    }

    /// The axes that are asked for, else a quality metric of the policy, cost and the 95th percentile of latency.
    private func axes(_ policy: ReleasePolicy) throws -> [MetricReference] {
        if !policy.sweep.axes.isEmpty { return policy.sweep.axes }
        var axes: [MetricReference] = []
        for request in policy.metrics where request.kpi == nil {
            guard let definition = try? MetricCatalogue.define(request, resources: session.file.resources),
                definition.tier == .quality, definition.direction != .neither, definition.unit != .text
            else { continue }
            axes.append(MetricReference(name: definition.name))
            break
        }
        let names = Set(policy.metrics.map(\.name))
        if names.contains("cost") { axes.append(MetricReference(name: "cost")) }
        if names.contains("latency") { axes.append(MetricReference(name: "latency", statistic: "p95")) }
        guard !axes.isEmpty else {
            throw Arguments.Problem(
                message: "the policy measures nothing to draw a frontier on",
                hint: "name axes: --axes METRIC,METRIC, or sweep.axes in the policy")
        }
        return axes
    }

    /// Sees to it that a metric is measured.
    private static func measure(_ metric: MetricReference, _ policy: inout ReleasePolicy) {
        let name = MetricCatalogue.definitionName(for: metric)
        if !policy.metrics.contains(where: { $0.name == name }) {
            policy.metrics.append(MetricRequest(name: name))
        }
    }

    private func sides(_ record: SweepRecord, _ policy: ReleasePolicy) throws -> [Side] {
        guard let base = policy.app.candidate ?? policy.app.baseline else {
            throw StoreError(
                .missing, "the policy names no app to ask; give its address there, or --candidate URL")
        }
        var sides: [Side] = []
        for run in record.runs {
            guard mode.asks else {
                sides.append(Self.recorded(run))
                continue
            }
            do {
                let laid = try VariantTarget.make(run.variant, of: base, policy.sweep)
                let target = try TargetFactory.make(
                    laid, limits: policy.app.limits, folder: session.file.folder,
                    environment: { Environment.value($0) }, allowance: session.allowance)
                if case .resume = mode { try Self.check(run, target.identity, record.sweep) }
                let identity = target.identity
                sides.append(
                    Side(
                        variant: run.variant, run: run.run, policy: laid, target: target, problem: nil,
                        description: Self.words(identity)))
            } catch let error as VariantTarget.Impossible {
                sides.append(Self.unasked(run, error.description))
            } catch let error as TargetProblem {
                // What is wrong with the app as the policy has it is wrong with all of them.
                if run.variant.settings.isEmpty { throw error }
                sides.append(Self.unasked(run, error.description))
            }
        }
        return sides
    }

    private static func unasked(_ run: SweepRecord.Run, _ why: String) -> Side {
        Side(
            variant: run.variant, run: run.run, policy: nil, target: nil, problem: why,
            description: "not asked")
    }

    /// `openai http://…`; an address that says its kind itself stands alone.
    private static func words(_ identity: TargetIdentity) -> String {
        identity.kind == "http" && identity.address.contains("://")
            ? identity.address : identity.kind + " " + identity.address
    }

    private static func recorded(_ run: SweepRecord.Run) -> Side {
        let target = run.problem == nil ? run.target.map { SilentTarget(identity: $0) } : nil
        let words = run.target.map(Self.words) ?? "not asked"
        return Side(
            variant: run.variant, run: run.run, policy: nil, target: target,
            problem: target == nil ? run.problem ?? "it was never asked" : nil, description: words)
    }

    private static func check(
        _ run: SweepRecord.Run, _ identity: TargetIdentity, _ sweep: String
    ) throws(StoreError) {
        guard let before = run.target, before != identity else { return }
        throw StoreError(
            .damaged,
            "sweep \(sweep) asked \(run.variant.name) of \(words(before)), and this would ask "
                + "\(words(identity))\(before.address == identity.address ? " in another way" : ""); "
                + "restore the policy or the options it had, or start a new sweep")
    }

    private func gates(
        _ sides: [Side], _ record: SweepRecord, _ policy: ReleasePolicy, _ examples: DatasetFiles,
        _ budget: CallBudget
    ) throws -> [Asking?] {
        let requirements = policy.requirements(for: record.changes)
        let now = MachineFacts.now().seconds
        // A plan leaves nothing behind.
        let isPlan = arguments.has("plan")
        let path = session.store + "/cache.db"
        let cache =
            policy.app.limits.cache && mode.asks && (!isPlan || InputFile.exists(path))
            ? try SQLiteResponseCache(path: path, now: now) : nil
        let clock = MonotonicClock()
        // One for all of them: what two variants answer alike is asked about once.
        var models: (any ModelProvider)?
        var gates: [Asking?] = []
        for side in sides {
            guard let target = side.target else {
                gates.append(nil)
                continue
            }
            var own = policy
            own.app.baseline = nil
            own.app.blessedBaseline = nil
            own.app.candidate = side.policy ?? policy.app.candidate ?? policy.app.baseline
            var manifest = session.freshManifest(examples)
            manifest.runID = side.run
            manifest.title = side.variant.name
            manifest.repeats = record.repeats
            manifest.seed = record.seed
            manifest.startedAt = record.startedAt
            manifest.candidate = Manifest.TargetFacts(identity: target.identity)
            var request = GoldenGate.Request(
                policy: own, rules: requirements.gates, layers: requirements.layers,
                resources: session.file.resources, manifest: manifest, repeats: record.repeats)
            switch mode {
            case .fresh: break
            case .resume: request.resume = try evidence.get(run: side.run, name: "manifest.json") != nil
            case .from: request.rescore = true
            }
            if models == nil, !isPlan {
                models = try session.models(
                    for: request, examples, arms: mode.asks ? sides.count { $0.target != nil } : nil)
            }
            let ports = GoldenGate.Ports(
                examples: examples,
                targets: [.candidate: mode.asks ? BudgetedTarget(target, budget) : target],
                evidence: evidence, runs: MemoryRunStore(),
                scratch: isPlan ? MemoryScratch() : try ScratchFile(folder: session.store + "/scratch"),
                cache: cache, clock: clock, models: models ?? NoModels())
            let gate = GoldenGate(
                request, ports, notice: { [console] in console.error("warning: \($0.description)") })
            gates.append(
                Asking(
                    gate: gate, manifest: manifest, models: models ?? NoModels(),
                    judging: isPlan ? JudgeDoor.forecast(request, examples, arms: 1) : nil))
        }
        return gates
    }

    // MARK: Asking and telling

    private func finish(
        _ sides: [Side], _ gates: [Asking?], _ started: SweepRecord, _ policy: ReleasePolicy,
        _ axes: [MetricReference], _ budget: CallBudget
    ) async throws -> Int32 {
        var record = started
        if mode.asks {
            record.runs = zip(sides, started.runs).map { side, run in
                SweepRecord.Run(
                    variant: run.variant, run: run.run, target: side.target?.identity ?? run.target,
                    problem: side.problem)
            }
            record.isFinished = false
            for (side, gate) in zip(sides, gates) {
                guard let gate, side.target != nil else { continue }
                try evidence.put(
                    run: side.run, name: "manifest.json", bytes: ManifestCodec.encode(gate.manifest))
            }
            try evidence.put(run: record.sweep, name: Self.recordName, bytes: record.encoded())
        }
        let clock = MonotonicClock()
        let together: ScoresTogether
        do {
            together = try await ask(gates.compactMap { $0?.gate }, budget)
        } catch let interruption as ReplayInterruption {
            record.seconds += clock.now()
            record.calls += budget.made
            if mode.asks {
                try evidence.put(run: record.sweep, name: Self.recordName, bytes: record.encoded())
            }
            return try stopped(interruption, record, budget)
        }
        for side in sides { await side.target?.close() }
        var outcomes: [SweepAnalysis.Side] = []
        var scored = together.sides.makeIterator()
        for (place, side) in sides.enumerated() {
            let outcome = Self.outcome(gates[place] == nil ? nil : scored.next(), side)
            if case .failed(let why) = outcome, mode.asks {
                let run = record.runs[place]
                record.runs[place] = SweepRecord.Run(
                    variant: run.variant, run: run.run, target: run.target, problem: why)
            }
            outcomes.append(
                SweepAnalysis.Side(variant: side.variant, target: side.description, outcome: outcome))
        }
        if mode.asks {
            record.seconds += clock.now()
            record.calls += budget.made
            try evidence.put(run: record.sweep, name: Self.recordName, bytes: record.encoded())
        }
        let options = GateOptions(
            confidence: policy.confidence, seed: record.seed, unmeasuredLimit: policy.unmeasuredLimit)
        if mode.asks { record.isFinished = Self.isWhole(sides, outcomes) }
        let analysis = SweepAnalysis(
            facts: facts(record, policy), sweep: record.plan, sides: outcomes,
            definitions: together.definitions, axes: axes, claimed: policy.sweep.metrics, options: options)
        let report: SweepReport
        do { report = try analysis.report() } catch let problem as SweepAnalysis.Problem {
            if mode.asks { console.error(resumeHint(record.sweep)) }
            throw problem
        }
        if mode.asks {
            if record.isFinished {
                try evidence.put(run: record.sweep, name: Self.recordName, bytes: record.encoded())
            } else {
                console.error("the sweep is not finished: \(resumeHint(record.sweep))")
            }
        }
        return try write(report)
    }

    /// Whether every variant that could be asked was measured, and one beside the reference: else it can be resumed,
    /// and is no sweep to choose from.
    private static func isWhole(_ sides: [Side], _ outcomes: [SweepAnalysis.Side]) -> Bool {
        var count = 0
        for (side, outcome) in zip(sides, outcomes) {
            if case .scored = outcome.outcome {
                count += 1
            } else if side.target != nil {
                return false
            }
        }
        return count > 1
    }

    private static func outcome(
        _ scores: Result<SideScores, any Error>?, _ side: Side
    ) -> SweepAnalysis.Side.Outcome {
        switch scores {
        case nil: return .failed(side.problem ?? "it was not asked")
        case .success(let found)?:
            return .scored(found.table, found.measurement, versions: found.versions, cost: found.cost)
        case .failure(let error)?:
            if case .unreachable(_, let why)? = error as? ReplayInterruption {
                return .failed("it cannot be reached: \(why)")
            }
            return .failed((error as? StoreError)?.description ?? "\(error)")
        }
    }

    private func ask(_ gates: [GoldenGate], _ budget: CallBudget) async throws -> ScoresTogether {
        let progress = ProgressLine(console: console, isQuiet: arguments.has("quiet") || !mode.asks)
        let task = Task {
            try await GoldenGate.together(gates, budget: budget, progress: { progress.show($0) })
        }
        let signals = StopSignals { task.cancel() }
        defer {
            signals.end()
            progress.end()
        }
        return try await task.value
    }

    private func stopped(
        _ interruption: ReplayInterruption, _ record: SweepRecord, _ budget: CallBudget
    ) throws -> Int32 {
        switch interruption {
        case .stopped(let done, let planned):
            let words = "\(done) of \(planned) answered; nothing is lost\n\(resumeHint(record.sweep))"
            if budget.isSpent {
                console.error("COULD NOT MEASURE  --max-calls are spent, with \(words)")
                return ExitStatus.couldNotMeasure
            }
            console.error("stopped with \(words)")
            return ExitStatus.stopped
        case .unreachable(_, let why):
            console.error("COULD NOT MEASURE  \(why)\n\(resumeHint(record.sweep))")
            return ExitStatus.couldNotMeasure
        case .store(let problem): throw problem
        }
    }

    private func resumeHint(_ sweep: String) -> String {
        var hint = "resume with   sluice sweep --resume \(sweep)"
        // What the sweep is made of is kept in its record; all else has to be said again.
        let kept: Set = [
            "resume", "vary", "variant", "apart", "only", "reference", "repeat", "seed", "title", "axes",
            "metrics", "max-calls", "plan",
        ]
        for flag in SweepCommand.command.flags where !kept.contains(flag.name) {
            if flag.value == nil {
                if arguments.has(flag.name) { hint += " --\(flag.name)" }
            } else {
                for value in arguments.all(flag.name) { hint += " --\(flag.name) \(ShellWord.quoted(value))" }
            }
        }
        return hint
    }

    private func facts(_ record: SweepRecord, _ policy: ReleasePolicy) -> SweepReport.Facts {
        var facts = SweepReport.Facts()
        facts.sweep = record.sweep
        facts.project = record.project
        facts.title = record.title
        facts.policyPath = record.policyPath
        facts.policyDigest = record.policyDigest
        facts.dataset = record.dataset
        facts.repeats = record.repeats
        facts.seed = record.seed
        facts.startedAt = record.startedAt
        facts.seconds = record.seconds
        facts.calls = record.calls
        facts.currency = policy.app.candidate?.prices?.currency ?? "USD"
        facts.environment = record.environment
        facts.sluiceVersion = record.sluiceVersion
        facts.isChosenAfterwards = isAfterwards
        facts.isFinished = record.isFinished
        return facts
    }

    private func write(_ report: SweepReport) throws -> Int32 {
        let sweep = report.facts.sweep
        let json = SweepJSON.render(report)
        let html = Array(SweepPage.render(report).utf8)
        try evidence.put(run: sweep, name: "report.json", bytes: Array(json.utf8))
        try evidence.put(run: sweep, name: "report.html", bytes: html)
        for finding in report.findings where finding.gravity == .bad {
            console.error("warning: " + finding.text)
        }
        if let name = arguments.value("pick") {
            try pick(name, report)
        } else if arguments.has("json") {
            console.out(json)
        } else {
            console.out(
                SweepTerminal.render(
                    report, width: console.width, colour: console.hasColour,
                    page: evidence.folder(run: sweep) + "/report.html", isWhole: arguments.has("all")))
        }
        if let path = arguments.value("html") { try InputFile.write(path, html) }
        if let path = arguments.value("markdown") {
            try InputFile.write(path, Array(SweepMarkdown.render(report).utf8))
        }
        return report.variants.allSatisfy(\.isMeasured) ? 0 : ExitStatus.couldNotMeasure
    }
}
