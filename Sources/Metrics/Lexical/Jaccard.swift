import Domain
import Text

/// Words that the answer and its best reference share, over those that either has; each word counts once.
///
/// Words are lower-case runs of letters and digits of any script (see `words(_:)`). Two texts without a word, of signs or
/// emoji alone, score 1 where their signs are the same, else 0.
/// Not applicable without a reference; failed without a text.
enum Jaccard {
    static let family = MetricFamily(
        name: "jaccard",
        needs: [.observed("text"), .expected("reference_response")],
        summary: "Shared words over all words of the answer and its best reference, each counted once.",
        source: "P. Jaccard, New Phytologist 11 (1912) 37–50.",
        example: #"{"reference_response": "the cat sat", "text": "the cat ran away"} → 0.4"#,
        nature: .share(.generation), whenAppFailed: .worst(0, where: "reference") { !$0.references.isEmpty },
        measure: { input in
            if input.example.references.isEmpty { return .notExpected("reference") }
            guard let text = input.answer?.text else { return input.notShown("text") }
            let mine = Set(wordKeys(text))
            var best = 0.0
            for reference in input.example.references {
                let other = Set(wordKeys(reference))
                let all = mine.union(other).count
                let shared = mine.count + other.count - all
                if all == 0 {
                    best = max(best, signsAlone(text) == signsAlone(reference) ? 1 : 0)
                } else {
                    best = max(best, Double(shared) / Double(all))
                }
            }
            return .value(best)
        })
}
