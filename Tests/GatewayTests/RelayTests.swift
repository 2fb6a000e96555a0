import Foundation
import HTTPServer
import Notation
import Rollout
import Testing

@testable import Gateway

@Suite struct RelayTests {
    @Test func theArmsAreToldOfTheClientAsThePlanSays() async throws {
        let production = try FakeApp("production")
        var told = plan(production)
        try await withGateway(told) { (rig: Rig) async throws -> Void in
            let sly = ["X-Forwarded-For: 10.0.0.1", "Connection: X-Forwarded-For"]
            _ = try await rig.ask(headers: sly)
        }
        told.forwarded.client = .replace
        told.forwarded.standard = true
        told.forwarded.via = "edge"
        try await withGateway(told) { (rig: Rig) async throws -> Void in
            _ = try await rig.ask(headers: ["X-Forwarded-For: 10.0.0.1"])
        }
        let asked = production.asked.map(\.headers)
        #expect(asked[0].values(of: "X-Forwarded-For") == ["10.0.0.1, 127.0.0.1"])
        #expect(asked[0]["X-Forwarded-Proto"] == "http" && asked[0]["Via"] == nil)
        #expect(asked[1].values(of: "X-Forwarded-For") == ["127.0.0.1"])
        #expect(asked[1]["Forwarded"] == "for=127.0.0.1;proto=http" && asked[1]["Via"] == "1.1 edge")
        await production.stop()
    }

    @Test func whatProductionAnswersComesThroughUntouched() async throws {
        let production = try FakeApp("production") { asked, writer in
            try await writer.send(
                201, headers: ["X-Own": "yes", "Set-Cookie": "a=b"],
                text: "\(asked.method) \(asked.target) \(String(decoding: asked.body, as: UTF8.self))")
        }
        try await withGateway(plan(production)) { (rig: Rig) async throws -> Void in
            let answer = try await rig.ask("POST", "/a?b=c", headers: ["X-Mine: 1"], body: "hello")
            #expect(answer.status == 201)
            #expect(answer.body == "POST /a?b=c hello")
            #expect(answer.header("X-Own") == "yes")
            #expect(answer.header("X-Arm") == "production")
            #expect(production.asked[0].headers["X-Mine"] == "1")
            #expect(production.asked[0].headers["host"] == "h")
        }
        await production.stop()
    }

    @Test func productionThatIsDownIsToldInJSON() async throws {
        let gone = try FakeApp("gone")
        await gone.stop()
        try await withGateway(plan(gone)) { (rig: Rig) async throws -> Void in
            let answer = try await rig.ask()
            #expect(answer.status == 502)
            let value = try JSONValue.parse(answer.body)
            #expect(value["error"]?["code"] == "upstream_unreachable")
            #expect(!answer.body.contains("\(gone.port)"))
        }
        let hung = try RudeApp(.hang)
        var slow = RoutingPlan(number: 1, release: "r", production: .init(url: hung.url))
        slow.production.firstByte = .milliseconds(100)
        try await withGateway(slow) { (rig: Rig) async throws -> Void in
            let answer = try await rig.ask()
            #expect(answer.status == 504)
            #expect(try JSONValue.parse(answer.body)["error"]?["code"] == "upstream_timeout")
        }
        hung.stop()
    }

    @Test func ownPathsAreReservedAndNoOthers() async throws {
        let production = try FakeApp("production")
        try await withGateway(plan(production)) { (rig: Rig) async throws -> Void in
            #expect(try await rig.ask("GET", "/sluice/v1/anything").status == 404)
            #expect(production.asked.isEmpty)
            for path in ["/healthz", "/metrics", "/sluice/v2/x", "/sluice", "/readyz"] {
                #expect(try await rig.ask("GET", path).status == 200)
            }
            #expect(production.asked.count == 5)
        }
        await production.stop()
    }

    @Test func healthReadinessPlanAndMetricsAreToldOnAnotherPort() async throws {
        let production = try FakeApp("production")
        try await withGateway(plan(production, number: 7)) { (rig: Rig) async throws -> Void in
            _ = try await rig.ask()
            #expect(try await rig.admin("/healthz").status == 200)
            let ready = try await rig.admin("/readyz")
            #expect(ready.status == 200)
            #expect(try JSONValue.parse(ready.body)["plan"] == 7)
            #expect(try JSONValue.parse(try await rig.admin("/plan").body)["plan"] == 7)
            #expect(try await rig.metric("requests_total{arm=\"production\",status=\"2xx\"}") == 1)
            #expect(try await rig.metric("answer_seconds_count{arm=\"production\"}") == 1)
            #expect(try await rig.admin("/other").status == 404)
        }
        await production.stop()
    }

    @Test func whatIsUnderWayIsAnsweredAtTheEnd() async throws {
        let production = try FakeApp("production") { _, writer in
            try await EventLoop.sleep(for: .milliseconds(300))
            try await writer.send(text: "late")
        }
        var settings = GatewaySettings()
        settings.grace = .seconds(5)
        let gateway = try Gateway(settings, plan: plan(production), source: .fixed, doors: GatewayDoors())
        let port = try gateway.start().port
        async let answer = onThread { try WireClient(port: port).ask("GET", "/") }
        #expect(try await eventually { !production.asked.isEmpty })
        await gateway.stop()
        #expect(try await answer.body == "late")
        await #expect(throws: (any Error).self) { try await onThread { try WireClient(port: port) } }
        await production.stop()
    }

    @Test func anUpgradeGoesToProductionAlone() async throws {
        let production = try FakeApp("production")
        let candidate = try FakeApp("candidate")
        try await withGateway(plan(production, candidate, share: 10_000)) { (rig: Rig) async throws -> Void in
            let headers = ["Connection: Upgrade", "Upgrade: websocket", "X-User: u"]
            let answer = try await rig.ask("GET", "/socket", headers: headers)
            #expect(answer.body == "production ")
            #expect(candidate.asked.isEmpty)
        }
        await production.stop()
        await candidate.stop()
    }

    @Test func theAccessLogHasALineARequest() async throws {
        let production = try FakeApp("production")
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        let log = AccessLog(descriptor: ends[1])
        try await withGateway(plan(production), log: log) { (rig: Rig) async throws -> Void in
            _ = try await rig.ask("GET", "/secret?token=abc")
        }
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = read(ends[0], &buffer, buffer.count)
        let line = try JSONValue.parse(Array(buffer[..<max(0, count)]))
        #expect(line["path"] == "/secret")
        #expect(line["status"] == 200)
        #expect(line["arm"] == "production")
        await production.stop()
    }
}
