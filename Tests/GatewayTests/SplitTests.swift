import Domain
import HTTPServer
import Rollout
import Testing

@testable import Gateway

@Suite struct GatewaySplitTests {
    @Test func usersStayWhereTheSplitPutsThem() async throws {
        let production = try FakeApp("production")
        let candidate = try FakeApp("candidate")
        let plan = plan(production, candidate, share: 3000)
        let split = Split(salt: plan.salt)
        try await withGateway(plan, loops: 2) { (rig: Rig) async throws -> Void in
            var taken = 0
            for round in 0..<3 {
                for user in 0..<60 {
                    let arm = try await rig.ask("GET", "/\(round)", headers: ["X-User: u\(user)"]).header(
                        "X-Arm")
                    let isIn = Split.isCandidate(split.hash(of: "u\(user)"), share: plan.share)
                    #expect(arm == (isIn ? "candidate" : "production"))
                    taken += isIn ? 1 : 0
                }
            }
            #expect(candidate.asked.count == taken)
            #expect(taken > 0 && taken < 180)
        }
        await production.stop()
        await candidate.stop()
    }

    @Test func theFirstSourceThatIsThereNamesTheUser() async throws {
        let production = try FakeApp("production")
        let candidate = try FakeApp("candidate")
        var plan = plan(production, candidate, share: 5000)
        plan.sticky = [.header("X-User"), .cookie("sid"), .json(pointer: "/user/id"), .client]
        let split = Split(salt: plan.salt)
        func arm(_ key: String) -> String {
            Split.isCandidate(split.hash(of: key), share: plan.share) ? "candidate" : "production"
        }
        try await withGateway(plan) { (rig: Rig) async throws -> Void in
            for number in 0..<12 {
                let (header, cookie, id) = ("h\(number)", "c\(number)", "j\(number)")
                let body = "{\"user\": {\"id\": \"\(id)\"}}"
                let fields = ["X-User: \(header)", "Cookie: a=b; sid=\(cookie)"]
                #expect(
                    try await rig.ask("POST", "/", headers: fields, body: body).header("X-Arm") == arm(header)
                )
                let second = try await rig.ask("POST", "/", headers: [fields[1]], body: body)
                #expect(second.header("X-Arm") == arm(cookie))
                #expect(try await rig.ask("POST", "/", body: body).header("X-Arm") == arm(id))
                #expect(try await rig.ask("POST", "/", body: "no json").header("X-Arm") == arm("127.0.0.1"))
            }
        }
        await production.stop()
        await candidate.stop()
    }

    @Test func whoIsNotEligibleAndWhoHasNoKeyGetsProduction() async throws {
        let production = try FakeApp("production")
        let candidate = try FakeApp("candidate")
        var plan = plan(production, candidate, share: 10_000)
        plan.eligibility.methods = ["POST"]
        plan.eligibility.paths = [PathPattern("/v1/*")].compactMap { $0 }
        try await withGateway(plan) { (rig: Rig) async throws -> Void in
            let user = ["X-User: u"]
            #expect(
                try await rig.ask("POST", "/v1/a", headers: user, body: "").header("X-Arm") == "candidate")
            #expect(try await rig.ask("GET", "/v1/a", headers: user).header("X-Arm") == "production")
            #expect(
                try await rig.ask("POST", "/v2/a", headers: user, body: "").header("X-Arm") == "production")
            #expect(try await rig.ask("POST", "/v1/a", body: "").header("X-Arm") == "production")
            let shadow = user + ["X-Sluice-Shadow: candidate"]
            #expect(
                try await rig.ask("POST", "/v1/a", headers: shadow, body: "").header("X-Arm") == "production")
            #expect(try await rig.metric("ineligible_total") == 2)
            #expect(try await rig.metric("keyless_total") == 1)
        }
        await production.stop()
        await candidate.stop()
    }

    @Test func aTestersSignedWishIsFollowedAndAForgedOneIsNot() async throws {
        let production = try FakeApp("production")
        let candidate = try FakeApp("candidate")
        var plan = plan(production, candidate)
        plan.override = .init(header: "X-Tester", secret: .init("${env:KEY}"))
        let signer = TesterOverride(key: Array("0123456789abcdef".utf8), salt: plan.salt)
        try await withGateway(plan, desk: Desk(["KEY": "0123456789abcdef"])) {
            (rig: Rig) async throws -> Void in
            let token = signer.token(for: .candidate, until: 4_000_000_000)
            #expect(try await rig.ask(headers: ["X-Tester: \(token)"]).header("X-Arm") == "candidate")
            #expect(candidate.asked[0].headers["X-Tester"] == nil)
            #expect(try await rig.ask(headers: ["X-Tester: \(token)0"]).header("X-Arm") == "production")
            let old = signer.token(for: .candidate, until: 1)
            #expect(try await rig.ask(headers: ["X-Tester: \(old)"]).header("X-Arm") == "production")
            #expect(try await rig.metric("overrides_refused_total") == 2)
        }
        for doors in [GatewayDoors(), Desk(["KEY": "0123456789abcde"]).doors] {
            #expect(throws: Gateway.Problem.self) {
                try Gateway(GatewaySettings(), plan: plan, source: .fixed, doors: doors)
            }
        }
        await production.stop()
        await candidate.stop()
    }
}
