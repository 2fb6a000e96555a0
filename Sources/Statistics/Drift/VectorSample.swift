import Glibc

/// Vectors of one dimension, for instance embeddings.
public struct VectorSample: Sendable, Hashable {
    public let dimension: Int
    public let count: Int
    /// One vector after the other.
    let values: [Double]

    /// - Parameters:
    ///   - vectors: At least one, each of the same length, at least 1.
    ///   - name: What it is called in errors.
    /// - Throws: `EstimateError.tooFew`, `.unequalLengths`, `.notFinite` with the number of the vector.
    public init<Scalar: BinaryFloatingPoint>(
        _ vectors: [[Scalar]], name: String = "vectors"
    ) throws(EstimateError) {
        try requireCount(vectors.count, atLeast: 1, name)
        let dimension = vectors[0].count
        try requireCount(dimension, atLeast: 1, "components of \(name)")
        var values: [Double] = []
        values.reserveCapacity(vectors.count * dimension)
        for (index, vector) in vectors.enumerated() {
            guard vector.count == dimension else { throw .unequalLengths(dimension, vector.count) }
            for component in vector {
                // Squares of anything larger add up to more than the largest number.
                guard component.isFinite, abs(Double(component)) <= 1e150 else {
                    throw .notFinite(index: index, of: name)
                }
                values.append(Double(component))
            }
        }
        self.dimension = dimension
        count = vectors.count
        self.values = values
    }

    /// The average vector.
    func mean() -> [Double] {
        var sums = [CompensatedSum](repeating: CompensatedSum(), count: dimension)
        for index in 0..<count {
            for component in 0..<dimension { sums[component].add(values[index * dimension + component]) }
        }
        return sums.map { $0.value / Double(count) }
    }

    /// The cosine of the angle between a vector of this sample and one of another; nil where one has no
    /// length.
    func cosine(_ index: Int, _ other: VectorSample, _ otherIndex: Int) -> Double? {
        let own = values[(index * dimension)..<((index + 1) * dimension)]
        let its = other.values[(otherIndex * dimension)..<((otherIndex + 1) * dimension)]
        return cosineOfAngle(own, its)
    }
}

/// Nil where one of both has no length.
func cosineOfAngle(_ first: some Collection<Double>, _ second: some Collection<Double>) -> Double? {
    var size = 0.0
    for component in first { size = max(size, abs(component)) }
    var otherSize = 0.0
    for component in second { otherSize = max(otherSize, abs(component)) }
    guard size > 0, otherSize > 0 else { return nil }
    var (product, square, otherSquare) = (0.0, 0.0, 0.0)
    for (a, b) in zip(first, second) {
        let (x, y) = (a / size, b / otherSize)
        product += x * y
        square += x * x
        otherSquare += y * y
    }
    return min(1, max(-1, product / (square * otherSquare).squareRoot()))
}
