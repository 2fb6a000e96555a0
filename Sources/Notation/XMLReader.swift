/// The parts of XML that every rule is made of: names, literals, references, spaces.
struct XMLReader {
    private let bytes: [UInt8]
    private(set) var offset = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var next: UInt8? { offset < bytes.count ? bytes[offset] : nil }
    var isAtEnd: Bool { offset == bytes.count }

    func problem(_ message: String) -> XMLCheck.Problem { XMLCheck.Problem(message: message, offset: offset) }

    mutating func advance() { offset += 1 }

    func starts(with word: StaticString) -> Bool {
        let count = word.utf8CodeUnitCount
        guard offset + count <= bytes.count else { return false }
        return word.withUTF8Buffer { wanted in
            for place in 0..<count where bytes[offset + place] != wanted[place] { return false }
            return true
        }
    }

    mutating func take(_ word: StaticString) -> Bool {
        guard starts(with: word) else { return false }
        offset += word.utf8CodeUnitCount
        return true
    }

    mutating func expect(_ word: StaticString, _ message: String) throws(XMLCheck.Problem) {
        guard take(word) else { throw problem(message) }
    }

    func isSpace(at ahead: Int) -> Bool {
        offset + ahead < bytes.count && Self.isSpace(bytes[offset + ahead])
    }

    @discardableResult
    mutating func skipSpace() -> Bool {
        let start = offset
        while offset < bytes.count, Self.isSpace(bytes[offset]) { offset += 1 }
        return offset > start
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 32 || byte == 10 || byte == 13 || byte == 9
    }

    static func isASCIILetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 97 < 26 }

    mutating func equals() throws(XMLCheck.Problem) {
        skipSpace()
        try expect("=", "an attribute lacks its '='")
        skipSpace()
    }

    /// What stands between quotes, as it is.
    mutating func literal() throws(XMLCheck.Problem) -> [UInt8] {
        guard let quote = next, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else {
            throw problem("a value is not quoted")
        }
        advance()
        let start = offset
        while let byte = next {
            if byte == quote {
                advance()
                return Array(bytes[start..<(offset - 1)])
            }
            try character()
        }
        throw problem("a value's quote is not closed")
    }

    /// One character that XML allows.
    mutating func character() throws(XMLCheck.Problem) {
        let (value, width) = scalar()
        guard Self.isCharacter(value) else { throw problem("holds a character that XML does not allow") }
        offset += width
    }

    private func scalar() -> (value: UInt32, width: Int) {
        let lead = UInt32(bytes[offset])
        if lead < 0x80 { return (lead, 1) }
        func tail(_ place: Int) -> UInt32 { UInt32(bytes[offset + place]) & 0x3F }
        if lead < 0xE0 { return ((lead & 0x1F) << 6 | tail(1), 2) }
        if lead < 0xF0 { return ((lead & 0x0F) << 12 | tail(1) << 6 | tail(2), 3) }
        return ((lead & 7) << 18 | tail(1) << 12 | tail(2) << 6 | tail(3), 4)
    }

    static func isCharacter(_ value: UInt32) -> Bool {
        switch value {
        case 9, 10, 13, 0x20...0xD7FF, 0xE000...0xFFFD, 0x10000...0x10FFFF: true
        default: false
        }
    }

    mutating func name() throws(XMLCheck.Problem) -> [UInt8] {
        let start = offset
        guard offset < bytes.count, Self.startsName(scalar().value) else {
            throw problem("a name is missing")
        }
        offset += scalar().width
        while offset < bytes.count, Self.isInName(scalar().value) { offset += scalar().width }
        return Array(bytes[start..<offset])
    }

    private static func startsName(_ value: UInt32) -> Bool {
        switch value {
        case 58, 65...90, 95, 97...122, 0xC0...0xD6, 0xD8...0xF6, 0xF8...0x2FF, 0x370...0x37D, 0x37F...0x1FFF,
            0x200C...0x200D, 0x2070...0x218F, 0x2C00...0x2FEF, 0x3001...0xD7FF, 0xF900...0xFDCF,
            0xFDF0...0xFFFD, 0x10000...0xEFFFF:
            true
        default: false
        }
    }

    private static func isInName(_ value: UInt32) -> Bool {
        switch value {
        case 45, 46, 48...57, 0xB7, 0x300...0x36F, 0x203F...0x2040: true
        default: startsName(value)
        }
    }

    /// Behind `<!--`.
    mutating func comment() throws(XMLCheck.Problem) {
        while !isAtEnd {
            if take("--") { return try expect(">", "a comment holds '--'") }
            try character()
        }
        throw problem("a comment does not end")
    }

    /// Behind `<?`.
    mutating func instruction() throws(XMLCheck.Problem) {
        let target = try name()
        if String(decoding: target, as: UTF8.self).lowercased() == "xml" {
            throw problem("the XML declaration does not stand at the very beginning")
        }
        if take("?>") { return }
        guard skipSpace() else { throw problem("an instruction lacks a space") }
        while !isAtEnd {
            if take("?>") { return }
            try character()
        }
        throw problem("an instruction does not end")
    }

    /// Behind `<![CDATA[`.
    mutating func section() throws(XMLCheck.Problem) {
        while !isAtEnd {
            if take("]]>") { return }
            try character()
        }
        throw problem("a CDATA section does not end")
    }

    /// Behind `&`: the name of an entity, or nil for a character.
    mutating func reference() throws(XMLCheck.Problem) -> [UInt8]? {
        if take("#") {
            _ = try number()
            return nil
        }
        let name = try name()
        try expect(";", "a reference does not end; '&' is written '&amp;'")
        return name
    }

    /// Behind `&#`.
    private mutating func number() throws(XMLCheck.Problem) -> UInt32 {
        let base: UInt32 = take("x") ? 16 : 10
        var value: UInt32 = 0
        var digits = 0
        while let byte = next, byte != UInt8(ascii: ";") {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, digit < base else {
                throw problem("a character's number is none")
            }
            value = min(0x11_0000, value * base + UInt32(digit))
            digits += 1
            advance()
        }
        try expect(";", "a reference does not end")
        guard digits > 0, Self.isCharacter(value) else {
            throw problem("a character's number is of none that XML allows")
        }
        return value
    }

    /// An entity's value with its references to characters replaced, as it is included.
    static func expandingCharacters(_ value: [UInt8]) throws(XMLCheck.Problem) -> [UInt8] {
        var reader = XMLReader(value)
        var out: [UInt8] = []
        while let byte = reader.next {
            if reader.take("&#") {
                if let scalar = Unicode.Scalar(try reader.number()) {
                    out.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
                }
            } else {
                out.append(byte)
                reader.advance()
            }
        }
        return out
    }
}
