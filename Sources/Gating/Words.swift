import Glibc

/// Three significant digits, without an exponent for the sizes that scores have.
func shortNumber(_ value: Double) -> String {
    guard value != 0, value.isFinite else { return value == 0 ? "0" : "none" }
    let size = Int(floor(log10(abs(value))))
    let digits = max(0, 2 - size)
    let scale = pow(10.0, Double(min(digits, 12)))
    let rounded = (value * scale).rounded() / scale
    if digits == 0 { return String(Int(rounded)) }
    var text = String(rounded)
    if text.hasSuffix(".0") { text.removeLast(2) }
    return text
}

/// A count in two significant digits with thousands: `about 1,500 more`.
func rounded(_ count: Int) -> String {
    guard count >= 100 else { return String(count) }
    var scale = 1
    while count / scale >= 100 { scale *= 10 }
    let value = (count + scale / 2) / scale * scale
    var text = String(value)
    var place = text.count - 3
    while place > 0 {
        text.insert(",", at: text.index(text.startIndex, offsetBy: place))
        place -= 3
    }
    return text
}

func logarithm(_ value: Double) -> Double { value > 0 ? log(value) : .nan }

func exponential(_ value: Double) -> Double { exp(value) }
