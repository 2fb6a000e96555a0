/// How a text is cut into tokens for BLEU, by the names that signatures use.
public enum BLEUTokenizer: String, Sendable, Hashable, CaseIterable {
    /// mteval-v13a's, sacrebleu's default: punctuation and symbols of ASCII apart, except within numbers.
    case v13a = "13a"
    /// mteval-v14's: punctuation and symbols of any script apart, except within numbers.
    case intl
    /// At white space alone.
    case none
    /// Every character by itself.
    case char
}

/// The tokens of a text for BLEU, as keys.
///
/// Texts are taken as they are: neither letter case nor normal form is changed.
///
/// NIST mteval-v13a; M. Post, WMT 2018 (sacrebleu).
public func bleuKeys(_ text: String, _ tokenizer: BLEUTokenizer, lowercase: Bool = false) -> [UInt64] {
    let text = lowercase ? foldingCase(text) : text
    switch tokenizer {
    case .v13a: return spaceKeys(separated13a(Array(text.utf8)))
    case .intl:
        // A sign at a number's end is cut off where something follows it, and be it a space.
        let bytes = Array(text.utf8)
        let trimmed = String(decoding: bytes[..<endWithoutSpace(bytes)], as: UTF8.self)
        return spaceKeys(separatedInternationally(trimmed))
    case .none: return spaceKeys(Array(text.utf8))
    case .char: return characterKeys(text, keepingSpace: false)
    }
}

/// The runs between white space, as keys.
private func spaceKeys(_ bytes: [UInt8]) -> [UInt64] {
    var sink = KeySink()
    let span = bytes.span
    var position = 0
    while position < span.count {
        let byte = span[position]
        if byte < 0x80 {
            if isWhiteSpace(UInt32(byte)) { sink.end() } else { sink.append(byte) }
            position += 1
            continue
        }
        let (value, next) = scalar(span, at: position)
        if isWhiteSpace(value) {
            sink.end()
        } else {
            for index in position..<next { sink.append(span[index]) }
        }
        position = next
    }
    sink.end()
    return sink.keys
}

/// Every scalar as a key; those of white space only where they are kept.
public func characterKeys(_ text: String, keepingSpace: Bool) -> [UInt64] {
    var sink = KeySink()
    for scalar in text.unicodeScalars where keepingSpace || !isWhiteSpace(scalar.value) {
        sink.append(scalar: scalar.value)
        sink.end()
    }
    return sink.keys
}

/// The text with spaces set where 13a cuts, in the passes and with the overlaps of its substitutions: each
/// pass reads the pass before, and a character that one substitution has taken is not seen again in the same
/// pass.
private func separated13a(_ text: [UInt8]) -> [UInt8] {
    var line = unescaped(text)
    line = spacingSigns(line)
    line = spacingStops(line, after: true)
    line = spacingStops(line, after: false)
    return spacingDashes(line)
}

private func isDigit(_ byte: UInt8) -> Bool { byte &- 48 < 10 }
private func isStop(_ byte: UInt8) -> Bool { byte == UInt8(ascii: ".") || byte == UInt8(ascii: ",") }

/// Line ends are joined, four entities are read, and a space is set before and behind.
private func unescaped(_ text: [UInt8]) -> [UInt8] {
    var bytes = replaced(Array(text[..<endWithoutSpace(text)]), "<skipped>", "")
    bytes = replaced(bytes, "-\n", "")
    for index in bytes.indices where bytes[index] == 10 { bytes[index] = 32 }
    if bytes.contains(UInt8(ascii: "&")) {
        bytes = replaced(bytes, "&quot;", "\"")
        bytes = replaced(bytes, "&amp;", "&")
        bytes = replaced(bytes, "&lt;", "<")
        bytes = replaced(bytes, "&gt;", ">")
    }
    var line: [UInt8] = []
    line.reserveCapacity(bytes.count * 2 + 2)
    line.append(32)
    line.append(contentsOf: bytes)
    line.append(32)
    return line
}

func replaced(_ bytes: [UInt8], _ part: StaticString, _ other: StaticString) -> [UInt8] {
    let wanted = part.withUTF8Buffer { Array($0) }
    guard bytes.contains(wanted[0]) else { return bytes }
    let replacement = other.withUTF8Buffer { Array($0) }
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count)
    var position = 0
    while position < bytes.count {
        if bytes[position] == wanted[0], bytes[position...].starts(with: wanted) {
            out.append(contentsOf: replacement)
            position += wanted.count
        } else {
            out.append(bytes[position])
            position += 1
        }
    }
    return out
}

/// A space on both sides of every ASCII sign but full stop, comma, hyphen and apostrophe.
func spacingSigns(_ line: [UInt8]) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(line.count * 2)
    for byte in line {
        switch byte {
        case 0x7B...0x7E, 0x5B...0x60, 0x20...0x26, 0x28...0x2B, 0x3A...0x40, 0x2F:
            out.append(32)
            out.append(byte)
            out.append(32)
        default: out.append(byte)
        }
    }
    return out
}

/// A space on both sides of a full stop or comma that follows (`after`), or is followed by, no digit.
func spacingStops(_ line: [UInt8], after: Bool) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(line.count * 2)
    var position = 0
    while position < line.count {
        let byte = line[position]
        if position + 1 < line.count {
            let next = line[position + 1]
            if after, !isDigit(byte), isStop(next) {
                out.append(byte)
                out.append(32)
                out.append(next)
                out.append(32)
                position += 2
                continue
            }
            if !after, isStop(byte), !isDigit(next) {
                out.append(32)
                out.append(byte)
                out.append(32)
                out.append(next)
                position += 2
                continue
            }
        }
        out.append(byte)
        position += 1
    }
    return out
}

/// A space on both sides of a hyphen that follows a digit.
func spacingDashes(_ line: [UInt8]) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(line.count + 8)
    for (index, byte) in line.enumerated() {
        if byte == UInt8(ascii: "-"), index > 0, isDigit(line[index - 1]) {
            out.append(32)
            out.append(byte)
            out.append(32)
        } else {
            out.append(byte)
        }
    }
    return out
}
