import Domain
import Notation
import Testing

/// The rules that values carry themselves.
struct ValueTests {
    /// `EXPERIENCE.md`, exit statuses.
    @Test func aVerdictHasItsExitStatus() {
        let statuses = Dictionary(uniqueKeysWithValues: Verdict.allCases.map { ($0.rawValue, $0.exitStatus) })
        #expect(statuses == ["SHIP": 0, "BLOCK": 1, "CANNOT TELL": 2, "COULD NOT MEASURE": 3])
    }

    /// The field's bands, half-open but for the top.
    @Test(
        arguments: [
            (1.0, "HIGH"), (0.90, "HIGH"), (0.8999999, "MEDIUM"), (0.70, "MEDIUM"), (0.6999999, "LOW"),
            (0.50, "LOW"),
            (0.4999999, "TRUE NEGATIVE"), (0, "TRUE NEGATIVE"), (-0.0000001, nil), (1.0000001, nil),
            (.nan, nil),
            (.infinity, nil),
        ] as [(Double, String?)])
    func aScoreFallsIntoOneBandOrNone(score: Double, band: String?) {
        #expect(ScoreBand(score: score)?.rawValue == band)
    }

    @Test(arguments: [
        (Comparison.atLeast, [false, true, true]), (.atMost, [true, true, false]),
        (.equal, [false, true, false]),
        (.above, [false, false, true]), (.below, [true, false, false]),
    ])
    func aComparisonHoldsOrNot(comparison: Comparison, results: [Bool]) {
        #expect([0.4, 0.5, 0.6].map { comparison.holds($0, 0.5) } == results)
        #expect(!comparison.holds(.nan, 0.5), "what is no number satisfies nothing")
    }

    /// Whose failure it is: an app that was reached and did not serve scores worst, nobody's failure is unmeasured.
    @Test func aFailureIsTheAppsOrNobodys() {
        let apps: Set<Failure.Cause> = [
            .timeout, .status, .malformed, .emptyBody, .closedEarly, .crashed, .tooLarge,
        ]
        for cause in Failure.Cause.allCases {
            #expect(Failure(cause: cause, detail: "").countsAgainstApp == apps.contains(cause), "\(cause)")
        }
    }

    @Test(
        arguments: [
            (Failure.Cause.status, 500, true), (.status, 503, true), (.status, 408, true),
            (.status, 425, true),
            (.status, 400, false), (.status, 404, false), (.status, nil, false), (.timeout, nil, true),
            (.unreachable, nil, true), (.throttled, 429, true), (.crashed, nil, true),
            (.closedEarly, nil, true),
            (.malformed, 200, false), (.tooLarge, 200, false), (.cancelled, nil, false),
            (.notAsked, nil, false),
        ] as [(Failure.Cause, Int?, Bool)])
    func askingAgainHelpsOrDoesNot(cause: Failure.Cause, status: Int?, helps: Bool) {
        #expect(Failure(cause: cause, detail: "", status: status).isTransient == helps)
    }

    @Test(arguments: [
        (MetricReference(name: "recall@3"), "recall@3"),
        (MetricReference(name: "intent_f1", selector: .each), "intent_f1[each]"),
        (MetricReference(name: "intent_f1", selector: .named("refund")), "intent_f1[refund]"),
        (MetricReference(name: "latency", statistic: "p95"), "latency.p95"),
        (MetricReference(name: "a", selector: .named("b"), statistic: "max"), "a[b].max"),
    ])
    func aMetricIsWrittenAsRulesWriteIt(reference: MetricReference, text: String) {
        #expect(reference.text == text)
    }

    @Test func aSliceIsAColumnAnAspectOrATag() {
        var example = Example(id: "E", query: "q")
        example.expectedIntent = "refund"
        example.category = "adversarial"
        example.tags = ["slow", "locale"]
        example.expectedGuardrail = .block
        example.history = [
            Message(role: .user, content: "a"), Message(role: .assistant, content: "b"),
            Message(role: .user, content: "c"),
        ]
        example.columns = [
            Example.Column(name: "locale", value: "de"), Example.Column(name: "intent_group", value: ""),
        ]
        let expected: [(String, String?)] = [
            ("locale", "de"), ("intent", "refund"), ("category", "adversarial"), ("turn_count", "3"),
            ("guardrail", "block"), ("slow", "true"), ("adversarial", "true"), ("intent_group", ""),
            ("nothing", nil),
        ]
        for (name, value) in expected { #expect(example.sliceValue(name) == value, "\(name)") }
        let bare = Example(id: "E", query: "q")
        for name in ["intent", "category", "guardrail", "locale"] {
            #expect(bare.sliceValue(name) == nil, "\(name)")
        }
        #expect(bare.sliceValue("turn_count") == "1")
    }

    @Test(arguments: [
        ("main", true), ("v1.2-rc_3", true), ("0", true), ("", false), (".main", false), ("-x", false),
        ("a/b", false),
        ("..", false), ("a b", false), ("ä", false), ("a\n", false),
        (String(repeating: "a", count: 100), true),
        (String(repeating: "a", count: 101), false),
    ])
    func aBaselinesNameIsPartOfAFilesName(name: String, isName: Bool) {
        #expect(Blessing.isName(name) == isName)
    }
}
