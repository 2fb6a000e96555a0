/// Finds out whether one of many phrases occurs in a text, letter case and white space aside.
///
/// - Complexity: making it is linear in the phrases; a search looks up one table entry for each byte of the
///   text, so it hardly depends on the number of phrases.
public struct PhraseFinder: Sendable {
    /// Phrases of four bytes or more by their first four; shorter ones apart.
    private var long: [UInt32: [String]] = [:]
    private var short: [String] = []

    /// Empty phrases are passed over: they would occur everywhere.
    public init(_ phrases: [String]) {
        for phrase in phrases {
            let folded = foldingCase(foldingSpace(phrase))
            let bytes = folded.utf8Span.span
            if bytes.count >= 4 {
                long[Self.head(bytes, 0), default: []].append(folded)
            } else if bytes.count > 0 {
                short.append(folded)
            }
        }
    }

    /// Whether one of the phrases occurs in `text`, which is already folded with
    /// `foldingCase(foldingSpace(_:))`.
    public func occurs(inFolded text: String) -> Bool {
        for phrase in short where contains(text, phrase) { return true }
        guard !long.isEmpty else { return false }
        let bytes = text.utf8Span.span
        guard bytes.count >= 4 else { return false }
        for start in 0...(bytes.count - 4) {
            guard let phrases = long[Self.head(bytes, start)] else { continue }
            for phrase in phrases where Self.stands(phrase, bytes, at: start) { return true }
        }
        return false
    }

    private static func head(_ bytes: Span<UInt8>, _ start: Int) -> UInt32 {
        let high = UInt32(bytes[start]) << 24 | UInt32(bytes[start + 1]) << 16
        return high | UInt32(bytes[start + 2]) << 8 | UInt32(bytes[start + 3])
    }

    private static func stands(_ phrase: String, _ bytes: Span<UInt8>, at start: Int) -> Bool {
        let wanted = phrase.utf8Span.span
        guard start + wanted.count <= bytes.count else { return false }
        for offset in 0..<wanted.count where bytes[start + offset] != wanted[offset] { return false }
        return true
    }
}
