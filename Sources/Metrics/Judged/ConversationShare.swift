import Domain
import Notation

extension JudgeBench {
    /// The share of the assistant's turns that a prompt's verdict passes.
    ///
    /// Turns are numbered as they stand in the conversation; a verdict on a turn of the person is passed over, one
    /// that is missing on a turn of the assistant makes the reply no verdict.
    func turns(_ prompt: String, _ conversation: [Message], _ values: [String: JudgeField] = [:]) -> JudgeStep
    {
        let judged = conversation.indices.filter { conversation[$0].role == .assistant }
        var values = values
        values["conversation"] = .turns(conversation)
        let found = poll(prompt, values) { reply -> Result<[Bool], JudgeProblem> in
            var verdicts: [Int: Bool] = [:]
            for item in reply.verdict["verdicts"]?.arrayValue ?? [] {
                guard let number = item["number"]?.intValue, number >= 1, number <= conversation.count else {
                    return .failure(.unparsable("it judges a turn that is not there"))
                }
                let place = Int(number) - 1
                if verdicts[place] != nil {
                    return .failure(.unparsable("it judges turn \(number) twice"))
                }
                verdicts[place] = item["verdict"]?.stringValue == "yes"
            }
            let flags = judged.compactMap { verdicts[$0] }
            guard flags.count == judged.count else {
                return .failure(.unparsable("it judges \(flags.count) of \(judged.count) turns"))
            }
            return .success(flags)
        }
        switch found {
        case .pending(let questions): return .ask(questions)
        case .lost(let measurement): return .done(measurement)
        case .votes(let votes):
            let known = shares(votes).compactMap { $0 }
            if known.isEmpty { return .done(.unmeasured("the judge's votes are split on every turn")) }
            return .done(.value(known.reduce(0, +) / Double(known.count)))
        }
    }
}
