import Domain
import Notation
import Policy
import Testing

@testable import Rollout

@Suite struct PlanTests {
    static let whole = """
        plan: 7
        release: refund-bot-3.2
        stage: canary-1
        production: { url: "http://127.0.0.1:8101/", first_byte: 2s, total: 1500ms, connections: 64 }
        candidate: https://candidate.internal:8443
        split:
          share: 0.25%
          by: [header X-User-ID, cookie sid, json /user/id, client]
          keyless: deal
          salt: spring
          when: { paths: [/v1/*], methods: [POST], headers: { X-Tenant: acme }, locales: [de, en-GB] }
        announce: X-Arm
        override: { secret: "${env:TESTER_KEY}" }
        fallback: { on: errors, body: 1MiB }
        mirror:
          share: 10%
          methods: [POST]
          paths: [/v1/answer]
          rate: 12.5/s
          credentials: { Authorization: "Bearer ${env:SHADOW}" }
          control: true
        fuse: { errors: 5%, throttling: 10%, first_token: { above: 2s, share: 20% }, consecutive: 0 }
        lease: 30s
        validation:
          paths: [/v1/answer]
          json: true
          schema: { type: object, required: [answer] }
          required: [/answer, /intent]
          not_empty: true
        slices: { locale: locale, tenant: header X-Tenant, intent: json /intent }
        capture:
          share: 10%
          paths: { /v1/search: 0.5% }
          body: 16KiB
          types: [application/json]
          redact:
            headers: [X-Customer]
            parameters: [q]
            pointers: [/user/name]
            kinds: [mail]
            patterns: { order: 'ORD-[0-9]{8}' }
          fields: { intent: /routing/intent }
          slow: 1500ms
          slow_first_token: 250ms
          guardrail: /guardrail
          sync: 100ms
          spool: 2MiB
        notify: { url: "${env:HOOK}", secret: "${env:KEY}", on: [fuse, lease] }
        forwarded: { client: replace, standard: true, via: edge }
        """

    private func read(_ text: String) -> (plan: RoutingPlan?, diagnostics: [Diagnostic]) {
        RoutingPlanReader.read(Array(text.utf8), path: "plan.yaml")
    }

    @Test func everyKeyIsRead() throws {
        let (read, diagnostics) = read(Self.whole)
        #expect(diagnostics.isEmpty, "\(DiagnosticText().render(diagnostics))")
        let plan = try #require(read)
        #expect(plan.number == 7)
        #expect(plan.stage == "canary-1")
        #expect(plan.production.url == "http://127.0.0.1:8101")
        #expect(plan.production.total == .milliseconds(1500))
        #expect(plan.share == Share(hundredths: 25))
        #expect(plan.sticky == [.header("X-User-ID"), .cookie("sid"), .json(pointer: "/user/id"), .client])
        #expect(plan.keyless == .deal)
        #expect(plan.salt == "spring")
        #expect(plan.eligibility.locales == ["de", "en-GB"])
        #expect(plan.override?.header == "X-Sluice-Override")
        #expect(plan.fallback.on == .errors)
        #expect(plan.fallback.body == 1 << 20)
        #expect(plan.mirror?.rate == 12.5)
        #expect(plan.mirror?.control == true)
        #expect(plan.fuse?.firstToken == FuseRule.Slow(above: .seconds(2), share: 0.2))
        #expect(plan.fuse?.consecutive == nil)
        #expect(plan.lease == .seconds(30))
    }

    @Test func whatIsSeenKeptAndToldIsRead() throws {
        let plan = try #require(read(Self.whole).plan)
        let validation = try #require(plan.validation)
        #expect(validation.json && validation.filled && validation.paths.count == 1)
        #expect(validation.required.map(\.description) == ["/answer", "/intent"])
        #expect(validation.schema == .given(["type": "object", "required": ["answer"]]))
        #expect(plan.slices.map(\.source.description) == ["locale", "header X-Tenant", "json /intent"])
        let capture = try #require(plan.capture)
        #expect(capture.rules.share == 1000 && capture.rules.bodyBytes == 16 * 1024)
        #expect(capture.rules.pathShares == [.init(prefix: "/v1/search", share: 50)])
        #expect(capture.rules.redactedPatterns == [LiveField("order", "ORD-[0-9]{8}")])
        #expect(capture.rules.slowMilliseconds == 1500 && capture.rules.slowFirstTokenMilliseconds == 250)
        #expect(capture.sync == .milliseconds(100) && capture.spool == 2 << 20)
        #expect(plan.notify?.on == [.fuse, .lease] && plan.notify?.secret?.variables == ["KEY"])
        #expect(plan.forwarded.client == .replace && plan.forwarded.standard && plan.forwarded.via == "edge")
        let short = try #require(read("plan: 1\nproduction: http://h\nforwarded: keep").plan)
        #expect(short.forwarded.client == .keep && short.forwarded.via == nil)
    }

    @Test func theJSONFormReadsBackToTheSamePlan() throws {
        let short = "plan: 1\nproduction: http://h:1\nfuse: none\n"
        for text in [Self.whole, short, "plan: 2\nproduction: http://h\ncandidate: http://c\n"] {
            let plan = try #require(read(text).plan)
            let again = RoutingPlanReader.read(plan.json.bytes(), path: "plan.json")
            #expect(again.diagnostics.isEmpty, "\(DiagnosticText().render(again.diagnostics))")
            #expect(again.plan == plan)
        }
    }

    @Test func aPlanOfThreeLinesHasSafeDefaults() throws {
        let plan = try #require(read("plan: 1\nproduction: http://h:1\ncandidate: http://h:2").plan)
        #expect(plan.share == .none)
        #expect(plan.mirror == nil)
        #expect(plan.fuse?.errors == 0.05)
        #expect(plan.fallback.on == .failures)
        #expect(plan.sticky == [.client])
    }

    struct Bad: Sendable {
        let text: String
        let line: Int
        let says: String
        let mend: String
    }

    static let bad = [
        Bad(
            text: "plan: 1\nproduction: http://h\nvalidation: { json: false }", line: 3,
            says: "asks nothing of an answer", mend: "required: [/answer]"),
        Bad(
            text: "plan: 1\nproduction: http://h\nvalidation: { required: [answer] }", line: 3,
            says: "'validation.required' takes", mend: "'/answer'"),
        Bad(
            text: "plan: 1\nproduction: http://h\nslices: { a: body /x }", line: 3,
            says: "no part of a request", mend: "json /POINTER"),
        Bad(
            text: "plan: 1\nproduction: http://h\nslices: { a: path, b: path, c: path, d: path, e: path, "
                + "f: path, g: path, h: path, i: path }", line: 3, says: "8 are the most", mend: ""),
        Bad(
            text: "plan: 1\nproduction: http://h\ncapture: { sync: 5m }", line: 3, says: "within a minute",
            mend: "1s"),
        Bad(
            text: "plan: 1\nproduction: http://h\ncapture: { boddy: 1KiB }", line: 3, says: "unknown key",
            mend: "did you mean 'body'?"),
        Bad(
            text: "plan: 1\nproduction: http://h\nnotify: { url: hooks }", line: 3, says: "is no address",
            mend: "https://"),
        Bad(
            text: "plan: 1\nproduction: http://h\nnotify: { url: http://h, secret: abc }", line: 3,
            says: "never holds them", mend: "${env:"),
        Bad(
            text: "plan: 1\nproduction: http://h\nforwarded: { via: a b }", line: 3,
            says: "cannot name a hop", mend: "sluice"),
        Bad(text: "", line: 1, says: "the plan is a mapping", mend: "plan: 1"),
        Bad(text: "plan: 1", line: 1, says: "the plan lacks 'production'", mend: "production:"),
        Bad(text: "plan: 0\nproduction: http://h", line: 1, says: "'plan' takes", mend: ""),
        Bad(
            text: "plan: 1\nproduktion: http://h", line: 2, says: "unknown key",
            mend: "did you mean 'production'?"),
        Bad(text: "plan: 1\nproduction: h:80", line: 2, says: "'production' takes", mend: "http://h:80"),
        Bad(text: "plan: 1\nproduction: http://h/v1", line: 2, says: "no path", mend: "host and port"),
        Bad(
            text: "plan: 1\nproduction: http://a:secret@h", line: 2, says: "no user or password", mend: ""),
        Bad(
            text: "plan: 1\nproduction: http://h\nsplit: { share: 1% }", line: 3, says: "no candidate",
            mend: "name one"),
        Bad(
            text: "plan: 1\nproduction: http://h\ncandidate: http://c\nsplit: { share: 0.005% }", line: 4,
            says: "steps of 0.01%", mend: "did you mean '0.01%'?"),
        Bad(
            text: "plan: 1\nproduction: http://h\nsplit: { by: [heder X] }", line: 3, says: "names no sender",
            mend: "header NAME"),
        Bad(
            text: "plan: 1\nproduction: http://h\nsplit: { when: { methods: [post] } }", line: 3,
            says: "no method", mend: "'POST'"),
        Bad(
            text: "plan: 1\nproduction: http://h\nsplit: { when: { paths: [v1] } }", line: 3,
            says: "begins with '/'", mend: "'/v1'"),
        Bad(
            text: "plan: 1\nproduction: http://h\noverride: { secret: hunter2 }", line: 3,
            says: "names its secrets", mend: "${env:"),
        Bad(
            text: "plan: 1\nproduction: http://h\nannounce: Content-Length", line: 3,
            says: "cannot be a header", mend: "X-Sluice-Arm"),
        Bad(
            text: "plan: 1\nproduction: http://h\nmirror: { share: 1% }", line: 3, says: "lacks 'methods'",
            mend: "add"),
        Bad(
            text: "plan: 1\nproduction: http://h\nfuse: { errors: 100% }", line: 3,
            says: "between 0.01% and 90%",
            mend: "5%"),
        Bad(
            text: "plan: 1\nproduction: http://h\nlease: 0.5s", line: 3, says: "a second at least",
            mend: "30s"),
        Bad(text: "plan: 1\nproduction: [\n", line: 2, says: "", mend: ""),
    ]

    @Test(arguments: bad) func aBadPlanIsToldWithPlaceCauseAndMend(bad: Bad) throws {
        let (plan, diagnostics) = read(bad.text)
        #expect(plan == nil)
        let first = try #require(diagnostics.first { $0.severity == .error && $0.message.contains(bad.says) })
        #expect(first.place.line == bad.line || bad.says.isEmpty, "\(first.place)")
        #expect((first.suggestion ?? "").contains(bad.mend), "\(first.suggestion ?? "")")
        #expect(!DiagnosticText().render(diagnostics).contains("the policy"))
    }
}
