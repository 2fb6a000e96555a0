/// The words of a text, lower-case: runs of letters, digits and their marks, of any script.
///
/// Scripts that set no spaces (Han, Kana, Thai, Lao, Khmer, Burmese) give a word for each letter with its
/// marks. Everything else separates words. Composed and decomposed letters are the same (normal form C).
///
/// - Complexity: linear in the text's bytes.
public func words(_ text: String) -> [String] {
    var sink = TextSink()
    readWords(composed(text), into: &sink)
    return sink.tokens
}

/// The words of a text (see `words(_:)`) as keys: equal words have equal keys.
public func wordKeys(_ text: String) -> [UInt64] {
    var sink = KeySink()
    readWords(composed(text), into: &sink)
    return sink.keys
}

@inline(__always)
private func readWords<Sink: TokenSink>(_ text: String, into sink: inout Sink) {
    let bytes = text.utf8Span.span
    var position = 0
    var inSolo = false
    while position < bytes.count {
        let byte = bytes[position]
        if byte < 0x80 {
            position += 1
            let lower = byte | 0x20
            if lower &- 97 < 26 {
                if inSolo { sink.end() }
                sink.append(lower)
            } else if byte &- 48 < 10 {
                if inSolo { sink.end() }
                sink.append(byte)
            } else {
                sink.end()
            }
            inSolo = false
            continue
        }
        let (value, next) = scalar(bytes, at: position)
        position = next
        let folded = FoldedScalar.of(value)
        switch folded.kind {
        case .word:
            if inSolo { sink.end() }
            inSolo = false
            sink.append(scalar: folded.lower)
        case .solo:
            sink.end()
            inSolo = true
            sink.append(scalar: folded.lower)
        case .mark: sink.append(scalar: folded.lower)
        case .punctuation, .symbol, .space:
            sink.end()
            inSolo = false
        }
    }
    sink.end()
}
