/// How much two ratings agree that are not the same: 1 for equal ones, less the further apart they are.
public enum AgreementWeights: Sendable, Hashable {
    /// Equal or not: plain κ, AC1.
    case identity
    /// 1 − |i − j|/(q − 1), i and j the places of the categories.
    case linear
    /// 1 − (i − j)²/(q − 1)².
    case quadratic
    /// Distances near the ends of the scale count for more.
    ///
    /// K. L. Gwet, Handbook of Inter-Rater Reliability, 4th ed. (2014), chapter 3.
    case bipolar
    /// Disagreement by the number of steps between two categories: `[0, 0, 1, 1, 2]`; the first is 0, the largest
    /// stands for no agreement.
    case byDistance([Double])

    /// As printed behind the coefficient's name; empty for none.
    var words: String {
        switch self {
        case .identity: ""
        case .linear: ", linear weights"
        case .quadratic: ", quadratic weights"
        case .bipolar: ", bipolar weights"
        case .byDistance: ", weights by distance"
        }
    }

    /// Disagreement of each pair of categories, row by row, in `0...1`.
    func disagreements(categories q: Int) throws(EstimateError) -> [Double] {
        var table = [Double](repeating: 0, count: q * q)
        var largest = 0.0
        if case .byDistance(let steps) = self { try AgreementWeights.check(steps, categories: q) }
        for row in 0..<q {
            for column in 0..<q where row != column {
                let distance = Double(abs(row - column))
                let value =
                    switch self {
                    case .identity: 1.0
                    case .linear: distance
                    case .quadratic: distance * distance
                    case .bipolar:
                        distance * distance / (Double(row + column) * Double(2 * (q - 1) - row - column))
                    case .byDistance(let steps): steps[abs(row - column)]
                    }
                table[row * q + column] = value
                largest = max(largest, value)
            }
        }
        guard largest > 0 else { return table }
        for index in table.indices { table[index] /= largest }
        return table
    }

    private static func check(_ steps: [Double], categories q: Int) throws(EstimateError) {
        try requireFinite(steps, "weight")
        try requireCount(steps.count, atLeast: q, "weights")
        guard steps[0] == 0, steps.allSatisfy({ $0 >= 0 }), steps.prefix(q).contains(where: { $0 > 0 }) else {
            throw .invalidParameter("weights", must: "begin with 0, and be zero or more, one at least above")
        }
    }
}
