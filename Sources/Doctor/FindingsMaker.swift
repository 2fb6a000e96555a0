import Domain
import Gating
import Metrics
import Statistics
import Text

/// From the numbers to the sentences that a person should read first.
struct FindingsMaker {
    let report: DoctorReport
    /// How often a gate may say something else by chance before it is worth a sentence.
    private static let restless = 0.05

    private let lost: String?
    private let fromCache: Int

    /// - Parameters:
    ///   - lost: Why the run's own verdict cannot be told, whatever its gates say.
    ///   - fromCache: Answers that were not asked for anew.
    init(_ report: DoctorReport, lost: String? = nil, fromCache: Int = 0) {
        self.report = report
        self.lost = lost
        self.fromCache = fromCache
    }

    var findings: [Finding] {
        var found = verdict
        if let lost { found.append(Finding(.bad, "no verdict can be told of the run itself: \(lost)")) }
        if fromCache > 0 {
            found.append(
                Finding(
                    .doubtful,
                    "\(Numbers.grouped(fromCache)) answers come from the cache, and a cache has no noise: trials "
                        + "show less of it than the app has"))
        }
        for gate in report.gates { found += self.gate(gate) }
        found += noise
        found += repeats
        found += variance
        let order: [Finding.Gravity] = [.bad, .doubtful, .note]
        return order.flatMap { gravity in found.filter { $0.gravity == gravity } }
    }

    private var alpha: Double { 1 - report.confidence }

    private var verdict: [Finding] {
        guard let unchanged = report.verdict.first else { return [] }
        var found: [Finding] = []
        if unchanged.block.interval.lower > alpha {
            let culprit = report.gates.max { $0.unchanged.fails < $1.unchanged.fails }
            var words = "an unchanged app is blocked in \(percent(unchanged.block))"
            if let culprit, culprit.unchanged.fails > 0, let share = culprit.unchanged.share(.fails) {
                words += ", most often by '\(culprit.rule.text)' (\(percent(share)))"
            }
            found.append(Finding(.bad, words))
        }
        if unchanged.ship.value < 0.5, unchanged.cannotTell.value > 0.2 {
            found.append(
                Finding(
                    .doubtful,
                    "an unchanged app gets no answer in \(percent(unchanged.cannotTell)): the data are too few for "
                        + "what the gates ask"))
        }
        return found
    }

    private func gate(_ gate: GateCheck) -> [Finding] {
        let name = "'\(gate.rule.text)'"
        if gate.curve.isEmpty { return [] }
        if !gate.note.isEmpty, gate.unchanged.passes + gate.unchanged.fails == 0 {
            return [Finding(.doubtful, "\(name) decides nothing: \(gate.note)")]
        }
        var found: [Finding] = []
        if gate.isUnresolved, let share = gate.unchanged.share(.passes) {
            var words = "\(name) passes an unchanged app in \(percent(share)) only"
            if let needed = gate.needed {
                words +=
                    "; \(Numbers.about(needed)) examples in all would pass it in 80 % (there are \(Numbers.grouped(gate.n)))"
            }
            if case .noWorse = gate.rule.form, let margin = reachable(gate) {
                words += ", or a margin of \(amount(margin, gate))"
            }
            found.append(Finding(.doubtful, words))
        }
        if let flips = gate.flips, flips.value >= FindingsMaker.restless, let value = gate.value {
            let limit =
                gate.bound.map { ", which lies \(amount(abs(value - $0), gate)) from its limit" } ?? ""
            found.append(
                Finding(
                    .doubtful,
                    "\(name) would say otherwise by chance in \(percent(flips)): the app has \(amount(value, gate))\(limit)"
                ))
        }
        return found
    }

    /// The margin that these examples would resolve.
    private func reachable(_ gate: GateCheck) -> Double? {
        // Where nothing differed, that any margin is resolved is not known.
        gate.standardError.flatMap { $0 > 0 ? try? detectableDrop(standardError: $0, alpha: alpha) : nil }
    }

    private var noise: [Finding] {
        switch report.noise {
        case .passes, .repeats: []
        case .swapped:
            [
                Finding(
                    .note,
                    "the arms are two apps: what really changed between them counts as noise here; --ask asks "
                        + "the baseline twice instead")
            ]
        case .none:
            [
                Finding(
                    .doubtful,
                    "one pass of one app shows no noise, so that nothing can be said of comparisons; --ask asks "
                        + "the baseline twice")
            ]
        }
    }

    /// Fewer repeats than a verdict has, or than the run made.
    private var repeats: [Finding] {
        let judged = report.repeats.upperBound
        guard judged > 0 else { return [] }
        if judged < report.verdictRepeats {
            return [
                Finding(
                    .doubtful,
                    "judged with \(times(judged)); your verdict averages \(report.verdictRepeats): it has less noise "
                        + "than is shown here, and needs fewer examples")
            ]
        }
        guard judged < report.runRepeats, judged == report.verdictRepeats else { return [] }
        return [
            Finding(
                .note,
                "judged with \(times(judged)), as your verdict has; the run asked \(report.runRepeats) times: "
                    + "--repeat \(report.runRepeats) judges all")
        ]
    }

    private func times(_ repeats: Int) -> String { repeats == 1 ? "1 repeat" : "\(repeats) repeats" }

    private var variance: [Finding] {
        guard !report.variance.isEmpty else {
            return report.noise == .none
                ? [] : [Finding(.note, "more examples or more repeats? Without repeats that is not known")]
        }
        return []
    }

    // MARK: Words

    /// With the metric's unit.
    private func amount(_ value: Double, _ gate: GateCheck) -> String {
        let unit =
            switch MetricUnit(rawValue: gate.unit) {
            case .milliseconds: " ms"
            case .tokens: " tokens"
            case .characters: " chars"
            case .money, .ratio, .count, .text, nil: ""
            }
        return Numbers.short(value) + unit
    }

    private func percent(_ share: Share) -> String { Numbers.percent(share.value, share.value < 0.1 ? 1 : 0) }
}

extension DoctorReport {
    /// Takes in whether the policy's apps answer; one that does not is the first finding.
    public mutating func add(_ checks: [AppCheck]) {
        apps += checks
        var found: [Finding] = []
        for check in checks {
            guard case .failed(let cause, let detail, _) = check.outcome else { continue }
            found.append(Finding(.bad, "the \(check.arm.rawValue) does not answer: \(cause), \(detail)"))
        }
        findings = found + findings
    }
}
