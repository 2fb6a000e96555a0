import Domain
import Metrics
import Text

/// Judges whether a parsed rule can ever be judged: units, ranges, statistics, baselines, repeats.
struct RuleChecker {
    /// What of the policy a rule leans on.
    struct Context {
        let hasBaseline: Bool
        let repeats: Int
        let currency: String?
        let kpi: KPIDefinition?
    }

    struct Note {
        let kind: Diagnostic.Kind
        let severity: Diagnostic.Severity
        let problem: RuleProblem
    }

    let context: Context
    let rule: ParsedRule
    let family: MetricFamily
    let definition: MetricDefinition
    private(set) var notes: [Note] = []

    init(context: Context, rule: ParsedRule, family: MetricFamily, definition: MetricDefinition) {
        self.context = context
        self.rule = rule
        self.family = family
        self.definition = definition
    }

    private var metric: String { rule.metric.reference.text }
    private var amounts: AmountReader { AmountReader(currency: context.currency) }

    private mutating func fail(_ message: String, at span: ParsedRule.Span, mend: String? = nil) {
        notes.append(
            Note(kind: .impossible, severity: .error, problem: RuleProblem(message, at: span, mend: mend)))
    }

    private mutating func warn(_ message: String, at span: ParsedRule.Span, mend: String? = nil) {
        notes.append(
            Note(kind: .doubtful, severity: .warning, problem: RuleProblem(message, at: span, mend: mend)))
    }

    /// The form with its numbers in the metric's unit, or nil where an error forbids it. Problems are in
    /// `notes`.
    mutating func check() -> GateForm? {
        checkMember()
        checkStatistic()
        if rule.isConfident { checkConfident() }
        do {
            let form = try self.form()
            return notes.contains { $0.severity == .error } ? nil : form
        } catch {
            notes.append(Note(kind: .impossible, severity: .error, problem: error))
            return nil
        }
    }

    // MARK: the metric

    private mutating func checkMember() {
        guard let member = rule.metric.member, let span = rule.metric.memberSpan else { return }
        switch family.members {
        case .names: break
        case .keys:
            fail(
                "'\(family.name)' is written with a point", at: span, mend: "write '\(family.name).\(member)'"
            )
        case .none: fail("'\(family.name)' has no classes or members", at: span, mend: "remove the brackets")
        case .classes:
            if case .confusion(_, perClass: .some) = definition.aggregate { return }
            fail("'\(family.name)' has no value per class", at: span, mend: "remove the brackets")
        }
    }

    private mutating func checkStatistic() {
        guard let statistic = rule.metric.statistic, let span = rule.metric.statisticSpan else { return }
        if family.members == .keys { return }
        guard Self.isStatistic(statistic) else {
            let near = nearestStatistic(statistic)
            fail("unknown statistic \(Printable.quoted(statistic))", at: span, mend: near)
            return
        }
        guard case .mean = definition.aggregate else {
            fail(
                "'\(family.name)' is computed over the whole set and has no \(Printable.quoted(statistic))",
                at: span,
                mend: "write '\(rule.metric.name)'")
            return
        }
    }

    /// `mean`, `min`, `max`, or `pN` with 0 < N < 100.
    static func isStatistic(_ text: String) -> Bool {
        if ["mean", "min", "max"].contains(text) { return true }
        guard text.first == "p", let number = Double(text.dropFirst()) else { return false }
        return number > 0 && number < 100
    }

    private mutating func checkConfident() {
        guard let span = rule.confidentSpan else { return }
        if case .compare(let comparison, _) = rule.form, comparison != .equal { return }
        fail("'confidently' goes with >=, <=, > and < alone", at: span, mend: "remove it")
    }

    // MARK: forms

    private mutating func form() throws(RuleProblem) -> GateForm {
        if definition.unit == .text, case .text = rule.form {
        } else if definition.unit == .text {
            throw RuleProblem(
                "\(Printable.quoted(metric)) is a text and can only be compared by '=='", at: rule.formSpan,
                mend: "write '== \"…\"'")
        }
        switch rule.form {
        case .compare(let comparison, let amount): return try compare(comparison, amount)
        case .text(let text, let span):
            guard definition.unit == .text else {
                throw RuleProblem(
                    "\(Printable.quoted(metric)) is \(AmountReader.words(definition.unit)), not a text",
                    at: span)
            }
            return .text(text)
        case .notWorse:
            try needBaseline()
            try needDirection()
            return .notWorse
        case .noWorseAutomatic:
            try needBaseline()
            try needDirection()
            return .noWorse(by: .automatic)
        case .noWorse(let amount, let ofBaseline):
            try needBaseline()
            try needDirection()
            return .noWorse(by: try margin(amount, ofBaseline: ofBaseline))
        case .withinBaseline(let amount):
            try needBaseline()
            guard amount.number > 0, amount.number < 100 else {
                throw RuleProblem("the share lies above 0 % and below 100 %", at: amount.span)
            }
            return .within(share: amount.number / 100)
        case .inBand(let share):
            try needScore()
            return .inBand(share: Self.value(share))
        case .withinExpected(let amount, let share):
            try needScore()
            return .tolerance(try positive(amount, "the tolerance").value, share: Self.value(share))
        case .spread(let amount, let share):
            try needPerExample()
            try needRepeats(2, at: rule.formSpan, "a spread needs at least 2 repeats of each example")
            return .spread(try spread(amount), share: Self.value(share))
        case .repeated(let required, let repeats, let threshold, let share):
            return try repeated(required, repeats, threshold, share)
        case .order(let above, let below, let gap):
            try needPerExample()
            guard above != below else {
                throw RuleProblem("both ids are the same example", at: rule.formSpan)
            }
            return .order(above: above, below: below, gap: try positive(gap, "the gap").value)
        case .inBands:
            guard family.name == "kpi" else {
                throw RuleProblem("only 'kpi' has bands", at: rule.formSpan, mend: "did you mean 'in band'?")
            }
            guard context.kpi == nil || context.kpi?.bands != nil else {
                throw RuleProblem(
                    "the kpi names no bands", at: rule.formSpan, mend: "add 'bands: { go: 0.85, hold: 0.80 }'"
                )
            }
            return .kpiBands
        case .passPower(let k, let comparison, let amount): return try passPower(k, comparison, amount)
        }
    }

    private mutating func compare(
        _ comparison: Comparison, _ amount: ParsedRule.Amount
    ) throws(RuleProblem)
        -> GateForm
    {
        let quantity = try self.quantity(amount)
        checkBound(comparison, quantity.value, definition.lowest, definition.highest, amount)
        let sign = rule.comparisonSpan ?? rule.formSpan
        switch (definition.direction, comparison) {
        case (.lower, .atLeast), (.lower, .above):
            warn(
                "lower is better for '\(family.name)'; this rule blocks an improvement", at: sign,
                mend: "did you mean '<='?")
        case (.higher, .atMost), (.higher, .below):
            warn(
                "higher is better for '\(family.name)'; this rule blocks an improvement", at: sign,
                mend: "did you mean '>='?")
        default: break
        }
        return .compare(comparison, quantity, confidently: rule.isConfident)
    }

    /// A bound outside the range, one that nothing can reach, and one that everything reaches.
    private mutating func checkBound(
        _ comparison: Comparison, _ bound: Double, _ lowest: Double?, _ highest: Double?,
        _ amount: ParsedRule.Amount
    ) {
        let range = Self.range(lowest, highest)
        if bound < lowest ?? -.infinity || bound > highest ?? .infinity {
            let isPercent = amount.unit == nil && bound > 1 && bound <= 100 && highest == 1
            fail(
                "\(amount.text) lies outside the range of \(Printable.quoted(metric)), \(range)",
                at: amount.span,
                mend: isPercent ? "did you mean '\(amount.digits)%'?" : nil)
        } else if (comparison == .above && bound == highest) || (comparison == .below && bound == lowest) {
            fail("this can never hold: the range of \(Printable.quoted(metric)) is \(range)", at: amount.span)
        } else if (comparison == .atLeast && bound == lowest) || (comparison == .atMost && bound == highest) {
            warn("this always holds: the range of \(Printable.quoted(metric)) is \(range)", at: amount.span)
        }
    }

    private static func range(_ lowest: Double?, _ highest: Double?) -> String {
        switch (lowest, highest) {
        case (let low?, let high?): "\(number(low)) to \(number(high))"
        case (let low?, nil): "from \(number(low))"
        case (nil, let high?): "up to \(number(high))"
        case (nil, nil): "unbounded"
        }
    }

    static func number(_ value: Double) -> String {
        Int64(exactly: value).map(String.init) ?? String(value)
    }

    private mutating func margin(_ amount: ParsedRule.Amount, ofBaseline: Bool) throws(RuleProblem) -> Margin
    {
        guard amount.number > 0 else { throw RuleProblem("the margin lies above 0", at: amount.span) }
        if ofBaseline || (amount.unit == "%" && definition.unit != .ratio) {
            guard amount.number < 100 || definition.direction == .lower else {
                throw RuleProblem(
                    "a margin of 100 % of the baseline or more allows everything", at: amount.span)
            }
            return .relative(amount.number / 100)
        }
        let quantity = try self.quantity(amount)
        if let span = definition.span, quantity.value >= span {
            let isPercent = amount.unit == nil && amount.number >= 1 && amount.number < 100 && span == 1
            throw RuleProblem(
                "a margin of \(amount.text) is the whole range of '\(family.name)' and allows everything",
                at: amount.span, mend: isPercent ? "did you mean '\(amount.digits)%'?" : nil)
        }
        return .absolute(quantity)
    }

    private mutating func spread(_ amount: ParsedRule.Amount) throws(RuleProblem) -> Quantity {
        let quantity = try self.quantity(amount)
        guard quantity.value >= 0 else { throw RuleProblem("a spread is not negative", at: amount.span) }
        if let span = definition.span, quantity.value >= span {
            warn("this always holds: no spread is wider than the range", at: amount.span)
        }
        return quantity
    }

    private mutating func repeated(
        _ required: ParsedRule.Amount, _ repeats: ParsedRule.Amount, _ threshold: ParsedRule.Amount?,
        _ share: ParsedRule.Share?
    ) throws(RuleProblem) -> GateForm {
        try needPerExample()
        guard required.number <= repeats.number else {
            throw RuleProblem("\(required.digits) of \(repeats.digits) can never hold", at: required.span)
        }
        try needRepeats(repeats.number, at: repeats.span, "each example is asked \(times)")
        if definition.direction == .lower {
            throw RuleProblem(
                "a repeat succeeds from a score upwards, and lower is better for '\(family.name)'",
                at: rule.formSpan)
        }
        var least = definition.highest
        if let threshold {
            let quantity = try self.quantity(threshold)
            checkBound(.atLeast, quantity.value, definition.lowest, definition.highest, threshold)
            least = quantity.value
        }
        guard let least else {
            throw RuleProblem(
                "from which score a repeat succeeds is not said", at: rule.formSpan,
                mend: "write '\(required.digits) of \(repeats.digits) at …'")
        }
        return .repeated(
            required: Int(required.number), repeats: Int(repeats.number), threshold: least,
            share: Self.value(share))
    }

    private mutating func passPower(
        _ k: ParsedRule.Amount, _ comparison: Comparison, _ amount: ParsedRule.Amount
    ) throws(RuleProblem) -> GateForm {
        try needPerExample()
        guard definition.unit == .ratio else {
            throw RuleProblem("pass^\(k.digits) needs a metric that passes or fails", at: rule.metric.span)
        }
        try needRepeats(k.number, at: k.span, "each example is asked \(times)")
        let bound = try amounts.read(amount, .ratio, metric: "pass^\(k.digits)")
        checkBound(comparison, bound.value, 0, 1, amount)
        if comparison == .atMost || comparison == .below {
            warn(
                "higher is better; this rule blocks an improvement", at: rule.formSpan,
                mend: "did you mean '>='?")
        }
        return .passPower(Int(k.number), comparison, bound.quantity)
    }

    // MARK: what forms need

    private mutating func quantity(_ amount: ParsedRule.Amount) throws(RuleProblem) -> Quantity {
        let reading = try amounts.read(amount, definition.unit, metric: metric)
        if let warning = reading.warning {
            notes.append(Note(kind: .doubtful, severity: .warning, problem: warning))
        }
        return reading.quantity
    }

    private mutating func positive(
        _ amount: ParsedRule.Amount, _ what: String
    ) throws(RuleProblem)
        -> Quantity
    {
        let quantity = try self.quantity(amount)
        guard quantity.value > 0 else { throw RuleProblem("\(what) lies above 0", at: amount.span) }
        if let span = definition.span, quantity.value >= span {
            throw RuleProblem("\(what) is as large as the range of '\(family.name)'", at: amount.span)
        }
        return quantity
    }

    private func needBaseline() throws(RuleProblem) {
        guard !context.hasBaseline else { return }
        throw RuleProblem("no baseline is configured", at: rule.formSpan, mend: "add 'baseline' to app")
    }

    private func needDirection() throws(RuleProblem) {
        guard definition.direction == .neither else { return }
        throw RuleProblem(
            "neither way is better for '\(family.name)'", at: rule.formSpan,
            mend: "write 'within 20% of baseline'")
    }

    private func needPerExample() throws(RuleProblem) {
        guard case .mean = definition.aggregate else {
            throw RuleProblem(
                "'\(family.name)' has no value for a single example", at: rule.metric.span)
        }
    }

    private func needRepeats(_ least: Double, at span: ParsedRule.Span, _ message: String) throws(RuleProblem)
    {
        guard Double(context.repeats) < least else { return }
        throw RuleProblem(message, at: span, mend: "set app.limits.repeats to \(Self.number(least)) or more")
    }

    private var times: String { context.repeats == 1 ? "once" : "\(context.repeats) times" }

    /// Bands and tolerances hold a score of the app against the one that the example expects.
    private func needScore() throws(RuleProblem) {
        try needPerExample()
        guard family.needs == [.observed("score")] else {
            throw RuleProblem(
                "examples expect no '\(family.name)'; this form is for an app's own score", at: rule.formSpan,
                mend: "write 'score \(rule.formWords)'")
        }
    }

    private static func value(_ share: ParsedRule.Share?) -> Double { share.map { $0.percent / 100 } ?? 1 }

    private func nearestStatistic(_ text: String) -> String {
        let known = ["mean", "min", "max", "p50", "p90", "p95", "p99"]
        guard let near = nearest(text, in: known) else { return "known: " + known.joined(separator: ", ") }
        return "did you mean '\(near)'?"
    }
}
