import Deployment
import Domain
import Notation
import Testing

/// An answer as a test writes it.
func answer(
    _ body: String, status: Int = 200, headers: [(String, String)] = [("Content-Type", "application/json")],
    milliseconds: Double = 12
) -> WebAnswer {
    WebAnswer(
        status: status, headers: headers.map { WebField($0.0, $0.1) }, body: Array(body.utf8),
        latencyMilliseconds: milliseconds)
}

func scope(_ environment: [String: String] = [:]) -> StepScope {
    StepScope(run: "j-1", unique: "sluice-1", environment: { environment[$0] })
}

/// Whether a condition holds of an answer, and what was seen.
func judge(_ condition: String, _ answer: WebAnswer, _ scope: StepScope = scope()) throws -> ConditionResult {
    var scope = scope
    return ConditionCheck(AnswerView(answer), schemas: [:]).judge(try StepCondition(condition), &scope)
}
