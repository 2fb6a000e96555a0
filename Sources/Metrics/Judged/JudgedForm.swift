import Digest
import Domain
import Notation

/// A metric that a judge decides: what it asks, and what the answers come to.
///
/// A judge that fails, refuses or cannot be read leaves the example *unmeasured*, never 0: nothing is known of the
/// answer then. The prompts' digests are part of the metric's identity: an edited prompt starts a new series.
public struct JudgedForm: Sendable {
    public let name: String
    public let members: MetricFamily.Members
    public let needs: [MetricFamily.Need]
    public let summary: String
    public let source: String
    public let example: String
    /// Names of the prompts it is asked by.
    public let prompts: [String]
    /// Whether a score is yes or no (as long as votes are not averaged).
    public let isVerdict: Bool
    public let direction: Direction
    public let stage: Stage?
    /// Steps, each a question a vote; the first of two steps is asked once, whatever the votes.
    public let questions: Int
    /// Whether it looks at the other arm's answer as well.
    public let comparesArms: Bool
    /// The words of its highest and its lowest verdict, for a metric of this name.
    public let extremes: @Sendable (JudgeSettings, String) -> (highest: String, lowest: String)
    /// Why it says nothing of a case, whatever the app answers; nil: it applies.
    let applies: Applies
    /// The policy's own words that it is judged by, for a metric of this name: a rubric, a tone, a role.
    let words: @Sendable (JudgeSettings, String) -> [String]
    /// What an answer that the app owes is worth.
    let failed: @Sendable (MeasureInput) -> Measurement
    public let step: @Sendable (inout MeasureInput, JudgeBench) -> JudgeStep

    typealias Applies = @Sendable (MeasureInput, JudgeSettings, String) -> String?

    init(
        name: String, members: MetricFamily.Members = .none, needs: [MetricFamily.Need], summary: String,
        source: String, example: String, prompts: [String], isVerdict: Bool = false,
        direction: Direction = .higher, stage: Stage? = .generation, questions: Int = 1,
        comparesArms: Bool = false,
        extremes: @escaping @Sendable (JudgeSettings, String) -> (highest: String, lowest: String) = {
            _, _ in ("yes", "no")
        },
        words: @escaping @Sendable (JudgeSettings, String) -> [String] = { _, _ in [] },
        failed: @escaping @Sendable (MeasureInput) -> Measurement = { _ in .value(0) },
        unless applies: @escaping Applies = { _, _, _ in nil },
        step: @escaping @Sendable (inout MeasureInput, JudgeBench) -> JudgeStep
    ) {
        self.name = name
        self.members = members
        self.needs = needs
        self.summary = summary
        self.source = source
        self.example = example
        self.prompts = prompts
        self.isVerdict = isVerdict
        self.direction = direction
        self.stage = stage
        self.questions = questions
        self.comparesArms = comparesArms
        self.extremes = extremes
        self.applies = applies
        self.words = words
        self.failed = failed
        self.step = step
    }

    /// Every judged metric, sorted by name.
    public static let all: [JudgedForm] = [
        Completeness.form, ContextPrecisionJudged.form, ContextRecallJudged.form, CorrectnessJudged.form,
        Faithfulness.form, KnowledgeRetention.form, Preference.form, RefusalJudged.form, RelevanceJudged.form,
        RoleAdherence.form, RubricScore.form, TaskSuccess.form, ToneJudged.form, Toxicity.form,
    ].sorted { $0.name < $1.name }

    public static func form(named name: String) -> JudgedForm? {
        all.first { $0.name == name.prefix { $0 != "[" } }
    }

    /// What a series of its scores hangs on beside the judge: the digests of its prompts and of the policy's own words
    /// in them, the reader's version, votes, and whether texts are redacted.
    ///
    /// - Parameter metric: The metric's name with its member: each rubric has an identity of its own.
    public func identity(_ settings: JudgeSettings, of metric: String) -> [String] {
        var parts = prompts.compactMap { settings.prompts[$0]?.identity.digest }
        parts.append("reader \(VerdictReader.version)")
        parts.append("votes \(settings.votes) \(settings.rule.rawValue)")
        parts.append(settings.sensitive == nil ? "texts as they are" : "texts redacted")
        let words = words(settings, metric)
        if !words.isEmpty {
            let whole = JSONValue.array(words.map { .string($0) })
            parts.append("words \(ContentDigest(of: whole.canonicalBytes).hex)")
        }
        return parts
    }

    /// Most questions about one answer, all votes and steps together.
    public func questions(of settings: JudgeSettings) -> Int {
        comparesArms ? questions * settings.votes : questions - 1 + settings.votes
    }

    /// The next questions, or the score, given what has been answered so far.
    public func next(
        _ input: inout MeasureInput, settings: JudgeSettings, name: String? = nil,
        answers: @escaping (JudgeQuestion) -> JudgeOutcome?
    ) -> JudgeStep {
        let metric = name ?? self.name
        if let why = applies(input, settings, metric) { return .done(.notApplicable(why)) }
        if let why = settings.refusal(of: input.observation) { return .done(.unmeasured(why)) }
        let veil = JudgeVeil(settings.sensitive, knowing: input)
        return step(&input, JudgeBench(metric: metric, settings: settings, veil: veil, answers: answers))
    }
}

extension JudgeBench {
    /// A metric that is one yes-or-no question.
    func decide(
        _ prompt: String, _ values: [String: JudgeField], yes: String = "yes", no: String = "no",
        _ contradiction: Contradiction = Contradiction()
    ) -> JudgeStep {
        switch poll(prompt, values, { $0.flag("verdict", yes: yes, no: no, contradiction) }) {
        case .pending(let questions): .ask(questions)
        case .lost(let measurement): .done(measurement)
        case .votes(let votes): .done(verdict(votes))
        }
    }

    /// A metric that is one whole number, brought to `[0, 1]`.
    func grade(_ prompt: String, _ values: [String: JudgeField], _ range: ClosedRange<Int>) -> JudgeStep {
        switch poll(prompt, values, { $0.whole("score", range) }) {
        case .pending(let questions): return .ask(questions)
        case .lost(let measurement): return .done(measurement)
        case .votes(let votes):
            let span = Double(range.upperBound - range.lowerBound)
            return .done(score(votes.map { Double($0 - range.lowerBound) / span }))
        }
    }
}

extension MeasureInput {
    /// The conversation up to the answer: earlier turns with the app's own answers where it was asked for them, the
    /// query, and the answer.
    func conversation(withAnswer: Bool = true) -> [Message] {
        var turns: [Message] = []
        var own = observation.earlierTurns[...]
        let asked = example.history.count { $0.role == .user }
        let replaces = !own.isEmpty && own.count == asked
        for turn in example.history {
            if turn.role == .system { continue }
            if replaces, turn.role == .assistant { continue }
            turns.append(turn)
            if replaces, turn.role == .user, let answer = own.popFirst() {
                turns.append(Message(role: .assistant, content: answer.text ?? ""))
            }
        }
        turns.append(Message(role: .user, content: example.query))
        if withAnswer { turns.append(Message(role: .assistant, content: answer?.text ?? "")) }
        return turns
    }

    /// Texts of what was retrieved, or of the example's own context; nil: the app shows none, or documents without texts.
    func contextTexts() -> [String]? {
        if let documents = answer?.documents {
            if !documents.isEmpty, documents.allSatisfy({ $0.text == nil }) { return nil }
            return documents.compactMap(\.text).filter { !$0.isEmpty }
        }
        return example.context.isEmpty ? nil : example.context
    }

    /// Why ``contextTexts()`` is nil.
    func noContext() -> Measurement {
        notShown("documents", answer?.documents == nil ? nil : "text of its documents")
    }
}
