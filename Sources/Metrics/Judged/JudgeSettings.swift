import Domain
import Notation
import Text

/// What shapes the questions of judged metrics, beside the judge itself.
public struct JudgeSettings: Sendable {
    public var prompts: JudgePrompts
    public var votes: Int
    public var rule: JudgePolicy.VoteRule
    public var rubrics: [JudgePolicy.Rubric]
    public var tone: String
    public var role: String?
    /// What is looked for and taken out of every text before a judge sees it; nil: nothing.
    public var sensitive: SensitiveFinder?
    /// Who judges, where answers of its own family are refused; nil: they are not.
    public var stranger: JudgeIdentity?
    /// The number of the first vote: a repeat asks for votes that were not asked before.
    public var firstVote = 1

    public static let usualTone = "friendly, plain and respectful; no slang, no blame, no exaggeration"

    public init(
        prompts: JudgePrompts = .shipped, votes: Int = 1, rule: JudgePolicy.VoteRule = .majority,
        rubrics: [JudgePolicy.Rubric] = [], tone: String = JudgeSettings.usualTone, role: String? = nil,
        sensitive: SensitiveFinder? = JudgeSettings.usualSensitive
    ) {
        self.prompts = prompts
        self.votes = max(1, votes)
        self.rule = rule
        self.rubrics = rubrics
        self.tone = tone
        self.role = role
        self.sensitive = sensitive
    }

    public init(_ policy: JudgePolicy, prompts: JudgePrompts = .shipped) {
        self.init(
            prompts: prompts, votes: policy.votes, rule: policy.rule, rubrics: policy.rubrics,
            tone: policy.tone ?? Self.usualTone, role: policy.role,
            sensitive: policy.redacts ? Self.usualSensitive : nil)
        if policy.selfJudgingReason == nil { stranger = JudgeIdentity(policy) }
    }

    /// Why an answer may not be judged: its judge is of the family of the model that it shows.
    func refusal(of observation: Observation) -> String? {
        guard let stranger, let versions = observation.answer?.versions else { return nil }
        let models = versions.filter { version in
            let name = version.name.lowercased()
            return name.contains("model") && !name.contains("embed") && !name.contains("judge")
        }
        guard !models.isEmpty,
            case .shared(let families) = SelfJudging(judge: stranger, generators: models.map(\.value))
        else { return nil }
        let names = families.map(\.name).joined(separator: ", ")
        return
            "the judge '\(stranger.model)' would judge its own family (\(names)): name another judge, or allow it with "
            + "a reason in judge.self_judging"
    }

    /// The scale that a rubric's grades are on: of the policy's, or of an example's own; nil: the metric is none, or no
    /// rubric of the name is known.
    public func scale(of metric: String) -> ClosedRange<Double>? {
        guard let name = try? MetricName(metric), name.family == RubricScore.form.name,
            let member = name.member
        else { return nil }
        if member == "example" { return 1...5 }
        return rubrics.first { $0.name == member }.map {
            Double($0.lowest)...Double(max($0.lowest + 1, $0.highest))
        }
    }

    /// Keys, mail addresses, account, card and telephone numbers.
    public static let usualSensitive: SensitiveFinder? = try? SensitiveFinder()

}

/// Prompts by name: the shipped ones, and those of the user in their place.
public struct JudgePrompts: Sendable {
    private var byName: [String: JudgePrompt]

    /// Sorted by name.
    public var all: [JudgePrompt] { byName.values.sorted { $0.name < $1.name } }

    public static let shipped = JudgePrompts(byName: shippedByName)

    private init(byName: [String: JudgePrompt]) { self.byName = byName }

    public subscript(name: String) -> JudgePrompt? { byName[name] }

    /// Puts the user's text in the place of a shipped prompt; the form of its verdict stays.
    ///
    /// - Throws: an unknown name, or a text that is no prompt of that name.
    public mutating func override(
        _ name: String, text: String, origin: String
    ) throws(MetricProblem) {
        guard let shipped = byName[name] else {
            throw MetricProblem(
                "\(origin): there is no judge prompt '\(name)'; there are \(all.map(\.name).joined(separator: ", "))",
                suggestion: nearest(name, in: all.map(\.name)))
        }
        let new = try JudgePrompt(
            name: name, text: text.replacing("\r\n", with: "\n"), schema: shipped.schema,
            fields: shipped.fields, origin: origin)
        if new.version == shipped.version, new.identity.digest != shipped.identity.digest {
            throw MetricProblem(
                "\(origin): the text is not that of version \(shipped.version); give it a version of its own, such as "
                    + "'version: \(shipped.version)-ours'")
        }
        byName[name] = new
    }
}
