import Domain
import Notation

/// Whether the answer is one of the references after SQuAD's normalisation, or the expected result as a
/// whole.
///
/// With references: letter case, punctuation, articles and white space aside, so that texts of punctuation alone are alike,
/// as the script has it. Without them, and with an
/// expected result: a text must be the answer's text, label or intent, normalised alike; any other value must
/// equal the whole body, or the text read as JSON (members in any order, `1` equals `1.0`). Not applicable
/// without either; failed without what it is compared with.
enum ExactMatch {
    static let family = MetricFamily(
        name: "exact_match",
        needs: [.observed("text"), .expected("reference_response")],
        summary: "Whether the answer is one of the references, or the expected result.",
        source: "SQuAD evaluation script 1.1 (Rajpurkar et al., EMNLP 2016).",
        example: #"{"reference_response": ["The Denver Broncos"], "text": "denver broncos."} → 1"#,
        nature: .passFail(.generation),
        whenAppFailed: .worst(0, where: "reference") { !$0.references.isEmpty || $0.expectedResult != nil },
        measure: { input in
            if !input.example.references.isEmpty {
                guard let answer = input.answerTokens() else { return input.notShown("text") }
                return .share(input.features.answerTokens().contains { $0.ordered == answer.ordered })
            }
            guard let expected = input.example.expectedResult else { return .notExpected("reference") }
            return ExpectedResult.matches(&input, expected)
        })
}

/// An expected result held against the parts of an answer that can be it.
enum ExpectedResult {
    static func matches(_ input: inout MeasureInput, _ expected: JSONValue) -> Measurement {
        guard let answer = input.answer else { return input.notShown("text") }
        if let text = expected.stringValue {
            let wanted = AnswerTokens(text).ordered
            if answer.scoreLabel == nil, answer.intent == nil, answer.text == nil {
                return input.notShown("text")
            }
            if let said = input.answerTokens(), said.ordered == wanted { return .value(1) }
            for part in [answer.scoreLabel, answer.intent] {
                if let part, AnswerTokens(part).ordered == wanted { return .value(1) }
            }
            return .value(0)
        }
        if answer.body == expected { return .value(1) }
        if let number = expected.doubleValue, let score = answer.score { return .share(number == score) }
        if let text = answer.text {
            return .share((try? JSONValue.parse(text, limits: JSONLimits(longNumbers: .texts))) == expected)
        }
        return answer.body == nil ? input.notShown("text") : .value(0)
    }
}
