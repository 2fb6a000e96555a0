import Simulation
import Text

/// The share of rollouts that were rolled back by each moment, a line a detector.
///
/// Lines differ in dashes and carry their names, so that no colour is needed to tell them apart.
struct SimulationCurves {
    private static let size = (width: 760.0, height: 300.0)
    private static let frame = (left: 52.0, right: 600.0, top: 26.0, bottom: 246.0)
    private static let points = 120

    let report: SimulationReport
    let isHealthy: Bool

    func write(_ html: inout HTMLBuilder) {
        let times = report.times(Self.points, healthy: isHealthy)
        let end = times.last ?? 1
        let what = isHealthy ? "healthy candidates" : report.changed.many
        let label = "Share of rollouts of \(what) that were rolled back, over time, a line for each rule"
        html.svg(width: Self.size.width, height: Self.size.height, label: label, "hist") { html in
            grid(end, &html)
            var labels: [(y: Double, index: Int, words: String)] = []
            for (index, result) in report.results.enumerated() {
                let values = result.curve(at: times, healthy: isHealthy)
                var points: [(x: Double, y: Double)] = [(Self.frame.left, y(0))]
                for (time, value) in zip(times, values) { points.append((x(time, end), y(value))) }
                path(index, points, &html)
                let last = values.last ?? 0
                labels.append((y(last), index, "\(result.name) \(SimulationWords.share(last))"))
            }
            for label in spread(labels) {
                html.label(label.words, x: Self.frame.right + 10, y: label.y + 4, .start, "tick")
                mark(label.index, &html, label.y)
            }
            html.line(Self.frame.left, Self.frame.bottom, Self.frame.right, Self.frame.bottom, "axis")
        }
    }

    private func x(_ time: Double, _ end: Double) -> Double {
        Self.frame.left + time / end * (Self.frame.right - Self.frame.left)
    }

    private func y(_ share: Double) -> Double {
        Self.frame.bottom - share * (Self.frame.bottom - Self.frame.top)
    }

    private func path(_ index: Int, _ points: [(x: Double, y: Double)], _ html: inout HTMLBuilder) {
        switch index % 4 {
        case 0: html.path(points, "curve k0")
        case 1: html.path(points, "curve k1")
        case 2: html.path(points, "curve k2")
        default: html.path(points, "curve k3")
        }
    }

    /// A short piece of the line before its name.
    private func mark(_ index: Int, _ html: inout HTMLBuilder, _ y: Double) {
        path(index, [(Self.frame.right - 4, y), (Self.frame.right + 7, y)], &html)
    }

    /// Names at the ends of their lines, apart enough to be read.
    private func spread(
        _ labels: [(y: Double, index: Int, words: String)]
    ) -> [(y: Double, index: Int, words: String)] {
        var out = labels.sorted { $0.y != $1.y ? $0.y < $1.y : $0.index < $1.index }
        let gap = 15.0
        for index in out.indices.dropFirst() { out[index].y = max(out[index].y, out[index - 1].y + gap) }
        if let last = out.last, last.y > Self.frame.bottom {
            out[out.count - 1].y = Self.frame.bottom
            for index in out.indices.dropLast().reversed() {
                out[index].y = min(out[index].y, out[index + 1].y - gap)
            }
        }
        return out
    }

    private func grid(_ end: Double, _ html: inout HTMLBuilder) {
        for step in 0...4 {
            let share = Double(step) / 4
            html.line(Self.frame.left, y(share), Self.frame.right, y(share), "grid")
            html.label(Numbers.percent(share, 0), x: Self.frame.left - 6, y: y(share) + 4, .end, "tick")
        }
        let step = SimulationWords.timeStep(end / 6)
        var time = 0.0
        while time <= end + step / 1000 {
            let place = x(time, end)
            html.line(place, Self.frame.bottom, place, Self.frame.bottom + 4, "axis")
            let words = time == 0 ? "0" : SimulationWords.duration(time)
            html.label(words, x: place, y: Self.frame.bottom + 18, .middle, "tick")
            time += step
        }
        html.label(
            "time since the rollout began", x: Self.frame.right, y: Self.frame.bottom + 38, .end, "tick")
        html.label("rolled back by then", x: 4, y: 12, .start, "tick")
    }
}
