/// The text in lower case and normal form C, so that two texts that differ only in letter case are equal.
///
/// Scalar by scalar; the final sigma becomes the common one. No full case folding: ß stays ß.
public func foldingCase(_ text: String) -> String {
    let text = composed(text)
    let bytes = text.utf8Span.span
    var sink = ByteSink()
    sink.reserve(bytes.count)
    var position = 0
    while position < bytes.count {
        let byte = bytes[position]
        if byte < 0x80 {
            sink.append(byte &- 65 < 26 ? byte | 0x20 : byte)
            position += 1
        } else {
            let (value, next) = scalar(bytes, at: position)
            sink.append(scalar: FoldedScalar.of(value).lower)
            position = next
        }
    }
    return String(decoding: sink.bytes, as: UTF8.self)
}

/// Bytes in a row.
struct ByteSink: TokenSink {
    private(set) var bytes: [UInt8] = []

    mutating func reserve(_ count: Int) { bytes.reserveCapacity(count) }
    @inline(__always)
    mutating func append(_ byte: UInt8) { bytes.append(byte) }
    mutating func end() {}
}
