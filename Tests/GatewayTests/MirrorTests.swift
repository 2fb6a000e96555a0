import Domain
import Foundation
import HTTPServer
import Rollout
import Testing

@testable import Gateway

@Suite struct MirrorTests {
    private func mirrored(
        _ production: FakeApp, candidate: String, share: Int = 10_000, methods: [String] = ["POST"]
    ) -> RoutingPlan {
        var plan = RoutingPlan(number: 1, release: "test", production: .init(url: production.url))
        plan.candidate = .init(url: candidate)
        plan.sticky = [.header("X-User")]
        plan.announce = "X-Arm"
        plan.mirror = MirrorRule(
            share: Share(hundredths: share), methods: methods, paths: [PathPattern("/v1/*")].compactMap { $0 }
        )
        return plan
    }

    @Test func theCandidateGetsAMarkedCopyWithoutCredentials() async throws {
        let production = try FakeApp("production")
        let candidate = try FakeApp("candidate")
        try await withGateway(mirrored(production, candidate: candidate.url)) {
            (rig: Rig) async throws -> Void in
            let headers = [
                "X-User: u", "Authorization: Bearer x", "Cookie: a=b", "X-Keep: 1", "X-Acme-Token: t",
            ]
            let answer = try await rig.ask(
                "POST", "/v1/a?api_key=s&q=1&access%5Ftoken=s", headers: headers, body: "question")
            #expect(answer.body == "production question")
            #expect(try await eventually { !candidate.asked.isEmpty })
            let copy = try #require(candidate.asked.first)
            #expect(copy.target == "/v1/a?q=1")
            #expect(copy.body == Array("question".utf8))
            #expect(copy.headers["X-Sluice-Shadow"] == "candidate")
            #expect(copy.headers["Authorization"] == nil)
            #expect(copy.headers["Cookie"] == nil && copy.headers["X-Acme-Token"] == nil)
            #expect(production.asked[0].target == "/v1/a?api_key=s&q=1&access%5Ftoken=s")
            #expect(copy.headers["X-Keep"] == "1")
            #expect(production.asked[0].headers["X-Sluice-Shadow"] == nil)
            #expect(production.asked[0].headers["Authorization"] == "Bearer x")
        }
        await production.stop()
        await candidate.stop()
    }

    @Test func onlyWhatWasOptedInIsCopiedAndAShadowNever() async throws {
        let production = try FakeApp("production")
        let candidate = try FakeApp("candidate")
        try await withGateway(mirrored(production, candidate: candidate.url)) {
            (rig: Rig) async throws -> Void in
            let user = ["X-User: u"]
            _ = try await rig.ask("GET", "/v1/a", headers: user)
            _ = try await rig.ask("POST", "/v2/a", headers: user, body: "x")
            _ = try await rig.ask("POST", "/v1/a", headers: user + ["X-Sluice-Shadow: candidate"], body: "x")
            _ = try await rig.ask("POST", "/v1/last", headers: user, body: "x")
            #expect(try await eventually { !candidate.asked.isEmpty })
            #expect(candidate.asked.map(\.target) == ["/v1/last"])
        }
        await production.stop()
        await candidate.stop()
    }

    @Test func credentialsAreReplacedAndProductionGetsASecondCopyWhereThePlanSaysSo() async throws {
        let production = try FakeApp("production")
        let candidate = try FakeApp("candidate")
        var plan = mirrored(production, candidate: candidate.url)
        plan.mirror?.control = true
        plan.mirror?.credentials = .replace([.init(name: "Authorization", value: .init("Bearer ${env:T}"))])
        try await withGateway(plan, desk: Desk(["T": "shadow"])) { (rig: Rig) async throws -> Void in
            _ = try await rig.ask("POST", "/v1/a", headers: ["X-User: u", "Authorization: mine"], body: "x")
            #expect(try await eventually { production.asked.count == 2 && !candidate.asked.isEmpty })
            #expect(candidate.asked[0].headers["Authorization"] == "Bearer shadow")
            #expect(production.asked[1].headers["X-Sluice-Shadow"] == "control")
        }
        await production.stop()
        await candidate.stop()
    }

    @Test func theShareIsTakenByTheSameHashFromTheOtherEnd() async throws {
        let production = try FakeApp("production")
        let candidate = try FakeApp("candidate")
        var plan = mirrored(production, candidate: candidate.url, share: 2500)
        plan.share = Share(hundredths: 2500)
        let split = Split(salt: plan.salt)
        try await withGateway(plan) { (rig: Rig) async throws -> Void in
            var copies = 0
            var served = 0
            for user in 0..<80 {
                _ = try await rig.ask("POST", "/v1/a", headers: ["X-User: \(user)"], body: "x")
                let hash = split.hash(of: "\(user)")
                copies += Split.place(hash) >= 7500 ? 1 : 0
                served += Split.place(hash) < 2500 ? 1 : 0
            }
            #expect(try await eventually { candidate.asked.count == copies + served })
            #expect(candidate.asked.filter { $0.headers["X-Sluice-Shadow"] != nil }.count == copies)
        }
        await production.stop()
        await candidate.stop()
    }

    @Test func whatIsTooMuchIsDroppedAndCounted() async throws {
        let production = try FakeApp("production")
        let hung = try RudeApp(.hang)
        var plan = mirrored(production, candidate: hung.url)
        plan.mirror?.concurrency = 1
        plan.mirror?.queue = 2
        plan.mirror?.body = 1000
        try await withGateway(plan) { (rig: Rig) async throws -> Void in
            for _ in 0..<10 { _ = try await rig.ask("POST", "/v1/a", headers: ["X-User: u"], body: "x") }
            let long = String(repeating: "x", count: 2000)
            _ = try await rig.ask("POST", "/v1/a", headers: ["X-User: u"], body: long)
            #expect(try await rig.metric("mirror_dropped_total{arm=\"candidate\",reason=\"queue\"}") == 7)
            #expect(try await rig.metric("mirror_dropped_total{arm=\"candidate\",reason=\"body\"}") == 1)
            #expect(try await rig.metric("mirrorable_total") == 11)
        }
        plan.mirror?.concurrency = 100
        plan.mirror?.rate = 2
        try await withGateway(plan) { (rig: Rig) async throws -> Void in
            for _ in 0..<10 { _ = try await rig.ask("POST", "/v1/a", headers: ["X-User: u"], body: "x") }
            let dropped = try await rig.metric("mirror_dropped_total{arm=\"candidate\",reason=\"rate\"}") ?? 0
            #expect(dropped >= 6)
        }
        hung.stop()
        await production.stop()
    }

    @Test func aStreamIsReadToItsEnd() async throws {
        let production = try FakeApp("production")
        let ended = Tally()
        let candidate = try FakeApp("candidate") { _, writer in
            let body = try await writer.start()
            for _ in 0..<20 {
                try await body.write("data: token\n\n")
                try await EventLoop.sleep(for: .milliseconds(5))
            }
            try await body.finish()
            ended.add()
        }
        try await withGateway(mirrored(production, candidate: candidate.url)) {
            (rig: Rig) async throws -> Void in
            _ = try await rig.ask("POST", "/v1/a", headers: ["X-User: u"], body: "x")
            #expect(try await eventually { ended.count == 1 })
            #expect(
                try await eventually {
                    try await rig.metric("mirror_answer_seconds_count{arm=\"candidate\"}") == 1
                })
        }
        await production.stop()
        await candidate.stop()
    }

    /// Production's answers beside a candidate that misbehaves: none fails, and the slowest stays quick.
    @Test(arguments: RudeApp.Manner.allCases)
    func nothingThatTheCandidateDoesReachesProduction(manner: RudeApp.Manner) async throws {
        let production = try FakeApp("production")
        let rude = try RudeApp(manner)
        var plan = mirrored(production, candidate: rude.url)
        plan.mirror?.timeout = .seconds(1)
        try await withGateway(plan) { (rig: Rig) async throws -> Void in
            let port = rig.port
            let times = try await onThread {
                let client = try WireClient(port: port)
                return try (0..<300).map { number -> UInt64 in
                    let began = GatewayClock.monotonic()
                    let answer = try client.ask("POST", "/v1/a", headers: ["X-User: \(number)"], body: "x")
                    guard answer.status == 200, answer.body == "production x" else {
                        throw WireClient.Broken(call: "\(answer.status)")
                    }
                    return GatewayClock.monotonic() - began
                }
            }
            #expect(rude.connections.count > 0)
            // Far beyond what a busy machine takes, and far below the candidate's times.
            #expect(times.sorted()[296] < 250_000_000, "\(manner): \(times.sorted()[296])")
        }
        rude.stop()
        await production.stop()
    }
}
