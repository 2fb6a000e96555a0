import Domain
import Text

/// What a metric may look at: the example, one observation of it, and features worked out once for all
/// metrics.
///
/// Make one for each observation and pass it through all metrics; hand `features` on to the next observation
/// of the same example, and what depends on the example alone is not worked out again.
public struct MeasureInput: Sendable {
    public let example: Example
    public let observation: Observation
    /// The answer: metrics are asked only where there is one, except those that measure failure.
    public let answer: Answer?
    /// What the other arm did with the same repetition, for metrics that compare; nil: there is none.
    public var otherArm: Observation?
    /// Whether two arms are asked: then an `otherArm` that is not there is missing.
    public var hasTwoArms = false
    public var features: ExampleFeatures
    /// What models said: empty where no metric asks any.
    public var models = ModelAnswers()

    private var answerTokensCache: AnswerTokens?
    private var rankingCache: Ranking?
    private var rougeCache: (cut: RougeCut, tokens: RougeTokens)?
    private var bleuCache: (cut: BLEU.Cut, counts: [Double])?
    private var foldedCache: String?
    private var successCache: Success?
    private var bertScoreCache: [Bool: [BERTScore.Score]] = [:]

    public init(example: Example, observation: Observation, features: ExampleFeatures? = nil) {
        self.example = example
        self.observation = observation
        self.features = features ?? ExampleFeatures(example)
        answer = observation.answer
    }

    /// The answer's tokens after SQuAD's normalisation, or nil where it has no text.
    mutating func answerTokens() -> AnswerTokens? {
        if let made = answerTokensCache { return made }
        guard let text = answer?.text else { return nil }
        let made = AnswerTokens(text)
        answerTokensCache = made
        return made
    }

    /// The answer cut for ROUGE, or nil where it has no text; with its runs counted where they are wanted.
    mutating func rouge(_ cut: RougeCut, counting: Bool = false) -> RougeTokens? {
        if let made = rougeCache, made.cut == cut, made.tokens.isCounted || !counting { return made.tokens }
        guard let text = answer?.text else { return nil }
        let made = RougeTokens(text, cut, counting: counting)
        rougeCache = (cut, made)
        return made
    }

    /// BLEU's counts of a text against the references.
    mutating func bleuCounts(_ text: String, _ cut: BLEU.Cut) -> [Double] {
        if let made = bleuCache, made.cut == cut { return made.counts }
        let made = features.bleu(cut).counts(text)
        bleuCache = (cut, made)
        return made
    }

    /// The answer's text, letter case and white space folded, or nil where it has none.
    mutating func foldedText() -> String? {
        if let made = foldedCache { return made }
        guard let text = answer?.text else { return nil }
        let made = foldingCase(foldingSpace(text))
        foldedCache = made
        return made
    }

    /// Whether the answer is what the example asks for.
    mutating func success(_ catalogues: Catalogues) -> Success {
        if let made = successCache { return made }
        let made = Success.of(&self, catalogues)
        successCache = made
        return made
    }

    /// BERTScore against each reference.
    mutating func bertScores(_ text: String, isWeighted: Bool) throws(ModelGap) -> [BERTScore.Score] {
        if let made = bertScoreCache[isWeighted] { return made }
        let made = try BERTScore.scores(text, example.references, models, isWeighted: isWeighted)
        bertScoreCache[isWeighted] = made
        return made
    }

    /// What was retrieved, held against what should have been.
    mutating func ranking() -> Ranking {
        if let made = rankingCache { return made }
        let unread = answer?.problems.contains { $0.part == "documents" && $0.kind == .unreadable } ?? false
        let made = Ranking(example: example, documents: answer?.documents, unnamed: unread)
        rankingCache = made
        return made
    }

    /// The app did not show a part that is measured: *failed*, with the answer's own account where it has
    /// one.
    ///
    /// - Parameters:
    ///   - part: The part's key in `observe`.
    ///   - what: The part in words, where the key is none.
    func notShown(_ part: String, _ what: String? = nil) -> Measurement {
        if let problem = answer?.problems.first(where: { $0.part == part }) { return .failed(problem.detail) }
        return .failed("the answer shows no \(what ?? part)")
    }
}
