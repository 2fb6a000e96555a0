import Domain
import Metrics
import Scoring

/// One app's scores among several that were asked the same examples side by side.
public struct SideScores: Sendable {
    /// Under the arm `candidate`.
    public let table: any ScoreTable
    public let measurement: MeasurementCounts
    public let versions: [Manifest.ObservedVersion]
    public let cost: Double?
}

/// Several apps' scores over one data set, by one set of metrics.
public struct ScoresTogether: Sendable {
    /// In the order of the gates; a failure is that app's own.
    public let sides: [Result<SideScores, any Error>]
    public let definitions: [MetricDefinition]
}

extension GoldenGate {
    /// Asks several apps, each the candidate of a gate of its own, the same examples side by side, and scores them by
    /// the same metrics; judges nothing, and leaves the ledger alone.
    ///
    /// All gates have the first one's examples, metrics, rules and limits. An app that cannot be reached, or whose log
    /// fails, ends alone; the others go on.
    ///
    /// - Parameter budget: What all of them may ask; their targets draw on it.
    /// - Throws: `ReplayInterruption.stopped`, `MetricProblem`, what reading the examples throws.
    public static func together(
        _ gates: [GoldenGate], budget: CallBudget = CallBudget(nil),
        progress: @escaping @Sendable (ReplayProgress) -> Void = { _ in }
    ) async throws -> ScoresTogether {
        guard let first = gates.first else { return ScoresTogether(sides: [], definitions: []) }
        let index = try first.index(
            wantsPositions: first.wantsModels || gates.contains(where: \.readsLog))
        var strands: [Strand] = []
        for gate in gates { strands.append(try await Strand(gate, index)) }
        let selection = try first.select(strands.flatMap { $0.look?.observations ?? [] })
        for place in strands.indices { strands[place].start(selection) }
        try await ask(&strands, first, budget, progress)
        var sides: [Result<SideScores, any Error>] = []
        for strand in strands { sides.append(try await strand.outcome()) }
        return ScoresTogether(sides: sides, definitions: selection.definitions)
    }

    private static func ask(
        _ strands: inout [Strand], _ first: GoldenGate, _ budget: CallBudget,
        _ progress: @escaping @Sendable (ReplayProgress) -> Void
    ) async throws {
        let counted = Mutexed((done: 0, failed: [Int: Int]()))
        let planned = strands.reduce(0) {
            $0 + ($1.scoring == nil || $1.log == nil ? 0 : $1.prepared.plan.planned)
        }
        let settled = strands.reduce(0) { $0 + ($1.log == nil ? 0 : $1.scoring?.settled.count ?? 0) }
        counted.withLock { $0.done = settled }
        var passages: [Replayer.Passage?] = []
        for (place, strand) in strands.enumerated() {
            passages.append(
                strand.passage { step in
                    if step.waiting != nil { return progress(step) }
                    let all = counted.withLock { counted in
                        counted.done += 1
                        counted.failed[place] = step.failed
                        return (counted.done, counted.failed.values.reduce(0, +))
                    }
                    progress(
                        ReplayProgress(done: all.0, planned: planned, failed: all.1, seconds: step.seconds))
                })
        }
        guard passages.contains(where: { $0 != nil }) else { return }
        let braid = Braid(
            passages: passages,
            order: AskingOrder(seed: first.request.manifest.seed, count: passages.count),
            exampleCount: first.ports.examples.count,
            concurrency: first.request.policy.app.limits.concurrency, isOver: { budget.isSpent })
        let ended = try await braid.run()
        for place in passages.indices where passages[place] != nil {
            if let why = ended[place] { strands[place].problem = why } else { strands[place].finish() }
        }
    }

    /// What a run's calls come to, before any is made.
    public struct CallForecast: Sendable {
        /// Observations that the run has already.
        public var settled = 0
        /// Observations that the cache is likely to give.
        public var cached = 0
        /// Observations to be asked for.
        public var open = 0
        /// Calls that those take, if none has to be made twice.
        public var calls = 0

        public init() {}
    }

    /// Counts the calls that the candidate would be asked; makes none.
    ///
    /// - Parameter versions: What an answer of this app showed last, as `versionsText`; nil: nobody knows, and the
    ///   cache is taken to hold nothing.
    public func forecast(versions: String?) throws -> CallForecast {
        let prepared = try prepare()
        var settled = Settled(starts: prepared.index.rows.starts, arms: arms)
        if readsLog { _ = try look(prepared.index, &settled) }
        var forecast = CallForecast()
        let identity = ports.targets[.candidate]?.identity
        var isFirst = true
        for number in 0..<ports.examples.count {
            var example: Example?
            for repetition in prepared.index.rows.rows(of: number).indices {
                let unit = ReplayPlan.Unit(
                    example: number, arm: .candidate,
                    repetition: repetition - prepared.index.rows.rows(of: number).lowerBound)
                if settled[unit] {
                    forecast.settled += 1
                    continue
                }
                let asked = try example ?? ports.examples.example(number)
                example = asked
                // The first one is asked in any case, to see what runs.
                if !isFirst, let cache = ports.cache, let versions, let identity {
                    let key = Replayer.cacheKey(
                        asked, unit, identity, versions, request.policy.app.conversation)
                    if try cache.observation(key) != nil {
                        forecast.cached += 1
                        continue
                    }
                }
                isFirst = false
                forecast.open += 1
                forecast.calls += Asker.turns(of: asked, request.policy.app.conversation)
            }
        }
        return forecast
    }

    /// The versions that an answer shows, as the cache's keys hold them; nil where it shows none.
    public static func versionsText(_ answer: Answer) -> String? { shownVersions(answer) }
}

/// One app among several.
private struct Strand {
    let gate: GoldenGate
    let prepared: GoldenGate.Prepared
    private(set) var log: (any ObservationLog)?
    private(set) var look: GoldenGate.FirstLook?
    private(set) var scoring: GoldenGate.Scoring?
    /// Why it ended alone.
    var problem: (any Error)?

    /// - Throws: Where the whole was told to stop.
    init(_ gate: GoldenGate, _ index: ExampleIndex) async throws {
        self.gate = gate
        prepared = gate.prepare(index)
        do {
            // Held from the start: what another process writes is not asked for twice.
            log = gate.request.rescore ? nil : try gate.openLog()
            look = try await gate.firstLook(prepared, log)
        } catch let stop as ReplayInterruption {
            if case .stopped = stop { throw stop }
            problem = stop
        } catch {
            problem = error
        }
    }

    mutating func start(_ selection: MetricSelection) {
        guard problem == nil else { return }
        do { scoring = try gate.startScoring(prepared, selection) } catch { problem = error }
    }

    func passage(_ progress: @escaping @Sendable (ReplayProgress) -> Void) -> Replayer.Passage? {
        guard problem == nil, let log, let scoring, let rehearsal = look?.rehearsal else { return nil }
        return gate.replayer(prepared.plan, log, prepared.index, scoring, progress: progress)
            .begin(settled: scoring.settled, after: rehearsal)
    }

    mutating func finish() {
        do { try log?.finish() } catch { problem = error }
    }

    /// - Throws: Where the whole was told to stop.
    func outcome() async throws -> Result<SideScores, any Error> {
        do { return .success(try await scores()) } catch let stop as ReplayInterruption {
            if case .stopped = stop { throw stop }
            return .failure(stop)
        } catch {
            return .failure(error)
        }
    }

    private func scores() async throws -> SideScores {
        if let problem { throw problem }
        guard let scoring else { throw StoreError(.missing, "nothing was scored") }
        let scored = try await gate.finishScoring(scoring, prepared)
        return SideScores(
            table: scored.table, measurement: scored.tally.measurement,
            versions: scored.tally.observedVersions(.candidate), cost: scored.tally.cost)
    }
}
