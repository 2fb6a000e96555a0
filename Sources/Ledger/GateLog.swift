import Domain
import Statistics

/// What the gate blocked, why, and what came of it.
public struct GateLog: Sendable {
    /// What happened to a change after it was blocked, as far as the runs tell.
    public enum Sequel: Sendable, Hashable {
        /// A later run of the same change ships, with another candidate that passes the rules that had failed.
        case mended(run: String, triesBetween: Int)
        /// The very same candidate ships at another try.
        case shippedUnchanged(run: String)
        /// A later run ships, and these rules that had failed are no longer asked, or were waived.
        case shippedWithout(run: String, rules: [String])
        /// Later runs of the same change, and none ships.
        case stillBlocked(runs: Int)
        /// No later run of the same change.
        case nothingSince
        /// Neither branch nor title says which runs are of the same change.
        case unknown
    }

    public struct Alarm: Sendable, Hashable {
        public let run: RunSummary
        public let sequel: Sequel
        /// In the order in which they were made; the last one that judges the alarm counts.
        public let notes: [RunNote]

        /// What people say of it: true or false; nil where nobody has said.
        public var judgement: RunNote.Outcome? { notes.last { $0.outcome != .overridden }?.outcome }
        public var isOverridden: Bool { notes.contains { $0.outcome == .overridden } }
    }

    /// Newest first.
    public let alarms: [Alarm]
    /// Runs by verdict, of those looked at.
    public let counts: [Verdict: Int]

    public var trueAlarms: Int { alarms.count { $0.judgement == .trueAlarm } }
    public var falseAlarms: Int { alarms.count { $0.judgement == .falseAlarm } }

    /// Share of true alarms among those that people judged, with its Wilson interval; nil where there are none.
    public func precision(confidence: Double = 0.90) -> Estimate? {
        share(trueAlarms, of: trueAlarms + falseAlarms, confidence, "share of judged alarms that were true")
    }

    /// Share of runs with a verdict that were blocked by mistake, with its Wilson interval. Alarms that nobody
    /// judged are not counted as mistakes: it is a least share.
    public func falseAlarmRate(confidence: Double = 0.90) -> Estimate? {
        let judged = counts.reduce(0) { $0 + ($1.key.isAnswer ? $1.value : 0) }
        return share(falseAlarms, of: judged, confidence, "share of runs that were blocked by mistake")
    }

    private func share(_ count: Int, of all: Int, _ confidence: Double, _ what: String) -> Estimate? {
        guard all > 0,
            let interval = try? wilsonInterval(successes: count, trials: all, confidence: confidence)
        else { return nil }
        return try? Estimate(value: Double(count) / Double(all), interval: interval, n: all, method: what)
    }

    /// Branches that many changes pass through, so that they tell none of them apart.
    public static let sharedBranches: Set<String> = ["main", "master", "trunk", "develop", "dev", "HEAD"]

    /// - Parameters:
    ///   - runs: Oldest first; of any projects.
    ///   - notes: Of any runs.
    public init(runs: [RunSummary], notes: [RunNote]) {
        var byRun: [String: [RunNote]] = [:]
        for note in notes { byRun[note.run, default: []].append(note) }
        var counts: [Verdict: Int] = [:]
        var later: [Change: [RunSummary]] = [:]
        var alarms: [Alarm] = []
        // From the newest back, so that what came later is known.
        for run in runs.reversed() {
            counts[run.verdict, default: 0] += 1
            let change = Change(run)
            if run.verdict == .block {
                let sequel = change.map { GateLog.sequel(of: run, later[$0] ?? []) } ?? .unknown
                alarms.append(Alarm(run: run, sequel: sequel, notes: byRun[run.id] ?? []))
            }
            if let change { later[change, default: []].append(run) }
        }
        self.alarms = alarms
        self.counts = counts
    }

    private struct Change: Hashable {
        let project: String
        let name: String

        init?(_ run: RunSummary) {
            project = run.project
            if let branch = run.branch, !GateLog.sharedBranches.contains(branch) {
                name = "branch " + branch
            } else if !run.title.isEmpty {
                name = "title " + run.title
            } else {
                return nil
            }
        }
    }

    /// - Parameter later: Of the same change, newest first.
    private static func sequel(of run: RunSummary, _ later: [RunSummary]) -> Sequel {
        guard !later.isEmpty else { return .nothingSince }
        guard let place = later.lastIndex(where: { $0.verdict == .ship }) else {
            return .stillBlocked(runs: later.count)
        }
        let shipped = later[place]
        let rules = Dictionary(
            shipped.gates.map { ($0.rule, $0.waivedBy != nil) }, uniquingKeysWith: { $0 || $1 })
        let gone = run.failing.map(\.rule).filter { rules[$0] ?? true }
        if !gone.isEmpty { return .shippedWithout(run: shipped.id, rules: gone) }
        if !run.pair.isEmpty, shipped.pair == run.pair || shipped.pair == "again " + run.pair {
            return .shippedUnchanged(run: shipped.id)
        }
        return .mended(run: shipped.id, triesBetween: later.count - place - 1)
    }
}
