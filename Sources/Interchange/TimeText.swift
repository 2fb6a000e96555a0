/// Times as files write them, to seconds since 1970 and back.
public enum TimeText {
    /// RFC 3339 (`2026-11-20T03:00:00Z`, with a fraction, with an offset; a blank in the place of `T`), and nothing
    /// else: a time without a zone is no time.
    public static func seconds(_ text: String) -> Int? {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, bytes.count <= 40 else { return nil }
        func number(_ range: Range<Int>) -> Int? {
            var value = 0
            for byte in bytes[range] {
                guard byte >= 0x30, byte <= 0x39 else { return nil }
                value = value * 10 + Int(byte - 0x30)
            }
            return value
        }
        guard bytes[4] == 0x2D, bytes[7] == 0x2D, [0x54, 0x74, 0x20].contains(bytes[10]), bytes[13] == 0x3A,
            bytes[16] == 0x3A, let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
            let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19),
            (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second <= 60
        else { return nil }
        var place = 19
        if bytes[place] == 0x2E {
            place += 1
            let start = place
            while place < bytes.count, bytes[place] >= 0x30, bytes[place] <= 0x39 { place += 1 }
            if place == start { return nil }
        }
        guard place < bytes.count, let offset = offset(bytes[place...], number) else { return nil }
        return days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset
    }

    private static func offset(_ bytes: ArraySlice<UInt8>, _ number: (Range<Int>) -> Int?) -> Int? {
        guard let sign = bytes.first else { return nil }
        if sign == 0x5A || sign == 0x7A { return bytes.count == 1 ? 0 : nil }
        let start = bytes.startIndex
        guard sign == 0x2B || sign == 0x2D, bytes.count == 6, bytes[start + 3] == 0x3A,
            let hours = number(start + 1..<start + 3), let minutes = number(start + 4..<start + 6),
            hours < 24, minutes < 60
        else { return nil }
        return (sign == 0x2D ? -1 : 1) * (hours * 3600 + minutes * 60)
    }

    /// RFC 3339 in UTC.
    public static func text(_ seconds: Int) -> String {
        let day = seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
        let rest = seconds - day * 86_400
        let date = civil(day)
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }
        return "\(date.year)-\(two(date.month))-\(two(date.day))T\(two(rest / 3600)):\(two(rest / 60 % 60)):"
            + "\(two(rest % 60))Z"
    }

    /// Days since 1970 in the proleptic Gregorian calendar (H. Hinnant, chrono-compatible algorithms, 2013).
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func civil(_ days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let part = (5 * dayOfYear + 2) / 153
        let month = part < 10 ? part + 3 : part - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * part + 2) / 5 + 1)
    }
}
