/// Arithmetic of JSON Schema's numbers: exact between integers, by decimal digits between others.
enum SchemaNumbers {
    /// Whether the first number is less than the second; both are numbers.
    static func isLess(_ left: JSONValue, _ right: JSONValue) -> Bool {
        switch (left, right) {
        case (.integer(let a), .integer(let b)): a < b
        case (.integer(let a), .number(let b)): order(a, b) < 0
        case (.number(let a), .integer(let b)): order(b, a) > 0
        default: (left.doubleValue ?? .nan) < (right.doubleValue ?? .nan)
        }
    }

    /// Below, at or above 0 as the integer is below, at or above the number. Where the number is whole they
    /// compare as integers, since rounding the integer to a `Double` may hide which is larger.
    private static func order(_ whole: Int64, _ number: Double) -> Int {
        if let other = Int64(exactly: number) { return whole < other ? -1 : whole == other ? 0 : 1 }
        // No Double above is fractional, so what is left is a fraction or beyond all integers.
        if number >= 0x1p63 { return -1 }
        return Double(whole) < number ? -1 : 1
    }

    /// Whether a number is a whole multiple of a positive divisor, by their shortest decimal digits: `0.0075`
    /// is one of `0.0001`, although their binary forms are not.
    static func isMultiple(_ value: JSONValue, of divisor: JSONValue) -> Bool {
        if case .integer(let a) = value, case .integer(let b) = divisor, b != 0 {
            return a.magnitude % b.magnitude == 0
        }
        guard let a = Decimal(value), let b = Decimal(divisor), b.digits > 0 else { return false }
        if a.digits == 0 { return true }
        if a.exponent >= b.exponent {
            return product(a.digits, powerOfTen: a.exponent - b.exponent, modulo: b.digits) == 0
        }
        var scaled = b.digits
        for _ in 0..<(b.exponent - a.exponent) {
            let (next, overflow) = scaled.multipliedReportingOverflow(by: 10)
            // The divisor outgrows the value, which is not 0.
            if overflow { return false }
            scaled = next
        }
        return a.digits % scaled == 0
    }

    private static func product(_ digits: UInt64, powerOfTen power: Int, modulo: UInt64) -> UInt64 {
        var result = digits % modulo
        for _ in 0..<power where result != 0 {
            let full = result.multipliedFullWidth(by: 10)
            result = modulo.dividingFullWidth(full).remainder
        }
        return result
    }

    /// digits × 10^exponent, without the sign.
    private struct Decimal {
        let digits: UInt64
        let exponent: Int

        init?(_ value: JSONValue) {
            switch value {
            case .integer(let whole): (digits, exponent) = (whole.magnitude, 0)
            case .number(let number):
                var text = number.magnitude.description[...]
                var exponent = 0
                if let mark = text.firstIndex(of: "e") {
                    exponent = Int(text[text.index(after: mark)...]) ?? 0
                    text = text[..<mark]
                }
                if let point = text.firstIndex(of: ".") {
                    var fraction = text[text.index(after: point)...]
                    while fraction.last == "0" { fraction.removeLast() }
                    exponent -= fraction.utf8.count
                    text = text[..<point] + fraction
                }
                guard let digits = UInt64(text) else { return nil }
                (self.digits, self.exponent) = (digits, exponent)
            default: return nil
            }
        }
    }
}
