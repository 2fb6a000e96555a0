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
