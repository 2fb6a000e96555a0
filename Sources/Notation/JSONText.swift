/// Appends a text as a JSON string: quote, backslash and control characters escaped, all else as it is.
func appendQuotedJSON(_ text: String, to bytes: inout [UInt8]) {
    var text = text
    text.withUTF8 { source in
        bytes.append(UInt8(ascii: "\""))
        var start = 0
        for index in 0..<source.count {
            let byte = source[index]
            guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: source[start..<index]))
            appendEscape(of: byte, to: &bytes)
            start = index + 1
        }
        bytes.append(contentsOf: UnsafeBufferPointer(rebasing: source[start...]))
        bytes.append(UInt8(ascii: "\""))
    }
}

/// As `appendQuotedJSON`, and with the characters escaped that an HTML parser or old JavaScript would act on.
func appendEmbeddable(_ text: String, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    for scalar in text.unicodeScalars {
        switch scalar {
        case "<", ">", "&", "\u{2028}", "\u{2029}": appendHexadecimalEscape(UInt16(scalar.value), to: &bytes)
        case "\"", "\\", "\u{0}"..<"\u{20}": appendEscape(of: UInt8(scalar.value), to: &bytes)
        default: bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        }
    }
    bytes.append(UInt8(ascii: "\""))
}

private func appendEscape(of byte: UInt8, to bytes: inout [UInt8]) {
    let letter: Unicode.Scalar
    switch byte {
    case UInt8(ascii: "\""): letter = "\""
    case UInt8(ascii: "\\"): letter = "\\"
    case 0x08: letter = "b"
    case 0x09: letter = "t"
    case 0x0A: letter = "n"
    case 0x0C: letter = "f"
    case 0x0D: letter = "r"
    default: return appendHexadecimalEscape(UInt16(byte), to: &bytes)
    }
    bytes.append(UInt8(ascii: "\\"))
    bytes.append(UInt8(ascii: letter))
}

private func appendHexadecimalEscape(_ unit: UInt16, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\\"))
    bytes.append(UInt8(ascii: "u"))
    for shift in [12, 8, 4, 0] as [UInt16] {
        let digit = UInt8(unit >> shift & 0xF)
        bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
    }
}

/// Appends an integer's decimal digits.
func appendInteger(_ value: Int64, to bytes: inout [UInt8]) {
    if value < 0 { bytes.append(UInt8(ascii: "-")) }
    var rest = value.magnitude
    let start = bytes.count
    repeat {
        bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
        rest /= 10
    } while rest > 0
    bytes[start...].reverse()
}

extension JSONValue {
    /// The value as JSON text on one line, or indented.
    public func bytes(pretty: Bool = false, embeddable: Bool = false) -> [UInt8] {
        var writer = JSONWriter(options: JSONWriter.Options(pretty: pretty, embeddable: embeddable))
        writer.value(self)
        return writer.bytes
    }

    /// The value as JSON text on one line, or indented.
    public func text(pretty: Bool = false, embeddable: Bool = false) -> String {
        String(decoding: bytes(pretty: pretty, embeddable: embeddable), as: UTF8.self)
    }

    /// The number, or null where it is not finite.
    public static func finite(_ number: Double) -> JSONValue { number.isFinite ? .number(number) : .null }
}
