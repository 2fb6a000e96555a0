import Domain
import HTTPServer
import Notation
import Rollout
import Synchronization
import Testing

@testable import Gateway

/// What a recorder was told, in words.
private final class Notes: ExchangeRecorder, StageRecorder {
    let lines = Mutex<[String]>([])
    let feedback = Mutex<[Feedback]>([])

    func note(_ line: String) { lines.withLock { $0.append(line) } }
    var all: [String] { lines.withLock { $0 } }

    func stage(_ plan: RoutingPlan) -> (any StageRecorder)? { self }
    func tell(_ listener: @escaping @Sendable (LiveOutcome) -> Void) {}
    var losses: Int { 0 }
    var isForCandidateAlone: Bool { false }

    func begin(_ head: HTTPRequestHead, assigned: LiveArm, key: UInt64?) -> any ExchangeRecord {
        note("begin \(head.target) \(assigned) \(key == nil ? "nobody" : "somebody")")
        return Record(self)
    }

    func keep(_ feedback: Feedback) async -> String? {
        self.feedback.withLock { $0.append(feedback) }
        return feedback.request == "full" ? "the disk is full" : nil
    }

    func numbers() -> [(name: String, help: String, value: Int)] { [("x_total", "X.", 3)] }

    private final class Record: ExchangeRecord {
        let notes: Notes
        init(_ notes: Notes) { self.notes = notes }
        var fieldsToAdd: HTTPFields { ["X-Request-ID": "made"] }
        var fieldsToRemove: [String] { ["tracestate"] }
        var answerID: String? { "made" }
        var sender: UInt64 { 0 }
        func took(_ bytes: [UInt8]) { notes.note("request \(bytes.count)") }
        func asking(_ arm: LiveArm, isCopy: Bool) -> any AnswerRecord {
            notes.note("ask \(arm)\(isCopy ? " copy" : "")")
            return Answer(notes, arm)
        }
        func finish(served: LiveArm?, fellBack: Bool) {
            notes.note("finish \(served?.rawValue ?? "nobody")\(fellBack ? " fell back" : "")")
        }
    }

    private final class Answer: AnswerRecord {
        let notes: Notes
        let arm: LiveArm
        let bytes = Mutex(0)
        init(_ notes: Notes, _ arm: LiveArm) { (self.notes, self.arm) = (notes, arm) }
        func head(_ response: UpstreamResponse) { notes.note("head \(arm) \(response.status)") }
        func take(_ bytes: Span<UInt8>) { self.bytes.withLock { $0 += bytes.count } }
        func end(_ timings: UpstreamTimings?) { notes.note("end \(arm) \(bytes.withLock { $0 })") }
        func fail(_ error: UpstreamError, _ timings: UpstreamTimings?) { notes.note("fail \(arm)") }
        func fail(_ failure: LiveFailure, _ timings: UpstreamTimings?) {
            notes.note("fail \(arm) \(failure.kind)")
        }
    }
}

@Suite struct RecordingTests {
    private func run(_ plan: RoutingPlan, _ notes: Notes, _ body: (Rig) async throws -> Void) async throws {
        let gateway = try Gateway(
            GatewaySettings(), plan: plan, source: .fixed, doors: GatewayDoors(), recorder: notes)
        let ports = try gateway.start()
        try await body(Rig(gateway: gateway, port: ports.port, adminPort: ports.adminPort ?? 0))
        await gateway.stop()
    }

    @Test func aPlainRequestIsToldFromHeadToEnd() async throws {
        let production = try FakeApp("production")
        let notes = Notes()
        try await run(plan(production), notes) { (rig: Rig) async throws -> Void in
            let answer = try await rig.ask(
                "POST", "/a", headers: ["X-User: u", "tracestate: x"], body: "12345")
            #expect(answer.header("X-Request-ID") == "made")
            #expect(production.asked[0].headers["X-Request-ID"] == "made")
            #expect(production.asked[0].headers["tracestate"] == nil)
            #expect(try await rig.metric("capture_x_total") == 3)
        }
        #expect(
            notes.all == [
                "begin /a production somebody", "request 5", "ask production", "head production 200",
                "end production 16", "finish production",
            ])
        await production.stop()
    }

    @Test func aFallbackIsToldWithBothArms() async throws {
        let production = try FakeApp("production")
        let rude = try RudeApp(.reset)
        var plan = plan(production)
        plan.candidate = .init(url: rude.url)
        plan.share = .all
        let notes = Notes()
        try await run(plan, notes) { (rig: Rig) async throws -> Void in
            _ = try await rig.ask(headers: ["X-User: u"])
        }
        #expect(
            notes.all == [
                "begin / candidate somebody", "ask candidate", "fail candidate", "ask production",
                "head production 200", "end production 11", "finish production fell back",
            ])
        rude.stop()
        await production.stop()
    }

    @Test func aCopyIsToldBeforeTheEndAndOneThatIsNotSentToo() async throws {
        let production = try FakeApp("production")
        let candidate = try FakeApp("candidate")
        var plan = plan(production, candidate)
        plan.mirror = MirrorRule(share: .all, methods: ["POST"], paths: [PathPattern("*")].compactMap { $0 })
        plan.mirror?.body = 8
        let notes = Notes()
        try await run(plan, notes) { (rig: Rig) async throws -> Void in
            _ = try await rig.ask("POST", "/", headers: ["X-User: u"], body: "short")
            #expect(try await eventually { notes.all.contains("end candidate 15") })
            #expect(notes.all.contains("ask candidate copy"))
            _ = try await rig.ask("POST", "/", headers: ["X-User: u"], body: "much too long")
            #expect(try await eventually { notes.all.contains("fail candidate notSent") })
        }
        #expect(candidate.asked[0].headers["X-Request-ID"] == "made")
        #expect(notes.all.filter { $0.hasPrefix("finish") }.count == 2)
        await production.stop()
        await candidate.stop()
    }

    @Test func feedbackIsAcceptedOrRefusedWithItsReason() async throws {
        let production = try FakeApp("production")
        let notes = Notes()
        let path = "/sluice/v1/feedback"
        try await run(plan(production), notes) { (rig: Rig) async throws -> Void in
            let good =
                "{\"request\": \"a\", \"thumb\": \"down\", \"escalated\": true, \"fields\": {\"n\": 1}}"
            #expect(try await rig.ask("POST", path, body: good).status == 202)
            let kept = try #require(notes.feedback.withLock { $0.first })
            #expect(kept.thumb == .down && kept.isEscalated == true && kept.isResolved == nil)
            #expect(kept.fields["n"] == 1)
            #expect(
                try await rig.ask("POST", path, body: "{\"request\": \"full\", \"resolved\": true}").status
                    == 503)
            for bad in [
                "", "[]", "{}", "{\"request\": \"a\"}", "{\"request\": \"a\", \"thumb\": \"sideways\"}",
                "{\"request\": 1, \"thumb\": \"up\"}", "{\"request\": \"a\", \"resolved\": \"yes\"}",
                "{\"request\": \"a\", \"thumbs\": \"up\"}",
            ] {
                #expect(try await rig.ask("POST", path, body: bad).status == 400, "\(bad)")
            }
            #expect(try await rig.ask("GET", path).status == 405)
            #expect(production.asked.isEmpty)
        }
        try await withGateway(plan(production)) { (rig: Rig) async throws -> Void in
            #expect(
                try await rig.ask("POST", path, body: "{\"request\": \"a\", \"thumb\": \"up\"}").status == 503
            )
        }
        await production.stop()
    }
}
