import Domain

/// What a metric wants of a model before it can measure one observation.
public enum ModelRequest: Sendable, Hashable {
    /// The vector of a text, and with `tokens` those of its tokens.
    case embedding(ExactText, EmbeddingDetail)
    /// A judge's verdict.
    case judgement(JudgeQuestion)
    /// How rare each token is among the references of the data set.
    case rarity
    /// The score of a metric of the user's own.
    case custom(CustomQuestion)

    /// The kind of model that answers it.
    public var kind: ModelKind {
        switch self {
        case .embedding(_, .texts): .embedding
        case .embedding(_, .tokens), .rarity: .tokenVectors
        case .judgement: .judge
        case .custom(let question): .custom(question.metric)
        }
    }
}

/// What a model said to one request, or why it said nothing.
public enum ModelAnswer: Sendable {
    case embedding(TextEmbedding)
    /// The verdict, or why there is none.
    case judgement(JudgeOutcome)
    case rarity(TokenRarity)
    /// What a metric of the user's own says of an answer.
    case score(Double)
    /// It says that it does not apply, and why.
    case inapplicable(String)
    /// One sentence for people: the measurement that needs it is *failed*.
    case failed(String)
}

/// A kind of model that metrics may want.
public enum ModelKind: Sendable, Hashable {
    /// Vectors of texts: key `embedding` of a policy.
    case embedding
    /// Vectors of tokens: an encoder on this machine.
    case tokenVectors
    /// A program or endpoint of the user's own: an entry of the policy's `custom`.
    case custom(String)
    /// Verdicts: key `judge` of a policy.
    case judge

    /// What one answer costs, in words.
    public var cost: String {
        switch self {
        case .embedding: "each distinct text embedded once: some milliseconds, or a call of an endpoint"
        case .tokenVectors: "each distinct text through the encoder once a run: some milliseconds"
        case .judge: "a call of the judge for each vote and each of its steps"
        case .custom: "a call of your own program or endpoint for each distinct answer"
        }
    }

    /// What a policy must name, in words.
    public var words: String {
        switch self {
        case .embedding: "a model of the policy's 'embedding'"
        case .tokenVectors: "an encoder's folder in the policy's 'embedding'"
        case .custom(let name): "an entry '\(name)' of the policy's 'custom'"
        case .judge: "the policy's 'judge'"
        }
    }
}

/// A text that equals another where every byte does: `é` in one scalar and in two are two texts to a model.
public struct ExactText: Sendable, Hashable {
    public let text: String

    public init(_ text: String) { self.text = text }

    public static func == (left: ExactText, right: ExactText) -> Bool {
        left.text.utf8.elementsEqual(right.text.utf8)
    }

    public func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}

/// What models have said so far to the requests of an observation's metrics.
public struct ModelAnswers: Sendable {
    private var answers: [ModelRequest: ModelAnswer]

    public init(_ answers: [ModelRequest: ModelAnswer] = [:]) { self.answers = answers }

    /// Nil: nobody has asked yet.
    public subscript(request: ModelRequest) -> ModelAnswer? {
        get { answers[request] }
        set { answers[request] = newValue }
    }

    /// The embedding of a text. A vector of its tokens' request answers one of the text too.
    ///
    /// - Throws: `ModelGap`, where the model failed or was not asked.
    public func embedding(of text: String, _ detail: EmbeddingDetail) throws(ModelGap) -> TextEmbedding {
        switch answers[.embedding(ExactText(text), detail)] {
        case .embedding(let embedding): return embedding
        case .failed(let reason): throw ModelGap(reason)
        default: throw ModelGap("the model was not asked")
        }
    }

    /// What a judge said to a question; nil: nobody has asked yet.
    public func verdict(on question: JudgeQuestion) -> JudgeOutcome? {
        switch answers[.judgement(question)] {
        case .judgement(let outcome): outcome
        case .failed(let reason): .failure(.failed(Failure(cause: .notAsked, detail: reason)))
        default: nil
        }
    }

    /// How rare tokens are among the data set's references.
    public func rarity() throws(ModelGap) -> TokenRarity {
        switch answers[.rarity] {
        case .rarity(let rarity): return rarity
        case .failed(let reason): throw ModelGap(reason)
        default: throw ModelGap("nobody counted how rare tokens are")
        }
    }
}

/// Why a model's answer is not there: the measurement is *failed* for this reason.
public struct ModelGap: Error, Sendable, Hashable {
    public let reason: String

    public init(_ reason: String) { self.reason = reason }
}
