/// A format of JSON Schema that can be held to.
struct SchemaFormat: Sendable {
    let name: String
    private let check: @Sendable (String) -> Bool

    init?(name: String, patterns: @escaping JSONSchema.PatternCompiler) {
        self.name = name
        if name == "regex" {
            check = { text in
                do { _ = try patterns(text) } catch { return error is JSONSchema.UnsupportedPattern }
                return true
            }
            return
        }
        guard let check = Self.checks[name] else { return nil }
        self.check = check
    }

    func accepts(_ text: String) -> Bool { check(text) }

    private static let checks: [String: @Sendable (String) -> Bool] = [
        "date": { TimeFormat.isDate(Array($0.utf8)[...]) },
        "time": { TimeFormat.isTime(Array($0.utf8)[...]) },
        "date-time": { TimeFormat.isDateTime(Array($0.utf8)) },
        "duration": { TimeFormat.isDuration($0) },
        "email": { NetworkFormat.isEmail($0) },
        "hostname": { InternationalName.isValid($0, allowsUnicode: false) },
        "idn-hostname": { InternationalName.isValid($0, allowsUnicode: true) },
        "idn-email": { NetworkFormat.isEmail($0, allowsUnicode: true) },
        "iri": { NetworkFormat.isURIReference($0, absolute: true, allowsUnicode: true) },
        "iri-reference": { NetworkFormat.isURIReference($0, absolute: false, allowsUnicode: true) },
        "uri-template": { URITemplate.isValid($0) },
        "ipv4": { NetworkFormat.isIPv4($0[...]) },
        "ipv6": { NetworkFormat.isIPv6($0) },
        "uuid": { isUUID($0) },
        "uri": { NetworkFormat.isURIReference($0, absolute: true) },
        "uri-reference": { NetworkFormat.isURIReference($0, absolute: false) },
        "json-pointer": { (try? JSONPointer($0)) != nil },
        "relative-json-pointer": { isRelativePointer($0) },
    ]

    private static func isUUID(_ text: String) -> Bool {
        let groups = text.split(separator: "-", omittingEmptySubsequences: false)
        guard groups.map(\.utf8.count) == [8, 4, 4, 4, 12] else { return false }
        return groups.allSatisfy { $0.utf8.allSatisfy(isHexadecimal) }
    }

    private static func isRelativePointer(_ text: String) -> Bool {
        let digits = text.utf8.prefix { isDigit($0) }
        guard let first = digits.first, digits.count == 1 || first != 0x30 else { return false }
        let rest = String(text.dropFirst(digits.count))
        return rest == "#" || (try? JSONPointer(rest)) != nil
    }
}

func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
func isHexadecimal(_ byte: UInt8) -> Bool { isDigit(byte) || (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x66) }
func isLetter(_ byte: UInt8) -> Bool { byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A }

/// Dates, times and durations of RFC 3339.
enum TimeFormat {
    static func isDate(_ bytes: ArraySlice<UInt8>) -> Bool {
        let text = Array(bytes)
        guard text.count == 10, text[4] == 0x2D, text[7] == 0x2D else { return false }
        guard let year = number(text[0..<4]), let month = number(text[5..<7]), let day = number(text[8..<10])
        else {
            return false
        }
        guard (1...12).contains(month) else { return false }
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        return day >= 1 && day <= days[month - 1]
    }

    static func isTime(_ bytes: ArraySlice<UInt8>) -> Bool {
        let text = Array(bytes)
        guard text.count >= 9, text[2] == 0x3A, text[5] == 0x3A else { return false }
        guard let hour = number(text[0..<2]), let minute = number(text[3..<5]),
            let second = number(text[6..<8]),
            hour <= 23, minute <= 59, second <= 60
        else { return false }
        var rest = text[8...]
        if rest.first == UInt8(ascii: ".") {
            let digits = rest.dropFirst().prefix(while: isDigit)
            guard !digits.isEmpty else { return false }
            rest = rest.dropFirst(1 + digits.count)
        }
        guard let offset = offset(Array(rest)) else { return false }
        // A leap second is the last of a day in UTC.
        guard second == 60 else { return true }
        let minutes = (hour * 60 + minute - offset + 2 * 1440) % 1440
        return minutes == 1439
    }

    /// Minutes east of UTC.
    private static func offset(_ text: [UInt8]) -> Int? {
        if text.count == 1 { return text[0] | 0x20 == UInt8(ascii: "z") ? 0 : nil }
        guard text.count == 6, text[3] == 0x3A, let hour = number(text[1..<3]),
            let minute = number(text[4..<6]),
            hour <= 23, minute <= 59
        else { return nil }
        switch text[0] {
        case UInt8(ascii: "+"): return hour * 60 + minute
        case UInt8(ascii: "-"): return -(hour * 60 + minute)
        default: return nil
        }
    }

    static func isDateTime(_ text: [UInt8]) -> Bool {
        guard text.count > 11, text[10] | 0x20 == UInt8(ascii: "t") else { return false }
        return isDate(text[..<10]) && isTime(text[11...])
    }

    /// RFC 3339, appendix A: weeks alone, or a run of neighbouring units of date and time.
    static func isDuration(_ text: String) -> Bool {
        guard text.utf8.first == UInt8(ascii: "P") else { return false }
        let halves = text.dropFirst().split(separator: "T", omittingEmptySubsequences: false)
        guard halves.count <= 2 else { return false }
        if halves.count == 1, let units = units(halves[0]), units == "W" { return true }
        guard let date = units(halves[0]), "YMD".contains(date) || date.isEmpty else { return false }
        guard halves.count == 2 else { return !date.isEmpty }
        guard let time = units(halves[1]), !time.isEmpty else { return false }
        return "HMS".contains(time)
    }

    /// The letters of `1Y2M`, here `YM`; nil where there is not one number before each.
    private static func units(_ text: Substring) -> String? {
        var letters = ""
        var digits = 0
        for byte in text.utf8 {
            if isDigit(byte) {
                digits += 1
                continue
            }
            guard digits > 0, byte < 0x80 else { return nil }
            letters.unicodeScalars.append(Unicode.Scalar(byte))
            digits = 0
        }
        return digits == 0 ? letters : nil
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        var value = 0
        for byte in digits {
            guard isDigit(byte) else { return nil }
            value = value * 10 + Int(byte - 0x30)
        }
        return value
    }
}
