/// What a Unicode scalar is to a tokeniser.
enum ScalarClass: UInt8 {
    /// A letter or digit of a script that writes words.
    case word
    /// A letter of a script that sets no spaces between words: Han, Kana, Thai, Lao, Khmer, Burmese.
    case solo
    /// A mark that belongs to the scalar before it.
    case mark
    case punctuation
    case symbol
    case space
}

/// One scalar as a tokeniser wants it: its class, and its lower-case form.
struct FoldedScalar {
    let kind: ScalarClass
    /// The first scalar of the lower-case form; only İ (U+0130) has more, of which the rest is a mark.
    let lower: UInt32

    /// Works it out from the Unicode data of the standard library.
    init(measuring value: UInt32) {
        guard let scalar = Unicode.Scalar(value) else {
            kind = .symbol
            lower = value
            return
        }
        kind = Self.kind(of: scalar)
        if value == 0x3C2 {
            lower = 0x3C3  // final sigma: the same letter, or folding would depend on its neighbour
        } else if scalar.properties.changesWhenLowercased {
            lower = scalar.properties.lowercaseMapping.unicodeScalars.first?.value ?? value
        } else {
            lower = value
        }
    }

    private static func kind(of scalar: Unicode.Scalar) -> ScalarClass {
        if isUnspaced(scalar.value) {
            switch scalar.properties.generalCategory {
            case .otherLetter, .modifierLetter, .letterNumber, .decimalNumber: return .solo
            case .nonspacingMark, .spacingMark: return .mark
            default: break
            }
        }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: return .word
        case .decimalNumber, .letterNumber, .otherNumber: return .word
        case .nonspacingMark, .spacingMark, .enclosingMark: return .mark
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation: return .punctuation
        case .initialPunctuation, .finalPunctuation, .otherPunctuation: return .punctuation
        case .spaceSeparator, .lineSeparator, .paragraphSeparator, .control: return .space
        case .format: return .mark  // joiners and direction marks break no word
        default: return .symbol
        }
    }

    /// Blocks of scripts that are written without spaces.
    private static func isUnspaced(_ value: UInt32) -> Bool {
        switch value {
        case 0x0E00...0x0EFF, 0x1000...0x109F, 0x1780...0x17FF: true  // Thai, Lao; Burmese; Khmer
        case 0x2E80...0x30FF, 0x31F0...0x31FF: true  // radicals, Hiragana, Katakana
        case 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF: true  // Han
        case 0xFF66...0xFF9D, 0x1B000...0x1B16F, 0x20000...0x3FFFF: true  // half-width Kana, Kana, Han
        default: false
        }
    }

    /// The scalar's entry, from the table for U+0080–U+07FF (Latin, Greek, Cyrillic, Hebrew, Arabic).
    static func of(_ value: UInt32) -> FoldedScalar {
        switch value {
        case 0x80..<0x800: table[Int(value) - 0x80]
        case 0x4E00...0x9FFF: FoldedScalar(kind: .solo, lower: value)
        default: FoldedScalar(measuring: value)
        }
    }

    private init(kind: ScalarClass, lower: UInt32) {
        self.kind = kind
        self.lower = lower
    }

    private static let table: [FoldedScalar] = (UInt32(0x80)..<0x800).map { FoldedScalar(measuring: $0) }
}
