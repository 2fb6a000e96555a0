import Foundation
import HTTPServer
import Notation
import Synchronization
import Testing

/// `sluice contract` through the binary.
@Suite struct ContractTests {
    private static let body = """
        {"answer": "a", "confidence": 0.8, "score": 0.95, "label": "HIGH", "docs": [{"score": 1}, {"score": 2.5}],
         "versions": {"prompt": "v1", "model": "m1"}}
        """
    private static let contract = """
          schema: answer.json
          status: 200
          content_type: application/json
          headers: { X-Request-ID: "^[0-9]+$" }
          bounds: { confidence: [0, 1], /docs/*/score: { at_least: 0 } }
          labels: { bands: { HIGH: 0.9, MEDIUM: 0.7, LOW: 0 } }
          latency: { p50: 5s, max: 10s }
          versions: { model: m1, prompt: any }
          probes: 5
        """

    private func place(_ url: String, contract: String = contract, app: String = "") throws -> Workplace {
        let place = try Workplace()
        try place.writeExamples(40)
        try place.write(
            "answer.json",
            #"{"type": "object", "required": ["answer"], "properties": {"answer": {"type": "string"}}}"#)
        try place.write(
            "sluice.yaml",
            """
            version: 1
            project: test
            app:
              candidate: \(url)
              request: { query: "${input.query}" }
              observe: { text: /answer, confidence: /confidence, score: /score, label: /label, versions: /versions }
              limits: { timeout: 3s, retries: 1, answer_size: 1MB }
            \(app)
            dataset: golden.jsonl
            gates: [error_rate <= 1%]
            contract:
            \(contract)
            """)
        return place
    }

    private func app(
        _ change: @escaping @Sendable (inout TestApp.Reply, Int) -> Void = { _, _ in }
    ) throws -> TestApp {
        try TestApp { question in
            var reply = TestApp.Reply(body: Self.body, headers: ["X-Request-ID": "17"])
            change(&reply, question.number)
            return reply
        }
    }

    @Test func aDeploymentThatHoldsItsContractShips() async throws {
        let headers = Seen()
        let app = try TestApp { question in
            headers.values.withLock { $0.append(question.headers) }
            return TestApp.Reply(body: Self.body, headers: ["X-Request-ID": "17"])
        }
        let place = try place(app.url)
        let outcome = try await place.sluice("contract", "--junit", "c.xml", "--markdown", "c.md")
        #expect(outcome.status == 0, "\(outcome)")
        #expect(outcome.out.hasPrefix("SHIP  test  contract on 5 probes of \(app.url)"), "\(outcome)")
        #expect(outcome.out.contains("the slowest of 5"))
        #expect(app.asked.count == 5)
        #expect(XMLReader.problem(place.path("c.xml")) == nil)
        #expect(try place.read("c.md").contains("SHIP"))
        let seen = headers.values.withLock { $0 }
        #expect(seen.allSatisfy { ($0["X-Sluice-Replay"] ?? "").hasPrefix("c-") })
        #expect(Set(seen.compactMap { $0["Idempotency-Key"] }).count == 5)
        // Always the same examples.
        let first = Set(app.asked)
        let json = try await place.sluice("contract", "--json")
        #expect(Set(app.asked.dropFirst(5)) == first)
        let value = try JSONValue.parse(json.out)
        #expect(value["format"] == "sluice.contract/1")
        #expect(value["verdict"] == "SHIP")
        #expect(value["checks"]?.arrayValue?.count == 13)
        #expect(!place.exists(".sluice"), "a contract keeps nothing")
    }

    private final class Seen: Sendable { let values = Mutex<[HTTPFields]>([]) }

    @Test(arguments: [
        ("status", #""confidence""#, #""confidence""#, 500, "status is 200"),
        ("schema", #""answer": "a""#, #""answer": 3"#, 200, "the body is valid by answer.json"),
        ("json", "{", "[", 200, "every probe is answered"),
        ("bound", "0.8", "1.8", 200, "confidence lies in [0, 1]"),
        ("element", "2.5", "-2.5", 200, "/docs/*/score >= 0"),
        ("label", "HIGH", "LOW", 200, "label agrees with score"),
        ("version", #""m1""#, #""m2""#, 200, "version model is m1"),
        ("lost version", #""prompt": "v1", "#, "", 200, "version prompt is shown"),
    ])
    func eachBreachBlocksAndIsShown(_ entry: (String, String, String, Int, String)) async throws {
        let app = try app { reply, number in
            // One probe in five.
            guard number == 2 else { return }
            reply.body = reply.body.replacing(entry.1, with: entry.2)
            reply.status = entry.3
        }
        let place = try place(app.url)
        let outcome = try await place.sluice("contract", "--json")
        #expect(outcome.status == 1, "\(entry.0): \(outcome)")
        let checks = try JSONValue.parse(outcome.out)["checks"]?.arrayValue ?? []
        let failing = checks.filter { $0["outcome"] == "fails" }
        let check = try #require(
            failing.first { $0["rule"]?.stringValue?.hasPrefix(entry.4) == true }, "\(entry.0): \(failing)")
        #expect(check["first"]?["probe"]?.stringValue?.hasPrefix("E-") == true)
        #expect(check["first"]?["call"]?["request"]?["body"]?.stringValue?.contains("question ") == true)
        #expect(check["first"]?["call"]?["answer"] != nil)
    }

    @Test func headersTypeAndTimeAreHeldTo() async throws {
        let app = try app { reply, _ in
            reply.headers = ["X-Request-ID": "x17"]
            reply.type = "text/plain"
            reply.delay = .milliseconds(60)
        }
        let place = try place(app.url, contract: Self.contract.replacing("max: 10s", with: "max: 20ms"))
        let outcome = try await place.sluice("contract")
        #expect(outcome.status == 1, "\(outcome)")
        for words in [
            "✗ content type is application/json  5 of 5: the content type was 'text/plain'",
            "✗ header X-Request-ID matches ^[0-9]+$  5 of 5: X-Request-ID was 'x17'",
            "✗ latency max <= 20 ms",
            "✓ latency p50 <= 5.00 s",
        ] {
            #expect(outcome.out.contains(words), "\(words): \(outcome)")
        }
    }

    @Test func instancesOfOneDeploymentMustBeTheSame() async throws {
        let first = try app()
        let second = try app { reply, _ in reply.body = reply.body.replacing("\"v1\"", with: "\"v2\"") }
        let place = try place("http://127.0.0.1:9/")
        let outcome = try await place.sluice("contract", "--url", first.url, "--url", second.url)
        #expect(outcome.status == 1, "\(outcome)")
        #expect(outcome.out.contains("contract on 10 probes"))
        #expect(outcome.out.contains("prompt was 'v2' here and 'v1' at \(first.url)"), "\(outcome)")
        #expect(try await place.sluice("contract", "--url", first.url).status == 0)
    }

    @Test func anAppThatIsAwayIsNoVerdict() async throws {
        let place = try place("http://127.0.0.1:9/answer")
        let outcome = try await place.sluice("contract", "--junit", "c.xml")
        #expect(outcome.status == 3, "\(outcome)")
        #expect(outcome.out.hasPrefix("COULD NOT MEASURE"))
        #expect(try place.read("c.xml").contains(#"failures="0" errors="13""#))
        let throttled = try app { reply, _ in
            reply.status = 429
            reply.headers = ["Retry-After": "0"]
        }
        let busy = try await place.sluice("contract", "--url", throttled.url)
        #expect(busy.status == 3, "\(busy)")
        #expect(throttled.asked.count == 10, "each once more")
    }

    @Test func probesMayBeGiven() async throws {
        let app = try app()
        let place = try place(
            app.url, contract: "  probes: [{ query: \"how are you?\" }, { query: two, locale: en }]")
        let outcome = try await place.sluice("contract")
        #expect(outcome.status == 0, "\(outcome)")
        #expect(Set(app.asked) == ["how are you?", "two"])
        let more = try await place.sluice("contract", "--probes", "3")
        #expect(more.status == 0)
        #expect(app.asked.count == 5)
        let bad = try self.place(app.url, contract: "  probes: [{ text: 3 }]")
        let refused = try await bad.sluice("contract")
        #expect(refused.status == 65, "\(refused)")
        #expect(refused.err.contains("contract.probes"), "\(refused)")
    }

    @Test func whatIsMissingIsSaid() async throws {
        let place = try place("http://127.0.0.1:9/")
        let text = try place.read("sluice.yaml")
        try place.write("sluice.yaml", text.components(separatedBy: "contract:")[0])
        let none = try await place.sluice("contract")
        #expect(none.status == 65, "\(none)")
        #expect(none.err.contains("the policy has no 'contract'; add one"))
        try place.write("sluice.yaml", text)
        try FileManager.default.removeItem(atPath: place.path("answer.json"))
        #expect(try await place.sluice("contract").status == 65)
        try place.write("answer.json", #"{"type": 3}"#)
        let bad = try await place.sluice("contract")
        #expect(bad.status == 65 && bad.err.contains("answer.json cannot be used"), "\(bad)")
    }

    @Test func aSecretIsSentAndNeverShown() async throws {
        let secret = "s3cr3t-Qx7-value"
        let app = try TestApp { question in
            TestApp.Reply(status: 500, body: "bad: \(question.headers["Authorization"] ?? "none")")
        }
        let place = try place(app.url, app: "  headers: { Authorization: \"Bearer ${env:TEST_TOKEN}\" }")
        let outcome = try await place.sluice(
            "contract", "--markdown", "c.md", "--junit", "c.xml", environment: ["TEST_TOKEN": secret])
        #expect(outcome.status == 1, "\(outcome)")
        for text in [outcome.out, outcome.err, try place.read("c.md"), try place.read("c.xml")] {
            #expect(!text.contains(secret))
        }
        #expect(outcome.out.contains("<redacted>"))
    }

    @Test func hostileAnswersAreShownAsTextOrCutOff() async throws {
        let evil = try app()
        let evilURL = evil.url
        let app = try app { reply, number in
            switch number % 5 {
            case 0: reply.body = "\u{1B}]0;owned\u{7}<script>alert(1)</script>\u{202E}"
            case 1: reply.body = "{\"answer\": \"" + String(repeating: "x", count: 4 << 20) + "\"}"
            case 2:
                reply.status = 302
                reply.headers = ["Location": evilURL]
            case 3: reply.body = String(repeating: "[", count: 100_000)
            default: reply.body = #"{"answer": "\u001b[2J", "versions": {"<svg onload=x>": "1"}}"#
            }
        }
        let place = try place(app.url)
        let outcome = try await place.sluice("contract", "--markdown", "c.md", "--junit", "c.xml")
        #expect(outcome.status == 1, "\(outcome)")
        #expect(evil.asked.isEmpty)
        for text in [outcome.out, try place.read("c.md"), try place.read("c.xml")] {
            #expect(!text.contains("\u{1B}") && !text.contains("\u{202E}") && !text.contains("\u{7}"))
        }
        #expect(!(try place.read("c.md").contains("<script>")))
        #expect(XMLReader.problem(place.path("c.xml")) == nil)
    }

    /// The check's own time, beside an app that answers at once: a second is allowed in a release build, and a debug
    /// build on a busy machine gets some more.
    @Test func aContractTakesNoTimeOfItsOwn() async throws {
        let app = try app()
        let place = try place(app.url, contract: Self.contract.replacing("probes: 5", with: "probes: 20"))
        try place.writeExamples(2000)
        let began = ContinuousClock.now
        let outcome = try await place.sluice("contract")
        #expect(outcome.status == 0, "\(outcome)")
        #expect(ContinuousClock.now - began < .seconds(5))
    }
}
