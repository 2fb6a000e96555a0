import Glibc

/// How reports write numbers: always with a full stop, never by the locale.
public enum Numbers {
    /// What stands for a number that is none.
    public static let missing = "–"

    /// With so many decimals, rounded to the nearest (of the exact binary value): `0.861`. Minus is U+2212,
    /// and what rounds to zero has no sign.
    public static func fixed(_ value: Double, _ decimals: Int) -> String {
        guard value.isFinite else { return value.isNaN ? missing : value > 0 ? "∞" : "−∞" }
        let digits = ascii(abs(value), decimals)
        let isZero = digits.utf8.allSatisfy { $0 == UInt8(ascii: "0") || $0 == UInt8(ascii: ".") }
        return value < 0 && !isZero ? "−" + digits : digits
    }

    /// Like `fixed`, with a plus for what is above zero: `+0.012`, `−0.049`, `0.000`.
    public static func signed(_ value: Double, _ decimals: Int) -> String {
        let text = fixed(value, decimals)
        guard value > 0, value.isFinite else { return text }
        let isZero = text.utf8.allSatisfy { $0 == UInt8(ascii: "0") || $0 == UInt8(ascii: ".") }
        return isZero ? text : "+" + text
    }

    /// A whole number with a comma for every thousand: `12,345`.
    public static func grouped(_ value: Int) -> String {
        let digits = Array(String(value.magnitude).utf8)
        var out: [UInt8] = []
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { out.append(UInt8(ascii: ",")) }
            out.append(digit)
        }
        return (value < 0 ? "−" : "") + String(decoding: out, as: UTF8.self)
    }

    /// Three significant digits, without an exponent for the sizes that scores have: `0.0123`, `1,240`.
    public static func short(_ value: Double) -> String {
        guard value != 0, value.isFinite else { return value == 0 ? "0" : "none" }
        let size = Int(floor(log10(abs(value))))
        guard size >= -9, size < 15 else { return exponential(value) }
        let scale = pow(10.0, Double(2 - size))
        let rounded = (value * scale).rounded() / scale
        if size >= 2 { return grouped(Int(rounded)) }
        var text = fixed(rounded, min(12, 2 - size))
        while text.hasSuffix("0") { text.removeLast() }
        if text.hasSuffix(".") { text.removeLast() }
        return text
    }

    /// `2.07e-20`: three significant digits, for sizes that no score has.
    private static func exponential(_ value: Double) -> String {
        let text = String(value)
        guard let mark = text.firstIndex(of: "e"), let mantissa = Double(text[..<mark]) else { return text }
        return fixed((mantissa * 100).rounded() / 100, 2) + text[mark...]
    }

    /// A p-value for people: `p 0.0213`, and `p < 0.0001` below that.
    public static func probability(_ p: Double) -> String { p < 0.0001 ? "p < 0.0001" : "p \(short(p))" }

    /// A count in two significant digits: `1,500` for 1,545.
    public static func about(_ count: Int) -> String {
        guard count >= 100 else { return String(count) }
        var scale = 1
        while count / scale >= 100 { scale *= 10 }
        return grouped((count + scale / 2) / scale * scale)
    }

    /// A share in percent: `0.875` → `87.5 %`.
    public static func percent(_ share: Double, _ decimals: Int = 1) -> String {
        share.isNaN ? missing : fixed(share * 100, decimals) + " %"
    }

    /// A time in the unit that suits it: `0.42 ms`, `812 ms`, `3.50 s`, `2 min 5 s`, `1 h 2 min`.
    public static func duration(milliseconds: Double) -> String {
        guard milliseconds.isFinite else { return missing }
        if milliseconds < 0 { return "−" + duration(milliseconds: -milliseconds) }
        if milliseconds < 9.95 { return fixed(milliseconds, milliseconds == 0 ? 0 : 2) + " ms" }
        if milliseconds < 999.5 { return fixed(milliseconds, 0) + " ms" }
        if milliseconds < 9_995 { return fixed(milliseconds / 1000, 2) + " s" }
        if milliseconds < 59_950 { return fixed(milliseconds / 1000, 1) + " s" }
        guard milliseconds < 1e15 else { return fixed(milliseconds / 3_600_000, 0) + " h" }
        let seconds = Int((milliseconds / 1000).rounded())
        if seconds < 3600 {
            return seconds % 60 == 0 ? "\(seconds / 60) min" : "\(seconds / 60) min \(seconds % 60) s"
        }
        let minutes = (seconds + 30) / 60
        return minutes % 60 == 0 ? "\(minutes / 60) h" : "\(minutes / 60) h \(minutes % 60) min"
    }

    /// Money with its currency: two decimals from 1, else so many that two digits count: `12.40 USD`,
    /// `0.00024 USD`.
    public static func money(_ value: Double, _ currency: String) -> String {
        guard value.isFinite else { return missing }
        var decimals = 2
        var size = abs(value)
        if size > 0, size < 0.995 {
            while decimals < 9, size < 0.0995 {
                size *= 10
                decimals += 1
            }
        }
        return fixed(value, decimals) + " " + currency
    }

    /// The digits of a number that is not negative, by the C library, which rounds the exact binary value.
    private static func ascii(_ value: Double, _ decimals: Int) -> String {
        var buffer = [CChar](repeating: 0, count: 352 + decimals)
        let length = withVaList([Int32(decimals), value]) { arguments in
            vsnprintf(&buffer, buffer.count, "%.*f", arguments)
        }
        return String(decoding: buffer.prefix(Int(length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
