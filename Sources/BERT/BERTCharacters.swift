/// What a character is to BERT's tokenizer.
///
/// The reference reads the general categories of Unicode 8: what was assigned later belongs to none of them, and
/// so is neither dropped nor punctuation nor an accent, but part of a word. Of what was assigned by then, the
/// characters in `moved` have another category today.
enum BERTCharacters {
    /// Control, format and private characters, the null and the replacement character.
    static func isDropped(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A, 0x0D: false
        case 0..<0x20, 0x7F..<0xA0, 0xFFFD: true
        case 0x20..<0x7F: false
        default:
            switch scalar.properties.generalCategory {
            case .control, .privateUse: true
            case .format: isOld(scalar)
            default: false
            }
        }
    }

    /// Unicode's White_Space.
    static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x20, 0x09, 0x0A, 0x0D, 0x0B, 0x0C, 0x85, 0xA0: true
        case 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: true
        default: false
        }
    }

    /// The blocks of Chinese characters as the reference lists them.
    static func isChinese(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x4E00...0x9FFF, 0x3400...0x4DBF, 0xF900...0xFAFF: true
        case 0x20000...0x2A6DF, 0x2A700...0x2B73F, 0x2B740...0x2B81F, 0x2B920...0x2CEAF, 0x2F800...0x2FA1F:
            true
        default: false
        }
    }

    static func isNonspacingMark(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value >= 0x300 && category(scalar) == .nonspacingMark && isOld(scalar)
    }

    /// Whether the reference's normal form D, that of Unicode 9, knows the character: others stay as they are and
    /// where they are.
    static func isDecomposable(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.value < 0x5EF { return true }
        guard let age = scalar.properties.age else { return false }
        return age.major <= 9
    }

    /// Punctuation beyond ASCII.
    static func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
        switch category(scalar) {
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
            .initialPunctuation, .finalPunctuation, .otherPunctuation:
            isOld(scalar)
        default: false
        }
    }

    private static func category(_ scalar: Unicode.Scalar) -> Unicode.GeneralCategory {
        moved[scalar.value] ?? scalar.properties.generalCategory
    }

    /// Categories in Unicode 8 that later versions changed, as far as the tokenizer looks at them.
    private static let moved: [UInt32: Unicode.GeneralCategory] = [
        0x166D: .otherPunctuation, 0x1734: .nonspacingMark, 0x1885: .otherLetter, 0x1886: .otherLetter,
        0xA9BD: .spacingMark, 0x111C9: .otherPunctuation, 0x1171E: .nonspacingMark,
    ]

    private static func isOld(_ scalar: Unicode.Scalar) -> Bool {
        guard let age = scalar.properties.age else { return false }
        return age.major <= 8
    }
}
