/// The date of an HTTP field in the three forms of RFC 9110, 5.6.7.
enum HTTPDate {
    /// Seconds since 1970, or nil where the text is no such date.
    static func seconds(_ text: String) -> Double? {
        let parts = text.split(whereSeparator: { $0 == " " || $0 == "," || $0 == "-" }).map(String.init)
        // Sun, 06 Nov 1994 08:49:37 GMT · Sunday, 06-Nov-94 08:49:37 GMT · Sun Nov  6 08:49:37 1994
        if parts.count == 6, parts[5] == "GMT", let month = months.firstIndex(of: parts[2]) {
            guard let day = Int(parts[1]), var year = Int(parts[3]) else { return nil }
            if parts[3].count == 2 { year += year < 70 ? 2000 : 1900 }
            return instant(year, month + 1, day, parts[4])
        }
        if parts.count == 5, let month = months.firstIndex(of: parts[1]) {
            guard let day = Int(parts[2]), let year = Int(parts[4]) else { return nil }
            return instant(year, month + 1, day, parts[3])
        }
        return nil
    }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    private static func instant(_ year: Int, _ month: Int, _ day: Int, _ time: String) -> Double? {
        let clock = time.split(separator: ":").map { Int($0) }
        guard clock.count == 3, let hour = clock[0], let minute = clock[1], let second = clock[2] else {
            return nil
        }
        return Calendar.seconds(year, month, day, hour, minute, Double(second))
    }
}

/// A time as RFC 3339 writes it: `2026-03-01T12:00:00.5Z` or with `+02:00`.
enum InternetTime {
    /// Seconds since 1970, or nil where the text is no such time.
    static func seconds(_ text: String) -> Double? {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, bytes[4] == 0x2D, bytes[7] == 0x2D, bytes[13] == 0x3A, bytes[16] == 0x3A
        else { return nil }
        guard bytes[10] == UInt8(ascii: "T") || bytes[10] == UInt8(ascii: "t") || bytes[10] == 0x20 else {
            return nil
        }
        func number(_ range: Range<Int>) -> Int? {
            var value = 0
            for byte in bytes[range] {
                guard byte >= 0x30, byte <= 0x39 else { return nil }
                value = value * 10 + Int(byte - 0x30)
            }
            return value
        }
        guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
            let hour = number(11..<13), let minute = number(14..<16), let whole = number(17..<19)
        else { return nil }
        var end = 19
        var second = Double(whole)
        if bytes[end] == UInt8(ascii: ".") {
            var digit = 0.1
            end += 1
            while end < bytes.count, bytes[end] >= 0x30, bytes[end] <= 0x39 {
                second += Double(bytes[end] - 0x30) * digit
                digit /= 10
                end += 1
            }
        }
        guard let local = Calendar.seconds(year, month, day, hour, minute, second), end < bytes.count else {
            return nil
        }
        let zone = bytes[end]
        if zone | 0x20 == UInt8(ascii: "z"), end + 1 == bytes.count { return local }
        guard zone == UInt8(ascii: "+") || zone == UInt8(ascii: "-"), end + 6 == bytes.count,
            bytes[end + 3] == 0x3A,
            let hours = number((end + 1)..<(end + 3)), let minutes = number((end + 4)..<(end + 6))
        else { return nil }
        let offset = Double(hours * 3600 + minutes * 60)
        return zone == UInt8(ascii: "+") ? local - offset : local + offset
    }
}

enum Calendar {
    /// Seconds since 1970 of a moment in UTC, or nil where a field is out of range. A leap second counts as
    /// the next.
    ///
    /// Days as in H. Hinnant, "chrono-Compatible Low-Level Date Algorithms" (days_from_civil).
    static func seconds(
        _ year: Int, _ month: Int, _ day: Int, _ hour: Int, _ minute: Int, _ second: Double
    ) -> Double? {
        guard (1...9999).contains(year), (1...12).contains(month), (1...31).contains(day),
            (0...23).contains(hour),
            (0...59).contains(minute), second >= 0, second < 61
        else { return nil }
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let monthFromMarch = month > 2 ? month - 3 : month + 9
        let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        let days = era * 146_097 + dayOfEra - 719_468
        return Double(days) * 86400 + Double(hour * 3600 + minute * 60) + second
    }
}
