import Foundation
import HTTPServer
import Notation
import Rollout
import Testing

@testable import Gateway

/// What clients are told that no app said, and apps that refuse everybody.
@Suite struct RefusalTests {
    @Test func whatTheGatewayAnswersItselfIsCountedAndSoAreFailuresOfBothArms() async throws {
        let gone = RoutingPlan(number: 1, release: "r", production: .init(url: "http://127.0.0.1:1"))
        try await withGateway(gone) { (rig: Rig) async throws -> Void in
            #expect(try await rig.ask().status == 502)
            #expect(try await rig.ask("GET", "/sluice/v1/x").status == 404)
            #expect(try await rig.metric("requests_total{arm=\"gateway\",status=\"5xx\"}") == 1)
            #expect(try await rig.metric("requests_total{arm=\"gateway\",status=\"4xx\"}") == 1)
            #expect(try await rig.metric("failures_total{arm=\"production\"}") == 1)
        }
        let production = try FakeApp("production") { _, writer in try await writer.send(503) }
        let candidate = try FakeApp("candidate") { _, writer in try await writer.send(500) }
        for (share, arm) in [(0, "production"), (10_000, "candidate")] {
            var both = plan(production, candidate, share: share)
            both.fallback.on = .failures
            try await withGateway(both) { (rig: Rig) async throws -> Void in
                _ = try await rig.ask("GET", "/", headers: ["X-User: u"])
                #expect(try await eventually { try await rig.metric("failures_total{arm=\"\(arm)\"}") == 1 })
                #expect(try await rig.metric("requests_total{arm=\"\(arm)\",status=\"5xx\"}") == 1)
            }
        }
        await production.stop()
        await candidate.stop()
    }

    @Test func requestsThatAreNoneAreCountedAndInTheLog() async throws {
        let production = try FakeApp("production")
        let file = FileManager.default.temporaryDirectory.path + "/access-\(UUID().uuidString)"
        defer {
            for path in [file, file + ".1"] { try? FileManager.default.removeItem(atPath: path) }
        }
        let log = try AccessLog(path: file)
        func lines(_ path: String) throws -> [JSONValue] {
            let bytes = FileManager.default.contents(atPath: path) ?? Data()
            return try bytes.split(separator: 10).map { try JSONValue.parse(Array($0)) }
        }
        try await withGateway(plan(production), log: log) { (rig: Rig) async throws -> Void in
            let port = rig.port
            let statuses = try await onThread { () -> [Int] in
                try ["nothing\r\n\r\n", "FLY / HTTP/1.1\r\nHost: h\r\n\r\n"].map {
                    let client = try WireClient(port: port)
                    try client.send($0)
                    return try client.receive().status
                }
            }
            #expect(statuses == [400, 501])
            #expect(try await rig.metric("refused_total") == 2)
            #expect(try await rig.metric("requests_total{arm=\"gateway\",status=\"4xx\"}") == 1)
            #expect(try await rig.metric("requests_total{arm=\"gateway\",status=\"5xx\"}") == 1)
            #expect(try await eventually { try lines(file).count == 2 })
            let first = try #require(try lines(file).first)
            #expect(first["end"] == "refused" && first["status"] == 400 && first["arm"] == "gateway")
            // What was moved away is let go: by itself, and when told.
            try FileManager.default.moveItem(atPath: file, toPath: file + ".1")
            _ = try await rig.ask("GET", "/a", headers: ["X-Request-ID: mine"])
            #expect(try await eventually { try lines(file).count == 1 })
            #expect(try lines(file)[0]["id"] == "mine")
            #expect(try lines(file + ".1").count == 2)
            try FileManager.default.removeItem(atPath: file)
            rig.gateway.reload()
            #expect(try await eventually { FileManager.default.fileExists(atPath: file) })
        }
        await production.stop()
    }

    @Test func aCandidateThatRefusesEverybodyIsShutOut() async throws {
        let production = try FakeApp("production")
        let candidate = try FakeApp("candidate") { _, writer in try await writer.send(401) }
        let desk = Desk()
        try await withGateway(plan(production, candidate, share: 5_000), desk: desk) {
            (rig: Rig) async throws -> Void in
            for user in 0..<160 where !desk.hasSaid("the fuse has blown") {
                _ = try await rig.ask("GET", "/", headers: ["X-User: \(user)"])
            }
            #expect(try await eventually { desk.hasSaid("the fuse has blown: client_errors") })
            let before = candidate.asked.count
            for user in 0..<20 {
                #expect(try await rig.ask("GET", "/", headers: ["X-User: \(user)"]).status == 200)
            }
            #expect(candidate.asked.count == before)
        }
        await production.stop()
        await candidate.stop()
    }

    @Test func whatProductionRefusesTooIsNoEvidence() async throws {
        let production = try FakeApp("production") { _, writer in try await writer.send(404) }
        let candidate = try FakeApp("candidate") { _, writer in try await writer.send(404) }
        let desk = Desk()
        try await withGateway(plan(production, candidate, share: 5_000), desk: desk) {
            (rig: Rig) async throws -> Void in
            let port = rig.port
            try await onThread {
                let client = try WireClient(port: port)
                for user in 0..<600 { _ = try client.ask("GET", "/", headers: ["X-User: \(user)"]) }
            }
            try await Task.sleep(for: .milliseconds(100))
            #expect(!desk.hasSaid("the fuse has blown"))
            #expect(candidate.asked.count > 200)
        }
        await production.stop()
        await candidate.stop()
    }
}
