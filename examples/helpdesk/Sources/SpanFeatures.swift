/// The words of all passages as numbers, with their rarity.
struct Lexicon: Sendable {
    private var ids: [String: Int32] = [:]
    private(set) var weights: [Float] = []

    mutating func intern(_ stem: String) -> Int32 {
        if let id = ids[stem] { return id }
        let id = Int32(ids.count)
        ids[stem] = id
        return id
    }

    func id(_ token: Token) -> Int32? { ids[Stemmer.stem(token.word)] }

    mutating func setWeights(_ weights: [Float]) { self.weights = weights }
    var count: Int { ids.count }
}

/// A passage as the span model reads it.
struct ReadablePassage: Sendable {
    let terms: [Int32]
    let shapes: [UInt8]
    let before: [UInt8]
    let isStopword: [Bool]
    let isCapitalised: [Bool]
    let gaps: [Token.Gap]
    /// First token of each sentence, then the number of tokens.
    let sentences: [Int]
}

/// A stretch of a passage that may be the answer.
struct Span: Sendable {
    let passage: Int
    let first: Int
    let last: Int
    let features: [Feature]

    struct Feature: Sendable {
        let index: Int32
        let value: Float
    }
}

/// The numbering of the span model's features.
enum FeatureIndex {
    static let sentenceOverlap: Int32 = 0
    static let documentScore: Int32 = 1
    static let leftWindow: Int32 = 2
    static let rightWindow: Int32 = 3
    static let asked: Int32 = 4
    static let focusInside: Int32 = 5
    static let focusAfter: Int32 = 6
    static let focusBefore: Int32 = 7
    static let leftOpen: Int32 = 8
    static let rightOpen: Int32 = 9
    static let leftCapital: Int32 = 10
    static let rightCapital: Int32 = 11
    static let secondDocument: Int32 = 12
    static let lastOfSentence: Int32 = 13
    static let sentenceRank: Int32 = 14
    static let length: Int32 = 16                  // kind × 8
    static let shape: Int32 = 72                   // kind × 8
    static let previous: Int32 = 128               // kind × 16
    static let next: Int32 = 240                   // kind × 16
    static let anyLength: Int32 = 352
    static let anyShape: Int32 = 360
    static let anyPrevious: Int32 = 368
    static let anyNext: Int32 = 384
    static let askedBefore: Int32 = 400
    static let askedAfter: Int32 = 401
    static let holdsAsked: Int32 = 402
    static let relativeOverlap: Int32 = 403
    static let nearest: Int32 = 404
    static let focusShape: Int32 = 408             // 8
    static let nearLeft: Int32 = 416
    static let nearRight: Int32 = 417
    static let nothingLeft: Int32 = 418
    static let nothingRight: Int32 = 419
    static let order: Int32 = 420                  // build of the question × 8
    static let openQuestion: Int32 = 444           // build × 2
    static let pastMatch: Int32 = 450
    static let distance: Int32 = 452               // 6
    static let count = 460
}

/// Classes of words beside a span; 0 is any other word.
enum Neighbour {
    static let breakOrEdge: UInt8 = 15

    static func of(_ token: Token) -> UInt8 {
        switch token.word {
        case "in", "on", "at", "during", "since", "until", "around": 1
        case "by": 2
        case "of": 3
        case "to", "for", "from", "with", "into", "between": 4
        case "called", "named", "as", "known", "titled": 5
        case "the": 6
        case "a", "an": 7
        case "is", "was", "were", "are", "be", "been", "has", "had", "have", "became", "include", "includes": 8
        case "and", "or": 9
        case "that", "which", "who", "where", "when": 10
        case "his", "her", "its", "their": 11
        case "about", "over", "than", "least", "approximately", "nearly", "only", "just": 12
        default: token.isCapitalised ? 13 : token.isNumber ? 14 : 0
        }
    }
}
