import Digest
import Domain
import Endpoints
import HTTPClient
import Notation
import Synchronization

/// A model behind an OpenAI-compatible endpoint: `POST …/embeddings` with `model` and a list of texts.
///
/// Texts go in batches, a few at a time; what is throttled or fails in passing is asked again, after the time that the
/// endpoint names. A batch that is turned down for what it holds is asked in halves, down to the text that is the cause:
/// that one fails, and no other. An answer with too few or too many vectors, of another size than before, or of numbers that are none
/// is refused, and so is one that names another model than the answers before it: the endpoint changed what it runs.
public final class EndpointEmbedder: Embedder {
    public let model: EmbeddingModel
    private let settings: EndpointSettings
    private let caller: EndpointCaller
    private let seen = Mutex(Seen())

    /// What earlier answers showed, which later ones must agree with.
    private struct Seen {
        var width: Int?
        var model: String?
        /// Texts that were turned down by themselves, before any was embedded.
        var refusedAlone = 0
    }

    /// So many texts turned down, and none embedded: it is not the texts.
    private static let mostRefusedAlone = 4

    /// - Parameters:
    ///   - environment: Where `${env:NAME}` of headers is looked up, when a request is sent.
    ///   - notice: Told in a line what the endpoint makes us wait for, and how long.
    /// - Throws: `failed` where the address is none, the model has no name, or a variable is not set.
    public init(
        _ settings: EndpointSettings, client: HTTPClient = HTTPClient(),
        environment: @escaping @Sendable (String) -> String?,
        notice: @escaping @Sendable (String) -> Void = { _ in }
    ) throws(EmbeddingProblem) {
        guard settings.address.hasPrefix("http://") || settings.address.hasPrefix("https://") else {
            throw .failed("embedding.openai: the address is no http or https address; write https://host/v1")
        }
        guard !settings.model.isEmpty else {
            throw .failed("embedding.name: the model has no name; name it as the endpoint does")
        }
        for header in settings.headers {
            for name in header.value.variables where environment(name) == nil {
                throw .failed(
                    "embedding.headers.\(header.name): the environment variable \(name) is not set; "
                        + "export \(name)=…")
            }
        }
        self.settings = settings
        let calls = EndpointCaller.Settings(
            key: "embedding", url: settings.url, shownURL: settings.shownURL, headers: settings.headers,
            timeoutSeconds: settings.timeoutSeconds, retries: settings.retries,
            firstPauseSeconds: settings.firstPauseSeconds, mostPauseSeconds: settings.mostPauseSeconds,
            mostBytes: 256 << 20)
        caller = EndpointCaller(calls, client: client, environment: environment, notice: notice)
        let identity = "endpoint\n\(settings.url)\n\(settings.model)"
        model = EmbeddingModel(name: settings.model, digest: ContentDigest(of: identity).hex)
    }

    public var showsTokens: Bool { false }

    public func embed(
        _ texts: [String], _ detail: EmbeddingDetail
    ) async throws(EmbeddingProblem) -> [TextEmbedding] {
        var embeddings: [TextEmbedding] = []
        var failure: EmbeddingProblem?
        for result in await embedEach(texts, detail) {
            switch result {
            case .success(let embedding): embeddings.append(embedding)
            case .failure(let problem):
                // The first that failed of itself, not one that was stopped for it.
                if failure == nil || failure == Self.stopped { failure = problem }
            }
        }
        if let failure { throw failure }
        return embeddings
    }

    public func embedEach(
        _ texts: [String], _ detail: EmbeddingDetail
    ) async -> [Result<TextEmbedding, EmbeddingProblem>] {
        if detail == .tokens { return texts.map { _ in .failure(.noTokens(model)) } }
        let batches = batches(of: texts)
        var all = texts.map { _ in Result<TextEmbedding, EmbeddingProblem>.failure(Self.stopped) }
        await withTaskGroup(of: (Int, Asked).self) { group in
            var next = 0
            var broken: EmbeddingProblem?
            func add() {
                guard next < batches.count, broken == nil else { return }
                let number = next
                next += 1
                let part = Array(texts[batches[number]])
                group.addTask { (number, await self.ask(part)) }
            }
            for _ in 0..<settings.concurrency { add() }
            while let (number, asked) = await group.next() {
                all.replaceSubrange(batches[number], with: asked.results)
                // What does not answer need not be asked for the rest; what is under way may still come.
                broken = broken ?? asked.broken
                add()
            }
            guard let broken else { return }
            for number in next..<batches.count {
                for place in batches[number] { all[place] = .failure(broken) }
            }
        }
        return all
    }

    public func close() async {}

    private static let stopped = EmbeddingProblem.failed("embedding was stopped before it was done")

    private func batches(of texts: [String]) -> [Range<Int>] {
        var batches: [Range<Int>] = []
        var start = 0
        var bytes = 0
        for (index, text) in texts.enumerated() {
            let size = text.utf8.count
            let isFull = index - start >= settings.batch || bytes + size > settings.batchBytes
            if index > start, isFull {
                batches.append(start..<index)
                start = index
                bytes = 0
            }
            bytes += size
        }
        if start < texts.count { batches.append(start..<texts.count) }
        return batches
    }

    // MARK: - One batch

    private struct Asked: Sendable {
        var results: [Result<TextEmbedding, EmbeddingProblem>]
        /// Why the endpoint itself failed, whatever it is asked.
        var broken: EmbeddingProblem?
    }

    /// Asks for texts, in halves where they are turned down together.
    private func ask(_ texts: [String]) async -> Asked {
        let problem: EmbeddingProblem
        switch await send(texts) {
        case .vectors(let vectors): return Asked(results: vectors.map { .success($0) })
        case .broken(let why):
            return Asked(results: texts.map { _ in .failure(why) }, broken: why == Self.stopped ? nil : why)
        case .turnedDown(let why): problem = why
        }
        let mayHalve = seen.withLock { seen in
            if texts.count == 1, seen.width == nil { seen.refusedAlone += 1 }
            return seen.width != nil || seen.refusedAlone < Self.mostRefusedAlone
        }
        guard texts.count > 1, mayHalve else { return Asked(results: texts.map { _ in .failure(problem) }) }
        let middle = texts.count / 2
        let first = await ask(Array(texts[..<middle]))
        let second = await ask(Array(texts[middle...]))
        return Asked(results: first.results + second.results, broken: first.broken ?? second.broken)
    }

    private enum Sent {
        case vectors([TextEmbedding])
        /// For what it was asked.
        case turnedDown(EmbeddingProblem)
        case broken(EmbeddingProblem)
    }

    private func send(_ texts: [String]) async -> Sent {
        var body = JSONObject()
        body["model"] = .string(settings.model)
        body["input"] = .array(texts.map { .string($0) })
        body["encoding_format"] = "float"
        var writer = JSONWriter()
        writer.value(.object(body))
        let call = await caller.send(writer.bytes)
        switch call.outcome {
        case .answered(let bytes): return read(bytes, texts.count)
        case .refused(let refusal):
            let times = call.requests > 1 ? " (\(call.requests) attempts)" : ""
            let problem = EmbeddingProblem.failed(
                "the embeddings endpoint \(call.words.shown(settings.shownURL)) \(refusal.detail)\(times)")
            let isTurnedDown = refusal.status.map { [400, 413, 422].contains($0) } ?? false
            return isTurnedDown ? .turnedDown(problem) : .broken(problem)
        case .unset(let header):
            return .broken(
                .failed("embedding.headers.\(header): an environment variable is no longer set"))
        case .cancelled, .forbidden: return .broken(Self.stopped)
        }
    }

    private func read(_ bytes: [UInt8], _ count: Int) -> Sent {
        let answer: EndpointAnswer
        do throws(EndpointAnswer.Problem) { answer = try EndpointAnswer(bytes, count: count) } catch {
            let problem = EmbeddingProblem.failed(
                "the embeddings endpoint \(settings.shownURL) gave \(error.cause)")
            return error.isOfOneText ? .turnedDown(problem) : .broken(problem)
        }
        do throws(EmbeddingProblem) { return .vectors(try embeddings(answer)) } catch {
            return .broken(error)
        }
    }

    private func embeddings(_ answer: EndpointAnswer) throws(EmbeddingProblem) -> [TextEmbedding] {
        let width = answer.vectors.first?.count ?? 0
        let change = seen.withLock { seen -> String? in
            if let known = seen.width, known != width {
                return "vectors of \(width) numbers after vectors of \(known)"
            }
            if let known = seen.model, let named = answer.model, known != named {
                return "an answer of the model '\(EndpointWords("embedding").shown(named))' after answers of "
                    + "'\(EndpointWords("embedding").shown(known))'"
            }
            seen.width = width
            seen.model = seen.model ?? answer.model
            return nil
        }
        if let change {
            throw .failed(
                "the embeddings endpoint \(settings.shownURL) gave \(change): the model behind it changed; "
                    + "run again")
        }
        var embeddings: [TextEmbedding] = []
        for values in answer.vectors {
            embeddings.append(
                TextEmbedding(
                    vector: try EmbeddingVector(model: model, values: values), tokenCount: nil,
                    answeredBy: answer.model))
        }
        return embeddings
    }
}
