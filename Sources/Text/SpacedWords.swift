/// The words of a text as they are set apart by white space, as keys: nothing is folded, split or dropped.
public func spacedKeys(_ text: String) -> [UInt64] {
    var sink = KeySink()
    eachSpaced(text) { word in
        for byte in word { sink.append(byte) }
        sink.end()
    }
    return sink.keys
}

/// The words as chrF++ cuts them: at white space, and one ASCII sign off a word's end, or else off its beginning.
///
/// `(hi)` gives `(hi` and `)`, as the reference implementation does.
public func chrFWordKeys(_ text: String) -> [UInt64] {
    var sink = KeySink()
    eachSpaced(text) { word in
        let isOneScalar = word.count(where: { $0 & 0xC0 != 0x80 }) == 1
        let last = word.endIndex - 1
        for place in word.indices {
            if !isOneScalar, place == last, isSign(word[last]) { sink.end() }
            sink.append(word[place])
            if !isOneScalar, place == word.startIndex, isSign(word[place]), !isSign(word[last]) { sink.end() }
        }
        sink.end()
    }
    return sink.keys
}

/// The 32 ASCII signs.
private func isSign(_ byte: UInt8) -> Bool {
    switch byte {
    case 33...47, 58...64, 91...96, 123...126: true
    default: false
    }
}

private func eachSpaced(_ text: String, _ body: (ArraySlice<UInt8>) -> Void) {
    let bytes = Array(text.utf8)
    let view = text.utf8Span.span
    var start = 0
    var position = 0
    while position < bytes.count {
        let byte = bytes[position]
        let (value, next) = byte < 0x80 ? (UInt32(byte), position + 1) : scalar(view, at: position)
        if isWhiteSpace(value) {
            if position > start { body(bytes[start..<position]) }
            start = next
        }
        position = next
    }
    if position > start { body(bytes[start..<position]) }
}
