import Digest
import Domain
import Glibc
import HTTPClient
import Interchange
import Notation
import Synchronization

/// A model behind an OpenAI-compatible endpoint: `POST …/embeddings` with `model` and a list of texts.
///
/// Texts go in batches, a few at a time; what is throttled or fails in passing is asked again, after the time that the
/// endpoint names. An answer with too few or too many vectors, of another size than before, or of numbers that are none
/// is refused, and so is one that names another model than the answers before it: the endpoint changed what it runs.
public final class EndpointEmbedder: Embedder {
    public let model: EmbeddingModel
    private let settings: EndpointSettings
    private let client: HTTPClient
    private let environment: @Sendable (String) -> String?
    private let seen = Mutex(Seen())

    /// What earlier answers showed, which later ones must agree with.
    private struct Seen {
        var width: Int?
        var model: String?
    }

    /// - Parameters:
    ///   - environment: Where `${env:NAME}` of headers is looked up, when a request is sent.
    /// - Throws: `failed` where the address is none, the model has no name, or a variable is not set.
    public init(
        _ settings: EndpointSettings, client: HTTPClient = HTTPClient(),
        environment: @escaping @Sendable (String) -> String?
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
        self.client = client
        self.environment = environment
        let identity = "endpoint\n\(settings.url)\n\(settings.model)"
        model = EmbeddingModel(name: settings.model, digest: ContentDigest(of: identity).hex)
    }

    public var showsTokens: Bool { false }

    public func embed(
        _ texts: [String], _ detail: EmbeddingDetail
    ) async throws(EmbeddingProblem) -> [TextEmbedding] {
        if detail == .tokens { throw .noTokens(model) }
        let batches = batches(of: texts)
        let results = await withTaskGroup(of: (Int, Result<[TextEmbedding], EmbeddingProblem>).self) {
            group in
            var next = 0
            func add() {
                guard next < batches.count else { return }
                let number = next
                next += 1
                let part = Array(texts[batches[number]])
                group.addTask { (number, await self.result(of: part)) }
            }
            for _ in 0..<settings.concurrency { add() }
            var all: [Result<[TextEmbedding], EmbeddingProblem>?] = batches.map { _ in nil }
            while let (number, result) = await group.next() {
                all[number] = result
                if case .failure = result {
                    // One failure is the call's: the rest need not be asked.
                    group.cancelAll()
                    next = batches.count
                }
                add()
            }
            return all
        }
        // The first that failed of itself, not one that was cancelled for it.
        var failure: EmbeddingProblem?
        var embeddings: [TextEmbedding] = []
        for result in results {
            switch result {
            case .success(let part): embeddings += part
            case .failure(let problem):
                if failure == nil || failure == Self.stopped { failure = problem }
            case nil: failure = failure ?? Self.stopped
            }
        }
        if let failure { throw failure }
        return embeddings
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

    private func result(of texts: [String]) async -> Result<[TextEmbedding], EmbeddingProblem> {
        do throws(EmbeddingProblem) { return .success(try await ask(texts)) } catch { return .failure(error) }
    }

    // MARK: - One batch

    private func ask(_ texts: [String]) async throws(EmbeddingProblem) -> [TextEmbedding] {
        var body = JSONObject()
        body["model"] = .string(settings.model)
        body["input"] = .array(texts.map { .string($0) })
        body["encoding_format"] = "float"
        var writer = JSONWriter()
        writer.value(.object(body))
        var secrets: [String] = []
        var fields: HTTPClientHeaders = [
            "Content-Type": "application/json", "Accept": "application/json", "User-Agent": "sluice",
        ]
        for header in settings.headers {
            let value = header.value.filled { name in
                let value = environment(name)
                if let value { secrets.append(value) }
                return value
            }
            guard let value else {
                throw .failed("embedding.headers.\(header.name): an environment variable is no longer set")
            }
            fields.append(header.name, value)
        }
        let request = HTTPClientRequest(
            method: "POST", url: settings.url, headers: fields, body: writer.bytes,
            timeouts: HTTPClientRequest.Timeouts(total: .seconds(settings.timeoutSeconds)),
            maxResponseBytes: 256 << 20)
        let words = EndpointWords(secrets: secrets)
        var attempt = 0
        while true {
            let failure: (detail: String, isTransient: Bool, wait: Double?)
            switch await answer(to: request) {
            case .success(let response) where response.status == 200:
                return try read(response.body, texts.count)
            case .success(let response):
                let pacing = RateLimitHeaders.pacing(now: WallClock.secondsSince1970()) {
                    response.headers[$0]
                }
                let passes = [408, 425, 429].contains(response.status) || response.status >= 500
                let detail = words.refusal(response.status, response.body)
                failure = (detail, passes, pacing.retryAfterSeconds)
            case .failure(.cancelled): throw Self.stopped
            case .failure(let error):
                failure = ("could not be asked: \(words.shown("\(error)"))", error.mayPass, nil)
            }
            attempt += 1
            guard failure.isTransient, attempt <= settings.retries else {
                let times = attempt > 1 ? " (\(attempt) attempts)" : ""
                throw .failed(
                    "the embeddings endpoint \(words.shown(settings.shownURL)) \(failure.detail)\(times)")
            }
            // Twice as long each time; never longer than a minute, whatever the endpoint names.
            let pause = failure.wait ?? settings.firstPauseSeconds * Double(1 << (attempt - 1))
            do { try await Task.sleep(for: .seconds(min(60, pause))) } catch { throw Self.stopped }
        }
    }

    private func answer(
        to request: HTTPClientRequest
    ) async -> Result<HTTPClientResponse, HTTPClientError> {
        do throws(HTTPClientError) { return .success(try await client.send(request)) } catch {
            return .failure(error)
        }
    }

    private func read(_ bytes: [UInt8], _ count: Int) throws(EmbeddingProblem) -> [TextEmbedding] {
        let answer: EndpointAnswer
        do throws(EndpointAnswer.Problem) { answer = try EndpointAnswer(bytes, count: count) } catch {
            throw .failed("the embeddings endpoint \(settings.shownURL) gave \(error.cause)")
        }
        let width = answer.vectors.first?.count ?? 0
        let change = seen.withLock { seen -> String? in
            if let known = seen.width, known != width {
                return "vectors of \(width) numbers after vectors of \(known)"
            }
            if let known = seen.model, let named = answer.model, known != named {
                return "an answer of the model '\(EndpointWords().shown(named))' after answers of "
                    + "'\(EndpointWords().shown(known))'"
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
                TextEmbedding(vector: try EmbeddingVector(model: model, values: values), tokenCount: nil))
        }
        return embeddings
    }
}
