import Domain

/// A rule as the grammar alone understands it: nothing is known of metrics or units yet.
struct ParsedRule: Sendable, Hashable {
    /// A stretch of the rule's text, in Unicode scalars.
    typealias Span = Range<Int>

    struct Slice: Sendable, Hashable {
        let name: String
        let value: String?
        let span: Span
    }

    struct Metric: Sendable, Hashable {
        let family: String
        let cutoff: Int?
        let member: String?
        let statistic: String?
        let span: Span
        let memberSpan: Span?
        let statisticSpan: Span?

        /// With its parameter: `recall@3`.
        var name: String { cutoff.map { "\(family)@\($0)" } ?? family }

        var reference: MetricReference {
            let selector: MetricReference.Selector? = member.map { $0 == "each" ? .each : .named($0) }
            return MetricReference(name: name, selector: selector, statistic: statistic)
        }
    }

    /// A number with the unit that follows it, as written.
    struct Amount: Sendable, Hashable {
        let number: Double
        let digits: String
        /// `%`, `ms`, `USD` …; nil where none stands.
        let unit: String?
        let span: Span

        /// `5%`, `3500ms`, `0.08 USD`.
        var text: String {
            guard let unit else { return digits }
            let isTight = unit == "%" || ParsedRule.timeUnits.contains(unit)
            return digits + (isTight ? "" : " ") + unit
        }
    }

    static let timeUnits = ["ms", "s", "m", "h"]

    struct Share: Sendable, Hashable {
        /// In percent, as written.
        let percent: Double
        let digits: String
        let span: Span
    }

    enum Form: Sendable, Hashable {
        case compare(Comparison, Amount)
        case text(String, Span)
        case notWorse
        case noWorse(Amount, ofBaseline: Bool)
        case noWorseAutomatic
        case withinBaseline(Amount)
        case inBand(Share?)
        case withinExpected(Amount, Share?)
        case spread(Amount, Share?)
        case repeated(required: Amount, repeats: Amount, threshold: Amount?, Share?)
        case order(above: String, below: String, gap: Amount)
        case inBands
        case passPower(k: Amount, Comparison, Amount)
    }

    let slice: Slice?
    let isConfident: Bool
    let confidentSpan: Span?
    let metric: Metric
    let form: Form
    let formSpan: Span
    let comparisonSpan: Span?

    /// The rule in its one written form: what reports print, waivers name, and duplicates share.
    var text: String {
        var out = ""
        if let slice {
            out += "when " + slice.name
            if let value = slice.value { out += " = " + Self.quotedIfNeeded(value) }
            out += ": "
        }
        if isConfident { out += "confidently " }
        return out + metric.reference.text + " " + formText
    }

    /// The form alone, as the canonical text has it.
    var formWords: String { formText }

    private var formText: String {
        switch form {
        case .compare(let comparison, let amount): comparison.rawValue + " " + amount.text
        case .text(let text, _): "== " + Self.quoted(text)
        case .notWorse: "not worse than baseline"
        case .noWorse(let amount, let ofBaseline):
            "no worse than baseline by " + amount.text + (ofBaseline ? " of baseline" : "")
        case .noWorseAutomatic: "no worse than baseline by auto"
        case .withinBaseline(let amount): "within \(amount.text) of baseline"
        case .inBand(let share): "in band" + Self.text(of: share)
        case .withinExpected(let amount, let share):
            "within \(amount.text) of expected" + Self.text(of: share)
        case .spread(let amount, let share): "spread <= \(amount.text)" + Self.text(of: share)
        case .repeated(let required, let repeats, let threshold, let share):
            "\(required.digits) of \(repeats.digits)" + (threshold.map { " at " + $0.text } ?? "")
                + Self.text(of: share)
        case .order(let above, let below, let gap):
            "order \(Self.quoted(above)) above \(Self.quoted(below)) by \(gap.text)"
        case .inBands: "in bands"
        case .passPower(let k, let comparison, let amount):
            "pass^\(k.digits) \(comparison.rawValue) \(amount.text)"
        }
    }

    private static func text(of share: Share?) -> String { share.map { " for \($0.digits)%" } ?? "" }

    private static func quoted(_ text: String) -> String {
        let quote = text.unicodeScalars.contains("\"") ? "'" : "\""
        return quote + text + quote
    }

    private static func quotedIfNeeded(_ value: String) -> String {
        let isBare = value.unicodeScalars.allSatisfy { $0 != ":" && $0 != "\"" && $0 != "'" && $0 != "=" }
        return isBare && RuleLexer.trimmed(value) == value ? value : quoted(value)
    }
}
