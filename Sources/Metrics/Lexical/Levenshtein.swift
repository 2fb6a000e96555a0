import Domain
import Text

/// The fewest characters to insert, delete or replace that make the answer one of its references.
///
/// Characters are Unicode scalars, letter case and all. Texts so long that comparing them would take seconds (over
/// 200 million pairs of characters) are *failed*. Not applicable without a reference; failed without a text.
enum Levenshtein {
    static let family = MetricFamily(
        name: "levenshtein",
        needs: [.observed("text"), .expected("reference_response")],
        summary: "Characters to change that make the answer its nearest reference.",
        source: "V. I. Levenshtein, Soviet Physics Doklady 10 (1966) 707–710.",
        example: #"{"reference_response": "kitten", "text": "sitting"} → 3"#,
        nature: Nature(unit: .count, direction: .lower, tier: .quality, stage: .generation),
        whenAppFailed: .worst { input in
            guard let length = input.example.references.map(\.unicodeScalars.count).min() else {
                return .notExpected("reference")
            }
            return .value(Double(length))
        },
        measure: { input in
            switch nearest(input) {
            case .success(let near): .value(Double(near.distance))
            case .failure(let none): none.measurement
            }
        })

    static let mostWork = 200_000_000

    struct Near {
        let distance: Int
        /// 1 − distance over the longer text's length; of the reference for which it is largest.
        let similarity: Double
    }

    struct None: Error {
        let measurement: Measurement
    }

    /// The least distance and the largest similarity over the references.
    static func nearest(_ input: MeasureInput) -> Result<Near, None> {
        if input.example.references.isEmpty { return .failure(None(measurement: .notExpected("reference"))) }
        guard let text = input.answer?.text else {
            return .failure(None(measurement: input.notShown("text")))
        }
        let length = text.unicodeScalars.count
        var distance = Int.max
        var similarity = 0.0
        for reference in input.example.references {
            let longer = max(length, reference.unicodeScalars.count)
            let shorter = min(length, reference.unicodeScalars.count)
            guard longer.multipliedReportingOverflow(by: shorter).partialValue <= mostWork,
                let own = editDistance(text, reference)
            else { return .failure(None(measurement: .failed("the texts are too long to compare"))) }
            distance = min(distance, own)
            similarity = max(similarity, longer == 0 ? 1 : 1 - Double(own) / Double(longer))
        }
        return .success(Near(distance: distance, similarity: similarity))
    }
}

/// One minus the Levenshtein distance over the longer text's length: 1 where the answer is a reference, 0 where nothing
/// of it is.
///
/// Two empty texts are alike. Else as ``Levenshtein``.
enum LevenshteinSimilarity {
    static let family = MetricFamily(
        name: "levenshtein_similarity",
        needs: [.observed("text"), .expected("reference_response")],
        summary: "Share of the answer's characters that need no change to make it its nearest reference.",
        source: "V. I. Levenshtein, Soviet Physics Doklady 10 (1966) 707–710; 1 − distance / longer length.",
        example: #"{"reference_response": "kitten", "text": "mitten"} → 0.8333333333333334"#,
        nature: .share(.generation), whenAppFailed: .worst(0, where: "reference") { !$0.references.isEmpty },
        measure: { input in
            switch Levenshtein.nearest(input) {
            case .success(let near): .value(near.similarity)
            case .failure(let none): none.measurement
            }
        })
}
