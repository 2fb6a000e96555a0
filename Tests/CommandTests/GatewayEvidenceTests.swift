import Foundation
import HTTPClient
import Notation
import Testing

/// Captured traffic on its way to where evidence is kept.
@Suite struct GatewayEvidenceTests {
    @Test func killedWhileItShipsNothingIsLostAndNothingIsThereTwice() async throws {
        let production = try AnyApp { _ in .json(["answer": "yes"]) }
        let place = try Workplace()
        try place.write(
            "plan.yaml", "plan: 1\nproduction: \(production.origin)\nsplit: { by: header X-User-ID }\n")
        let words = ["--plan", "plan.yaml", "--capture", "spool", "--evidence", "evidence"]
        var ids: Set<String> = []
        for round in 0..<5 {
            let gateway = try await GatewayWatchTests.Running(place, words)
            for number in 0..<20 {
                let id = "r\(round)-\(number)"
                try await gateway.ask("u\(number)", headers: [("X-Request-ID", id)])
                ids.insert(id)
            }
            if round == 4 {
                #expect(await gateway.end().status == 0)
            } else {
                // What was there when it started is being shipped while this round is killed.
                try await Task.sleep(for: .milliseconds(50 + 10 * round))
                gateway.child.signal(SIGKILL)
                _ = await gateway.child.outcome()
            }
        }
        let left = try FileManager.default.contentsOfDirectory(atPath: place.path("spool"))
        #expect(left == ["writer.lock"], "\(left)")
        let runs = try FileManager.default.contentsOfDirectory(atPath: place.path("evidence/runs"))
        let folders = runs.map { "evidence/runs/" + $0 }
        #expect(folders.allSatisfy { $0.contains("traffic-gateway-") })
        let read = try await place.start(["shadow", "report"] + folders + ["--json"]).outcome()
        let join = try #require(try JSONValue.parse(Array(read.out.utf8))["join"], "\(read)")
        #expect(join["seen"] == .integer(Int64(ids.count)), "\(join)")
        #expect(join["repeated"] == 0)
        let alone = try await place.sluice(
            "gateway", "--production", "http://h:1", "--evidence", "e", "--check")
        #expect(alone.status == 64 && alone.err.contains("--capture"), "\(alone)")
    }
}
