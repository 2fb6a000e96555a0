/// What RFC 3987 adds to the characters of addresses (section 2.2).
enum IRI {
    /// `ucschar`: anywhere but in the scheme.
    static func isInternational(_ value: UInt32) -> Bool {
        switch value {
        case 0xA0...0xD7FF, 0xF900...0xFDCF, 0xFDF0...0xFFEF: true
        case 0x10000...0xEFFFF: value & 0xFFFF <= 0xFFFD && !(0xE0000...0xE0FFF).contains(value)
        default: false
        }
    }

    /// `iprivate`: in the query alone.
    static func isPrivate(_ value: UInt32) -> Bool {
        switch value {
        case 0xE000...0xF8FF, 0xF0000...0xFFFFD, 0x100000...0x10FFFD: true
        default: false
        }
    }

    /// Whether every character beyond ASCII may stand where it stands.
    static func isReference(_ text: String) -> Bool {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return true }
        let query = URIReference(text).query
        let inQuery = query?.unicodeScalars.count { isPrivate($0.value) } ?? 0
        var all = 0
        for scalar in text.unicodeScalars where !scalar.isASCII {
            if isPrivate(scalar.value) { all += 1 } else if !isInternational(scalar.value) { return false }
        }
        return all == inQuery
    }
}
