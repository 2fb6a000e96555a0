import Domain
import Metrics

/// Answers what metrics ask of models: the port between pure metrics and encoders, endpoints, judges and programs.
public protocol ModelProvider: Sendable {
    /// Which model stands behind a kind; nil where there is none.
    func model(_ kind: ModelKind) -> ModelFacts?
    /// One answer to each request, in their order. A failure is an answer; nothing is thrown, so that one bad request
    /// sinks no other. Where the task is cancelled, what is left may be answered `failed`.
    func answers(to requests: [ModelRequest]) async -> [ModelAnswer]
    /// What is known without asking, in their order; the rest is answered `failed`, and counted as what asking would come
    /// to: see `foretell`.
    func foresee(_ requests: [ModelRequest]) -> [ModelAnswer]
    /// Tells whoever wants to know what `foresee` was asked for, before it is asked in earnest.
    ///
    /// - Parameters:
    ///   - most: Requests that it may come to, where answers lead to further ones.
    ///   - scores: Scores that need nothing more: they stand in the run.
    func foretell(most: Int, scores: Int)
    /// What was asked and spent so far, by model.
    var uses: [ModelUse] { get }
    /// What went wrong beside the answers, in words for people: a memory that cannot be used, a model that changed.
    var problems: [String] { get }
    /// Ends programs and connections that were kept for more requests.
    func close() async
}

extension ModelProvider {
    public var problems: [String] { [] }
    public func foresee(_ requests: [ModelRequest]) -> [ModelAnswer] {
        requests.map { _ in .failed("it was not asked") }
    }
    public func foretell(most: Int, scores: Int) {}
    public func close() async {}
}

/// Nobody to ask.
public struct NoModels: ModelProvider {
    public init() {}

    public func model(_ kind: ModelKind) -> ModelFacts? { nil }

    public func answers(to requests: [ModelRequest]) async -> [ModelAnswer] {
        requests.map { _ in .failed("the policy names no model for it") }
    }

    public var uses: [ModelUse] { [] }
}
