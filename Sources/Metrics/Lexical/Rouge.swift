import Domain
import Notation
import Text

/// What ROUGE-1, -2 and -L share: the options, the best of several references, F1 of a number of hits.
///
/// Options: `{ words: words | ascii | stemmed }`. By default words of any script; `ascii` and `stemmed` cut
/// as the rouge-score package does without and with its stemmer, for comparison with it.
enum Rouge {
    static let parameter = MetricFamily.Parameter.value(words: "{ words: words | ascii | stemmed }")
    static let source = "C.-Y. Lin, ACL workshop 2004; rouge-score 0.1.2."
    /// The same with what parts the package's words from ours, for who reads about the metric.
    static let explained =
        source + " By default words are of any script, with their accents; the "
        + "package knows a–z and 0–9 alone (\"naïve\" is \"na\" and \"ve\", \"Привет\" is nothing): its numbers with 'words: ascii', "
        + "or 'stemmed' as with its stemmer. For texts in ASCII they are the same."

    /// Precision, recall and their harmonic mean.
    struct Score: Sendable, Hashable {
        let precision: Double
        let recall: Double
        let f1: Double

        init(hits: Int, answer: Int, reference: Int) {
            precision = Double(hits) / Double(max(answer, 1))
            recall = Double(hits) / Double(max(reference, 1))
            f1 = precision + recall > 0 ? 2 * precision * recall / (precision + recall) : 0
        }
    }

    /// A ROUGE family; `score` is nil where texts are too long to be compared.
    ///
    /// - Parameter counting: Whether it looks at runs of words, sorted, rather than at their order.
    static func family(
        _ name: String, summary: String, example: String, counting: Bool,
        score: @escaping @Sendable (_ answer: RougeTokens, _ reference: RougeTokens) -> Score?
    ) -> MetricFamily {
        MetricFamily(
            name: name, parameter: parameter, needs: [.observed("text"), .expected("reference_response")],
            summary: summary, source: explained, example: example
        ) { (request, _) throws(MetricProblem) -> MetricDefinition in
            let cut: RougeCut = try request.options(["words"]).choice("words", of: name, default: .words)
            let said = cut == .words ? source : source + " Words: \(cut.rawValue)."
            return MetricDefinition(
                name: request.name, summary: summary, source: said, nature: .share(.generation),
                whenAppFailed: .worst(0, where: "reference") { !$0.references.isEmpty },
                measure: { input in best(&input, cut, counting, score) })
        }
    }

    private static func best(
        _ input: inout MeasureInput, _ cut: RougeCut, _ counting: Bool,
        _ score: (RougeTokens, RougeTokens) -> Score?
    ) -> Measurement {
        if input.example.references.isEmpty { return .notExpected("reference") }
        guard let answer = input.rouge(cut, counting: counting) else { return input.notShown("text") }
        var best: Double?
        for reference in input.features.rouge(cut, counting: counting)
        where !reference.ordered.isEmpty {
            guard let score = score(answer, reference) else {
                return .failed("the texts are too long to be compared")
            }
            best = max(best ?? 0, score.f1)
        }
        guard let best else { return .notApplicable("the reference has no words") }
        return .value(best)
    }
}
