import Digest
import Domain
import Gating
import Ledger
import Metrics
import Scoring
import Statistics
import Synchronization

/// The golden gate: asks (or reads) both arms over the data set, scores, judges, and says what came of it.
///
/// A use-case over ports: it knows no file, socket or database. The observations go to the log before they are
/// scored, so that a run that dies at any moment can be resumed.
public struct GoldenGate: Sendable {
    public struct Request: Sendable {
        public var policy: ReleasePolicy
        /// Rules that hold for this kind of change, with who asked for them.
        public var rules: [GateRule]
        public var layers: [RequiredLayers]
        public var resources: MetricResources
        public var manifest: Manifest
        /// Repeats of an example that names none itself.
        public var repeats: Int
        /// Read what the run has already; ask for the rest.
        public var resume: Bool
        /// Read what the run has, ask for nothing.
        public var rescore: Bool
        /// Margins fixed when the baseline was blessed.
        public var automaticMargins: [String: Double]
        /// What is known of the judges behind metrics, by metric.
        public var judges: [String: JudgedMetric] = [:]
        /// The models that answered when the judge was calibrated, as they name themselves; empty: not known.
        public var calibratedModels: [String] = []
        /// What people say of answers: those of this run count.
        public var people: [HumanLabel] = []
        /// The day of judgement, for waivers and reviews; nil: no waiver counts.
        public var day: Day?
        /// Take the scores that models had a part in as they were kept, whichever model gave them, and ask none: a
        /// record that is read again as it was judged.
        public var takesKeptScores = false
        /// Examples of which other things are expected now than when the run was made: what models said of them then is
        /// no score of theirs.
        public var reexpected: Set<String> = []

        public init(
            policy: ReleasePolicy, rules: [GateRule], layers: [RequiredLayers], resources: MetricResources,
            manifest: Manifest, repeats: Int = 1, resume: Bool = false, rescore: Bool = false,
            automaticMargins: [String: Double] = [:], day: Day? = nil
        ) {
            self.policy = policy
            self.rules = rules
            self.layers = layers
            self.resources = resources
            self.manifest = manifest
            self.repeats = repeats
            self.resume = resume
            self.rescore = rescore
            self.automaticMargins = automaticMargins
            self.day = day
        }
    }

    public struct Ports: Sendable {
        public var examples: any ExampleSource
        public var targets: [Arm: any Target]
        public var evidence: any EvidenceStore
        public var runs: any RunStore
        public var scratch: any Scratch
        public var cache: (any ResponseCache)?
        public var clock: any ReplayClock
        /// Who answers what metrics ask of models.
        public var models: any ModelProvider

        public init(
            examples: any ExampleSource, targets: [Arm: any Target], evidence: any EvidenceStore,
            runs: any RunStore, scratch: any Scratch, cache: (any ResponseCache)?, clock: any ReplayClock,
            models: any ModelProvider = NoModels()
        ) {
            self.models = models
            self.examples = examples
            self.targets = targets
            self.evidence = evidence
            self.runs = runs
            self.scratch = scratch
            self.cache = cache
            self.clock = clock
        }
    }

    let request: Request
    let ports: Ports
    let progress: @Sendable (ReplayProgress) -> Void
    let notice: @Sendable (StoreError) -> Void
    let damage = RecordDamage()

    /// - Parameter notice: Told of records that were found damaged, and of what was done about them.
    public init(
        _ request: Request, _ ports: Ports, progress: @escaping @Sendable (ReplayProgress) -> Void = { _ in },
        notice: @escaping @Sendable (StoreError) -> Void = { _ in }
    ) {
        self.request = request
        self.ports = ports
        self.progress = progress
        self.notice = { [damage] problem in
            damage.note()
            notice(problem)
        }
    }

    var arms: [Arm] { Arm.allCases.filter { ports.targets[$0] != nil } }

    /// - Throws: `ReplayInterruption`, `MetricProblem`, `StoreError`.
    public func run() async throws -> RunResult {
        let began = ports.clock.now()
        let prepared = try prepare()
        // Held from the start: what another process writes is not asked for twice.
        let log = request.rescore ? nil : try openLog()
        let seen = try await firstLook(prepared, log)
        let pair = pairDigest(seen.observations)
        var attempt = try begin(pair)
        let scored = try await score(prepared, seen, log)
        // Answers that were all there before are no new look at the data: they cannot win by another try.
        if !request.rescore, attempt > 1, scored.tally.isSecondHand(arms: arms.count) {
            attempt = try begin("again " + pair, counting: pair) - 1
        }
        var result = try conclude(
            scored.table, scored.selection, scored.tally, prepared.index, uses: scored.uses, attempt: attempt,
            seconds: ports.clock.now() - began)
        result.models = scored.uses
        result.warnings += scored.uses.compactMap(Self.lengthNote) + scored.uses.compactMap(Self.changeNote)
        try end(result)
        return result
    }

    struct Prepared {
        let index: ExampleIndex
        let plan: ReplayPlan
    }

    struct Scored {
        let table: any ScoreTable
        let selection: MetricSelection
        let tally: RunTally
        let uses: [ModelUse]
    }

    func prepare() throws -> Prepared { prepare(try index(wantsPositions: readsLog || wantsModels)) }

    /// - Parameter wantsPositions: Whether a log is to be read back.
    func index(wantsPositions: Bool) throws -> ExampleIndex {
        try ExampleIndex(
            ports.examples, sliceNames: sliceNames, repeats: request.repeats, wantsPositions: wantsPositions)
    }

    func prepare(_ index: ExampleIndex) -> Prepared {
        let plan = ReplayPlan(
            runID: request.manifest.runID, examples: ports.examples,
            targets: request.rescore ? [:] : ports.targets,
            limits: request.policy.app.limits, conversation: request.policy.app.conversation,
            starts: index.rows.starts, cache: ports.cache, seed: request.manifest.seed)
        return Prepared(index: index, plan: plan)
    }

    func openLog() throws -> any ObservationLog {
        let log = try ports.evidence.open(run: request.manifest.runID)
        for repair in log.repairs { notice(repair) }
        return log
    }

    /// - Parameter log: Where what is asked goes; nil: nothing is asked.
    func score(
        _ prepared: Prepared, _ seen: FirstLook, _ log: (any ObservationLog)? = nil
    ) async throws -> Scored {
        let scoring = try startScoring(prepared, select(seen.observations))
        if let log { try await replay(prepared.plan, seen, log, prepared.index, scoring) }
        return try await finishScoring(scoring, prepared)
    }

    /// The metrics to measure, by what the app was seen to show.
    func select(_ seen: [Observation]) throws -> MetricSelection {
        try MetricSelection(
            requests: request.policy.metrics, rules: request.rules, seen: seen, resources: request.resources)
    }

    /// Scores in the making.
    struct Scoring {
        let selection: MetricSelection
        let scorer: Scorer
        let tally: Mutexed<RunTally>
        let settled: Settled
    }

    /// Scores what the log holds already.
    func startScoring(_ prepared: Prepared, _ selection: MetricSelection) throws -> Scoring {
        let index = prepared.index
        let plain = selection.definitions.filter { $0.models == nil }
        let scorer = Scorer(definitions: plain, scratch: ports.scratch)
        let planned = index.rows.rowCount * arms.count
        let tally = Mutexed(
            RunTally(
                planned: planned, prices: request.policy.app.candidate?.prices,
                cacheAge: request.manifest.cacheAgeSeconds,
                cached: Set(arms.filter { ports.targets[$0]?.identity.isRecord == false })))
        var settled = Settled(starts: index.rows.starts, arms: arms)
        if readsLog { try readBack(index, scorer, tally, &settled) }
        return Scoring(selection: selection, scorer: scorer, tally: tally, settled: settled)
    }

    func finishScoring(_ scoring: Scoring, _ prepared: Prepared) async throws -> Scored {
        let modelled = try await scoreModels(scoring, prepared)
        var table: any ScoreTable = try scoring.scorer.sheet.table(rows: prepared.index.rows, arms: arms)
        if let modelled { table = JoinedTable(first: table, second: modelled.table) }
        return Scored(
            table: table, selection: scoring.selection, tally: scoring.tally.withLock { $0 },
            uses: modelled?.uses ?? [])
    }

    /// Tells the ledger of the run, and counts which look at this pair it is.
    ///
    /// - Parameter counting: The pair whose looks are counted, where it is not the one that is recorded.
    private func begin(_ pair: String, counting: String? = nil) throws -> Int {
        if request.rescore { return request.manifest.attempt }
        let manifest = request.manifest
        // A run that is resumed after its end is the same look: beginning it anew takes its verdict back.
        try ports.runs.begin(
            RunRecord(
                id: manifest.runID, project: manifest.project, startedAt: manifest.startedAt, pair: pair,
                datasetDigest: manifest.dataset.digest, policyDigest: manifest.policyDigest))
        return try ports.runs.attempts(pair: counting ?? pair) + 1
    }

    /// What a retry shares with the run before: both arms as configured and as seen, the commit, and the data set.
    private func pairDigest(_ seen: [Observation]) -> String {
        var parts: [String] = [request.manifest.dataset.digest, request.manifest.environment.git ?? ""]
        for arm in arms {
            if let identity = ports.targets[arm]?.identity {
                parts += [identity.kind, identity.address, identity.configuration]
            }
            for observation in seen where observation.arm == arm {
                for version in observation.answer?.versions ?? [] { parts += [version.name, version.value] }
            }
        }
        var hash = SHA256()
        for part in parts { hash.update("\(part.utf8.count):\(part)") }
        return hash.finish().hex
    }

    private func end(_ result: RunResult) throws {
        if request.rescore { return }
        try ports.runs.end(
            run: result.manifest.runID, verdict: result.verdict,
            durationSeconds: result.manifest.durationSeconds,
            gates: result.gates.map { gate in
                RunRecord.Gate(
                    rule: gate.rule.text, outcome: gate.outcome.rawValue, candidate: gate.candidate?.value,
                    baseline: gate.baseline?.value)
            })
    }

    var readsLog: Bool { request.resume || request.rescore }

    /// Every column that the policy slices by or that a rule's `when` names.
    private var sliceNames: [String] {
        var names = request.policy.slices
        for rule in request.rules {
            if let name = rule.slice?.name, !names.contains(name) { names.append(name) }
        }
        return names
    }

    struct FirstLook {
        /// One an arm, at most.
        let observations: [Observation]
        let rehearsal: Replayer.Rehearsal?
    }

    /// What the app shows at all: asked once an arm, or read from the log where it stands there.
    ///
    /// A run that is read again sees what it saw when it asked, the first example's observation, so that the names
    /// that families of metrics expand to are the same.
    ///
    /// - Parameter log: Where what is asked goes at once: what was answered is not lost, whatever ends the run before its
    ///   example's turn comes. Nil: nowhere.
    func firstLook(_ prepared: Prepared, _ log: (any ObservationLog)? = nil) async throws -> FirstLook {
        var settled = Settled(starts: prepared.index.rows.starts, arms: arms)
        var logged: [Arm: Observation] = [:]
        if readsLog { logged = try look(prepared.index, &settled) }
        if request.rescore { return FirstLook(observations: arms.compactMap { logged[$0] }, rehearsal: nil) }
        let replayer = Replayer(
            plan: prepared.plan, clock: ports.clock, log: log ?? NoLog(), sink: { _, _, _ in },
            progress: { [progress] in if $0.waiting != nil { progress($0) } })
        let rehearsal = try await replayer.rehearse(settled: settled)
        let asked = rehearsal.answers
        let observations = arms.compactMap { arm in
            let first = asked.first { $0.unit.arm == arm }
            if let first, first.unit.example == 0, first.unit.repetition == 0 { return first.observation }
            return logged[arm] ?? first?.observation
        }
        return FirstLook(observations: observations, rehearsal: rehearsal)
    }

    /// Notes what the log has settled, and finds each arm's observation of the first example, else its first answer.
    func look(_ index: ExampleIndex, _ settled: inout Settled) throws -> [Arm: Observation] {
        var first: [Arm: Observation] = [:]
        var anyAnswer: [Arm: Observation] = [:]
        var found = settled
        try ports.evidence.read(
            run: request.manifest.runID,
            each: { observation in
                guard let unit = unit(of: observation, index), !found[unit] else { return }
                if isSettled(observation) { found[unit] = true }
                if unit.example == 0, unit.repetition == 0 { first[observation.arm] = observation }
                if observation.answer != nil, anyAnswer[observation.arm] == nil {
                    anyAnswer[observation.arm] = observation
                }
            }, problem: notice)
        settled = found
        return first.merging(anyAnswer) { whole, _ in whole }
    }

    /// Nil where the run asks for no such observation, or for no such arm.
    func unit(of observation: Observation, _ index: ExampleIndex) -> ReplayPlan.Unit? {
        guard arms.contains(observation.arm), let position = index.positions[observation.example],
            observation.repetition < index.rows.rows(of: position).count
        else { return nil }
        return ReplayPlan.Unit(example: position, arm: observation.arm, repetition: observation.repetition)
    }

    /// What nobody is to blame for is asked again on a resume.
    func isSettled(_ observation: Observation) -> Bool {
        observation.failure.map(\.countsAgainstApp) ?? true
    }

    /// Never inlined: Swift 6.3.1 crashes, optimising, on splitting the coroutine that it is inlined into.
    @inline(never)
    private func replay(
        _ plan: ReplayPlan, _ seen: FirstLook, _ log: any ObservationLog, _ index: ExampleIndex,
        _ scoring: Scoring
    ) async throws {
        guard let rehearsal = seen.rehearsal else { return }
        let replayer = replayer(plan, log, index, scoring, progress: progress)
        try await replayer.run(settled: scoring.settled, after: rehearsal)
        try log.finish()
    }

    /// Asks, and scores what comes.
    func replayer(
        _ plan: ReplayPlan, _ log: any ObservationLog, _ index: ExampleIndex, _ scoring: Scoring,
        progress: @escaping @Sendable (ReplayProgress) -> Void
    ) -> Replayer {
        let starts = index.rows.starts
        let scorer = scoring.scorer
        let tally = scoring.tally
        return Replayer(
            plan: plan, clock: ports.clock, log: log,
            sink: { number, example, observations in
                var features: ExampleFeatures?
                for observation in observations {
                    let row = Int(starts[number]) + observation.repetition
                    let scores = scorer.score(example, observation, row: row, features: &features)
                    let failed = failures(scorer, scores, observation)
                    tally.withLock { $0.add(observation, failures: failed) }
                }
            }, progress: progress)
    }

    /// Scores what the log holds. An observation that nobody is to blame for is asked again on a resume; on a
    /// rescore it stays unmeasured.
    private func readBack(
        _ index: ExampleIndex, _ scorer: Scorer, _ tally: Mutexed<RunTally>, _ settled: inout Settled
    ) throws {
        var open: [ReplayPlan.Unit: Observation] = [:]
        var found = settled
        try ports.evidence.read(
            run: request.manifest.runID,
            each: { observation in
                guard let unit = unit(of: observation, index), !found[unit] else { return }
                guard isSettled(observation) else {
                    open[unit] = observation
                    return
                }
                found[unit] = true
                open[unit] = nil
                try score(observation, unit, index, scorer, tally)
            }, problem: { _ in })
        if request.rescore {
            let units = open.keys.sorted(by: ReplayPlan.Unit.precedes)
            for unit in units {
                if let observation = open[unit] { try score(observation, unit, index, scorer, tally) }
            }
        }
        settled = found
    }

    private func score(
        _ observation: Observation, _ unit: ReplayPlan.Unit, _ index: ExampleIndex, _ scorer: Scorer,
        _ tally: Mutexed<RunTally>
    ) throws {
        let example = try ports.examples.example(unit.example, repetition: unit.repetition)
        var features: ExampleFeatures?
        let row = Int(index.rows.starts[unit.example]) + unit.repetition
        let scores = scorer.score(example, observation, row: row, features: &features)
        let failed = failures(scorer, scores, observation)
        tally.withLock { $0.add(observation, failures: failed) }
    }
}

/// Measurements that failed on an answer they should have read.
private func failures(
    _ scorer: Scorer, _ scores: [Measurement], _ observation: Observation
) -> [(metric: String, reason: String)] {
    guard observation.answer != nil else { return [] }
    var found: [(metric: String, reason: String)] = []
    for (definition, score) in zip(scorer.definitions, scores) {
        switch score {
        case .failed(let reason), .unmeasured(let reason): found.append((definition.name, reason))
        case .value, .values, .labels, .notApplicable: continue
        }
    }
    return found
}

/// A log for what is not to be kept.
private struct NoLog: ObservationLog {
    func append(_ observation: Observation) {}
    func finish() {}
}

/// Whether a record was found damaged while it was read.
final class RecordDamage: Sendable {
    private let found = Atomic<Bool>(false)

    var isFound: Bool { found.load(ordering: .relaxed) }

    func note() { found.store(true, ordering: .relaxed) }
}
