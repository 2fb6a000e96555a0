/// A text that equals another only where their UTF-8 bytes are the same.
///
/// Swift's own equality is canonical equivalence, which takes different keys of a JSON object for one.
struct ByteKey: Hashable, Sendable {
    let text: String

    init(_ text: String) { self.text = text }

    static func == (left: ByteKey, right: ByteKey) -> Bool { sameBytes(left.text, right.text) }

    func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}

/// Whether two texts have the same UTF-8 bytes.
@inline(__always)
func sameBytes(_ left: String, _ right: String) -> Bool {
    // Equal bytes imply canonical equivalence, whose test is the fast one for short and for ASCII texts.
    left == right && left.utf8.elementsEqual(right.utf8)
}

/// Whether a text comes before another by its UTF-8 bytes, which is also the order of Unicode scalars.
func precedesByBytes(_ left: String, _ right: String) -> Bool {
    left.utf8.lexicographicallyPrecedes(right.utf8)
}
