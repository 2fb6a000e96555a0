/// A day of the proleptic Gregorian calendar, without a time of day or a zone.
public struct Day: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Days since 1970-01-01.
    public let number: Int

    public init(number: Int) { self.number = number }

    /// - Returns: Nil where the calendar has no such day.
    public init?(year: Int, month: Int, day: Int) {
        guard (1...9999).contains(year), (1...12).contains(month), day >= 1,
            day <= Self.length(year, month)
        else { return nil }
        number = Self.number(year, month, day)
    }

    /// Reads `2026-05-02`, `2026-05-02T09:30:00Z` and its likes, `2026/05/02` and `20260502`; what stands behind the
    /// day is a time, and not looked at.
    public init?(_ text: String) {
        var numbers: [Int] = []
        var digits = 0
        var value = 0
        for byte in text.utf8.drop(while: { $0 == 32 }) {
            if byte &- 48 < 10 {
                value = value * 10 + Int(byte - 48)
                digits += 1
                if digits > 8 { return nil }
                continue
            }
            guard digits > 0 else { return nil }
            numbers.append(value)
            if numbers.count == 1 {
                if digits == 8 { break }
                guard digits == 4 else { return nil }
            } else if digits > 2 {
                return nil
            }
            (value, digits) = (0, 0)
            if numbers.count == 3 {
                guard byte == UInt8(ascii: "T") || byte == UInt8(ascii: "t") || byte == 32 else { return nil }
                break
            }
            guard byte == UInt8(ascii: "-") || byte == UInt8(ascii: "/") else { return nil }
        }
        if digits > 0 {
            if numbers.isEmpty, digits != 8 { return nil }
            if numbers.count == 2, digits > 2 { return nil }
            numbers.append(value)
        }
        if numbers.count == 1, numbers[0] > 999_9999 {
            self.init(year: numbers[0] / 10_000, month: numbers[0] / 100 % 100, day: numbers[0] % 100)
        } else if numbers.count == 3 {
            self.init(year: numbers[0], month: numbers[1], day: numbers[2])
        } else {
            return nil
        }
    }

    public static func < (left: Day, right: Day) -> Bool { left.number < right.number }

    /// `2026-05-02`.
    public var description: String {
        // The inverse of `number`, by H. Fliegel and T. Van Flandern, CACM 11 (1968) 657.
        var l = number + 2_440_588 + 68_569
        let n = 4 * l / 146_097
        l -= (146_097 * n + 3) / 4
        let i = 4000 * (l + 1) / 1_461_001
        l = l - 1461 * i / 4 + 31
        let j = 80 * l / 2447
        let day = l - 2447 * j / 80
        l = j / 11
        let month = j + 2 - 12 * l
        let year = 100 * (n - 49) + i + l
        func padded(_ value: Int, _ width: Int) -> String {
            let text = String(value)
            return String(repeating: "0", count: max(0, width - text.count)) + text
        }
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
    }

    private static func length(_ year: Int, _ month: Int) -> Int {
        switch month {
        case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    private static func number(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let a = (month - 14) / 12
        let first = 1461 * (year + 4800 + a) / 4
        let second = 367 * (month - 2 - 12 * a) / 12
        let third = 3 * ((year + 4900 + a) / 100) / 4
        return first + second - third + day - 32_075 - 2_440_588
    }
}
