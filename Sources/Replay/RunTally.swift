import Domain
import Metrics

/// What a run adds up beside the scores: who failed, what it cost, which versions were seen.
struct RunTally: Sendable {
    private(set) var counts = MeasurementCounts()
    private(set) var cost: Double?
    private var causes: [CauseKey: (count: Int, detail: String)] = [:]
    /// In the order in which metrics were first asked about.
    private var tried: [(metric: String, tries: Tries)] = []
    private var versions: [Arm: [String: Set<String>]] = [:]
    private let prices: ReleasePolicy.Prices?
    /// Arms whose answers may come from the cache.
    private let cached: Set<Arm>

    private struct CauseKey: Hashable {
        let arm: Arm
        let cause: String
        let isMetric: Bool
    }

    private struct Tries {
        var of = 0
        var lost = 0
        var overBudget = 0
        var reason = ""
    }

    /// Distinct values of one version that are kept; a text that differs on each answer is no version.
    private static let valuesKept = 20

    /// - Parameters:
    ///   - cacheAge: Age in seconds up to which cached answers are used; nil: none are.
    ///   - cached: Arms that are asked at all: what was recorded is read, and saves nobody anything.
    init(
        planned: Int, prices: ReleasePolicy.Prices?, cacheAge: Double? = nil,
        cached: Set<Arm> = Set(Arm.allCases)
    ) {
        counts.planned = planned
        counts.cache = cacheAge.map { CacheUse(maximumAgeSeconds: $0) }
        self.prices = prices
        self.cached = cached
    }

    /// - Parameter failures: Metrics that failed on an answer they should have read, with the reason.
    mutating func add(_ observation: Observation, failures: [(metric: String, reason: String)]) {
        add(failures, of: observation.arm)
        counts.throttled += observation.throttled
        if observation.attempts > observation.earlierTurns.count + 1 { counts.retried += 1 }
        if observation.fromCache { counts.fromCache += 1 }
        if cached.contains(observation.arm) { counts.cache?.add(observation, prices: prices) }
        switch observation.outcome {
        case .answered(let answer):
            counts.answered += 1
            for version in answer.versions ?? [] { note(version, observation.arm) }
            if !observation.fromCache {
                for turn in observation.earlierTurns + [answer] {
                    if let price = turn.usage?.money(at: prices) { cost = (cost ?? 0) + price }
                }
            }
        case .failed(let failure):
            if failure.countsAgainstApp { counts.appFailures += 1 } else { counts.unmeasured += 1 }
            let key = CauseKey(arm: observation.arm, cause: failure.cause.rawValue, isMetric: false)
            causes[key] = ((causes[key]?.count ?? 0) + 1, causes[key]?.detail ?? failure.detail)
        }
    }

    /// Notes metrics that failed on one answer.
    mutating func add(_ failures: [(metric: String, reason: String)], of arm: Arm) {
        counts.metricFailures += failures.count
        for failure in failures {
            let key = CauseKey(arm: arm, cause: failure.metric, isMetric: true)
            causes[key] = ((causes[key]?.count ?? 0) + 1, causes[key]?.detail ?? failure.reason)
        }
    }

    /// Counts what models were wanted for, and why it came to nothing where it did.
    mutating func addTries(_ tries: [(metric: String, lost: String?)]) {
        for (metric, lost) in tries {
            let place = tried.firstIndex { $0.metric == metric } ?? tried.endIndex
            if place == tried.endIndex { tried.append((metric, Tries())) }
            tried[place].tries.of += 1
            guard let lost else { continue }
            if tried[place].tries.lost == 0 { tried[place].tries.reason = lost }
            tried[place].tries.lost += 1
            if JudgeProblem.isOverBudget(lost) { tried[place].tries.overBudget += 1 }
        }
    }

    private mutating func note(_ version: Answer.Version, _ arm: Arm) {
        var known = versions[arm, default: [:]][version.name, default: []]
        if known.count < RunTally.valuesKept { known.insert(version.value) }
        versions[arm, default: [:]][version.name] = known
    }

    /// The counts with causes sorted, most frequent first.
    var measurement: MeasurementCounts {
        var result = counts
        result.causes = causes.map { key, value in
            MeasurementCounts.ByCause(
                arm: key.arm, cause: key.cause, count: value.count, detail: value.detail,
                isMetric: key.isMetric)
        }
        result.causes.sort { first, second in
            if first.count != second.count { return first.count > second.count }
            return (first.arm.rawValue, first.cause) < (second.arm.rawValue, second.cause)
        }
        result.losses = tried.filter { $0.tries.lost > 0 }.map { metric, tries in
            MeasurementCounts.ModelLoss(
                metric: metric, of: tries.of, lost: tries.lost, overBudget: tries.overBudget,
                reason: tries.reason)
        }
        // Planned and never seen: nobody's failure, and not measured.
        let seen = result.answered + result.appFailures + result.unmeasured
        if seen < result.planned {
            result.unmeasured += result.planned - seen
            result.causes.append(
                MeasurementCounts.ByCause(
                    arm: .candidate, cause: MeasurementCounts.unasked, count: result.planned - seen,
                    detail: "the run ended first"))
        }
        return result
    }

    /// Whether every answer came from the cache but the first of each arm, which is asked to see what runs.
    func isSecondHand(arms: Int) -> Bool {
        counts.fromCache > 0 && counts.fromCache >= counts.planned - arms
    }

    func observedVersions(_ arm: Arm) -> [Manifest.ObservedVersion] {
        let known = versions[arm] ?? [:]
        return known.keys.sorted().map {
            Manifest.ObservedVersion(name: $0, values: known[$0, default: []].sorted())
        }
    }
}

extension MeasurementCounts {
    /// Says of what is missing that its record is damaged, and not that it was never asked.
    public mutating func tellDamage() {
        causes = causes.map { cause in
            guard cause.cause == MeasurementCounts.unasked else { return cause }
            return ByCause(
                arm: cause.arm, cause: "not in the record", count: cause.count,
                detail: "the record is damaged", isMetric: cause.isMetric)
        }
    }

    /// The cause of what was planned and never seen.
    public static let unasked = "not asked"
}
