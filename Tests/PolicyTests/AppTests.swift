import Domain
import Notation
import Policy
import Testing

@Suite struct AppTests {
    static func everything() throws -> ReleasePolicy {
        let (policy, diagnostics) = PolicyReader.read(
            try Fixtures.bytes("good", "everything.yaml"), path: "everything.yaml")
        return try #require(policy, "\(DiagnosticText().render(diagnostics))")
    }

    @Test func whatAnArmDoesNotSayIsTakenFromTheApp() throws {
        let candidate = try #require(try Self.everything().app.candidate)
        guard case .http(let url, let method, let template) = candidate.kind else {
            Issue.record("not HTTP")
            return
        }
        #expect(url == "http://127.0.0.1:8102/v1/answer")
        #expect(method == "PUT")
        #expect(
            template == [
                "q": "${input.query}", "n": 3, "deep": ["list": [1, "${input.history}", nil, true]],
            ])
        #expect(candidate.headers.map(\.name) == ["authorization", "X-Team", "X-Arm"])
        #expect(candidate.headers.map(\.value.template) == ["Bearer ${env:APP_KEY}", "search", "candidate"])
        #expect(candidate.observe.text == "/reply")
        #expect(candidate.observe.intent == "/routing/intent")
        #expect(candidate.observe.scoreLabel == "/label")
        #expect(candidate.observe.values.map(\.name) == ["tone", "a~b"])
        #expect(candidate.observe.values.map(\.pointer) == ["/scores/tone", "/a~0b"])
        #expect(candidate.overlay["top_k"] == 5)
        #expect(candidate.stream == nil)
        #expect(candidate.streamText == "/delta")
        #expect(candidate.prices?.inputPerMillion == 0.15)
        #expect(candidate.prices?.currency == "USD")
    }

    @Test func anArmsOwnWordsWinOverTheApps() throws {
        let baseline = try #require(try Self.everything().app.baseline)
        guard case .openAI(let url, let model, let parameters, let stream, let system) = baseline.kind else {
            Issue.record("not OpenAI")
            return
        }
        #expect(url == "http://127.0.0.1:8000/v1")
        #expect(model == "small-1")
        #expect(parameters["max_tokens"] == 512)
        #expect(stream)
        #expect(system?.variables == ["SYSTEM_SUFFIX"])
        // Names of headers are the same whatever their case (RFC 9110, section 5.1).
        #expect(baseline.headers.map(\.name) == ["X-Team", "Authorization"])
        #expect(baseline.headers.last?.value.description == "Bearer <redacted>")
        #expect(baseline.observe.intent == "/metadata/intent")
        #expect(baseline.observe.text == "/answer")
        #expect(baseline.prices?.outputPerMillion == 0.6)
        #expect(baseline.prices?.cachedInputPerMillion == 0.075)
    }

    @Test func limitsAreReadInTheirUnits() throws {
        let limits = try Self.everything().app.limits
        #expect(limits.concurrency == 8)
        #expect(limits.timeoutSeconds == 0.5)
        #expect(limits.totalTimeoutSeconds == 120)
        #expect(limits.retries == 0)
        #expect(limits.requestsPerSecond == 10)
        #expect(limits.repeats == 3)
        #expect(limits.cache == false)
        #expect(limits.answerBytes == 512_000)
    }

    @Test func theRestOfThePolicyIsRead() throws {
        let policy = try Self.everything()
        #expect(policy.app.conversation == .given)
        #expect(policy.datasets == ["golden/a.jsonl", "golden/b.jsonl"])
        #expect(policy.slices == ["intent", "locale"])
        #expect(policy.catalogues == ["products": ["Basic", "Plus"]])
        #expect(policy.estimand == .thisSet)
        #expect(policy.confidence == 0.9)
        #expect(policy.seed == 42)
        #expect(policy.unmeasuredLimit == 0.025)
        #expect(policy.unsure == .fail)
        #expect(policy.layers == [.prompt: [.golden, .shadow, .canary], .infra: [.golden, .monitor]])
        #expect(policy.source.path == "everything.yaml")
        #expect(policy.source.text.hasPrefix("# Every key"))
    }

    @Test func defaultsHoldWhereNothingIsSaid() throws {
        let (read, _) = PolicyReader.read(try Fixtures.bytes("good", "smallest.yaml"), path: "smallest.yaml")
        let policy = try #require(read)
        #expect(policy.app.limits == ReplayLimits())
        #expect(policy.app.baseline == nil)
        #expect(policy.app.conversation == .replay)
        #expect(policy.unsure == .default)
        #expect(policy.confidence == 0.95)
        #expect(policy.seed == 1)
        #expect(policy.unmeasuredLimit == 0.05)
        #expect(policy.estimand == .population)
        #expect(policy.metrics.map(\.name) == ["latency"])
        guard case .http(_, let method, let template) = try #require(policy.app.candidate).kind else {
            Issue.record("not HTTP")
            return
        }
        #expect(method == "POST")
        #expect(template == nil)
    }

    @Test func aBlessedRunStandsInForABaseline() throws {
        let (policy, _) = PolicyReader.read(try Fixtures.bytes("good", "command.yaml"), path: "command.yaml")
        let app = try #require(policy).app
        #expect(app.baseline == nil)
        #expect(app.blessedBaseline == "main")
        guard case .command(let arguments) = try #require(app.candidate).kind else {
            Issue.record("not a command")
            return
        }
        #expect(arguments == ["python3", "app.py", "--fast"])
    }

    @Test func theCommandLinesRepeatsWin() throws {
        let text = Fixtures.policy(gates: ["intent_accuracy 2 of 3"])
        #expect(read(text).policy == nil)
        #expect(try #require(read(text, repeats: 3).policy).app.limits.repeats == 3)
    }

    struct Measure: Sendable, CustomTestStringConvertible {
        let key: String
        let text: String
        let value: Double?
        var testDescription: String { "\(key): \(text)" }
    }

    @Test(arguments: [
        Measure(key: "timeout", text: "2m", value: 120), Measure(key: "timeout", text: "1.5 s", value: 1.5),
        Measure(key: "timeout", text: "250ms", value: 0.25), Measure(key: "timeout", text: "1h", value: 3600),
        Measure(key: "timeout", text: "5 min", value: nil), Measure(key: "timeout", text: "-5s", value: nil),
        Measure(key: "timeout", text: "s", value: nil), Measure(key: "timeout", text: "1.s", value: nil),
        Measure(key: "timeout", text: "1..5s", value: nil), Measure(key: "timeout", text: "0s", value: nil),
        Measure(key: "timeout", text: "1e3s", value: nil), Measure(key: "rate", text: "20/s", value: 20),
        Measure(key: "rate", text: "90 / m", value: 1.5), Measure(key: "rate", text: "20", value: nil),
        Measure(key: "rate", text: "0/s", value: nil),
        Measure(key: "answer_size", text: "16MiB", value: 16_777_216),
        Measure(key: "answer_size", text: "16MB", value: 16_000_000),
        Measure(key: "answer_size", text: "9 B", value: 9),
        Measure(key: "answer_size", text: "16 mb", value: nil),
    ])
    func measuresCarryTheirUnits(_ measure: Measure) {
        let text = Fixtures.policy().replacing(
            "limits: { repeats: 1 }", with: "limits: { \(measure.key): \(measure.text), total_timeout: 2h }")
        let limits = read(text).policy?.app.limits
        let value: Double? =
            switch measure.key {
            case "timeout": limits?.timeoutSeconds
            case "rate": limits?.requestsPerSecond
            default: limits.map { Double($0.answerBytes) }
            }
        #expect(value == measure.value)
    }
}
