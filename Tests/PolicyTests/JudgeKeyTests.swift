import Domain
import Notation
import Policy
import Testing

@Suite struct JudgeKeyTests {
    private func judge(
        _ text: String, gates: [String] = ["error_rate <= 1%"]
    ) -> (ReleasePolicy?, [Diagnostic]) {
        let found = read(Fixtures.policy(gates: gates, more: "judge: \(text)"))
        return (found.policy, found.diagnostics)
    }

    @Test func anEndpointIsReadWhole() throws {
        let (policy, diagnostics) = judge(
            """
            { openai: http://h/v1, model: judge-1, family: Mistral, headers: { Authorization: "Bearer ${env:KEY}" },
              parameters: { temperature: 0.7, seed: 4, max_tokens: null }, timeout: 20s, concurrency: 8, retries: 1,
              votes: 3, rule: mean, budget: { calls: 100, money: 2.5 },
              prices: { currency: EUR, input: 0.15/M, output: 0.60/M }, prompts: prompts/,
              rubrics: { clarity: { criterion: Clear., steps: [Read it.], scale: [0, 10] } }, tone: dry, role: clerk,
              redact: false, calibration: { record: c.json, labels: l.jsonl, kappa: 0.7, injections: 0.1, least_labels: 50,
                random: true, correct: ppi },
              self_judging: { allowed: true, why: only one } }
            """)
        #expect(diagnostics.isEmpty, "\(diagnostics)")
        let judge = try #require(policy?.judge)
        #expect(judge.kind == .endpoint(address: "http://h/v1", model: "judge-1"))
        #expect(judge.headers.first?.value.description == "Bearer <redacted>")
        #expect(judge.parameters["temperature"] == 0.7)
        #expect(judge.parameters["max_tokens"] == nil)
        #expect(judge.timeoutSeconds == 20 && judge.concurrency == 8 && judge.retries == 1)
        #expect(judge.votes == 3 && judge.rule == .mean)
        #expect(judge.budget == .init(calls: 100, money: 2.5, currency: "EUR"))
        #expect(
            judge.rubrics == [
                .init(name: "clarity", criterion: "Clear.", steps: ["Read it."], lowest: 0, highest: 10)
            ])
        #expect(judge.tone == "dry" && judge.role == "clerk" && !judge.redacts)
        #expect(judge.calibration?.record == "c.json" && judge.calibration?.labels == "l.jsonl")
        #expect(judge.calibration?.thresholds.kappa == 0.7 && judge.calibration?.thresholds.labels == 50)
        #expect(judge.calibration?.thresholds.injections == 0.1)
        #expect(judge.calibration?.isRandomSample == true && judge.calibration?.correction == .ppi)
        #expect(judge.selfJudgingReason == "only one")
        #expect(JudgeIdentity(judge).families == [JudgeFamily("mistral")])
    }

    @Test func aCommandIsAJudgeToo() throws {
        let (policy, diagnostics) = judge("{ command: [python3, judge.py] }")
        #expect(diagnostics.isEmpty)
        #expect(try #require(policy?.judge).kind == .command(["python3", "judge.py"]))
        #expect(policy?.judge?.votes == 1 && policy?.judge?.redacts == true)
    }

    @Test(arguments: [
        ("{}", "neither 'openai' nor 'command'"), ("{ openai: http://h/v1 }", "'judge.model' is missing"),
        ("{ openai: http://h/v1, model: m, command: [x] }", "not both"),
        ("{ command: [x], votes: 0 }", "votes"), ("{ command: [x], rule: most }", "rule"),
        ("{ command: [x], rubrics: { a: { criterion: c, scale: [5, 1] } } }", "a larger best grade"),
        ("{ command: [x], rubrics: { example: { criterion: c } } }", "a rubric's name"),
        ("{ command: [x], rubrics: { a: { steps: [s] } } }", "lacks 'criterion'"),
        ("{ command: [x], rubrics: { a: { criterion: ' ' } } }", "not blank"),
        ("{ command: [x], parameters: { messages: [] } }", "cannot say 'messages'"),
        ("{ command: [x], calibration: { kappa: 0.5 } }", "record"),
        ("{ command: [x], calibration: { record: c.json, correct: ppi } }", "no labels to correct by"),
        ("{ command: [x], calibration: { record: c, labels: l, correct: ppi } }", "not drawn at random"),
        ("{ command: [x], calibration: { record: c.json, correct: yes } }", "correct"),
        ("{ command: [x], self_judging: { allowed: true } }", "why"),
        ("{ openai: h, model: m }", "openai"), ("judge-1", "judge"),
    ])
    func otherFormsAreRefused(_ text: String, _ word: String) {
        let (policy, diagnostics) = judge(text)
        #expect(policy == nil)
        #expect(diagnostics.contains { $0.message.contains(word) }, "\(diagnostics.map(\.message))")
    }

    @Test(arguments: [
        ("{ command: [x], budget: { money: 5 } }", "says what a call cost"),
        ("{ command: [x], votes: 2 }", "can be split"),
        ("{ openai: http://h/v1, model: m, votes: 3 }", "at temperature 0"),
    ])
    func whatIsProbablyNotMeantIsWarnedOf(_ text: String, _ word: String) {
        let (policy, diagnostics) = judge(text)
        #expect(policy != nil)
        #expect(diagnostics.map(\.severity) == [.warning])
        #expect(diagnostics.first?.message.contains(word) == true, "\(diagnostics.map(\.message))")
    }

    @Test func aJudgedMetricGatesOnlyWithACalibration() {
        let (none, diagnostics) = judge("{ command: [x] }", gates: ["toxicity <= 1%"])
        #expect(none == nil)
        #expect(diagnostics.map(\.kind) == [.impossible])
        #expect(diagnostics.first?.message == "'toxicity' may not gate: its judge is not calibrated")
        let (some, fine) = judge(
            "{ command: [x], calibration: { record: c.json } }", gates: ["toxicity <= 1%"])
        #expect(some != nil && fine.isEmpty)
    }

    @Test func aJudgedMetricWithoutAJudgeIsWarnedOf() {
        let (_, diagnostics) = read(Fixtures.policy(metrics: "[tone]", gates: ["error_rate <= 1%"]))
        #expect(diagnostics.map(\.kind) == [.unmapped])
        #expect(diagnostics.first?.suggestion?.contains("name a judge") == true, "\(diagnostics)")
    }

    @Test func aRubricThatThePolicyDoesNotHaveIsNamed() {
        let text = "{ command: [x], rubrics: { clarity: { criterion: c } }, calibration: { record: c.json } }"
        let (fine, none) = judge(text, gates: ["rubric[clarity] >= 0.5"])
        #expect(fine != nil && none.isEmpty, "\(none)")
        let (bad, diagnostics) = judge(text, gates: ["rubric[clarty] >= 0.5"])
        #expect(bad == nil)
        #expect(diagnostics.first?.message.contains("has no rubric 'clarty'") == true, "\(diagnostics)")
    }

    /// A family of which each member is asked for by its own name stands for nothing when it stands bare.
    @Test(arguments: [
        (
            "rubric", "judge: { command: [x], rubrics: { clarity: { criterion: c } } }",
            "write 'rubric[clarity]' or 'rubric[example]'"
        ),
        ("rubric", "judge: { command: [x] }", "write 'rubric[example]'"),
        ("rubric", "", "write 'rubric[example]'"),
        ("context_recall", "", "'context_recall[text]'"), ("iprec_at_recall", "", "write 'iprec_at_recall["),
        ("composite", "", "declare one under 'composite'"), ("custom", "", "declare one under 'custom'"),
        ("external", "", "declare one under 'external'"),
    ])
    func aBareFamilyIsAnErrorWithItsMend(_ name: String, _ more: String, _ mend: String) throws {
        let (policy, diagnostics) = read(
            Fixtures.policy(metrics: "[\(name)]", gates: ["error_rate <= 1%"], more: more))
        #expect(policy == nil)
        let found = try #require(diagnostics.first { $0.severity == .error }, "\(diagnostics)")
        #expect(found.kind == .impossible && found.message.contains("'\(name)'"), "\(found)")
        #expect(found.suggestion?.contains(mend) == true, "\(found)")
    }

    /// Names that only the app shows are not known before a run.
    @Test(arguments: ["stage_latency", "value", "versions"])
    func aBareFamilyOfWhatTheAppShowsStandsForAllOfIt(_ name: String) {
        let (policy, diagnostics) = read(Fixtures.policy(metrics: "[\(name)]", gates: ["error_rate <= 1%"]))
        #expect(policy != nil && diagnostics.isEmpty, "\(diagnostics)")
    }

    @Test func whatTheJudgeReachesIsHeldToThePolicysLists() {
        func found(_ trust: String) -> [Diagnostic.Kind] {
            read(
                Fixtures.policy(
                    gates: ["error_rate <= 1%"],
                    more: "judge: { openai: http://j/v1, model: m, headers: { A: '${env:KEY}' } }\n"
                        + "trust: \(trust)")
            ).diagnostics.map(\.kind)
        }
        #expect(found("{ hosts: [127.0.0.1, j], env: [KEY] }") == [])
        #expect(found("{ hosts: [127.0.0.1], env: [OTHER] }") == [.untrusted, .untrusted])
    }

    @Test func aJudgeOfTheAppsOwnFamilyIsRefusedUnlessThereIsAReason() {
        func found(_ more: String) -> [Diagnostic] {
            read(
                """
                version: 1
                project: p
                app: { candidate: { openai: http://h/v1, model: gpt-4o-mini } }
                dataset: d/
                gates: [error_rate <= 1%]
                judge: { openai: http://j/v1, model: gpt-4o\(more) }

                """
            ).diagnostics
        }
        let refused = found("")
        #expect(refused.map(\.kind) == [.contradiction])
        #expect(refused.first?.message == "the judge would judge its own family (gpt)")
        #expect(found(", self_judging: { allowed: true, why: no other }").isEmpty)
    }
}
