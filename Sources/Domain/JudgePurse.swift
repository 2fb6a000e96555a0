import Synchronization

/// What asking a judge may cost: looked into before each request, and told what came of it.
public protocol JudgePurse: Sendable {
    /// Why no request may go out any more; nil: one may, and counts as made.
    func refusal() -> String?
    /// The end of a request that was allowed, whatever came of it.
    ///
    /// - Parameters:
    ///   - usage: What the reply says of tokens and money, also where no verdict can be read from it; nil: nothing.
    ///   - isAnswered: Whether a model may have worked for it: false for a status of refusal, or where nobody answered.
    func settle(_ usage: Usage?, isAnswered: Bool)
}

/// A purse without a bottom, which counts nothing.
public struct OpenPurse: JudgePurse {
    public init() {}

    public func refusal() -> String? { nil }
    public func settle(_ usage: Usage?, isAnswered: Bool) {}
}

extension Judge {
    /// For judges that answer at once: a question is one request, one after the other.
    public func judge(
        _ questions: [JudgeQuestion], purse: any JudgePurse,
        each: @escaping @Sendable (Int, JudgeOutcome) -> Void
    ) async {
        for (place, question) in questions.enumerated() {
            if Task.isCancelled {
                each(place, .failure(.cancelled))
                continue
            }
            if let why = purse.refusal() {
                each(place, .failure(.overBudget(why)))
                continue
            }
            let outcome = await judge([question]).first ?? .failure(.cancelled)
            var usage: Usage?
            if case .success(let reply) = outcome { usage = reply.usage }
            purse.settle(usage, isAnswered: outcome.isAnswered)
            each(place, outcome)
        }
    }

    /// All outcomes together, in the order of the questions, whatever they cost.
    public func gathered(_ questions: [JudgeQuestion]) async -> [JudgeOutcome] {
        let outcomes = GatheredOutcomes(count: questions.count)
        await judge(questions, purse: OpenPurse()) { outcomes.put($1, at: $0) }
        return outcomes.all
    }
}

extension JudgeOutcome {
    /// Whether something came back.
    fileprivate var isAnswered: Bool {
        switch self {
        case .success, .failure(.unparsable), .failure(.refused): true
        case .failure(.failed), .failure(.overBudget), .failure(.cancelled): false
        }
    }
}

/// Outcomes as they come, from any task.
private final class GatheredOutcomes: Sendable {
    private let outcomes: Mutex<[JudgeOutcome]>

    init(count: Int) { outcomes = Mutex(Array(repeating: .failure(.cancelled), count: count)) }

    func put(_ outcome: JudgeOutcome, at place: Int) { outcomes.withLock { $0[place] = outcome } }

    var all: [JudgeOutcome] { outcomes.withLock { $0 } }
}
