import Domain
import Replay
import Scoring

/// Whom a run's metrics ask.
extension EvalSession {
    /// Who answers what a run's metrics ask of models; nobody where they ask nothing.
    ///
    /// - Parameter arms: How many are asked, for the forecast of what judging comes to; nil: none is made.
    func models(
        for request: GoldenGate.Request, _ examples: any ExampleSource, arms: Int? = nil
    ) throws -> any ModelProvider {
        guard request.wantsModels, !request.takesKeptScores else { return NoModels() }
        if let arms, let words = JudgeDoor.forecast(request, arms: arms) {
            console.error(Sluice.printable(words))
        }
        return try ModelDoor.open(
            policy, file, allowance: allowance, store: store, examples: examples)
    }
}
