import Digest
import Domain
import Foundation
import HTTPServer
import Notation
import Rollout
import Synchronization
import Testing

@testable import Gateway

/// What the gateway tells others of by itself.
@Suite struct NoticeTests {
    private final class Post: Sendable {
        let letters = Mutex<[GatewayDoors.Letter]>([])
        let statuses: Mutex<[Int]>

        /// - Parameter statuses: What the first attempts get; 200 then.
        init(_ statuses: [Int] = []) { self.statuses = Mutex(statuses) }

        func doors(_ desk: Desk) -> GatewayDoors {
            var doors = desk.doors
            doors.post = { letter in
                self.letters.withLock { $0.append(letter) }
                let status = self.statuses.withLock { $0.isEmpty ? 200 : $0.removeFirst() }
                return status == 0 ? .failed("refused") : .answered(status: status)
            }
            return doors
        }

        func bodies() -> [JSONValue] {
            letters.withLock { $0 }.compactMap { try? JSONValue.parse($0.body) }
        }

        func has(_ event: String) -> Bool { bodies().contains { $0["event"] == .string(event) } }
    }

    private func run(
        _ plan: RoutingPlan, _ doors: GatewayDoors, alarm: Duration = .milliseconds(200),
        _ body: (Rig) async throws -> Void
    ) async throws {
        var settings = GatewaySettings()
        settings.mirrorAlarm = alarm
        settings.name = "gw"
        settings.grace = .milliseconds(50)
        let gateway = try Gateway(settings, plan: plan, source: .fixed, doors: doors)
        let ports = try gateway.start()
        let rig = Rig(gateway: gateway, port: ports.port, adminPort: ports.adminPort ?? 0)
        do { try await body(rig) } catch {
            await gateway.stop()
            throw error
        }
        await gateway.stop()
    }

    private func notify(_ on: Set<NotifyRule.Event> = Set(NotifyRule.Event.allCases)) -> NotifyRule {
        var rule = NotifyRule(url: .init("${env:HOOK}"))
        rule.secret = .init("${env:KEY}")
        rule.on = on
        return rule
    }

    private let variables = ["HOOK": "http://hooks/x", "KEY": "secret"]

    @Test func aBlownFuseIsToldSignedAndAgainUntilItIsTaken() async throws {
        let production = try FakeApp("production")
        let candidate = try FakeApp("candidate") { _, writer in try await writer.send(500) }
        var broken = plan(production, candidate, share: 10_000, number: 7)
        broken.fallback.on = .errors
        broken.notify = notify()
        let (post, desk) = (Post([0]), Desk(variables))
        try await run(broken, post.doors(desk)) { (rig: Rig) async throws -> Void in
            for user in 0..<8 {
                #expect(try await rig.ask("GET", "/", headers: ["X-User: \(user)"]).status == 200)
            }
            #expect(try await eventually { post.letters.withLock { $0.count } == 2 })
            #expect(try await eventually { try await rig.metric("notices_total") == 1 })
            #expect(desk.hasSaid("could not be delivered yet: refused"))
        }
        let letters = post.letters.withLock { $0 }
        let letter = letters[1]
        #expect(letter.url == "http://hooks/x")
        // One notice, told twice: whoever hears both knows it.
        func header(_ index: Int, _ name: String) -> String? {
            letters[index].headers.first { $0.name == name }?.value
        }
        #expect(header(0, "X-Sluice-Delivery") == header(1, "X-Sluice-Delivery"))
        let body = try JSONValue.parse(letter.body)
        #expect(body["event"] == "fuse_blown" && body["plan"] == 7 && body["gateway"] == "gw")
        #expect(body["details"]?["limit"] == "errors")
        #expect(body["text"]?.stringValue?.contains("everybody gets production") == true)
        let parts = try #require(header(1, "X-Sluice-Signature")).split(separator: ",")
        let time = parts[0].dropFirst(2)
        let digest = KeyedDigest(key: Array("secret".utf8)).digest(of: Array("\(time).".utf8) + letter.body)
        #expect(parts[1].dropFirst(3) == digest.map { String(format: "%02x", $0) }.joined())
        await production.stop()
        await candidate.stop()
    }

    @Test func aNoticeThatIsRefusedForGoodIsGivenUpAndTrafficGoesOn() async throws {
        let production = try FakeApp("production")
        let candidate = try FakeApp("candidate") { _, writer in try await writer.send(500) }
        var broken = plan(production, candidate, share: 10_000)
        broken.fallback.on = .errors
        broken.notify = notify()
        let (post, desk) = (Post([404]), Desk(variables))
        try await run(broken, post.doors(desk)) { (rig: Rig) async throws -> Void in
            for user in 0..<20 {
                #expect(try await rig.ask("GET", "/", headers: ["X-User: \(user)"]).status == 200)
            }
            #expect(try await eventually { desk.hasSaid("a notice (fuse_blown) was given up: status 404") })
            #expect(try await rig.metric("notices_lost_total") == 1)
        }
        #expect(post.letters.withLock { $0.count } == 1)
        await production.stop()
        await candidate.stop()
    }

    @Test func nothingMirroredIsSaidAndToldAndSoIsItsEnd() async throws {
        let production = try FakeApp("production")
        let candidate = try FakeApp("candidate")
        var plan = plan(production, candidate)
        plan.mirror = MirrorRule(share: .all, methods: ["POST"], paths: [PathPattern("*")].compactMap { $0 })
        plan.mirror?.body = 4
        plan.notify = notify([.mirror])
        let (post, desk) = (Post(), Desk(variables))
        try await run(plan, post.doors(desk)) { (rig: Rig) async throws -> Void in
            _ = try await rig.ask("POST", "/", headers: ["X-User: u"], body: "much too long to be copied")
            #expect(try await eventually { post.has("mirror_silent") })
            #expect(desk.hasSaid("nothing was mirrored for 0.2 s"))
            #expect(try await rig.metric("mirror_silent") == 1)
            let told = try #require(post.bodies().first)
            #expect(told["details"]?["body"] == 1)
            // Where nothing is to be copied nothing is learnt: it stays silent.
            try await Task.sleep(for: .milliseconds(500))
            #expect(try await rig.metric("mirror_silent") == 1)
            _ = try await rig.ask("POST", "/", headers: ["X-User: u"], body: "x")
            #expect(try await eventually { post.has("mirror_back") })
            #expect(try await rig.metric("mirror_silent") == 0)
            #expect(post.letters.withLock { $0.count } == 2)
        }
        await production.stop()
        await candidate.stop()
    }

    @Test func whatIsNotWantedIsNotToldAndASecretThatIsMissingRefusesThePlan() async throws {
        let production = try FakeApp("production")
        let candidate = try FakeApp("candidate") { _, writer in try await writer.send(500) }
        var broken = plan(production, candidate, share: 10_000)
        broken.fallback.on = .errors
        broken.notify = notify([.lease])
        let (post, desk) = (Post(), Desk(variables))
        try await run(broken, post.doors(desk)) { (rig: Rig) async throws -> Void in
            for user in 0..<8 { _ = try await rig.ask("GET", "/", headers: ["X-User: \(user)"]) }
            #expect(try await eventually { desk.hasSaid("the fuse has blown") })
        }
        #expect(post.letters.withLock { $0.isEmpty })
        for missing in [["HOOK": "http://h"], ["KEY": "k"], ["HOOK": "ftp://h", "KEY": "k"]] {
            #expect(throws: Gateway.Problem.self) {
                try Gateway(GatewaySettings(), plan: broken, source: .fixed, doors: Desk(missing).doors)
            }
        }
        await production.stop()
        await candidate.stop()
    }
}
