import Glibc

/// The distribution of the one-sample Kolmogorov–Smirnov distance for a continuous law.
///
/// Two-sided, for n up to 200, by Durbin's matrix; beyond by the series of Pelz and Good, to five digits. Where
/// n d² is large, twice the one-sided probability, which is exact there but for less than its own rounding.
/// One-sided exact up to n = 10,000 and by the expansion of Maag and Dicaire beyond.
///
/// R. Simard, P. L'Ecuyer, Journal of Statistical Software 39 (2011) 11; G. Marsaglia, W. W. Tsang, J. Wang,
/// Journal of Statistical Software 8 (2003) 18; W. Pelz, I. J. Good, JRSS B 38 (1976) 152–156.
struct KolmogorovDistribution {
    let count: Int

    /// P(D ≥ d).
    func survival(_ distance: Double) throws(EstimateError) -> Double {
        let n = Double(count)
        // Steps of 1/n lie at least half of one from any smooth curve, and no distance exceeds 1.
        if distance * n <= 0.5 { return 1 }
        if distance >= 1 { return 0 }
        let size = n * distance * distance
        if distance >= 0.5 || size >= (count <= 200 ? 4 : 2.2) {
            return try min(1, 2 * oneSidedSurvival(distance))
        }
        let below = count <= 200 ? durbin(distance) : pelzGood(distance)
        return max(0, min(1, 1 - below))
    }

    /// P(D⁺ ≥ d), the same for either side. O(n) exact.
    func oneSidedSurvival(_ distance: Double) throws(EstimateError) -> Double {
        if distance <= 0 { return 1 }
        if distance >= 1 { return 0 }
        let n = Double(count)
        if count > 10_000 {
            let reach = 6 * n * distance + 1
            return exp(-reach * reach / (18 * n))
        }
        var sum = 0.0
        for j in 0...Int(n * (1 - distance)) {
            let probability = distance + Double(j) / n
            if probability >= 1 { break }
            sum += try Binomial(trials: count, probability: probability).mass(j) / probability
        }
        return min(1, distance * sum)
    }

    /// P(D < d) by the n-th power of a matrix of 2⌈nd⌉ − 1 rows, for n ≤ 200, where nothing over- or underflows.
    private func durbin(_ distance: Double) -> Double {
        let n = Double(count)
        let k = Int((n * distance).rounded(.down)) + 1
        let rest = Double(k) - n * distance
        let rows = 2 * k - 1
        var matrix = [Double](repeating: 0, count: rows * rows)
        for i in 0..<rows {
            for j in 0..<min(rows, i + 2) { matrix[i * rows + j] = 1 }
        }
        for i in 0..<rows {
            matrix[i * rows] -= pow(rest, Double(i + 1))
            matrix[(rows - 1) * rows + i] -= pow(rest, Double(rows - i))
        }
        if 2 * rest > 1 { matrix[(rows - 1) * rows] += pow(2 * rest - 1, Double(rows)) }
        for i in 0..<rows {
            for j in 0..<min(rows, i + 2) where i + 1 > j {
                var factor = 1.0
                for step in 1..<(i - j + 2) { factor *= Double(step) }
                matrix[i * rows + j] /= factor
            }
        }
        var row = [Double](repeating: 0, count: rows)
        row[k - 1] = 1
        // n!/nⁿ is spread over the steps, which keeps every one near 1; a vector times a matrix is enough.
        for step in 1...count {
            var next = [Double](repeating: 0, count: rows)
            for i in 0..<rows where row[i] != 0 {
                for j in 0..<min(rows, i + 2) { next[j] += row[i] * matrix[i * rows + j] }
            }
            let scale = Double(step) / n
            for j in 0..<rows { row[j] = next[j] * scale }
        }
        return row[k - 1]
    }

    /// P(D < d) to the order n^(−3/2).
    private func pelzGood(_ distance: Double) -> Double {
        let n = Double(count)
        let z = n.squareRoot() * distance
        let z2 = z * z
        let z4 = z2 * z2
        let z6 = z4 * z2
        let pi2 = Double.pi * Double.pi
        let pi4 = pi2 * pi2
        var k0 = 0.0
        var k1 = 0.0
        var k2 = 0.0
        var k3 = 0.0
        for k in 0..<40 {
            let odd = Double(2 * k + 1)
            let h2 = odd * odd / 4
            let h4 = h2 * h2
            let weight = exp(-odd * odd * pi2 / (8 * z2))
            if weight == 0 { break }
            k0 += weight
            k1 += (pi2 * h2 - z2) * weight
            let even = 6 * z6 + 2 * z4 + pi2 * (2 * z4 - 5 * z2) * h2
            k2 += (even + pi4 * (1 - 2 * z2) * h4) * weight
            var uneven = pi4 * pi2 * (5 - 30 * z2) * h4 * h2
            uneven += pi4 * (-60 * z2 + 212 * z4) * h4
            uneven += pi2 * (135 * z4 - 96 * z6) * h2
            k3 += (uneven - 30 * z6 - 90 * z4 * z4) * weight
        }
        var whole2 = 0.0
        var whole3 = 0.0
        for k in 1..<40 {
            let square = Double(k * k)
            let weight = exp(-square * pi2 / (2 * z2))
            if weight == 0 { break }
            whole2 += square * weight
            whole3 += (3 * pi2 * square * z2 - pi4 * square * square) * weight
        }
        let root = (2 * Double.pi).squareRoot()
        let z3 = z2 * z
        let first = root / z * k0
        let second = root / (6 * z4) * k1
        let third = root / (72 * z4 * z3) * k2 - pi2 * root / (36 * z3) * whole2
        let fourth = root / (6480 * z6 * z4) * k3 + root / (216 * z6) * whole3
        return first + second / n.squareRoot() + third / n + fourth / (n * n.squareRoot())
    }
}
