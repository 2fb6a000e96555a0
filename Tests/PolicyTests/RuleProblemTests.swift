import Domain
import Policy
import Testing

/// A wrong rule is told at its own column within the line, whichever way YAML writes it.
@Suite struct RuleProblemTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let rule: String
        /// What the carets stand under.
        let under: String
        let message: String
        var kind: Diagnostic.Kind = .impossible
        var severity: Diagnostic.Severity = .error
        var mend: String?
        var testDescription: String { rule }

        init(
            _ rule: String, _ under: String, _ message: String, _ kind: Diagnostic.Kind = .impossible,
            _ severity: Diagnostic.Severity = .error, mend: String? = nil
        ) {
            self.rule = rule
            self.under = under
            self.message = message
            self.kind = kind
            self.severity = severity
            self.mend = mend
        }
    }

    static let cases: [Case] = [
        // The grammar.
        Case(
            "recal@3 >= 0.5", "recal@3", "unknown metric 'recal@3'", .unknownMetric,
            mend: "did you mean 'recall@3'?"),
        Case(
            "recall@3 no wors than baseline by 1%", "wors", "'worse' is expected, not 'wors'", .badRule,
            mend: "did you mean 'worse'?"),
        Case(
            "recall@3 no worse than baseline", "", "the rule ends where 'by' and a margin is expected",
            .badRule),
        Case("recall@0 >= 0.5", "0", "a whole number from 1 behind '@' is expected, not '0'", .badRule),
        Case("recall@3 ≥ 0.5", "≥", "a form is expected, not '≥'", .badRule, mend: "write '>='"),
        Case(
            "recall@3 = 0.5", "=", "a comparison is expected, not '='", .badRule,
            mend: "equality is written '=='"),
        Case("recall@3 >= 0,5", "0,", "a number has no separators", .badRule),
        Case(
            "recall@3 >= .5", ".", "a number or a quoted text is expected, not '.'", .badRule,
            mend: "write '0.5', not '.5'"),
        Case(
            "recall@3 >= 0.5 and mrr >= 0.5", "and mrr >= 0.5", "nothing may follow here", .badRule,
            mend: "write each condition as a rule of its own"),
        Case("recall@3 >=", "", "the rule ends where a number or a quoted text is expected", .badRule),
        Case("intent_f1[each >= 0.5", "[", "the '[' is never closed", .badRule),
        Case("intent_f1[] >= 0.5", "[]", "nothing stands in the brackets", .badRule),
        Case(
            "when adversarial under_blocked == 0", "adversarial under_blocked == 0",
            "':' is expected behind the slice", .badRule),
        Case("when a == b: mrr >= 0.5", "==", "a slice has one '='", .badRule),
        Case(
            "mrr withn 20% of baseline", "withn", "a form is expected, not 'withn'", .badRule,
            mend: "did you mean 'within'?"),
        Case("mrr within 0.2 of baseline", "0.2", "a share of the baseline is written in %", .badRule),
        Case("score within 5% of expected", "5%", "a tolerance is a number", .badRule),
        Case("score in band for 0.9", "0.9", "a share of the examples is written in %", .badRule),
        Case("score in band for 120%", "120%", "a share lies above 0 % and up to 100 %", .badRule),
        Case("score in band for 0%", "0%", "a share lies above 0 % and up to 100 %", .badRule),
        Case("versions.embedding >= 'x'", ">=", "a text is compared by '==' alone", .badRule),
        Case("versions.embedding == 'x", "'x", "the quote is never closed", .badRule),
        Case(">= 0.5", ">=", "a metric's name is expected, not '>='", .badRule),
        Case("mrr >= 1e999", "1e999", "this number is too large", .badRule),
        // The metric.
        Case("recall >= 0.5", "recall", "'recall' needs a cut-off", mend: "did you mean 'recall@5'?"),
        Case("mrr@3 >= 0.5", "mrr@3", "'mrr' takes no '@k'", mend: "did you mean 'mrr'?"),
        Case("mrr[each] >= 0.5", "[each]", "'mrr' has no classes or members"),
        Case("intent_accuracy[refund] >= 0.5", "[refund]", "'intent_accuracy' has no classes or members"),
        Case("intent_f1.p95 >= 0.5", "p95", "'intent_f1' is computed over the whole set and has no 'p95'"),
        Case("latency.p101 <= 3s", "p101", "unknown statistic 'p101'"),
        Case("latency.p0 <= 3s", "p0", "unknown statistic 'p0'"),
        Case("latency.men <= 3s", "men", "unknown statistic 'men'", mend: "did you mean 'mean'?"),
        Case(
            "review_coverage >= 0.8", "review_coverage", "the metric 'review_coverage' is not available yet",
            .notYet),
        Case(
            "bertscore >= 0.8", "bertscore", "nothing produces 'bertscore'", .unmapped,
            mend: "name the folder of an encoder: 'embedding: { model: FOLDER }'"),
        Case(
            "context_recall[texts] >= 0.8", "context_recall[texts]",
            "'context_recall' is told by id, text or embedding, not by 'texts'",
            mend: "add '- context_recall[text]' to metrics"),
        Case(
            "schema == 1", "schema", "'schema' needs a file or a schema",
            mend: "add '- schema: schemas/answer.json' to metrics"),
        Case(
            "value[anger] <= 1", "value[anger]", "nothing produces 'value[anger]'", .unmapped,
            mend: "map 'app.observe.values.anger'"),
        Case("kpi >= 0.5", "kpi", "'kpi' needs its parts", mend: "add '- kpi: …' to metrics"),
        // Units and ranges.
        Case("latency.p95 <= 5%", "5%", "'latency.p95' is a time, which '%' does not fit"),
        Case("latency.p95 <= 5 USD", "5 USD", "'latency.p95' is a time, which 'USD' does not fit"),
        Case(
            "intent_accuracy >= 90", "90", "90 lies outside the range of 'intent_accuracy', 0 to 1",
            mend: "did you mean '90%'?"),
        Case("intent_accuracy >= -0.1", "-0.1", "-0.1 lies outside the range of 'intent_accuracy', 0 to 1"),
        Case(
            "intent_accuracy >= 5s", "5s", "'intent_accuracy' is a share from 0 to 1, which 's' does"),
        Case("latency.p95 <= -1s", "-1s", "-1s lies outside the range of 'latency.p95', from 0"),
        Case("intent_accuracy > 1", "1", "this can never hold"),
        Case("cost <= 5 tokens", "5 tokens", "'cost' is an amount of money, which 'tokens' does not fit"),
        Case("intent_accuracy == 'high'", "'high'", "'intent_accuracy' is a share from 0 to 1, not a text"),
        Case(
            "versions.embedding >= 3", ">= 3",
            "'versions.embedding' is a text and can only be compared by '=='"),
        // Forms that cannot be.
        Case("tokens.p95 confidently <= 3", "confidently", "a form is expected, not 'confidently'", .badRule),
        Case(
            "confidently guardrail_pass == 1", "confidently", "'confidently' goes with >=, <=, > and <"),
        Case(
            "confidently mrr not worse than baseline", "confidently",
            "'confidently' goes with >=, <=, > and < alone"),
        Case("score not worse than baseline", "not worse than baseline", "neither way is better for 'score'"),
        Case("mrr no worse than baseline by 0", "0", "the margin lies above 0"),
        Case("mrr no worse than baseline by -0.1", "-0.1", "the margin lies above 0"),
        Case(
            "mrr no worse than baseline by 5", "5",
            "a margin of 5 is the whole range of 'mrr' and allows everything", mend: "did you mean '5%'?"),
        Case(
            "mrr no worse than baseline by 100% of baseline", "100%",
            "a margin of 100 % of the baseline or more allows everything"),
        Case("mrr within 0% of baseline", "0%", "the share lies above 0 % and below 100 %"),
        Case("mrr in band", "in band", "examples expect no 'mrr'"),
        Case("mrr in bands", "in bands", "only 'kpi' has bands"),
        Case("mrr 3 of 2", "3", "3 of 2 can never hold"),
        Case("mrr 2 of 3", "3", "each example is asked once", mend: "set app.limits.repeats to 3 or more"),
        Case("mrr pass^2 >= 0.5", "2", "each example is asked once"),
        Case("score spread <= 0.1", "spread <= 0.1", "a spread needs at least 2 repeats of each example"),
        Case("score order a above a by 0.1", "order a above a by 0.1", "both ids are the same example"),
        Case("score order a above b by 0", "0", "the gap lies above 0"),
        Case(
            "intent_f1 order a above b by 0.1", "intent_f1", "'intent_f1' has no value for a single example"),
        // Doubtful, but allowed.
        Case(
            "latency.p95 >= 3s", ">=", "lower is better for 'latency'", .doubtful, .warning,
            mend: "did you mean '<='?"),
        Case("mrr <= 0.9", "<=", "higher is better for 'mrr'", .doubtful, .warning),
        Case("mrr >= 0", "0", "this always holds", .doubtful, .warning),
        Case(
            "latency.p95 <= 3500", "3500", "the unit is not said; read as milliseconds", .doubtful, .warning,
            mend: "write '3500ms'"),
    ]

    /// The diagnostics of a rule that is written by `wrap`, with the text that the carets stand under.
    private func check(_ wanted: Case, _ wrap: (String) -> String) throws {
        let text = Fixtures.policy(gates: [wrap(wanted.rule)])
        let (policy, diagnostics) = read(text)
        let found = try #require(diagnostics.first, "no diagnostic")
        #expect(found.message.hasPrefix(wanted.message), "\(found.message)")
        #expect(found.kind == wanted.kind)
        #expect(found.severity == wanted.severity)
        #expect((policy == nil) == (wanted.severity == .error))
        if let mend = wanted.mend { #expect(found.suggestion == mend) }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let line = Array(lines[found.place.line - 1].unicodeScalars)
        guard !wanted.under.isEmpty else { return }
        let width = try #require(found.excerpt).width
        var under = String.UnicodeScalarView()
        under.append(
            contentsOf: line[(found.place.column - 1)..<min(line.count, found.place.column - 1 + width)])
        #expect(String(under) == wanted.under)
    }

    @Test(arguments: cases)
    func aPlainRuleIsToldAtItsColumn(_ wanted: Case) throws {
        // Some rules cannot stand plain: YAML would take them for something else.
        guard ![">", "'", "\""].contains(String(wanted.rule.prefix(1))) else { return }
        guard !wanted.rule.contains(": ") else { return }
        try check(wanted) { $0 }
    }

    @Test(arguments: cases)
    func aRuleInDoubleQuotesIsToldAtItsColumn(_ wanted: Case) throws {
        guard !wanted.rule.contains("\"") else { return }
        try check(wanted) { "\"\($0)\"" }
    }

    @Test(arguments: cases)
    func aRuleInAMappingIsToldAtItsColumn(_ wanted: Case) throws {
        guard !wanted.rule.contains("\"") else { return }
        try check(wanted) { "{ unsure: ask, rule: \"\($0)\" }" }
    }

    @Test func aRuleThatIsFoldedOverLinesIsToldOnItsLine() throws {
        let (_, diagnostics) = read(
            Fixtures.policy(gates: ["recall@3\n    no worse than\n    basline by 0.02"]))
        let found = try #require(diagnostics.first)
        #expect(found.message == "'baseline' is expected, not 'basline'")
        #expect(found.place.line == 15)
        #expect(found.place.column == 5)
    }

    @Test func escapesInQuotesDoNotShiftTheColumn() throws {
        let (_, diagnostics) = read(Fixtures.policy(gates: [#""when caf\u00e9: mrr \x3e= 9""#]))
        let found = try #require(diagnostics.first)
        #expect(found.place.column == #"  - "when caf\u00e9: mrr \x3e= "#.count + 1)
        #expect(found.message.hasPrefix("9 lies outside"))
    }

    @Test func aRuleOfAMappingYAMLMadeIsToldBehindItsColon() throws {
        let (_, diagnostics) = read(Fixtures.policy(gates: ["when adversarial:   under_bloked == 0"]))
        let found = try #require(diagnostics.first)
        #expect(found.message == "unknown metric 'under_bloked'")
        #expect(found.place.column == "  - when adversarial:   ".count + 1)
    }
}
