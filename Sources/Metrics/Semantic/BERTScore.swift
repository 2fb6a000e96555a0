import BERT
import Domain

/// BERTScore: each token of one text matched with the token of the other whose vector is nearest.
///
/// Precision is the mean over the answer's tokens of their greatest cosine to a token of the reference, recall the same
/// over the reference's, F1 their harmonic mean. Vectors are those of the model's last layer, since the encoders read
/// here (MiniLM, BGE, E5, GTE) were trained on it, and the reference package has a layer for none of them. `[CLS]` and
/// `[SEP]` count for nothing themselves, but a token may be nearest to one, as in the reference package. Of several
/// references the best counts, for each of the three by itself.
///
/// With `idf: true` a token counts by how rare it is among the references of the data set: `log((N + 1) / (n + 1))` for
/// one that stands in n of N. There is no rescaling by a baseline: it moves no difference between two arms.
///
/// A text without a token scores 0, or 1 where the reference has none either. A text beyond the model's length is read in
/// windows, where the reference package cuts it off. Cosines below 0, which encoders hardly give, count as 0.
///
/// Not applicable without a reference, or where rarity weighs none of the tokens; failed without a text, or where the
/// model failed.
enum BERTScore {
    static let precision = family(
        "bertscore_precision",
        "How well the answer's tokens are matched by the nearest reference's, by meaning."
    ) { $0.precision }
    static let recall = family(
        "bertscore_recall", "How well a reference's tokens are matched by the answer's, by meaning."
    ) { $0.recall }
    static let f1 = family(
        "bertscore", "How well the tokens of answer and nearest reference match by meaning, as F1."
    ) { $0.f1 }

    struct Score: Sendable, Hashable {
        /// Nil where no token of the answer counts for anything.
        let precision: Double?
        /// Nil where no token of the reference does.
        let recall: Double?

        var f1: Double? {
            guard let precision, let recall else { return nil }
            return precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall)
        }
    }

    private static func family(
        _ name: String, _ summary: String, _ part: @escaping @Sendable (Score) -> Double?
    ) -> MetricFamily {
        let source =
            "Zhang et al., BERTScore, ICLR 2020; as bert-score 0.3.13 with the last layer and no rescaling."
        return MetricFamily(
            name: name, parameter: .value(words: "{ idf: true | false }"),
            needs: [.observed("text"), .expected("reference_response"), .model(.tokenVectors)],
            summary: summary, source: source,
            example: #"{"reference_response": ["It is raining."], "text": "It is raining."} → 1"#
        ) { (request, _) throws(MetricProblem) in
            let isWeighted = try MetricOptions(request, ["idf"]).flag("idf", default: false)
            return MetricDefinition(
                name: request.name, summary: summary, source: source, nature: .share(.generation),
                whenAppFailed: .worst(0, where: "reference") { !$0.references.isEmpty },
                models: need(name, isWeighted: isWeighted),
                measure: { input in measure(&input, isWeighted: isWeighted, part) })
        }
    }

    private static func need(_ name: String, isWeighted: Bool) -> MetricDefinition.ModelNeed {
        let series = name + "/1 last layer" + (isWeighted ? ", idf" : "")
        return MetricDefinition.ModelNeed([.tokenVectors], series: series) { input in
            guard let text = input.answer?.text, !input.example.references.isEmpty else { return [] }
            let vectors = Meaning.requests([text] + input.example.references, .tokens)
            return vectors + (isWeighted ? [.rarity] : [])
        }
    }

    private static func measure(
        _ input: inout MeasureInput, isWeighted: Bool, _ part: (Score) -> Double?
    ) -> Measurement {
        if input.example.references.isEmpty { return .notExpected("reference") }
        guard let text = input.answer?.text else { return input.notShown("text") }
        return Meaning.measured { () throws(ModelGap) in
            let scores = try input.bertScores(text, isWeighted: isWeighted)
            guard let best = scores.compactMap(part).max() else {
                return .notApplicable("rarity weighs none of the tokens: all stand in every reference")
            }
            return .value(best)
        }
    }

    /// The score against each reference.
    static func scores(
        _ text: String, _ references: [String], _ models: ModelAnswers, isWeighted: Bool
    ) throws(ModelGap) -> [Score] {
        let rarity = isWeighted ? try models.rarity() : nil
        let answer = try tokens(text, models)
        var scores: [Score] = []
        for reference in references {
            scores.append(score(answer, try tokens(reference, models), rarity))
        }
        return scores
    }

    /// Nil for a text without a token.
    private static func tokens(_ text: String, _ models: ModelAnswers) throws(ModelGap) -> TokenVectors? {
        if Meaning.isBlank(text) { return nil }
        let embedding = try models.embedding(of: text, .tokens)
        guard let tokens = embedding.tokens else {
            throw ModelGap(EmbeddingProblem.noTokens(embedding.vector.model).description)
        }
        return tokens.isSpecial.contains(false) ? tokens : nil
    }

    private static func score(
        _ answer: TokenVectors?, _ reference: TokenVectors?, _ rarity: TokenRarity?
    ) -> Score {
        guard let answer, let reference else {
            let score = answer == nil && reference == nil ? 1.0 : 0
            return Score(precision: score, recall: score)
        }
        let match = GreedyMatch(answer.values, reference.values, width: answer.width)
        return Score(
            precision: mean(match.left, answer, rarity), recall: mean(match.right, reference, rarity))
    }

    private static func mean(_ best: [Float], _ tokens: TokenVectors, _ rarity: TokenRarity?) -> Double? {
        var sum = 0.0
        var weights = 0.0
        for (place, cosine) in best.enumerated() where !tokens.isSpecial[place] {
            let weight = rarity?.weight(tokens.ids[place]) ?? 1
            sum += weight * Double(cosine)
            weights += weight
        }
        return weights > 0 ? min(1, max(0, sum / weights)) : nil
    }
}
