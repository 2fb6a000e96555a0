import Notation

/// Whether what is taken for questions looks like ids: `T-1`, `GD-042`, `17`, `7f3c-…`.
public struct QuestionLook: Sendable {
    private var count = 0
    private var identifiers = 0
    private var first: String?

    public init() {}

    /// Takes the next question, or what stands for one.
    public mutating func note(_ value: JSONValue?) {
        guard let text = value.map({ $0.stringValue ?? String(decoding: $0.bytes(), as: UTF8.self) }),
            text.utf8.contains(where: { $0 > 0x20 })
        else { return }
        count += 1
        guard Self.isIdentifier(text) else { return }
        identifiers += 1
        if first == nil { first = text }
    }

    /// Whether more than half of them do.
    public var isMostlyIdentifiers: Bool { identifiers * 2 > count }

    /// What to say where most do; nil otherwise.
    ///
    /// - Parameter flag: How the column that is meant is named.
    public func warning(_ flag: String) -> String? {
        guard isMostlyIdentifiers, let first else { return nil }
        return
            "\(identifiers) of \(count) questions look like ids ('\(ProbeReading.shown(first))'); if another "
            + "column is asked, name it: \(flag)"
    }

    /// Whether a text is one word that no one asks: of letters, digits and `-_.:/#`, with a digit.
    public static func isIdentifier(_ text: String) -> Bool {
        guard text.utf8.count <= 64 else { return false }
        var hasDigit = false
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): hasDigit = true
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): break
            case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: ":"),
                UInt8(ascii: "/"), UInt8(ascii: "#"):
                break
            default: return false
            }
        }
        return hasDigit
    }

    /// Whether a column's name says that it holds ids.
    static func isIdentifierName(_ name: String) -> Bool {
        let parts = FieldGuess.words(name)
        return !parts.isDisjoint(with: [
            "id", "ids", "uuid", "guid", "key", "nr", "no", "number", "index", "row",
        ])
    }
}
