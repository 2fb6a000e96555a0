/// Host names in any script, by IDNA 2008.
///
/// Which code points a label may hold is derived from their Unicode properties as RFC 5892 derives it, with its rules of
/// context; names that hold right-to-left script keep to RFC 5893. Letters' joining and writing direction are known by
/// block. Whether a label is in normalisation form C is not looked at.
enum InternationalName {
    /// - Parameters:
    ///   - text: Labels between full stops, of any of IDNA's four kinds where Unicode is allowed.
    ///   - allowsUnicode: `idn-hostname`; else `hostname`, whose `xn--` labels must stand for valid ones.
    static func isValid(_ text: String, allowsUnicode: Bool) -> Bool {
        if !allowsUnicode, !text.utf8.allSatisfy({ $0 < 0x80 }) { return false }
        let scalars = Array(text.unicodeScalars)
        guard !scalars.isEmpty, scalars.count <= 253 else { return false }
        let labels = scalars.split(omittingEmptySubsequences: false) { isSeparator($0) }
        var length = labels.count - 1
        var read: [[Unicode.Scalar]] = []
        for label in labels {
            guard let (plain, size) = checked(Array(label)) else { return false }
            length += size
            read.append(plain)
        }
        guard length <= 253 else { return false }
        let isBidirectional = read.contains {
            $0.contains { [.right, .arabicNumber].contains(direction($0)) }
        }
        return !isBidirectional || read.allSatisfy(keepsDirection)
    }

    private static func isSeparator(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "." || scalar == "\u{3002}" || scalar == "\u{FF0E}" || scalar == "\u{FF61}"
    }

    /// The label in Unicode and its length in ASCII; nil where it is not valid.
    private static func checked(_ label: [Unicode.Scalar]) -> ([Unicode.Scalar], Int)? {
        guard label.allSatisfy(\.isASCII) else {
            guard isUnicodeLabel(label), let ascii = Punycode.encoded(label), ascii.count <= 59 else {
                return nil
            }
            return (label, ascii.count + 4)
        }
        let bytes = label.map { UInt8($0.value) }
        guard (1...63).contains(bytes.count), bytes.first != 0x2D, bytes.last != 0x2D else { return nil }
        guard bytes.allSatisfy({ isDigit($0) || isLetter($0) || $0 == 0x2D }) else { return nil }
        guard bytes.count >= 4, bytes[2] == 0x2D, bytes[3] == 0x2D else { return (label, bytes.count) }
        // RFC 5891, section 4.2.3.1 reserves the third and fourth place for such prefixes.
        let small = bytes.map { isLetter($0) ? $0 | 0x20 : $0 }
        guard small.starts(with: "xn--".utf8), let plain = Punycode.decoded(small.dropFirst(4)) else {
            return nil
        }
        guard !plain.allSatisfy(\.isASCII), isUnicodeLabel(plain) else { return nil }
        guard Punycode.encoded(plain) == Array(small.dropFirst(4)) else { return nil }
        return (plain, bytes.count)
    }

    /// RFC 5891, section 4.2.3.
    private static func isUnicodeLabel(_ label: [Unicode.Scalar]) -> Bool {
        guard let first = label.first, first != "-", label.last != "-", !isMark(first) else { return false }
        if label.count >= 4, label[2] == "-", label[3] == "-" { return false }
        return label.indices.allSatisfy { isAllowed(at: $0, in: label) }
    }

    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        [.nonspacingMark, .spacingMark, .enclosingMark].contains(scalar.properties.generalCategory)
    }

    // MARK: code points, RFC 5892

    private static func isAllowed(at index: Int, in label: [Unicode.Scalar]) -> Bool {
        let scalar = label[index]
        switch scalar.value {
        // Section 2.6, exceptions.
        case 0xDF, 0x3C2, 0x6FD, 0x6FE, 0xF0B, 0x3007: return true
        case 0x640, 0x7FA, 0x302E, 0x302F, 0x3031...0x3035, 0x303B: return false
        // Appendix A, what depends on the context.
        case 0x200C, 0x200D: return isJoined(at: index, in: label)
        case 0xB7:
            return index > 0 && label[index - 1] == "l" && index + 1 < label.count && label[index + 1] == "l"
        case 0x375: return index + 1 < label.count && isGreek(label[index + 1].value)
        case 0x5F3, 0x5F4: return index > 0 && isHebrew(label[index - 1].value)
        case 0x30FB: return label.contains(where: isJapanese)
        case 0x660...0x669: return !label.contains { (0x6F0...0x6F9).contains($0.value) }
        case 0x6F0...0x6F9: return !label.contains { (0x660...0x669).contains($0.value) }
        case 0x2D, 0x30...0x39, 0x61...0x7A: return true
        // Sections 2.9 and 2.4: old Hangul letters, symbols' and music's marks.
        case 0x1100...0x11FF, 0xA960...0xA97F, 0xD7B0...0xD7FF, 0x20D0...0x20FF, 0x1D100...0x1D24F:
            return false
        default: break
        }
        let properties = scalar.properties
        if properties.changesWhenNFKCCaseFolded || properties.isDefaultIgnorableCodePoint { return false }
        switch properties.generalCategory {
        case .lowercaseLetter, .uppercaseLetter, .otherLetter, .decimalNumber, .modifierLetter,
            .nonspacingMark,
            .spacingMark:
            return true
        default: return false
        }
    }

    /// Appendix A.1 and A.2: behind a virama, or, for the non-joiner, between letters that would join.
    private static func isJoined(at index: Int, in label: [Unicode.Scalar]) -> Bool {
        guard index > 0 else { return false }
        if label[index - 1].properties.canonicalCombiningClass == .virama { return true }
        guard label[index].value == 0x200C else { return false }
        let before = label[..<index].last { !isTransparent($0) }
        let after = label[(index + 1)...].first { !isTransparent($0) }
        guard let before, let after else { return false }
        return joins(before.value) && !joinsBackOnly(before.value) && joins(after.value)
    }

    private static func isTransparent(_ scalar: Unicode.Scalar) -> Bool {
        [.nonspacingMark, .enclosingMark, .format].contains(scalar.properties.generalCategory)
    }

    private static func joins(_ value: UInt32) -> Bool {
        switch value {
        case 0x621, 0x674, 0x6D5, 0x7B1: value == 0x6D5
        case 0x620...0x64A, 0x66E...0x6D3, 0x6EE...0x6EF, 0x6FA...0x6FF, 0x710...0x72F, 0x74D...0x77F,
            0x7CA...0x7EA,
            0x840...0x858, 0x860...0x86A, 0x870...0x887, 0x889...0x88E, 0x8A0...0x8C9, 0x1807,
            0x1820...0x1878,
            0x1887...0x18AA, 0xA840...0xA872, 0x1E900...0x1E943:
            true
        default: false
        }
    }

    private static func joinsBackOnly(_ value: UInt32) -> Bool {
        switch value {
        case 0x622...0x625, 0x627, 0x629, 0x62F...0x632, 0x648, 0x671...0x673, 0x675...0x677, 0x688...0x699,
            0x6C0,
            0x6C3...0x6CB, 0x6CD, 0x6CF, 0x6D2, 0x6D3, 0x6D5, 0x6EE, 0x6EF, 0x710, 0x715...0x719, 0x71E,
            0x728,
            0x72A, 0x72C, 0x72F, 0x74D, 0x759...0x75B, 0x76B, 0x76C, 0x771, 0x773, 0x774, 0x778, 0x779, 0x840,
            0x846, 0x847, 0x849, 0x854, 0x856...0x858, 0x867, 0x869, 0x86A, 0x870...0x882, 0x88E,
            0x8AA...0x8AC,
            0x8AE, 0x8B1, 0x8B2, 0x8B9:
            true
        default: false
        }
    }

    private static func isGreek(_ value: UInt32) -> Bool {
        (0x370...0x3E1).contains(value) || (0x3F0...0x3FF).contains(value)
            || (0x1F00...0x1FFF).contains(value)
    }

    private static func isHebrew(_ value: UInt32) -> Bool {
        (0x591...0x5F4).contains(value) || (0xFB1D...0xFB4F).contains(value)
    }

    private static func isJapanese(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x3005, 0x3007, 0x3041...0x3096, 0x309D...0x309F, 0x30A1...0x30FA, 0x30FD...0x30FF,
            0x31F0...0x31FF:
            true
        default: scalar.properties.isIdeographic
        }
    }

    // MARK: direction, RFC 5893

    private enum Direction { case left, right, number, arabicNumber, mark, neutral }

    private static func direction(_ scalar: Unicode.Scalar) -> Direction {
        switch scalar.value {
        case 0x30...0x39, 0x6F0...0x6F9: return .number
        case 0x660...0x669, 0x10D30...0x10D39, 0x10E60...0x10E7E: return .arabicNumber
        case 0x2D, 0xB7, 0x375, 0x30FB, 0x200C, 0x200D: return .neutral
        default: break
        }
        if [.nonspacingMark, .enclosingMark].contains(scalar.properties.generalCategory) { return .mark }
        switch scalar.value {
        case 0x590...0x8FF, 0xFB1D...0xFDFF, 0xFE70...0xFEFF, 0x10800...0x10FFF, 0x1E800...0x1EFFF:
            return .right
        default: return .left
        }
    }

    /// Section 2, its six conditions.
    private static func keepsDirection(_ label: [Unicode.Scalar]) -> Bool {
        let directions = label.map(direction)
        guard let first = directions.first, let last = directions.last(where: { $0 != .mark }) else {
            return false
        }
        switch first {
        case .right:
            if directions.contains(.left) { return false }
            if directions.contains(.number), directions.contains(.arabicNumber) { return false }
            return [.right, .number, .arabicNumber].contains(last)
        case .left:
            if directions.contains(.right) || directions.contains(.arabicNumber) { return false }
            return [.left, .number].contains(last)
        default: return false
        }
    }
}
