/// Throws unless both series are finite, as long as each other, and vary.
func requirePairs(_ x: [Double], _ y: [Double], atLeast needed: Int) throws(EstimateError) {
    guard x.count == y.count else { throw .unequalLengths(x.count, y.count) }
    try requireCount(x.count, atLeast: needed, "pairs")
    try requireFinite(x, "x")
    try requireFinite(y, "y")
    try requireVariation(x, "x")
    try requireVariation(y, "y")
}

func requireVariation(_ values: [Double], _ name: String) throws(EstimateError) {
    guard let first = values.first, values.contains(where: { $0 != first }) else {
        throw .invalidParameter(name, must: "vary")
    }
}

/// The rank of each value, from 1, equal ones sharing the middle of theirs. O(n log n).
func midranks(_ values: [Double]) -> [Double] { doubledRanks(values).ranks.map { Double($0) / 2 } }

/// The cosine of two series about their means, in `-1...1`; neither is constant.
///
/// Two passes with compensated sums over values scaled by powers of two, so that nothing overflows or vanishes.
func centredCosine(_ x: [Double], _ y: [Double]) throws(EstimateError) -> Double {
    let (first, second) = try (centred(x), centred(y))
    var products = CompensatedSum()
    var squares = CompensatedSum()
    var otherSquares = CompensatedSum()
    for index in first.indices {
        products.add(first[index] * second[index])
        squares.add(first[index] * first[index])
        otherSquares.add(second[index] * second[index])
    }
    let size = squares.value.squareRoot() * otherSquares.value.squareRoot()
    guard size > 0, size.isFinite else { throw .overflow }
    let cosine = products.value / size
    // A perfect correlation is one, though rounding may have left it an ulp short.
    if abs(cosine) > 1 - 1e-15 { return cosine < 0 ? -1 : 1 }
    return cosine
}

/// The values less their mean, divided by the largest of what remains.
func centred(_ values: [Double]) throws(EstimateError) -> [Double] {
    var largest = 0.0
    for value in values { largest = max(largest, abs(value)) }
    guard largest > 0 else { return values }
    // A power of two, so that scaling is exact.
    let scale = Double(sign: .plus, exponent: -largest.exponent, significand: 1)
    guard scale.isNormal else { throw .overflow }
    var sum = CompensatedSum()
    for value in values { sum.add(value * scale) }
    let mean = sum.value / Double(values.count)
    var rest = values.map { $0 * scale - mean }
    var widest = 0.0
    for value in rest { widest = max(widest, abs(value)) }
    guard widest > 0 else { throw .overflow }
    for index in rest.indices { rest[index] /= widest }
    return rest
}
