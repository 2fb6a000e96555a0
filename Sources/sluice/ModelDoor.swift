import BERT
import Domain
import Embedding
import Policy
import Replay
import Scoring
import Storage
import Targets

/// Opens the models that a policy's metrics ask, with what they said before.
enum ModelDoor {
    /// - Parameters:
    ///   - store: The folder of runs, which holds the cache of vectors.
    ///   - examples: The data set, among whose references some metrics count how rare tokens are; nil: there is none.
    ///   - references: Those references where no data set holds them.
    ///   - notice: Told in a line what an endpoint makes us wait for, and how long.
    ///   - foretold: Told what judging comes to, less what is kept, once there are answers to judge.
    /// - Returns: Nobody to ask, where the policy names no model.
    /// - Throws: What is wrong with a model, with its place and how to mend it.
    static func open(
        _ policy: ReleasePolicy, _ file: PolicyFile, allowance: TargetAllowance?, store: String,
        examples: (any ExampleSource)?,
        references: (@Sendable () -> [String])? = nil,
        notice: @escaping @Sendable (String) -> Void,
        foretold: @escaping @Sendable (JudgeForecast) -> Void = { _ in }
    ) throws -> any ModelProvider {
        var providers: [any ModelProvider] = []
        if let named = policy.embedding {
            let embedder = try embedder(named, file, allowance, notice)
            let cache = try SQLiteEmbeddingCache(
                path: store + "/vectors.db", now: MachineFacts.now().seconds)
            providers.append(
                EmbeddingProvider(
                    CachingEmbedder(embedder, cache: cache),
                    references: { () throws(StoreError) in
                        if let references { return references() }
                        guard let examples else {
                            throw StoreError(
                                .missing,
                                "without a data set nobody knows how rare tokens are among its references")
                        }
                        var references: [String] = []
                        for index in 0..<examples.count {
                            references += try examples.example(index).references
                        }
                        return references
                    }))
        }
        if !policy.customs.isEmpty {
            providers.append(try CustomDoor.open(policy, file, allowance, notice: notice))
        }
        if let judge = policy.judge {
            let desk = try JudgeDoor.open(judge, file, allowance: allowance, store: store, notice: notice)
            providers.append(JudgeProvider(desk, foretold: foretold))
        }
        guard providers.count != 1 else { return providers[0] }
        return providers.isEmpty ? NoModels() : JoinedModels(providers)
    }

    /// Ends what models keep running, and says what went wrong beside their answers.
    static func close(_ models: any ModelProvider, _ console: Console) async {
        for problem in models.problems { console.error("warning: \(problem)") }
        await models.close()
    }

    private static func embedder(
        _ named: EmbeddingPolicy, _ file: PolicyFile, _ allowance: TargetAllowance?,
        _ notice: @escaping @Sendable (String) -> Void
    ) throws -> any Embedder {
        switch named {
        case .encoder(let folder):
            do throws(ModelProblem) {
                return try EncoderEmbedder(folder: PolicyFile.resolve(folder, file.folder))
            } catch { throw ModelChecks.embedding(error, file.policy) }
        case .endpoint(let address, let model, let headers):
            if let reach = named.reach { try allowance?.check(reach) }
            let read: @Sendable (String) -> String? = { Environment.value($0) }
            return try EndpointEmbedder(
                EndpointSettings(address: address, model: model, headers: headers),
                environment: allowance?.restricting(read) ?? read, notice: notice)
        }
    }
}
