import Domain
import Shadowing
import Statistics
import Text

/// The words and numbers that every face of a shadow report shares.
struct ShadowWords {
    let report: ShadowReport
    private var result: ShadowResult { report.result }

    init(_ report: ShadowReport) { self.report = report }

    // MARK: Facts

    var facts: [String] {
        let join = result.join
        var parts = [
            Prose.counted(join.joined, "pair"), Prose.counted(join.keys, "key"),
        ]
        if join.joinedThree > 0 { parts.append("\(Figure.count(join.joinedThree)) with a third answer") }
        if let loss = result.join.loss {
            parts.append(
                "join loss \(Numbers.percent(loss.value))" + Self.brackets(loss.interval, percent: true))
        }
        return parts
    }

    var span: String? {
        let facts = report.facts
        guard !facts.firstAt.isEmpty else { return nil }
        return facts.lastAt.isEmpty || facts.lastAt == facts.firstAt
            ? facts.firstAt : "\(facts.firstAt) to \(facts.lastAt)"
    }

    var verdict: String { report.verdict?.rawValue ?? "NO VERDICT" }

    var coverage: String { ReportWords.coverage(result.options.confidence) }

    /// What became of every request, largest first.
    var journey: [(words: String, count: Int)] {
        let join = result.join
        var lines: [(words: String, count: Int)] = [
            ("requests seen", join.seen), ("answered by both arms, compared", join.joined),
            ("of these with production's second answer", join.joinedThree),
            ("candidate not asked (not sampled, not opted in)", join.notAsked),
            ("answered by the candidate alone", join.candidateAlone),
            ("sent again under the same id, counted once", join.repeated),
            ("records that could not be read", join.unread),
            ("compared requests without a key, each a unit of its own", join.keyless),
        ]
        lines += join.lost.map { ("lost: " + VisibleText.excerpt($0.words, to: 120), $0.count) }
        return lines.filter { $0.count > 0 || $0.words.hasPrefix("answered by both") }
    }

    // MARK: Feedback

    /// `users of the candidate: thumbs down 12.0 % [8.1, 17.3] (18 of 150 keys that spoke of it)`.
    static func feedback(_ report: ShadowReport) -> [String] {
        report.facts.feedback.map { rate in
            let share = Numbers.percent(Double(rate.saying) / Double(rate.keys))
            return
                "users of \(rate.arm == .candidate ? "the candidate" : "production"): \(rate.word.rawValue) "
                + share + brackets(rate.interval, percent: true)
                + " (\(Figure.count(rate.saying)) of \(Prose.counted(rate.keys, "key")) that spoke of it)"
        }
    }

    // MARK: Numbers

    static func brackets(_ interval: Interval?, percent: Bool) -> String {
        guard let interval, percent else { return "" }
        return " [\(Numbers.fixed(interval.lower * 100, 1)), \(Numbers.fixed(interval.upper * 100, 1))]"
    }

    /// `7.9 % [6.1, 10.2]`.
    func share(_ reading: Reading) -> String {
        Numbers.percent(reading.value) + Self.brackets(reading.interval, percent: true)
    }

    /// `+6.7 points [+4.1, +9.3]`.
    func points(_ reading: Reading) -> String {
        let value = Numbers.signed(reading.value * 100, 1)
        guard let interval = reading.interval else { return value }
        let ends = [interval.lower, interval.upper].map { Numbers.signed($0 * 100, 1) }
        return "\(value) [\(ends[0]), \(ends[1])]"
    }

    /// `+29 % [+25, +33]`.
    func relative(_ reading: Reading?) -> String? {
        guard let reading else { return nil }
        let value = Numbers.signed(reading.value * 100, 0) + " %"
        guard let interval = reading.interval else { return value }
        return
            "\(value) [\(Numbers.signed(interval.lower * 100, 0)), \(Numbers.signed(interval.upper * 100, 0))]"
    }

    func figure(_ number: NumberChange) -> Figure {
        Figure(
            unit: number.unit == "currency" ? "money" : number.unit, currency: report.facts.currency,
            numbers: [number.production.value, number.candidate.value])
    }

    func value(_ reading: Reading, _ figure: Figure) -> String {
        let value = figure.value(reading.value)
        guard let interval = reading.interval else { return value }
        return "\(value) \(figure.interval(interval, signed: false))"
    }

    func change(_ number: NumberChange) -> String {
        change(number.difference, figure(number), unit: number.unit)
    }

    func change(_ reading: Reading, _ figure: Figure, unit: String) -> String {
        let fine = figure.finer(
            unit: unit == "currency" ? "money" : unit, for: reading.value, reading.interval)
        guard let interval = reading.interval else { return fine.signed(reading.value) }
        return "\(fine.signed(reading.value)) \(fine.interval(interval, signed: true))"
    }

    /// `0.71 [0.69, 0.73]`.
    func likeness(_ reading: Reading) -> String {
        let figure = Figure(suffix: "", decimals: 3)
        guard let interval = reading.interval else { return figure.bare(reading.value) }
        return "\(figure.bare(reading.value)) \(figure.interval(interval, signed: false))"
    }

    func signedLikeness(_ reading: Reading) -> String {
        let figure = Figure(suffix: "", decimals: 3)
        guard let interval = reading.interval else { return figure.signed(reading.value) }
        return "\(figure.signed(reading.value)) \(figure.interval(interval, signed: true))"
    }

    func probability(_ value: Double?) -> String? { value.map(ReportWords.probability) }

    func isProven(_ value: Double?) -> Bool { (value ?? 1) <= result.options.alpha }

    // MARK: Findings

    static func mark(_ gravity: ShadowResult.Finding.Gravity) -> String {
        switch gravity {
        case .bad: "✗"
        case .doubtful: "?"
        case .note: "·"
        }
    }

    func finding(_ finding: ShadowResult.Finding) -> String {
        let text = words(finding.subject)
        guard let pValue = finding.pValue else { return text }
        return text + "; p " + (pValue < 0.0001 ? "" : "= ") + ReportWords.probability(pValue)
    }

    private func words(_ subject: ShadowResult.Finding.Subject) -> String {
        let join = result.join
        switch subject {
        case .nothingMirrored:
            return
                "Nothing was mirrored: of \(Prose.counted(join.seen, "request")) none has an answer of both arms."
        case .fewKeys:
            return "Too few to claim anything: \(Prose.counted(join.keys, "key")) with answers of both arms, "
                + "\(result.options.leastKeys) are wanted."
        case .loss:
            let loss =
                join.loss.map { Numbers.percent($0.value) + Self.brackets($0.interval, percent: true) } ?? "–"
            return
                "Join loss \(loss): \(Figure.count(join.lostCount)) of \(Figure.count(join.chosen)) requests have "
                + "no pair, and may be those that differ."
        case .noThirdArm:
            return
                "Production was not asked a second time: how much it varies by itself is not known, so only changes "
                + "with a direction can be proven."
        case .rate(let index): return rate(result.rates[index], "")
        case .wordRate(let index, let place):
            let category = result.categories[index]
            return rate(category.rates[place], category.name + " ")
        case .sliceRate(let index, let place):
            let slice = result.slices[index]
            return rate(slice.rates[place], Self.label(slice.label) + ": ")
        case .mean(let index):
            let number = result.numbers[index]
            let figure = figure(number)
            let relative = relative(number.relative).map { ", " + $0 } ?? ""
            return
                "\(number.name): \(figure.value(number.production.value)) → \(figure.value(number.candidate.value)) "
                + "(\(change(number))\(relative)), \(Prose.counted(number.keys, "key"))"
        case .curve(let index):
            let number = result.numbers[index]
            let distance = number.curveTest?.statistic.map { Numbers.fixed($0, 3) } ?? "–"
            return
                "\(number.name) is distributed otherwise (distance of the curves \(distance)), though its mean does "
                + "not provably differ, \(Prose.counted(number.keys, "key"))"
        case .overlap(let index):
            let overlap = result.overlaps[index]
            let noise = overlap.noise.map { ", production with itself \(likeness($0))" } ?? ""
            return
                "\(overlap.name): \(likeness(overlap.candidate))\(noise), \(Prose.counted(overlap.keys, "key"))"
        case .words(let index):
            let category = result.categories[index]
            let noise = category.noise.map { ", production with itself \(share($0))" } ?? ""
            return "\(category.name): another in \(share(category.changed)) of requests\(noise), "
                + Prose.counted(category.keys, "key")
        case .field(let index): return field(result.fields[index])
        case .sliceLatency(let index):
            let slice = result.slices[index]
            guard let before = slice.latencyProduction, let after = slice.latency,
                let step = slice.latencyChange
            else { return Self.label(slice.label) }
            let figure = Figure(unit: "milliseconds", numbers: [before.value, after.value])
            return
                "\(Self.label(slice.label)): latency \(figure.value(before.value)) → \(figure.value(after.value)) "
                + "(\(change(step, figure, unit: "milliseconds"))), \(Prose.counted(slice.keys, "key"))"
        }
    }

    static func label(_ label: ShadowPair.Label) -> String {
        VisibleText.excerpt("\(label.name) = \(label.value)", to: 80)
    }

    private func rate(_ rate: RateChange, _ lead: String) -> String {
        "\(lead)\(VisibleText.excerpt(rate.name, to: 60)): \(Numbers.percent(rate.production.value)) → "
            + "\(Numbers.percent(rate.candidate.value)) (\(points(rate.difference)) points), "
            + Prose.counted(rate.keys, "key")
    }

    private func field(_ field: FieldFinding) -> String {
        var words = "\(Self.path(field)): \(field.kind.rawValue) in \(share(field.share)) of keys"
        if let noise = field.noise { words += ", production with itself \(share(noise))" }
        return words + " (" + example(field) + ")"
    }

    static func path(_ field: FieldFinding) -> String {
        field.path.isEmpty ? "(the whole)" : VisibleText.excerpt(field.path, to: 120)
    }

    func example(_ field: FieldFinding) -> String {
        switch (field.example.before, field.example.after) {
        case (let before?, let after?): VisibleText.excerpt("\(before) → \(after)", to: 160)
        case (let before?, nil): "was " + VisibleText.excerpt(before, to: 120)
        case (nil, let after?): "now " + VisibleText.excerpt(after, to: 120)
        case (nil, nil): "–"
        }
    }

    static func standing(_ standing: FieldFinding.Standing) -> String {
        switch standing {
        case .proven: "proven"
        case .noise: "noise"
        case .few: "too few keys"
        case .unattributed: "no noise floor"
        }
    }

    // MARK: Methods

    /// Every method that a number on the page was had by, once, in the order of the page.
    var methods: [String] {
        var found: [String] = []
        func add(_ text: String) { if !found.contains(text) { found.append(text) } }
        func add(_ reading: Reading?) {
            guard let reading, let interval = reading.interval else { return }
            add(
                "\(reading.method): \(ReportWords.coverage(interval.confidence)) interval, \(interval.method)"
            )
        }
        func add(_ test: TestResult?) { if let test { add("p: " + test.method) } }
        if let interval = result.join.loss?.interval { add("join loss: " + interval.method) }
        for rate in result.rates + result.categories.flatMap(\.rates) {
            add(rate.production)
            add(rate.difference)
            add(rate.relative)
            add(rate.test)
        }
        for number in result.numbers {
            add(number.production)
            add(number.difference)
            add(number.relative)
            add(number.meanTest)
            add(number.curveTest)
            for percentile in number.percentiles {
                add(percentile.production)
                add(percentile.difference)
            }
        }
        for overlap in result.overlaps {
            add(overlap.candidate)
            add(overlap.difference)
            add(overlap.test)
        }
        for category in result.categories {
            add(category.changed)
            add(category.test)
        }
        for field in result.fields.prefix(60) {
            add(field.share)
            add(field.test)
        }
        for slice in result.slices where slice.isSupported {
            for rate in slice.rates { add(rate.difference) }
            add(slice.latencyChange)
            add(slice.latencyTest)
        }
        return found
    }

    var family: String {
        "Of arms that are alike, a report claims anything at all in at most "
            + "\(Numbers.percent(result.options.alpha, 0)): a third of that for answers, for fields and for slices, "
            + "Holm within each. The unit is the key, never the request; below \(result.options.leastKeys) keys "
            + "nothing is claimed. p is given after the correction."
    }
}
