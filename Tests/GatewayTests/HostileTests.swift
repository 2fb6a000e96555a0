import Domain
import Foundation
import HTTPServer
import Rollout
import Synchronization
import Testing

@testable import Gateway

/// What clients and apps send that would have the gateway say, pass on or keep what is not so.
@Suite struct HostileTests {
    @Test func anAppCannotSpeakForTheGateway() async throws {
        // It claims the other arm, twice, and names the gateway's field as one of its connection.
        let liar: FakeApp.Answer = { _, writer in
            var fields: HTTPFields = ["X-Arm": "candidate"]
            fields.append("x-arm", "both")
            try await writer.send(headers: fields, body: Array("liar".utf8))
        }
        let production = try FakeApp("production", answer: liar)
        try await withGateway(plan(production)) { (rig: Rig) async throws -> Void in
            let answer = try await rig.ask()
            let said = answer.head.lowercased().split(separator: "\r\n").filter { $0.hasPrefix("x-arm") }
            #expect(said == ["x-arm: production"])
        }
        await production.stop()
    }

    @Test func aClientThatLeavesEndsTheStreamOfEitherArm() async throws {
        final class Ends: Sendable { let count = Mutex(0) }
        let ends = Ends()
        let endless: FakeApp.Answer = { _, writer in
            let body = try await writer.start(headers: ["Content-Type": "text/event-stream"])
            do {
                while true {
                    try await body.write("data: token\n\n")
                    try await EventLoop.sleep(for: .milliseconds(5))
                }
            } catch {
                ends.count.withLock { $0 += 1 }
                throw error
            }
        }
        let production = try FakeApp("production", answer: endless)
        let candidate = try FakeApp("candidate", answer: endless)
        for (index, share) in [0, 10_000].enumerated() {
            var plan = plan(production, candidate, share: share)
            plan.fuse = nil
            try await withGateway(plan) { (rig: Rig) async throws -> Void in
                let port = rig.port
                try await onThread {
                    let client = try WireClient(port: port)
                    try client.send("GET / HTTP/1.1\r\nHost: h\r\nX-User: u\r\n\r\n")
                    // Its first piece is there when the head is; the connection is closed with the client.
                    Thread.sleep(forTimeInterval: 0.1)
                }
                let began = ContinuousClock.now
                #expect(try await eventually { ends.count.withLock { $0 } == index + 1 })
                #expect(ContinuousClock.now - began < .seconds(1))
                #expect(try await rig.metric("clients_gone_total") == 1)
            }
        }
        #expect(production.asked.count == 1 && candidate.asked.count == 1)
        await production.stop()
        await candidate.stop()
    }

    @Test(arguments: [
        "candidate", "candidate.9999999999." + String(repeating: "0", count: 64), "candidate.-1.x",
        "candidate.99999999999999999999999." + String(repeating: "a", count: 64),
        String(repeating: "x", count: 20_000), "candidate.9999999999.\u{E9}\u{20AC}", "..", "",
    ])
    func whatIsNoSignatureChangesNothingAndReachesNoApp(token: String) async throws {
        let production = try FakeApp("production")
        let candidate = try FakeApp("candidate")
        var plan = plan(production, candidate)
        plan.override = .init(header: "X-Tester", secret: .init("${env:KEY}"))
        try await withGateway(plan, desk: Desk(["KEY": "k"])) { (rig: Rig) async throws -> Void in
            let answer = try await rig.ask("GET", "/", headers: ["X-User: u", "X-Tester: \(token)"])
            #expect(answer.header("X-Arm") == "production")
        }
        #expect(candidate.asked.isEmpty)
        #expect(production.asked.count == 1 && production.asked[0].headers["X-Tester"] == nil)
        await production.stop()
        await candidate.stop()
    }

    @Test func fieldsOfTheConnectionReachNeitherSide() async throws {
        let production = try FakeApp("production")
        try await withGateway(plan(production)) { (rig: Rig) async throws -> Void in
            let answer = try await rig.ask(
                "GET", "/",
                headers: [
                    "Connection: X-Secret, TE, Host, keep-alive", "X-Secret: 1", "TE: trailers",
                    "Trailer: X-Sum",
                    "Proxy-Connection: close", "Keep-Alive: timeout=1", "X-Plain: 2",
                ])
            #expect(answer.status == 200)
            let fields = try #require(production.asked.first).headers
            #expect(fields["X-Plain"] == "2" && fields["Host"] == "h")
            for name in ["X-Secret", "TE", "Trailer", "Proxy-Connection", "Keep-Alive", "Connection"] {
                #expect(!fields.contains(name), "\(name)")
            }
        }
        await production.stop()
    }

    @Test func theClientsPortTellsNothingOfTheGatewayAndTheAdminPortTakesNothing() async throws {
        let production = try FakeApp("production")
        try await withGateway(plan(production)) { (rig: Rig) async throws -> Void in
            for path in ["/metrics", "/readyz", "/healthz", "/plan"] {
                #expect(try await rig.ask("GET", path).body == "production ")
            }
            for path in ["/sluice/v1/", "/sluice/v1/plan", "/sluice/v1/../v1/plan", "/sluice/v1/feedback/x"] {
                #expect(try await rig.ask("GET", path).status == 404)
            }
            let admin = rig.adminPort
            for method in ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"] {
                let status = try await onThread { try WireClient(port: admin).ask(method, "/plan").status }
                #expect(status == 405)
            }
        }
        #expect(production.asked.count == 4)
        await production.stop()
    }
}
