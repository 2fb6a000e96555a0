/// Throws unless `value` lies strictly between 0 and 1.
func requireProbability(_ value: Double, _ name: String) throws(EstimateError) {
    guard value > 0, value < 1 else {
        throw .invalidParameter(name, must: "lie strictly between 0 and 1")
    }
}

/// Throws unless `value` lies in `0...1`.
func requireRate(_ value: Double, _ name: String) throws(EstimateError) {
    guard value >= 0, value <= 1 else { throw .invalidParameter(name, must: "lie in 0...1") }
}

/// Throws unless `value` is above 0 and finite.
func requirePositive(_ value: Double, _ name: String) throws(EstimateError) {
    guard value > 0, value.isFinite else { throw .invalidParameter(name, must: "be positive and finite") }
}

/// Throws for NaN; infinities are numbers here.
func requireNumber(_ value: Double, _ name: String) throws(EstimateError) {
    guard !value.isNaN else { throw .invalidParameter(name, must: "be a number") }
}

/// Throws at the first value that is NaN or infinite.
func requireFinite(_ values: [Double], _ name: String = "value") throws(EstimateError) {
    for index in values.indices where !values[index].isFinite { throw .notFinite(index: index, of: name) }
}

/// Throws at the first value outside a range that is known.
func requireWithin(
    _ range: ClosedRange<Double>?, _ values: [Double], _ name: String = "value"
) throws(EstimateError) {
    guard let range else { return }
    for index in values.indices where !range.contains(values[index]) {
        throw .outsideRange(index: index, of: name)
    }
}

func requireCount(
    _ count: Int, atLeast needed: Int, _ name: String = "observations"
) throws(EstimateError) {
    guard count >= needed else { throw .tooFew(count: count, needed: needed, of: name) }
}

/// Throws unless `0 <= part <= whole` and the whole is exact as a double.
func requireCounts(
    _ part: Int, of whole: Int, _ names: String = "the counts"
) throws(EstimateError) {
    guard part >= 0, part <= whole, whole <= 1 << 52 else { throw .invalidCounts(names) }
}

/// Throws unless a margin is finite and zero or more.
func requireNotNegative(_ value: Double, _ name: String) throws(EstimateError) {
    guard value >= 0, value.isFinite else { throw .invalidParameter(name, must: "be zero or more") }
}

/// What a door answered, or an error where it had no answer.
func answered(_ value: Double) throws(EstimateError) -> Double {
    guard !value.isNaN else { throw .overflow }
    return value
}

/// `12345` as `"12,345"`.
func grouped(_ number: Int) -> String {
    let digits = Array(String(number).utf8)
    var out: [UInt8] = []
    for (index, digit) in digits.enumerated() {
        let rest = digits.count - index
        if index > 0, rest % 3 == 0, digits[index - 1] != UInt8(ascii: "-") { out.append(UInt8(ascii: ",")) }
        out.append(digit)
    }
    return String(decoding: out, as: UTF8.self)
}
