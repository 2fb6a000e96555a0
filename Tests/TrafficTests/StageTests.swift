import Domain
import Foundation
import HTTPServer
import Notation
import Rollout
import Synchronization
import Testing
import Traffic

/// What a plan says of its own requests: what is valid, what is kept, and how they are told apart.
@Suite struct StageTests {
    private struct Told {
        var type = "application/json"
        var status = 200
        var body: String
        var encoding: String?
        var path = "/v1/answer"
    }

    /// What the check says of one answer.
    private func verdict(_ told: Told, _ change: (inout ValidationRule) throws -> Void) throws -> Bool? {
        var rule = ValidationRule()
        try change(&rule)
        var schema: JSONSchema?
        if case .given(let value)? = rule.schema {
            schema = try JSONSchema.compile(value) { _ in { _ in nil } }
        }
        let stage = try RecordedStage(
            plan: 4, name: "s", capture: CaptureRule(), check: AnswerCheck(rule, schema: schema))
        let recording = try Recording()
        let exchange = recording.begin(told.path, assigned: .candidate, key: 1, stage: stage)
        let answer = exchange.answer(of: .candidate)
        var fields: HTTPFields = ["Content-Type": told.type]
        if let encoding = told.encoding { fields.append("Content-Encoding", encoding) }
        answer.head(status: told.status, fields: fields)
        answer.take(Array(told.body.utf8))
        answer.end()
        exchange.finish(served: .candidate)
        _ = try recording.close()
        let outcome = try #require(recording.outcomes.withLock { $0.first })
        #expect(outcome.events.contains(.validation) == (outcome.isValid == false))
        return outcome.isValid
    }

    @Test func whatAPlanCallsValidIsHeldAgainstEachAnswer() throws {
        let good = #"{"answer": "yes", "intent": "refund"}"#
        let schema: JSONValue = [
            "type": "object", "required": ["answer"], "properties": ["answer": ["type": "string"]],
        ]
        #expect(try verdict(Told(type: "text/plain", body: "yes")) { $0.json = true } == false)
        #expect(try verdict(Told(body: good)) { $0.json = true } == true)
        #expect(try verdict(Told(body: good)) { $0.required = [try JSONPointer("/answer")] } == true)
        for bad in [#"{"answer": "  "}"#, #"{"answer": null}"#, #"{"answer": []}"#, "{}", "[1]"] {
            #expect(
                try verdict(Told(body: bad)) { $0.required = [try JSONPointer("/answer")] } == false, "\(bad)"
            )
        }
        #expect(
            try verdict(Told(body: #"{"answer": false}"#)) { $0.required = [try JSONPointer("/answer")] }
                == true)
        #expect(try verdict(Told(body: good)) { $0.schema = .given(schema) } == true)
        #expect(try verdict(Told(body: #"{"answer": 3}"#)) { $0.schema = .given(schema) } == false)
        #expect(try verdict(Told(type: "text/plain", body: " \n")) { $0.filled = true } == false)
        #expect(try verdict(Told(type: "text/plain", body: "a")) { $0.filled = true } == true)
        let chat =
            #"{"id":"1","object":"chat.completion","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"TEXT"},"finish_reason":"stop"}]}"#
        let empty = chat.replacingOccurrences(of: "TEXT", with: "")
        #expect(try verdict(Told(body: chat)) { $0.filled = true } == true)
        #expect(try verdict(Told(body: empty)) { $0.filled = true } == false)
    }

    @Test func whatCannotBeToldIsNoVerdict() throws {
        let wants: (inout ValidationRule) throws -> Void = { $0.json = true }
        // Failed otherwise; no path of the rule; cut; in a coding that is not undone.
        #expect(try verdict(Told(status: 500, body: "oh"), wants) == nil)
        #expect(try verdict(Told(status: 404, body: "oh"), wants) == nil)
        let elsewhere = Told(type: "text/plain", body: "x", path: "/metrics?a=/v1/answer")
        #expect(
            try verdict(elsewhere) {
                $0.json = true
                $0.paths = [PathPattern("/v1/*")].compactMap { $0 }
            } == nil)
        let long = Told(type: "text/plain", body: String(repeating: "x", count: 200_000))
        #expect(try verdict(long, wants) == nil)
        #expect(try verdict(Told(body: "x", encoding: "exotic"), wants) == nil)
        // 422 says it itself.
        #expect(try verdict(Told(status: 422, body: "{}"), wants) == false)
    }

    @Test func aStreamOfAKnownAPIIsHeldAgainstItAsItsWhole() throws {
        func stream(_ text: String) -> Told {
            let piece =
                #"data: {"id":"1","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"\#(text)"}}]}"#
            let end =
                #"data: {"id":"1","object":"chat.completion.chunk","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#
            return Told(type: "text/event-stream", body: piece + "\n\n" + end + "\n\ndata: [DONE]\n\n")
        }
        let wants: (inout ValidationRule) throws -> Void = {
            $0.required = [try JSONPointer("/choices/0/message/content")]
            $0.filled = true
        }
        #expect(try verdict(stream("hello"), wants) == true)
        #expect(try verdict(stream(""), wants) == false)
    }

    @Test func labelsAreFoundInTheRequestAndAreFew() throws {
        let rules = [
            SliceRule(name: "locale", source: .locale),
            SliceRule(name: "tenant", source: .header("X-Tenant")),
            SliceRule(name: "intent", source: .json(pointer: "/intent")),
            SliceRule(name: "path", source: .path),
        ]
        let stage = try RecordedStage(plan: 4, name: "s", capture: CaptureRule(), slices: rules)
        let recording = try Recording()
        func ask(_ tenant: String, body: String) {
            let headers: HTTPFields = ["Accept-Language": "de-AT;q=0.9, en;q=0.5", "X-Tenant": tenant]
            let exchange = recording.begin("/ask?x=1", headers: headers, key: 1, stage: stage)
            exchange.takeRequestBody(Array(body.utf8))
            let answer = exchange.answer(of: .production)
            answer.head(status: 200, fields: ["Content-Type": "text/plain"])
            answer.take(Array("a".utf8))
            answer.end()
            exchange.finish(served: .production)
        }
        for number in 0..<40 { ask("t\(number)", body: #"{"intent": "refund"}"#) }
        ask("jane@example.org", body: "no JSON")
        ask("t3", body: "")
        let read = try recording.close()
        #expect(
            read[0].slices == [
                LiveField("locale", "de-at"), LiveField("tenant", "t0"), LiveField("intent", "refund"),
                LiveField("path", "/ask"),
            ])
        #expect(Set(read.compactMap { $0.slice("tenant") }).count == SliceRule.mostValues + 1)
        #expect(read[39].slice("tenant") == "other" && read[40].slice("tenant") == "other")
        #expect(read[40].slice("intent") == nil)
        // Who was told apart stays so.
        #expect(read[41].slice("tenant") == "t3")
        let counted = recording.seconds.withLock { $0 }.flatMap(\.counts)
            .filter { $0.place.slice == LiveField("intent", "refund") }.reduce(0) { $0 + $1.requests }
        #expect(counted == 40)
    }

    @Test func aLabelIsRedactedAsAnythingElse() throws {
        let stage = try RecordedStage(
            plan: 4, name: "s", capture: CaptureRule(),
            slices: [SliceRule(name: "who", source: .header("X-Who"))])
        let recording = try Recording()
        let exchange = recording.begin(headers: ["X-Who": "jane@example.org"], stage: stage)
        exchange.finish(served: nil)
        #expect(try recording.close().first?.slice("who") == "<redacted mail>")
    }

    @Test func anotherPlansRulesHoldForItsOwnRequests() throws {
        var first = CaptureRule()
        first.rules.redactedPointers = [try JSONPointer("/answer")]
        var second = CaptureRule()
        second.rules.share = 0
        let stages = [
            try RecordedStage(plan: 1, name: "a", capture: first),
            try RecordedStage(plan: 2, name: "b", capture: second), RecordedStage(plan: 3),
        ]
        let recording = try Recording()
        // Requests of an old plan still end while those of the new one begin.
        for stage in stages + stages.reversed() {
            let exchange = recording.begin(stage: stage)
            let answer = exchange.answer(of: .production)
            answer.head(status: 200, fields: ["Content-Type": "application/json"])
            answer.take(Array(#"{"answer":"yes"}"#.utf8))
            answer.end()
            exchange.finish(served: .production)
        }
        let read = try recording.close()
        #expect(read.map(\.plan) == [1, 3, 3, 1])
        #expect(
            read.map { $0.production?.body?.text } == [
                #"{"answer":"<redacted>"}"#, #"{"answer":"yes"}"#, #"{"answer":"yes"}"#,
                #"{"answer":"<redacted>"}"#,
            ])
        #expect(recording.recorder.counts.notSampled == 2)
    }

    @Test func aPatternThatDoesNotCompileIsToldWhenThePlanIsTaken() {
        var capture = CaptureRule()
        capture.rules.redactedPatterns = [LiveField("order", "(")]
        #expect(throws: RecorderProblem.self) { try RecordedStage(plan: 1, name: nil, capture: capture) }
    }
}
