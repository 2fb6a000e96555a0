extension JSONValue {
    /// The one text of a value, for digests: equal values, and only they, have the same canonical bytes.
    ///
    /// No white space; members sorted by the UTF-8 bytes of their keys; numbers as ECMAScript writes them, as
    /// in RFC 8785. It differs from that standard in two points: it sorts by bytes, not by UTF-16 units, and
    /// whole numbers within 64 bits have all their digits, so that `1`, `1.0` and `1e0` are the same and
    /// 2⁵³ and 2⁵³ + 1 are not. Numbers must be finite.
    public var canonicalBytes: [UInt8] {
        var bytes: [UInt8] = []
        appendCanonical(to: &bytes)
        return bytes
    }

    func appendCanonical(to bytes: inout [UInt8]) {
        switch self {
        case .null: bytes.append(contentsOf: "null".utf8)
        case .bool(let flag): bytes.append(contentsOf: (flag ? "true" : "false").utf8)
        case .integer(let value): appendInteger(value, to: &bytes)
        case .number(let value): appendCanonicalNumber(value, to: &bytes)
        case .string(let text): appendQuotedJSON(text, to: &bytes)
        case .array(let elements):
            bytes.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                element.appendCanonical(to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let object):
            bytes.append(UInt8(ascii: "{"))
            let sorted = object.members.sorted { precedesByBytes($0.key, $1.key) }
            for (index, member) in sorted.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                appendQuotedJSON(member.key, to: &bytes)
                bytes.append(UInt8(ascii: ":"))
                member.value.appendCanonical(to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }
}

/// Number::toString of ECMA-262, over the shortest digits that Swift's own description finds.
func appendCanonicalNumber(_ value: Double, to bytes: inout [UInt8]) {
    precondition(value.isFinite, "JSON has no number for \(value)")
    if let whole = Int64(exactly: value) { return appendInteger(whole, to: &bytes) }
    if value < 0 { bytes.append(UInt8(ascii: "-")) }

    var digits: [UInt8] = []
    var point: Int?
    var exponent = 0
    var description = value.magnitude.description[...]
    if let mark = description.firstIndex(of: "e") {
        exponent = Int(description[description.index(after: mark)...]) ?? 0
        description = description[..<mark]
    }
    for byte in description.utf8 {
        if byte == UInt8(ascii: ".") { point = digits.count } else { digits.append(byte) }
    }
    // The value is 0.d₁d₂… × 10^scale.
    var scale = (point ?? digits.count) + exponent
    while digits.count > 1, digits.last == UInt8(ascii: "0") { digits.removeLast() }
    while digits.count > 1, digits.first == UInt8(ascii: "0") {
        digits.removeFirst()
        scale -= 1
    }

    let zero = UInt8(ascii: "0")
    if digits.count <= scale, scale <= 21 {
        bytes.append(contentsOf: digits)
        bytes.append(contentsOf: repeatElement(zero, count: scale - digits.count))
    } else if scale > 0, scale <= 21 {
        bytes.append(contentsOf: digits[..<scale])
        bytes.append(UInt8(ascii: "."))
        bytes.append(contentsOf: digits[scale...])
    } else if scale > -6, scale <= 0 {
        bytes.append(contentsOf: "0.".utf8)
        bytes.append(contentsOf: repeatElement(zero, count: -scale))
        bytes.append(contentsOf: digits)
    } else {
        bytes.append(digits[0])
        if digits.count > 1 {
            bytes.append(UInt8(ascii: "."))
            bytes.append(contentsOf: digits[1...])
        }
        bytes.append(UInt8(ascii: "e"))
        if scale > 0 { bytes.append(UInt8(ascii: "+")) }
        appendInteger(Int64(scale - 1), to: &bytes)
    }
}
