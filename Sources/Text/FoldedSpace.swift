/// The text with every run of white space as one space, and none at its ends.
public func foldingSpace(_ text: String) -> String {
    let bytes = text.utf8Span.span
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count)
    var pending = false
    var position = 0
    while position < bytes.count {
        let byte = bytes[position]
        let (value, next) = byte < 0x80 ? (UInt32(byte), position + 1) : scalar(bytes, at: position)
        if isWhiteSpace(value) {
            pending = !out.isEmpty
        } else {
            if pending { out.append(32) }
            pending = false
            for index in position..<next { out.append(bytes[index]) }
        }
        position = next
    }
    return String(decoding: out, as: UTF8.self)
}
