import Domain
import Notation
import Text

/// Whether a pattern (PCRE2) matches somewhere in the answer.
///
/// `regex: PATTERN`, or a list of patterns of which one must match; `^…$` holds it to the whole text. A match that takes
/// too many steps is *failed*, never a pass. Without a parameter the example's references are the patterns. Failed
/// without a text.
enum MatchesPattern {
    static let family = MetricFamily(
        name: "regex", parameter: .value(words: "a pattern or a list; without it, the example's references"),
        needs: [.observed("text")],
        summary: "Whether a pattern matches somewhere in the answer.",
        source: "PCRE2, letters and digits being Unicode's.",
        example: #"regex "[0-9]+ days": {"text": "It takes 5 days."} → 1"#,
        make: define)

    private static func define(
        _ request: MetricRequest, _ resources: MetricResources
    ) throws(MetricProblem) -> MetricDefinition {
        let cache = PatternCache()
        let fixed = try request.labels()
        for source in fixed ?? [] {
            do throws(PatternProblem) { _ = try cache.pattern(source) } catch {
                throw MetricProblem("the pattern of '\(request.name)' is wrong: \(error)")
            }
        }
        return MetricDefinition(
            request, of: family, .passFail(.generation),
            whenAppFailed: .worst(0, where: "reference") { fixed != nil || !$0.references.isEmpty },
            measure: { input in
                let sources = fixed ?? input.example.references
                if sources.isEmpty { return .notExpected("reference") }
                guard let text = input.answer?.text else { return input.notShown("text") }
                var unknown: String?
                for source in sources {
                    do {
                        if try cache.pattern(source).matches(text) { return .value(1) }
                    } catch is PatternLimit {
                        unknown = "the pattern takes too many steps on the answer"
                    } catch {
                        unknown = "the example's pattern is wrong: \(error)"
                    }
                }
                return unknown.map { .failed($0) } ?? .value(0)
            })
    }
}
