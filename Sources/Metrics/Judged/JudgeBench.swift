import Domain
import Notation

/// What a judged metric wants next: more answers, or nothing.
public enum JudgeStep: Sendable {
    case ask([JudgeQuestion])
    case done(Measurement)
}

/// Where a judged metric asks its questions: pure, so it asks until all are answered, and starts anew each time.
public struct JudgeBench {
    public let metric: String
    public let settings: JudgeSettings
    private let answers: (JudgeQuestion) -> JudgeOutcome?
    private let veil: JudgeVeil

    public init(
        metric: String, settings: JudgeSettings, answers: @escaping (JudgeQuestion) -> JudgeOutcome?
    ) {
        self.init(metric: metric, settings: settings, veil: JudgeVeil(settings.sensitive), answers: answers)
    }

    /// - Parameter veil: That knows what the case's texts hide: then what is the same is so in every step's questions.
    init(
        metric: String, settings: JudgeSettings, veil: JudgeVeil,
        answers: @escaping (JudgeQuestion) -> JudgeOutcome?
    ) {
        self.metric = metric
        self.settings = settings
        self.veil = veil
        self.answers = answers
    }

    /// What came of one prompt's votes.
    enum Poll<Vote> {
        case pending([JudgeQuestion])
        /// Too few votes came to be counted.
        case lost(Measurement)
        case votes([Vote])
    }

    /// Fills a prompt, and reads each vote's reply.
    ///
    /// - Parameters:
    ///   - isOnce: Whether one vote is enough, where later ones need a fixed ground (a list of claims).
    ///   - order: Of two answers that are compared.
    ///   - read: The vote, or why the reply is none: a verdict that contradicts its reason. It is part of the question,
    ///     so that whoever reads a judge's answer finds out before the verdict is counted and kept.
    func poll<Vote: Sendable>(
        _ prompt: String, _ values: [String: JudgeField], isOnce: Bool = false,
        order: JudgeQuestion.Order? = nil,
        _ read: @escaping @Sendable (JudgeReply) -> Result<Vote, JudgeProblem>
    ) -> Poll<Vote> {
        guard let prompt = settings.prompts[prompt] else {
            return .lost(.unmeasured("there is no judge prompt '\(prompt)'"))
        }
        let questions = prompt.questions(
            metric, values, from: settings.firstVote, votes: isOnce ? 1 : settings.votes,
            order: order,
            check: { verdict in
                let reply = JudgeReply(verdict: verdict, reason: verdict["reason"]?.stringValue)
                if case .failure(let problem) = read(reply) { return problem }
                return nil
            }, veil: veil)
        var votes: [Vote] = []
        var missing: [JudgeQuestion] = []
        var problem: JudgeProblem?
        for question in questions {
            switch answers(question) {
            case nil: missing.append(question)
            case .failure(let cause): problem = problem ?? cause
            case .success(let reply):
                switch read(reply) {
                case .success(let vote): votes.append(vote)
                case .failure(let cause): problem = problem ?? cause
                }
            }
        }
        if !missing.isEmpty { return .pending(missing) }
        let isEnough =
            settings.rule == .unanimous ? votes.count == questions.count : votes.count * 2 > questions.count
        if !isEnough {
            let why = problem?.description ?? "the judge gave no verdict"
            let share = questions.count > 1 ? "\(votes.count) of \(questions.count) votes: " : ""
            return .lost(.unmeasured(share + why))
        }
        return .votes(votes)
    }

    // MARK: Votes to one

    /// 1 or 0 by the rule; under `mean`, the share of votes that say yes.
    func verdict(_ votes: [Bool]) -> Measurement {
        let yes = votes.count { $0 }
        switch settings.rule {
        case .mean: return .value(Double(yes) / Double(votes.count))
        case .majority:
            if yes * 2 == votes.count { return .unmeasured("the judge's votes are split \(yes) to \(yes)") }
            return .value(yes * 2 > votes.count ? 1 : 0)
        case .unanimous:
            if yes != 0, yes != votes.count {
                return .unmeasured("the judge's votes are not unanimous: \(yes) of \(votes.count) say yes")
            }
            return .value(yes > 0 ? 1 : 0)
        }
    }

    /// The median, the mean, or what all say.
    func score(_ votes: [Double]) -> Measurement {
        switch settings.rule {
        case .mean: return .value(votes.reduce(0, +) / Double(votes.count))
        case .majority:
            let sorted = votes.sorted()
            let middle = sorted.count / 2
            return .value(sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2)
        case .unanimous:
            guard let first = votes.first, votes.allSatisfy({ $0 == first }) else {
                return .unmeasured("the judge's votes are not unanimous")
            }
            return .value(first)
        }
    }

    /// Votes on each of several things, as the share of those that pass; things whose votes are split are left out.
    func shares(_ votes: [[Bool]]) -> [Double?] {
        guard let first = votes.first else { return [] }
        return first.indices.map { place in
            if case .value(let value) = verdict(votes.map { $0[place] }) { return value }
            return nil
        }
    }
}

extension JudgeReply {
    /// A fixed word of the verdict, held against the reason.
    func word(
        _ key: String, _ choices: [String], _ contradiction: Contradiction = Contradiction()
    ) -> Result<String, JudgeProblem> {
        guard let word = verdict[key]?.stringValue else { return .failure(.unparsable("it has no '\(key)'")) }
        if let said = contradiction.said(reason, verdict: word, choices: choices) {
            return .failure(.unparsable("its reason says '\(said)' and its verdict '\(word)'"))
        }
        return .success(word)
    }

    /// The same as yes or no.
    func flag(
        _ key: String, yes: String = "yes", no: String = "no",
        _ contradiction: Contradiction = Contradiction()
    ) -> Result<Bool, JudgeProblem> {
        word(key, [yes, no], contradiction).map { $0 == yes }
    }

    /// A whole number of the verdict, held against the reason.
    func whole(_ key: String, _ range: ClosedRange<Int>) -> Result<Int, JudgeProblem> {
        guard let number = verdict[key]?.intValue, let score = Int(exactly: number), range.contains(score)
        else {
            return .failure(
                .unparsable("its '\(key)' is not within \(range.lowerBound) to \(range.upperBound)"))
        }
        let choices = range.map(String.init)
        if let said = Contradiction().said(reason, verdict: String(score), choices: choices) {
            return .failure(.unparsable("its reason says '\(said)' and its verdict '\(score)'"))
        }
        return .success(score)
    }

    /// A verdict on each of `count` things, numbered from 1: every one exactly once.
    func flags(
        _ count: Int, yes: String = "yes", no: String = "no",
        _ contradiction: Contradiction = Contradiction()
    ) -> Result<[Bool], JudgeProblem> {
        var found = [Bool?](repeating: nil, count: count)
        for item in verdict["verdicts"]?.arrayValue ?? [] {
            guard let number = item["number"]?.intValue, number >= 1, number <= count,
                let word = item["verdict"]?.stringValue
            else { return .failure(.unparsable("it judges a number that was not asked")) }
            let place = Int(number) - 1
            if found[place] != nil { return .failure(.unparsable("it judges number \(number) twice")) }
            if let said = contradiction.said(item["reason"]?.stringValue, verdict: word, choices: [yes, no]) {
                return .failure(
                    .unparsable("on number \(number) its reason says '\(said)' and its verdict '\(word)'"))
            }
            found[place] = word == yes
        }
        let all = found.compactMap { $0 }
        guard all.count == count else {
            return .failure(.unparsable("it judges \(all.count) of \(count)"))
        }
        return .success(all)
    }
}

/// Forms of verdicts.
enum VerdictForm {
    static func object(_ members: [(String, JSONValue)]) -> JSONValue {
        var properties = JSONObject()
        for member in members { properties[member.0] = member.1 }
        return [
            "type": "object", "properties": .object(properties),
            "required": .array(members.map { .string($0.0) }), "additionalProperties": false,
        ]
    }

    static let text: JSONValue = ["type": "string"]

    static func words(_ words: [String]) -> JSONValue {
        ["type": "string", "enum": .array(words.map { .string($0) })]
    }

    static let number: JSONValue = ["type": "integer"]

    /// A reason, then one of the words.
    static func verdict(_ words: [String] = ["yes", "no"]) -> JSONValue {
        object([("reason", text), ("verdict", self.words(words))])
    }

    /// A reason and a word for each numbered thing.
    static func verdicts(_ words: [String] = ["yes", "no"]) -> JSONValue {
        let one = object([("number", number), ("reason", text), ("verdict", self.words(words))])
        return object([("verdicts", ["type": "array", "items": one])])
    }

    static func list(_ key: String) -> JSONValue {
        object([(key, ["type": "array", "items": text])])
    }
}
