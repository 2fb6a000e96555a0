import Domain
import Gating
import Metrics

/// From scores to the result that reports render.
extension GoldenGate {
    func conclude(
        _ table: any ScoreTable, _ selection: MetricSelection, _ tally: RunTally, _ index: ExampleIndex,
        uses: [ModelUse], attempt: Int, seconds: Double
    ) throws -> RunResult {
        var measurement = tally.measurement
        if request.rescore, damage.isFound { measurement.tellDamage() }
        let judge = GoldenJudge(
            rules: request.rules, definitions: selection.definitions, kpi: selection.kpi,
            options: try judging(options(attempt), uses, tally))
        let judgement = try judge.judge(table, measurement: measurement)
        var manifest = request.manifest
        manifest.attempt = attempt
        // Read again from the record, a run keeps the facts of its asking.
        if !request.rescore {
            manifest.durationSeconds = seconds
            manifest.cost = tally.cost
        }
        manifest.currency =
            request.policy.app.candidate?.prices?.currency
            ?? (tally.cost == nil && measurement.cache?.money == nil ? nil : "USD")
        manifest.repeats = request.repeats
        manifest.baseline?.versions = tally.observedVersions(.baseline)
        manifest.candidate?.versions = tally.observedVersions(.candidate)
        var result = RunResult(manifest: manifest, verdict: judgement.verdict, headline: judgement.headline)
        result.gates = judgement.gates
        result.metrics = judgement.metrics
        result.slices = judgement.slices
        result.confusions = judgement.confusions
        result.distributions = judgement.distributions
        result.movement = judgement.movement
        result.stages = judgement.stages
        result.whereItBroke = judgement.whereItBroke
        result.reservations = judgement.reservations
        let gating = AskingPhases.gating(request.rules, selection)
        result.headline = ModelLosses.headline(result.headline, measurement, gating: gating)
        result.warnings =
            ModelLosses.notes(measurement, gating: gating, run: manifest.runID)
            + judgement.warnings + notes(measurement, manifest) + overdue()
        result.expiredWaivers = expiredWaivers
        result.measurement = measurement
        result.layers = request.layers
        try noteExternal(table, selection, &result)
        result.changes = changes(manifest)
        result.shown = try shownExamples(result.movement, selection, index, table)
        return result
    }

    func options(_ attempt: Int) -> GateOptions {
        let later = request.layers.map(\.layer).filter { $0 != .golden }
        var options = GateOptions(
            confidence: request.policy.confidence, seed: request.manifest.seed,
            estimand: request.policy.estimand,
            unmeasuredLimit: request.policy.unmeasuredLimit, unsure: request.policy.unsure,
            laterLayers: later,
            automaticMargins: request.automaticMargins, judges: request.judges, attempt: attempt,
            waivers: validWaivers)
        options.unfedWaits = request.policy.unfedWaits
        return options
    }

    /// With what people say of the candidate's answers as they are: a label of another answer says nothing.
    private func judging(
        _ options: GateOptions, _ uses: [ModelUse], _ tally: RunTally
    ) throws -> GateOptions {
        var options = options
        let shown = arms.flatMap { tally.observedVersions($0) }
        options.otherJudge =
            AnsweringJudge(
                uses, calibrated: request.calibratedModels, app: shown,
                mayJudgeItself: request.policy.judge?.selfJudgingReason != nil
            ).refusal
        let calibration = request.policy.judge?.calibration
        options.correction = calibration?.correction ?? JudgePolicy.Correction.none
        options.peopleAreRandom = calibration?.isRandomSample ?? false
        let gating = Set(request.rules.map(GoldenJudge.measuredName))
        let labels = Dictionary(
            grouping: request.people.filter { gating.contains($0.metric) }, by: \.example)
        guard !labels.isEmpty else { return options }
        var people: [String: [String: Double]] = [:]
        try ports.evidence.read(
            run: request.manifest.runID,
            each: { observation in
                guard observation.arm == .candidate, observation.repetition == 0,
                    let own = labels[observation.example], let text = observation.answer?.text
                else { return }
                for label in own where label.answer.utf8.elementsEqual(text.utf8) {
                    people[label.metric, default: [:]][label.example] = label.value
                }
            }, problem: { _ in })
        options.people = people
        return options
    }

    private var validWaivers: [Waiver] {
        guard let day = request.day else { return [] }
        return request.policy.waivers.filter { !$0.isOver(on: day) }
    }

    private var expiredWaivers: [Waiver] {
        guard let day = request.day else { return [] }
        return request.policy.waivers.filter { $0.isOver(on: day) }
    }

    /// Waivers that are over, and thresholds that nobody looked at when they should have been.
    private func overdue() -> [String] {
        guard let day = request.day else { return [] }
        var notes = expiredWaivers.map { waiver in
            "the waiver of \(waiver.gate) (\(waiver.owner)) ended on \(waiver.until) and does not count; remove it"
        }
        for rule in request.rules {
            guard let review = rule.review, review < day else { continue }
            let owner = rule.owner.map { " by \($0)" } ?? ""
            notes.append("\(rule.text) was to be reviewed\(owner) by \(review)")
        }
        return notes
    }

    /// What a reader of the numbers must know of how they were had.
    private func notes(_ measurement: MeasurementCounts, _ manifest: Manifest) -> [String] {
        var notes: [String] = []
        for (arm, facts) in [(Arm.baseline, manifest.baseline), (.candidate, manifest.candidate)] {
            for version in facts?.versions ?? [] where version.values.count > 1 {
                notes.append(
                    "the \(arm.rawValue) ran with \(version.values.count) values of \(version.name): "
                        + "what was judged is a mixture")
            }
        }
        if measurement.fromCache > 0 {
            notes.append(
                "\(measurement.fromCache) \(measurement.fromCache == 1 ? "answer comes" : "answers come") "
                    + "from the cache, timed as when first asked; --no-cache asks anew")
        }
        return notes
    }

    /// Versions that the arms were seen to differ in: `retriever.top_k 5 → 3`.
    private func changes(_ manifest: Manifest) -> [String] {
        guard let before = manifest.baseline?.versions, let after = manifest.candidate?.versions else {
            return []
        }
        var old: [String: [String]] = [:]
        for version in before { old[version.name] = version.values }
        var new: [String: [String]] = [:]
        for version in after { new[version.name] = version.values }
        var lines: [String] = []
        for name in Set(old.keys).union(new.keys).sorted() where old[name] != new[name] {
            let was = old[name]?.joined(separator: ", ") ?? "absent"
            let now = new[name]?.joined(separator: ", ") ?? "absent"
            lines.append("\(name) \(was) → \(now)")
        }
        return lines
    }

    // MARK: Examples in full

    private static let shownFailing = 20
    private static let shownPassing = 5

    /// Reads the observations of the examples worth reading back from the log, and sets the arms side by side.
    private func shownExamples(
        _ movement: Movement, _ selection: MetricSelection, _ index: ExampleIndex, _ table: any ScoreTable
    ) throws -> [ShownExample] {
        var wanted: [(id: String, movement: String)] = []
        for item in movement.newlyFailing.prefix(GoldenGate.shownFailing) {
            wanted.append((item.example, "newly failing"))
        }
        for item in movement.newlyPassing.prefix(GoldenGate.shownPassing) {
            wanted.append((item.example, "newly passing"))
        }
        guard !wanted.isEmpty else { return [] }
        let ids = Set(wanted.map(\.id))
        var found: [String: [Arm: Observation]] = [:]
        try ports.evidence.read(
            run: request.manifest.runID,
            each: { observation in
                guard ids.contains(observation.example), observation.repetition == 0 else { return }
                found[observation.example, default: [:]][observation.arm] = observation
            }, problem: { _ in })
        var numbers: [String: Int] = [:]
        for (number, id) in index.rows.ids.enumerated() where ids.contains(id) { numbers[id] = number }
        let modelled = try modelScores(
            selection, table, rows: numbers.mapValues { Int(index.rows.starts[$0]) })
        var shown: [ShownExample] = []
        for item in wanted {
            guard let number = numbers[item.id] else { continue }
            let example = try ports.examples.example(number)
            shown.append(show(example, found[item.id] ?? [:], item.movement, selection, modelled))
        }
        return shown
    }

    private struct ModelledPlace: Hashable {
        let metric: String
        let arm: Arm
        let example: String
    }

    /// Scores that models had a part in, as they were judged: nobody is asked again. Memory: one column at a time.
    private func modelScores(
        _ selection: MetricSelection, _ table: any ScoreTable, rows: [String: Int]
    ) throws -> [ModelledPlace: ShownScore] {
        var scores: [ModelledPlace: ShownScore] = [:]
        for definition in selection.definitions where definition.models != nil && definition.width == 1 {
            for arm in arms {
                guard let column = try table.column(definition.name, arm) else { continue }
                for (example, row) in rows where row < column.rowCount {
                    let state = column.states[row]
                    let place = ModelledPlace(metric: definition.name, arm: arm, example: example)
                    if state == 0 {
                        scores[place] = ShownScore(value: column.values[row], why: nil)
                    } else {
                        let reason = column.reasons[Int(state.magnitude) - 1]
                        scores[place] = ShownScore(
                            value: nil, why: (state > 0 ? "not applicable: " : "failed: ") + reason)
                    }
                }
            }
        }
        return scores
    }

    private func show(
        _ example: Example, _ arms: [Arm: Observation], _ movement: String, _ selection: MetricSelection,
        _ modelled: [ModelledPlace: ShownScore]
    ) -> ShownExample {
        ShownExample(
            id: example.id, query: example.query, expected: expectations(example),
            goldDocuments: example.goldDocuments ?? [], baseline: arms[.baseline].map(side),
            candidate: arms[.candidate].map(side), scores: scores(example, arms, selection, modelled),
            movement: movement,
            place: example.place)
    }

    private func side(_ observation: Observation) -> ShownExample.Side {
        let answer = observation.answer
        let guardrail = answer?.guardrail.map { decision in
            decision.reason.map { "\(decision.outcome.rawValue): \($0)" } ?? decision.outcome.rawValue
        }
        return ShownExample.Side(
            text: answer?.text, intent: answer?.intent, documents: answer?.documents, guardrail: guardrail,
            failure: observation.failure.map { "\($0.cause.rawValue): \($0.detail)" })
    }

    private func expectations(_ example: Example) -> [String] {
        var lines: [String] = []
        if let intent = example.expectedIntent { lines.append("intent: \(intent)") }
        if let documents = example.goldDocuments {
            lines.append("documents: " + documents.joined(separator: ", "))
        }
        if !example.references.isEmpty {
            lines.append("answer: " + example.references.joined(separator: " | "))
        }
        if let guardrail = example.expectedGuardrail { lines.append("guardrail: \(guardrail.rawValue)") }
        if !example.required.isEmpty { lines.append("contains: " + words(example.required)) }
        if !example.prohibited.isEmpty { lines.append("does not contain: " + words(example.prohibited)) }
        return lines
    }

    private func words(_ elements: [Element]) -> String {
        elements.map { element in
            switch element.kind {
            case .text(let text): "\"\(text)\""
            case .anyOf(let texts): "one of " + texts.map { "\"\($0)\"" }.joined(separator: ", ")
            case .regex(let pattern): "/\(pattern)/"
            case .count(let text, let least, let most):
                "\"\(text)\" \(least) to \(most.map(String.init) ?? "any number of") times"
            case .catalogue(let name): "an entry of \(name)"
            case .judge(let statement): statement
            }
        }.joined(separator: "; ")
    }

    private func scores(
        _ example: Example, _ arms: [Arm: Observation], _ selection: MetricSelection,
        _ modelled: [ModelledPlace: ShownScore]
    ) -> [ShownExample.Score] {
        var scores: [ShownExample.Score] = []
        for definition in selection.definitions where definition.tier == .quality {
            guard case .mean = definition.aggregate else { continue }
            func score(_ arm: Arm) -> ShownScore? {
                guard let observation = arms[arm] else { return nil }
                guard definition.models == nil else {
                    return modelled[ModelledPlace(metric: definition.name, arm: arm, example: example.id)]
                }
                return measured(definition, example, observation)
            }
            let before = score(.baseline)
            let after = score(.candidate)
            guard before?.value != nil || after?.value != nil else { continue }
            scores.append(
                ShownExample.Score(
                    metric: definition.name, baseline: before?.value, candidate: after?.value,
                    note: after?.why ?? before?.why))
        }
        return scores
    }

    private struct ShownScore {
        let value: Double?
        let why: String?
    }

    private func measured(
        _ definition: MetricDefinition, _ example: Example, _ observation: Observation
    ) -> ShownScore {
        var input = MeasureInput(example: example, observation: observation)
        switch definition.measured(&input) {
        case .value(let value): return ShownScore(value: value, why: nil)
        case .notApplicable(let why): return ShownScore(value: nil, why: "not applicable: \(why)")
        case .failed(let why): return ShownScore(value: nil, why: "failed: \(why)")
        case .unmeasured(let why): return ShownScore(value: nil, why: "not measured: \(why)")
        case .values, .labels: return ShownScore(value: nil, why: nil)
        }
    }
}
