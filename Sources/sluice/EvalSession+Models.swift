import Domain
import Replay
import Scoring

/// Whom a run's metrics ask.
extension EvalSession {
    /// Who answers what a run's metrics ask of models; nobody where they ask nothing.
    ///
    /// - Parameter arms: How many are asked, for the forecast of what judging comes to; nil: none is told.
    func models(
        for request: GoldenGate.Request, _ examples: any ExampleSource, arms: Int? = nil
    ) throws -> any ModelProvider {
        guard request.wantsModels, !request.takesKeptScores else { return NoModels() }
        if let arms, let judge = request.policy.judge,
            let forecast = JudgeDoor.forecast(request, examples, arms: arms)
        {
            console.error(Sluice.printable(JudgeDoor.words(forecast, judge)))
        }
        return try ModelDoor.open(
            policy, file, allowance: allowance, store: store, examples: examples)
    }

    /// What the report says of judging: what it was said to come to, and that the judge may be the app's own kind.
    func tellJudging(
        of request: GoldenGate.Request, _ examples: any ExampleSource, arms: Int, in result: inout RunResult
    ) {
        result.judgeForecast = JudgeDoor.forecast(request, examples, arms: arms)
        if let why = policy.judge?.selfJudgingReason, result.judgeForecast != nil {
            result.warnings.append(
                "the judge may be of the app's own family of models, by judge.self_judging: \(why)")
        }
    }
}
