import Domain
import Text

/// What metrics work out of an example alone: once for both arms and all repeats, where the caller hands it
/// on.
///
/// Everything is made when it is first asked for.
public struct ExampleFeatures: Sendable {
    private let references: [String]
    private var answerTokensCache: [AnswerTokens]?
    private var rougeCache: [RougeCut: [RougeTokens]] = [:]
    private var bleuCache: [BLEU.Cut: BLEU.Reference] = [:]
    private var characterRunsCache: [CharacterF: [CharacterF.Reference]] = [:]

    public init(_ example: Example) { references = example.references }

    /// The references' tokens after SQuAD's normalisation.
    mutating func answerTokens() -> [AnswerTokens] {
        if let made = answerTokensCache { return made }
        let made = references.map { AnswerTokens($0) }
        answerTokensCache = made
        return made
    }

    /// The references cut for ROUGE; with their runs counted where they are wanted.
    mutating func rouge(_ cut: RougeCut, counting: Bool = false) -> [RougeTokens] {
        if let made = rougeCache[cut], !counting || made.allSatisfy(\.isCounted) { return made }
        let made = references.map { RougeTokens($0, cut, counting: counting) }
        rougeCache[cut] = made
        return made
    }

    /// The references cut for BLEU.
    mutating func bleu(_ cut: BLEU.Cut) -> BLEU.Reference {
        if let made = bleuCache[cut] { return made }
        let made = BLEU.Reference(references, cut)
        bleuCache[cut] = made
        return made
    }

    /// The references' runs of characters, for chrF.
    mutating func characterRuns(_ rule: CharacterF) -> [CharacterF.Reference] {
        if let made = characterRunsCache[rule] { return made }
        let made = references.map { rule.reference($0) }
        characterRunsCache[rule] = made
        return made
    }
}

/// The tokens of an answer or reference after SQuAD's normalisation.
struct AnswerTokens: Sendable {
    let ordered: [UInt64]
    let sorted: [UInt64]

    init(_ text: String) {
        ordered = answerKeys(text)
        sorted = ordered.sorted()
    }
}

/// A text without its letters, digits and white space: all that tells apart texts that have no word.
func signsAlone(_ text: String) -> String {
    var signs = ""
    for scalar in text.unicodeScalars {
        let properties = scalar.properties
        if properties.isAlphabetic || properties.numericType != nil || properties.isWhitespace { continue }
        signs.unicodeScalars.append(scalar)
    }
    return signs
}
