import Simulation
import Statistics
import Text

/// What `sluice simulate` found: detectors over the same simulated rollouts.
public struct SimulationReport: Sendable {
    public let study: RolloutStudy
    public let results: [DetectorResult]
    /// Seconds that each stage needs under Sluice's rule, as far as that is known.
    public let plannedHolds: [Double?]
    /// False alarms that one release may raise under Sluice's rule.
    public let alpha: Double
    /// The command line that does it again.
    public let command: String
    public let version: String

    public init(
        study: RolloutStudy, results: [DetectorResult], plannedHolds: [Double?] = [], alpha: Double,
        command: String, version: String
    ) {
        self.study = study
        self.results = results
        self.plannedHolds = plannedHolds
        self.alpha = alpha
        self.command = command
        self.version = version
    }

    /// `20 requests/s from 20,000 users`.
    var traffic: String {
        let rate = study.model.rate
        var words = SimulationWords.number(rate) + " requests/s"
        switch study.model.population {
        case .everyRequest: words += ", each from a user of its own"
        case .equal(let users): words += " from \(Numbers.grouped(users)) users"
        case .heavyTailed(let users, _):
            words += " from \(Numbers.grouped(users)) users, of whom few make most"
        }
        return words
    }

    /// `1 % ▸ 10 % ▸ 50 %, 30 min each`.
    var stages: String {
        let shares = study.plan.stages.map { SimulationWords.rate($0.share) }.joined(separator: " ▸ ")
        let hold = study.plan.stages.first.map { SimulationWords.duration($0.hold) } ?? ""
        return "\(shares), \(hold) each"
    }

    /// One line a metric: `errors 0.1 %, with the candidate 1 %, in bursts of 6`.
    var metrics: [String] {
        study.model.metrics.map { metric in
            var words = "\(metric.name) \(SimulationWords.rate(metric.base))"
            if let harm = metric.harm {
                switch harm.size {
                case .rate(let rate): words += ", with the candidate \(SimulationWords.rate(rate))"
                case .ratio(let ratio): words += ", with the candidate × \(SimulationWords.number(ratio))"
                }
                if harm.slice < 1 { words += " for \(SimulationWords.rate(harm.slice)) of the users" }
                if harm.fromStage > 0 { words += " from stage \(harm.fromStage + 1) on" }
                if harm.start > 0 { words += " after \(SimulationWords.duration(harm.start))" }
                if harm.ramp > 0 { words += ", growing over \(SimulationWords.duration(harm.ramp))" }
            }
            if metric.burst > 1 { words += ", in bursts of \(metric.burst)" }
            return words
        }
    }

    /// What the changed candidate is called: a change may be planted that does no harm.
    var changed: (one: String, many: String, title: String) {
        switch study.harmSign {
        case 1: ("candidate with the harm", "candidates with the harm", "With the harm")
        case -1: ("better candidate", "better candidates", "With the improvement")
        default: ("candidate whose rates stay", "candidates whose rates stay", "With a change of no size")
        }
    }

    /// The metrics that become worse, `thumbs_down and slow`.
    private var harmedMetrics: [Int] {
        study.model.metrics.indices.filter { index in
            let metric = study.model.metrics[index]
            return metric.harm.map { $0.fullRate(base: metric.base) > metric.base } ?? false
        }
    }

    /// What to take home, a sentence each.
    var findings: [String] {
        results.enumerated().flatMap { index, result in index == 0 ? own(result) : peer(result) }
    }

    private func own(_ result: DetectorResult) -> [String] {
        var out: [String] = []
        if study.harmSign > 0, let found = result.detected, let users = result.usersExposed(0.5),
            let time = result.detectionTime(0.5)
        {
            var words = "\(result.name) finds the harm in \(SimulationWords.share(found.value)) of rollouts"
            if let seconds = time.value, let exposed = users.value {
                words += ", in half of them within \(SimulationWords.duration(seconds)) and before more than "
                words += "\(Numbers.grouped(Int(exposed))) users have met it"
            }
            out.append(words + ".")
            if let missed = result.missed, missed.value > 0.005 {
                out.append(
                    "\(result.name) promotes it to everyone in \(SimulationWords.share(missed.value)).")
            }
        } else if let stopped = result.detected, let promoted = result.missed {
            let mistakes = SimulationWords.share(stopped.value)
            out.append(
                "\(result.name) promotes the \(changed.one) in \(SimulationWords.share(promoted.value)) of "
                    + "rollouts and rolls back \(stopped.count == 0 ? "none" : mistakes + " by mistake").")
        }
        let held = result.share(ofHealthy: .onHold)
        if held.value > 0.05 {
            let patience = SimulationWords.number(study.plan.patience)
            out.append(
                "\(result.name) still cannot tell after \(patience) × the hold in "
                    + "\(SimulationWords.share(held.value)) of healthy rollouts: " + remedy)
        }
        return out
    }

    /// Which stage is too short for its traffic, and what would do.
    private var remedy: String {
        var longest: (stage: Int, seconds: Double)?
        for (index, hold) in plannedHolds.enumerated() {
            if let hold, hold > longest?.seconds ?? 0 { longest = (index, hold) }
        }
        guard let longest, longest.seconds > study.plan.stages[longest.stage].hold else {
            return "larger stages or longer holds decide it."
        }
        let share = SimulationWords.rate(study.plan.stages[longest.stage].share)
        return
            "the stage of \(share) needs about \(SimulationWords.duration(longest.seconds)) on this traffic."
    }

    private func peer(_ result: DetectorResult) -> [String] {
        var faults: [String] = []
        if result.falseAlarms.value > 0.05 {
            faults.append(
                "rolls back \(SimulationWords.share(result.falseAlarms.value)) of healthy candidates")
        }
        if let early = result.tooEarly, early.value > 0.05 {
            faults.append(
                "rolls back \(SimulationWords.share(early.value)) of the others before there is any harm")
        }
        if study.harmSign <= 0, let stopped = result.detected, stopped.value > 0.05 {
            faults.append("\(SimulationWords.share(stopped.value)) of \(changed.many)")
        }
        if study.harmSign > 0, let missed = result.missed, missed.value > 0.05 {
            faults.append(
                "lets the harm through to everyone in \(SimulationWords.share(missed.value)) of rollouts")
        }
        guard !faults.isEmpty else { return [] }
        let isName = result.name.first?.isUppercase ?? true
        var blind = ""
        if study.harmSign > 0, result.looksAtErrorsOnly,
            harmedMetrics.allSatisfy({ !study.model.errorMetrics.contains($0) })
        {
            let seen = study.model.errorMetrics.map { study.model.metrics[$0].name }.joined(
                separator: " and ")
            let harmed = harmedMetrics.map { study.model.metrics[$0].name }.joined(separator: " and ")
            blind = ", which looks at \(seen) alone and cannot see \(harmed),"
        }
        return [(isName ? "" : "The ") + "\(result.name)\(blind) " + faults.joined(separator: " and ") + "."]
    }

    /// Moments at which the curves are drawn: up to the last rollback, and the first hold at least.
    func times(_ count: Int, healthy: Bool) -> [Double] {
        var last = study.plan.stages.first?.hold ?? 60
        for result in results {
            for outcome in (healthy ? nil : result.harmed) ?? result.healthy where outcome.isRolledBack {
                last = max(last, outcome.seconds)
            }
        }
        let step = SimulationWords.timeStep(last / 6)
        let end = (last / step).rounded(.up) * step
        return (1...count).map { end * Double($0) / Double(count) }
    }
}

/// Times, rates and shares as the reports of a simulation write them.
enum SimulationWords {
    /// `40 s`, `36 min`, `2 h 5 min`, `3 d 4 h`.
    static func duration(_ seconds: Double) -> String {
        if seconds < 100 { return Numbers.fixed(seconds, 0) + " s" }
        let minutes = Int((seconds / 60).rounded())
        if minutes < 120 { return "\(minutes) min" }
        if minutes < 2880 {
            return minutes % 60 == 0 ? "\(minutes / 60) h" : "\(minutes / 60) h \(minutes % 60) min"
        }
        let hours = (minutes + 30) / 60
        return hours % 24 == 0 ? "\(hours / 24) d" : "\(hours / 24) d \(hours % 24) h"
    }

    /// A round number of seconds at or above the one given.
    static func timeStep(_ seconds: Double) -> Double {
        let steps: [Double] = [
            5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400,
        ]
        for step in steps where step >= seconds { return step }
        return (seconds / 86_400).rounded(.up) * 86_400
    }

    /// A configured rate, in as many digits as it has: `0.1 %`, `12.5 %`.
    static func rate(_ rate: Double) -> String {
        for decimals in 0..<6 {
            let factor = [1e2, 1e3, 1e4, 1e5, 1e6, 1e7][decimals]
            if abs(rate * factor - (rate * factor).rounded()) < 1e-7 * factor / 100 {
                return Numbers.percent(rate, decimals)
            }
        }
        return Numbers.percent(rate, 6)
    }

    /// A simulated share: one decimal, none at the ends.
    static func share(_ share: Double) -> String {
        share == 0 || share == 1 ? Numbers.percent(share, 0) : Numbers.percent(share, 1)
    }

    static func interval(_ share: SimulatedShare) -> String {
        guard let interval = share.interval() else { return "" }
        func end(_ share: Double) -> String {
            share == 0 || share == 1 ? Numbers.fixed(share * 100, 0) : Numbers.fixed(share * 100, 1)
        }
        return "[\(end(interval.lower)), \(end(interval.upper))]"
    }

    static func number(_ value: Double) -> String {
        if value == value.rounded(), abs(value) < 1e15 { return Numbers.grouped(Int(value)) }
        if value >= 1 { return Numbers.fixed(value, 1) }
        let text = Numbers.fixed(value, 3)
        return String(text[...(text.lastIndex { $0 != "0" } ?? text.startIndex)])
    }

    static func count(_ quantile: SimulatedQuantile?) -> String {
        quantile?.value.map { Numbers.grouped(Int($0.rounded())) } ?? Numbers.missing
    }

    static func duration(_ quantile: SimulatedQuantile?) -> String {
        quantile?.value.map { duration($0) } ?? Numbers.missing
    }
}
