import Domain
import Glibc

/// How surprised the app's own model was by its answer: e to the mean of the tokens' negative logarithms of probability.
///
/// 1 for a model that was certain of each token. Asks the app for `logprobs`. Failed where the answer shows none, and
/// where a logarithm is above 0; not applicable to an answer without a token.
enum Perplexity {
    static let family = MetricFamily(
        name: "perplexity", needs: [.observed("logprobs")],
        summary: "How surprised the app's model was by its own answer.",
        source:
            "F. Jelinek et al., J. Acoust. Soc. Am. 62 (1977) S63: exp of the mean negative log-probability.",
        example: #"{"logprobs": [-0.5, -1.5]} → 2.718281828459045"#,
        nature: Nature(unit: .count, lowest: 1, direction: .lower, tier: .quality, stage: .generation),
        measure: { input in
            guard let logarithms = input.answer?.tokenLogarithms else { return input.notShown("logprobs") }
            if logarithms.isEmpty { return .notApplicable("the answer has no token") }
            var sum = 0.0
            for logarithm in logarithms {
                // Services round a probability of 1 to a hair above it.
                guard logarithm <= 1e-6 else { return .failed("a logarithm of a probability is above 0") }
                sum += min(0, logarithm)
            }
            return .value(exp(-sum / Double(logarithms.count)))
        })
}
