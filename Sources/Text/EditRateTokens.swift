/// How texts are cut for the translation edit rate.
///
/// The tokeniser of Tercom, as sacrebleu has it: by default letter case is folded and the text cut at white space.
public struct EditRateCut: Sendable, Hashable {
    /// Entities are read, lines joined, punctuation cut off.
    public var normalizes: Bool
    /// `. , ? : ; ! " ( )` are dropped.
    public var dropsPunctuation: Bool
    /// With `normalizes`: Han and Kana signs stand alone; with `dropsPunctuation`: their signs are dropped too.
    public var splitsAsian: Bool
    public var isCaseSensitive: Bool

    public init(
        normalizes: Bool = false, dropsPunctuation: Bool = false, splitsAsian: Bool = false,
        isCaseSensitive: Bool = false
    ) {
        self.normalizes = normalizes
        self.dropsPunctuation = dropsPunctuation
        self.splitsAsian = splitsAsian
        self.isCaseSensitive = isCaseSensitive
    }

    /// The text's words, as keys. Linear.
    public func keys(_ text: String) -> [UInt64] {
        var text = isCaseSensitive ? text : lowercasedInContext(text)
        if normalizes {
            text = Self.normalized(text)
            if splitsAsian { text = Self.spaced(text, Self.isAsian) }
        }
        if dropsPunctuation {
            let splitsAsian = splitsAsian
            text.unicodeScalars.removeAll { scalar in
                Self.isPunctuation(scalar.value) || (splitsAsian && Self.isAsianPunctuation(scalar.value))
            }
        }
        return spacedKeys(text)
    }

    private static func normalized(_ text: String) -> String {
        var bytes = Array(text.utf8)
        bytes.removeLast(bytes.count - endWithoutSpace(bytes))
        bytes = replaced(bytes, "\n-", "")
        bytes = replaced(bytes, "\n", " ")
        bytes = replaced(bytes, "&quot;", "\"")
        bytes = replaced(bytes, "&amp;", "&")
        bytes = replaced(bytes, "&lt;", "<")
        bytes = replaced(bytes, "&gt;", ">")
        bytes = spacingSigns([32] + bytes + [32])
        bytes = replaced(bytes, "'s ", " 's ")
        bytes = spacingStops(bytes, after: true)
        bytes = spacingStops(bytes, after: false)
        return String(decoding: spacingDashes(bytes), as: UTF8.self)
    }

    private static func spaced(_ text: String, _ standsAlone: (UInt32) -> Bool) -> String {
        var out = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if standsAlone(scalar.value) {
                out.append(" ")
                out.append(scalar)
                out.append(" ")
            } else {
                out.append(scalar)
            }
        }
        return String(out)
    }

    private static func isPunctuation(_ value: UInt32) -> Bool {
        switch value {
        case 0x2E, 0x2C, 0x3F, 0x3A, 0x3B, 0x21, 0x22, 0x28, 0x29: true
        default: false
        }
    }

    /// The blocks that sacrebleu splits, its range U+3200–U+3F22 included; its rules for Kana never match.
    private static func isAsian(_ value: UInt32) -> Bool {
        switch value {
        case 0x4E00...0x9FFF, 0x3400...0x4DBF, 0x31C0...0x31EF, 0x2E80...0x2EFF, 0x3200...0x3F22,
            0xF900...0xFAFF, 0xFE30...0xFE4F:
            true
        default: isAsianPunctuation(value)
        }
    }

    private static func isAsianPunctuation(_ value: UInt32) -> Bool {
        switch value {
        case 0x3001, 0x3002, 0x3008...0x3011, 0x3014...0x301F, 0xFF61...0xFF65, 0x30FB: true
        case 0xFF0E, 0xFF0C, 0xFF1F, 0xFF1A, 0xFF1B, 0xFF01, 0xFF02, 0xFF08, 0xFF09: true
        default: false
        }
    }
}
