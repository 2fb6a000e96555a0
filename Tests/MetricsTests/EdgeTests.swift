import Domain
import Metrics
import Notation
import Testing

/// One line of the table: what is expected, what is answered, what comes of it.
struct Edge: Sendable, CustomTestStringConvertible {
    enum Outcome: Sendable, Equatable {
        case value(Double)
        case notApplicable
        case failed
        case other
    }

    let name: String
    let metric: String
    let outcome: Outcome
    var example: @Sendable (inout Example) -> Void = { _ in }
    var answer: @Sendable (inout Answer) -> Void = { _ in }

    var testDescription: String { "\(metric): \(name)" }
}

extension Measurement {
    var edge: Edge.Outcome {
        switch self {
        case .value(let value): .value(value)
        case .notApplicable: .notApplicable
        case .failed, .unmeasured: .failed
        case .values, .labels: .other
        }
    }
}

private let reference: @Sendable (inout Example) -> Void = { $0.references = ["the answer"] }
private let rtl: @Sendable (inout Example) -> Void = { $0.references = ["שלום עולם"] }
private let gold: @Sendable (inout Example) -> Void = { $0.goldDocuments = ["d1", "d2"] }
private func said(_ text: String) -> @Sendable (inout Answer) -> Void { { $0.text = text } }
private func got(_ ids: [String]) -> @Sendable (inout Answer) -> Void {
    { $0.documents = ids.map { RetrievedDocument(id: $0) } }
}

@Suite struct EdgeTests {
    static let lexical: [Edge] = [
        "token_f1", "rouge_1", "rouge_2", "rouge_l", "rouge_lsum", "sentence_bleu", "exact_match",
    ].flatMap { name in
        [
            Edge(name: "no reference", metric: name, outcome: .notApplicable, answer: said("x")),
            Edge(name: "no text", metric: name, outcome: .failed, example: reference),
            Edge(name: "empty text", metric: name, outcome: .value(0), example: reference, answer: said("")),
            Edge(
                name: "signs", metric: name, outcome: .value(0), example: reference, answer: said("…!?")),
            Edge(
                name: "the same", metric: name, outcome: .value(1), example: reference,
                answer: said("the answer")),
            Edge(
                name: "right to left", metric: name, outcome: .value(1), example: rtl,
                answer: said("שלום עולם")),
        ]
    }

    static let retrieval: [Edge] = [
        "recall@3", "precision@3", "hit@3", "score_hit@3", "score_find@3", "mrr", "ndcg@3", "map",
        "r_precision",
    ].flatMap { name in
        [
            Edge(name: "no gold", metric: name, outcome: .notApplicable, answer: got(["d1"])),
            Edge(
                name: "nothing should be found", metric: name, outcome: .notApplicable,
                example: { $0.goldDocuments = [] }, answer: got(["d1"])),
            Edge(name: "no documents shown", metric: name, outcome: .failed, example: gold),
            Edge(name: "nothing found", metric: name, outcome: .value(0), example: gold, answer: got([])),
            Edge(
                name: "all wrong", metric: name, outcome: .value(0), example: gold, answer: got(["x", "y"])),
        ]
    }

    static let others: [Edge] = [
        Edge(
            name: "fewer than k", metric: "precision@5", outcome: .value(0.4), example: gold,
            answer: got(["d1", "d2"])),
        Edge(
            name: "fewer than k", metric: "score_hit@5", outcome: .value(1), example: gold,
            answer: got(["d1", "d2"])),
        Edge(
            name: "repeated document", metric: "precision@3", outcome: .value(1.0 / 3), example: gold,
            answer: got(["d1", "d1", "d1"])),
        Edge(
            name: "repeated gold", metric: "recall@3", outcome: .value(1),
            example: { $0.goldDocuments = ["d1", "d1"] }, answer: got(["d1"])),
        Edge(
            name: "composed against decomposed", metric: "exact_match", outcome: .value(1),
            example: { $0.references = ["café"] }, answer: said("cafe\u{301}")),
        Edge(
            name: "Hangul syllables against their letters", metric: "token_f1", outcome: .value(1),
            example: { $0.references = ["한국"] },
            answer: said("\u{1112}\u{1161}\u{11AB}\u{1100}\u{116E}\u{11A8}")),
        Edge(
            name: "Han by character", metric: "token_f1", outcome: .value(0.8),
            example: { $0.references = ["北京市"] }, answer: said("北京")),
        Edge(
            name: "both without a word", metric: "token_f1", outcome: .value(1),
            example: { $0.references = ["the"] }, answer: said("a")),
        Edge(
            name: "reference without a word", metric: "rouge_1", outcome: .notApplicable,
            example: { $0.references = ["…"] }, answer: said("a")),
        Edge(name: "empty", metric: "length", outcome: .value(0), answer: said("")),
        Edge(name: "scalars, not bytes", metric: "length", outcome: .value(2), answer: said("é👍")),
        Edge(name: "no text", metric: "length", outcome: .failed),
        Edge(name: "not streamed", metric: "ttft", outcome: .notApplicable),
        Edge(name: "no usage", metric: "tokens", outcome: .failed),
        Edge(
            name: "no output count", metric: "tokens", outcome: .failed,
            answer: { $0.usage = Usage(inputTokens: 5) }),
        Edge(
            name: "another stage", metric: "stage_latency[x]", outcome: .notApplicable,
            answer: { $0.stages = [StageTiming(name: "y", milliseconds: 1)] }),
        Edge(name: "no stages", metric: "stage_latency[x]", outcome: .failed),
        Edge(
            name: "twice", metric: "stage_latency[x]", outcome: .value(3),
            answer: {
                $0.stages = [
                    StageTiming(name: "x", milliseconds: 1), StageTiming(name: "x", milliseconds: 2),
                ]
            }),
        Edge(name: "absent", metric: "value[x]", outcome: .failed),
        Edge(name: "absent", metric: "versions.model", outcome: .failed),
        Edge(
            name: "confidence outside", metric: "intent_ece", outcome: .failed,
            example: { $0.expectedIntent = "a" },
            answer: {
                $0.intent = "a"
                $0.confidence = 1.2
            }),
        Edge(
            name: "confidence is no number", metric: "intent_brier", outcome: .failed,
            example: { $0.expectedIntent = "a" },
            answer: {
                $0.intent = "a"
                $0.confidence = .nan
            }),
        Edge(
            name: "certain", metric: "intent_brier", outcome: .value(0), example: { $0.expectedIntent = "a" },
            answer: {
                $0.intent = "a"
                $0.confidence = 1
            }),
        Edge(
            name: "in scope", metric: "out_of_scope_recall", outcome: .notApplicable,
            example: { $0.expectedIntent = "a" }, answer: { $0.intent = "oos" }),
        Edge(
            name: "safe", metric: "under_blocked", outcome: .notApplicable,
            example: { $0.expectedGuardrail = .allow },
            answer: { $0.guardrail = GuardrailDecision(outcome: .block) }),
        Edge(
            name: "unsafe", metric: "over_blocked", outcome: .notApplicable,
            example: { $0.expectedGuardrail = .block },
            answer: { $0.guardrail = GuardrailDecision(outcome: .block) }),
        Edge(
            name: "no decision", metric: "guardrail_pass", outcome: .failed,
            example: { $0.expectedGuardrail = .block }),
        Edge(name: "a fence", metric: "json", outcome: .value(0), answer: said("```json\n{}\n```")),
        Edge(
            name: "a body that did not parse", metric: "json", outcome: .value(0),
            answer: { $0.bodyProblem = "<html>" }),
        Edge(name: "nothing", metric: "json", outcome: .failed),
        Edge(
            name: "half-open: .90 is HIGH", metric: "score_band", outcome: .value(1),
            example: { $0.expectedScore = .band(.high) }, answer: { $0.score = 0.9 }),
        Edge(
            name: "half-open: .70 is not LOW", metric: "score_band", outcome: .value(0),
            example: { $0.expectedScore = .band(.low) }, answer: { $0.score = 0.7 }),
        Edge(
            name: "above 1", metric: "score_band", outcome: .value(0),
            example: { $0.expectedScore = .band(.high) }, answer: { $0.score = 1.01 }),
        Edge(
            name: "within a range", metric: "score_error", outcome: .value(0),
            example: { $0.expectedScore = .range(0.5...0.6) }, answer: { $0.score = 0.55 }),
        Edge(
            name: "label as the band has it", metric: "band_consistency", outcome: .value(1),
            answer: {
                $0.score = 0.2
                $0.scoreLabel = "true_negative"
            }),
        Edge(
            name: "label of no band", metric: "band_consistency", outcome: .failed,
            answer: {
                $0.score = 0.2
                $0.scoreLabel = "spam"
            }),
        Edge(
            name: "an expected non-match", metric: "miss_rate", outcome: .notApplicable,
            example: { $0.expectedMatch = false }, answer: { $0.score = 0.9 }),
        Edge(
            name: "neither score nor label", metric: "miss_rate", outcome: .failed,
            example: { $0.expectedMatch = true }),
        Edge(
            name: "label alone", metric: "false_positive_rate", outcome: .value(1),
            example: { $0.expectedMatch = false }, answer: { $0.scoreLabel = "Duplicate" }),
        Edge(
            name: "expected result is the label", metric: "exact_match", outcome: .value(1),
            example: { $0.expectedResult = "approve" }, answer: { $0.scoreLabel = "Approve" }),
        Edge(
            name: "expected result in any order", metric: "exact_match", outcome: .value(1),
            example: { $0.expectedResult = ["a": 1, "b": [2]] }, answer: said(#"{"b": [2.0], "a": 1}"#)),
        Edge(
            name: "expected result that is no JSON", metric: "exact_match", outcome: .value(0),
            example: { $0.expectedResult = ["a": 1] }, answer: said("a is 1")),
    ]

    @Test(arguments: lexical + retrieval + others)
    func whatIsMissingOrOddHasItsPlace(_ edge: Edge) throws {
        #expect(try measure(edge.metric, example: edge.example, answer: edge.answer).edge == edge.outcome)
    }

    static let elements: [(String, Element.Kind, Edge.Outcome, Edge.Outcome)] = [
        ("letter case aside", .text("REFUND"), .value(1), .value(0)),
        ("white space aside", .text("30  days\nrefund"), .value(1), .value(0)),
        ("absent", .text("guarantee"), .value(0), .value(1)),
        ("empty is refused", .text(" "), .failed, .failed),
        ("any of", .anyOf(["x", "Refund"]), .value(1), .value(0)),
        ("none of", .anyOf(["x", "z"]), .value(0), .value(1)),
        ("any of nothing", .anyOf([]), .failed, .failed),
        ("pattern", .regex("[0-9]+ days"), .value(1), .value(0)),
        ("pattern sees letter case", .regex("REFUND"), .value(0), .value(1)),
        ("broken pattern", .regex("(days"), .failed, .failed),
        ("count within", .count("refund", atLeast: 1, atMost: 2), .value(1), .value(0)),
        ("count above", .count("refund", atLeast: 0, atMost: 1), .value(0), .value(1)),
        ("count of none", .count("never", atLeast: 0, atMost: 0), .value(1), .value(0)),
        ("catalogue", .catalogue("goods"), .value(1), .value(0)),
        ("unknown catalogue", .catalogue("bads"), .failed, .failed),
        ("judge", .judge("is polite"), .failed, .failed),
    ]

    @Test(arguments: elements.indices)
    func elementsAreFoundByKind(_ index: Int) throws {
        let (name, kind, required, prohibited) = Self.elements[index]
        let resources = MetricResources(catalogues: ["goods": ["kettle", "30 days refund"]])
        let text = said("A 30 days refund, or a Refund voucher.")
        let has = try measure(
            "required", resources: resources, example: { $0.required = [Element(kind: kind)] }, answer: text)
        let lacks = try measure(
            "prohibited", resources: resources, example: { $0.prohibited = [Element(kind: kind)] },
            answer: text)
        #expect(has.edge == required, "\(name)")
        #expect(lacks.edge == prohibited, "\(name)")
    }

    /// What is found decides; what cannot be told never passes.
    @Test func aJudgeThatIsNotThereNeverPasses() throws {
        let judge = Element(kind: .judge("is rude"))
        let found = try measure(
            "prohibited", example: { $0.prohibited = [judge, Element(kind: .text("fool"))] },
            answer: said("You fool"))
        #expect(found == .value(0))
        let open = try measure(
            "prohibited", example: { $0.prohibited = [judge, Element(kind: .text("fool"))] },
            answer: said("Hello"))
        #expect(
            open
                == .failed(
                    "needs a judge, which reads rubrics and not single elements: write it as the row's rubric, for rubric[example]"
                ))
    }

    @Test func spansSurviveAChangeOfChunking() throws {
        func recall(_ documents: [RetrievedDocument], ids: [String]? = nil) throws -> Edge.Outcome {
            try measure(
                "recall@2",
                example: {
                    $0.goldDocuments = ids
                    $0.goldSpans = [
                        SourceSpan(source: "a.pdf", page: 3, text: "refunds take\n14 days"),
                        SourceSpan(source: "b.pdf", page: 1),
                    ]
                },
                answer: { $0.documents = documents }
            ).edge
        }
        let chunk = RetrievedDocument(
            id: "n1", text: "All refunds take 14  days at most.", source: "a.pdf", page: 9)
        let page = RetrievedDocument(id: "n2", text: nil, source: "b.pdf", page: 1)
        #expect(try recall([chunk, page]) == .value(1))
        #expect(try recall([page, RetrievedDocument(id: "n3", text: "nothing")]) == .value(0.5))
        #expect(try recall([RetrievedDocument(id: "x")]) == .failed)
        #expect(try recall([RetrievedDocument(id: "x")], ids: ["x"]) == .value(1))
        #expect(try recall([]) == .value(0))
    }

    /// A gold source without a text is looked up among sources and ids; where documents have neither, or their
    /// page is wanted and not shown, nothing can be told.
    @Test(
        arguments: [
            ([RetrievedDocument(id: "a.pdf"), RetrievedDocument(id: "x")], nil, Edge.Outcome.value(1)),
            ([RetrievedDocument(id: "a.pdf", text: "t")], nil, .value(1)),
            ([RetrievedDocument(id: "c1", text: "t", source: "a.pdf")], nil, .value(1)),
            ([RetrievedDocument(id: "c1", source: "a.pdf", page: 4)], nil, .value(1)),
            ([RetrievedDocument(id: "c1", text: "t", source: "b.pdf")], nil, .value(0)),
            ([RetrievedDocument(id: "c1", text: "t")], nil, .value(0)),
            ([RetrievedDocument(id: "a.pdf")], 4, .failed),
            ([RetrievedDocument(id: "c1", source: "a.pdf")], 4, .failed),
            ([RetrievedDocument(id: "c1", source: "a.pdf", page: 4)], 4, .value(1)),
            ([RetrievedDocument(id: "c1", source: "a.pdf", page: 5)], 4, .value(0)),
        ] as [([RetrievedDocument], Int?, Edge.Outcome)])
    func aGoldSourceWithoutATextIsASourceOrAnId(
        documents: [RetrievedDocument], page: Int?, recall: Edge.Outcome
    ) throws {
        let measured = try measure(
            "recall@2", example: { $0.goldSpans = [SourceSpan(source: "a.pdf", page: page)] },
            answer: { $0.documents = documents })
        #expect(measured.edge == recall)
    }

    /// A document that goes by its rank for want of an id is not one that was wrongly retrieved.
    @Test func documentsWithoutNamesAreNotComparedByName() throws {
        let problem = Answer.PartProblem(
            part: "documents", kind: .unreadable, detail: "document 1 has neither an id nor a source")
        for gold in [["a.pdf"], nil] {
            let measured = try measure(
                "recall@2",
                example: {
                    $0.goldDocuments = gold
                    if gold == nil { $0.goldSpans = [SourceSpan(source: "a.pdf")] }
                },
                answer: {
                    $0.documents = [RetrievedDocument(id: "#1", text: "t")]
                    $0.problems = [problem]
                })
            #expect(measured == .failed("document 1 has neither an id nor a source"))
        }
        let found = try measure(
            "recall@2", example: { $0.goldSpans = [SourceSpan(source: "a.pdf", text: "t")] },
            answer: {
                $0.documents = [RetrievedDocument(id: "#1", text: "t")]
                $0.problems = [problem]
            })
        #expect(found == .value(1))
    }

    @Test func partsThatCouldNotBeReadAreFailedNotZero() throws {
        for (name, part) in [
            ("recall@3", "documents"), ("mrr", "documents"), ("guardrail_block", "guardrail"),
            ("guardrail_pass", "guardrail"), ("tokens", "usage"), ("stage_latency[a]", "stages"),
        ] {
            let problem = Answer.PartProblem(part: part, kind: .unreadable, detail: "the \(part) are odd")
            let measured = try measure(
                name,
                example: {
                    $0.goldDocuments = ["d1"]
                    $0.expectedGuardrail = .allow
                }, answer: { $0.problems = [problem] })
            #expect(measured == .failed("the \(part) are odd"), "\(name)")
        }
    }

    @Test func anAnswersOwnAccountOfWhatItLacksIsTheReason() throws {
        let problem = Answer.PartProblem(part: "intent", kind: .absent, detail: "/intent leads nowhere")
        let measured = try measure(
            "intent_accuracy", example: { $0.expectedIntent = "a" }, answer: { $0.problems = [problem] })
        #expect(measured == .failed("/intent leads nowhere"))
    }

    /// An answer of 84,000 words is measured by every metric of texts; only two such texts against each other
    /// are refused.
    @Test func hugeTextsAreMeasuredOrRefused() throws {
        let huge = String(repeating: "a word or two, again and again; ", count: 12_000)
        for name in [
            "token_f1", "rouge_1", "rouge_2", "rouge_l", "sentence_bleu", "length_tokens", "exact_match",
        ] {
            let measured = try measure(name, example: reference, answer: said(huge))
            #expect(measured.number != nil, "\(name)")
        }
        let both = try measure("rouge_l", example: { $0.references = [huge] }, answer: said(huge + "x"))
        #expect(both == .failed("the texts are too long to be compared"))
    }
}
