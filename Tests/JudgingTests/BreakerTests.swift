import Domain
import HTTPClient
import HTTPServer
import Notation
import Synchronization
import Targets
import Testing

@testable import Endpoints

/// An endpoint that answers nobody is left alone; one that fails now and then is not.
@Suite struct BreakerTests {
    private static func fail(
        _ breaker: EndpointBreaker, at now: Double, isTimeout: Bool = false, isTrial: Bool = false,
        took: Double = 0, named: Double? = nil
    ) -> EndpointBreaker.News? {
        breaker.failed(
            "answered with status 503", isTimeout: isTimeout, isTrial: isTrial, sent: now - took, now: now,
            named: named)
    }

    private static func isTrial(_ leave: EndpointBreaker.Leave) -> Bool? {
        if case .ask(let isTrial) = leave { return isTrial }
        return nil
    }

    private static func isDown(_ leave: EndpointBreaker.Leave) -> Bool {
        if case .down = leave { return true }
        return false
    }

    @Test func sevenInARowCloseNothingAndAnAnswerForgetsThem() {
        let breaker = EndpointBreaker(firstPause: 1)
        for round in 0..<5 {
            for _ in 0..<7 { #expect(Self.fail(breaker, at: Double(round)) == nil) }
            #expect(Self.isTrial(breaker.leave(at: Double(round))) == false)
            breaker.answered()
        }
    }

    /// Trials after 1, 2, 4, 8 and 16 seconds, one at a time; then it is down for a minute, and for two.
    @Test func anOpenOneIsTriedByOneAtATimeUntilItIsDown() {
        let breaker = EndpointBreaker(firstPause: 1)
        for number in 0..<8 {
            let news = Self.fail(breaker, at: 0)
            if case .opened(8, 31)? = news { #expect(number == 7) } else { #expect(number < 7) }
        }
        var now = 0.0
        for pause in [1.0, 2, 4, 8, 16] {
            #expect(Self.isTrial(breaker.leave(at: now + pause - 0.1)) == nil)
            now += pause
            #expect(Self.isTrial(breaker.leave(at: now)) == true)
            #expect(Self.isTrial(breaker.leave(at: now)) == nil, "one at a time")
            let news = Self.fail(breaker, at: now, isTrial: true)
            if case .down(13, 60)? = news { #expect(pause == 16) } else { #expect(pause < 16) }
        }
        #expect(Self.isDown(breaker.leave(at: now + 59)))
        #expect(Self.isTrial(breaker.leave(at: now + 60)) == true)
        #expect(Self.isDown(breaker.leave(at: now + 60)), "the others do not wait")
        #expect(Self.fail(breaker, at: now + 61, isTrial: true) == nil)
        #expect(Self.isDown(breaker.leave(at: now + 180)))
        #expect(Self.isTrial(breaker.leave(at: now + 181)) == true)
        breaker.answered()
        #expect(Self.isTrial(breaker.leave(at: now + 181)) == false)
    }

    /// Four whose whole time went by have been patience enough.
    @Test func oneThatHangsIsDownAfterFour() {
        let breaker = EndpointBreaker(firstPause: 0.5)
        for number in 0..<4 {
            let news = Self.fail(breaker, at: 60, isTimeout: true, took: 60)
            if case .down? = news { #expect(number == 3) } else { #expect(number < 3) }
        }
    }

    /// One that names a pause is waited for thrice as long.
    @Test func aNamedPauseLengthensThePatience() {
        let breaker = EndpointBreaker(firstPause: 0.5)
        for number in 0..<7 { _ = Self.fail(breaker, at: Double(number) * 5, named: 20) }
        if case .opened(8, 60)? = Self.fail(breaker, at: 35, named: 20) { return }
        Issue.record("it was given up")
    }

    // MARK: - Over a socket

    private final class Turns: Sendable {
        let count = Mutex(0)
        func next() -> Int {
            count.withLock { count in
                count += 1
                return count - 1
            }
        }
    }

    /// Sends `count` requests, four at a time, to an endpoint that answers its `turn`th request with a status.
    private func send(
        _ count: Int, retries: Int = 3, _ status: @escaping @Sendable (_ turn: Int) -> Int
    ) async throws -> (answered: Int, refusals: [String], requests: Int, notices: [String]) {
        let turns = Turns()
        let notices = Mutex<[String]>([])
        let server = try HTTPServer { _, response in
            try await response.send(status(turns.next()), text: "{}")
        }
        let port = try server.start()
        let caller = EndpointCaller(
            .init(
                key: "judge", url: "http://127.0.0.1:\(port)/v1", shownURL: "the endpoint", headers: [],
                timeoutSeconds: 5, retries: retries, firstPauseSeconds: 0.01, mostBytes: 1000),
            client: HTTPClient(), environment: { _ in nil },
            notice: { line in notices.withLock { $0.append(line) } })
        let outcomes = await withTaskGroup(of: EndpointCaller.Outcome.self) { group in
            var all: [EndpointCaller.Outcome] = []
            var sent = 0
            func add() {
                guard sent < count else { return }
                sent += 1
                group.addTask { await caller.send([]).outcome }
            }
            for _ in 0..<4 { add() }
            while let outcome = await group.next() {
                all.append(outcome)
                add()
            }
            return all
        }
        await server.stop(within: .milliseconds(20))
        var answered = 0
        var refusals: [String] = []
        for outcome in outcomes {
            if case .answered = outcome { answered += 1 }
            if case .refused(let refusal) = outcome { refusals.append(refusal.detail) }
        }
        return (answered, refusals, turns.count.withLock { $0 }, notices.withLock { $0 })
    }

    @Test func aThousandQuestionsOfOneThatIsDownAreASecondAndAFewRequests() async throws {
        let began = ContinuousClock.now
        let (answered, refusals, requests, notices) = try await send(1000) { _ in 503 }
        #expect(answered == 0 && refusals.count == 1000)
        #expect(requests < 40, "\(requests) requests")
        #expect(ContinuousClock.now - began < .seconds(10))
        let unsent = refusals.filter { $0.hasPrefix("was not asked, since it is down") }
        #expect(unsent.count > 980 && unsent.allSatisfy { $0.hasSuffix("answered with status 503") })
        #expect(
            notices.contains { $0.contains("the endpoint is down") && $0.contains("in a row") }, "\(notices)")
    }

    /// Every second request comes to nothing: each question is answered as if there were no breaker.
    @Test func oneThatFlapsIsServed() async throws {
        let (answered, refusals, _, _) = try await send(150, retries: 10) { $0 % 2 == 0 ? 200 : 502 }
        #expect(answered == 150, "\(refusals)")
    }

    /// Away for ten requests in a row and back: none is lost that had a try left.
    @Test func oneThatComesBackIsServed() async throws {
        let (answered, refusals, requests, _) = try await send(200, retries: 8) {
            (40..<50).contains($0) ? 500 : 200
        }
        #expect(answered == 200, "\(refusals) \(requests)")
    }

    /// What is turned down for what it holds says nothing against the endpoint.
    @Test func refusalsOfWhatIsAskedAreAnswers() async throws {
        let (_, refusals, requests, _) = try await send(60) { _ in 422 }
        #expect(requests == 60 && refusals.allSatisfy { $0.contains("422") })
    }

    /// A metric behind an address says whose address it was that failed, and is left alone too.
    @Test func aMetricsEndpointIsNamedAndLeftAlone() async throws {
        let turns = Turns()
        let server = try HTTPServer { _, response in
            if turns.next() > 0 { return try await response.send(500, text: "{\"error\": \"no model\"}") }
            try await Task.sleep(for: .seconds(2))
            try await response.send(200, text: "{}")
        }
        let port = try server.start()
        let metric = CustomMetric(
            name: "tone", source: .endpoint("http://127.0.0.1:\(port)/score?key=abc"), unit: "ratio",
            lowest: 0,
            highest: 1, better: "higher", isPassFail: false, timeoutSeconds: 0.2, concurrency: 2)
        let scorer = try EndpointScorer(
            metric, url: "http://127.0.0.1:\(port)/score?key=abc", digest: "d", environment: { _ in nil },
            firstPauseSeconds: 0.01)
        var whys: [String] = []
        for score in await scorer.scores(of: (0..<300).map { "{\"a\":\($0)}" }) {
            if case .failed(let why) = score { whys.append(why) }
        }
        await server.stop(within: .milliseconds(20))
        #expect(whys.count == 300)
        #expect(
            whys.allSatisfy { $0.hasPrefix("the endpoint of custom.tone http://127.0.0.1:\(port)/score ") })
        #expect(whys.allSatisfy { !$0.contains("abc") && !$0.contains("the app") })
        #expect(whys.contains { $0.contains("no model") } && turns.count.withLock { $0 } < 40)
    }
}
