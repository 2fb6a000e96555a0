import Domain
import Notation
import Text

/// BLEU of all answers together, in `[0, 1]` (sacrebleu's number divided by 100).
///
/// Each example adds its answer's length, the closest reference length, and for runs of one to four tokens
/// how many there are and how many the references hold; the score is a function of the sums, not a mean.
/// Options: `{ tokenize: 13a | intl | none | char, lowercase: bool, smooth: exp | floor | add-k | none }`. An
/// app that failed counts as an empty answer. Not applicable without a reference; failed without a text.
enum CorpusBLEU {
    static let family = MetricFamily(
        name: "bleu", parameter: .value(words: BLEUOptions.words),
        needs: [.observed("text"), .expected("reference_response")],
        summary: "BLEU of all answers together.",
        source: "K. Papineni et al., ACL 2002, as sacrebleu computes it.",
        example: #"[{"reference_response": ["The dog bit the man.", "The dog had bit the man."], "#
            + #""text": "The dog bit the man."}, {"reference_response": ["It was not unexpected.", "#
            + #""No one was surprised."], "text": "It wasn't surprising."}, {"reference_response": "#
            + #"["The man bit him first.", "The man had bitten the dog."], "#
            + #""text": "The man had just bitten him."}] → 0.48530827009929865"#,
        make: define)

    private static func define(
        _ request: MetricRequest, _ resources: MetricResources
    ) throws(MetricProblem) -> MetricDefinition {
        let options = try BLEUOptions(request)
        let cut = options.cut
        let smoothing = options.smoothing
        let nature = Nature.sums(BLEU.width, .share(.generation)) { sums in
            // Without a token of a reference nothing was compared.
            sums[1] > 0 ? BLEU.score(sums, smoothing: smoothing, effectiveOrder: false) : nil
        }
        return MetricDefinition(
            name: request.name, summary: family.summary,
            source: family.source + " " + options.signature("no"),
            nature: nature,
            whenAppFailed: .worst { input in
                if input.example.references.isEmpty { return .notExpected("reference") }
                return .values(input.bleuCounts("", cut))
            },
            measure: { input in
                if input.example.references.isEmpty { return .notExpected("reference") }
                guard let text = input.answer?.text else { return input.notShown("text") }
                return .values(input.bleuCounts(text, cut))
            })
    }
}

/// What may be chosen for BLEU.
struct BLEUOptions {
    let cut: BLEU.Cut
    let smoothing: BLEU.Smoothing

    static let words =
        "{ tokenize: 13a | intl | none | char, lowercase: bool, smooth: exp | floor | add-k | none }"

    init(_ request: MetricRequest) throws(MetricProblem) {
        let options = try request.options(["tokenize", "lowercase", "smooth"])
        var cut = BLEU.Cut()
        cut.tokenizer = try options.choice("tokenize", of: request.name, default: .v13a)
        cut.lowercase = try options.flag("lowercase", of: request.name, default: false)
        self.cut = cut
        smoothing = try options.choice("smooth", of: request.name, default: .exp)
    }

    /// What makes two numbers comparable, in sacrebleu's manner.
    func signature(_ effectiveOrder: String) -> String {
        let letters = cut.lowercase ? "lc" : "mixed"
        return "Signature nrefs:var|case:\(letters)|eff:\(effectiveOrder)|tok:\(cut.tokenizer.rawValue)"
            + "|smooth:\(smoothing.rawValue)."
    }
}
