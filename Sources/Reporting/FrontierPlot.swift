import Statistics
import Text

/// Variants as points on two axes, each with its intervals; the good corner is told, and the points that no other
/// beats on both are joined by steps.
struct FrontierPlot {
    struct Point {
        enum Look { case frontier, dominated, surely }

        let name: String
        let look: Look
        let isReference: Bool
        let x: Double
        let y: Double
        let xInterval: Interval?
        let yInterval: Interval?
    }

    struct Axis {
        let name: String
        let figure: Figure
        let lowerIsBetter: Bool
    }

    let points: [Point]
    let across: Axis
    let up: Axis
    var width = 560.0
    var height = 376.0

    private static let left = 66.0
    private static let top = 36.0
    private var right: Double { width - 24 }
    private var bottom: Double { height - 56 }

    func write(_ html: inout HTMLBuilder) {
        let horizontal = Scale(
            points.flatMap { [$0.x, $0.xInterval?.lower, $0.xInterval?.upper] }, across.figure)
        let vertical = Scale(points.flatMap { [$0.y, $0.yInterval?.lower, $0.yInterval?.upper] }, up.figure)
        let place = { (point: Point) in
            (
                x: horizontal.place(point.x, Self.left, right),
                y: vertical.place(point.y, bottom, Self.top)
            )
        }
        html.svg(width: width, height: height, label: words, "curve frontier") { html in
            grid(horizontal, vertical, &html)
            steps(place, &html)
            for point in points { bars(point, place(point), horizontal, vertical, &html) }
            for point in points { dot(point, place(point), &html) }
            names(place, &html)
        }
    }

    private func grid(_ horizontal: Scale, _ vertical: Scale, _ html: inout HTMLBuilder) {
        for tick in vertical.ticks {
            let y = vertical.place(tick, bottom, Self.top)
            html.line(Self.left, y, right, y, "grid")
            html.label(up.figure.bare(tick), x: Self.left - 6, y: y + 4, .end, "tick")
        }
        for tick in horizontal.ticks {
            let x = horizontal.place(tick, Self.left, right)
            html.line(x, bottom, x, bottom + 4, "axis")
            html.label(across.figure.bare(tick), x: x, y: bottom + 17, .middle, "tick")
        }
        html.line(Self.left, bottom, right, bottom, "axis")
        html.line(Self.left, Self.top, Self.left, bottom, "axis")
        html.label(title(across), x: (Self.left + right) / 2, y: height - 8, .middle, "tick")
        html.label(title(up), x: 4, y: 12, .start, "tick")
        // Outside the frame, where no point and no interval lies.
        let x = across.lowerIsBetter ? Self.left : right
        let y = up.lowerIsBetter ? bottom + 33 : Self.top - 7
        let corner =
            switch (across.lowerIsBetter, up.lowerIsBetter) {
            case (true, false): "↖ better"
            case (true, true): "↙ better"
            case (false, false): "better ↗"
            case (false, true): "better ↘"
            }
        html.label(corner, x: x, y: y, across.lowerIsBetter ? .start : .end, "ng")
    }

    private func title(_ axis: Axis) -> String {
        let unit = axis.figure.suffix.isEmpty ? "" : " [" + axis.figure.suffix.dropFirst() + "]"
        return "\(axis.name)\(unit), \(axis.lowerIsBetter ? "lower" : "higher") is better"
    }

    /// The points that no other beats on both axes, joined as the border of what can be had.
    private func steps(_ place: (Point) -> (x: Double, y: Double), _ html: inout HTMLBuilder) {
        func gain(_ axis: Axis, _ value: Double) -> Double { axis.lowerIsBetter ? -value : value }
        let best = points.filter { point in
            !points.contains { other in
                let x = gain(across, other.x) - gain(across, point.x)
                let y = gain(up, other.y) - gain(up, point.y)
                return x >= 0 && y >= 0 && (x > 0 || y > 0)
            }
        }
        let sorted = best.sorted { ($0.x, $0.y) < ($1.x, $1.y) }
        guard sorted.count > 1 else { return }
        var path: [(x: Double, y: Double)] = []
        for point in sorted {
            let here = place(point)
            if let last = path.last {
                // Between two of them lies what the worse of both coordinates gives.
                let cornerX = across.lowerIsBetter ? max(last.x, here.x) : min(last.x, here.x)
                let cornerY = cornerX == here.x ? last.y : here.y
                path.append((cornerX, cornerY))
            }
            path.append(here)
        }
        html.path(path, "step")
    }

    private func bars(
        _ point: Point, _ at: (x: Double, y: Double), _ horizontal: Scale, _ vertical: Scale,
        _ html: inout HTMLBuilder
    ) {
        func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double) {
            switch point.look {
            case .frontier: html.line(x1, y1, x2, y2, "eg")
            case .dominated: html.line(x1, y1, x2, y2, "eu")
            case .surely: html.line(x1, y1, x2, y2, "eb")
            }
        }
        if let interval = point.xInterval {
            line(
                horizontal.place(interval.lower, Self.left, right), at.y,
                horizontal.place(interval.upper, Self.left, right), at.y)
        }
        if let interval = point.yInterval {
            line(
                at.x, vertical.place(interval.lower, bottom, Self.top), at.x,
                vertical.place(interval.upper, bottom, Self.top))
        }
    }

    /// Filled: on the frontier; hollow: dominated; crossed out: surely so. The reference wears a ring.
    private func dot(_ point: Point, _ at: (x: Double, y: Double), _ html: inout HTMLBuilder) {
        if point.isReference { html.circle(x: at.x, y: at.y, radius: 9, "ring") }
        switch point.look {
        case .frontier: html.circle(x: at.x, y: at.y, radius: 5, "pg")
        case .dominated: html.circle(x: at.x, y: at.y, radius: 4.5, "hollow")
        case .surely:
            html.path([(at.x - 4.5, at.y - 4.5), (at.x + 4.5, at.y + 4.5)], "cross")
            html.path([(at.x - 4.5, at.y + 4.5), (at.x + 4.5, at.y - 4.5)], "cross")
        }
    }

    // MARK: Names

    private struct Box {
        let left: Double
        let top: Double
        let right: Double
        let bottom: Double

        func meets(_ other: Box) -> Bool {
            left < other.right && other.left < right && top < other.bottom && other.top < bottom
        }
    }

    /// Each name beside its point, where there is a place for it that no other takes; one without is in the table.
    private func names(_ place: (Point) -> (x: Double, y: Double), _ html: inout HTMLBuilder) {
        var taken = points.map { point -> Box in
            let at = place(point)
            return Box(left: at.x - 6, top: at.y - 6, right: at.x + 6, bottom: at.y + 6)
        }
        for point in points {
            let at = place(point)
            let size = Double(DisplayWidth.of(point.name)) * 6.3
            let offsets: [(Double, Double, HTMLBuilder.Anchor)] = [
                (12, -8, .start), (12, 16, .start), (-12, -8, .end), (-12, 16, .end), (12, -24, .start),
                (12, 32, .start), (-12, -24, .end), (-12, 32, .end), (12, -40, .start), (-12, 48, .end),
            ]
            for (dx, dy, anchor) in offsets {
                let x = at.x + dx
                let y = at.y + dy
                let start = anchor == .end ? x - size : x
                let box = Box(left: start, top: y - 11, right: start + size, bottom: y + 3)
                guard box.left >= Self.left + 2, box.right <= right + 20, box.top >= 0, box.bottom <= bottom,
                    !taken.contains(where: { $0.meets(box) })
                else { continue }
                taken.append(box)
                // A name that stands apart is tied to its point.
                if abs(dy) > 16 { html.line(at.x, at.y, anchor == .end ? x + 2 : x - 2, y - 4, "tie") }
                switch point.look {
                case .frontier: html.label(point.name, x: x, y: y, anchor, "ng")
                case .dominated: html.label(point.name, x: x, y: y, anchor, "nu")
                case .surely: html.label(point.name, x: x, y: y, anchor, "nb")
                }
                break
            }
        }
    }

    private var words: String {
        let list = points.map { "\($0.name) at \(across.figure.value($0.x)) and \(up.figure.value($0.y))" }
        return "\(up.name) by \(across.name): " + list.joined(separator: "; ")
    }

    /// A linear scale with room at its ends, and ticks at round numbers.
    private struct Scale {
        let low: Double
        let high: Double
        let ticks: [Double]

        init(_ numbers: [Double?], _ figure: Figure) {
            let known = numbers.compactMap { $0 }.filter(\.isFinite)
            var low = known.min() ?? 0
            var high = known.max() ?? 1
            if high - low < 1e-12 {
                let room = max(abs(high) * 0.1, 1e-9)
                low -= room
                high += room
            }
            let room = (high - low) * 0.06
            low -= room
            high += room
            self.low = low
            self.high = high
            ticks = AxisTicks.round(low, high)
        }

        func place(_ value: Double, _ from: Double, _ to: Double) -> Double {
            from + (min(max(value, low), high) - low) / (high - low) * (to - from)
        }
    }
}
