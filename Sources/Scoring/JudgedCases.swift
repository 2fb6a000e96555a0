import Domain
import Metrics

/// Something that a judged metric measures.
public struct JudgedCase: Sendable {
    public let form: JudgedForm
    /// The metric's name with its parameter: `rubric[clarity]`.
    public let name: String
    public var input: MeasureInput

    public init(_ form: JudgedForm, name: String? = nil, input: MeasureInput) {
        self.form = form
        self.name = name ?? form.name
        self.input = input
    }
}

extension Judge {
    /// Measures cases: asks what they want to know, all together, until none wants anything more.
    ///
    /// - Returns: A measurement for each case, in their order.
    public func measure(_ cases: [JudgedCase], settings: JudgeSettings) async -> [Measurement] {
        var cases = cases
        var answers: [String: JudgeOutcome] = [:]
        var measured = [Measurement?](repeating: nil, count: cases.count)
        _ = await AskingRounds.run(
            cases.indices,
            wants: { place in
                guard measured[place] == nil else { return [] }
                let known = answers
                let form = cases[place].form
                switch form.next(
                    &cases[place].input, settings: settings, name: cases[place].name,
                    answers: { known[$0.digest] })
                {
                case .done(let measurement):
                    measured[place] = measurement
                    return []
                case .ask(let questions): return questions.filter { known[$0.digest] == nil }
                }
            }, ask: { await judge($0) },
            tell: { _, question, outcome in answers[question.digest] = outcome ?? .failure(.cancelled) })
        return measured.map { $0 ?? .failed("the metric asks on without end") }
    }

    /// The first questions of cases, for a forecast: those of later steps hang on the answers.
    public func firstQuestions(of cases: [JudgedCase], settings: JudgeSettings) -> [JudgeQuestion] {
        var questions: [JudgeQuestion] = []
        for one in cases {
            var input = one.input
            if case .ask(let found) = one.form.next(
                &input, settings: settings, name: one.name, answers: { _ in nil })
            {
                questions += found
            }
        }
        return questions
    }
}
