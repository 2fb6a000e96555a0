import Domain
import Text

/// A rule of growth that fired: why, and what it asks for.
public struct GrowthDemand: Sendable, Hashable {
    public let rule: GrowthRule
    /// The segment it is about, as `locale = fr`; nil: the whole set.
    public let segment: String?
    /// Figures in a sentence without a full stop.
    public let why: String
    /// What the figures rest on: candidates, examples, or pairs of a run.
    public let n: Int
    /// What it wants: `20 examples of locale = fr: have 3`.
    public let wants: String
    public let wanted: Int
    public let have: Int
}

/// Decides which rules of growth fire. Pure: the same facts, the same demands, in the order of the rules.
public enum Growth {
    /// Demands of one rule at most: beyond, the rule is about the set rather than its segments.
    private static let most = 20

    public static func demands(_ rules: [GrowthRule], _ facts: GrowthFacts) -> [GrowthDemand] {
        rules.flatMap { rule in Array(demands(rule, facts).prefix(most)) }
    }

    private static func demands(_ rule: GrowthRule, _ facts: GrowthFacts) -> [GrowthDemand] {
        switch rule.trigger {
        case .newSegment(let column):
            (column.map { [$0] } ?? facts.slices).flatMap { newSegments($0, rule, facts) }
        case .thinSegment(let least, let column):
            (column.map { [$0] } ?? facts.slices).flatMap { thinSegments($0, least, rule, facts) }
        case .waiting(let kind, let least): waiting(kind, least, rule, facts)
        case .drop(let share, let metric, let column): drops(share, metric, column, rule, facts)
        case .newlyFailing(let least): newlyFailing(least, rule, facts)
        case .every(let days): calendar(days, rule, facts)
        }
    }

    // MARK: Segments

    private static func newSegments(
        _ column: String, _ rule: GrowthRule, _ facts: GrowthFacts
    ) -> [GrowthDemand] {
        var seen: [String: Int] = [:]
        for candidate in facts.candidates where candidate.state != .rejected {
            guard let value = candidate.columns.first(where: { $0.name == column })?.value else { continue }
            seen[value, default: 0] += 1
        }
        var found: [GrowthDemand] = []
        for (value, number) in seen.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
            guard facts.original(column, value) == 0 else { continue }
            let why =
                "\(counted(number, "candidate")) \(number == 1 ? "has" : "have") \(column) = \(value), and the set of "
                + "\(Numbers.grouped(facts.examples)) had no such example"
            let have = facts.count(column, value)
            if let demand = demand(rule, segment: (column, value), why, n: number, have: have) {
                found.append(demand)
            }
        }
        return found
    }

    private static func thinSegments(
        _ column: String, _ least: Int, _ rule: GrowthRule, _ facts: GrowthFacts
    ) -> [GrowthDemand] {
        var found: [GrowthDemand] = []
        for (value, count) in facts.counts.ascending(column) where count < least {
            let why =
                "\(column) = \(value) has \(counted(count, "example")) of \(Numbers.grouped(facts.examples))"
            if let demand = demand(rule, segment: (column, value), why, n: facts.examples, have: count) {
                found.append(demand)
            }
        }
        return found
    }

    // MARK: Candidates

    private static func waiting(
        _ kind: CandidateSignal, _ least: Int, _ rule: GrowthRule, _ facts: GrowthFacts
    ) -> [GrowthDemand] {
        let all = facts.candidates.filter { candidate in candidate.signals.contains { $0.kind == kind } }
        let open = all.filter { $0.state == .open }
        guard open.count >= least, let first = open.first else { return [] }
        let accepted = all.count { $0.state == .accepted }
        let why =
            "\(counted(open.count, "candidate")) with a \(kind.rawValue) \(open.count == 1 ? "waits" : "wait") for a "
            + "label, \(first.id) the longest"
        let demand = demand(rule, segment: nil, why, n: all.count, have: accepted)
        // They wait, whatever else was labelled.
        return [demand ?? made(rule, segment: nil, why, n: all.count, have: accepted)]
    }

    // MARK: Runs

    private static func drops(
        _ share: Double, _ metric: String?, _ column: String?, _ rule: GrowthRule, _ facts: GrowthFacts
    ) -> [GrowthDemand] {
        guard let run = facts.run else { return [] }
        var found: [GrowthDemand] = []
        for figure in run.figures {
            // .9 less .88 is a little more than .02 to a processor.
            guard metric == nil || figure.metric == metric, figure.slice == column, let drop = figure.drop,
                drop > share + 1e-9
            else { continue }
            let segment = figure.slice.flatMap { slice in figure.value.map { (slice, $0) } }
            let place = segment.map { " where \($0.0) = \($0.1)" } ?? ""
            let size =
                figure.isRatio ? Numbers.fixed(drop * 100, 1) + " percentage points" : Numbers.percent(drop)
            let why =
                "\(figure.metric)\(place) was worse by \(size) (\(Numbers.short(figure.baseline)) to "
                + "\(Numbers.short(figure.candidate)), n \(Numbers.grouped(figure.n))) in run \(run.run)"
            let since = run.day ?? facts.today
            let have = facts.written(since: since, segment?.0, segment?.1)
            if let demand = demand(rule, segment: segment, why, n: figure.n, have: have, since: since) {
                found.append(demand)
            }
        }
        return found
    }

    private static func newlyFailing(
        _ least: Int, _ rule: GrowthRule, _ facts: GrowthFacts
    ) -> [GrowthDemand] {
        guard let run = facts.run, run.newlyFailing >= least else { return [] }
        let why =
            "\(counted(run.newlyFailing, "example")) of \(Numbers.grouped(run.n)) newly "
            + "\(run.newlyFailing == 1 ? "fails" : "fail") in run \(run.run)"
        let since = run.day ?? facts.today
        let have = facts.written(since: since)
        return demand(rule, segment: nil, why, n: run.n, have: have, since: since).map { [$0] } ?? []
    }

    // MARK: Calendar

    private static func calendar(_ days: Int, _ rule: GrowthRule, _ facts: GrowthFacts) -> [GrowthDemand] {
        let since = Day(number: facts.today.number - days)
        if rule.ask == .review {
            if let last = facts.lastReview, last > since { return [] }
            let last = facts.lastReview.map { "the last review was on \($0)" } ?? "nobody ever reviewed it"
            return [
                made(
                    rule, segment: nil, "\(last); the rule wants one every \(days) days", n: facts.examples,
                    have: 0)
            ]
        }
        let first = Day(number: since.number + 1)
        let have = facts.written(since: first)
        let newest = facts.newest.map { "the newest is of \($0)" } ?? "none says when it was written"
        let why =
            "\(counted(have, "example")) of \(Numbers.grouped(facts.examples)) since \(first); \(newest)"
        return demand(rule, segment: nil, why, n: facts.examples, have: have, since: first).map { [$0] } ?? []
    }

    // MARK: Demands

    /// Nil where there are as many as it asks for.
    private static func demand(
        _ rule: GrowthRule, segment: (String, String)?, _ why: String, n: Int, have: Int, since: Day? = nil
    ) -> GrowthDemand? {
        if case .examples(let wanted) = rule.ask, have >= wanted { return nil }
        return made(rule, segment: segment, why, n: n, have: have, since: since)
    }

    private static func made(
        _ rule: GrowthRule, segment: (String, String)?, _ why: String, n: Int, have: Int, since: Day? = nil
    ) -> GrowthDemand {
        let name = segment.map { "\($0.0) = \($0.1)" }
        let wants: String
        let wanted: Int
        switch rule.ask {
        case .review:
            wants = "a review" + (name.map { " of \($0)" } ?? "")
            wanted = 1
        case .examples(let number):
            let what = counted(number, "example") + (name.map { " of \($0)" } ?? "")
            wants = what + (since.map { " since \($0)" } ?? "") + ": have \(Numbers.grouped(have))"
            wanted = number
        }
        return GrowthDemand(
            rule: rule, segment: name, why: why, n: n, wants: wants, wanted: wanted,
            have: rule.ask == .review ? 0 : have)
    }
}
