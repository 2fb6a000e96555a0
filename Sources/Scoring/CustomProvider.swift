import Domain
import Metrics
import Synchronization

/// Answers requests of `custom` metrics with the user's own programs and endpoints. Each distinct question is asked once
/// a run: equal answers in both arms have one score.
public final class CustomProvider: ModelProvider {
    private let scorers: [String: any CustomScorer]
    private let state: Mutex<State>

    private struct State {
        var known: [CustomQuestion: ModelAnswer] = [:]
        var uses: [String: ModelUse] = [:]
    }

    /// Answers that are held, so that a run of any length has room.
    private static let mostKnown = 200_000

    /// - Parameter scorers: By the name of their metric.
    public init(_ scorers: [String: any CustomScorer]) {
        self.scorers = scorers
        state = Mutex(State(uses: scorers.mapValues { ModelUse($0.facts, unit: "scores") }))
    }

    public func model(_ kind: ModelKind) -> ModelFacts? {
        if case .custom(let name) = kind { return scorers[name]?.facts }
        return nil
    }

    public var uses: [ModelUse] {
        let uses = state.withLock { $0.uses }
        return uses.keys.sorted().compactMap { name in
            guard var use = uses[name], use.wanted > 0 else { return nil }
            use.problems = scorers[name]?.problems ?? []
            return use
        }
    }

    public func answers(to requests: [ModelRequest]) async -> [ModelAnswer] {
        var answers: [ModelAnswer?] = requests.map { _ in nil }
        var open: [String: [(place: Int, question: CustomQuestion)]] = [:]
        for (place, request) in requests.enumerated() {
            guard case .custom(let question) = request else { continue }
            if let known = state.withLock({ $0.known[question] }) {
                answers[place] = known
                count(question.metric) { use in
                    use.wanted += 1
                    use.cached += 1
                }
            } else {
                open[question.metric, default: []].append((place, question))
            }
        }
        for name in open.keys.sorted() {
            guard let scorer = scorers[name], let asked = open[name] else { continue }
            let scores = await scorer.scores(of: asked.map(\.question.line.text))
            for ((place, question), score) in zip(asked, scores) {
                let answer = Self.answer(score)
                answers[place] = answer
                if case .failed = answer {
                    count(name) { $0.failed += 1 }
                } else {
                    state.withLock { state in
                        if state.known.count < Self.mostKnown { state.known[question] = answer }
                    }
                }
                count(name) { use in
                    use.wanted += 1
                    if case .unasked = score {} else { use.asked += 1 }
                }
            }
        }
        return answers.map { $0 ?? .failed("the policy declares no such metric") }
    }

    public var problems: [String] { scorers.keys.sorted().flatMap { scorers[$0]?.problems ?? [] } }

    /// Ends what the scorers keep running.
    public func close() async { for name in scorers.keys.sorted() { await scorers[name]?.close() } }

    private func count(_ name: String, _ change: @Sendable (inout ModelUse) -> Void) {
        state.withLock { state in
            guard var use = state.uses[name] else { return }
            change(&use)
            state.uses[name] = use
        }
    }

    private static func answer(_ score: CustomScore) -> ModelAnswer {
        switch score {
        case .score(let value): .score(value)
        case .inapplicable(let why): .inapplicable(why)
        case .failed(let why), .unasked(let why): .failed(why)
        }
    }
}
