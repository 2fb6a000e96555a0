import Domain

/// The share of citations that name a retrieved chunk which supports the sentence they stand in.
///
/// `[1]` is the first document, or the one whose id is 1; `[doc-7]` that of this id or source. A citation that names
/// nothing retrieved is wrong. Support is that of `groundedness`, of this one chunk, from `threshold` (0.5) on. A
/// citation in a sentence without a word is held against the sentence before it.
///
/// Not applicable where the answer cites nothing (`citation_coverage` counts that); failed where the app shows no text, no
/// documents or not the texts of those that are cited, or where the model failed.
enum CitationAccuracy {
    static let family = MetricFamily(
        name: "citation_accuracy", parameter: .value(words: Cited.words),
        needs: [.observed("text"), .observed("documents"), .model(.embedding)],
        summary: "Share of citations that name a retrieved chunk which supports their sentence.",
        source: "Gao et al., ALCE, EMNLP 2023 (citation precision), with the support of groundedness.",
        example: #"{"documents": ["It rained."], "text": "It rained [1]. It snowed [2]."} → 0.5"#,
        make: define)

    private static func define(
        _ request: MetricRequest, _ resources: MetricResources
    ) throws(MetricProblem) -> MetricDefinition {
        try Cited.define(request, family) { cited, support, threshold, models throws(ModelGap) in
            var right = 0
            var count = 0
            for sentence in cited.sentences {
                for place in sentence.places {
                    count += 1
                    guard let place else { continue }
                    let chunk = cited.chunks[place]
                    if try support.of(sentence.statement, in: [chunk], models) >= threshold { right += 1 }
                }
            }
            if count == 0 { return .notApplicable("the answer cites nothing") }
            return .value(Double(right) / Double(count))
        }
    }
}
