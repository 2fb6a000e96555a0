import Domain
import Notation
import Text

/// Whether the answer is in the language that it should be in: 1 or 0.
///
/// The language is the metric's parameter (`language_match: de`), else the example's column `language`, `lang` or `locale`,
/// else that of the query. See `LanguageFinder.check` for what can be told, and how: one run of Han, Kana, Hangul, Cyrillic,
/// Arabic … signs decides; Latin letters need words ("OK" is everyone's). Not applicable where no language is asked for or it
/// cannot be told from the query, and where the answer is too short to tell, so that the share is one of *n* answers that
/// say something; failed without a text.
enum LanguageMatch {
    static let family = MetricFamily(
        name: "language_match", parameter: .value(words: "a language such as de; else that of the example"),
        needs: [.observed("text")],
        summary: "Whether the answer is in the language that is asked for, where it is long enough to tell.",
        source:
            "Scripts, commonest words and letters of \(LanguageFinder.languages.count) languages. One sign of another "
            + "script decides; Latin letters need two common words, else the answer is not applicable and not in n.",
        example:
            #"language_match "de": [{"text": "Die Rückgabe ist nicht möglich, weil die Frist vorbei ist."}, {"text": "OK"}, {"text": "Нет"}] → 0.5"#,
        make: define)

    private static func define(
        _ request: MetricRequest, _ resources: MetricResources
    ) throws(MetricProblem) -> MetricDefinition {
        var fixed: String?
        if let parameter = request.parameter {
            guard let tag = parameter.stringValue else {
                throw MetricProblem("'language_match' wants a language such as 'de'")
            }
            let language = LanguageFinder.primary(tag)
            guard LanguageFinder.languages.contains(language) else {
                let known = LanguageFinder.languages.joined(separator: ", ")
                throw MetricProblem("'language_match' cannot tell '\(tag)'; it knows \(known)")
            }
            fixed = language
        }
        let asked = fixed
        return MetricDefinition(
            request, of: family, .passFail(.generation),
            measure: { input in
                guard let text = input.answer?.text else { return input.notShown("text") }
                guard let wanted = asked ?? wanted(by: input.example) else {
                    return .notApplicable("the example asks for no language that can be told")
                }
                switch LanguageFinder.check(text, is: wanted) {
                case .yes: return .share(true)
                case .no: return .share(false)
                case .untold(let why): return .notApplicable("the answer's language cannot be told: \(why)")
                }
            })
    }

    private static func wanted(by example: Example) -> String? {
        for name in ["language", "lang", "locale"] {
            if let column = example.columns.first(where: { $0.name == name }) {
                let language = LanguageFinder.primary(column.value)
                return LanguageFinder.languages.contains(language) ? language : nil
            }
        }
        return LanguageFinder.find(example.query)?.language
    }
}
