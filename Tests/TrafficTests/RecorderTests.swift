import Domain
import Foundation
import HTTPServer
import Notation
import Synchronization
import Testing
import Traffic

@Suite struct RecorderTests {
    @Test func anExchangeComesBackWithAllThatWasTold() throws {
        let recording = try Recording(rules: {
            $0.fields = [.init(name: "intent", pointer: try JSONPointer("/intent"))]
        })
        let headers: HTTPFields = [
            "X-Request-ID": "r-1", "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "Content-Type": "application/json", "Authorization": "Bearer abcdefghijklmnopqrstuvwxyz",
        ]
        let exchange = recording.begin(
            "/ask?mail=jane%40example.org", headers: headers, assigned: .candidate, key: 0xABCD,
            slices: [LiveField("locale", "de")])
        exchange.takeRequestBody(Array(#"{"question":"I am jane@"#.utf8))
        exchange.takeRequestBody(Array(#"example.org"}"#.utf8))
        let candidate = exchange.answer(of: .candidate)
        candidate.fail(LiveFailure(.refused, "connecting: the connection was refused"))
        let production = exchange.answer(of: .production)
        production.head(status: 200, fields: ["Content-Type": "application/json", "Set-Cookie": "s=1"])
        production.take(
            Array(
                #"{"intent":"refund","model":"m-1","text":"ok","usage":{"input_tokens":7,"output_tokens":9}}"#
                    .utf8))
        production.end()
        exchange.finish(served: .production, fellBack: true)

        let read = try recording.close()
        #expect(read.count == 1)
        let one = try #require(read.first)
        #expect(one.id == "r-1" && one.gateway == "gw-a" && one.number == 1)
        #expect(one.traceparent == "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
        #expect(one.assigned == .candidate && one.served == .production && one.fellBack)
        #expect(one.plan == 3 && one.stage == "canary" && one.key == 0xABCD)
        #expect(one.slices == [LiveField("locale", "de")])
        #expect(one.method == "POST" && one.path == "/ask" && one.query == "mail=<redacted>")
        #expect(one.header("authorization") == "<redacted>")
        #expect(one.body?.text == #"{"question":"I am <redacted mail>"}"#)
        #expect(one.body?.length == 36 && one.body?.isTruncated == false)
        #expect(one.candidate?.failure?.kind == .refused && one.candidate?.status == nil)
        #expect(one.production?.status == 200 && one.production?.header("set-cookie") == "<redacted>")
        #expect(one.production?.usage == Usage(inputTokens: 7, outputTokens: 9))
        #expect(one.production?.model == "m-1" && one.production?.field("intent") == "refund")
        #expect(one.production?.failure == nil && one.reason == .failure)
        #expect(one.production?.timings.lastByteMilliseconds != nil)
        #expect(recording.recorder.counts.spooled == 1 && recording.recorder.counts.lost == 0)
        let outcomes = recording.outcomes.withLock { $0 }
        #expect(outcomes.map(\.arm) == [.candidate, .production])
        #expect(outcomes.first?.events == [.error, .fallback])
    }

    @Test func copiesThatAnswerLateStillJoin() throws {
        let recording = try Recording()
        let exchange = recording.begin()
        let production = exchange.answer(of: .production)
        let candidate = exchange.answer(of: .candidate, isCopy: true)
        let control = exchange.answer(of: .control, isCopy: true)
        production.head(status: 200, fields: ["Content-Type": "text/plain"])
        production.take(Array("a".utf8))
        production.end()
        exchange.finish(served: .production)
        usleep(40_000)
        // What the client saw was counted without waiting.
        #expect(recording.outcomes.withLock { $0.map(\.arm) } == [.production])
        #expect(recording.recorder.counts.spooled == 0)
        control.fail(LiveFailure(.notSent, "the queue is full"))
        candidate.head(status: 200, fields: ["Content-Type": "text/plain"])
        candidate.take(Array("b".utf8))
        candidate.end()
        let one = try #require(try recording.close().first)
        #expect(one.production?.body?.text == "a" && one.candidate?.body?.text == "b")
        #expect(one.control?.failure?.kind == .notSent)
        // A copy that was never sent is no failure that keeps an exchange.
        #expect(one.reason == .share)
        // Nothing came of the copy that was not sent.
        #expect(recording.outcomes.withLock { $0.map(\.arm) } == [.production, .candidate])
        #expect(recording.outcomes.withLock { $0.map(\.isCopy) } == [false, true])
    }

    @Test func anAnswerThatIsLetGoIsCancelledAndAnExchangeIsCounted() throws {
        let recording = try Recording()
        do {
            let exchange = recording.begin()
            _ = exchange.answer(of: .production)
            exchange.finish(served: nil)
        }
        do { _ = recording.begin() }
        let read = try recording.close()
        #expect(read.map { $0.production?.failure?.kind } == [.cancelled])
        #expect(recording.recorder.counts.abandoned == 1)
    }

    @Test func theShareIsOfKeysAndFailuresAreAlwaysKept() throws {
        let recording = try Recording(rules: {
            $0.share = 1000
            $0.pathShares = [.init(prefix: "/health", share: 0), .init(prefix: "/all", share: 10_000)]
        })
        var state: UInt64 = 7
        for number in 0..<4000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let key = state ^ state >> 29
            recording.exchange(target: "/ask/\(number)", key: key)
            if number % 100 == 0 { recording.exchange(target: "/ask/failed", status: 500, key: key) }
            if number % 200 == 0 {
                recording.exchange(target: "/health", key: key)
                recording.exchange(target: "/all", key: key)
            }
        }
        let read = try recording.close()
        let sampled = read.filter { $0.path.hasPrefix("/ask/") && $0.path != "/ask/failed" }
        // 10 % of 4000 within four standard deviations (19 each).
        #expect((324...476).contains(sampled.count))
        #expect(read.count { $0.path == "/ask/failed" } == 40)
        #expect(read.count { $0.path == "/health" } == 0 && read.count { $0.path == "/all" } == 20)
        #expect(sampled.allSatisfy { ($0.key ?? 0).multipliedFullWidth(by: 10_000).high < 1000 })
        #expect(read.allSatisfy { $0.reason == ($0.path == "/ask/failed" ? .failure : .share) })
        #expect(recording.recorder.counts.notSampled == 4000 - sampled.count + 20)
    }

    @Test func bodiesEndAtTheirBoundAndNothingIsLeftOfWhatWasCutApart() throws {
        let recording = try Recording(rules: { $0.bodyBytes = 20_000 })
        let filler = String(repeating: "word ", count: 3900)
        recording.exchange(type: "text/plain", body: filler + "mail jane@example.org " + filler)
        // The bound of what is looked at falls into the address.
        let cut = String(repeating: "x", count: 20_256 - 9) + " jane@example.org and more"
        recording.exchange(type: "text/plain", body: cut)
        recording.exchange(type: "image/png", body: "png")
        recording.exchange(type: "text/plain", body: "")
        let read = try recording.close()
        let bodies = read.map { $0.production?.body }
        #expect(bodies[0]?.isTruncated == true)
        #expect((19_900...20_000).contains(bodies[0]?.bytes.count ?? 0))
        #expect(bodies[0]?.text?.contains("<redacted mail>") == true && bodies[0]?.omission == .bound)
        #expect(bodies[1]?.isTruncated == true && bodies[1]?.text?.contains("jane") == false)
        #expect(
            bodies[2]?.bytes.isEmpty == true && bodies[2]?.omission == .contentType && bodies[2]?.length == 3)
        #expect(bodies[3] == nil)
        // An empty answer is an event, and kept for it.
        #expect(read[3].reason == .event)
    }

    @Test func whatIsNoUTF8IsKeptAsItIsOrRedactedWithMarks() throws {
        let recording = try Recording()
        for body in [[0x61, 0xFF, 0x62], Array("jane@example.org ".utf8) + [0xFF]] as [[UInt8]] {
            let exchange = recording.begin()
            let answer = exchange.answer(of: .production)
            answer.head(status: 200, fields: ["Content-Type": "text/plain"])
            answer.take(body)
            answer.end()
            exchange.finish(served: .production)
        }
        let read = try recording.close()
        #expect(
            read.map { $0.production?.body?.bytes } == [
                [0x61, 0xFF, 0x62], Array("<redacted mail> \u{FFFD}".utf8),
            ])
    }

    @Test func aClientsRetryIsCountedOnce() throws {
        let recording = try Recording()
        for _ in 0..<3 { recording.exchange(id: "same", key: 1) }
        recording.exchange(id: "other", key: 1)
        for _ in 0..<5 { recording.exchange(key: 2) }
        let read = try recording.close()
        #expect(read.map(\.isRepeat) == [false, true, true] + [Bool](repeating: false, count: 6))
        let all = recording.seconds.withLock { $0 }.flatMap(\.counts)
        #expect(all.reduce(0) { $0 + $1.requests } == 7 && all.reduce(0) { $0 + $1.repeats } == 2)
        #expect(all.reduce(0) { $0 + $1.keys } == 2)
    }

    @Test func theFirstTokenIsTheFirstContentNotTheRole() throws {
        let recording = try Recording()
        let exchange = recording.begin()
        let answer = exchange.answer(of: .production)
        answer.head(status: 200, fields: ["Content-Type": "text/event-stream; charset=utf-8"])
        func event(_ json: String) { answer.take(Array("data: \(json)\n\n".utf8)) }
        event(#"{"choices":[{"index":0,"delta":{"role":"assistant","content":""}}],"model":"m"}"#)
        usleep(60_000)
        event(#"{"choices":[{"index":0,"delta":{"content":"jane@"}}]}"#)
        usleep(60_000)
        event(#"{"choices":[{"index":0,"delta":{"content":"example.org"}}]}"#)
        event(
            #"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":11}}"#
        )
        event("[DONE]")
        answer.end()
        exchange.finish(served: .production)
        let one = try #require(try recording.close().first?.production)
        #expect(one.isStream && one.failure == nil && one.model == "m")
        let first = try #require(one.timings.firstTokenMilliseconds)
        let last = try #require(one.timings.lastByteMilliseconds)
        #expect(first >= 60 && first < 110 && last >= 120)
        #expect(one.usage == Usage(inputTokens: 3, outputTokens: 11))
        #expect(try #require(one.tokensPerSecond) < 10 / 0.06)
        // Put together, since an address in pieces would not be found.
        #expect(one.body?.contentType == "application/json")
        #expect(
            one.body?.text?.contains("<redacted mail>") == true && one.body?.text?.contains("jane") == false)
    }

    @Test func aStreamLongerThanTheBoundStillSaysWhatItUsed() throws {
        let recording = try Recording(rules: { $0.bodyBytes = 2000 })
        let exchange = recording.begin()
        let answer = exchange.answer(of: .production)
        answer.head(status: 200, fields: ["Content-Type": "text/event-stream"])
        for _ in 0..<3000 {
            answer.take(
                Array("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"word \"}}]}\n\n".utf8))
        }
        answer.take(
            Array(
                "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":3000}}\n\ndata: [DONE]\n\n"
                    .utf8))
        answer.end()
        exchange.finish(served: .production)
        // JSON that is cut says it at its end as well.
        recording.exchange(
            body:
                #"{"text":"\#(String(repeating: "a", count: 30_000))","usage":{"input_tokens":1,"output_tokens":2}}"#
        )
        let read = try recording.close()
        #expect(read[0].production?.usage?.outputTokens == 3000 && read[0].production?.failure == nil)
        #expect(read[0].production?.body?.isTruncated == true)
        #expect((read[0].production?.body?.bytes.count ?? 9999) <= 2000)
        #expect(read[1].production?.usage == Usage(inputTokens: 1, outputTokens: 2))
    }

    private static let eventCases: [(Int, String, String, LiveEvents, LiveFailure.Kind?)] = [
        (200, "application/json", "<html>", .validation, nil),
        (200, "application/json", #"{"a":"#, .validation, nil),
        (200, "application/json", #"{"a":1}"#, [], nil),
        (422, "application/json", "{}", [.error, .validation], .validation),
        (429, "text/plain", "slow down", [.error, .throttled], .throttled),
        (404, "text/plain", "no", [], .clientStatus), (502, "text/plain", "bad", .error, .serverStatus),
        (200, "application/json", #"{"guard":"blocked"}"#, .guardrailBlock, nil),
        (
            200, "text/event-stream", "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"x\"}}]}\n\n",
            .error, .stream
        ),
        (200, "text/event-stream", "data: {\"error\":{\"message\":\"overloaded\"}}\n\n", .error, .stream),
        (200, "text/event-stream", "data: hello\n\n", [], nil),
    ]

    @Test(arguments: eventCases)
    func eventsAreTold(
        status: Int, type: String, body: String, events: LiveEvents, failure: LiveFailure.Kind?
    ) throws {
        let recording = try Recording(rules: { $0.guardrail = try JSONPointer("/guard") })
        recording.exchange(status: status, type: type, body: body)
        _ = try recording.close()
        let outcome = try #require(recording.outcomes.withLock { $0.first })
        #expect(outcome.events == events)
        #expect(outcome.failure?.kind == failure)
    }

    @Test func timesBeyondTheLimitsAreEvents() throws {
        let recording = try Recording(rules: {
            $0.slowMilliseconds = 30
            $0.slowFirstTokenMilliseconds = 30
        })
        recording.exchange()
        let exchange = recording.begin()
        let answer = exchange.answer(of: .production)
        usleep(50_000)
        answer.head(status: 200, fields: ["Content-Type": "text/plain"])
        answer.take(Array("late".utf8))
        answer.end()
        exchange.finish(served: .production)
        let failed = recording.begin()
        failed.answer(of: .production).fail(LiveFailure(.firstByteTimeout))
        failed.finish(served: nil)
        _ = try recording.close()
        #expect(
            recording.outcomes.withLock { $0.map(\.events) } == [
                [], [.slow, .slowFirstToken], [.error, .slow, .slowFirstToken],
            ])
    }

    /// By Python's gzip, zlib and the zstd command: {"answer":"jane@example.org"}
    @Test(arguments: [
        ("gzip", "H4sIAAAAAAACA6tWSswrLk8tUrJSykrMS3VIrUjMLchJ1csvSleqBQCf5gRGHQAAAA=="),
        ("deflate", "eJyrVkrMKy5PLVKyUspKzEt1SK1IzC3ISdXLL0pXqgUAnLMKiw=="),
        ("deflate", "q1ZKzCsuTy1SslLKSsxLdUitSMwtyEnVyy9KV6oFAA=="),
        ("zstd", "KLUv/QRY6QAAeyJhbnN3ZXIiOiJqYW5lQGV4YW1wbGUub3JnIn1abTWE"), ("br", "AAAA"),
        ("gzip, br", "AAAA"), ("gzip", "AAAA"),
    ])
    func compressedBodiesAreReadWhereTheyCanBe(coding: String, code: String) throws {
        let bytes = Array(try #require(Data(base64Encoded: code)))
        let recording = try Recording()
        let exchange = recording.begin()
        let answer = exchange.answer(of: .production)
        answer.head(status: 200, fields: ["Content-Type": "application/json", "Content-Encoding": coding])
        answer.take(bytes)
        answer.end()
        exchange.finish(served: .production)
        let body = try #require(try recording.close().first?.production?.body)
        #expect(body.length == bytes.count)
        if code == "AAAA" {
            #expect(body.bytes.isEmpty && body.encoding == coding && body.omission == .encoded)
            #expect(recording.recorder.counts.bodiesEncoded == 1)
        } else {
            #expect(body.text == #"{"answer":"<redacted mail>"}"# && body.encoding == nil)
        }
    }

    @Test func memoryIsBounded() throws {
        let recording = try Recording(settings: { $0.memoryBytes = 100_000 })
        var held: [(RecordedExchange, RecordedAnswer)] = []
        for _ in 0..<10 {
            let exchange = recording.begin()
            let answer = exchange.answer(of: .production)
            answer.head(status: 200, fields: ["Content-Type": "text/plain"])
            answer.take([UInt8](repeating: 0x61, count: 30_000))
            held.append((exchange, answer))
        }
        for (exchange, answer) in held {
            answer.end()
            exchange.finish(served: .production)
        }
        usleep(50_000)
        recording.exchange(type: "text/plain", body: "again")
        let read = try recording.close()
        #expect(read.count { $0.production?.body?.omission == .memory } == 7)
        #expect(read.count { $0.production?.body?.bytes.count == 30_000 } == 3)
        #expect(read.last?.production?.body?.text == "again")
        #expect(recording.recorder.counts.bodiesWithoutMemory == 7)
    }

    @Test func whatComesFasterThanItIsTakenIsLostAndCounted() throws {
        let recording = try Recording(settings: { $0.queuedExchanges = 50 })
        for _ in 0..<5000 { recording.exchange() }
        recording.recorder.close()
        let counts = recording.recorder.counts
        #expect(
            counts.lost > 0 && counts.lost + counts.exchanges == 5000 && counts.spooled == counts.exchanges)
        recording.exchange()
        #expect(recording.recorder.counts.lost == counts.lost + 1)
        #expect(recording.seconds.withLock { $0.reduce(0) { $0 + $1.lost } } == counts.lost)
    }

    @Test func feedbackIsJoinedWhereverItCame() async throws {
        let recording = try Recording()
        let later = recording.exchange(id: "known", key: 9)
        #expect(await recording.recorder.record(Feedback(request: "never", received: 3, thumb: .up)) == .kept)
        // Before its exchange.
        #expect(
            await recording.recorder.record(Feedback(request: "early", received: 1, isEscalated: true))
                == .kept)
        recording.exchange(id: "early", key: 5)
        usleep(20_000)
        let fields = (["comment": "mail jane@example.org", "n": 1] as JSONValue).objectValue ?? JSONObject()
        let said = Feedback(request: later, received: 2, thumb: .down, isResolved: false, fields: fields)
        #expect(await recording.recorder.record(said) == .kept)
        #expect(await recording.recorder.record(Feedback(request: later, received: 1, thumb: .up)) == .kept)
        recording.recorder.close()
        var read: [Exchange] = []
        let summary = try TrafficReader([recording.folder.path]).read { read.append($0) }
        #expect(summary.feedbackJoined == 3 && summary.feedbackUnknown == 1 && summary.exchanges == 2)
        #expect(read.map(\.id) == ["known", "early"])
        #expect(read[0].feedback.map(\.received) == [1, 2])
        #expect(read[0].feedback.last?.fields["comment"] == "mail <redacted mail>")
        #expect(read[0].feedback.last?.fields["n"] == 1)
        #expect(read[1].feedback.map(\.isEscalated) == [true])
        let counts = recording.recorder.counts
        #expect(counts.feedback == 4 && counts.feedbackUnknown == 2)
        let all = recording.seconds.withLock { $0 }.flatMap(\.counts)
        #expect(all.reduce(0) { $0 + $1.events(.feedbackDown) } == 1)
        #expect(all.reduce(0) { $0 + $1.firstEvents(.feedbackDown) } == 1)
        #expect(await recording.recorder.record(said) != .kept)
    }

    @Test func aRecorderThatCannotWorkIsRefused() throws {
        #expect(throws: RecorderProblem.self) { try Recorder(RecorderSettings(gateway: "a/b")) }
        let recording = try Recording()
        let second = try Recorder(
            RecorderSettings(gateway: "gw-b", spool: SpoolSettings(folder: recording.folder.path)))
        let problem = #expect(throws: RecorderProblem.self) { try second.start() }
        #expect(problem?.description.contains("another process") == true)
        recording.recorder.close()
        #expect(throws: RecorderProblem.self) {
            try Recorder(RecorderSettings(gateway: "g", spool: SpoolSettings(folder: "/proc/none"))).start()
        }
    }
}
