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
