import Foundation
import HTTPClient
import HTTPServer
import Notation
import Synchronization
import Testing

/// `sluice gateway` as it is started, told, and ended.
@Suite struct GatewayCommandTests {
    private func app(_ name: String) throws -> AnyApp {
        try AnyApp { _ in .init(body: name, type: "text/plain") }
    }

    /// The address that a line of the program's output ends with.
    private func address(_ child: Child, _ start: String) -> String? {
        child.out.split(separator: "\n").first { $0.hasPrefix(start) }.map {
            String($0.dropFirst(start.count))
        }
    }

    private func get(_ url: String, user: String) async throws -> (status: Int, text: String, arm: String?) {
        let request = HTTPClientRequest(method: "GET", url: url, headers: ["X-User-ID": user])
        let response = try await HTTPClient().send(request)
        return (
            response.status, String(decoding: response.body, as: UTF8.self), response.headers["X-Sluice-Arm"]
        )
    }

    @Test func itServesTakesANewPlanAndEndsWell() async throws {
        let (production, candidate) = (try app("production"), try app("candidate"))
        let place = try Workplace()
        func plan(_ number: Int, _ share: String) -> String {
            """
            plan: \(number)
            production: \(production.origin)
            candidate: \(candidate.origin)
            announce: X-Sluice-Arm
            split: { share: \(share), by: header X-User-ID }
            """
        }
        try place.write("plan.yaml", plan(1, "0%"))
        let child = try place.start([
            "gateway", "--plan", "plan.yaml", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0",
            "--access-log", "access.jsonl",
        ])
        try #require(try await child.waits { address(child, "health and metrics on ") != nil })
        let url = try #require(address(child, "listening on "))
        let first = try await get(url + "/", user: "u")
        #expect(first.text == "production" && first.arm == "production")
        try place.write("plan.yaml", plan(2, "100%"))
        #expect(try await child.waits { child.err.contains("plan 2 holds") })
        #expect(try await get(url + "/", user: "u").text == "candidate")
        try place.write("plan.yaml", "plan: two")
        child.signal(SIGHUP)
        #expect(try await child.waits { child.err.contains("a bad plan, the old one stays") })
        #expect(child.err.contains("plan.yaml:1:7"), "\(child.err)")
        #expect(try await get(url + "/", user: "u").text == "candidate")
        let ready = try await get(
            try #require(address(child, "health and metrics on ")) + "/readyz", user: "u")
        #expect(ready.status == 200)
        #expect(place.exists(".sluice/gateway/plan.json"))
        #expect(!child.err.contains("\\u{A}"), "\(child.err)")
        // Another one finds the state held.
        let second = try await place.sluice(
            "gateway", "--production", "http://h:1", "--listen", "127.0.0.1:0", "--admin", "none")
        #expect(second.status == 3 && second.err.contains("--state FOLDER"), "\(second)")
        child.signal(SIGTERM)
        let ended = await child.outcome()
        #expect(ended.status == 0, "\(ended)")
        #expect(try place.read("access.jsonl").split(separator: "\n").count == 3)
        // An older plan is taken on demand alone.
        try place.write("plan.yaml", plan(1, "0%"))
        let words = ["gateway", "--plan", "plan.yaml", "--listen", "127.0.0.1:0", "--admin", "none"]
        let older = try await place.start(words).outcome()
        #expect(older.status == 65 && older.err.contains("older than plan 2"), "\(older)")
        let forced = try place.start(words + ["--older"])
        #expect(try await forced.waits { address(forced, "listening on ") != nil })
        forced.signal(SIGTERM)
        #expect(await forced.outcome().status == 0)
    }

    @Test func aPlanIsCheckedWithoutServing() async throws {
        let place = try Workplace()
        try place.write(
            "plan.yaml",
            "plan: 3\nrelease: bot\nproduction: http://h:1\ncandidate: http://h:2\nsplit: { share: 1% }")
        let good = try await place.sluice("gateway", "--plan", "plan.yaml", "--check")
        #expect(good.status == 0, "\(good)")
        #expect(
            good.out.contains("plan 3 of 'bot'") && good.out.contains("1% to the candidate by client"),
            "\(good)")
        try place.write("bad.yaml", "plan: 3\nproduction: http://h:1\nsplti: { share: 1% }")
        let bad = try await place.sluice("gateway", "--plan", "bad.yaml", "--check")
        #expect(bad.status == 65)
        #expect(bad.err.contains("bad.yaml:3:1: error: unknown key 'splti'"), "\(bad)")
        #expect(bad.err.contains("did you mean 'split'?"), "\(bad)")
        try place.write(
            "key.yaml", "plan: 3\nproduction: http://h:1\noverride: { secret: \"${env:NO_KEY}\" }")
        let key = try await place.sluice("gateway", "--plan", "key.yaml", "--check")
        #expect(key.status == 65 && key.err.contains("set NO_KEY"), "\(key)")
        let none = try await place.sluice("gateway")
        #expect(none.status == 64 && none.err.contains("--production URL"), "\(none)")
        let flags = try await place.sluice(
            "gateway", "--production", "http://h:1", "--share", "1%", "--check")
        #expect(flags.status == 65 && flags.err.contains("no candidate"), "\(flags)")
    }

    @Test func aTestersHeaderIsSigned() async throws {
        let place = try Workplace()
        try place.write("plan.yaml", "plan: 3\nproduction: http://h:1\noverride: { secret: \"${env:KEY}\" }")
        let signed = try await place.sluice(
            "gateway", "--plan", "plan.yaml", "--sign", "candidate", "--for", "2h",
            environment: ["KEY": "0123456789abcdef"])
        #expect(signed.status == 0, "\(signed)")
        #expect(signed.out.hasPrefix("X-Sluice-Override: candidate."), "\(signed)")
        let short = try await place.sluice(
            "gateway", "--plan", "plan.yaml", "--check", environment: ["KEY": "short"])
        #expect(short.status == 65 && short.err.contains("less than 16 bytes"), "\(short)")
        let keyless = try await place.sluice("gateway", "--plan", "plan.yaml", "--sign", "candidate")
        #expect(keyless.status == 65 && keyless.err.contains("set KEY"), "\(keyless)")
    }
}
