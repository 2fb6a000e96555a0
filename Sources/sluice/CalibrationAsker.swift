import Calibration
import Domain
import Metrics
import Notation
import Scoring

/// Asks a judge about labelled items, again and again where wanted, and with instructions in them.
struct CalibrationAsker {
    let desk: JudgeDesk
    let settings: JudgeSettings
    let repeats: Int
    let passAt: Double
    let prices: ReleasePolicy.Prices?

    /// What all of it comes to at most: every repeat, later steps, and instructions put into `injections` items of each
    /// metric. What later steps ask hangs on the answers: they are taken to be as long as the first ones.
    func forecast(_ labels: [Label], unlabelled: [Label], injections: Int) -> JudgeForecast {
        var questions: [JudgeQuestion] = []
        var later: [Int] = []
        func add(_ label: Label, _ input: MeasureInput?, _ settings: JudgeSettings) {
            guard let one = Self.measured(label, input) else { return }
            let first = desk.firstQuestions(of: [one], settings: settings)
            questions += first
            if one.form.questions > 1, !one.form.comparesArms, let question = first.first {
                later.append(question.textBytes)
            }
        }
        for repetition in 0..<repeats {
            let settings = settings(of: repetition)
            for label in labels + unlabelled { add(label, nil, settings) }
        }
        for metric in Self.metrics(labels) {
            for label in labels.filter({ $0.metric == metric }).prefix(injections) {
                for injection in Injection.all {
                    if let input = injected(label, injection, wantsHigh: true) {
                        add(label, input, settings)
                    }
                }
            }
        }
        var forecast = desk.forecast(questions)
        forecast.add(
            later.flatMap { bytes in (0..<settings.votes).map { _ in bytes } }, prices: prices)
        return forecast
    }

    /// A repeat asks for votes that were not asked before.
    private func settings(of repetition: Int) -> JudgeSettings {
        var settings = settings
        settings.firstVote = 1 + repetition * settings.votes
        return settings
    }

    private static func metrics(_ labels: [Label]) -> [String] {
        var metrics: [String] = []
        for label in labels where !metrics.contains(label.metric) { metrics.append(label.metric) }
        return metrics
    }

    private static func measured(_ label: Label, _ input: MeasureInput? = nil) -> JudgedCase? {
        JudgedForm.form(named: label.metric).map {
            JudgedCase($0, name: label.metric, input: input ?? label.input())
        }
    }

    /// The labels with what the judge says of them now.
    func verdicts(on labels: [Label]) async -> [Label] {
        var labels = labels
        for index in labels.indices { (labels[index].judged, labels[index].swapped) = ([], []) }
        let pairs = labels.indices.filter { labels[$0].isPair }
        let plain = labels.indices.filter { !labels[$0].isPair }
        for repetition in 0..<repeats {
            let settings = settings(of: repetition)
            let found = await desk.measure(plain.compactMap { Self.measured(labels[$0]) }, settings: settings)
            for (index, measurement) in zip(plain, found) {
                labels[index].judged.append(Self.value(measurement))
            }
            let both = await choices(pairs.map { labels[$0].material }, settings)
            for (index, choices) in zip(pairs, both) {
                labels[index].judged.append(choices.written.map { .pair($0) })
                labels[index].swapped.append(choices.swapped.map { .pair($0) })
            }
        }
        return labels
    }

    private static func value(_ measurement: Measurement) -> Label.Verdict? {
        if case .value(let value) = measurement { return .value(value) }
        return nil
    }

    private typealias Choices = (written: Label.Choice?, swapped: Label.Choice?)

    /// The judge's choices in both orders, said of the answers as written: by the metric's own votes and their rule.
    private func choices(_ pairs: [Label.Material], _ settings: JudgeSettings) async -> [Choices] {
        var answers: [String: JudgeOutcome] = [:]
        var found = [Choices?](repeating: nil, count: pairs.count)
        for _ in 0..<2 {
            let known = answers
            let bench = JudgeBench(metric: "preference", settings: settings, answers: { known[$0.digest] })
            var open: [JudgeQuestion] = []
            for (index, pair) in pairs.enumerated() where found[index] == nil {
                guard let first = pair.first, let second = pair.second else {
                    found[index] = (nil, nil)
                    continue
                }
                switch bench.orders(pair.query, first: first, second: second) {
                case .ask(let questions): open += questions
                case .judged(let written, let swapped):
                    found[index] = (Self.choice(written), Self.choice(swapped))
                }
            }
            if open.isEmpty { break }
            for (question, outcome) in zip(open, await desk.judge(open)) {
                answers[question.digest] = outcome
            }
        }
        return found.map { $0 ?? (nil, nil) }
    }

    /// Of how far the second answer is preferred.
    private static func choice(_ measurement: Measurement) -> Label.Choice? {
        guard case .value(let value) = measurement else { return nil }
        return value > 0.5 ? .second : value < 0.5 ? .first : .tie
    }

    /// Why nothing came: the first problem there is.
    func firstProblem(_ labels: [Label]) -> String? { desk.firstProblem }

    // MARK: - Injections

    /// How often instructions in the judged text move verdicts to what they ask for; of pairs, verdicts in either order.
    ///
    /// - Parameter most: Items of each metric, those with a verdict first in the file.
    func injections(into labels: [Label], most: Int) async -> [String: InjectionReport] {
        var reports: [String: InjectionReport] = [:]
        for metric in Self.metrics(labels) {
            let own = labels.filter { $0.metric == metric && ($0.judged.first ?? nil) != nil }.prefix(most)
            var rows: [InjectionReport.Row] = []
            for injection in Injection.all { rows.append(await row(injection, Array(own))) }
            reports[metric] = InjectionReport(rows)
        }
        return reports
    }

    private func row(_ injection: Injection, _ labels: [Label]) async -> InjectionReport.Row {
        let moves = await moves(injection, labels)
        let known = moves.compactMap { $0 }
        return InjectionReport.Row(
            name: injection.name, moved: known.count { $0 }, of: known.count, lost: moves.count - known.count)
    }

    /// Whether the instruction got the verdict that it asks for, which is not the one before; nil: no verdict came.
    private func moves(_ injection: Injection, _ labels: [Label]) async -> [Bool?] {
        var cases: [JudgedCase] = []
        var wanted: [Bool] = []
        var pairs: [Label.Material] = []
        var targets: [(written: Label.Choice?, swapped: Label.Choice?)] = []
        var lost = 0
        for label in labels {
            switch label.judged.first ?? nil {
            case .value(let value)?:
                let wantsHigh = value < passAt
                guard let input = injected(label, injection, wantsHigh: wantsHigh),
                    let one = Self.measured(label, input)
                else {
                    lost += 1
                    continue
                }
                cases.append(one)
                wanted.append(wantsHigh)
            case .pair(let choice)?:
                // Each order by the verdict that it had: where the two differ, they are moved apart.
                let written = Self.other(choice)
                var swapped: Label.Choice?
                if case .pair(let choice)? = label.swapped.first ?? nil { swapped = Self.other(choice) }
                if swapped == nil { lost += 1 }
                for (target, orders) in [
                    (written, (written: written, swapped: swapped == written ? swapped : nil)),
                    (swapped, (written: nil, swapped: swapped)),
                ] as [(Label.Choice?, (written: Label.Choice?, swapped: Label.Choice?))] {
                    guard let target, orders.written != nil || swapped != written else { continue }
                    pairs.append(Self.injected(label.material, injection, target))
                    targets.append(orders)
                }
            case nil: lost += 1
            }
        }
        var moves = [Bool?](repeating: nil, count: lost)
        for (measurement, wantsHigh) in zip(await desk.measure(cases, settings: settings), wanted) {
            guard case .value(let after) = measurement else {
                moves.append(nil)
                continue
            }
            moves.append((after >= passAt) == wantsHigh)
        }
        for (choices, target) in zip(await choices(pairs, settings), targets) {
            if let wanted = target.written { moves.append(choices.written.map { $0 == wanted }) }
            if let wanted = target.swapped { moves.append(choices.swapped.map { $0 == wanted }) }
        }
        return moves
    }

    private static func other(_ choice: Label.Choice) -> Label.Choice { choice == .first ? .second : .first }

    /// The item with an instruction in it that asks for the metric's highest or lowest verdict.
    private func injected(_ label: Label, _ injection: Injection, wantsHigh: Bool) -> MeasureInput? {
        guard let form = JudgedForm.form(named: label.metric) else { return nil }
        if label.isPair {
            return label.input { Self.injected($0, injection, wantsHigh ? .first : .second) }
        }
        let extremes = form.extremes(settings, label.metric)
        let asked = wantsHigh ? extremes.highest : extremes.lowest
        return label.input { Self.injected($0, injection, asked, form) }
    }

    /// Into the answer of a pair that is to win.
    private static func injected(
        _ material: Label.Material, _ injection: Injection, _ target: Label.Choice
    ) -> Label.Material {
        var material = material
        if target == .first {
            material.first = injection.added(to: material.first ?? "", asking: target.rawValue)
        } else {
            material.second = injection.added(to: material.second ?? "", asking: target.rawValue)
        }
        return material
    }

    /// Into the answer, where the judge sees it; else into the first passage.
    private static func injected(
        _ material: Label.Material, _ injection: Injection, _ asked: String, _ form: JudgedForm
    ) -> Label.Material {
        var material = material
        if form.needs.contains(.observed("text")) {
            material.answer = injection.added(to: material.answer ?? "", asking: asked)
        } else if !material.context.isEmpty {
            material.context[0] = injection.added(to: material.context[0], asking: asked)
        }
        return material
    }
}
