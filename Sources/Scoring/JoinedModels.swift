import Domain
import Metrics

/// Several providers as one: each request goes to the one that stands behind its kind.
public struct JoinedModels: ModelProvider {
    private let providers: [any ModelProvider]

    public init(_ providers: [any ModelProvider]) { self.providers = providers }

    public func model(_ kind: ModelKind) -> ModelFacts? {
        for provider in providers { if let facts = provider.model(kind) { return facts } }
        return nil
    }

    public var uses: [ModelUse] { providers.flatMap(\.uses) }

    public var problems: [String] { providers.flatMap(\.problems) }

    public func close() async { for provider in providers { await provider.close() } }

    public func foretell(most: Int, scores: Int) {
        for provider in providers { provider.foretell(most: most, scores: scores) }
    }

    public func foresee(_ requests: [ModelRequest]) -> [ModelAnswer] {
        var answers: [ModelAnswer?] = requests.map { _ in nil }
        for (number, places) in taken(requests).enumerated() where !places.isEmpty {
            for (place, answer) in zip(places, providers[number].foresee(places.map { requests[$0] })) {
                answers[place] = answer
            }
        }
        return answers.map { $0 ?? .failed("the policy names no model for it") }
    }

    /// Places of the requests that each provider takes.
    private func taken(_ requests: [ModelRequest]) -> [[Int]] {
        var taken: [[Int]] = providers.map { _ in [] }
        for (place, request) in requests.enumerated() {
            if let number = providers.firstIndex(where: { $0.model(request.kind) != nil }) {
                taken[number].append(place)
            }
        }
        return taken
    }

    public func answers(to requests: [ModelRequest]) async -> [ModelAnswer] {
        var answers: [ModelAnswer?] = requests.map { _ in nil }
        for (number, places) in taken(requests).enumerated() where !places.isEmpty {
            let given = await providers[number].answers(to: places.map { requests[$0] })
            for (place, answer) in zip(places, given) { answers[place] = answer }
        }
        return answers.map { $0 ?? .failed("the policy names no model for it") }
    }
}
