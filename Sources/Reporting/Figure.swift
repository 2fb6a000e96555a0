import Statistics
import Text

/// How numbers of one unit are written: 0.861, 2,310 ms, 0.0812 USD, −0.049.
///
/// Made for the numbers that stand together, so that they share their decimals. The minus sign is U+2212.
public struct Figure: Sendable, Hashable {
    /// What follows a number: ` ms`, or nothing.
    public let suffix: String
    public let decimals: Int

    /// - Parameters:
    ///   - unit: A metric's unit: `ratio`, `milliseconds`, `tokens`, `characters`, `money`, `count`, `text`.
    ///   - currency: What money is in, where known.
    ///   - numbers: Those that will be written; absent and non-finite ones do not count.
    public init(unit: String, currency: String? = nil, numbers: [Double?]) {
        var largest = 0.0
        var smallest = Double.infinity
        var isWhole = true
        for case let number? in numbers where number.isFinite {
            let size = abs(number)
            largest = max(largest, size)
            if size > 0 { smallest = min(smallest, size) }
            isWhole = isWhole && size == size.rounded()
        }
        switch unit {
        case "milliseconds":
            suffix = " ms"
            decimals = largest >= 100 ? 0 : largest >= 10 ? 1 : 2
        case "tokens", "characters", "count":
            suffix = unit == "count" ? "" : unit == "characters" ? " chars" : " tokens"
            decimals = isWhole || largest >= 1000 ? 0 : largest >= 10 ? 1 : 2
        case "money":
            suffix = currency.map { " " + $0 } ?? ""
            decimals = smallest < 1 ? Self.significant(smallest, digits: 3, atLeast: 2) : 2
        default:
            suffix = ""
            decimals = smallest < 0.01 ? Self.significant(smallest, digits: 2, atLeast: 3) : 3
        }
    }

    /// The same unit with the decimals that a difference needs, which may be far smaller than what it lies
    /// between.
    public func finer(unit: String, for difference: Double?, _ interval: Interval?) -> Figure {
        var largest = abs(difference ?? 0)
        if let interval { largest = max(largest, abs(interval.lower), abs(interval.upper)) }
        let own = Figure(unit: unit, numbers: [largest > 0 ? largest : nil])
        // Two digits of a difference suffice, and money has three.
        let fine = unit == "money" ? own.decimals - 1 : own.decimals
        return Figure(suffix: suffix, decimals: max(decimals, fine))
    }

    public init(suffix: String, decimals: Int) {
        self.suffix = suffix
        self.decimals = decimals
    }

    private static func significant(_ size: Double, digits: Int, atLeast: Int) -> Int {
        var decimals = atLeast
        var unit = 1.0
        for _ in 0..<(atLeast - digits + 1) { unit /= 10 }
        while decimals < 9, size < unit {
            decimals += 1
            unit /= 10
        }
        return decimals
    }

    /// `2,310 ms`.
    public func value(_ number: Double) -> String { bare(number) + suffix }
    /// `2,310`.
    public func bare(_ number: Double) -> String { Self.fixed(number, decimals: decimals) }
    /// `+310`, `−45`, and `0` without a sign.
    public func signed(_ number: Double) -> String {
        let text = bare(number)
        let isZero = !text.unicodeScalars.contains { $0 >= "1" && $0 <= "9" }
        return isZero || number < 0 || !number.isFinite ? text : "+" + text
    }

    /// `[−0.067, −0.031]`.
    public func interval(_ interval: Interval, signed isSigned: Bool) -> String {
        let ends =
            isSigned
            ? (signed(interval.lower), signed(interval.upper))
            : (bare(interval.lower), bare(interval.upper))
        return "[\(ends.0), \(ends.1)]"
    }

    /// `1,500`.
    public static func count(_ count: Int) -> String { Numbers.grouped(count) }

    /// A number with so many decimals, thousands parted by commas: `−2,310.50`.
    public static func fixed(_ number: Double, decimals: Int) -> String {
        // Past what a Double holds exactly, digits would only pretend.
        if number.isFinite, abs(number) >= 1e15 { return (number < 0 ? "\u{2212}" : "") + "\(abs(number))" }
        let text = Numbers.fixed(number, decimals)
        guard number.isFinite, abs(number) >= 999 else { return text }
        let whole = text.unicodeScalars.prefix { $0 != "." }
        let digits = whole.filter { $0 != "\u{2212}" }
        var out = String.UnicodeScalarView()
        if number < 0 { out.append("\u{2212}") }
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { out.append(",") }
            out.append(digit)
        }
        out.append(contentsOf: text.unicodeScalars.dropFirst(whole.count))
        return String(out)
    }
}
