/// The tokens of a text as the rouge-score package cuts them, as keys: lower-case runs of `a`–`z` and
/// `0`–`9`, all else separates; with `stemming`, words of more than three letters are stemmed (Porter, NLTK's
/// mode).
///
/// Only for English and for comparison: letters of other scripts vanish. `wordKeys` keeps them.
public func rougeKeys(_ text: String, stemming: Bool) -> [UInt64] {
    var sink = RougeSink(stemming: stemming)
    let bytes = text.utf8Span.span
    var position = 0
    while position < bytes.count {
        var byte = bytes[position]
        if byte < 0x80 {
            position += 1
        } else {
            // Two letters outside ASCII have an ASCII lower-case form: the Kelvin sign, and İ, whose dot the package
            // keeps as a mark of its own, at which the word ends.
            let (value, next) = scalar(bytes, at: position)
            if value == 0x130 {
                sink.append(0x69)
                sink.end()
                position = next
                continue
            }
            let lower = FoldedScalar.of(value).lower
            byte = lower < 0x80 ? UInt8(lower) : 0
            position = next
        }
        let lower = byte | 0x20
        if lower &- 97 < 26 && byte >= 65 {
            sink.append(lower)
        } else if byte &- 48 < 10 {
            sink.append(byte)
        } else {
            sink.end()
        }
    }
    sink.end()
    return sink.keys
}

private struct RougeSink {
    let stemming: Bool
    private var sink = KeySink()
    private var word: [UInt8] = []

    init(stemming: Bool) { self.stemming = stemming }

    var keys: [UInt64] { sink.keys }

    @inline(__always)
    mutating func append(_ byte: UInt8) {
        if stemming { word.append(byte) } else { sink.append(byte) }
    }

    mutating func end() {
        if stemming {
            for byte in word.count > 3 ? PorterStemmer.stem(word) : word { sink.append(byte) }
            word.removeAll(keepingCapacity: true)
        }
        sink.end()
    }
}
