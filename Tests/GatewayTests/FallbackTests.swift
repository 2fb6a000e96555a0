import Foundation
import HTTPServer
import Rollout
import Testing

@testable import Gateway

@Suite struct FallbackTests {
    private func plan(_ production: FakeApp, candidate: String) -> RoutingPlan {
        var plan = RoutingPlan(number: 1, release: "test", production: .init(url: production.url))
        plan.candidate = .init(url: candidate)
        plan.candidate?.firstByte = .milliseconds(150)
        plan.candidate?.pause = .milliseconds(150)
        plan.candidate?.connect = .milliseconds(150)
        plan.share = .all
        plan.sticky = [.header("X-User")]
        plan.announce = "X-Arm"
        plan.fuse = nil
        return plan
    }

    @Test(arguments: [RudeApp.Manner.hang, .reset, .garbage, .halfHead, .halfClose])
    func productionAnswersWhatTheCandidateCouldNot(manner: RudeApp.Manner) async throws {
        let production = try FakeApp("production")
        let rude = try RudeApp(manner)
        try await withGateway(plan(production, candidate: rude.url)) { (rig: Rig) async throws -> Void in
            let answer = try await rig.ask("POST", "/", headers: ["X-User: u"], body: "question")
            #expect(answer.status == 200)
            #expect(answer.body == "production question")
            #expect(answer.header("X-Arm") == "production")
            #expect(production.asked.count == 1)
            #expect(try await rig.metric("fallbacks_total") == 1)
            #expect(try await rig.metric("failures_total{arm=\"candidate\"}") == 1)
            #expect(try await rig.metric("assigned_total{arm=\"candidate\"}") == 1)
        }
        rude.stop()
        await production.stop()
    }

    @Test func aStatusOf500FallsBackWhereThePlanSaysErrors() async throws {
        let production = try FakeApp("production")
        let broken = try FakeApp("candidate") { _, writer in try await writer.send(500, text: "broken") }
        var plan = plan(production, candidate: broken.url)
        try await withGateway(plan) { (rig: Rig) async throws -> Void in
            #expect(try await rig.ask(headers: ["X-User: u"]).status == 500)
        }
        plan.fallback.on = .errors
        try await withGateway(plan) { (rig: Rig) async throws -> Void in
            #expect(try await rig.ask(headers: ["X-User: u"]).body == "production ")
        }
        await broken.stop()
        plan.fallback.on = .never
        try await withGateway(plan) { (rig: Rig) async throws -> Void in
            #expect(try await rig.ask(headers: ["X-User: u"]).status == 502)
        }
        await production.stop()
    }

    /// A request that still streams when the candidate fails: what went is held, and goes again with the rest.
    @Test func aStreamedRequestGoesAgainWhole() async throws {
        let production = try FakeApp("production") { asked, writer in
            try await writer.send(text: "\(asked.body.count)")
        }
        let rude = try RudeApp(.reset)
        try await withGateway(plan(production, candidate: rude.url)) { (rig: Rig) async throws -> Void in
            let port = rig.port
            let answer = try await onThread {
                let client = try WireClient(port: port)
                try client.send("POST / HTTP/1.1\r\nHost: h\r\nX-User: u\r\nContent-Length: 30000\r\n\r\n")
                for _ in 0..<30 {
                    try client.send(String(repeating: "x", count: 1000))
                    usleep(5000)
                }
                return try client.receive()
            }
            #expect(answer.body == "30000")
        }
        rude.stop()
        await production.stop()
    }

    @Test func aBodyBeyondTheBoundHasNoFallback() async throws {
        let production = try FakeApp("production")
        let rude = try RudeApp(.hang)
        var plan = plan(production, candidate: rude.url)
        plan.fallback.body = 1000
        try await withGateway(plan) { (rig: Rig) async throws -> Void in
            let body = String(repeating: "x", count: 500_000)
            let answer = try await rig.ask("POST", "/", headers: ["X-User: u"], body: body)
            #expect(answer.status == 504)
            #expect(production.asked.isEmpty)
        }
        rude.stop()
        await production.stop()
    }

    @Test func anAnswerThatBreaksOffIsCutAndNeverTakenForWhole() async throws {
        let production = try FakeApp("production")
        let rude = try RudeApp(.halfBody)
        try await withGateway(plan(production, candidate: rude.url)) { (rig: Rig) async throws -> Void in
            let answer = try await rig.ask(headers: ["X-User: u"])
            #expect(!answer.isWhole)
            #expect(production.asked.isEmpty)
            #expect(try await rig.metric("failures_total{arm=\"candidate\"}") == 1)
        }
        rude.stop()
        await production.stop()
    }
}
