import Domain
import Notation

/// Which arm's answer a judge prefers: 1 this one, 0 the other, ½ a tie.
///
/// Always asked in both orders. Where the two orders disagree, the verdict hangs on the place and not on the answer:
/// that is a tie, and `orderDisagreed` counts it. Both arms get their score from the same two questions. Not applicable
/// where there is no other arm to compare with; identical answers are a tie without asking.
enum Preference {
    private static let choices = ["first", "second", "tie"]

    static let form = JudgedForm(
        name: "preference", needs: [.observed("text")],
        summary: "Whether a judge prefers this arm's answer to the other's, asked in both orders.",
        source:
            "L. Zheng et al., Judging LLM-as-a-Judge, NeurIPS 2023: swapped positions, disagreement is a tie; own prompt.",
        example:
            #"{"text": "At 9.", "other": "In the morning.", "judge": [{"verdict": "second"}, {"verdict": "first"}]} → 1"#,
        prompts: ["preference"], questions: 2, comparesArms: true,
        extremes: ("first", "second")
    ) { input, bench in
        guard let answer = input.answer?.text else { return .done(input.notShown("text")) }
        guard let other = input.otherArm else {
            return .done(.notApplicable("there is no other arm to compare with"))
        }
        if let failure = other.failure {
            // No answer is worse than any, by intention to treat; as long as the app is to blame.
            return .done(failure.countsAgainstApp ? .value(1) : .unmeasured(failure.detail))
        }
        guard let theirs = other.answer?.text else {
            return .done(.unmeasured("the other arm shows no text"))
        }
        if answer == theirs { return .done(.value(0.5)) }
        let isCandidate = input.observation.arm == .candidate
        // The same questions whichever arm is measured.
        let (baseline, candidate) = isCandidate ? (theirs, answer) : (answer, theirs)
        let question = JudgeField.text(input.example.query)
        let orders: [(first: String, second: String, wins: String)] = [
            (baseline, candidate, "second"), (candidate, baseline, "first"),
        ]
        var pending: [JudgeQuestion] = []
        var scores: [[Double]] = []
        for order in orders {
            let values: [String: JudgeField] = [
                "question": question, "first": .text(order.first), "second": .text(order.second),
            ]
            switch bench.poll("preference", values, { $0.word("verdict", choices) }) {
            case .pending(let questions): pending += questions
            case .lost(let measurement): return .done(measurement)
            case .votes(let votes):
                scores.append(votes.map { $0 == "tie" ? 0.5 : $0 == order.wins ? 1 : 0 })
            }
        }
        if !pending.isEmpty { return .ask(pending) }
        return .done(combine(scores, bench, isCandidate: isCandidate))
    }

    private static func combine(_ scores: [[Double]], _ bench: JudgeBench, isCandidate: Bool) -> Measurement {
        var orders: [Double] = []
        for votes in scores {
            guard case .value(let score) = bench.score(votes) else { return bench.score(votes) }
            orders.append(score)
        }
        guard orders.count == 2 else { return .failed("an order was not asked") }
        // Agreement on a winner, or at least no disagreement: else the place decided.
        let (one, other) = (orders[0], orders[1])
        let isTie = (one > 0.5) != (other > 0.5) || (one < 0.5) != (other < 0.5)
        let value = isTie ? 0.5 : (one + other) / 2
        return .value(isCandidate ? value : 1 - value)
    }
}
