import Domain
import Statistics
import Text

/// Values before and after as one histogram over shared bins, with axes, units and limits.
struct Histogram {
    private static let size = (width: 560.0, height: 250.0)
    private static let frame = (left: 52.0, right: 534.0, top: 22.0, bottom: 200.0)

    private let edges: [Double]
    private let baseline: [Double]?
    private let candidate: [Double]
    private let figure: Figure
    private let unit: String
    private let limits: [(value: Double, words: String)]
    private let highest: Double
    private let step: Double
    private let label: String
    private let of: String

    /// Nil where there is nothing to draw: no counts, or edges that are not ascending numbers.
    ///
    /// - Parameter of: What the upward axis counts.
    init?(
        _ distribution: DistributionResult, currency: String?, limits: [(value: Double, words: String)],
        of: String = "share of examples"
    ) {
        self.of = of
        let edges = distribution.edges
        let bins = edges.count - 1
        guard bins >= 1, distribution.candidate.count == bins, edges.allSatisfy(\.isFinite) else {
            return nil
        }
        for index in 1..<edges.count where edges[index] <= edges[index - 1] { return nil }
        let total = distribution.candidate.reduce(0, +)
        guard total > 0 else { return nil }
        self.edges = edges
        candidate = distribution.candidate.map { Double($0) / Double(total) }
        let before = distribution.baseline ?? []
        let beforeTotal = before.reduce(0, +)
        baseline =
            before.count == bins && beforeTotal > 0 ? before.map { Double($0) / Double(beforeTotal) } : nil
        figure = Figure(unit: distribution.unit, currency: currency, numbers: edges)
        unit = figure.suffix
        self.limits = limits.filter { $0.value.isFinite && $0.value >= edges[0] && $0.value <= edges[bins] }
        let top = max(candidate.max() ?? 0, baseline?.max() ?? 0)
        step = Self.niceStep(top, ticks: 4)
        highest = (top / step).rounded(.up) * step
        label =
            VisibleText.excerpt(distribution.metric, to: 60)
            + ": histogram of the candidate" + (baseline == nil ? "" : " over the baseline")
    }

    /// 1, 2 or 5 times a power of ten, so that about so many steps reach the top.
    static func niceStep(_ top: Double, ticks: Int) -> Double {
        guard top > 0, top.isFinite else { return 1 }
        let rough = top / Double(ticks)
        var unit = 1.0
        while unit > rough { unit /= 10 }
        while unit * 10 <= rough { unit *= 10 }
        for factor in [1.0, 2, 5] where unit * factor >= rough { return unit * factor }
        return unit * 10
    }

    private func x(_ value: Double) -> Double {
        let share = (value - edges[0]) / (edges[edges.count - 1] - edges[0])
        return Self.frame.left + share * (Self.frame.right - Self.frame.left)
    }

    private func y(_ share: Double) -> Double {
        Self.frame.bottom - share / highest * (Self.frame.bottom - Self.frame.top)
    }

    func write(_ html: inout HTMLBuilder) {
        html.svg(width: Self.size.width, height: Self.size.height, label: label, "hist") { html in
            grid(&html)
            for (index, share) in candidate.enumerated() where share > 0 {
                let from = x(edges[index])
                html.rect(
                    x: from + 0.75, y: y(share), width: x(edges[index + 1]) - from - 1.5,
                    height: Self.frame.bottom - y(share), "now")
            }
            if let baseline { outline(baseline, &html) }
            for limit in limits {
                let place = x(limit.value)
                html.line(place, Self.frame.top, place, Self.frame.bottom, "limit")
                let isRight = place + Double(DisplayWidth.of(limit.words)) * 6.5 < Self.frame.right
                html.label(
                    limit.words, x: isRight ? place + 5 : place - 5, y: Self.frame.top + 11,
                    isRight ? .start : .end,
                    "tick")
            }
            html.line(Self.frame.left, Self.frame.bottom, Self.frame.right, Self.frame.bottom, "axis")
        }
    }

    private func grid(_ html: inout HTMLBuilder) {
        var share = 0.0
        var index = 0
        while share <= highest + step / 1000, index < 12 {
            html.line(Self.frame.left, y(share), Self.frame.right, y(share), "grid")
            html.label(
                Numbers.percent(share, step < 0.01 ? 1 : 0), x: Self.frame.left - 6, y: y(share) + 4, .end,
                "tick")
            index += 1
            share = Double(index) * step
        }
        let low = edges[0]
        let high = edges[edges.count - 1]
        let step = Self.niceStep(high - low, ticks: 6)
        var tick = (low / step).rounded(.up) * step
        let ticks = Figure(suffix: "", decimals: step >= 1 ? 0 : step >= 0.1 ? 1 : step >= 0.01 ? 2 : 4)
        var count = 0
        while tick <= high + step / 1000, count < 20 {
            html.line(x(tick), Self.frame.bottom, x(tick), Self.frame.bottom + 4, "axis")
            html.label(ticks.bare(tick), x: x(tick), y: Self.frame.bottom + 17, .middle, "tick")
            tick += step
            count += 1
        }
        let unitWords = unit.isEmpty ? "value" : String(unit.dropFirst())
        html.label(unitWords, x: Self.frame.right, y: Self.frame.bottom + 36, .end, "tick")
        html.label(of, x: 4, y: 10, .start, "tick")
    }

    private func outline(_ shares: [Double], _ html: inout HTMLBuilder) {
        var points: [(x: Double, y: Double)] = [(x(edges[0]), Self.frame.bottom)]
        for (index, share) in shares.enumerated() {
            points.append((x(edges[index]), y(share)))
            points.append((x(edges[index + 1]), y(share)))
        }
        points.append((x(edges[edges.count - 1]), Self.frame.bottom))
        html.path(points, "before")
    }
}
