import Domain
import Endpoints
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
    private let caller: EndpointCaller
    private let form = Mutex(ResponseForm.schema)

    /// How the form of the answer is asked for, the strictest first.
    enum ResponseForm: Int, Sendable {
        case schema, object, plain

        var weaker: ResponseForm? { ResponseForm(rawValue: rawValue + 1) }
    }

    /// - Parameters:
    ///   - environment: Where `${env:NAME}` of headers is looked up, when a request is sent.
    ///   - notice: Told in a line what the endpoint makes us wait for, and how long.
    /// - Throws: `failed` where the address is none, the model has no name, or a variable is not set.
    public init(
        _ settings: JudgeEndpoint, client: HTTPClient = HTTPClient(),
        environment: @escaping @Sendable (String) -> String?,
        notice: @escaping @Sendable (String) -> Void = { _ in }
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
        let calls = EndpointCaller.Settings(
            key: "judge", url: settings.url, shownURL: settings.shownURL, headers: settings.headers,
            timeoutSeconds: settings.timeoutSeconds, retries: settings.retries,
            firstPauseSeconds: settings.firstPauseSeconds, mostPauseSeconds: settings.mostPauseSeconds,
            mostBytes: 8 << 20)
        caller = EndpointCaller(calls, client: client, environment: environment, notice: notice)
        identity = JudgeIdentity(
            kind: "openai", model: settings.model,
            families: settings.family.map { [JudgeFamily($0)] },
            address: ShownAddress.identity(settings.address), settings: settings.parameters)
    }

    public func judge(_ questions: [JudgeQuestion]) async -> [JudgeOutcome] { await gathered(questions) }

    public func judge(
        _ questions: [JudgeQuestion], purse: any JudgePurse,
        each: @escaping @Sendable (Int, JudgeOutcome) -> Void
    ) async {
        await withTaskGroup(of: Void.self) { group in
            var next = 0
            func add() {
                guard next < questions.count else { return }
                let number = next
                next += 1
                let question = questions[number]
                group.addTask { each(number, await self.outcome(of: question, purse)) }
            }
            for _ in 0..<settings.concurrency { add() }
            while await group.next() != nil { add() }
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

    private func outcome(of question: JudgeQuestion, _ purse: any JudgePurse) async -> JudgeOutcome {
        var spent = Spent()
        var unreadable: JudgeProblem?
        var rereads = 0
        while true {
            let form = form.withLock { $0 }
            let body = ChatRequest(model: settings.model, parameters: settings.parameters, form: form).bytes(
                question)
            let started = Self.monotonic()
            let call = await caller.send(body, leave: { purse.refusal() }) { lost in
                // Some are charged for what they then refuse.
                purse.settle(lost.flatMap(ChatReply.usage), isAnswered: false)
            }
            spent.attempts += call.requests
            switch call.outcome {
            case .answered(let bytes):
                let milliseconds = (Self.monotonic() - started) * 1000
                let read = ChatReply(bytes, words: call.words)
                purse.settle(read.usage, isAnswered: true)
                spent.add(read.usage)
                switch read.verdict(for: question) {
                case .success(let verdict):
                    return .success(
                        JudgeReply(
                            verdict: verdict, reason: verdict["reason"]?.stringValue, usage: spent.usage,
                            attempts: spent.attempts, model: read.model, milliseconds: milliseconds))
                case .failure(let problem):
                    guard case .unparsable = problem, rereads < settings.rereads else {
                        return .failure(problem)
                    }
                    // Once more: models differ from themselves. Then it is what it is.
                    rereads += 1
                    unreadable = problem
                }
            case .refused(let refusal):
                if let status = refusal.status, [400, 404, 415, 422, 501].contains(status), form != .plain,
                    Self.speaksOfForm(refusal.body), let weaker = form.weaker
                {
                    self.form.withLock { if $0 == form { $0 = weaker } }
                    continue
                }
                return .failure(failure(refusal, spent, call.words))
            case .forbidden(let why): return .failure(unreadable ?? .overBudget(why))
            case .unset(let header):
                let detail = "judge.headers.\(header): an environment variable is no longer set"
                return .failure(.failed(Failure(cause: .notAsked, detail: detail)))
            case .cancelled: return .failure(.cancelled)
            }
        }
    }

    private func failure(
        _ refusal: EndpointCaller.Refusal, _ spent: Spent, _ words: EndpointWords
    ) -> JudgeProblem {
        let times = spent.attempts > 1 ? " (\(spent.attempts) attempts)" : ""
        let cause: Failure.Cause
        switch (refusal.status, refusal.error) {
        case (429?, _): cause = .throttled
        case (_?, _): cause = .status
        case (nil, .timedOut?): cause = .timeout
        case (nil, .closedEarly?): cause = .closedEarly
        case (nil, .tooLarge?): cause = .tooLarge
        default: cause = .unreachable
        }
        return .failed(
            Failure(
                cause: cause, detail: "\(words.shown(settings.shownURL)) \(refusal.detail)\(times)",
                status: refusal.status))
    }

    /// Whether an endpoint that turned a request down speaks of the form it was asked for.
    private static func speaksOfForm(_ body: [UInt8]) -> Bool {
        let text = String(decoding: body.prefix(4096), as: UTF8.self).lowercased()
        return [
            "response_format", "json_schema", "json_object", "json schema", "structured output", "guided",
            "grammar",
        ]
        .contains { text.contains($0) }
    }

    private static func monotonic() -> Double {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
    }
}
