import Foundation
import HTTPClient
import HTTPServer
import Notation
import Testing

/// What `sluice gateway` learns of answers by looking at them, and tells.
@Suite struct GatewayWatchTests {
    /// A gateway as its users start it.
    struct Running {
        let child: Child
        let url: String
        let admin: String

        init(_ place: Workplace, _ words: [String], environment: [String: String] = [:]) async throws {
            let child = try place.start(
                ["gateway", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"] + words,
                environment: environment)
            func address(_ start: String) -> String? {
                child.out.split(separator: "\n").first { $0.hasPrefix(start) }.map {
                    String($0.dropFirst(start.count))
                }
            }
            let isUp = try await child.waits { address("health and metrics on ") != nil }
            try #require(isUp, "\(child.out) \(child.err)")
            self.child = child
            url = try #require(address("listening on "))
            admin = try #require(address("health and metrics on "))
        }

        @discardableResult
        func ask(
            _ user: String, path: String = "/v1/answer", body: String = "{}", headers: [(String, String)] = []
        ) async throws -> HTTPClientResponse {
            var fields: HTTPClientHeaders = ["X-User-ID": user, "Content-Type": "application/json"]
            for (name, value) in headers { fields.append(name, value) }
            return try await HTTPClient().send(
                HTTPClientRequest(method: "POST", url: url + path, headers: fields, body: Array(body.utf8)))
        }

        func end() async -> Outcome {
            child.signal(SIGTERM)
            return await child.outcome()
        }
    }

    private func plan(_ production: AnyApp, _ candidate: AnyApp, _ more: String) -> String {
        """
        plan: 1
        production: \(production.origin)
        candidate: \(candidate.origin)
        split: { share: 100%, by: header X-User-ID }
        \(more)
        """
    }

    @Test func answersThatAreNotValidBlowTheFuseWithNothingCaptured() async throws {
        let production = try AnyApp { _ in .json(["answer": "yes"]) }
        let candidate = try AnyApp { _ in .json(["answer": ""]) }
        let place = try Workplace()
        try place.write("answer.schema.json", #"{"type": "object", "required": ["answer"]}"#)
        try place.write(
            "plan.yaml",
            plan(
                production, candidate,
                """
                fuse: { errors: 5%, validation: 5% }
                validation: { schema: answer.schema.json, required: /answer }
                """))
        let gateway = try await Running(place, ["--plan", "plan.yaml"])
        for user in 0..<30 where !gateway.child.err.contains("the fuse has blown") {
            #expect(try await gateway.ask("u\(user)").status == 200)
            try await Task.sleep(for: .milliseconds(30))
        }
        #expect(
            try await gateway.child.waits { gateway.child.err.contains("the fuse has blown: validation") })
        #expect(candidate.requests.count < 20, "\(candidate.requests.count)")
        // Nothing that is only looked at is marked, or answered otherwise.
        #expect(candidate.requests.allSatisfy { $0.headers["X-Request-ID"] == nil })
        let after = try await gateway.ask("u1")
        #expect(String(decoding: after.body, as: UTF8.self).contains("yes"))
        #expect(await gateway.end().status == 0)
        #expect(!place.exists("spool"))
    }

    @Test func theFirstTokenOfAStreamIsWhatTheLimitLooksAt() async throws {
        let production = try AnyApp { _ in .json(["answer": "yes"]) }
        let server = try HTTPServer { _, response in
            let body = try await response.start(200, headers: ["Content-Type": "text/event-stream"])
            let role =
                #"data: {"object":"chat.completion.chunk","choices":[{"index":0,"delta":{"role":"assistant"}}]}"#
            try await body.write(role + "\n\n")
            try await EventLoop.sleep(for: .milliseconds(300))
            let text =
                #"data: {"object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"a"},"finish_reason":"stop"}]}"#
            try await body.write(text + "\n\ndata: [DONE]\n\n")
            try await body.finish()
        }
        let candidate = "http://127.0.0.1:\(try server.start())"
        let place = try Workplace()
        try place.write(
            "plan.yaml",
            """
            plan: 1
            production: \(production.origin)
            candidate: \(candidate)
            split: { share: 100%, by: header X-User-ID }
            fuse: { first_token: { above: 150ms, share: 5% } }
            """)
        let gateway = try await Running(place, ["--plan", "plan.yaml"])
        try await withThrowingTaskGroup(of: Void.self) { group in
            for user in 0..<8 { group.addTask { try await gateway.ask("u\(user)") } }
            try await group.waitForAll()
        }
        let blew = try await gateway.child.waits {
            gateway.child.err.contains("the fuse has blown: first_token")
        }
        #expect(blew, "\(gateway.child.err)")
        _ = await gateway.end()
        await server.stop(within: .milliseconds(10))
    }

    @Test func aPlanSaysWhatIsKeptAndCountedAndAnotherChangesIt() async throws {
        let production = try AnyApp { _ in .json(["answer": "yes", "intent": "refund", "name": "Jane"]) }
        let place = try Workplace()
        func plan(_ number: Int, _ more: String) -> String {
            "plan: \(number)\nstage: s\nproduction: \(production.origin)\nsplit: { by: header X-User-ID }\n\(more)\n"
        }
        try place.write(
            "plan.yaml",
            plan(
                1,
                """
                slices: { tenant: header X-Tenant }
                capture: { redact: { pointers: [/name] }, fields: { intent: /intent } }
                """))
        let gateway = try await Running(
            place, ["--plan", "plan.yaml", "--capture", "spool", "--statistics", "counts.jsonl"])
        try await gateway.ask("u", headers: [("X-Tenant", "acme")])
        try place.write("plan.yaml", plan(2, "capture: { share: 0% }"))
        #expect(try await gateway.child.waits { gateway.child.err.contains("plan 2 holds") })
        try await gateway.ask("v")
        #expect(await gateway.end().status == 0)
        let bytes = try FileManager.default.contentsOfDirectory(atPath: place.path("spool"))
            .filter { $0.hasSuffix(".seg") }.map {
                try Data(contentsOf: URL(fileURLWithPath: place.path("spool/\($0)")))
            }
        let text = bytes.map { String(decoding: $0, as: UTF8.self) }.joined()
        #expect(text.contains("acme") && !text.contains("Jane"))
        let counts = try place.read("counts.jsonl").split(separator: "\n").map {
            try JSONValue.parse(Array($0.utf8))
        }
        #expect(counts.contains { "\($0)".contains("acme") }, "\(counts)")
        // The second request is counted, and not kept.
        #expect(counts.flatMap { $0["counts"]?.arrayValue ?? [] }.contains { $0["plan"] == 2 })
        try place.write("bad.yaml", plan(3, "capture: { redact: { patterns: { a: '(' } } }"))
        let bad = try await place.sluice("gateway", "--plan", "bad.yaml", "--check")
        #expect(bad.status == 65 && bad.err.contains("does not compile"), "\(bad)")
        try place.write("gone.yaml", plan(3, "validation: { schema: gone.json }"))
        let gone = try await place.sluice("gateway", "--plan", "gone.yaml", "--check")
        #expect(gone.status == 65 && gone.err.contains("gone.json"), "\(gone)")
    }
}
