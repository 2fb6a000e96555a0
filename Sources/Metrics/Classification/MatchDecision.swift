import Domain
import Notation

/// Whether two things match, as expected and as the app decided: duplicates, violations and their likes.
///
/// Expected: `match`, else `expected_result` where it is true or false, or where `positive` names the labels
/// that mean a match. Decided, the first that the answer shows: its label (or intent) where `positive` is
/// given; its score against `threshold` (default 0.5, where the band TRUE NEGATIVE ends); its label, read as
/// a band or as one of the common words for yes and no.
struct MatchDecision: Sendable {
    static let words = "{ threshold: number, positive: label or labels }"
    private let threshold: Double
    private let positive: [String]?

    init(_ request: MetricRequest) throws(MetricProblem) {
        let options = try request.options(["threshold", "positive"])
        threshold = try options.number("threshold", of: request.name, default: 0.5)
        positive = try MetricRequest(name: request.name, parameter: options["positive"]).labels()
    }

    func expected(_ example: Example) -> Bool? {
        if let match = example.expectedMatch { return match }
        guard let result = example.expectedResult else { return nil }
        if let positive { return result.stringValue.map(positive.contains) }
        return result.boolValue
    }

    func decided(_ answer: Answer?) -> Bool? {
        guard let answer else { return nil }
        if let positive, let label = answer.scoreLabel ?? answer.intent { return positive.contains(label) }
        if let score = answer.score { return score >= threshold }
        guard let label = answer.scoreLabel else { return nil }
        if let band = ScoreBand(label: label) { return band != .trueNegative }
        switch label.lowercased() {
        case "match", "duplicate", "same", "true", "yes", "positive": return true
        case "no match", "no_match", "no-match", "none", "different", "false", "no", "negative": return false
        default: return nil
        }
    }

    /// The share of examples expected to be `class` that were decided otherwise.
    func wrongShare(_ request: MetricRequest, _ family: MetricFamily, where class: Bool) -> MetricDefinition {
        let what = `class` ? "expected match" : "expected non-match"
        return MetricDefinition(
            request, of: family, .passFail(nil, .lower),
            whenAppFailed: .worst(1, where: what) { expected($0) == `class` },
            measure: { input in
                guard expected(input.example) == `class` else { return .notExpected(what) }
                guard let decided = decided(input.answer) else {
                    return input.notShown("score", "score or label to tell a match by")
                }
                return .share(decided != `class`)
            })
    }
}
