/// The Jensen–Shannon divergence of two distributions, and the distance that it makes.
public struct JensenShannon: Sendable, Hashable {
    /// ½ KL(p ‖ m) + ½ KL(q ‖ m) with m = (p + q) / 2: from 0 to ln 2 nats, which is 1 bit.
    public let divergence: Double
    public let unit: InformationUnit

    /// The square root of the divergence: a metric.
    public var distance: Double { divergence.squareRoot() }

    /// - Parameters:
    ///   - p: Weights of the categories, none negative; they are scaled to add up to 1.
    ///   - q: Weights of the same categories. Zeros are no obstacle.
    /// - Throws: `EstimateError.unequalLengths`, `.tooFew`, `.notFinite`, `.outsideRange`,
    ///   `.invalidParameter` for weights that are all 0.
    ///
    /// J. Lin, IEEE Trans. Inf. Theory 37 (1991) 145–151; D. M. Endres, J. E. Schindelin, ibid. 49 (2003)
    /// 1858–1860.
    public init(_ p: [Double], _ q: [Double], unit: InformationUnit = .nats) throws(EstimateError) {
        let (p, q) = try normalised(p, q)
        divergence = uncheckedJS(p, q) * unit.perNat
        self.unit = unit
    }
}

/// In nats, of shares that add up to 1.
func uncheckedJS(_ p: [Double], _ q: [Double]) -> Double {
    var middle = p
    for index in p.indices { middle[index] = (p[index] + q[index]) / 2 }
    return (uncheckedKL(p, middle) + uncheckedKL(q, middle)) / 2
}
