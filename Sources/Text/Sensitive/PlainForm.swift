/// A text as it looks: without what is not seen in it, and in half-width letters, digits and signs.
///
/// Left out are format characters (zero-width spaces and joiners, direction marks, soft hyphens) and all else that
/// Unicode lets go unseen; U+FF01–U+FF5E become ASCII, the ideographic space a space, the hyphens U+2010 and U+2011 a
/// `-`. It remembers where each byte came from.
struct PlainForm {
    /// The text; the very one where nothing of it is otherwise.
    let text: String
    /// Where the scalar of each byte began and ended in the original; empty where the text is the original.
    private let starts: [Int32]
    private let ends: [Int32]

    /// Nil where the text is its own plain form: so are all of ASCII. Linear.
    init?(_ original: String) {
        guard original.utf8.contains(where: { $0 >= 0x80 }),
            original.unicodeScalars.contains(where: { PlainForm.plain($0) != $0 })
        else { return nil }
        var bytes: [UInt8] = []
        var starts: [Int32] = []
        var ends: [Int32] = []
        var offset: Int32 = 0
        for scalar in original.unicodeScalars {
            let end = offset + Int32(UTF8.width(scalar))
            if let plain = PlainForm.plain(scalar) {
                for byte in String(plain).utf8 {
                    bytes.append(byte)
                    starts.append(offset)
                    ends.append(end)
                }
            }
            offset = end
        }
        text = String(decoding: bytes, as: UTF8.self)
        self.starts = starts
        self.ends = ends
    }

    /// Where a stretch of the plain text, not empty, stands in the original.
    func original(_ range: Range<Int>) -> Range<Int> {
        Int(starts[range.lowerBound])..<Int(ends[range.upperBound - 1])
    }

    /// Nil for what is not seen.
    private static func plain(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
        switch scalar.value {
        case 0..<0x80: return scalar
        case 0xFF01...0xFF5E: return Unicode.Scalar(scalar.value - 0xFEE0)
        case 0x3000: return " "
        case 0x2010, 0x2011: return "-"
        default:
            let isUnseen =
                scalar.properties.generalCategory == .format || scalar.properties.isDefaultIgnorableCodePoint
            return isUnseen ? nil : scalar
        }
    }
}

/// A text without what is not seen in it, and in half-width letters, digits and signs: what a person would type who
/// copies it.
public func plainForm(_ text: String) -> String { PlainForm(text)?.text ?? text }
