/// The numbers and names in a sentence: what a made-up answer gets wrong first.
///
/// - Numbers: runs of decimal digits of any script with their decimal and grouping signs, as `normalised` writes them:
///   `1,234.50` and `1234.5` are one. A number in words is none.
/// - Names: words with a capital letter that do not begin the sentence, words of several capitals, and words that mix
///   letters and digits, in small letters. Scripts without capitals have the last alone; in German every noun counts.
public struct NamesAndNumbers: Sendable, Hashable {
    /// In the order of the text, each once.
    public let numbers: [String]
    /// In the order of the text, each once, in small letters and normal form C.
    public let names: [String]

    public init(_ sentence: String) {
        var reader = Reader()
        for scalar in composed(sentence).unicodeScalars { reader.take(scalar) }
        reader.endWord()
        numbers = reader.numbers
        names = reader.names
    }

    /// One number, however it was grouped: no signs between thousands, a full stop before decimals, no zeros at the end.
    ///
    /// One sign before three digits is read as grouping (`1.234` is 1234): the same on both sides of a comparison.
    static func normalised(_ text: [UInt8]) -> String {
        var groups: [[UInt8]] = [[]]
        for byte in text {
            if byte &- 48 < 10 {
                groups[groups.count - 1].append(byte)
            } else {
                groups.append([])
            }
        }
        var whole = groups[0]
        var decimals: [UInt8] = []
        let rest = groups.dropFirst()
        for (index, group) in rest.enumerated() {
            let isLast = index == rest.count - 1
            if isLast, group.count != 3 || (index > 0 && Self.sign(text, 0) != Self.sign(text, index)) {
                decimals = group
            } else {
                whole += group
            }
        }
        while whole.count > 1, whole[0] == 48 { whole.removeFirst() }
        while decimals.last == 48 { decimals.removeLast() }
        let digits = decimals.isEmpty ? whole : whole + [UInt8(ascii: ".")] + decimals
        return String(decoding: digits, as: UTF8.self)
    }

    /// The sign between the groups `index` and `index + 1`.
    private static func sign(_ text: [UInt8], _ index: Int) -> UInt8 {
        text.filter { $0 &- 48 >= 10 }[index]
    }

    private struct Reader {
        var numbers: [String] = []
        var names: [String] = []
        private var word = String.UnicodeScalarView()
        private var digits: [UInt8] = []
        private var capitals = 0
        private var letters = 0
        private var startsWithCapital = false
        private var pending: UInt8?
        private var isFirst = true

        mutating func take(_ scalar: Unicode.Scalar) {
            if let digit = Self.digit(scalar) {
                if let sign = pending {
                    digits.append(sign)
                    pending = nil
                }
                digits.append(48 + digit)
                word.append(scalar)
                return
            }
            // A sign belongs to a number where a digit follows it.
            if letters == 0, !digits.isEmpty, pending == nil, let sign = Self.sign(scalar) {
                pending = sign
                return
            }
            switch FoldedScalar.of(scalar.value).kind {
            case .word where scalar.value >= 0x80 || (scalar.value | 0x20) &- 0x61 < 26:
                if pending != nil { endWord() }
                if word.isEmpty { startsWithCapital = Self.isCapital(scalar) }
                if Self.isCapital(scalar) { capitals += 1 }
                letters += 1
                word.append(scalar)
            case .mark: if !word.isEmpty { word.append(scalar) }
            case .solo, .word, .punctuation, .symbol, .space: endWord()
            }
        }

        mutating func endWord() {
            defer {
                word = String.UnicodeScalarView()
                digits = []
                capitals = 0
                letters = 0
                pending = nil
            }
            if word.isEmpty { return }
            defer { isFirst = false }
            if letters == 0 {
                add(NamesAndNumbers.normalised(digits), to: &numbers)
                return
            }
            let isMixed = !digits.isEmpty || capitals > 1
            // `I`, and a letter of a list, are no names.
            guard isMixed || (startsWithCapital && !isFirst && letters > 1) else { return }
            var name = String.UnicodeScalarView()
            for scalar in word { name.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars) }
            add(String(name), to: &names)
        }

        private func add(_ text: String, to list: inout [String]) {
            if !list.contains(text) { list.append(text) }
        }

        private static func digit(_ scalar: Unicode.Scalar) -> UInt8? {
            if scalar.value &- 48 < 10 { return UInt8(scalar.value - 48) }
            guard scalar.value >= 0x80, scalar.properties.numericType == .decimal,
                let value = scalar.properties.numericValue
            else { return nil }
            return UInt8(value)
        }

        private static func isCapital(_ scalar: Unicode.Scalar) -> Bool {
            scalar.properties.isUppercase || scalar.properties.generalCategory == .titlecaseLetter
        }

        /// Signs within numbers, as one of their kind.
        private static func sign(_ scalar: Unicode.Scalar) -> UInt8? {
            switch scalar.value {
            case 0x2E, 0x66B: UInt8(ascii: ".")
            case 0x2C, 0x66C: UInt8(ascii: ",")
            case 0x27, 0x2019, 0xA0, 0x202F: UInt8(ascii: "'")
            default: nil
            }
        }
    }
}
