/// Whether `part` occurs in `text`, byte for byte. An empty part occurs everywhere.
///
/// - Complexity: linear in practice (the first byte is sought, then compared); `O(text · part)` at worst.
public func contains(_ text: String, _ part: String) -> Bool {
    occurrences(of: part, in: text, atMost: 1) > 0
}

/// How often `part` occurs in `text`, byte for byte and without overlap, counted up to `atMost`. An empty
/// part occurs once.
public func occurrences(of part: String, in text: String, atMost: Int = .max) -> Int {
    let bytes = text.utf8Span.span
    let wanted = part.utf8Span.span
    guard wanted.count > 0 else { return 1 }
    guard wanted.count <= bytes.count else { return 0 }
    let first = wanted[0]
    var count = 0
    var position = 0
    let last = bytes.count - wanted.count
    while position <= last {
        if bytes[position] == first, matches(bytes, wanted, at: position) {
            count += 1
            if count >= atMost { return count }
            position += wanted.count
        } else {
            position += 1
        }
    }
    return count
}

@inline(__always)
private func matches(_ bytes: Span<UInt8>, _ wanted: Span<UInt8>, at position: Int) -> Bool {
    for offset in 1..<max(1, wanted.count) where bytes[position + offset] != wanted[offset] { return false }
    return true
}
