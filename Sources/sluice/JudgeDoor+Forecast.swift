import Domain
import Metrics
import Policy
import Replay

extension JudgeDoor {
    /// What judging a run comes to at most, before anything is asked; nil where nothing is judged.
    ///
    /// Questions are counted metric by metric, parts of composites and of the indicator included, each once. Their length
    /// is that of the questions about some of the examples, answers taken to be as long as the reference, or as a usual
    /// answer.
    static func forecast(
        _ request: GoldenGate.Request, _ examples: any ExampleSource, arms: Int
    ) -> JudgeForecast? {
        guard let judge = request.policy.judge, let judged = request.selection?.judged, !judged.isEmpty else {
            return nil
        }
        let rows = examples.count * request.repeats
        var forecast = JudgeForecast(
            calls: 0, kept: 0, inputTokens: 0, outputTokens: 0, money: nil,
            currency: judge.prices?.currency)
        let sample = stride(from: 0, to: examples.count, by: max(1, examples.count / 16)).compactMap {
            try? examples.example($0)
        }
        for metric in judged {
            let calls = metric.questions * rows * (metric.comparesArms ? 1 : max(1, arms))
            forecast.calls += calls
            forecast.inputTokens += calls * tokens(of: metric.name, sample, request.resources.judging)
            forecast.outputTokens += calls * 150
        }
        // An answer that cannot be read is asked for once more, whatever the retries.
        forecast.mostRequests = forecast.calls * (2 + judge.retries)
        forecast.money = Usage(inputTokens: forecast.inputTokens, outputTokens: forecast.outputTokens)
            .money(at: judge.prices)
        return forecast
    }

    /// In words, with what the budget leaves undone.
    static func words(_ forecast: JudgeForecast, _ judge: JudgePolicy) -> String {
        var words =
            "judging: at most \(forecast.words), by \(JudgeIdentity(judge).model), less what is remembered"
        if let excess = forecast.excess(over: judge.budget) {
            words += "; that is \(excess): what goes beyond is unmeasured"
        }
        return words
    }

    /// The same once there are answers, by what is kept of them.
    static func presentWords(_ forecast: JudgeForecast, _ judge: JudgePolicy) -> String {
        var words = "judging: \(forecast.presentWords), by \(JudgeIdentity(judge).model)"
        if let excess = forecast.excess(over: judge.budget) {
            words += "; that is \(excess): what gates is asked first, what goes beyond is unmeasured"
        }
        return words
    }

    /// Tokens of a question, in the mean over examples that the metric applies to, at four bytes each.
    private static func tokens(
        of metric: String, _ sample: [Example], _ settings: JudgeSettings
    ) -> Int {
        guard let form = JudgedForm.form(named: metric) else { return 0 }
        var bytes = 0
        var count = 0
        for example in sample {
            var input = standIn(example, otherArm: form.comparesArms)
            let step = form.next(&input, settings: settings, name: metric, answers: { _ in nil })
            guard case .ask(let questions) = step else { continue }
            bytes += questions.reduce(0) { $0 + $1.textBytes }
            count += questions.count
        }
        return count == 0 ? 0 : bytes / (4 * count) + 1
    }

    /// An example with answers that nobody has given yet, of the length that they may have.
    private static func standIn(_ example: Example, otherArm: Bool) -> MeasureInput {
        func answered(_ arm: Arm, _ text: String) -> Observation {
            var answer = Answer(latencyMilliseconds: nil)
            answer.text = text
            let passages = example.context.isEmpty ? [usual, usual, usual] : example.context
            answer.documents = passages.enumerated().map {
                RetrievedDocument(id: "\($0.offset + 1)", text: $0.element)
            }
            return Observation(example: example.id, arm: arm, repetition: 0, outcome: .answered(answer))
        }
        let text = example.references.first ?? usual
        var input = MeasureInput(example: example, observation: answered(.candidate, text))
        if otherArm { input.otherArm = answered(.baseline, text + " ") }
        return input
    }

    /// As long as a usual answer: a hundred words.
    private static let usual = String(repeating: "word ", count: 120)
}
