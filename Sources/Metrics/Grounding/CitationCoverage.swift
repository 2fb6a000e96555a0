import Domain

/// The share of the answer's sentences that the chunks they cite support, all of a sentence's together.
///
/// A sentence without a citation is not covered. Citations and support as for `citation_accuracy`. Not applicable where no
/// sentence has a word.
enum CitationCoverage {
    static let family = MetricFamily(
        name: "citation_coverage", parameter: .value(words: Cited.words),
        needs: [.observed("text"), .observed("documents"), .model(.embedding)],
        summary: "Share of the answer's sentences that the chunks they cite support.",
        source: "Gao et al., ALCE, EMNLP 2023 (citation recall), with the support of groundedness.",
        example: #"{"documents": ["It rained."], "text": "It rained [1]. It rained."} → 0.5"#,
        make: define)

    private static func define(
        _ request: MetricRequest, _ resources: MetricResources
    ) throws(MetricProblem) -> MetricDefinition {
        try Cited.define(request, family) { cited, support, threshold, models throws(ModelGap) in
            if cited.sentences.isEmpty { return .notApplicable("the answer has no sentence with a word") }
            var covered = 0
            for sentence in cited.sentences {
                let chunks = sentence.places.compactMap { $0.map { cited.chunks[$0] } }
                if chunks.isEmpty { continue }
                let together = Chunk(joining: chunks)
                if try support.of(sentence.statement, in: [together], models) >= threshold { covered += 1 }
            }
            return .value(Double(covered) / Double(cited.sentences.count))
        }
    }
}
