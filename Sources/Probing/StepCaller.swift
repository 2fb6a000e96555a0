import Deployment
import Digest
import Domain
import Interchange
import Notation

/// Fills a step's request in, sends it, and says what may be shown of it.
struct StepCaller: Sendable {
    let caller: any WebCaller
    let clock: ProbeClock
    let limits: JourneyRunner.Limits
    let run: String

    enum Outcome: Sendable {
        case answered(AnswerView)
        case failed(Failure, mayHaveActed: Bool)
        /// It could not be formed.
        case unfilled(StepScope.Gap)
    }

    /// - Parameters:
    ///   - key: What makes it another request than the run's others; attempts at the same one share it.
    ///   - limit: Seconds that it may take at most, whatever the request says.
    func send(
        _ request: StepRequest, _ scope: inout StepScope, key: String, limit: Double?
    ) async -> Outcome {
        let sent: WebRequest
        do throws(StepScope.Gap) { sent = try filled(request, &scope, key, limit) } catch {
            return .unfilled(error)
        }
        switch await caller.call(sent) {
        case .answered(let answer): return .answered(AnswerView(answer))
        case .failed(let failure, let mayHaveActed): return .failed(failure, mayHaveActed: mayHaveActed)
        }
    }

    /// What may be shown of a request and its answer, by what is known to be secret when it is called: after an
    /// answer's own secrets were captured.
    func evidence(_ request: StepRequest, _ outcome: Outcome, _ scope: StepScope) -> CallEvidence? {
        let redaction = scope.redaction
        var answer: WebAnswer?
        var failure: Failure?
        switch outcome {
        case .unfilled: return nil
        case .answered(let view): answer = view.answer
        case .failed(let found, _): failure = found
        }
        return CallEvidence(
            method: request.method, url: scope.shown(request.url),
            requestBody: shown(request.body, scope).map { redaction.excerpt($0, to: CallEvidence.length) },
            status: answer?.status,
            answer: answer.map { redaction.excerpt($0.body, to: CallEvidence.length) },
            failure: failure.map { redaction.of($0.detail) }, milliseconds: answer?.latencyMilliseconds)
    }

    private func filled(
        _ request: StepRequest, _ scope: inout StepScope, _ key: String, _ limit: Double?
    ) throws(StepScope.Gap) -> WebRequest {
        let url = try scope.text(request.url, for: .url)
        var headers: [WebField] = []
        var given: Set<String> = []
        for field in request.headers {
            headers.append(WebField(field.name, try scope.text(field.value, for: .header)))
            given.insert(field.name.lowercased())
        }
        func add(_ name: String, _ value: String) {
            if given.insert(name.lowercased()).inserted { headers.append(WebField(name, value)) }
        }
        var body: [UInt8]?
        switch request.body {
        case nil: break
        case .json(let value):
            body = try scope.json(value).bytes()
            add("Content-Type", "application/json")
        case .form(let fields):
            var pairs: [String] = []
            for field in fields {
                let value = TemplateText.percentEncoded(try scope.text(field.value, for: .plain))
                pairs.append(TemplateText.percentEncoded(field.name) + "=" + value)
            }
            body = Array(pairs.joined(separator: "&").utf8)
            add("Content-Type", "application/x-www-form-urlencoded")
        case .text(let text):
            body = Array(try scope.text(text, for: .plain).utf8)
            add("Content-Type", "text/plain; charset=utf-8")
        }
        add("Accept", "application/json, */*;q=0.1")
        add("User-Agent", "sluice")
        add("X-Sluice-Replay", run)
        add("Idempotency-Key", "sluice-" + String(ContentDigest(of: run + "/" + key).hex.prefix(32)))
        let seconds = request.timeoutSeconds ?? limits.timeoutSeconds
        return WebRequest(
            method: request.method, url: url, headers: headers, body: body,
            timeoutSeconds: limit.map { min($0, seconds) } ?? seconds, answerBytes: limits.answerBytes)
    }

    private func shown(_ body: StepRequest.Body?, _ scope: StepScope) -> String? {
        switch body {
        case nil: nil
        case .json(let value): scope.shown(value).text()
        case .form(let fields):
            fields.map { $0.name + "=" + scope.shown($0.value) }.joined(separator: "&")
        case .text(let text): scope.shown(text)
        }
    }
}
