/// A strict JSON reader that knows where it stands: it names the place and the cause of an error, and reads
/// the integers beyond 64 bits that the fast parser refuses. Same language, same values.
struct JSONTextReader {
    private let bytes: UnsafeBufferPointer<UInt8>
    private let limits: JSONLimits
    private var position: Int
    private var depth = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>, start: Int = 0, limits: JSONLimits) {
        self.bytes = bytes
        self.limits = limits
        self.position = start
    }

    mutating func document() throws(JSONError) -> JSONValue {
        skipSpace()
        guard position < bytes.count else { throw error(.empty) }
        let value = try value()
        skipSpace()
        guard position == bytes.count else { throw error(.textAfterValue) }
        return value
    }

    private func error(_ reason: JSONError.Reason, at offset: Int? = nil) -> JSONError {
        JSONError(reason, at: offset ?? position, in: bytes)
    }

    private mutating func skipSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }

    private func next() throws(JSONError) -> UInt8 {
        guard position < bytes.count else { throw error(.truncated) }
        return bytes[position]
    }

    private mutating func value() throws(JSONError) -> JSONValue {
        switch try next() {
        case UInt8(ascii: "{"): return .object(try object())
        case UInt8(ascii: "["): return .array(try array())
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case 0x80...: throw error(invalidUTF8(at: position) ? .invalidUTF8 : .expectedValue)
        case UInt8(ascii: "N") where isWord("NaN"): throw error(.notFinite)
        case UInt8(ascii: "I") where isWord("Infinity"): throw error(.notFinite)
        // As Python and JavaScript print them.
        case UInt8(ascii: "N") where isWord("None"), UInt8(ascii: "T") where isWord("True"),
            UInt8(ascii: "F") where isWord("False"), UInt8(ascii: "u") where isWord("undefined"):
            throw error(.badWord)
        default: throw error(.expectedValue)
        }
    }

    private func isWord(_ word: StaticString) -> Bool {
        let count = word.utf8CodeUnitCount
        guard bytes.count - position >= count else { return false }
        return (0..<count).allSatisfy { bytes[position + $0] == word.utf8Start[$0] }
    }

    private func invalidUTF8(at offset: Int) -> Bool {
        let rest = UnsafeBufferPointer(rebasing: bytes[offset..<min(offset + 4, bytes.count)])
        return firstInvalidUTF8(in: rest) == 0
    }

    private mutating func descend() throws(JSONError) {
        depth += 1
        guard depth <= limits.depth else { throw error(.tooDeep(limit: limits.depth)) }
        position += 1
        skipSpace()
    }

    private mutating func array() throws(JSONError) -> [JSONValue] {
        try descend()
        defer { depth -= 1 }
        var elements: [JSONValue] = []
        if try next() == UInt8(ascii: "]") {
            position += 1
            return elements
        }
        while true {
            elements.append(try value())
            skipSpace()
            if try isLast(closing: UInt8(ascii: "]")) { return elements }
        }
    }

    private mutating func object() throws(JSONError) -> JSONObject {
        try descend()
        defer { depth -= 1 }
        var object = JSONObject()
        if try next() == UInt8(ascii: "}") {
            position += 1
            return object
        }
        while true {
            guard try next() == UInt8(ascii: "\"") else { throw error(.expectedKey) }
            let place = position
            let key = try string()
            skipSpace()
            guard try next() == UInt8(ascii: ":") else { throw error(.expectedColon) }
            position += 1
            skipSpace()
            if !object.put(key, try value()), limits.refusesRepeatedKeys {
                throw error(.repeatedKey, at: place)
            }
            skipSpace()
            if try isLast(closing: UInt8(ascii: "}")) { return object }
        }
    }

    /// Steps over a comma to what follows it, or over the closing bracket.
    private mutating func isLast(closing: UInt8) throws(JSONError) -> Bool {
        let byte = try next()
        if byte == closing {
            position += 1
            return true
        }
        guard byte == UInt8(ascii: ",") else { throw error(.expectedComma) }
        let comma = position
        position += 1
        skipSpace()
        if try next() == closing { throw error(.trailingComma, at: comma) }
        return false
    }

    private mutating func word(_ text: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
        let start = position
        for index in 0..<text.utf8CodeUnitCount {
            guard position < bytes.count else { throw error(.truncated) }
            guard bytes[position] == text.utf8Start[index] else { throw error(.badWord, at: start) }
            position += 1
        }
        return value
    }

    private mutating func string() throws(JSONError) -> String {
        let start = position
        position += 1
        var text: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"): try escape(into: &text)
            case 0..<0x20: throw error(.controlCharacter)
            case 0..<0x80:
                text.append(byte)
                position += 1
            default:
                guard !invalidUTF8(at: position) else { throw error(.invalidUTF8) }
                repeat {
                    text.append(bytes[position])
                    position += 1
                } while position < bytes.count && bytes[position] & 0xC0 == 0x80
            }
        }
        throw error(.unclosedString, at: start)
    }

    private mutating func escape(into text: inout [UInt8]) throws(JSONError) {
        let start = position
        position += 1
        let letter = try next()
        position += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(letter)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            guard let scalar = Unicode.Scalar(try codePoint(from: start)) else {
                throw error(.loneSurrogate, at: start)
            }
            text.append(contentsOf: String(Character(scalar)).utf8)
        default: throw error(.unknownEscape, at: start)
        }
    }

    /// The code point of `\uXXXX` or of a pair of them; half a pair is returned as it is.
    private mutating func codePoint(from start: Int) throws(JSONError) -> UInt32 {
        let first = try hexadecimal(from: start)
        guard first >= 0xD800, first < 0xDC00 else { return first }
        guard position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
            bytes[position + 1] == UInt8(ascii: "u")
        else { return first }
        position += 2
        let second = try hexadecimal(from: position - 2)
        guard second >= 0xDC00, second < 0xE000 else { return first }
        return 0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)
    }

    private mutating func hexadecimal(from start: Int) throws(JSONError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            let digit = Character(Unicode.Scalar(try next())).hexDigitValue
            guard let digit else { throw error(.unknownEscape, at: start) }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }

    private mutating func number() throws(JSONError) -> JSONValue {
        let start = position
        var whole = true
        if bytes[position] == UInt8(ascii: "-") { position += 1 }
        if isWord("Infinity") || isWord("NaN") { throw error(.notFinite, at: start) }
        if position < bytes.count, bytes[position] == UInt8(ascii: "0") {
            position += 1
        } else {
            try digits(of: start)
        }
        if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
            whole = false
            position += 1
            try digits(of: start)
        }
        if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
            whole = false
            position += 1
            let signs = [UInt8(ascii: "+"), UInt8(ascii: "-")]
            if position < bytes.count, signs.contains(bytes[position]) { position += 1 }
            try digits(of: start)
        }
        if position < bytes.count, isNumberByte(bytes[position]) { throw error(.badNumber, at: start) }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if whole, let integer = Int64(text) { return .integer(integer) }
        let number = Double(text).flatMap { $0.isFinite ? $0 : nil }
        if limits.longNumbers != .rounded {
            let isHeld = number.map { DecimalDigits(text.utf8).isHeld(by: $0, isWhole: whole) } ?? false
            switch limits.longNumbers {
            case .refused where !isHeld && number != nil: throw error(.longNumber, at: start)
            case .texts where !isHeld: return .string(text)
            case .wholeAsTexts where !isHeld && whole: return .string(text)
            default: break
            }
        }
        guard let number else { throw error(.numberOutOfRange, at: start) }
        return .number(number)
    }

    private func isNumberByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, UInt8(ascii: "."), UInt8(ascii: "+"), UInt8(ascii: "-"): true
        default: false
        }
    }

    private mutating func digits(of start: Int) throws(JSONError) {
        let first = position
        while position < bytes.count, bytes[position] >= 0x30, bytes[position] <= 0x39 { position += 1 }
        guard position > first else {
            throw position < bytes.count ? error(.badNumber, at: start) : error(.truncated)
        }
    }
}
