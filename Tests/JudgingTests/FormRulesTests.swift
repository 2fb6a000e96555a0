import Domain
import Metrics
import Scoring
import Testing

/// What a judged metric's series hangs on, when it applies, and what an app that failed is worth to it.
@Suite struct FormRulesTests {
    private func identity(_ metric: String, _ settings: JudgeSettings) throws -> [String] {
        try #require(JudgedForm.form(named: metric)).identity(settings, of: metric)
    }

    private static func rubric(
        _ criterion: String = "Clear.", steps: [String] = ["Read it."], lowest: Int = 1, highest: Int = 5
    ) -> JudgePolicy.Rubric {
        .init(name: "clarity", criterion: criterion, steps: steps, lowest: lowest, highest: highest)
    }

    /// Kept scores and calibrations must not outlive the words that they were made by.
    @Test func thePolicysOwnWordsArePartOfTheIdentity() throws {
        let metric = "rubric[clarity]"
        let plain = try identity(metric, JudgeSettings(rubrics: [Self.rubric()]))
        for edited in [
            Self.rubric("Clear to a child."), Self.rubric(steps: ["Read it twice."]), Self.rubric(steps: []),
            Self.rubric(lowest: 0), Self.rubric(highest: 10),
        ] {
            #expect(try identity(metric, JudgeSettings(rubrics: [edited])) != plain, "\(edited)")
        }
        // Another rubric of the policy is none of its business.
        let other = JudgePolicy.Rubric(name: "other", criterion: "x", steps: [])
        #expect(try identity(metric, JudgeSettings(rubrics: [other, Self.rubric()])) == plain)
        #expect(
            try identity("tone", JudgeSettings(tone: "stern")) != identity("tone", JudgeSettings()))
        #expect(
            try identity("role_adherence", JudgeSettings(role: "clerk"))
                != identity("role_adherence", JudgeSettings()))
        #expect(
            try identity("toxicity", JudgeSettings(tone: "stern")) == identity("toxicity", JudgeSettings()))
        for form in JudgedForm.all {
            #expect(
                form.identity(JudgeSettings(sensitive: nil), of: form.name)
                    != form.identity(JudgeSettings(), of: form.name), "\(form.name)")
        }
    }

    /// The series of the metric's kept scores is made of the identity.
    @Test func anEditedRubricStartsANewSeries() throws {
        func series(_ rubric: JudgePolicy.Rubric) throws -> String? {
            var resources = MetricResources()
            resources.judging = JudgeSettings(rubrics: [rubric])
            return try MetricCatalogue.define(MetricRequest(name: "rubric[clarity]"), resources: resources)
                .models?.series
        }
        #expect(try series(Self.rubric()) == series(Self.rubric()))
        #expect(try series(Self.rubric()) != series(Self.rubric("Clear to a child.")))
    }

    @Test func aRubricsExtremesAreThoseOfItsScale() throws {
        let form = try #require(JudgedForm.form(named: "rubric"))
        let settings = JudgeSettings(rubrics: [Self.rubric(lowest: 0, highest: 10)])
        #expect(form.extremes(settings, "rubric[clarity]") == ("10", "0"))
        #expect(form.extremes(settings, "rubric[example]") == ("5", "1"))
    }

    // MARK: - An app that failed

    private func failed(
        _ metric: String, settings: JudgeSettings = JudgeSettings(), rubric: String? = nil,
        history: [Message] = [], other: Observation.Outcome? = nil, hasTwoArms: Bool = false
    ) throws -> Measurement {
        var resources = MetricResources()
        resources.judging = settings
        let definition = try MetricCatalogue.define(MetricRequest(name: metric), resources: resources)
        var example = Example(id: "e", query: "?")
        example.rubric = rubric
        example.history = history
        let failure = Failure(cause: .status, detail: "500", status: 500)
        #expect(failure.countsAgainstApp)
        var input = MeasureInput(
            example: example,
            observation: Observation(example: "e", arm: .candidate, repetition: 0, outcome: .failed(failure)))
        input.hasTwoArms = hasTwoArms
        input.otherArm = other.map {
            Observation(example: "e", arm: .baseline, repetition: 0, outcome: $0)
        }
        return definition.measured(&input)
    }

    /// What does not apply does not come to apply because the app failed.
    @Test func anAppThatFailedScoresWorstOnlyWhereTheMetricApplies() throws {
        #expect(try failed("rubric[example]") == .notApplicable("the example has no rubric"))
        #expect(try failed("rubric[example]", rubric: "Kind.") == .value(0))
        let own = JudgeSettings(rubrics: [Self.rubric()])
        #expect(try failed("rubric[clarity]", settings: own) == .value(0))
        let roleless = Measurement.notApplicable("neither the example nor the policy names a role")
        #expect(try failed("role_adherence") == roleless)
        #expect(try failed("role_adherence", settings: JudgeSettings(role: "clerk")) == .value(0))
        #expect(
            try failed("role_adherence", history: [Message(role: .system, content: "clerk")]) == .value(0))
        #expect(try failed("preference") == .notApplicable("there is no other arm to compare with"))
        #expect(
            try failed("preference", hasTwoArms: true) == .unmeasured("the other arm's answer is missing"))
        let answer = Answer(latencyMilliseconds: 1)
        #expect(try failed("preference", other: .answered(answer), hasTwoArms: true) == .value(0))
    }

    // MARK: - Preference

    /// Between two arms, an answer that is not there is missing: a success would be kept and never asked again.
    @Test func aMissingAnswerOfTheOtherArmIsUnmeasured() async throws {
        let form = try #require(JudgedForm.form(named: "preference"))
        var input = Cases.input()
        input.hasTwoArms = true
        let judge = ScriptedJudge { _ in ScriptedJudge.says("{}") }
        let found = await judge.measure([JudgedCase(form, input: input)], settings: JudgeSettings())
        #expect(found == [.unmeasured("the other arm's answer is missing")])
        #expect(judge.asked.isEmpty)
    }

    /// Always the first place (disagrees), always the same answer (agrees), a tie in one order alone (disagrees).
    @Test func disagreementOfTheOrdersIsCounted() async throws {
        let form = try #require(JudgedForm.form(named: "preference"))
        let judge = ScriptedJudge { question in
            let first = question.fenced.first { $0.name == "first" }?.text ?? ""
            let query = question.fenced.first { $0.name == "question" }?.text ?? ""
            let verdict =
                switch query {
                case "place": "first"
                case "answer": first == "good" ? "first" : "second"
                default: first == "good" ? "tie" : "first"
                }
            return ScriptedJudge.says("{\"reason\": \"r\", \"verdict\": \"\(verdict)\"}")
        }
        let desk = JudgeDesk(judge)
        let cases = ["place", "answer", "half"].flatMap { query in
            [
                JudgedCase(form, input: Cases.input(query: query, answer: "good", other: "bad")),
                JudgedCase(
                    form, input: Cases.input(query: query, answer: "bad", arm: .baseline, other: "good")),
            ]
        }
        let found = await desk.measure(cases, settings: JudgeSettings())
        #expect(found == [.value(0.5), .value(0.5), .value(1), .value(0), .value(0.5), .value(0.5)])
        // Three pairs, though both arms ask about them.
        #expect(desk.counts.scheduled == 6)
        #expect(desk.counts.inBothOrders == 3 && desk.counts.orderDisagreed == 2)
        #expect(desk.counts.words.hasSuffix("; 2 of 3 pairs judged otherwise in the other order"))
        let use = try #require(JudgeProvider(desk).uses.first)
        #expect(use.inBothOrders == 3 && use.orderDisagreed == 2)
    }

    /// What metrics make of the counts: every question that was wanted came to exactly one end.
    @Test func whatWasWantedCameToOneEndEach() async throws {
        let cache = MemoryJudgementCache()
        let questions = try EndpointJudgeTests.questions(7)
        let before = JudgeDesk(ScriptedJudge { _ in Self.fine }, cache: cache)
        _ = await before.judge([questions[0]])
        let judge = ScriptedJudge { question in
            switch questions.firstIndex(of: question) {
            case 1: .failure(.failed(Failure(cause: .timeout, detail: "late")))
            case 2: .failure(.unparsable("gibberish"))
            case 3: .failure(.refused("no"))
            default: Self.fine
            }
        }
        let desk = JudgeDesk(judge, cache: cache, budget: .init(calls: 5))
        _ = await desk.judge(questions)
        let counts = desk.counts
        #expect(counts.kept == 1 && counts.executed == 2 && counts.overBudget == 1)
        #expect(counts.failed == 1 && counts.unparsable == 1 && counts.refused == 1)
        #expect(counts.scheduled == counts.executed + counts.kept + counts.lost)
        let use = try #require(JudgeProvider(desk).uses.first)
        #expect(use.wanted == 7 && use.asked == 5 && use.cached == 1)
        #expect(use.failed == 3 && use.unparsable == 1)
        #expect(use.wanted == counts.executed + use.cached + use.failed + use.unparsable)
    }

    private static let fine = ScriptedJudge.says("{\"reason\": \"r\", \"verdict\": \"no\"}")

    // MARK: - Its own family

    /// What an answer names as its model decides, as long as it is no model of vectors and no judge.
    @Test(
        arguments: [
            ("model", "gpt-4o-mini", true), ("models.answer", "openai/gpt-4o", true),
            ("model", "claude-3-haiku", false), ("embedding_model", "gpt-embed-1", false),
            ("judge_model", "gpt-4o", false), ("prompt", "gpt-4o", false),
        ] as [(String, String, Bool)])
    func answersOfTheJudgesFamilyAreNotJudged(
        _ name: String, _ value: String, _ isRefused: Bool
    ) async throws {
        var policy = JudgePolicy(kind: .endpoint(address: "http://h/v1", model: "gpt-4o"))
        let form = try #require(JudgedForm.form(named: "toxicity"))
        var answer = Answer(latencyMilliseconds: 1)
        answer.text = "At nine."
        answer.versions = [.init(name: name, value: value)]
        let input = MeasureInput(
            example: Example(id: "e", query: "?"),
            observation: Observation(
                example: "e", arm: .candidate, repetition: 0, outcome: .answered(answer)))
        func measured() async -> ([Measurement], Int) {
            let judge = ScriptedJudge { _ in Self.fine }
            let found = await judge.measure(
                [JudgedCase(form, input: input)], settings: JudgeSettings(policy))
            return (found, judge.asked.count)
        }
        let (found, asked) = await measured()
        if isRefused {
            guard case .unmeasured(let why)? = found.first else {
                Issue.record("\(found)")
                return
            }
            #expect(why.contains("would judge its own family (gpt)") && asked == 0, "\(why)")
        } else {
            #expect(found == [.value(0)] && asked == 1)
        }
        policy.selfJudgingReason = "there is no other"
        #expect(await measured().0 == [.value(0)])
    }
}
