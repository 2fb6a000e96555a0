import Domain
import Gating
import Glibc
import Metrics
import Statistics
import Text

/// From trials to what is said of them.
extension Examination {
    func report(
        _ trials: [Trial], _ caught: [Int: Caught], project: String, policyPath: String, source: String
    ) throws -> DoctorReport {
        let gates = input.rules.indices.map { gate($0, trials, caught[$0]) }
        let slices = slices(trials)
        var report = DoctorReport(
            project: project, policyPath: policyPath, source: source, examples: pool.rows.count,
            noise: dealer.noise, repeats: repeats, verdictRepeats: input.verdictRepeats,
            runRepeats: input.runRepeats,
            trials: trials.count, curveTrials: trials.count { !$0.planted.isEmpty }, seed: input.seed,
            confidence: input.options.confidence, apps: [],
            verdict: verdictCurve(trials), gates: gates, slices: slices, sliceBlocks: sliceBlocks(trials),
            variance: varianceChecks(), findings: [], methods: methods)
        let lost = GoldenJudge.unmeasured(input.measurement, input.table, options: input.options)
        report.findings = FindingsMaker(report, lost: lost, fromCache: input.measurement.fromCache).findings
        return report
    }

    /// Repeats of an arm in the pairs that were judged.
    private var repeats: ClosedRange<Int> {
        let drawn = dealer.drawing(1)
        let rows = (drawn.pair ?? drawn.alone).rows
        let counts = (0..<rows.count).map { rows.rows(of: $0).count }
        return (counts.min() ?? 0)...(counts.max() ?? 0)
    }

    private var canDrawPairs: Bool { dealer.noise != .none }

    // MARK: The whole verdict

    private func verdictCurve(_ trials: [Trial]) -> [VerdictPoint] {
        let needsPairs = rehearsal.isRelative.contains(true)
        guard canDrawPairs || !needsPairs else { return [] }
        var points = [point(0, trials.map(\.unchanged))].compactMap(\.self)
        for (index, loss) in losses.enumerated() {
            let planted = trials.compactMap { $0.planted.isEmpty ? nil : $0.planted[index].whole }
            if let found = point(loss.size, planted) { points.append(found) }
        }
        return points
    }

    private func point(_ size: Double, _ outcomes: [Rehearsal.Outcome]) -> VerdictPoint? {
        let all = outcomes.count
        guard let ship = Share(outcomes.count { $0.verdict == .ship }, of: all),
            let block = Share(outcomes.count { $0.verdict == .block }, of: all),
            let open = Share(outcomes.count { $0.verdict == .cannotTell }, of: all)
        else { return nil }
        return VerdictPoint(
            size: size, ship: ship, block: block, cannotTell: open,
            reserved: outcomes.count { $0.verdict == .ship && $0.hasReservations })
    }

    // MARK: One gate

    private func gate(_ place: Int, _ trials: [Trial], _ caught: Caught?) -> GateCheck {
        let rule = input.rules[place]
        let isRelative = rehearsal.isRelative[place]
        let now = today.gates[place]
        let definition = definition(place)
        let isDrawn = canDrawPairs || !isRelative
        let own = trials.map { $0.unchanged.gates[place] }
        let error = isDrawn ? standardError(own, isRelative) : nil
        let curve = isDrawn ? gateCurve(place, trials) : []
        var flips: Share?
        if !isRelative, isEstimateHeld(rule), now.outcome == .passes || now.outcome == .fails {
            flips = Share(own.count { $0.outcome != now.outcome }, of: own.count)
        }
        let judged = own.filter { $0.judgedSlices > 0 }
        return GateCheck(
            rule: rule, unit: definition?.unit.rawValue ?? MetricUnit.ratio.rawValue,
            direction: definition?.direction.rawValue ?? Direction.higher.rawValue, isRelative: isRelative,
            n: now.n, value: isRelative ? now.baseline : now.candidate, margin: now.margin, bound: now.bound,
            standardError: error, curve: curve, today: now.outcome, flips: flips,
            caught: caught?.change, caughtSize: caught?.size,
            needed: needed(rule, definition, now, own, error, curve),
            judgedSlices: judged.map(\.judgedSlices).max() ?? 0,
            sliceBlocks: Share(judged.count { !$0.failingSlices.isEmpty }, of: judged.count),
            note: now.outcome == .unsure || now.outcome == .notJudged ? now.note : "")
    }

    private func definition(_ place: Int) -> MetricDefinition? {
        input.definitions.first { $0.name == rehearsal.metrics[place] }
    }

    /// Whether a gate holds what was seen against a bound, which chance alone may lift it over.
    private func isEstimateHeld(_ rule: GateRule) -> Bool {
        switch rule.form {
        case .compare(_, _, let confidently): !confidently
        case .inBand, .tolerance, .spread, .repeated, .passPower, .kpiBands: true
        case .notWorse, .noWorse, .within, .order, .text: false
        }
    }

    private func standardError(_ gates: [Rehearsal.Gate], _ isRelative: Bool) -> Double? {
        var values: [Double] = []
        for gate in gates {
            guard let after = gate.candidate else { continue }
            if !isRelative {
                values.append(after)
            } else if let before = gate.baseline {
                values.append(after - before)
            }
        }
        return values.count < 2 ? nil : try? moments(values).standardDeviation
    }

    func gateCurve(_ place: Int, _ trials: [Trial]) -> [GatePoint] {
        var counts = OutcomeCounts()
        for trial in trials { counts.add(trial.unchanged.gates[place].outcome) }
        var points = [GatePoint(size: 0, change: 0, shares: counts)]
        for (index, loss) in losses.enumerated() {
            var counts = OutcomeCounts()
            var changes: [Double] = []
            for trial in trials where !trial.planted.isEmpty {
                counts.add(trial.planted[index].alone[place])
                if let before = trial.unchanged.gates[place].candidate,
                    let after = trial.planted[index].whole.gates[place].candidate
                {
                    changes.append(after - before)
                }
            }
            guard counts.all > 0 else { continue }
            points.append(
                GatePoint(size: loss.size, change: mean(changes), shares: counts))
        }
        return points
    }

    // MARK: What would resolve it

    /// Examples in all that would let an unchanged app pass in 80 %, for gates that ask for a proof.
    private func needed(
        _ rule: GateRule, _ definition: MetricDefinition?, _ now: Rehearsal.Gate, _ own: [Rehearsal.Gate],
        _ error: Double?, _ curve: [GatePoint]
    ) -> Int? {
        // Never fewer than there are: these examples were seen not to do.
        forecast(rule, definition, now, own, error, curve).flatMap { $0 > now.n ? $0 : nil }
    }

    private func forecast(
        _ rule: GateRule, _ definition: MetricDefinition?, _ now: Rehearsal.Gate, _ own: [Rehearsal.Gate],
        _ error: Double?, _ curve: [GatePoint]
    ) -> Int? {
        guard let unchanged = curve.first?.shares, now.n > 1, unchanged.all > 0,
            Double(unchanged.passes) < 0.8 * Double(unchanged.all)
        else { return nil }
        let root = Double(now.n).squareRoot()
        let confidence = input.options.confidence
        switch rule.form {
        case .noWorse:
            guard let margin = now.margin, let error else { return nil }
            if error > 0 {
                return try? examplesNeeded(
                    for: .pairedMean(margin: margin, deviation: error * root), at: 0, confidence: confidence)
            }
            // That none of a few differed says little of how many do: the most that may, by a whole span.
            guard let span = definition?.span,
                let share = try? shareThatMayDiffer(n: now.n, confidence: confidence)
            else { return nil }
            let deviation = span * share.squareRoot()
            return try? examplesNeeded(
                for: .pairedMean(margin: margin, deviation: deviation), at: 0, confidence: confidence)
        case .within(let share):
            let logs = own.compactMap { gate -> Double? in
                guard let before = gate.baseline, let after = gate.candidate, before > 0, after > 0 else {
                    return nil
                }
                return log(after / before)
            }
            guard let deviation = try? moments(logs).standardDeviation, deviation > 0 else { return nil }
            return try? examplesNeeded(
                for: .ratio(within: share, deviation: deviation * root), at: 1, confidence: confidence)
        case .compare(let comparison, let quantity, true):
            guard let value = now.candidate, comparison.holds(value, quantity.value), let error, error > 0
            else { return nil }
            // A rule from above is one from below of the negated number.
            let isAbove = comparison != .atMost && comparison != .below
            if definition?.isPassFail == true, rule.metric.statistic == nil, repeats.upperBound == 1 {
                return enough(
                    rate: isAbove ? value : 1 - value,
                    atLeast: isAbove ? quantity.value : 1 - quantity.value, from: now.n)
            }
            let sign = isAbove ? 1.0 : -1.0
            return try? examplesNeeded(
                for: .confidentMean(atLeast: sign * quantity.value, deviation: error * root),
                at: sign * value,
                confidence: confidence)
        case .compare, .notWorse, .inBand, .tolerance, .spread, .repeated, .passPower, .order, .text,
            .kpiBands:
            return nil
        }
    }

    /// The first number of examples from which on the chance to pass stays at four in five: that of a rate rises in a
    /// saw, so that a smaller number may reach it and the next lose it again.
    private func enough(rate: Double, atLeast bound: Double, from n: Int) -> Int? {
        let form = OperatingModel.Form.confidentRate(atLeast: bound)
        let confidence = input.options.confidence
        guard let near = try? examplesNeeded(for: form, at: rate, confidence: confidence) else { return nil }
        func passes(_ examples: Int) -> Bool {
            guard
                let model = try? OperatingModel(form, examples: examples, confidence: confidence),
                let point = try? model.point(at: rate)
            else { return false }
            return point.pass >= 0.8
        }
        let last = min(OperatingModel.most, 2 * max(near, n) + 50)
        guard last <= 20_000 else { return near }
        return ((n + 1)...last).last { !passes($0) }.map { $0 + 1 } ?? n + 1
    }

    // MARK: Slices

    private func slices(_ trials: [Trial]) -> [SliceCheck] {
        var counts: [Int: [String: Int]] = [:]
        for trial in trials {
            for (place, gate) in trial.unchanged.gates.enumerated() {
                for slice in gate.failingSlices { counts[place, default: [:]][slice, default: 0] += 1 }
            }
        }
        var found: [SliceCheck] = []
        for place in counts.keys.sorted() {
            for slice in counts[place, default: [:]].keys.sorted() {
                guard let share = Share(counts[place]?[slice] ?? 0, of: trials.count) else { continue }
                found.append(SliceCheck(slice: slice, rule: input.rules[place].text, blocks: share))
            }
        }
        return found.sorted { $0.blocks.count > $1.blocks.count }
    }

    private func sliceBlocks(_ trials: [Trial]) -> Share? {
        let judged = trials.filter { trial in trial.unchanged.gates.contains { $0.judgedSlices > 0 } }
        return Share(
            judged.count { trial in trial.unchanged.gates.contains { !$0.failingSlices.isEmpty } },
            of: judged.count)
    }
}

// MARK: Methods

extension Examination {
    /// How the numbers came about, a sentence each.
    var methods: [String] {
        var lines = [
            "each of \(Numbers.grouped(input.trials)) trials draws \(Numbers.grouped(pool.rows.count)) examples with "
                + "replacement (seed \(input.seed)) and has the gates' own evaluator judge; shares with Wilson's interval",
            noiseWords,
            "within a trial intervals of means come from moments, tests take \(GateOptions.rehearsedFlips) random "
                + "signs or Student's tail, and recomputed metrics \(GateOptions.rehearsedResamples) resamples, where a "
                + "verdict takes 10,000",
            "a loss is planted into each drawing: pass rates and scores fall by it, as a share of their range, because "
                + "some examples fall to the worst, the same ones for all metrics; times and costs grow by it, or by "
                + "that share of five times the way to their limit where that is more; a gate's curve has its metric "
                + "alone lost, the verdict's every gated one, over \(Numbers.grouped(input.curveTrials)) trials a size; what is caught "
                + "in 80 % is sought between two sizes by halving",
        ]
        if rehearsal.isRelative.contains(false) {
            lines.append(
                "gates on the candidate alone draw whole examples of the app as it is, with all their repeats"
            )
        }
        if dealer.noise == .passes || dealer.noise == .repeats {
            lines.append("variance components by one-way analysis of variance over examples")
        }
        return lines
    }

    private var noiseWords: String {
        switch dealer.noise {
        case .passes:
            "an unchanged app: both arms asked the same one, and its answers to an example are dealt to the arms anew"
        case .repeats:
            "an unchanged app: the repeats of one arm are dealt to two, so that each has half of them"
        case .swapped:
            "an unchanged app: which arm is called the candidate is tossed for each example (sign-randomised "
                + "differences), so that a real change between the two apps adds to the noise"
        case .none: "an unchanged app could not be drawn: one arm was asked, once an example"
        }
    }
}
