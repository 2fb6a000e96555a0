@_spi(_Unicode) import Swift

/// The scalar that begins at `position`, and where the next begins. The bytes are those of a `String`: valid
/// UTF-8.
@inline(__always)
func scalar(_ bytes: Span<UInt8>, at position: Int) -> (value: UInt32, next: Int) {
    let lead = UInt32(bytes[position])
    if lead < 0x80 { return (lead, position + 1) }
    let second = UInt32(bytes[position + 1]) & 0x3F
    if lead < 0xE0 { return ((lead & 0x1F) << 6 | second, position + 2) }
    let third = UInt32(bytes[position + 2]) & 0x3F
    if lead < 0xF0 { return ((lead & 0x0F) << 12 | second << 6 | third, position + 3) }
    let fourth = UInt32(bytes[position + 3]) & 0x3F
    return ((lead & 0x07) << 18 | second << 12 | third << 6 | fourth, position + 4)
}

/// The text in normal form C, so that `é` written as one scalar equals `é` written as two.
///
/// Texts without combining marks come back as they are; they are told by one pass over their bytes.
func composed(_ text: String) -> String {
    guard needsComposition(text) else { return text }
    var scalars = String.UnicodeScalarView()
    for scalar in text._nfc { scalars.append(scalar) }
    return String(scalars)
}

private func needsComposition(_ text: String) -> Bool {
    let bytes = text.utf8Span.span
    var position = 0
    while position < bytes.count {
        if bytes[position] < 0x80 {
            position += 1
            continue
        }
        let (value, next) = scalar(bytes, at: position)
        position = next
        switch value {
        case 0..<0x300, 0x3041...0x3098, 0x309B...0x312F, 0x3400...0xD7FF: continue
        case 0x300...0x36F, 0x1100...0x11FF, 0x2126...0x212B, 0xF900...0xFAFF: return true
        default:
            guard let scalar = Unicode.Scalar(value) else { continue }
            if scalar.properties.canonicalCombiningClass != .notReordered { return true }
        }
    }
    return false
}

/// Whether a scalar is white space: Unicode's property, and the separators 28 to 31.
func isWhiteSpace(_ value: UInt32) -> Bool {
    switch value {
    case 9...13, 28...32, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: true
    default: false
    }
}

/// Where a text ends without the white space behind it. The bytes of a letter may be those of a space elsewhere: `à` ends
/// with 0xA0, so that whole scalars are looked at.
func endWithoutSpace(_ bytes: [UInt8]) -> Int {
    let span = bytes.span
    var end = span.count
    while end > 0 {
        var start = end - 1
        while start > 0, span[start] & 0xC0 == 0x80 { start -= 1 }
        guard isWhiteSpace(scalar(span, at: start).value) else { return end }
        end = start
    }
    return 0
}
