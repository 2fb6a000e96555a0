import Domain

/// Rules of growth that fired, as warnings.
struct GrowthCheck: LintCheck {
    private let rules: [GrowthRule]
    private var facts: GrowthFacts

    init(_ options: LintOptions) {
        rules = options.growth
        facts = GrowthFacts(today: options.today, slices: options.slices, rules: options.growth)
        facts.candidates = options.candidates
        facts.run = options.newestRun
    }

    mutating func note(_ example: Example, _ row: Int, _ log: inout FindingLog) { facts.note(example) }

    mutating func finish(_ set: LintedSet, _ log: inout FindingLog) {
        for demand in Growth.demands(rules, facts) {
            log.add(
                Finding(
                    .warning, .growthDue, at: demand.rule.place,
                    "\(quoted(demand.rule.when, limit: 120)) asks for \(demand.wants); \(demand.why)",
                    mend: "'sluice dataset candidates list' shows what waits for a label"))
        }
    }
}
