import Domain
import Glibc
import HTTPClient
import Interchange
import Text

/// An endpoint of a model, asked by POST with patience: what is throttled or fails in passing is asked again, after the
/// time that the endpoint names, else after pauses that double.
///
/// One that throttles (429 or 503 with a pause named) is waited for by time and not by attempts: up to
/// `mostPauseSeconds` in all for a request. A pause that the endpoint names holds for all who ask it. One that is longer than `mostPauseSeconds` is not waited
/// for: the request fails, and so do others until it is over, without being sent. An endpoint that answers nobody is left
/// alone: see `EndpointBreaker`. Redirects are not followed: they might lead to a host that is not allowed.
public struct EndpointCaller: Sendable {
    public struct Settings: Sendable {
        /// The policy's key that names the endpoint: `judge`.
        public let key: String
        public let url: String
        /// Without user, password and query.
        public let shownURL: String
        public let headers: [TargetPolicy.Header]
        public let timeoutSeconds: Double
        /// How often a request is sent again.
        public let retries: Int
        /// Seconds before the first retry, where the endpoint names none.
        public let firstPauseSeconds: Double
        /// The longest pause that is waited for.
        public let mostPauseSeconds: Double
        public let mostBytes: Int
        /// Whether any status of 200 to 299 is an answer, and not 200 alone.
        public let takesAnySuccess: Bool

        public init(
            key: String, url: String, shownURL: String, headers: [TargetPolicy.Header],
            timeoutSeconds: Double, retries: Int, firstPauseSeconds: Double, mostPauseSeconds: Double? = nil,
            mostBytes: Int, takesAnySuccess: Bool = false
        ) {
            self.key = key
            self.url = url
            self.shownURL = shownURL
            self.headers = headers
            self.timeoutSeconds = timeoutSeconds
            self.retries = retries
            self.firstPauseSeconds = firstPauseSeconds
            self.mostPauseSeconds = mostPauseSeconds ?? max(60, timeoutSeconds)
            self.mostBytes = mostBytes
            self.takesAnySuccess = takesAnySuccess
        }
    }

    /// Why no answer came.
    public struct Refusal: Sendable {
        /// `answered with status 429 ('slow down')`.
        public let detail: String
        /// Of the last response, where there was one.
        public let status: Int?
        public let body: [UInt8]
        public let error: HTTPClientError?
    }

    public enum Outcome: Sendable {
        /// The body of an answer with status 200.
        case answered([UInt8])
        case refused(Refusal)
        /// There was no leave for the first request, and why.
        case forbidden(String)
        /// A variable of the headers is no longer set: the header's name.
        case unset(String)
        case cancelled
    }

    public struct Call: Sendable {
        public let outcome: Outcome
        /// Requests that went out.
        public let requests: Int
        public let words: EndpointWords
    }

    private let settings: Settings
    private let client: HTTPClient
    private let environment: @Sendable (String) -> String?
    private let notice: @Sendable (String) -> Void
    private let pause = EndpointPause()
    private let breaker: EndpointBreaker

    /// - Parameters:
    ///   - environment: Where `${env:NAME}` of headers is looked up, when a request is sent.
    ///   - notice: Told in a line what is waited for and how long.
    public init(
        _ settings: Settings, client: HTTPClient, environment: @escaping @Sendable (String) -> String?,
        notice: @escaping @Sendable (String) -> Void
    ) {
        self.settings = settings
        self.client = client
        self.environment = environment
        self.notice = notice
        breaker = EndpointBreaker(firstPause: settings.firstPauseSeconds)
    }

    /// A pause shorter than this is not worth a line.
    private static let quietSeconds = 2.0

    /// - Parameters:
    ///   - leave: Asked before each request; why it may not be sent, or nil.
    ///   - lost: Told of each request without an answer of status 200: the body that came instead, if any.
    public func send(
        _ body: [UInt8], leave: @Sendable () -> String? = { nil },
        lost: @Sendable ([UInt8]?) -> Void = { _ in }
    ) async -> Call {
        let request: HTTPClientRequest
        let words: EndpointWords
        switch made(body) {
        case .success(let ready): (request, words) = (ready.request, ready.words)
        case .failure(let unset):
            return Call(outcome: .unset(unset.header), requests: 0, words: EndpointWords(settings.key))
        }
        var requests = 0
        var last: Refusal?
        // Since the endpoint first named a pause for this request, and how often it did: that is no failing.
        var throttledSince: Double?
        var throttled = 0
        func ended(_ outcome: Outcome) -> Call { Call(outcome: outcome, requests: requests, words: words) }
        while true {
            if Task.isCancelled { return ended(.cancelled) }
            if let left = pause.left(at: Self.now()) {
                guard left <= settings.mostPauseSeconds else {
                    return ended(.refused(last ?? Self.refusal("was not asked: it wants " + tooLong(left))))
                }
                guard await Self.sleep(left) else { return ended(.cancelled) }
                continue
            }
            if let why = pause.rejection(at: Self.now()) {
                let detail = "was not asked, since it turned the key down: it " + why
                return ended(.refused(last ?? Self.refusal(detail, status: 401)))
            }
            let isTrial: Bool
            switch breaker.leave(at: Self.now()) {
            case .ask(let trial): isTrial = trial
            case .wait(let seconds):
                guard await Self.sleep(seconds) else { return ended(.cancelled) }
                continue
            case .down(let why):
                return ended(.refused(last ?? Refusal(detail: why, status: nil, body: [], error: nil)))
            }
            if let why = leave() {
                breaker.calledOff(isTrial: isTrial)
                return ended(last.map { .refused($0) } ?? .forbidden(why))
            }
            requests += 1
            let sent = Self.now()
            let failure: (refusal: Refusal, mayPass: Bool, named: Double?)
            switch await answer(to: request) {
            case .success(let response) where isAnswer(response.status):
                breaker.answered()
                pause.answered()
                return ended(.answered(response.body))
            case .success(let response):
                lost(response.body)
                failure = Self.failure(response, words)
            case .failure(.cancelled):
                lost(nil)
                breaker.calledOff(isTrial: isTrial)
                return ended(.cancelled)
            case .failure(let error):
                lost(nil)
                let detail = "could not be asked: \(words.shown("\(error)"))"
                failure = (Refusal(detail: detail, status: nil, body: [], error: error), error.mayPass, nil)
            }
            last = failure.refusal
            if let status = failure.refusal.status, [401, 403].contains(status) {
                pause.rejected(
                    failure.refusal.detail, until: Self.now() + 60 * settings.firstPauseSeconds)
            }
            // One that says when to come back is there.
            let patience = failure.named.map { $0 > 0 ? max($0, settings.mostPauseSeconds / 3) : $0 }
            note(failure.refusal, isTrial: isTrial, sent: sent, named: patience)
            guard failure.mayPass else { return ended(.refused(failure.refusal)) }
            if let named = failure.named {
                if pause.begin(seconds: named, at: Self.now()) { tell(named, failure.refusal) }
                guard named <= settings.mostPauseSeconds else {
                    let detail = failure.refusal.detail + " and wants " + tooLong(named)
                    return ended(.refused(Self.refusal(detail, failure.refusal)))
                }
            }
            if let named = failure.named, [429, 503].contains(failure.refusal.status) {
                throttled += 1
                // One that names no time at all is not asked without end.
                let began = throttledSince ?? Self.now()
                throttledSince = began
                let whole = pause.throttled(seconds: named, at: Self.now(), quiet: Self.quietSeconds)
                // A minute for a request, and no minute for each where it answers nobody.
                let isPatient =
                    named > 0 && Self.now() + named - min(began, whole.since) <= settings.mostPauseSeconds
                if isPatient, whole.isNews, named <= Self.quietSeconds {
                    notice(
                        "\(settings.key): \(settings.shownURL) \(failure.refusal.detail), again and again; it is waited "
                            + "for up to \(Self.shown(settings.mostPauseSeconds))")
                }
                if isPatient { continue }
                throttled -= 1
            }
            guard requests - throttled <= settings.retries, throttled == 0 || failure.named == nil else {
                return ended(.refused(failure.refusal))
            }
            if failure.named == nil {
                let doubled =
                    settings.firstPauseSeconds * Double(1 << min(10, max(0, requests - throttled - 1)))
                guard await Self.sleep(min(doubled, settings.mostPauseSeconds)) else {
                    return ended(.cancelled)
                }
            }
        }
    }

    private func isAnswer(_ status: Int) -> Bool {
        settings.takesAnySuccess ? (200..<300).contains(status) : status == 200
    }

    /// A refusal of what was asked, or for what it was asked, is an answer; one of a key that is not valid is none.
    private func note(_ refusal: Refusal, isTrial: Bool, sent: Double, named: Double?) {
        switch (refusal.status, refusal.error) {
        case (let status?, _) where status < 500 && status != 401: return breaker.answered()
        case (_, .tooLarge?), (_, .invalidRequest?): return breaker.answered()
        default: break
        }
        var isTimeout = false
        if case .timedOut? = refusal.error { isTimeout = true }
        let news = breaker.failed(
            refusal.detail, isTimeout: isTimeout, isTrial: isTrial, sent: sent, now: Self.now(), named: named)
        let who = "\(settings.key): \(settings.shownURL)"
        switch news {
        case .opened(let row, let waiting)?:
            guard waiting > Self.quietSeconds else { return }
            notice(
                "\(who) \(refusal.detail), as did \(row - 1) requests before; it is tried for up to "
                    + Self.shown(waiting))
        case .down(let row, let rest)?:
            notice(
                "\(who) is down (\(row) requests in a row came to nothing, the last one \(refusal.detail)): "
                    + "nothing more is asked of it for \(Self.shown(rest))")
        case nil: break
        }
    }

    private func tooLong(_ seconds: Double) -> String {
        "\(Self.shown(seconds)) of patience, and at most \(Self.shown(settings.mostPauseSeconds)) are waited"
    }

    private func tell(_ seconds: Double, _ refusal: Refusal) {
        guard seconds > Self.quietSeconds else { return }
        let who = "\(settings.key): \(settings.shownURL) \(refusal.detail)"
        if seconds <= settings.mostPauseSeconds {
            notice("\(who); it is asked again in \(Self.shown(seconds))")
        } else {
            notice("\(who) and wants \(tooLong(seconds)): it is not asked until then")
        }
    }

    private static func shown(_ seconds: Double) -> String {
        let tenths = Int((min(1e12, seconds) * 10).rounded(.up))
        return tenths % 10 == 0 || tenths > 100 ? "\((tenths + 9) / 10) s" : "\(tenths / 10).\(tenths % 10) s"
    }

    private static func refusal(_ detail: String, _ from: Refusal? = nil, status: Int = 429) -> Refusal {
        Refusal(detail: detail, status: from?.status ?? status, body: from?.body ?? [], error: from?.error)
    }

    private static func failure(
        _ response: HTTPClientResponse, _ words: EndpointWords
    ) -> (Refusal, Bool, Double?) {
        let status = response.status
        let pacing = RateLimitHeaders.pacing(now: WallClock.secondsSince1970()) { response.headers[$0] }
        let refusal = Refusal(
            detail: words.refusal(status, response.body), status: status, body: response.body, error: nil)
        return (refusal, [408, 425, 429].contains(status) || status >= 500, pacing.retryAfterSeconds)
    }

    private struct Unset: Error { let header: String }

    private func made(
        _ body: [UInt8]
    ) -> Result<(request: HTTPClientRequest, words: EndpointWords), Unset> {
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
            guard let value else { return .failure(Unset(header: header.name)) }
            fields.append(header.name, value)
        }
        let request = HTTPClientRequest(
            method: "POST", url: settings.url, headers: fields, body: body,
            timeouts: HTTPClientRequest.Timeouts(total: .seconds(settings.timeoutSeconds)),
            maxResponseBytes: settings.mostBytes)
        return .success((request, EndpointWords(settings.key, secrets: secrets)))
    }

    private func answer(
        to request: HTTPClientRequest
    ) async -> Result<HTTPClientResponse, HTTPClientError> {
        do throws(HTTPClientError) { return .success(try await client.send(request)) } catch {
            return .failure(error)
        }
    }

    private static func sleep(_ seconds: Double) async -> Bool {
        do {
            try await Task.sleep(for: .seconds(seconds))
            return true
        } catch { return false }
    }

    private static func now() -> Double {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
    }
}
