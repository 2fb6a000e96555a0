import Domain
import Ledger
import Text

/// One metric over the runs: points with their intervals, joined where they were measured alike.
struct HistoryChart {
    private static let size = (width: 520.0, height: 232.0)
    private static let frame = (left: 76.0, right: 508.0, top: 26.0, bottom: 186.0)
    /// Points that get a mark, a whisker and words of their own; more are drawn as lines alone.
    static let mostMarked = 40

    private let series: RunTimeline.Series
    private let timeline: RunTimeline
    private let figure: Figure
    private let points: [RunTimeline.Point]
    private let first: Int
    private let low: Double
    private let high: Double

    init(_ series: RunTimeline.Series, _ timeline: RunTimeline) {
        self.series = series
        self.timeline = timeline
        let currency = timeline.runs.last { $0.currency != nil }?.currency
        figure = HistoryWords.figure(series, currency)
        let start = max(0, timeline.runs.count - HistoryHTML.mostRuns)
        first = start
        points = series.points.filter { $0.run >= start }
        var numbers: [Double] = []
        for point in points {
            numbers += [point.metric.value, point.metric.lower, point.metric.upper].compactMap(\.self)
        }
        let smallest = numbers.min() ?? 0
        let largest = numbers.max() ?? 1
        let span = largest > smallest ? largest - smallest : max(abs(largest) * 0.1, 1e-3)
        // What never moved lies in the middle.
        let room = largest > smallest ? 0.08 : 0.5
        let bottom = smallest - span * room
        low = smallest >= 0 ? max(0, bottom) : bottom
        let top = largest + span * room
        high = series.unit == "ratio" && largest <= 1 ? min(max(1, low + 1e-9), top) : top
    }

    func write(_ html: inout HTMLBuilder) {
        html.element("figure") { html in
            html.element("figcaption") { html in
                html.element("b", text: VisibleText.excerpt(series.name, to: 60))
                if let newest = points.last?.metric {
                    html.element("span", .class("v"), text: figure.value(newest.value))
                }
                html.text(" " + details)
            }
            html.svg(width: Self.size.width, height: Self.size.height, label: label, "hist") { html in
                grid(&html)
                marks(&html)
                curve(&html)
                dots(&html)
                html.line(Self.frame.left, Self.frame.bottom, Self.frame.right, Self.frame.bottom, "axis")
            }
        }
    }

    private var words: String {
        (points.last.map { figure.value($0.metric.value) + " " } ?? "") + details
    }

    private var details: String {
        guard let newest = points.last?.metric else { return "" }
        var words = HistoryWords.interval(newest, figure) ?? ""
        if let method = HistoryWords.method(newest) { words += " (\(method))" }
        words += (words.isEmpty ? "n " : ", n ") + Figure.count(newest.n)
        if series.direction != "neither" { words += ", \(series.direction) is better" }
        return words
    }

    private var label: String {
        "\(VisibleText.excerpt(series.name, to: 60)) over \(ReportWords.count(points.count, "run", "runs")), "
            + "the newest \(words)"
    }

    private func x(_ run: Int) -> Double {
        let count = timeline.runs.count - first
        guard count > 1 else { return (Self.frame.left + Self.frame.right) / 2 }
        return Self.frame.left + 8
            + Double(run - first) / Double(count - 1) * (Self.frame.right - Self.frame.left - 16)
    }

    private func y(_ value: Double) -> Double {
        let share = (value - low) / (high > low ? high - low : 1)
        return Self.frame.bottom - min(1, max(0, share)) * (Self.frame.bottom - Self.frame.top)
    }

    private func grid(_ html: inout HTMLBuilder) {
        let isWhole = points.allSatisfy { $0.metric.value == $0.metric.value.rounded() } && high - low > 1.5
        let values = AxisTicks.round(low, high, whole: isWhole)
        let step = values.count > 1 ? values[1] - values[0] : high - low
        let ticks = Figure(suffix: "", decimals: HistoryChart.decimals(step))
        for value in values {
            html.line(Self.frame.left, y(value), Self.frame.right, y(value), "grid")
            html.label(ticks.bare(value), x: Self.frame.left - 6, y: y(value) + 4, .end, "tick")
        }
        let currency = timeline.runs.last { $0.currency != nil }?.currency
        let unit = series.unit == "money" ? currency.map { VisibleText.excerpt($0, to: 12) } : nil
        html.label(unit ?? VisibleText.excerpt(series.unit, to: 20), x: 4, y: 14, .start, "tick")
        let count = timeline.runs.count - first
        var shown = Set<Int>()
        let steps = min(3, max(1, count - 1))
        for step in 0...steps {
            let run = first + Int((Double(count - 1) * Double(step) / Double(steps)).rounded())
            guard shown.insert(run).inserted, timeline.runs.indices.contains(run) else { continue }
            html.line(x(run), Self.frame.bottom, x(run), Self.frame.bottom + 4, "axis")
            let words = hour(timeline.runs[run].startedAt)
            if count > 1, step == 0 {
                html.label(words, x: x(run) - 8, y: Self.frame.bottom + 18, .start, "tick")
            } else if count > 1, step == steps {
                html.label(words, x: x(run) + 8, y: Self.frame.bottom + 18, .end, "tick")
            } else {
                html.label(words, x: x(run), y: Self.frame.bottom + 18, .middle, "tick")
            }
        }
        html.label(
            "runs, oldest to newest (\(span))", x: Self.frame.right, y: Self.frame.bottom + 36, .end, "tick")
    }

    /// A run's time as its neighbours leave it open: the hour where they are of a few days, else the day.
    private func hour(_ text: String) -> String {
        let times = timeline.runs[first...].map(\.startedAt)
        let days = Set(times.map { $0.prefix(10) })
        if days.count > 4 { return HistoryWords.day(text) }
        let moment = HistoryWords.moment(text)
        guard days.count == 1 else { return String(moment.dropFirst(5)) }
        // Runs of the same few minutes are told apart by their seconds.
        let minutes = Set(times.map { $0.prefix(16) })
        if minutes.count >= min(4, times.count) { return String(moment.suffix(5)) }
        return VisibleText.excerpt(String(text.prefix(19).suffix(8)), to: 8)
    }

    private var span: String {
        let days = Set(timeline.runs[first...].map { HistoryWords.day($0.startedAt) })
        return days.count == 1 ? "\(days.first ?? ""), UTC" : "UTC"
    }

    /// Decimals that tell ticks so far apart from one another.
    private static func decimals(_ step: Double) -> Int {
        var decimals = 0
        var unit = 1.0
        while decimals < 9, step < unit * 0.999_999 {
            decimals += 1
            unit /= 10
        }
        return decimals
    }

    private func marks(_ html: inout HTMLBuilder) {
        let shown = timeline.marks.filter { $0.run > first }
        for mark in shown.suffix(60) {
            let place = (x(mark.run - 1) + x(mark.run)) / 2
            if mark.parts {
                html.line(place, Self.frame.top - 4, place, Self.frame.bottom, "part")
            } else {
                html.line(place, Self.frame.bottom - 8, place, Self.frame.bottom, "note")
            }
        }
        // Of words, those fit that are far enough apart.
        var free = Self.frame.right
        for mark in shown.filter(\.parts).reversed().prefix(4) {
            let place = (x(mark.run - 1) + x(mark.run)) / 2
            guard place < free - 20 else { continue }
            let words = mark.kind == .dataset ? "data set" : "judge"
            html.label(words, x: place, y: Self.frame.top - 8, .middle, "tick")
            free = place - 50
        }
    }

    /// Stretches of points that were measured alike.
    private var stretches: [[RunTimeline.Point]] {
        var found: [[RunTimeline.Point]] = []
        for (index, point) in points.enumerated() {
            if index > 0, point.isJoined {
                found[found.count - 1].append(point)
            } else {
                found.append([point])
            }
        }
        return found
    }

    private func curve(_ html: inout HTMLBuilder) {
        for stretch in stretches {
            if stretch.count > 1 {
                html.path(stretch.map { (x($0.run), y($0.metric.value)) }, "curve")
            } else if points.count > Self.mostMarked, let only = stretch.first {
                html.circle(x: x(only.run), y: y(only.metric.value), radius: 2, "pt")
            }
            guard points.count > Self.mostMarked else { continue }
            for end in [\RunSummary.Metric.lower, \RunSummary.Metric.upper] {
                let band = stretch.compactMap { point in
                    point.metric[keyPath: end].map { (x: x(point.run), y: y($0)) }
                }
                if band.count > 1 { html.path(band, "band") }
            }
        }
    }

    private func dots(_ html: inout HTMLBuilder) {
        guard points.count <= Self.mostMarked else { return }
        for point in points {
            let metric = point.metric
            if let lower = metric.lower, let upper = metric.upper {
                html.line(x(point.run), y(lower), x(point.run), y(upper), "whisker")
            }
            let run = timeline.runs[point.run]
            let css: HTMLBuilder.Attribute =
                switch run.verdict {
                case .ship: .class("pt")
                case .block, .couldNotMeasure: .class("pt bad")
                case .cannotTell: .class("pt open")
                }
            var words = "\(HistoryWords.moment(run.startedAt)) \(VisibleText.excerpt(run.id, to: 40)) "
            words += "\(run.verdict.rawValue): \(figure.value(metric.value))"
            if let interval = HistoryWords.interval(metric, figure) { words += " " + interval }
            words += ", n \(Figure.count(metric.n))"
            html.element(
                "circle", css, .number("cx", x(point.run)), .number("cy", y(metric.value)), .number("r", 3.5)
            ) { html in
                html.element("title") { $0.plainText(words) }
            }
        }
    }
}
