/// The tokens of a short answer after SQuAD's normalisation, as keys: lower-case, punctuation removed (not
/// split at), the articles *a*, *an* and *the* dropped, split at white space.
///
/// - Parameters:
///   - alphabet: `.ascii` removes the 32 ASCII signs that the official script removes, and nothing else;
///     `.unicode` removes punctuation of any script besides, makes a token of each letter of scripts without
///     spaces, and takes composed and decomposed letters as the same.
///
/// P. Rajpurkar et al., SQuAD, EMNLP 2016, evaluation script 1.1.
public func answerKeys(_ text: String, alphabet: AnswerAlphabet = .unicode) -> [UInt64] {
    var sink = HeldKeySink()
    if alphabet == .unicode {
        readAnswer(composed(text), unicode: true, into: &sink)
    } else {
        readAnswer(text, unicode: false, into: &sink)
    }
    return sink.keys
}

/// Which signs count as punctuation, and which letters stand alone.
public enum AnswerAlphabet: Sendable { case ascii, unicode }

/// Holds back the bytes of the run of letters at hand, since an article is dropped only when the run ends.
private struct HeldKeySink {
    private var sink = KeySink()
    /// The run's bytes so far, while it can still be an article (at most three, packed); -1 lengths: no
    /// longer.
    private var held: UInt32 = 0
    private var heldCount = 0
    private var flushed = false

    var keys: [UInt64] { sink.keys }

    /// A byte of a run of word characters.
    mutating func word(_ byte: UInt8) {
        if flushed { return sink.append(byte) }
        if heldCount == 3 {
            flush()
            return sink.append(byte)
        }
        held = held << 8 | UInt32(byte)
        heldCount += 1
    }

    mutating func word(scalar value: UInt32) {
        if !flushed { flush() }
        sink.append(scalar: value)
    }

    /// The run ends: an article goes and ends the token, as a space in its place would.
    mutating func endRun() {
        if !flushed, heldCount > 0 {
            if held == 0x61 || held == 0x616E || held == 0x746865 {
                held = 0
                heldCount = 0
                sink.end()
            } else {
                flush()
            }
        }
        flushed = false
    }

    /// A character that is no word character but stays.
    mutating func other(scalar value: UInt32) {
        endRun()
        sink.append(scalar: value)
    }

    mutating func endToken() {
        endRun()
        sink.end()
    }

    private mutating func flush() {
        for index in 0..<heldCount {
            sink.append(UInt8(truncatingIfNeeded: held >> (8 * UInt32(heldCount - 1 - index))))
        }
        held = 0
        heldCount = 0
        flushed = true
    }
}

private func readAnswer(_ text: String, unicode: Bool, into sink: inout HeldKeySink) {
    let bytes = text.utf8Span.span
    var position = 0
    var inSolo = false
    while position < bytes.count {
        let byte = bytes[position]
        if byte < 0x80 {
            position += 1
            let lower = byte | 0x20
            if lower &- 97 < 26 || byte &- 48 < 10 {
                if inSolo { sink.endToken() }
                inSolo = false
                sink.word(byte &- 65 < 26 ? lower : byte)
            } else if byte <= 32 || byte == 127 {
                if isWhiteSpace(UInt32(byte)) {
                    sink.endToken()
                    inSolo = false
                } else {
                    sink.other(scalar: UInt32(byte))
                }
            }
            continue
        }
        let (value, next) = scalar(bytes, at: position)
        position = next
        let folded = FoldedScalar.of(value)
        switch folded.kind {
        case .solo where unicode:
            sink.endToken()
            inSolo = true
            sink.word(scalar: folded.lower)
        case .word, .solo:
            if inSolo { sink.endToken() }
            inSolo = false
            sink.word(scalar: folded.lower)
        case .mark where unicode: sink.word(scalar: folded.lower)
        case .punctuation where unicode: continue
        case .space where isWhiteSpace(value):
            sink.endToken()
            inSolo = false
        case .mark, .punctuation, .symbol, .space: sink.other(scalar: folded.lower)
        }
    }
    sink.endToken()
}
