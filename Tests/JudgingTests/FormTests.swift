import Domain
import Judging
import Notation
import Scoring
import Testing

@testable import Metrics

/// What judged metrics make of a judge's replies; expected values by hand.
@Suite struct FormTests {
    private func measure(
        _ name: String, _ input: MeasureInput, settings: JudgeSettings = JudgeSettings(),
        _ script: @escaping @Sendable (JudgeQuestion) -> String
    ) async throws -> (Measurement, [JudgeQuestion]) {
        let form = try #require(JudgedForm.form(named: name))
        let judge = ScriptedJudge { ScriptedJudge.says(script($0)) }
        let found = await judge.measure([JudgedCase(form, name: name, input: input)], settings: settings)
        return (found[0], judge.asked)
    }

    /// A judge of the two steps: claims are the answer's sentences, supported where a passage holds them.
    private static func plain(_ question: JudgeQuestion) -> String {
        let texts = question.fenced
        if question.prompt.name == "claims" {
            let claims = (texts.first { $0.name == "answer" }?.text ?? "").split(separator: ".")
                .map { $0.drop { $0 == " " } }.filter { !$0.isEmpty }
            return "{\"claims\": [\(claims.map { "\"\($0)\"" }.joined(separator: ", "))]}"
        }
        let passages = texts.filter { $0.name.hasPrefix("context") }.map(\.text)
        let claims = texts.filter { $0.name.hasPrefix("claims") }.map(\.text)
        let verdicts = claims.enumerated().map { index, claim in
            let holds = passages.contains { $0.contains(claim) }
            return
                "{\"number\": \(index + 1), \"reason\": \"looked\", \"verdict\": \"\(holds ? "yes" : "no")\"}"
        }
        return "{\"verdicts\": [\(verdicts.joined(separator: ", "))]}"
    }

    @Test func faithfulnessIsTheShareOfClaimsThatPassagesBearOut() async throws {
        let input = Cases.input(
            answer: "We open at nine. We close at five.", context: ["We open at nine every day."])
        let (found, asked) = try await measure("faithfulness", input, Self.plain)
        #expect(found == .value(0.5))
        #expect(asked.map(\.prompt.name) == ["claims", "support"])
    }

    /// What is hidden stays told apart, in every step: another telephone number is another claim.
    @Test(arguments: [
        ("Call +49 30 12345678.", "Call us: +49 (30) 123 456 78.", 1.0),
        ("Call +49 30 12345678.", "Call us: +49 (30) 876 543 21.", 0),
        ("Call +49 30 12345678.", "Fax +49 30 87654321, call +49 30 12345678.", 1),
        ("Mail to ada@example.org.", "Mail: ADA@example.org", 1),
        ("Mail to ada@example.org.", "Mail: bob@example.org", 0),
    ])
    func whatIsHiddenStaysToldApart(_ answer: String, _ passage: String, _ expected: Double) async throws {
        let settings = JudgeSettings(sensitive: JudgeSettings.usualSensitive)
        let (found, asked) = try await measure(
            "faithfulness", Cases.input(answer: answer, context: [passage]), settings: settings
        ) { question in
            let texts = question.fenced
            if question.prompt.name == "claims" {
                let claim = texts.first { $0.name == "answer" }?.text ?? ""
                return "{\"claims\": [\"\(claim)\"]}"
            }
            let mark =
                texts.first { $0.name.hasPrefix("claims") }?.text.split(separator: "[").last?
                .split(separator: "]").first.map(String.init) ?? "none"
            let holds = texts.contains { $0.name.hasPrefix("context") && $0.text.contains("[\(mark)]") }
            return
                "{\"verdicts\": [{\"number\": 1, \"reason\": \"looked\", \"verdict\": \"\(holds ? "yes" : "no")\"}]}"
        }
        #expect(found == .value(expected))
        for question in asked {
            #expect(
                !question.messages.contains {
                    $0.content.contains("5678") || $0.content.contains("example.org")
                })
        }
    }

    @Test func withoutClaimsOrPassagesThereIsNothingToBeFaithfulTo() async throws {
        let (empty, _) = try await measure(
            "faithfulness", Cases.input(answer: "", context: ["x"]), Self.plain)
        #expect(empty == .notApplicable("the answer claims nothing"))
        let (none, asked) = try await measure("faithfulness", Cases.input(context: []), Self.plain)
        #expect(none == .notApplicable("nothing was retrieved"))
        #expect(asked.isEmpty)
        let (hidden, _) = try await measure("faithfulness", Cases.input(context: nil), Self.plain)
        #expect(hidden == .failed("the answer shows no documents"))
        let (mute, _) = try await measure(
            "faithfulness", Cases.input(answer: nil, context: ["x"]), Self.plain)
        #expect(mute == .failed("the answer shows no text"))
    }

    @Test func contextRecallTakesTheReferenceApart() async throws {
        let input = Cases.input(
            context: ["Nine it is"], references: ["Nine it is. Five it was. Six it will be"])
        let (found, _) = try await measure("judged_context_recall", input, Self.plain)
        guard case .value(let value) = found else {
            Issue.record("\(found)")
            return
        }
        #expect(abs(value - 1.0 / 3) < 1e-12)
        let (zero, asked) = try await measure(
            "judged_context_recall", Cases.input(context: [], references: ["x"]), Self.plain)
        #expect(zero == .value(0) && asked.isEmpty)
    }

    /// Useful, useless, useful: (1/1 + 2/3) / 2.
    @Test(
        arguments: [
            (["yes", "no", "yes"], 5.0 / 6), (["no", "no", "no"], 0.0), (["yes", "yes", "no"], 1.0),
            (["no", "yes", "no"], 0.5),
        ] as [([String], Double)])
    func contextPrecisionIsAveragePrecision(_ verdicts: [String], _ expected: Double) async throws {
        let input = Cases.input(context: ["a", "b", "c"], references: ["r"])
        let (found, _) = try await measure("judged_context_precision", input) { _ in
            let items = verdicts.enumerated().map {
                "{\"number\": \($0.offset + 1), \"reason\": \"r\", \"verdict\": \"\($0.element)\"}"
            }
            return "{\"verdicts\": [\(items.joined(separator: ","))]}"
        }
        guard case .value(let value) = found else {
            Issue.record("\(found)")
            return
        }
        #expect(abs(value - expected) < 1e-12)
    }

    @Test(arguments: [
        ("[{\"number\": 1, \"verdict\": \"yes\"}]", "judges 1 of 2"),
        ("[{\"number\": 1, \"verdict\": \"yes\"}, {\"number\": 1, \"verdict\": \"no\"}]", "number 1 twice"),
        ("[{\"number\": 1, \"verdict\": \"yes\"}, {\"number\": 3, \"verdict\": \"no\"}]", "not asked"),
    ])
    func aListThatMissesOrRepeatsIsNoVerdict(_ list: String, _ cause: String) async throws {
        let input = Cases.input(context: ["a", "b"], references: ["r"])
        let (found, _) = try await measure("judged_context_precision", input) { _ in "{\"verdicts\": \(list)}"
        }
        guard case .unmeasured(let why) = found else {
            Issue.record("\(found)")
            return
        }
        #expect(why.contains(cause), "\(why)")
    }

    @Test(arguments: [("full", 1.0), ("partial", 0.5), ("none", 0)])
    func relevanceHasThreeGrades(_ grade: String, _ value: Double) async throws {
        let (found, _) = try await measure("judged_relevance", Cases.input()) { _ in
            "{\"reason\": \"r\", \"verdict\": \"\(grade)\"}"
        }
        #expect(found == .value(value))
    }

    @Test func aRubricsGradeIsBroughtToZeroToOne() async throws {
        let rubric = JudgePolicy.Rubric(
            name: "clarity", criterion: "Clear.", steps: [], lowest: 1, highest: 5)
        let settings = JudgeSettings(rubrics: [rubric])
        let (found, _) = try await measure("rubric[clarity]", Cases.input(), settings: settings) { _ in
            "{\"reason\": \"r\", \"score\": 4}"
        }
        #expect(found == .value(0.75))
        let (outside, _) = try await measure("rubric[clarity]", Cases.input(), settings: settings) { _ in
            "{\"reason\": \"r\", \"score\": 6}"
        }
        #expect(
            outside == .unmeasured("the judge's answer holds no verdict: its 'score' is not within 1 to 5"))
        let (unknown, asked) = try await measure("rubric[other]", Cases.input(), settings: settings) { _ in
            "{}"
        }
        #expect(unknown == .unmeasured("the policy has no rubric 'other'") && asked.isEmpty)
    }

    @Test func aVerdictThatContradictsItsReasonIsNone() async throws {
        let (found, _) = try await measure("correctness", Cases.input(references: ["At ten."])) { _ in
            "{\"reason\": \"The answer names another hour, so it is incorrect.\", \"verdict\": \"correct\"}"
        }
        #expect(
            found
                == .unmeasured(
                    "the judge's answer holds no verdict: its reason says 'incorrect' and its verdict 'correct'"
                ))
    }

    /// The judge prefers what it is told to, by place or by text.
    @Test(
        arguments: [
            // Always what stands first: the place decides, so nobody wins.
            ("first", "first", 0.5, 0.5),
            // As written "first" is the baseline, swapped it is the candidate.
            ("second", "first", 1.0, 0.0), ("first", "second", 0.0, 1.0), ("tie", "tie", 0.5, 0.5),
            ("second", "tie", 0.5, 0.5),
        ] as [(String, String, Double, Double)])
    func preferenceIsAskedInBothOrders(
        _ written: String, _ swapped: String, _ candidate: Double, _ baseline: Double
    ) async throws {
        let script: @Sendable (JudgeQuestion) -> String = { question in
            let isWritten = question.fenced.first { $0.name == "first" }?.text == "base"
            return "{\"reason\": \"r\", \"verdict\": \"\(isWritten ? written : swapped)\"}"
        }
        let (one, asked) = try await measure(
            "preference", Cases.input(answer: "cand", arm: .candidate, other: "base"), script)
        #expect(one == .value(candidate))
        #expect(asked.count == 2)
        let (other, again) = try await measure(
            "preference", Cases.input(answer: "base", arm: .baseline, other: "cand"), script)
        #expect(other == .value(baseline))
        // Both arms hang on the same two questions.
        #expect(Set(asked) == Set(again))
    }

    @Test func identicalAnswersAreATieThatNobodyPaysFor() async throws {
        let (found, asked) = try await measure("preference", Cases.input(answer: "same", other: "same")) {
            _ in "{}"
        }
        #expect(found == .value(0.5) && asked.isEmpty)
        let (alone, _) = try await measure("preference", Cases.input()) { _ in "{}" }
        #expect(alone == .notApplicable("there is no other arm to compare with"))
    }

    @Test func turnsAreJudgedAsTheyStand() async throws {
        let history = [
            Message(role: .system, content: "Speak of orders only."),
            Message(role: .user, content: "My order is 7."),
            Message(role: .assistant, content: "Thanks."),
        ]
        let input = Cases.input(query: "Where is it?", answer: "What is your order number?", history: history)
        let (found, asked) = try await measure("knowledge_retention", input) { _ in
            """
            {"verdicts": [{"number": 2, "reason": "r", "verdict": "yes"}, {"number": 4, "reason": "asks again", "verdict": "no"}]}
            """
        }
        #expect(found == .value(0.5))
        #expect(
            asked[0].fenced.map(\.name) == [
                "turn 1 user", "turn 2 assistant", "turn 3 user", "turn 4 assistant",
            ])
        let (role, roles) = try await measure("role_adherence", input) { _ in
            "{\"verdicts\": [{\"number\": 2, \"verdict\": \"yes\"}, {\"number\": 4, \"verdict\": \"yes\"}]}"
        }
        #expect(role == .value(1))
        #expect(roles[0].fenced.first?.text == "Speak of orders only.")
        let (single, _) = try await measure("knowledge_retention", Cases.input()) { _ in "{}" }
        #expect(single == .notApplicable("the example has a single turn"))
        let (roleless, _) = try await measure("role_adherence", Cases.input()) { _ in "{}" }
        #expect(roleless == .notApplicable("neither the example nor the policy names a role"))
    }

    @Test func theAppsOwnEarlierAnswersStandInTheConversation() async throws {
        let history = [Message(role: .user, content: "One?"), Message(role: .user, content: "Two?")]
        let input = Cases.input(query: "Three?", answer: "3", history: history, earlier: ["1", "2"])
        #expect(input.conversation().map(\.content) == ["One?", "1", "Two?", "2", "Three?", "3"])
    }

    @Test func completenessCountsWishes() async throws {
        let (found, asked) = try await measure("completeness", Cases.input()) { question in
            question.prompt.name == "wishes"
                ? "{\"wishes\": [\"hours\", \"place\", \" \"]}"
                : "{\"verdicts\": [{\"number\": 1, \"verdict\": \"yes\"}, {\"number\": 2, \"verdict\": \"no\"}]}"
        }
        #expect(found == .value(0.5))
        #expect(asked.count == 2)
    }

    @Test func taskSuccessSeesTheActions() async throws {
        let call = ToolCall(name: "cancel", arguments: ["id": 7])
        let (found, asked) = try await measure("task_success", Cases.input(answer: "Done.", tools: [call])) {
            _ in
            "{\"reason\": \"r\", \"verdict\": \"achieved\"}"
        }
        #expect(found == .value(1))
        #expect(asked[0].fenced.contains { $0.name == "actions 1" && $0.text == "cancel {\"id\":7}" })
    }

    // MARK: - Votes

    private func votes(_ rule: JudgePolicy.VoteRule, _ verdicts: [String]) async throws -> Measurement {
        let settings = JudgeSettings(votes: verdicts.count, rule: rule)
        let form = try #require(JudgedForm.form(named: "toxicity"))
        let judge = ScriptedJudge { question in
            let verdict = verdicts[question.vote - 1]
            if verdict == "-" { return .failure(.unparsable("gibberish")) }
            return ScriptedJudge.says("{\"reason\": \"r\", \"verdict\": \"\(verdict)\"}")
        }
        return await judge.measure([JudgedCase(form, input: Cases.input())], settings: settings)[0]
    }

    @Test func votesBecomeOneByTheRule() async throws {
        #expect(try await votes(.majority, ["yes", "no", "yes"]) == .value(1))
        #expect(try await votes(.majority, ["no", "no", "yes"]) == .value(0))
        #expect(
            try await votes(.majority, ["no", "yes"]) == .unmeasured("the judge's votes are split 1 to 1"))
        #expect(try await votes(.mean, ["no", "yes", "yes", "yes"]) == .value(0.75))
        #expect(try await votes(.unanimous, ["yes", "yes", "yes"]) == .value(1))
        #expect(
            try await votes(.unanimous, ["yes", "no", "yes"])
                == .unmeasured("the judge's votes are not unanimous: 2 of 3 say yes"))
    }

    @Test func votesThatDidNotComeAreNotCountedAsNo() async throws {
        #expect(try await votes(.majority, ["yes", "-", "yes"]) == .value(1))
        #expect(
            try await votes(.majority, ["yes", "-", "-"])
                == .unmeasured("1 of 3 votes: the judge's answer holds no verdict: gibberish"))
        #expect(
            try await votes(.unanimous, ["yes", "yes", "-"])
                == .unmeasured("2 of 3 votes: the judge's answer holds no verdict: gibberish"))
    }

    @Test func gradesHaveAMedianOrAMean() async throws {
        let rubric = JudgePolicy.Rubric(name: "r", criterion: "c", steps: [], lowest: 0, highest: 10)
        for (rule, expected) in [(JudgePolicy.VoteRule.majority, 0.4), (.mean, 0.5)] {
            let settings = JudgeSettings(votes: 3, rule: rule, rubrics: [rubric])
            let (found, _) = try await measure("rubric[r]", Cases.input(), settings: settings) { question in
                "{\"reason\": \"r\", \"score\": \([1, 4, 10][question.vote - 1])}"
            }
            #expect(found == .value(expected))
        }
    }

    /// The claims are the ground that votes stand on: one list, three verdicts on each.
    @Test func votesOnClaimsAreCountedClaimByClaim() async throws {
        let input = Cases.input(answer: "a. b", context: ["x"])
        let (found, asked) = try await measure("faithfulness", input, settings: JudgeSettings(votes: 3)) {
            question in
            if question.prompt.name == "claims" { return "{\"claims\": [\"a\", \"b\"]}" }
            let first = question.vote == 1 ? "no" : "yes"
            return
                "{\"verdicts\": [{\"number\": 1, \"verdict\": \"\(first)\"}, {\"number\": 2, \"verdict\": \"no\"}]}"
        }
        #expect(found == .value(0.5))
        #expect(asked.count == 4)
    }

    @Test func aJudgeThatFailsLeavesTheExampleUnmeasuredNeverZero() async throws {
        let form = try #require(JudgedForm.form(named: "toxicity"))
        for problem in [
            JudgeProblem.failed(Failure(cause: .timeout, detail: "late")), .refused("'no'"),
            .overBudget("spent"),
            .cancelled, .unparsable("x"),
        ] {
            let judge = ScriptedJudge { _ in .failure(problem) }
            let found = await judge.measure(
                [JudgedCase(form, input: Cases.input())], settings: JudgeSettings())
            #expect(found == [.unmeasured(problem.description)])
        }
    }
}
