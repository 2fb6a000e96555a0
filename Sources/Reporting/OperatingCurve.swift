import Text

/// How often each answer is given by the size of a true loss: lines over a square-root scale, which gives the small
/// losses room.
struct OperatingCurve {
    /// One answer: its word, how it is drawn, and its share with interval at each size.
    struct Line {
        enum Look { case good, bad, unsure }

        let name: String
        let look: Look
        let shares: [(value: Double, low: Double, high: Double)]
    }

    let sizes: [Double]
    /// Words under each size.
    let ticks: [String]
    let title: String
    let axis: String
    let lines: [Line]
    /// A size at which a limit lies, with its word.
    var limit: (size: Double, words: String)?
    var width = 520.0
    var height = 236.0

    private static let left = 40.0
    private static let top = 12.0
    private var right: Double { width - 92 }
    private var bottom: Double { height - 40 }

    private func x(_ size: Double) -> Double {
        let largest = sizes.last ?? 1
        guard largest > 0, size > 0 else { return Self.left }
        return Self.left + (min(size, largest) / largest).squareRoot() * (right - Self.left)
    }

    private func y(_ share: Double) -> Double { bottom - min(1, max(0, share)) * (bottom - Self.top) }

    func write(_ html: inout HTMLBuilder) {
        html.svg(width: width, height: height, label: words, "curve") { html in
            grid(&html)
            if let limit, limit.size <= sizes.last ?? 0 {
                html.line(x(limit.size), Self.top, x(limit.size), bottom, "limit")
                html.label(limit.words, x: x(limit.size) + 4, y: Self.top + 9, .start, "tick")
            }
            for line in lines { draw(line, &html) }
            names(&html)
        }
    }

    private func grid(_ html: inout HTMLBuilder) {
        for share in [0.0, 0.25, 0.5, 0.75, 1] {
            html.line(Self.left, y(share), right, y(share), share == 0 ? "axis" : "grid")
            html.label(Numbers.percent(share, 0), x: Self.left - 6, y: y(share) + 4, .end, "tick")
        }
        var end = -Double.infinity
        for (size, tick) in zip(sizes, ticks) {
            html.line(x(size), bottom, x(size), bottom + 4, "axis")
            let half = Double(DisplayWidth.of(tick)) * 3.1
            guard x(size) - half > end + 4 else { continue }
            html.label(tick, x: x(size), y: bottom + 16, .middle, "tick")
            end = x(size) + half
        }
        html.label(axis, x: (Self.left + right) / 2, y: height - 6, .middle, "tick")
    }

    private func draw(_ line: Line, _ html: inout HTMLBuilder) {
        let points = zip(sizes, line.shares).map { (x: x($0), y: y($1.value)) }
        switch line.look {
        case .good: html.path(points, "cg")
        case .bad: html.path(points, "cb")
        case .unsure: html.path(points, "cu")
        }
        for (size, share) in zip(sizes, line.shares) {
            switch line.look {
            case .good: mark(x(size), share, "eg", "pg", &html)
            case .bad: mark(x(size), share, "eb", "pb", &html)
            case .unsure: mark(x(size), share, "eu", "pu", &html)
            }
        }
    }

    private func mark(
        _ x: Double, _ share: (value: Double, low: Double, high: Double), _ bar: StaticString,
        _ dot: StaticString,
        _ html: inout HTMLBuilder
    ) {
        html.line(x, y(share.low), x, y(share.high), bar)
        html.circle(x: x, y: y(share.value), radius: 2.6, dot)
    }

    /// Each line's name at its end, moved apart where ends meet.
    private func names(_ html: inout HTMLBuilder) {
        var ends: [(place: Double, line: Line)] = lines.map { (y($0.shares.last?.value ?? 0), $0) }
        ends.sort { $0.place < $1.place }
        var last = -Double.infinity
        for (index, end) in ends.enumerated() {
            // Those still to come need their room above the axis.
            let ceiling = bottom + 4 - 13 * Double(ends.count - 1 - index)
            let place = min(max(end.place + 4, last + 13), ceiling)
            last = place
            switch end.line.look {
            case .good: html.label(end.line.name, x: right + 8, y: place, .start, "ng")
            case .bad: html.label(end.line.name, x: right + 8, y: place, .start, "nb")
            case .unsure: html.label(end.line.name, x: right + 8, y: place, .start, "nu")
            }
        }
    }

    private var words: String {
        var parts: [String] = []
        for line in lines {
            let shares = zip(ticks, line.shares).map { "\(Numbers.percent($1.value, 0)) at \($0)" }
            parts.append("\(line.name) " + shares.joined(separator: ", "))
        }
        return title + ": " + parts.joined(separator: "; ")
    }
}
