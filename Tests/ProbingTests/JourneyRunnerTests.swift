import Deployment
import Domain
import Notation
import Probing
import Synchronization
import Testing

/// Journeys over a system in memory: whatever fails, nothing is left behind that could be undone.
@Suite struct JourneyRunnerTests {
    private static let place = SourcePlace(file: "p", line: 1)
    private static let head = JournalHead(run: "j-1", journey: "t", policy: "p", unique: "u-1", startedAt: "")

    private func look(
        _ method: String, _ url: String, _ body: JSONValue? = nil, expect: [String] = [],
        capture: [String: String] = [:]
    ) throws -> JourneyStep.Look {
        var request = StepRequest(method: method, url: try StepText("http://desk" + url))
        if let body { request.body = .json(try StepValue(body)) }
        return JourneyStep.Look(
            request: request, conditions: try expect.map { try StepCondition($0) },
            captures: try capture.sorted { $0.key < $1.key }.map { try StepCapture(name: $0.key, $0.value) })
    }

    /// Makes a thing, whose clean-up may look for it.
    private func making(_ name: String, finds: Bool = true, expect: [String] = []) throws -> JourneyStep {
        var step = JourneyStep(name: name, place: Self.place)
        step.act = try look(
            "POST", "/things", ["name": .string(name + " ${unique}")], expect: expect, capture: [name: "/id"])
        var cleanUp = CleanUpRequest(request: try look("DELETE", "/things/${\(name)}").request)
        if finds {
            cleanUp.find = .init(
                request: try look("GET", "/things?q=\(name)%20${unique}").request,
                captures: [try StepCapture(name: name, "/things/0/id")])
        }
        step.cleanUp = cleanUp
        return step
    }

    private func asserting(_ name: String, _ url: String, _ expect: [String]) throws -> JourneyStep {
        var step = JourneyStep(name: name, place: Self.place)
        step.checks = [try look("GET", url, expect: expect)]
        return step
    }

    private func run(
        _ steps: [JourneyStep], _ desk: Desk, log: MemoryLog = MemoryLog(), clock: TestClock = TestClock(),
        environment: [String: String] = [:]
    ) async -> JourneyResult {
        let runner = JourneyRunner(
            JourneyPolicy(name: "t", steps: steps, place: Self.place), schemas: [:], head: Self.head,
            limits: .init(timeoutSeconds: 5, answerBytes: 1 << 20),
            ports: .init(caller: desk, clock: clock.clock, environment: { environment[$0] }), journal: { log }
        )
        return await runner.run()
    }

    // MARK: the way through

    @Test func aJourneyThatHoldsLeavesNothing() async throws {
        let desk = Desk()
        let log = MemoryLog()
        let steps = [
            try making("a"), try making("b"),
            try asserting("look", "/things/${a}", ["/name == \"a ${unique}\"", "/id == ${a.answer.id}"]),
        ]
        let result = await run(steps, desk, log: log)
        #expect(result.outcome == .holds, "\(result)")
        #expect(result.steps.map(\.outcome) == [.holds, .holds, .holds])
        #expect(desk.things == [])
        #expect(log.isDone == true)
        #expect(
            desk.calls == [
                "POST /things", "POST /things", "GET /things/1", "DELETE /things/2", "DELETE /things/1",
            ])
        #expect(result.cleanUps.map(\.kind) == [.done, .done])
    }

    @Test func everyRequestBearsTheMarkAndAKeyOfItsOwn() async throws {
        let desk = Desk()
        _ = await run([try making("a"), try asserting("look", "/things/${a}", ["status == 200"])], desk)
        let headers = desk.asked.map(\.headers)
        #expect(headers.allSatisfy { $0.contains(WebField("X-Sluice-Replay", "j-1")) })
        let keys = headers.compactMap { $0.first { $0.name == "Idempotency-Key" }?.value }
        #expect(Set(keys).count == 3)
        #expect(keys.allSatisfy { $0.hasPrefix("sluice-") && $0.utf8.count == 39 })
    }

    /// The clean-up is in the journal before the request that makes it needed is sent.
    @Test func theCleanUpIsWrittenBeforeTheAct() async throws {
        let log = MemoryLog()
        let desk = Desk(before: { request, _ in
            if request.method == "POST" { #expect(log.text.contains(#""event":"intends""#)) }
            return nil
        })
        let result = await run([try making("a")], desk, log: log)
        #expect(result.outcome == .holds)
        #expect(log.text.contains(#""learnt","values":[["a",1]]"#), "\(log.text)")
    }

    @Test func withoutAJournalNothingIsDone() async throws {
        let desk = Desk()
        let result = await run([try making("a")], desk, log: MemoryLog(fails: { $0 == 2 }))
        #expect(result.outcome == .open)
        #expect(desk.calls == [])
        #expect(result.headline.contains("the disk is full"))
    }

    /// The value is known to this process: it is undone although the file could not take it.
    @Test func aJournalThatFillsLaterStopsTheJourneyAndCleansUp() async throws {
        let desk = Desk()
        let steps = [try making("a"), try making("b")]
        let result = await run(steps, desk, log: MemoryLog(fails: { $0 == 3 }))
        #expect(result.outcome == .open)
        #expect(desk.things == [])
        #expect(desk.calls == ["POST /things", "DELETE /things/1"])
    }

    // MARK: failures

    @Test func afterAFailedAssertionTheRestIsSkippedAndAllIsUndone() async throws {
        let desk = Desk()
        let steps = [
            try making("a"), try asserting("look", "/things/1", ["/name == other"]), try making("b"),
        ]
        let result = await run(steps, desk)
        #expect(result.outcome == .fails)
        #expect(result.steps.map(\.outcome) == [.holds, .fails, .skipped])
        #expect(result.headline.hasPrefix("look: /name == other: /name was \"a u-1\""), "\(result.headline)")
        #expect(desk.things == [])
    }

    @Test func severalSystemsAreAllLookedAt() async throws {
        var step = try asserting("look", "/things/1", ["status == 200"])
        step.checks.append(try look("GET", "/things/2", expect: ["status == 200"]))
        step.checks.append(try look("GET", "/things?q=a", expect: ["/things count == 1"]))
        let result = await run([try making("a"), step], Desk())
        #expect(result.steps[1].looks.map(\.outcome) == [.holds, .fails, .holds])
    }

    @Test(arguments: [
        (Failure.Cause.unreachable, false, CheckOutcome.open, 0), (.timeout, true, .fails, 1),
        (.closedEarly, true, .fails, 1), (.tooLarge, true, .fails, 1), (.malformed, true, .fails, 1),
    ])
    func whateverBecomesOfTheActItIsUndone(_ entry: (Failure.Cause, Bool, CheckOutcome, Int)) async throws {
        let trouble: Desk.Trouble = { request, _ in
            request.method == "POST" ? Desk.failure(entry.0, mayHaveActed: entry.1) : nil
        }
        // What may have reached the system did: its answer alone is lost.
        let desk = entry.1 ? Desk(after: trouble) : Desk(before: trouble)
        let result = await run([try making("a")], desk)
        #expect(result.steps[0].outcome == entry.2)
        #expect(desk.things == [], "\(result)")
        #expect(desk.calls.count { $0.hasPrefix("DELETE") } == entry.3)
        #expect(result.cleanUps.map(\.kind) == [entry.1 ? .done : .notNeeded])
    }

    @Test func anAnswerThatIsNoJSONStillLeadsToItsThing() async throws {
        let desk = Desk(after: { request, _ in
            guard request.method == "POST" else { return nil }
            return .answered(
                WebAnswer(status: 201, headers: [], body: Array("<html>".utf8), latencyMilliseconds: 1))
        })
        let result = await run([try making("a")], desk)
        #expect(result.outcome == .fails)
        #expect(result.headline.contains("'a' cannot be captured"), "\(result.headline)")
        #expect(desk.things == [])
    }

    /// A proxy that sent the request twice made two things.
    @Test func everythingThatIsFoundIsRemoved() async throws {
        let desk = Desk(after: { request, _ in
            request.method == "POST" ? Desk.failure(.timeout, mayHaveActed: true) : nil
        })
        let twice = try JSONValue.parse(#"{"name": "a u-1"}"#)
        _ = await desk.call(
            WebRequest(
                method: "POST", url: "http://desk/things", headers: [], body: twice.bytes(),
                timeoutSeconds: 1,
                answerBytes: 1))
        let result = await run([try making("a")], desk)
        #expect(desk.things == [], "\(result)")
        #expect(result.cleanUps[0].how == "2 found and removed")
    }

    @Test func withoutAWayToFindItTheLossIsSaid() async throws {
        let desk = Desk(after: { request, _ in
            request.method == "POST" ? Desk.failure(.timeout, mayHaveActed: true) : nil
        })
        let result = await run([try making("a", finds: false)], desk)
        #expect(result.cleanUps[0].kind == .impossible)
        #expect(result.cleanUps[0].how.contains("bears 'u-1'"))
        #expect(result.outcome == .fails)
    }

    @Test func aRefusedActHasNothingToUndo() async throws {
        let desk = Desk(before: { request, _ in
            request.method == "POST" ? Desk.reply(422, ["error": "no"]) : nil
        })
        let result = await run([try making("a", finds: false)], desk)
        #expect(result.outcome == .fails)
        #expect(result.cleanUps.map(\.kind) == [.notNeeded])
    }

    // MARK: cleaning up

    @Test func aCleanUpIsTriedAgainAndThenKept() async throws {
        let log = MemoryLog()
        let desk = Desk(before: { request, _ in
            request.method == "DELETE" ? Desk.reply(503, ["error": "busy"]) : nil
        })
        let result = await run([try making("a")], desk, log: log)
        #expect(result.outcome == .fails, "a system that cannot undo has failed")
        #expect(result.cleanUps[0].attempts == 3)
        #expect(log.isDone == false)
        #expect(log.text.contains(#""event":"failed""#))
        #expect(result.headline == "the clean-up of 'a' failed: the system answered 503")
    }

    @Test func aCleanUpThatFailsOnceIsMade() async throws {
        let failed = Mutex(false)
        let desk = Desk(before: { request, _ in
            guard request.method == "DELETE", !failed.withLock({ $0 }) else { return nil }
            failed.withLock { $0 = true }
            return Desk.failure(.unreachable, mayHaveActed: false)
        })
        let result = await run([try making("a")], desk)
        #expect(result.outcome == .holds)
        #expect(result.cleanUps[0].attempts == 2)
        #expect(desk.things == [])
    }

    @Test func oneCleanUpThatFailsDoesNotKeepTheOthersFromBeingMade() async throws {
        let desk = Desk(before: { request, _ in
            request.url.hasSuffix("/things/2") && request.method == "DELETE" ? Desk.reply(500, nil) : nil
        })
        let result = await run([try making("a"), try making("b"), try making("c")], desk)
        #expect(result.cleanUps.map(\.kind) == [.done, .failed, .done])
        #expect(desk.things == ["b u-1"])
    }

    @Test func whatIsGoneAlreadyIsCleanedUp() async throws {
        let desk = Desk()
        var last = try making("b")
        last.checks = [try look("DELETE", "/things/${a}", expect: ["status == 204"])]
        let result = await run([try making("a"), last], desk)
        #expect(result.outcome == .holds)
        #expect(result.cleanUps.map(\.kind) == [.done, .gone])
    }

    // MARK: waiting

    private func waiting(_ until: [String], timeout: Double = 2) throws -> JourneyStep {
        var step = JourneyStep(name: "wait", place: Self.place)
        step.wait = .init(
            look: try look("GET", "/things/${a}", expect: until), timeoutSeconds: timeout, everySeconds: 0.5)
        return step
    }

    @Test func aWaitEndsWhenItsConditionsHold() async throws {
        let desk = Desk(before: { request, number in
            request.method == "GET" && number < 5 ? Desk.reply(200, ["state": "open"]) : nil
        })
        let result = await run([try making("a"), try waiting(["/name contains a"])], desk)
        #expect(result.outcome == .holds, "\(result)")
        #expect(result.steps[1].looks[0].polls == 4)
    }

    /// At 0, 0.5, 1, 1.5 and 2 s: the last look is at the very end.
    @Test func aWaitThatIsOverSaysWhatItSawLast() async throws {
        let desk = Desk()
        let result = await run([try making("a"), try waiting(["/name == x"])], desk)
        #expect(result.outcome == .fails)
        let look = result.steps[1].looks[0]
        #expect(look.polls == 5)
        #expect(
            look.why == "not within 2 s (5 looks); last seen for '/name == x': /name was \"a u-1\"", "\(look)"
        )
        #expect(desk.things == [])
    }

    @Test func aSystemThatIsAwayToTheEndHasNotBeenSeen() async throws {
        let desk = Desk(before: { request, _ in
            request.method == "GET" ? Desk.failure(.unreachable, mayHaveActed: false) : nil
        })
        let result = await run([try making("a"), try waiting(["status == 200"])], desk)
        #expect(result.outcome == .open)
        #expect(desk.things == [])
    }

    @Test func aStoppedWaitCleansUp() async throws {
        let desk = Desk()
        let box = Mutex<Task<JourneyResult, Never>?>(nil)
        let clock = TestClock(tick: { box.withLock { $0?.cancel() } })
        let steps = [try making("a"), try waiting(["/name == x"], timeout: 3600), try making("b")]
        let task = Task { await run(steps, desk, clock: clock) }
        box.withLock { $0 = task }
        let result = await task.value
        #expect(result.outcome == .open, "\(result)")
        #expect(result.steps.map(\.outcome) == [.holds, .open, .skipped])
        #expect(desk.things == [])
        #expect(result.cleanUps.map(\.kind) == [.done])
    }

    // MARK: secrets

    @Test func noSecretIsWrittenDownOrShown() async throws {
        let log = MemoryLog()
        let secret = "s3cr3t-Qx7"
        let desk = Desk(after: { request, _ in
            let token = request.headers.first { $0.name == "Authorization" }?.value ?? ""
            return request.method == "POST"
                ? Desk.reply(500, ["id": 1, "token": "t0ken-Zy9", "echo": .string(token)]) : nil
        })
        var step = try making("a", finds: false)
        step.act?.request.headers = [.init(name: "Authorization", value: try StepText("Bearer ${env:KEY}"))]
        step.act?.captures += [
            try StepCapture(name: "token", "secret /token"), try StepCapture(name: "echo", "/echo"),
        ]
        step.cleanUp?.request.headers = [
            .init(name: "Authorization", value: try StepText("Bearer ${env:KEY} ${token} ${echo}"))
        ]
        let result = await run([step], desk, log: log, environment: ["KEY": secret])
        #expect(desk.asked[0].headers.contains(WebField("Authorization", "Bearer " + secret)))
        #expect(desk.asked[1].headers.first?.value == "Bearer \(secret) t0ken-Zy9 Bearer \(secret)")
        for text in [log.text, "\(result)"] {
            #expect(!text.contains(secret))
            #expect(!text.contains("t0ken-Zy9"))
        }
        #expect(log.text.contains("${env:KEY}"))
        #expect("\(result)".contains("<redacted>"))
    }

    @Test func aMissingVariableIsNobodysFailure() async throws {
        var step = try making("a")
        step.act?.request.headers = [.init(name: "A", value: try StepText("${env:NONE}"))]
        let desk = Desk()
        let result = await run([step], desk)
        #expect(result.outcome == .open)
        #expect(desk.calls == [])
        #expect(result.headline == "a: the environment variable NONE is not set")
    }

    // MARK: what an earlier run left

    /// However many lines of the journal reached the disk before the process died, the next start undoes what is
    /// there to undo.
    @Test func aRunThatDiesAnywhereIsMadeUpFor() async throws {
        let steps = [try making("a"), try making("b")]
        let whole = MemoryLog()
        // The clean-ups fail, so that the journal holds everything up to them.
        _ = await run(
            steps, Desk(before: { request, _ in request.method == "DELETE" ? Desk.reply(500, nil) : nil }),
            log: whole)
        // began, intends a, learnt a, intends b, learnt a and b
        let lines = whole.lines.prefix(5)
        #expect(lines.count == 5)
        for died in 1...5 {
            let desk = Desk()
            // What the run had done when it died: the act follows the line that meant it.
            for made in ["a", "b"].prefix(died >= 4 ? 2 : died >= 2 ? 1 : 0) {
                let body = JSONValue.object(
                    {
                        var object = JSONObject()
                        object["name"] = .string(made + " u-1")
                        return object
                    }())
                _ = await desk.call(
                    WebRequest(
                        method: "POST", url: "http://desk/things", headers: [], body: body.bytes(),
                        timeoutSeconds: 1, answerBytes: 1))
            }
            let log = MemoryLog()
            let runner = LeftoverRunner(
                origins: CallOrigins(
                    [JourneyPolicy(name: "t", steps: steps, place: Self.place)], environment: { _ in nil }),
                limits: .init(timeoutSeconds: 5, answerBytes: 1 << 20),
                ports: .init(caller: desk, clock: TestClock().clock, environment: { _ in nil }))
            let leftover = await runner.work("x.journal", lines: Array(lines.prefix(died)), log: log)
            #expect(desk.things == [], "died after line \(died): \(leftover)")
            #expect(log.isDone == true)
            #expect(leftover.cleanUps.map(\.step) == (died >= 4 ? ["b", "a"] : died >= 2 ? ["a"] : []))
        }
    }

    @Test func whatThePolicyNoLongerCallsIsKept() async throws {
        let log = MemoryLog()
        _ = await run(
            [try making("a")],
            Desk(before: { request, _ in request.method == "DELETE" ? Desk.reply(500, nil) : nil }),
            log: log)
        let desk = Desk()
        let again = MemoryLog()
        let runner = LeftoverRunner(
            origins: CallOrigins([], environment: { _ in nil }),
            limits: .init(timeoutSeconds: 5, answerBytes: 1 << 20),
            ports: .init(caller: desk, clock: TestClock().clock, environment: { _ in nil }))
        let leftover = await runner.work("x.journal", lines: log.lines, log: again)
        #expect(desk.calls == [])
        #expect(again.isDone == false)
        #expect(leftover.cleanUps[0].how == "no journey of the policy calls http://desk")
    }
}
