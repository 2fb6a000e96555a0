import Statistics

/// Which word production chose, against which the candidate chose: an intent, a tool, a decision, a status.
public struct CategoryChange: Sendable {
    public let name: String
    public let summary: String
    /// Most frequent first, as both arms use them; behind the bound all others are one.
    public let labels: [String]
    /// A row for each of production's words, a column for each of the candidate's: requests.
    public let cells: [[Int]]
    public let pairs: Int
    public let keys: Int
    /// The share of requests whose word is another one.
    public let changed: Reading
    /// The same of production's second answer; nil without the third arm.
    public let noise: Reading?
    /// Whether the candidate changes words more often than production itself; nil without the third arm.
    public let test: TestResult?
    public internal(set) var adjusted: Double?
    /// How often each word is chosen.
    public internal(set) var rates: [RateChange]

    static let mostLabels = 24
    static let others = "(others)"
}

/// Words of the arms over pairs.
struct KeyedWords {
    private(set) var keys: [Int32] = []
    private(set) var production: [Int32] = []
    private(set) var candidate: [Int32] = []
    /// −1 where there is no third arm.
    private(set) var control: [Int32] = []
    private var codes: [String: Int32] = [:]
    private(set) var words: [String] = []
    /// Words beyond this are one: a label that is free text must not fill the memory.
    private static let most = 2_000

    var count: Int { keys.count }

    mutating func add(key: Int32, _ production: String, _ candidate: String, control: String?) {
        keys.append(key)
        self.production.append(code(production))
        self.candidate.append(code(candidate))
        self.control.append(control.map { code($0) } ?? -1)
    }

    private mutating func code(_ word: String) -> Int32 {
        if let code = codes[word] { return code }
        let isFull = words.count >= Self.most
        let word = isFull ? CategoryChange.others : word
        if let code = codes[word] { return code }
        codes[word] = Int32(words.count)
        words.append(word)
        return Int32(words.count - 1)
    }

    func change(_ name: String, _ summary: String, confidence: Double, seed: UInt64) -> CategoryChange? {
        guard count > 0 else { return nil }
        var totals = [Int](repeating: 0, count: words.count)
        for index in keys.indices {
            totals[Int(production[index])] += 1
            totals[Int(candidate[index])] += 1
        }
        let order = words.indices.filter { totals[$0] > 0 }.sorted {
            if totals[$0] != totals[$1] { return totals[$0] > totals[$1] }
            return words[$0].utf8.lexicographicallyPrecedes(words[$1].utf8)
        }
        let shown = order.count > CategoryChange.mostLabels + 1 ? CategoryChange.mostLabels : order.count
        var place = [Int](repeating: shown, count: words.count)
        for (index, word) in order.prefix(shown).enumerated() { place[word] = index }
        var labels = order.prefix(shown).map { words[$0] }
        if shown < order.count { labels.append(CategoryChange.others) }
        var cells = [[Int]](repeating: [Int](repeating: 0, count: labels.count), count: labels.count)
        var moved = KeyedValues()
        var three = KeyedValues()
        for index in keys.indices {
            cells[place[Int(production[index])]][place[Int(candidate[index])]] += 1
            let isChanged = production[index] != candidate[index]
            moved.add(key: keys[index], false, isChanged)
            if control[index] >= 0 {
                three.add(key: keys[index], production[index] != control[index], isChanged)
            }
        }
        guard
            let all = RateChange(name, summary, moved, confidence: confidence, seed: seed, wantsRatio: false)
        else { return nil }
        let floor = RateChange(name, summary, three, confidence: confidence, seed: seed, wantsRatio: false)
        var rates: [RateChange] = []
        // One word alone, or two that mirror one another, say one thing once.
        let told = labels.count == 1 ? 0 : labels.count == 2 ? 1 : labels.count
        for label in 0..<told {
            var values = KeyedValues()
            for index in keys.indices {
                values.add(
                    key: keys[index], place[Int(production[index])] == label,
                    place[Int(candidate[index])] == label)
            }
            if let rate = RateChange(
                labels[label], "answers with this \(name)", values, confidence: confidence, seed: seed)
            {
                rates.append(rate)
            }
        }
        return CategoryChange(
            name: name, summary: summary, labels: labels, cells: cells, pairs: count, keys: all.keys,
            changed: all.candidate, noise: floor?.production,
            test: floor.flatMap { try? signTest(up: $0.gained, down: $0.lost, of: $0.keys, .greater) },
            adjusted: nil, rates: rates)
    }
}
