import Domain
import Text

/// What a question is made of, for telling like ones: its words and its pairs of neighbouring words, as a set.
///
/// In scripts without spaces a word is a letter. Words alone would take *dog bites man* and *man bites dog* for one;
/// longer runs would take two short questions that differ in a word for strangers.
public struct Shingles: Sendable, Hashable {
    /// Sorted, each once.
    public let keys: [UInt64]

    public var isEmpty: Bool { keys.isEmpty }

    /// - Parameter tokens: As `phraseKeys(_:)` gives them.
    public init(tokens: [UInt64]) {
        var all = tokens
        if tokens.count > 1 { all += ngramKeys(tokens, order: 2) }
        all.sort()
        var unique = 0
        for key in all where unique == 0 || all[unique - 1] != key {
            all[unique] = key
            unique += 1
        }
        all.removeLast(all.count - unique)
        keys = all
    }

    /// Those of a text.
    public init(_ text: String) { self.init(tokens: phraseKeys(text)) }

    /// Size of the intersection over size of the union; 0 where both are empty.
    ///
    /// P. Jaccard, Bulletin de la Société vaudoise des sciences naturelles 37 (1901) 547–579.
    public func jaccard(_ other: Shingles) -> Double {
        var left = 0
        var right = 0
        var shared = 0
        while left < keys.count, right < other.keys.count {
            let a = keys[left]
            let b = other.keys[right]
            if a == b { shared += 1 }
            if a <= b { left += 1 }
            if b <= a { right += 1 }
        }
        let union = keys.count + other.keys.count - shared
        return union == 0 ? 0 : Double(shared) / Double(union)
    }
}

/// Everything that an app is asked with one example: the turns before, the question, what is handed over with it.
struct InputTokens {
    /// The tokens of all parts in their order.
    private(set) var keys: [UInt64]
    /// A hash that is equal for equal inputs, letter case, spacing and punctuation at the edges of words aside.
    private(set) var hash: UInt64

    /// - Parameter columns: Further columns that requests send.
    init(_ example: Example, columns: [String]) {
        keys = phraseKeys(example.query)
        hash = InputTokens.fold(keys, InputTokens.fallback(example.query, keys))
        for message in example.history { add(message.content, tag: UInt64(message.role.tag)) }
        for passage in example.context { add(passage, tag: 11) }
        for name in columns {
            guard let column = example.columns.first(where: { $0.name == name }) else { continue }
            add(column.value, tag: 12)
        }
    }

    private mutating func add(_ text: String, tag: UInt64) {
        let tokens = phraseKeys(text)
        hash = InputTokens.fold(tokens, hash &+ tag &* 0x9E37_79B9_7F4A_7C15)
        keys += tokens
    }

    /// A question of nothing but signs is told by its bytes.
    private static func fallback(_ text: String, _ tokens: [UInt64]) -> UInt64 {
        guard tokens.isEmpty else { return 1 }
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in text.utf8 where byte > 32 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        return mix(hash)
    }

    private static func fold(_ tokens: [UInt64], _ seed: UInt64) -> UInt64 {
        var hash = seed
        for token in tokens { hash = mix(hash &* 0x9E37_79B9_7F4A_7C15 &+ token) }
        return mix(hash &+ UInt64(tokens.count))
    }
}

extension Message.Role {
    fileprivate var tag: Int {
        switch self {
        case .system: 1
        case .user: 2
        case .assistant: 3
        case .tool: 4
        }
    }
}

/// A 64-bit finaliser (SplitMix64's): every input bit reaches every output bit.
@inline(__always)
func mix(_ value: UInt64) -> UInt64 {
    var x = value
    x = (x ^ (x >> 30)) &* 0xBF58_476D_1CE4_E5B9
    x = (x ^ (x >> 27)) &* 0x94D0_49BB_1331_11EB
    return x ^ (x >> 31)
}
