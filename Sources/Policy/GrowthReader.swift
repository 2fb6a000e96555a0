import Domain
import Metrics
import Notation
import Text

/// Reads `growth`: a small grammar of when, and of what is asked for.
///
/// | when | fires |
/// |---|---|
/// | `new segment`, `new segment of COLUMN` | candidates show a value that the set had no example of |
/// | `segment < N`, `segment < N of COLUMN` | a value of a slice has fewer than N examples |
/// | `reported miss`, `correction`, `thumbs down`, `… >= N` | so many candidates of the kind wait for a label |
/// | `drop > X%`, `drop > X% of METRIC`, `… in COLUMN` | the newest run was worse than its baseline by more than that |
/// | `newly failing`, `newly failing >= N` | so many examples newly fail in the newest run |
/// | `daily`, `weekly`, `monthly`, `quarterly`, `yearly`, `every 30d` | so long nobody did what is asked |
struct GrowthReader {
    let log: ProblemLog

    func read(_ node: YAMLNode?, slices: [String]) -> [GrowthRule] {
        var rules: [GrowthRule] = []
        for element in node?.elements ?? [] {
            guard let whenNode = element["when"], let when = whenNode.text, let askNode = element["ask"],
                let asks = askNode.text
            else { continue }
            let trigger = trigger(words(when), whenNode, slices)
            let ask = ask(words(asks), askNode)
            guard let trigger, let ask else { continue }
            rules.append(
                GrowthRule(
                    trigger: trigger, ask: ask, when: when, asks: asks, place: log.lines.place(element.start))
            )
        }
        return rules
    }

    /// Words and signs, with `>=`, `>` and `<` apart from what they touch.
    private func words(_ text: String) -> [String] {
        var spaced = ""
        for character in text {
            let isSign = character == "<" || character == ">" || character == "="
            let follows = character == "=" && (spaced.last == ">" || spaced.last == "<")
            if isSign, !follows { spaced += " " }
            if !isSign, let last = spaced.last, "<>=".contains(last) { spaced += " " }
            spaced.append(character)
        }
        return spaced.split(separator: " ").map(String.init)
    }

    private static let forms = [
        "new segment", "new segment of COLUMN", "segment < N", "reported miss", "correction", "thumbs down",
        "drop > X%", "newly failing", "monthly", "every 30d",
    ]
    private static let periods: [(word: String, days: Int)] = [
        ("daily", 1), ("weekly", 7), ("monthly", 31), ("quarterly", 92), ("yearly", 365),
    ]
    private static let signals: [(words: [String], kind: CandidateSignal)] = [
        (["reported", "miss"], .reportedMiss), (["reported", "misses"], .reportedMiss),
        (["correction"], .correction), (["corrections"], .correction), (["thumbs", "down"], .thumbsDown),
        (["unmeasured"], .unmeasured), (["failing"], .failing), (["disagreement"], .disagreement),
    ]

    private func trigger(
        _ all: [String], _ node: YAMLNode, _ slices: [String]
    ) -> GrowthRule.Trigger? {
        let lower = all.map { $0.lowercased() }
        if lower.count == 1, let period = Self.periods.first(where: { $0.word == lower[0] }) {
            return .every(days: period.days)
        }
        if lower.first == "every" { return every(lower.dropFirst().joined(), node) }
        if lower.starts(with: ["new", "segment"]) {
            return segment(all.dropFirst(2), node, slices).map { .newSegment(column: $0.name) }
        }
        if lower.first == "segment" { return thin(all, node, slices) }
        if lower.first == "drop" { return drop(all, node, slices) }
        if lower.starts(with: ["newly", "failing"]) {
            return atLeast(lower.dropFirst(2), node).map { .newlyFailing(atLeast: $0) }
        }
        for signal in Self.signals where lower.starts(with: signal.words) {
            return atLeast(lower.dropFirst(signal.words.count), node).map {
                .waiting(signal.kind, atLeast: $0)
            }
        }
        let near = nearest(all.joined(separator: " "), in: Self.forms + Self.periods.map(\.word))
        return refuse(
            node, "\(Printable.quoted(all.joined(separator: " "))) is nothing that calls for examples",
            near.map { "did you mean '\($0)'?" } ?? "there are " + Self.forms.joined(separator: ", "))
    }

    private func refuse<Value>(_ node: YAMLNode, _ message: String, _ mend: String) -> Value? {
        log.report(.badValue, message, at: .init(node), mend: mend)
        return nil
    }

    private func every(_ text: String, _ node: YAMLNode) -> GrowthRule.Trigger? {
        let parts = MeasureForm.split(text)
        guard let parts, parts.unit == "d" || parts.unit == "days", parts.number >= 1, parts.number <= 3660,
            parts.number == parts.number.rounded()
        else { return refuse(node, "'every' takes whole days", "write 'every 30d', or monthly") }
        return .every(days: Int(parts.number))
    }

    /// A column, or any slice of the policy.
    private struct Column {
        let name: String?
    }

    /// `of COLUMN` or `in COLUMN`, or nothing; nil where it is neither.
    private func segment(
        _ rest: ArraySlice<String>, _ node: YAMLNode, _ slices: [String]
    ) -> Column? {
        let rest = Array(rest)
        if rest.isEmpty {
            guard !slices.isEmpty else {
                return refuse(
                    node, "it does not say of which column, and the policy has no slices",
                    "write 'new segment of COLUMN', or add slices: [COLUMN]")
            }
            return Column(name: nil)
        }
        guard rest.count == 2, rest[0] == "of" || rest[0] == "in" else {
            return refuse(node, "behind the segment stands 'of' and a column", "write 'of locale'")
        }
        return Column(name: rest[1])
    }

    private func thin(_ all: [String], _ node: YAMLNode, _ slices: [String]) -> GrowthRule.Trigger? {
        guard all.count >= 3, all[1] == "<", let number = Int(all[2]), (1...1_000_000).contains(number) else {
            return refuse(node, "a segment is told by a number of examples", "write 'segment < 20 of locale'")
        }
        return segment(all.dropFirst(3), node, slices).map {
            .thinSegment(fewerThan: number, column: $0.name)
        }
    }

    /// `>= N` or nothing: 1.
    private func atLeast(_ rest: ArraySlice<String>, _ node: YAMLNode) -> Int? {
        let rest = Array(rest)
        if rest.isEmpty { return 1 }
        if rest.count == 2, let number = Int(rest[1]), number >= 0, number < 1_000_000 {
            if rest[0] == ">=", number > 0 { return number }
            if rest[0] == ">" { return number + 1 }
        }
        return refuse(node, "behind it stands how many, if anything", "write '>= 5'")
    }

    private func drop(_ all: [String], _ node: YAMLNode, _ slices: [String]) -> GrowthRule.Trigger? {
        let form = "write 'drop > 2%', 'drop > 2% of recall@3' or 'drop > 5% in locale'"
        var rest = Array(all.dropFirst())
        guard rest.count >= 2, rest[0] == ">" else {
            return refuse(node, "a drop is told by the share that it exceeds", form)
        }
        // `2 %` is as good as `2%`.
        if rest.count > 2, rest[2] == "%" {
            rest[1] += "%"
            rest.remove(at: 2)
        }
        guard rest[1].hasSuffix("%"), let percent = Double(rest[1].dropLast()), percent >= 0, percent < 100
        else {
            return refuse(node, "the share is a percentage below 100 %", form)
        }
        var metric: String?
        var column: String?
        rest.removeFirst(2)
        while rest.count >= 2 {
            if rest[0] == "of", metric == nil {
                guard MetricCatalogue.family(of: rest[1]) != nil else {
                    let near = nearest(rest[1], in: MetricCatalogue.families.map(\.name))
                    return refuse(
                        node, "unknown metric \(Printable.quoted(rest[1]))",
                        near.map { "did you mean '\($0)'?" } ?? "'sluice metrics' lists them")
                }
                metric = rest[1]
            } else if rest[0] == "in", column == nil {
                guard slices.contains(rest[1]) else {
                    return refuse(
                        node, "no result is broken down by \(Printable.quoted(rest[1]))",
                        "add it to the policy's slices")
                }
                column = rest[1]
            } else {
                break
            }
            rest.removeFirst(2)
        }
        guard rest.isEmpty else { return refuse(node, "a drop is 'of' a metric and 'in' a column", form) }
        return .drop(moreThan: percent / 100, metric: metric, column: column)
    }

    private func ask(_ all: [String], _ node: YAMLNode) -> GrowthRule.Ask? {
        let lower = all.map { $0.lowercased() }
        if lower == ["review"] || lower == ["a", "review"] { return .review }
        let isCount = lower.count == 2 && (lower[1] == "examples" || lower[1] == "example")
        if isCount, let number = Int(lower[0]), (1...1_000_000).contains(number) { return .examples(number) }
        if isCount, lower[0] == "an" || lower[0] == "one" { return .examples(1) }
        return refuse(
            node, "\(Printable.quoted(all.joined(separator: " "))) is nothing that can be asked for",
            "write '20 examples' or 'a review'")
    }
}
