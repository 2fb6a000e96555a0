/// `NaN` and `Infinity`, which programs write into JSON although JSON has no such numbers.
enum NumberWords {
    private static let words = ["NaN", "-NaN", "nan", "-Infinity", "Infinity"].map { Array($0.utf8) }

    /// Such words outside of texts put in quotes; nil where there is none.
    ///
    /// - Complexity: O(bytes).
    static func quoted(_ bytes: [UInt8]) -> [UInt8]? {
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count + 16)
        var hasAny = false
        var isText = false
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if isText {
                if byte == UInt8(ascii: "\\"), index + 1 < bytes.count {
                    out.append(byte)
                    index += 1
                } else if byte == UInt8(ascii: "\"") {
                    isText = false
                }
            } else if byte == UInt8(ascii: "\"") {
                isText = true
            } else if let word = word(at: index, bytes) {
                out.append(UInt8(ascii: "\""))
                out += word
                out.append(UInt8(ascii: "\""))
                index += word.count
                hasAny = true
                continue
            }
            out.append(bytes[index])
            index += 1
        }
        return hasAny ? out : nil
    }

    /// Whether a text is a word for an infinite number.
    static func isInfinite(_ text: String) -> Bool { Double(text)?.isInfinite ?? false }

    private static func word(at index: Int, _ bytes: [UInt8]) -> [UInt8]? {
        let first = bytes[index]
        guard
            first == UInt8(ascii: "N") || first == UInt8(ascii: "n") || first == UInt8(ascii: "I")
                || first == UInt8(ascii: "-")
        else { return nil }
        return words.first { bytes[index...].starts(with: $0) }
    }
}
