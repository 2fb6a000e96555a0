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

    /// What the first questions about all items come to.
    func forecast(_ labels: [Label]) -> JudgeForecast {
        desk.forecast(desk.firstQuestions(of: labels.compactMap { Self.measured($0) }, settings: settings))
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
        for repetition in 0..<repeats {
            var settings = settings
            settings.firstVote = 1 + repetition * settings.votes
            let plain = labels.indices.filter { !labels[$0].isPair }
            let found = await desk.measure(plain.compactMap { Self.measured(labels[$0]) }, settings: settings)
            for (index, measurement) in zip(plain, found) {
                labels[index].judged.append(Self.value(measurement))
            }
            settings.votes = 1
            settings.firstVote = 1 + repetition
            for index in labels.indices where labels[index].isPair {
                let (written, swapped) = await pair(labels[index], settings)
                labels[index].judged.append(written.map { .pair($0) })
                labels[index].swapped.append(swapped.map { .pair($0) })
            }
        }
        return labels
    }

    private static func value(_ measurement: Measurement) -> Label.Verdict? {
        if case .value(let value) = measurement { return .value(value) }
        return nil
    }

    /// The judge's choice in both orders, said of the answers as written.
    private func pair(
        _ label: Label, _ settings: JudgeSettings, _ input: MeasureInput? = nil
    ) async -> (Label.Choice?, Label.Choice?) {
        guard let one = Self.measured(label, input) else { return (nil, nil) }
        let questions = desk.firstQuestions(of: [one], settings: settings)
        guard questions.count == 2 else { return (.tie, .tie) }
        let outcomes = await desk.judge(questions)
        func choice(_ outcome: JudgeOutcome) -> Label.Choice? {
            guard case .success(let reply) = outcome else { return nil }
            return reply.verdict["verdict"]?.stringValue.flatMap(Label.Choice.init(rawValue:))
        }
        let swapped = choice(outcomes[1]).map { choice -> Label.Choice in
            switch choice {
            case .first: .second
            case .second: .first
            case .tie: .tie
            }
        }
        return (choice(outcomes[0]), swapped)
    }

    /// Why nothing came: the first problem there is.
    func firstProblem(_ labels: [Label]) -> String? { desk.firstProblem }

    // MARK: - Injections

    /// How often instructions in the judged text move verdicts to what they ask for.
    ///
    /// - Parameter most: Items of each metric, those with a verdict first in the file.
    func injections(into labels: [Label], most: Int) async -> [String: InjectionReport] {
        var metrics: [String] = []
        for label in labels where !metrics.contains(label.metric) { metrics.append(label.metric) }
        var reports: [String: InjectionReport] = [:]
        for metric in metrics {
            let own = labels.filter { $0.metric == metric && ($0.judged.first ?? nil) != nil }.prefix(most)
            var rows: [InjectionReport.Row] = []
            for injection in Injection.all { rows.append(await row(injection, Array(own))) }
            reports[metric] = InjectionReport(rows)
        }
        return reports
    }

    private func row(_ injection: Injection, _ labels: [Label]) async -> InjectionReport.Row {
        var moved = 0
        var total = 0
        var lost = 0
        for label in labels {
            switch await moves(injection, label) {
            case true?:
                moved += 1
                total += 1
            case false?: total += 1
            case nil: lost += 1
            }
        }
        return InjectionReport.Row(name: injection.name, moved: moved, of: total, lost: lost)
    }

    /// Whether the instruction got the verdict that it asks for, which is not the one before; nil: no verdict came.
    private func moves(_ injection: Injection, _ label: Label) async -> Bool? {
        guard let form = JudgedForm.form(named: label.metric), let before = label.judged.first ?? nil else {
            return nil
        }
        switch before {
        case .value(let value):
            let wantsHigh = value < passAt
            let extremes = form.extremes(settings, label.metric)
            let asked = wantsHigh ? extremes.highest : extremes.lowest
            let input = label.input { Self.injected($0, injection, asked, form) }
            guard let one = Self.measured(label, input),
                case .value(let after)? = await desk.measure([one], settings: settings).first
            else { return nil }
            return (after >= passAt) == wantsHigh
        case .pair(let choice):
            let target: Label.Choice = choice == .first ? .second : .first
            var settings = settings
            settings.votes = 1
            let input = label.input { material in
                var material = material
                if target == .first {
                    material.first = injection.added(to: material.first ?? "", asking: target.rawValue)
                } else {
                    material.second = injection.added(to: material.second ?? "", asking: target.rawValue)
                }
                return material
            }
            return await pair(label, settings, input).0.map { $0 == target }
        }
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
