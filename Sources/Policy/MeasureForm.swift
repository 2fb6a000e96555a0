import Notation

/// Numbers that carry a unit in their text: `30s`, `5%`, `20/s`, `16MB`, `0.15/M`.
public enum MeasureForm: String, Sendable, Hashable, CaseIterable {
    /// In seconds.
    case duration
    /// As a part of 1.
    case share
    /// Per second.
    case rate
    /// In bytes.
    case size
    /// Money per million tokens.
    case price
    /// A number in a metric's own unit, kept as written.
    case quantity

    /// What it takes, for messages and docs.
    public var words: String {
        switch self {
        case .duration: "a duration such as 30s, 500ms or 2m"
        case .share: "a share such as 5% or 0.05"
        case .rate: "a rate such as 20/s or 600/m"
        case .size: "a size such as 512KB or 16MB"
        case .price: "a price such as 0.15/M (per million tokens) or 0.002/K"
        case .quantity: "a number with the metric's unit, such as 0.8, 80% or 5s"
        }
    }

    /// The regular expression of its text (ECMA-262), for the JSON Schema.
    var pattern: String {
        let number = "[0-9]+(\\.[0-9]+)?"
        return switch self {
        case .duration: "^\(number) ?(ms|s|m|h|d)$"
        case .share: "^(100(\\.0+)?|[0-9]{1,2}(\\.[0-9]+)?) ?%$"
        case .rate: "^\(number) ?/ ?(s|m|h)$"
        case .size: "^\(number) ?(B|KB|MB|GB|KiB|MiB|GiB)$"
        case .price: "^\(number) ?/ ?(K|M)$"
        case .quantity: "^-?\(number) ?(%|[A-Za-z]+)?$"
        }
    }

    /// Units by their text, with what one of them is worth.
    private var units: [(text: String, worth: Double)] {
        switch self {
        case .duration: [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600), ("d", 86400)]
        case .share: [("%", 0.01)]
        case .rate: [("/s", 1), ("/m", 1.0 / 60), ("/h", 1.0 / 3600)]
        case .size:
            [
                ("B", 1), ("KB", 1e3), ("MB", 1e6), ("GB", 1e9), ("KiB", 1024), ("MiB", 1_048_576),
                ("GiB", 1_073_741_824),
            ]
        case .price: [("/M", 1), ("/K", 1000)]
        case .quantity: []
        }
    }

    /// The value in the form's base unit, or nil where the text is none of its kind.
    ///
    /// `quantity` reads the bare number; its unit is judged with the metric at hand.
    public func value(of scalar: YAMLScalar) -> Double? {
        switch (self, scalar) {
        case (.share, .integer(let number)): return number == 0 || number == 1 ? Double(number) : nil
        case (.share, .number(let number)): return (0...1).contains(number) ? number : nil
        case (.quantity, .integer(let number)): return Double(number)
        case (.quantity, .number(let number)): return number.isFinite ? number : nil
        case (_, .text(let text)): return value(text)
        default: return nil
        }
    }

    private func value(_ text: String) -> Double? {
        guard let (number, unit) = Self.split(text) else { return nil }
        if self == .quantity { return unit.utf8.allSatisfy(Self.isUnitByte) ? number : nil }
        guard number >= 0, text.utf8.first != 0x2D else { return nil }
        guard let known = units.first(where: { $0.text == unit }) else { return nil }
        // Dividing keeps 90 % exactly what 0.9 is.
        let value = self == .share ? number / 100 : number * known.worth
        return self == .share && value > 1 ? nil : value
    }

    private static func isUnitByte(_ byte: UInt8) -> Bool {
        byte == 0x25 || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }

    /// `-?digits[.digits]`, at most one space, and the rest with its spaces around `/` folded.
    static func split(_ text: String) -> (number: Double, unit: String)? {
        var bytes = Array(text.utf8)[...]
        var digits = ""
        if bytes.first == 0x2D {
            digits = "-"
            bytes = bytes.dropFirst()
        }
        var points = 0
        while let byte = bytes.first, (0x30...0x39).contains(byte) || byte == 0x2E {
            if byte == 0x2E { points += 1 }
            digits.unicodeScalars.append(Unicode.Scalar(byte))
            bytes = bytes.dropFirst()
        }
        let last = digits.utf8.last
        guard points <= 1, let last, (0x30...0x39).contains(last) else { return nil }
        guard digits.utf8.first != 0x2E, !digits.hasPrefix("-."), let number = Double(digits) else {
            return nil
        }
        if bytes.first == 0x20 { bytes = bytes.dropFirst() }
        if bytes.first == 0x2F, bytes.dropFirst().first == 0x20 { bytes = [0x2F] + bytes.dropFirst(2) }
        guard bytes.first != 0x20, number.isFinite else { return nil }
        return (number, String(decoding: bytes, as: UTF8.self))
    }
}
