import Deployment
import Domain
import Notation
import Testing

/// The journal of clean-ups: what is written is read again, and what is left is told.
@Suite struct JournalTests {
    private let head = JournalHead(
        run: "j-1", journey: "t", policy: "p.yaml", unique: "u-1", startedAt: "now")

    private func cleanUp() throws -> CleanUpRequest {
        var request = StepRequest(method: "DELETE", url: try StepText("http://h/${id}"))
        request.headers = [.init(name: "Authorization", value: try StepText("Bearer ${env:KEY}"))]
        request.body = .json(try StepValue(["why": "${unique}", "n": 3]))
        request.timeoutSeconds = 2.5
        var search = StepRequest(method: "POST", url: try StepText("http://h/?q=${unique}"))
        search.body = .form([.init(name: "a", value: try StepText("${unique}"))])
        let captures = [try StepCapture(name: "id", "secret /items/0/id ~ [0-9]+")]
        return CleanUpRequest(request: request, find: .init(request: search, captures: captures))
    }

    @Test func whatIsWrittenIsReadAgain() throws {
        let events: [JournalEvent] = [
            .began(head), .intends(number: 0, step: "open", try cleanUp(), values: [("a", .integer(1))]),
            .learnt([("id", .string("x"))]), .failed(number: 0, why: "503"),
        ]
        let state = try JournalState(lines: events.map(\.line))
        #expect(state.head == head)
        let open = try #require(state.open.first)
        #expect(open.step == "open" && open.failures == 1)
        #expect(open.cleanUp.request.url.source == "http://h/${id}")
        #expect(open.cleanUp.request.headers.map(\.value.source) == ["Bearer ${env:KEY}"])
        #expect(open.cleanUp.request.timeoutSeconds == 2.5)
        #expect(open.cleanUp.find?.captures == (try cleanUp()).find?.captures)
        #expect(state.values.map(\.name) == ["a", "id"])
        // The same again, byte for byte.
        let again = JournalEvent.intends(number: 0, step: "open", open.cleanUp, values: [("a", .integer(1))])
        #expect(again.line == events[1].line)
    }

    @Test func whatIsDoneIsNotLeftAndTheLastIsFirst() throws {
        let events: [JournalEvent] = [
            .began(head), .intends(number: 0, step: "a", try cleanUp(), values: []),
            .intends(number: 1, step: "b", try cleanUp(), values: []), .void(number: 1),
            .intends(number: 2, step: "c", try cleanUp(), values: []),
            .intends(number: 3, step: "d", try cleanUp(), values: []), .cleaned(number: 3, how: "done"),
        ]
        #expect(try JournalState(lines: events.map(\.line)).open.map(\.step) == ["c", "a"])
    }

    @Test(arguments: [
        "", "{", "{}", #"{"event": "began", "format": "other/1"}"#, #"{"event": "intends", "number": 0}"#,
        #"{"event": "intends", "number": 0, "clean_up": {"method": "DELETE", "url": "${"}}"#,
        #"{"event": "cleaned"}"#, #"{"event": "evil", "number": 1}"#, "[[[[", "\u{FF}",
    ])
    func whatCannotBeReadIsNotActedOn(_ line: String) throws {
        let lines = [JournalEvent.began(head).line, Array(line.utf8)]
        #expect(throws: JournalProblem.self) { try JournalState(lines: lines) }
    }

    @Test func aJournalWithoutAHeadIsNone() throws {
        #expect(throws: JournalProblem.self) { try JournalState(lines: []) }
        #expect(throws: JournalProblem.self) { try JournalState(lines: [JournalEvent.void(number: 0).line]) }
    }

    /// A journal is a file that others may write: no secret goes where the policy does not send it.
    @Test func aJournalMaySendNothingWhereThePolicyDoesNot() throws {
        var step = JourneyStep(name: "a", place: SourcePlace(file: "p", line: 1))
        var request = StepRequest(method: "POST", url: try StepText("http://h:1/x"))
        request.headers = [.init(name: "A", value: try StepText("${env:KEY}"))]
        step.act = JourneyStep.Look(request: request)
        let journey = JourneyPolicy(name: "j", steps: [step], place: step.place)
        let origins = CallOrigins([journey], environment: { _ in nil })
        func refusal(_ url: String, _ header: String? = nil) throws -> String? {
            var request = StepRequest(method: "DELETE", url: try StepText(url))
            if let header { request.headers = [.init(name: "A", value: try StepText(header))] }
            return origins.refusal(of: request, environment: { _ in nil })
        }
        #expect(try refusal("http://h:1/y/${id}", "${env:KEY}") == nil)
        #expect(
            try refusal("http://h:1/y", "${env:OTHER}")
                == "no journey of the policy gives ${env:OTHER} to http://h:1")
        #expect(try refusal("http://evil/y") == "no journey of the policy calls http://evil")
        #expect(try refusal("http://h:1@evil/y") == "no journey of the policy calls http://evil")
        #expect(try refusal("http://${id}/y") != nil)
        #expect(try refusal("http://h:1/${env:OTHER}") != nil)
    }
}
