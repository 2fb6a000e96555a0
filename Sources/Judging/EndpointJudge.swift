import Domain
import Glibc
import HTTPClient
import Interchange
import Metrics
import Notation
import Synchronization

/// A judge behind an OpenAI-compatible endpoint: `POST …/chat/completions`, a question a request, a few at a time.
///
/// The verdict's form is asked for as `json_schema`; an endpoint that turns that down is asked for `json_object`, then
/// for plain text, and what it took is remembered. An answer from which no verdict can be read is asked for once more;
/// what is throttled or fails in passing is asked again after the time that the endpoint names. A streamed answer is
/// read where an endpoint streams unasked. Redirects are not followed: they might lead to a host that is not allowed.
public final class EndpointJudge: Judge {
    public let identity: JudgeIdentity
    private let settings: JudgeEndpoint
    private let client: HTTPClient
    private let environment: @Sendable (String) -> String?
    private let form = Mutex(ResponseForm.schema)

    /// How the form of the answer is asked for, the strictest first.
    enum ResponseForm: Int, Sendable {
        case schema, object, plain

        var weaker: ResponseForm? { ResponseForm(rawValue: rawValue + 1) }
    }

    /// - Parameters:
    ///   - environment: Where `${env:NAME}` of headers is looked up, when a request is sent.
    /// - Throws: `failed` where the address is none, the model has no name, or a variable is not set.
    public init(
        _ settings: JudgeEndpoint, client: HTTPClient = HTTPClient(),
        environment: @escaping @Sendable (String) -> String?
    ) throws(JudgeProblem) {
        func problem(_ words: String) -> JudgeProblem { .failed(Failure(cause: .notAsked, detail: words)) }
        guard settings.address.hasPrefix("http://") || settings.address.hasPrefix("https://") else {
            throw problem("judge.openai: the address is no http or https address; write https://host/v1")
        }
        guard !settings.model.isEmpty else {
            throw problem("judge.model: the model has no name; name it as the endpoint does")
        }
        for header in settings.headers {
            for name in header.value.variables where environment(name) == nil {
                throw problem(
                    "judge.headers.\(header.name): the environment variable \(name) is not set; export \(name)=…"
                )
            }
        }
        self.settings = settings
        self.client = client
        self.environment = environment
        identity = JudgeIdentity(
            kind: "openai", model: settings.model,
            families: settings.family.map { [JudgeFamily($0)] },
            address: ShownAddress.identity(settings.address), settings: settings.parameters)
    }

    public func judge(_ questions: [JudgeQuestion]) async -> [JudgeOutcome] {
        await withTaskGroup(of: (Int, JudgeOutcome).self) { group in
            var next = 0
            func add() {
                guard next < questions.count else { return }
                let number = next
                next += 1
                let question = questions[number]
                group.addTask { (number, await self.outcome(of: question)) }
            }
            for _ in 0..<settings.concurrency { add() }
            var outcomes = [JudgeOutcome](repeating: .failure(.cancelled), count: questions.count)
            while let (number, outcome) = await group.next() {
                outcomes[number] = outcome
                add()
            }
            return outcomes
        }
    }

    public func close() async {}

    // MARK: - One question

    /// What all attempts at one question cost together.
    private struct Spent {
        var usage: Usage?
        var attempts = 0

        mutating func add(_ one: Usage?) {
            guard let one else { return }
            var sum = usage ?? Usage()
            sum.inputTokens = Self.sum(sum.inputTokens, one.inputTokens)
            sum.cachedInputTokens = Self.sum(sum.cachedInputTokens, one.cachedInputTokens)
            sum.outputTokens = Self.sum(sum.outputTokens, one.outputTokens)
            if let cost = one.cost { sum.cost = (sum.cost ?? 0) + cost }
            usage = sum
        }

        private static func sum(_ one: Int?, _ other: Int?) -> Int? {
            guard one != nil || other != nil else { return nil }
            return (one ?? 0) + (other ?? 0)
        }
    }

    private func outcome(of question: JudgeQuestion) async -> JudgeOutcome {
        var spent = Spent()
        var failures = 0
        var unreadable = 0
        while true {
            if Task.isCancelled { return .failure(.cancelled) }
            let form = form.withLock { $0 }
            let request: HTTPClientRequest
            let words: EndpointWords
            switch makeRequest(question, form) {
            case .success(let made): (request, words) = made
            case .failure(let problem): return .failure(problem)
            }
            spent.attempts += 1
            let started = Self.monotonic()
            switch await answer(to: request) {
            case .success(let response) where response.status == 200:
                let milliseconds = (Self.monotonic() - started) * 1000
                let read = ChatReply(response.body, words: words)
                spent.add(read.usage)
                switch read.verdict(for: question) {
                case .success(let verdict):
                    return .success(
                        JudgeReply(
                            verdict: verdict, reason: verdict["reason"]?.stringValue, usage: spent.usage,
                            attempts: spent.attempts, model: read.model, milliseconds: milliseconds))
                case .failure(.unparsable(let cause)):
                    unreadable += 1
                    // Once more: models differ from themselves. Then it is what it is.
                    if unreadable > settings.rereads { return .failure(.unparsable(cause)) }
                case .failure(let problem): return .failure(problem)
                }
            case .success(let response):
                if [400, 404, 415, 422, 501].contains(response.status), form != .plain,
                    EndpointWords.speaksOfForm(response.body), let weaker = form.weaker
                {
                    self.form.withLock { if $0 == form { $0 = weaker } }
                    continue
                }
                let passes = [408, 425, 429].contains(response.status) || response.status >= 500
                let pacing = RateLimitHeaders.pacing(now: WallClock.secondsSince1970()) {
                    response.headers[$0]
                }
                failures += 1
                guard passes, failures <= settings.retries else {
                    return .failure(
                        failure(words.refusal(response.status, response.body), spent, words, response.status))
                }
                if await !pause(failures, pacing.retryAfterSeconds) { return .failure(.cancelled) }
            case .failure(.cancelled): return .failure(.cancelled)
            case .failure(let error):
                failures += 1
                guard error.mayPass, failures <= settings.retries else {
                    return .failure(
                        failure("could not be asked: \(words.shown("\(error)"))", spent, words, nil, error))
                }
                if await !pause(failures, nil) { return .failure(.cancelled) }
            }
        }
    }

    private func failure(
        _ detail: String, _ spent: Spent, _ words: EndpointWords, _ status: Int?,
        _ error: HTTPClientError? = nil
    ) -> JudgeProblem {
        let times = spent.attempts > 1 ? " (\(spent.attempts) attempts)" : ""
        let cause: Failure.Cause
        switch (status, error) {
        case (429?, _): cause = .throttled
        case (_?, _): cause = .status
        case (nil, .timedOut?): cause = .timeout
        case (nil, .closedEarly?): cause = .closedEarly
        case (nil, .tooLarge?): cause = .tooLarge
        default: cause = .unreachable
        }
        return .failed(
            Failure(
                cause: cause, detail: "\(words.shown(settings.shownURL)) \(detail)\(times)", status: status))
    }

    /// Twice as long each time; never longer than a minute, whatever the endpoint names. False where it was stopped.
    private func pause(_ failures: Int, _ named: Double?) async -> Bool {
        let seconds = named ?? settings.firstPauseSeconds * Double(1 << min(10, failures - 1))
        do {
            try await Task.sleep(for: .seconds(min(60, max(0, seconds))))
            return true
        } catch { return false }
    }

    private func makeRequest(
        _ question: JudgeQuestion, _ form: ResponseForm
    ) -> Result<(HTTPClientRequest, EndpointWords), JudgeProblem> {
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
                let detail = "judge.headers.\(header.name): an environment variable is no longer set"
                return .failure(.failed(Failure(cause: .notAsked, detail: detail)))
            }
            fields.append(header.name, value)
        }
        let body = ChatRequest(model: settings.model, parameters: settings.parameters, form: form).bytes(
            question)
        let request = HTTPClientRequest(
            method: "POST", url: settings.url, headers: fields, body: body,
            timeouts: HTTPClientRequest.Timeouts(total: .seconds(settings.timeoutSeconds)),
            maxResponseBytes: 8 << 20)
        return .success((request, EndpointWords.judge(secrets: secrets)))
    }

    private func answer(
        to request: HTTPClientRequest
    ) async -> Result<HTTPClientResponse, HTTPClientError> {
        do throws(HTTPClientError) { return .success(try await client.send(request)) } catch {
            return .failure(error)
        }
    }

    private static func monotonic() -> Double {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
    }
}
