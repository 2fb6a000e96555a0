import Domain
import Text

/// The translation edit rate of all answers together (sacrebleu's number divided by 100): the fewest edits that make the
/// answers references, over the references' mean length in words.
///
/// An edit is a word inserted, deleted or replaced, or a block of words moved; see ``EditRate``. The lower the better,
/// and above 1 where answers are much longer than their references. Options:
/// `{ normalized: bool, no_punctuation: bool, asian: bool, case_sensitive: bool }`. An app that failed counts as an empty
/// answer. Texts so long that comparing them would take seconds are *failed*. Not applicable without a reference; failed
/// without a text.
enum CorpusTER {
    static let family = MetricFamily(
        name: "ter", parameter: .value(words: EditRateOptions.words),
        needs: [.observed("text"), .expected("reference_response")],
        summary: "Edits that make the answers their references, over the references' length.",
        source: "M. Snover et al., AMTA 2006, as sacrebleu computes it.",
        example: #"{"reference_response": "a b c d e f g h", "text": "d e f g h a b c"} → 0.125"#,
        make: define)

    private static func define(
        _ request: MetricRequest, _ resources: MetricResources
    ) throws(MetricProblem) -> MetricDefinition {
        let options = try EditRateOptions(request)
        let nature = Nature.sums(
            2, Nature(unit: .ratio, direction: .lower, tier: .quality, stage: .generation)
        ) {
            EditRateOptions.rate($0)
        }
        return MetricDefinition(
            name: request.name, summary: family.summary,
            source: family.source + " " + options.signature,
            nature: nature,
            whenAppFailed: .worst { input in
                if input.example.references.isEmpty { return .notExpected("reference") }
                return options.counts("", input.example.references).map { .values($0) }
                    ?? .failed(EditRateOptions.tooLong)
            },
            measure: { input in
                if input.example.references.isEmpty { return .notExpected("reference") }
                guard let text = input.answer?.text else { return input.notShown("text") }
                return options.counts(text, input.example.references).map { .values($0) }
                    ?? .failed(EditRateOptions.tooLong)
            })
    }
}

/// What may be chosen for the edit rate.
struct EditRateOptions: Sendable {
    let cut: EditRateCut

    static let words = "{ normalized: bool, no_punctuation: bool, asian: bool, case_sensitive: bool }"

    init(_ request: MetricRequest) throws(MetricProblem) {
        let options = try request.options(["normalized", "no_punctuation", "asian", "case_sensitive"])
        cut = EditRateCut(
            normalizes: try options.flag("normalized", of: request.name, default: false),
            dropsPunctuation: try options.flag("no_punctuation", of: request.name, default: false),
            splitsAsian: try options.flag("asian", of: request.name, default: false),
            isCaseSensitive: try options.flag("case_sensitive", of: request.name, default: false))
    }

    /// What makes two numbers comparable, in sacrebleu's manner.
    var signature: String {
        "Signature nrefs:var|case:\(cut.isCaseSensitive ? "mixed" : "lc")|tok:tercom"
            + "|norm:\(cut.normalizes ? "yes" : "no")|punct:\(cut.dropsPunctuation ? "no" : "yes")"
            + "|asian:\(cut.splitsAsian ? "yes" : "no")."
    }

    static let tooLong = "the texts are too long to compare"

    /// The fewest edits to any reference, and the references' mean length; nil where seeking them would take seconds.
    func counts(_ text: String, _ references: [String]) -> [Double]? {
        let answer = cut.keys(text)
        var fewest = Int.max
        var length = 0
        for reference in references {
            let words = cut.keys(reference)
            guard let edits = EditRate.edits(answer, words) else { return nil }
            fewest = min(fewest, edits)
            length += words.count
        }
        return [Double(fewest), Double(length) / Double(references.count)]
    }

    /// Edits over length; against nothing at all, 0 where there was nothing to edit, else 1.
    static func rate(_ sums: [Double]) -> Double {
        if sums[1] > 0 { return sums[0] / sums[1] }
        return sums[0] > 0 ? 1 : 0
    }
}
