/// The tokens of a question as keys, made to tell whether two questions are the same one.
///
/// Split at white space, in lower case and normal form C, full-width letters as their common ones; each letter of a
/// script without spaces is a token. Punctuation at a token's edge is dropped, format characters (joiners, direction
/// marks, soft hyphens) everywhere. What is inside a token stays, as do signs: `C++`, `C#`, `-5`, `1.5`, `e-mail`
/// and `< 5` remain what they are, which `wordKeys(_:)` would not tell apart.
///
/// - Complexity: linear in the text's bytes.
public func phraseKeys(_ text: String) -> [UInt64] {
    var sink = PhraseSink()
    readPhrase(composed(text), into: &sink)
    return sink.keys
}

/// Holds back punctuation until the token goes on.
private struct PhraseSink {
    private var sink = KeySink()
    private var held: [UInt32] = []
    private(set) var isOpen = false
    var keys: [UInt64] { sink.keys }

    @inline(__always)
    mutating func append(_ value: UInt32) {
        if !held.isEmpty {
            for sign in held { sink.append(scalar: sign) }
            held.removeAll(keepingCapacity: true)
        }
        sink.append(scalar: value)
        isOpen = true
    }

    mutating func punctuation(_ value: UInt32) { if isOpen { held.append(value) } }

    @inline(__always)
    mutating func end() {
        guard isOpen else { return }
        held.removeAll(keepingCapacity: true)
        sink.end()
        isOpen = false
    }
}

private func readPhrase(_ text: String, into sink: inout PhraseSink) {
    let bytes = text.utf8Span.span
    var position = 0
    var inSolo = false
    while position < bytes.count {
        var value = UInt32(bytes[position])
        if value < 0x80 {
            position += 1
        } else {
            let (wide, next) = scalar(bytes, at: position)
            position = next
            // Full-width forms of ASCII.
            value = (0xFF01...0xFF5E).contains(wide) ? wide - 0xFEE0 : wide
        }
        if value < 0x80 {
            if value <= 32 || value == 127 {
                sink.end()
                inSolo = false
            } else if isEdge(UInt8(value)) {
                sink.punctuation(value)
            } else {
                if inSolo { sink.end() }
                inSolo = false
                sink.append(value &- 65 < 26 ? value | 0x20 : value)
            }
            continue
        }
        if isFormat(value) { continue }
        let folded = FoldedScalar.of(value)
        switch folded.kind {
        case .solo:
            sink.end()
            inSolo = true
            sink.append(folded.lower)
        case .word, .symbol:
            if inSolo { sink.end() }
            inSolo = false
            sink.append(folded.lower)
        case .mark: if sink.isOpen { sink.append(folded.lower) }
        case .punctuation: sink.punctuation(folded.lower)
        case .space:
            sink.end()
            inSolo = false
        }
    }
    sink.end()
}

/// Punctuation that says nothing at the edge of a token: `. , ; : ! ? ' " `` ` `` ( ) [ ] { }`.
private func isEdge(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x21, 0x22, 0x27, 0x28, 0x29, 0x2C, 0x2E, 0x3A, 0x3B, 0x3F, 0x5B, 0x5D, 0x60, 0x7B, 0x7D: true
    default: false
    }
}

private func isFormat(_ value: UInt32) -> Bool {
    switch value {
    case 0xAD, 0x61C, 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x2064, 0x2066...0x2069, 0xFE00...0xFE0F,
        0xFEFF:
        true
    default: false
    }
}
