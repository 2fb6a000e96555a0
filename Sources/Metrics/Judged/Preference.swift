import Digest
import Domain
import Notation

/// Which arm's answer a judge prefers: 1 this one, 0 the other, ½ a tie.
///
/// Always asked in both orders. Where the two orders disagree, the verdict hangs on the place and not on the answer:
/// that is a tie, and `JudgeCounts.orderDisagreed` counts it. Both arms get their score from the same two questions.
/// Not applicable where there is no other arm to compare with, *unmeasured* where the other arm's answer is missing;
/// identical answers are a tie without asking.
enum Preference {
    static let form = JudgedForm(
        name: "preference", needs: [.observed("text")],
        summary: "Whether a judge prefers this arm's answer to the other's, asked in both orders.",
        source:
            "L. Zheng et al., Judging LLM-as-a-Judge, NeurIPS 2023: swapped positions, disagreement is a tie; own prompt.",
        example:
            #"{"text": "At 9.", "other": "In the morning.", "judge": [{"verdict": "second"}, {"verdict": "first"}]} → 1"#,
        prompts: ["preference"], questions: 2, comparesArms: true,
        extremes: { _, _ in ("first", "second") },
        failed: { input in input.otherArm == nil ? .unmeasured(missing) : .value(0) },
        unless: { input, _, _ in
            input.otherArm == nil && !input.hasTwoArms ? "there is no other arm to compare with" : nil
        }
    ) { input, bench in
        guard let answer = input.answer?.text else { return .done(input.notShown("text")) }
        guard let other = input.otherArm else { return .done(.unmeasured(missing)) }
        if let failure = other.failure {
            // No answer is worse than any, by intention to treat; as long as the app is to blame.
            return .done(failure.countsAgainstApp ? .value(1) : .unmeasured(failure.detail))
        }
        guard let theirs = other.answer?.text else {
            return .done(.unmeasured("the other arm shows no text"))
        }
        let isCandidate = input.observation.arm == .candidate
        // The same questions whichever arm is measured.
        let pair = isCandidate ? (theirs, answer) : (answer, theirs)
        switch bench.orders(input.example.query, first: pair.0, second: pair.1) {
        case .ask(let questions): return .ask(questions)
        case .judged(let written, let swapped):
            return .done(combined(written, swapped, isCandidate: isCandidate))
        }
    }

    private static let missing = "the other arm's answer is missing"

    private static func combined(
        _ written: Measurement, _ swapped: Measurement, isCandidate: Bool
    ) -> Measurement {
        guard case .value(let one) = written else { return written }
        guard case .value(let other) = swapped else { return swapped }
        // Agreement on a winner, or at least no disagreement: else the place decided.
        let isTie = (one > 0.5) != (other > 0.5) || (one < 0.5) != (other < 0.5)
        let value = isTie ? 0.5 : (one + other) / 2
        return .value(isCandidate ? value : 1 - value)
    }
}

/// What a judge says of two answers in both orders.
public enum PreferenceStep: Sendable {
    case ask([JudgeQuestion])
    /// By the votes in each order: 1 where the second answer as written is preferred, 0 the first, ½ a tie; else why
    /// there is no verdict.
    case judged(written: Measurement, swapped: Measurement)
}

extension JudgeBench {
    /// Asks about two answers in both orders, and makes one verdict of each order's votes.
    public func orders(_ query: String, first: String, second: String) -> PreferenceStep {
        if first == second { return .judged(written: .value(0.5), swapped: .value(0.5)) }
        let whole: JSONValue = [.string(query), .string(first), .string(second)]
        let pair = ContentDigest(of: whole.canonicalBytes).hex
        let orders = [(first, second, "second"), (second, first, "first")]
        var pending: [JudgeQuestion] = []
        var scores: [Measurement] = []
        for (number, order) in orders.enumerated() {
            let values: [String: JudgeField] = [
                "question": .text(query), "first": .text(order.0), "second": .text(order.1),
            ]
            let found = poll("preference", values, order: .init(pair: pair, isSwapped: number == 1)) {
                $0.word("verdict", ["first", "second", "tie"])
            }
            switch found {
            case .pending(let questions): pending += questions
            case .lost(let measurement): scores.append(measurement)
            case .votes(let votes):
                scores.append(score(votes.map { $0 == "tie" ? 0.5 : $0 == order.2 ? 1 : 0 }))
            }
        }
        if !pending.isEmpty { return .ask(pending) }
        return .judged(written: scores[0], swapped: scores[1])
    }
}

extension JudgeQuestion {
    /// Which answer of a pair as written a verdict prefers: `first`, `second` or `tie`; nil where nothing is compared.
    public func preferred(_ verdict: JSONObject) -> String? {
        guard let order, let word = verdict["verdict"]?.stringValue else { return nil }
        guard order.isSwapped else { return word }
        return word == "first" ? "second" : word == "second" ? "first" : word
    }
}
