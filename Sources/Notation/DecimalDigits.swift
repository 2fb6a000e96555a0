import Glibc

/// A number's text as digits and a scale, so that two texts of one value are equal: `1.50e3` is 15 and scale 2.
struct DecimalDigits: Equatable {
    private let digits: ArraySlice<UInt8>
    /// The value is digits × 10^scale; 0 for zero.
    private let scale: Int

    /// - Parameter text: As JSON writes numbers, or as Swift describes a finite `Double`.
    init(_ text: some Sequence<UInt8>) {
        var digits: [UInt8] = []
        var scale = 0
        var exponent = 0
        var isFraction = false
        var isExponent = false
        var isNegative = false
        for byte in text {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                if isExponent {
                    // Beyond this no double is near; more would overflow.
                    if exponent < 1_000_000 { exponent = exponent * 10 + Int(byte & 0x0F) }
                } else {
                    digits.append(byte)
                    if isFraction { scale -= 1 }
                }
            case UInt8(ascii: "."): isFraction = true
            case UInt8(ascii: "e"), UInt8(ascii: "E"): isExponent = true
            case UInt8(ascii: "-"): isNegative = isExponent
            default: break
            }
        }
        var kept = digits.drop { $0 == UInt8(ascii: "0") }
        while kept.last == UInt8(ascii: "0") {
            kept.removeLast()
            scale += 1
        }
        self.digits = kept
        self.scale = kept.isEmpty ? 0 : scale + (isNegative ? -exponent : exponent)
    }

    /// Whether a double read from this text stands for it: its fewest digits are these, or, where the text has a
    /// fraction, the 17 that programs in C print of it.
    ///
    /// Then two texts are one double only where they are one number, or two spellings of that double.
    func isHeld(by number: Double, isWhole: Bool) -> Bool {
        if self == DecimalDigits(number.description.utf8) { return true }
        guard !isWhole, digits.count == 17 else { return false }
        var buffer = [CChar](repeating: 0, count: 64)
        let length = withVaList([number]) { vsnprintf(&buffer, buffer.count, "%.16e", $0) }
        guard length > 0 else { return false }
        return self == DecimalDigits(buffer.prefix(Int(length)).map { UInt8(bitPattern: $0) })
    }

    /// Whether a JSON text may have a number that its double does not hold: one of 16 digits or more, or one with an
    /// exponent of three. Digits within strings count as well: this only saves the slow reader. Linear.
    static func mayBeMany(in text: UnsafeBufferPointer<UInt8>) -> Bool {
        var run = 0
        var index = 0
        while index < text.count {
            let byte = text[index]
            index += 1
            if byte &- 0x30 < 10 {
                run += 1
                if run >= 16 { return true }
            } else if byte | 0x20 == UInt8(ascii: "e"), run > 0 {
                if index < text.count, [UInt8(ascii: "+"), UInt8(ascii: "-")].contains(text[index]) {
                    index += 1
                }
                run = 0
                let end = min(index + 3, text.count)
                if end - index == 3, text[index..<end].allSatisfy({ $0 &- 0x30 < 10 }) { return true }
            } else if byte != UInt8(ascii: ".") {
                run = 0
            }
        }
        return false
    }
}
