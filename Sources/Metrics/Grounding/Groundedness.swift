import Domain

/// How far what was retrieved supports the answer, without a judge: the mean over its sentences.
///
/// A sentence's support is the best that a chunk gives it: by words, the share of its words that the chunk has; by
/// meaning, the cosine to the nearest of the chunk's sentences. The greater of the two counts, multiplied by the share of
/// the sentence's names and numbers that stand in the chunks or in the question. `by: words` or `by: meaning` looks at
/// one alone (`words` asks no model); with `threshold` the score is the share of sentences supported that well.
///
/// It finds what was made up, not what was turned round: "X sued Y" is supported by "Y sued X". A sentence that asserts
/// nothing ("Happy to help!") is not supported either. Citations are no part of a sentence.
///
/// Not applicable where nothing was retrieved, or where no sentence has a word; failed where the app shows no text, no
/// documents or none of their texts, or where the model failed.
enum Groundedness {
    static let family = MetricFamily(
        name: "groundedness",
        parameter: .value(words: "{ by: either | words | meaning, threshold: support, 0 to 1 }"),
        needs: [.observed("text"), .observed("documents"), .model(.embedding)],
        summary: "How far what was retrieved supports the answer's sentences, names and numbers.",
        source:
            "Adlakha et al., TACL 2024 (K-Precision), for words; Laban et al., SummaC, TACL 2022, for the "
            + "sentence-wise best of a model's; names and numbers are ours.",
        example:
            #"{"documents": ["He was born in 1564."], "text": "He was born in 1564. He sang in 1570."} → 0.75"#,
        make: define)

    private static func define(
        _ request: MetricRequest, _ resources: MetricResources
    ) throws(MetricProblem) -> MetricDefinition {
        let options = try MetricOptions(request, ["by", "threshold"])
        let basis: Support.Basis = try options.choice("by", default: .either)
        let threshold = options.has("threshold") ? try options.number("threshold", default: 1) : nil
        if let threshold, !(0...1).contains(threshold) {
            throw MetricProblem("'threshold' of '\(request.name)' is a number from 0 to 1")
        }
        let series = "groundedness/1 by \(basis.rawValue)" + (threshold.map { ", threshold \($0)" } ?? "")
        let need = MetricDefinition.ModelNeed([.embedding], series: series) { input in
            guard let text = input.answer?.text, let chunks = try? Chunk.all(of: input) else { return [] }
            return Meaning.requests(
                Support(basis, input.example).texts(statements(text), chunks))
        }
        return MetricDefinition(
            request, of: family, .share(.generation), whenAppFailed: .worst(worst),
            models: basis == .words ? nil : need,
            measure: { input in measure(&input, basis, threshold) })
    }

    /// 0, except where nothing should be found.
    @Sendable
    static func worst(_ input: inout MeasureInput) -> Measurement {
        input.example.goldDocuments == [] ? .notApplicable("nothing should be retrieved") : .value(0)
    }

    /// The sentences of an answer, freed of citations.
    private static func statements(_ text: String) -> [Statement] {
        Citations.sentences(of: text).map { Statement($0.text) }.filter { !$0.words.isEmpty }
    }

    private static func measure(
        _ input: inout MeasureInput, _ basis: Support.Basis, _ threshold: Double?
    ) -> Measurement {
        guard let text = input.answer?.text else { return input.notShown("text") }
        let chunks: [Chunk]
        do throws(Chunk.Unshown) { chunks = try Chunk.all(of: input) } catch { return error.measurement }
        let statements = statements(text)
        if statements.isEmpty { return .notApplicable("the answer has no sentence with a word") }
        let support = Support(basis, input.example)
        let models = input.models
        return Meaning.measured { () throws(ModelGap) in
            var sum = 0.0
            for statement in statements {
                let score = try support.of(statement, in: chunks, models)
                sum += threshold.map { score >= $0 ? 1 : 0 } ?? score
            }
            return .value(sum / Double(statements.count))
        }
    }
}
