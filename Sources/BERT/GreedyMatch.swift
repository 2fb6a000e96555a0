/// For each token of two texts the cosine to the token of the other that is nearest to it: what BERTScore sums up.
///
/// T. Zhang et al., BERTScore, ICLR 2020 (arXiv 1904.09675), section 3.
public struct GreedyMatch: Sendable, Hashable {
    /// For each vector on the left, its greatest cosine to one on the right; −1 where there is none.
    public let left: [Float]
    /// For each vector on the right, its greatest cosine to one on the left; −1 where there is none.
    public let right: [Float]

    /// - Parameters:
    ///   - left: Rows of `width` numbers, one a token; a row of zeros has cosine 0 to all.
    ///   - right: Likewise.
    /// - Complexity: rows × rows × width.
    public init(_ left: [Float], _ right: [Float], width: Int) {
        let (one, other) = (Rows(left, width: width), Rows(right, width: width))
        var mine = [Float](repeating: -1, count: one.count)
        var theirs = [Float](repeating: -1, count: other.count)
        let lanes = one.lanes
        one.values.withUnsafeBufferPointer { one in
            other.values.withUnsafeBufferPointer { other in
                for row in mine.indices {
                    var best: Float = -1
                    for column in theirs.indices {
                        var sum = SIMD16<Float>.zero
                        let (first, second) = (row * lanes, column * lanes)
                        for lane in 0..<lanes { sum += one[first + lane] * other[second + lane] }
                        let cosine = sum.sum()
                        if cosine > best { best = cosine }
                        if cosine > theirs[column] { theirs[column] = cosine }
                    }
                    mine[row] = best
                }
            }
        }
        self.left = mine
        self.right = theirs
    }

    /// Vectors of length 1, each filled up with zeros to whole lanes.
    private struct Rows {
        let values: [SIMD16<Float>]
        let lanes: Int
        let count: Int

        init(_ numbers: [Float], width: Int) {
            precondition(width > 0 && numbers.count % width == 0, "rows of another width")
            lanes = (width + 15) / 16
            count = numbers.count / width
            var values = [SIMD16<Float>](repeating: .zero, count: lanes * count)
            for row in 0..<count {
                let start = row * lanes
                for column in 0..<width {
                    values[start + (column >> 4)][column & 15] = numbers[row * width + column]
                }
                var square: Float = 0
                for lane in start..<start + lanes { square += (values[lane] * values[lane]).sum() }
                guard square > 0 else { continue }
                let length = square.squareRoot()
                for lane in start..<start + lanes { values[lane] /= length }
            }
            self.values = values
        }
    }
}
