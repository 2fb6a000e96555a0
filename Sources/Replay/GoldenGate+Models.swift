import Domain
import Metrics
import Scoring
import Text

/// The metrics that want something of models: measured after the asking, from the record.
extension GoldenGate {
    /// What came of them.
    struct Modelled {
        let table: any ScoreTable
        let uses: [ModelUse]
    }

    var wantsModels: Bool { request.wantsModels }

    /// Measures them over what the record holds, and keeps their scores beside the run; nil where there are none.
    ///
    /// The record is read in parts, so that memory does not grow with it: a part is a sixty-fourth of it, or 2,048
    /// observations. Where a judge has a budget it is read once for each judged metric: see `AskingPhases`.
    /// - Throws: `ReplayInterruption` where the run is told to stop: what was measured is kept. `StoreError`.
    func scoreModels(_ scoring: Scoring, _ prepared: Prepared) async throws -> Modelled? {
        guard scoring.selection.definitions.contains(where: { $0.models != nil }) else { return nil }
        let run = request.manifest.runID
        var whole = ModelPass(
            definitions: scoring.selection.definitions, provider: ports.models, scratch: ports.scratch,
            kept: try keptScores(run), reuse: request.takesKeptScores ? .all : .successes,
            reexpected: request.reexpected)
        let others =
            try whole.definitions.contains { $0.models?.comparesArms == true }
            ? otherArms(prepared.index) : [:]
        let phases = AskingPhases(
            whole.definitions, selection: scoring.selection, rules: request.rules,
            isLimited: request.policy.judge?.budget.isLimited ?? false)
        if !request.takesKeptScores { try await foretell(whole, prepared, others) }
        let planned = prepared.index.rows.rowCount * arms.count * phases.phases.count
        let began = ports.clock.now()
        var steps = Steps(saved: (at: began, took: 0))
        var table: (any ScoreTable)?
        for numbers in phases.phases {
            var pass = whole.part(numbers, scratch: ports.scratch)
            try await measure(&pass, scoring, prepared, others, drawn: phases.isLimited, &steps) { steps in
                progress(
                    ReplayProgress(
                        done: steps.done, planned: planned, failed: steps.failed,
                        seconds: ports.clock.now() - began, isMeasuring: true))
                if Task.isCancelled {
                    throw ReplayInterruption.stopped(done: steps.done, planned: planned)
                }
            }
            let part = try pass.sheet.table(rows: prepared.index.rows, arms: arms)
            table = table.map { JoinedTable(first: $0, second: part) } ?? part
            whole.take(pass)
        }
        try keep(whole, run)
        guard let table else { return nil }
        return Modelled(table: table, uses: whole.uses)
    }

    /// Observations beyond which making every question twice takes too long for a line about them.
    private static var mostForetold: Int { 50_000 }

    /// Says what a judge will be asked, now that the answers are there and what is kept of them can be told.
    private func foretell(
        _ pass: ModelPass, _ prepared: Prepared, _ others: [ArmRow: Observation]
    ) async throws {
        let rows = prepared.index.rows.rowCount * arms.count
        let isJudged = pass.definitions.contains { $0.models?.kinds == [.judge] }
        guard isJudged, rows <= Self.mostForetold else { return }
        var seen = Settled(starts: prepared.index.rows.starts, arms: arms)
        var (most, scores) = (0, 0)
        while true {
            let part = try nextPart(prepared.index, &seen, size: 2048, others: others)
            let foreseen = await pass.foresee(part.items)
            most += foreseen.most
            scores += foreseen.scores
            if part.isLast { break }
        }
        ports.models.foretell(most: most, scores: scores)
    }

    /// How far the asking is.
    private struct Steps {
        var done = 0
        var failed = 0
        var saved: (at: Double, took: Double)

        init(saved: (at: Double, took: Double)) { self.saved = saved }
    }

    /// Measures one phase over the whole record.
    ///
    /// - Parameters:
    ///   - drawn: Whether examples are taken in an order drawn by the run's seed, both arms of each together: where not all
    ///     can be asked, those that are asked are a sample, and the same one in every run.
    ///   - step: Told of each batch; what it throws ends the phase, with what was measured kept.
    private func measure(
        _ pass: inout ModelPass, _ scoring: Scoring, _ prepared: Prepared, _ others: [ArmRow: Observation],
        drawn: Bool, _ steps: inout Steps, _ step: (Steps) throws -> Void
    ) async throws {
        let run = request.manifest.runID
        let size = max(2048, prepared.index.rows.rowCount * arms.count / 64)
        var measured = Settled(starts: prepared.index.rows.starts, arms: arms)
        reading: while true {
            var part = try nextPart(prepared.index, &measured, size: size, others: others)
            if drawn { part.items = AskingPhases.drawn(part.items, seed: request.manifest.seed) }
            for start in stride(from: 0, to: part.items.count, by: Self.batchSize) {
                let batch = Array(part.items[start..<min(start + Self.batchSize, part.items.count)])
                let scores = await pass.measure(batch)
                for (item, row) in zip(batch, scores) {
                    let failures = modelFailures(pass.definitions, row, item.observation)
                    steps.failed += failures.isEmpty ? 0 : 1
                    let tried = modelTries(pass.definitions, row, item.observation)
                    scoring.tally.withLock { tally in
                        tally.add(failures, of: item.observation.arm)
                        tally.addTries(tried)
                    }
                }
                steps.done += batch.count
                // A run that is killed loses little of what no cache holds.
                if ports.clock.now() - steps.saved.at > max(Self.secondsUnsaved, 20 * steps.saved.took) {
                    let start = ports.clock.now()
                    try keep(pass, run)
                    steps.saved = (ports.clock.now(), ports.clock.now() - start)
                }
                do { try step(steps) } catch {
                    try keep(pass, run)
                    throw error
                }
            }
            if part.isLast { break reading }
        }
    }

    private static var secondsUnsaved: Double { 5 }

    /// Observations measured together: what their texts become is held in memory at once.
    private static var batchSize: Int { 64 }

    /// What is to be said of texts that a model could not read at once.
    public static func lengthNote(_ use: ModelUse) -> String? {
        guard use.windowed > 0 else { return nil }
        return Prose.counted(use.windowed, "text") + (use.windowed == 1 ? " was" : " were")
            + " longer than \(use.model.name) reads at once, and read in parts: a vector of such a text is the mean "
            + "of its parts', which blurs what stands in one of them"
    }

    /// What is to be said of an address behind which more than one model answered.
    static func changeNote(_ use: ModelUse) -> String? {
        guard use.names.count > 1 else { return nil }
        let names = use.names.map { Prose.line($0, most: 60) }.joined(separator: ", ")
        let change =
            "answers of the \(use.model.role) \(use.model.name) call it by \(use.names.count) names (\(names)): what "
            + "stands behind its address changed, and "
        return change
            + (use.model.role == "judge"
                ? "its verdicts are not of one judge; calibrate it anew"
                : "scores may rest on vectors of either; delete .sluice/vectors.db and run again")
    }

    private func keptScores(_ run: String) throws -> KeptScores {
        guard readsLog, let bytes = try ports.evidence.get(run: run, name: KeptScores.name) else {
            return KeptScores()
        }
        do throws(KeptScores.Problem) { return try KeptScores(bytes) } catch {
            throw StoreError(.damaged, "run \(run): \(error.description)")
        }
    }

    private func keep(_ pass: ModelPass, _ run: String) throws {
        if request.takesKeptScores { return }
        var kept = pass.kept
        kept.uses = pass.uses
        try ports.evidence.put(run: run, name: KeptScores.name, bytes: kept.encoded())
    }

    private struct Part {
        var items: [ModelPass.Item] = []
        var isLast = true
    }

    private struct ArmRow: Hashable {
        let arm: Arm
        let row: Int
    }

    /// What each arm said to each row, its text alone: only where a metric compares the arms, since it is all in memory.
    private func otherArms(_ index: ExampleIndex) throws -> [ArmRow: Observation] {
        var found: [ArmRow: Observation] = [:]
        try ports.evidence.read(
            run: request.manifest.runID,
            each: { observation in
                guard let unit = unit(of: observation, index) else { return }
                let row = Int(index.rows.starts[unit.example]) + unit.repetition
                let place = ArmRow(arm: observation.arm, row: row)
                if let earlier = found[place], isSettled(earlier) { return }
                var outcome = observation.outcome
                if case .answered(let answer) = outcome {
                    var text = Answer(latencyMilliseconds: nil)
                    text.text = answer.text
                    outcome = .answered(text)
                }
                found[place] = Observation(
                    example: observation.example, arm: observation.arm, repetition: observation.repetition,
                    outcome: outcome)
            }, problem: { _ in })
        return found
    }

    private struct PartIsFull: Error {}

    /// The next observations that count and were not yet measured. Behind the last of them come those that nobody is
    /// to blame for, which stay unmeasured.
    private func nextPart(
        _ index: ExampleIndex, _ measured: inout Settled, size: Int, others: [ArmRow: Observation]
    ) throws -> Part {
        var part = Part()
        var open: [ReplayPlan.Unit: Observation] = [:]
        var seen = measured
        func add(_ observation: Observation, _ unit: ReplayPlan.Unit) throws {
            let row = Int(index.rows.starts[unit.example]) + unit.repetition
            part.items.append(
                ModelPass.Item(
                    example: try ports.examples.example(unit.example, repetition: unit.repetition),
                    observation: observation, row: row,
                    other: others[
                        ArmRow(arm: observation.arm == .baseline ? .candidate : .baseline, row: row)],
                    hasTwoArms: arms.count > 1))
        }
        do {
            try ports.evidence.read(
                run: request.manifest.runID,
                each: { observation in
                    guard let unit = unit(of: observation, index), !seen[unit] else { return }
                    guard isSettled(observation) else {
                        open[unit] = observation
                        return
                    }
                    if part.items.count == size { throw PartIsFull() }
                    seen[unit] = true
                    open[unit] = nil
                    try add(observation, unit)
                }, problem: { _ in })
        } catch is PartIsFull {
            part.isLast = false
        }
        measured = seen
        guard part.isLast else { return part }
        for unit in open.keys.sorted(by: ReplayPlan.Unit.precedes) {
            if let observation = open[unit] { try add(observation, unit) }
        }
        return part
    }

    /// What models were wanted for, and why it came to nothing where it did; what does not apply was not wanted.
    private func modelTries(
        _ definitions: [MetricDefinition], _ scores: [Measurement], _ observation: Observation
    ) -> [(metric: String, lost: String?)] {
        guard observation.answer != nil else { return [] }
        return zip(definitions, scores).compactMap { definition, score in
            switch score {
            case .failed(let reason), .unmeasured(let reason): (definition.name, reason)
            case .value, .values, .labels: (definition.name, nil)
            case .notApplicable: nil
            }
        }
    }

    private func modelFailures(
        _ definitions: [MetricDefinition], _ scores: [Measurement], _ observation: Observation
    ) -> [(metric: String, reason: String)] {
        guard observation.answer != nil else { return [] }
        return zip(definitions, scores).compactMap { definition, score in
            switch score {
            case .failed(let reason), .unmeasured(let reason): (definition.name, reason)
            case .value, .values, .labels, .notApplicable: nil
            }
        }
    }
}

/// Two tables over the same rows, side by side.
struct JoinedTable: ScoreTable {
    let first: any ScoreTable
    let second: any ScoreTable

    var rows: ScoreRows { first.rows }
    var arms: [Arm] { first.arms }

    func column(_ metric: String, _ arm: Arm) throws -> ScoreColumn? {
        try first.column(metric, arm) ?? second.column(metric, arm)
    }
}

extension GoldenGate.Request {
    /// What a run of it measures, as far as can be told before the app is asked; nil where a metric of it cannot be made,
    /// which ends the run.
    public var selection: MetricSelection? {
        try? MetricSelection(requests: policy.metrics, rules: rules, resources: resources)
    }

    /// Whether a metric wants something of models: of those that the policy names, that its rules speak of, or that
    /// its indicator is made of.
    public var wantsModels: Bool { selection?.wantsModels ?? false }
}
