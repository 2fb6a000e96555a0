/// Writes comma-separated values (RFC 4180) that a spreadsheet opens as what they are.
///
/// A text that a spreadsheet would run (it begins with `=`, `+`, `-`, `@`, a tab or a carriage return) is written
/// behind an apostrophe; so is one that begins with apostrophes before such a character, so that `unguarded` gives
/// every text back. Numbers are written bare: a negative one is no formula.
public struct CSVWriter: Sendable {
    public private(set) var bytes: [UInt8] = []
    private var isFirst = true

    public init() {}

    public mutating func text(_ text: String?) {
        separate()
        guard let text, !text.isEmpty else {
            // An empty text is told from none by its quotes.
            if text != nil { bytes += [0x22, 0x22] }
            return
        }
        let guarded = CSVWriter.guarded(text)
        let isPlain = guarded.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x22 && $0 != 0x2C && $0 != 0x3B }
        if isPlain, guarded.utf8.first != 0x20, guarded.utf8.last != 0x20 {
            bytes += guarded.utf8
            return
        }
        bytes.append(0x22)
        for byte in guarded.utf8 {
            if byte == 0x22 { bytes.append(0x22) }
            bytes.append(byte)
        }
        bytes.append(0x22)
    }

    /// A number with all its digits; what is none, or is not finite, is left empty.
    public mutating func number(_ number: Double?) {
        separate()
        guard let number, number.isFinite else { return }
        var writer = JSONWriter()
        writer.number(number)
        bytes += writer.bytes
    }

    public mutating func integer(_ number: Int?) {
        separate()
        if let number { bytes += String(number).utf8 }
    }

    public mutating func endRow() {
        bytes += [0x0D, 0x0A]
        isFirst = true
    }

    /// Starts anew, and keeps the memory.
    public mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        isFirst = true
    }

    private mutating func separate() {
        if !isFirst { bytes.append(0x2C) }
        isFirst = false
    }

    /// The text as it may stand in a cell.
    public static func guarded(_ text: String) -> String { isRun(text.utf8) ? "'" + text : text }

    /// The text that was guarded.
    public static func unguarded(_ text: String) -> String {
        text.utf8.first == 0x27 && isRun(text.utf8.dropFirst()) ? String(text.dropFirst()) : text
    }

    /// Whether a spreadsheet would run it, or it would be taken for one that was guarded.
    private static func isRun(_ bytes: some Collection<UInt8>) -> Bool {
        guard let first = bytes.first(where: { $0 != 0x27 }) else { return false }
        switch first {
        case UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"), 0x09, 0x0D:
            return true
        // Full-width forms of the same (U+FF0B, U+FF0D, U+FF1D, U+FF20) are run by some.
        case 0xEF: return isFullWidth(bytes.drop { $0 == 0x27 })
        default: return false
        }
    }

    private static func isFullWidth(_ bytes: some Collection<UInt8>) -> Bool {
        let start = Array(bytes.prefix(3))
        return [[0xEF, 0xBC, 0x8B], [0xEF, 0xBC, 0x8D], [0xEF, 0xBC, 0x9D], [0xEF, 0xBC, 0xA0]].contains(
            start)
    }
}
