import Domain
import Statistics

/// A gate's estimate on a line: its interval, what is allowed, and where "no change" or the baseline lies.
struct IntervalChart {
    static let width = 230.0
    static let height = 49.0
    private static let left = 8.0
    private static let right = 222.0
    private static let middle = 24.0

    private let gate: GateResult
    private let decision: Decision
    private let low: Double
    private let high: Double

    /// Nil where the gate has no number to draw.
    init?(_ gate: GateResult, currency: String?) {
        let decision = Decision(gate, currency: currency)
        guard let estimate = decision.estimate, estimate.value.isFinite else { return nil }
        self.gate = gate
        self.decision = decision
        var marks = [estimate.value] + decision.limits
        if let interval = estimate.interval { marks += [interval.lower, interval.upper] }
        if let neutral = decision.neutral { marks.append(neutral) }
        if decision.kind == .value, let baseline = gate.baseline?.value { marks.append(baseline) }
        marks = marks.filter(\.isFinite)
        let smallest = marks.min() ?? 0
        let largest = marks.max() ?? 1
        let span = largest > smallest ? largest - smallest : max(abs(largest), 1e-9)
        // An axis below zero would promise values that a share or a time cannot have.
        let lowest = smallest - span * 0.14
        low = decision.kind != .difference && smallest >= 0 ? max(0, lowest) : lowest
        let highest = largest + span * 0.14
        high = decision.kind == .value && gate.unit == "ratio" && largest <= 1 ? min(1, highest) : highest
    }

    private func x(_ value: Double) -> Double {
        let share = (value - low) / (high - low)
        return Self.left + min(1, max(0, share)) * (Self.right - Self.left)
    }

    func write(_ html: inout HTMLBuilder) {
        html.svg(width: Self.width, height: Self.height, label: words, "iv") { html in
            forbidden(&html)
            html.line(Self.left, Self.middle, Self.right, Self.middle, "axis")
            if let neutral = decision.neutral {
                html.line(x(neutral), 11, x(neutral), 35, "zero")
                label(decision.kind == .ratio ? "×1" : "0", at: x(neutral), y: 45, &html)
            }
            if decision.kind == .value { ends(&html) }
            for limit in decision.limits where limit.isFinite {
                html.line(x(limit), 11, x(limit), 35, "limit")
                label(limitWords(limit), at: x(limit), y: 8, &html)
            }
            estimate(&html)
        }
    }

    private func estimate(_ html: inout HTMLBuilder) {
        guard let estimate = decision.estimate else { return }
        if decision.kind == .value, let baseline = gate.baseline?.value, baseline.isFinite {
            html.circle(x: x(baseline), y: Self.middle, radius: 4, "was")
        }
        let isFinite = estimate.interval.map { $0.lower.isFinite && $0.upper.isFinite } ?? false
        switch gate.outcome {
        case .passes: bar(&html, isFinite, "bar pass", "dot pass")
        case .fails: bar(&html, isFinite, "bar fail", "dot fail")
        case .unsure: bar(&html, isFinite, "bar unsure", "dot unsure")
        case .notJudged: bar(&html, isFinite, "bar none", "dot none")
        }
    }

    private func bar(_ html: inout HTMLBuilder, _ hasInterval: Bool, _ bar: StaticString, _ dot: StaticString)
    {
        guard let estimate = decision.estimate else { return }
        if hasInterval, let interval = estimate.interval {
            html.line(x(interval.lower), Self.middle, x(interval.upper), Self.middle, bar)
            html.line(x(interval.lower), Self.middle - 4, x(interval.lower), Self.middle + 4, bar)
            html.line(x(interval.upper), Self.middle - 4, x(interval.upper), Self.middle + 4, bar)
        }
        html.circle(x: x(estimate.value), y: Self.middle, radius: 4.5, dot)
    }

    /// What the rule does not allow, hatched.
    private func forbidden(_ html: inout HTMLBuilder) {
        func hatch(_ from: Double, _ to: Double) {
            html.rect(x: from, y: 13, width: to - from, height: 20, "forbid")
        }
        switch (gate.rule.form, decision.kind) {
        case (_, .ratio):
            guard decision.limits.count == 2 else { return }
            hatch(Self.left, x(decision.limits[0]))
            hatch(x(decision.limits[1]), Self.right)
        case (_, .difference):
            guard let limit = decision.limits.first else { return }
            if limit < 0 { hatch(Self.left, x(limit)) } else { hatch(x(limit), Self.right) }
        case (.compare(let comparison, _, _), .value):
            guard let limit = decision.limits.first else { return }
            switch comparison {
            case .atLeast, .above: hatch(Self.left, x(limit))
            case .atMost, .below: hatch(x(limit), Self.right)
            case .equal: break
            }
        default: break
        }
    }

    /// The ends of the axis, where no "no change" gives it a scale.
    private func ends(_ html: inout HTMLBuilder) {
        html.label(decision.figure.bare(low), x: Self.left, y: 45, .start, "tick")
        html.label(decision.figure.bare(high), x: Self.right, y: 45, .end, "tick")
    }

    private func limitWords(_ limit: Double) -> String {
        if case .compare(let comparison, let quantity, _) = gate.rule.form {
            return comparison.sign + " " + VisibleText.excerpt(quantity.text, to: 16)
        }
        let figure = decision.figure
        let short = Figure(unit: gate.unit, numbers: [limit])
        let decimals = min(figure.decimals, max(2, short.decimals))
        let written = Figure(suffix: "", decimals: decimals)
        return decision.isSigned ? written.signed(limit) : written.bare(limit)
    }

    /// A label centred on its mark, or held within the drawing.
    private func label(_ text: String, at x: Double, y: Double, _ html: inout HTMLBuilder) {
        let half = Double(DisplayWidth.of(text)) * 3.2
        if x + half > Self.width {
            html.label(text, x: Self.width, y: y, .end, "tick")
        } else if x - half < 0 {
            html.label(text, x: 0, y: y, .start, "tick")
        } else {
            html.label(text, x: x, y: y, .middle, "tick")
        }
    }

    private var words: String {
        var words = decision.isSigned ? "difference " : decision.kind == .ratio ? "ratio " : "value "
        words += decision.value ?? "none"
        if let interval = decision.estimate?.interval {
            words += ", \(ReportWords.coverage(interval.confidence)) interval "
            words += decision.figure.interval(interval, signed: decision.isSigned)
        }
        if !decision.limits.isEmpty {
            words += ", limit " + decision.limits.map(limitWords).joined(separator: " and ")
        }
        return words
    }
}

extension Comparison {
    /// As it is drawn beside a number.
    var sign: String {
        switch self {
        case .atLeast: "≥"
        case .atMost: "≤"
        case .equal: "="
        case .above: ">"
        case .below: "<"
        }
    }
}
