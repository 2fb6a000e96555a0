import Domain
import Text

/// Reads one rule. Recursive descent over tokens, one function a production:
///
/// ```
/// rule   := [ "when" slice ":" ] [ "confidently" ] metric [":"] form
/// slice  := name | name "=" value
/// metric := name [ "@" k ] [ "[" member | "each" "]" ] [ "." statistic ]
/// ```
///
/// The forms stand in `GateFormEntry.all`. Reports the first thing that does not fit, with its place and what
/// was wanted there.
struct RuleParser {
    private let tokens: [RuleToken]
    private let source: [Unicode.Scalar]
    private var index = 0

    static func parse(_ text: String) throws(RuleProblem) -> ParsedRule {
        var parser = RuleParser(tokens: try RuleLexer.tokens(of: text), source: Array(text.unicodeScalars))
        return try parser.rule()
    }

    /// Reads a metric alone, as KPI parts name it.
    static func parseMetric(_ text: String) throws(RuleProblem) -> ParsedRule.Metric {
        var parser = RuleParser(tokens: try RuleLexer.tokens(of: text), source: Array(text.unicodeScalars))
        let metric = try parser.metric()
        try parser.expectEnd()
        return metric
    }

    private var token: RuleToken { tokens[index] }
    private var following: RuleToken { tokens[min(index + 1, tokens.count - 1)] }
    private var previousEnd: Int { index == 0 ? 0 : tokens[index - 1].range.upperBound }

    private mutating func advance() { index = min(index + 1, tokens.count - 1) }

    private func problem(_ wanted: String, mend: String? = nil) -> RuleProblem {
        if case .end = token.kind {
            return RuleProblem("the rule ends where \(wanted) is expected", at: token.range, mend: mend)
        }
        return RuleProblem(
            "\(wanted) is expected, not \(Printable.quoted(token.text))", at: token.range, mend: mend)
    }

    private func isWord(_ word: String) -> Bool { token.kind == .word && token.text == word }

    private mutating func take(_ word: String) -> Bool {
        guard isWord(word) else { return false }
        advance()
        return true
    }

    private mutating func expect(_ word: String) throws(RuleProblem) {
        guard !take(word) else { return }
        let near = token.kind == .word && nearest(token.text, in: [word]) != nil
        throw problem("'\(word)'", mend: near ? "did you mean '\(word)'?" : nil)
    }

    private func expectEnd() throws(RuleProblem) {
        guard token.kind != .end else { return }
        let rest = token.range.lowerBound..<source.count
        throw RuleProblem("nothing may follow here", at: rest, mend: mendForRest())
    }

    private func mendForRest() -> String? {
        if isWord("and") || isWord("or") { return "write each condition as a rule of its own" }
        if token.kind == .percent { return "a share is written 'for 95%'" }
        if case .comparison = token.kind { return "a rule has one comparison" }
        return nil
    }

    // MARK: rule

    private mutating func rule() throws(RuleProblem) -> ParsedRule {
        let slice = try self.slice()
        let confident = token.range
        let isConfident = take("confidently")
        let metric = try self.metric()
        if token.kind == .colon { advance() }
        let start = token.range.lowerBound
        var comparison: ParsedRule.Span?
        if case .comparison = token.kind { comparison = token.range }
        let form = try self.form()
        let end = previousEnd
        try expectEnd()
        return ParsedRule(
            slice: slice, isConfident: isConfident, confidentSpan: isConfident ? confident : nil,
            metric: metric,
            form: form, formSpan: start..<end, comparisonSpan: comparison)
    }

    private mutating func slice() throws(RuleProblem) -> ParsedRule.Slice? {
        guard take("when") else { return nil }
        let start = token.range.lowerBound
        guard let colon = tokens.indices.first(where: { $0 >= index && tokens[$0].kind == .colon }) else {
            throw RuleProblem(
                "':' is expected behind the slice", at: start..<source.count,
                mend: "write 'when SLICE: METRIC …'")
        }
        let equals = (index..<colon).first { tokens[$0].kind == .equals }
        if let twice = (index..<colon).first(where: { tokens[$0].kind == .comparison(.equal) }) {
            throw RuleProblem(
                "a slice has one '='", at: tokens[twice].range, mend: "write 'when name = value:'")
        }
        let name = try part(index..<(equals ?? colon), "a slice's name")
        var value: String?
        if let equals { value = try part((equals + 1)..<colon, "a slice's value") }
        let span = start..<tokens[colon].range.lowerBound
        index = colon + 1
        return ParsedRule.Slice(name: name, value: value, span: span)
    }

    /// The text of some tokens: the content of a quoted one, or all of them as written.
    private func part(_ range: Range<Int>, _ what: String) throws(RuleProblem) -> String {
        guard let first = range.first, let last = range.last else {
            let place = tokens[range.lowerBound].range
            throw RuleProblem("\(what) is expected", at: place)
        }
        if first == last, case .text(let text) = tokens[first].kind, !text.isEmpty { return text }
        var view = String.UnicodeScalarView()
        view.append(contentsOf: source[tokens[first].range.lowerBound..<tokens[last].range.upperBound])
        return String(view)
    }

    // MARK: metric

    private mutating func metric() throws(RuleProblem) -> ParsedRule.Metric {
        guard token.kind == .word else {
            throw problem(
                "a metric's name", mend: "a rule is 'METRIC >= 0.9', 'METRIC not worse than baseline' …")
        }
        let family = token
        advance()
        var cutoff: Int?
        if token.kind == .at {
            advance()
            guard case .number(let value) = token.kind, value >= 1, let k = Int(exactly: value) else {
                throw problem("a whole number from 1 behind '@'")
            }
            cutoff = k
            advance()
        }
        var member: String?
        var memberSpan: ParsedRule.Span?
        if case .member(let text) = token.kind {
            member = text
            memberSpan = token.range
            advance()
        }
        var statistic: String?
        var statisticSpan: ParsedRule.Span?
        if token.kind == .dot {
            (statistic, statisticSpan) = try self.statistic()
        }
        return ParsedRule.Metric(
            family: family.text, cutoff: cutoff, member: member, statistic: statistic,
            span: family.range.lowerBound..<previousEnd, memberSpan: memberSpan, statisticSpan: statisticSpan)
    }

    /// `.p95`, `.p99.9`, `.embedding`, `."prompt version"`.
    private mutating func statistic() throws(RuleProblem) -> (String, ParsedRule.Span) {
        advance()
        let first = token
        if case .text(let text) = first.kind, !text.isEmpty {
            advance()
            return (text, first.range)
        }
        guard first.kind == .word else {
            throw problem("a statistic such as 'p95' or 'mean', or a version's name")
        }
        advance()
        let isPercentile = first.text.first == "p" && Int(first.text.dropFirst()) != nil
        if isPercentile, token.kind == .dot, token.range.lowerBound == first.range.upperBound,
            case .number = following.kind, following.range.lowerBound == token.range.upperBound
        {
            advance()
            let text = first.text + "." + token.text
            advance()
            return (text, first.range.lowerBound..<previousEnd)
        }
        return (first.text, first.range)
    }

    // MARK: forms

    private mutating func form() throws(RuleProblem) -> ParsedRule.Form {
        switch token.kind {
        case .comparison(let comparison): return try comparisonForm(comparison)
        case .number: return try repeatedForm()
        case .equals: throw problem("a comparison", mend: "equality is written '=='")
        case .stray: throw problem("a form", mend: strayMend())
        default: break
        }
        if take("not") {
            try expectBaseline(["worse", "than", "baseline"])
            return .notWorse
        }
        if take("no") {
            try expectBaseline(["worse", "than", "baseline", "by"])
            return try noWorseForm()
        }
        if take("within") { return try withinForm() }
        if take("in") {
            if take("bands") { return .inBands }
            guard take("band") else { throw problem("'band' or 'bands'") }
            return .inBand(try share())
        }
        if take("spread") {
            guard case .comparison(.atMost) = token.kind else {
                throw problem("'<='", mend: "write 'spread <= 0.1'")
            }
            advance()
            let amount = try self.amount("the largest spread")
            return .spread(amount, try share())
        }
        if take("order") { return try orderForm() }
        if take("pass") { return try passPowerForm() }
        throw problem("a form", mend: formMend())
    }

    private mutating func expectBaseline(_ words: [String]) throws(RuleProblem) {
        for word in words {
            if word == "by", token.kind == .end {
                throw problem("'by' and a margin", mend: "write 'by 0.02', 'by 5% of baseline' or 'by auto'")
            }
            try expect(word)
        }
    }

    private func strayMend() -> String? {
        switch token.text {
        case "≥": "write '>='"
        case "≤": "write '<='"
        case "≠", "!": "there is no 'unequal'; name what must hold"
        case "“", "”", "„": "use straight quotes"
        default: nil
        }
    }

    private func formMend() -> String {
        let firsts = ["not", "no", "within", "in", "spread", "order", "pass"]
        if token.kind == .word, let near = nearest(token.text, in: firsts) {
            return "did you mean '\(near)'?"
        }
        return "for example '>= 0.9', 'not worse than baseline', 'within 20% of baseline'"
    }

    private mutating func comparisonForm(_ comparison: Comparison) throws(RuleProblem) -> ParsedRule.Form {
        let sign = token
        advance()
        if case .text(let text) = token.kind {
            guard comparison == .equal else {
                throw RuleProblem("a text is compared by '==' alone", at: sign.range, mend: "write '=='")
            }
            let span = token.range
            advance()
            return .text(text, span)
        }
        return .compare(comparison, try amount("a number or a quoted text"))
    }

    private mutating func noWorseForm() throws(RuleProblem) -> ParsedRule.Form {
        if take("auto") { return .noWorseAutomatic }
        let margin = try amount("a margin", mend: "write 'by 0.02', 'by 5% of baseline' or 'by auto'")
        guard take("of") else { return .noWorse(margin, ofBaseline: false) }
        try expect("baseline")
        guard margin.unit == "%" else {
            throw RuleProblem(
                "a share of the baseline is written in %", at: margin.span, mend: "write 'by 5% of baseline'")
        }
        return .noWorse(margin, ofBaseline: true)
    }

    private mutating func withinForm() throws(RuleProblem) -> ParsedRule.Form {
        let amount = try self.amount("a share or a tolerance")
        try expect("of")
        if take("baseline") {
            guard amount.unit == "%" else {
                throw RuleProblem(
                    "a share of the baseline is written in %", at: amount.span,
                    mend: "write 'within 20% of baseline'")
            }
            return .withinBaseline(amount)
        }
        guard take("expected") else { throw problem("'baseline' or 'expected'") }
        guard amount.unit != "%" else {
            throw RuleProblem(
                "a tolerance is a number", at: amount.span, mend: "write 'within 0.05 of expected'")
        }
        return .withinExpected(amount, try share())
    }

    private mutating func repeatedForm() throws(RuleProblem) -> ParsedRule.Form {
        let required = try count("how many repeats must succeed")
        try expect("of")
        let repeats = try count("the number of repeats")
        var threshold: ParsedRule.Amount?
        if take("at") { threshold = try amount("a score") }
        return .repeated(required: required, repeats: repeats, threshold: threshold, try share())
    }

    private mutating func orderForm() throws(RuleProblem) -> ParsedRule.Form {
        let above = try identifier()
        try expect("above")
        let below = try identifier()
        try expect("by")
        return .order(above: above, below: below, gap: try amount("a gap"))
    }

    private mutating func passPowerForm() throws(RuleProblem) -> ParsedRule.Form {
        guard token.kind == .caret else {
            throw problem("'^' and the number of tries", mend: "write 'pass^3 >= 0.8'")
        }
        advance()
        let k = try count("the number of tries")
        guard case .comparison(let comparison) = token.kind else { throw problem("a comparison") }
        advance()
        return .passPower(k: k, comparison, try amount("a share"))
    }

    // MARK: parts

    /// An example's id: quoted, or everything up to the next blank.
    private mutating func identifier() throws(RuleProblem) -> String {
        if case .text(let text) = token.kind, !text.isEmpty {
            advance()
            return text
        }
        if isWord("above") || isWord("by") || token.kind == .end { throw problem("an example's id") }
        let start = token.range.lowerBound
        repeat { advance() } while token.kind != .end && token.range.lowerBound == previousEnd
        var view = String.UnicodeScalarView()
        view.append(contentsOf: source[start..<previousEnd])
        return String(view)
    }

    private mutating func count(_ what: String) throws(RuleProblem) -> ParsedRule.Amount {
        let amount = try self.amount(what)
        guard amount.unit == nil, amount.number >= 1, Int(exactly: amount.number) != nil else {
            throw RuleProblem("\(what) is a whole number from 1", at: amount.span)
        }
        return amount
    }

    private mutating func amount(_ what: String, mend: String? = nil) throws(RuleProblem) -> ParsedRule.Amount
    {
        guard case .number(let value) = token.kind else {
            if token.kind == .dot, case .number = following.kind {
                throw problem(what, mend: "write '0.5', not '.5'")
            }
            throw problem(what, mend: mend)
        }
        let number = token
        advance()
        var unit: String?
        if token.kind == .percent {
            unit = "%"
            advance()
        } else if token.kind == .word, !Self.joints.contains(token.text) {
            unit = token.text
            advance()
        }
        return ParsedRule.Amount(
            number: value, digits: number.text, unit: unit, span: number.range.lowerBound..<previousEnd)
    }

    /// Words that follow an amount without being its unit.
    private static let joints: Set<String> = ["of", "for", "at", "by", "above", "and", "or"]

    private mutating func share() throws(RuleProblem) -> ParsedRule.Share? {
        guard take("for") else { return nil }
        let amount = try self.amount("a share of the examples", mend: "write 'for 95%'")
        guard amount.unit == "%" else {
            throw RuleProblem(
                "a share of the examples is written in %", at: amount.span, mend: "write 'for 95%'")
        }
        guard amount.number > 0, amount.number <= 100 else {
            throw RuleProblem("a share lies above 0 % and up to 100 %", at: amount.span)
        }
        return ParsedRule.Share(percent: amount.number, digits: amount.digits, span: amount.span)
    }
}
