import Glibc

/// Splits pooled counts at random into two samples of fixed sizes, as a permutation of all labels would.
///
/// One hypergeometric draw a category instead of a label an observation: O(categories · deviation). Beyond a
/// deviation of 1,000 the draw is a rounded normal one, whose skewness is wrong by a thousandth.
struct LabelShuffle {
    /// Pooled counts.
    private let pooled: [Int]
    private let total: Int
    private let logFactorial: LogFactorial

    init(pooled: [Int]) {
        self.pooled = pooled
        total = pooled.reduce(0, +)
        logFactorial = LogFactorial(upTo: min(total, 1 << 16))
    }

    /// Writes the counts of a random subset of `size` observations.
    func draw(
        size: Int, into counts: inout [Int], _ stream: inout RandomStream
    ) throws(EstimateError) {
        var left = total
        var wanted = size
        for index in pooled.indices {
            let count = try hypergeometric(of: pooled[index], in: left, drawn: wanted, &stream)
            counts[index] = count
            left -= pooled[index]
            wanted -= count
        }
    }

    /// How many of `marked` are among `drawn` out of `all`: inversion outwards from the mode.
    private func hypergeometric(
        of marked: Int, in all: Int, drawn: Int, _ stream: inout RandomStream
    ) throws(EstimateError) -> Int {
        let least = max(0, drawn - (all - marked))
        let most = min(marked, drawn)
        if least == most { return least }
        let (k, m, n) = (Double(marked), Double(drawn), Double(all))
        let share = m / n
        let variance = k * share * (1 - share) * ((n - k) / max(1, n - 1))
        if variance > 1e6 {
            let z = try Normal.quantile(stream.unit() + 0x1p-54)
            let drawn = (k * share + z * variance.squareRoot()).rounded()
            return min(most, max(least, Int(drawn)))
        }
        let mode = min(most, max(least, Int((k + 1) * (m + 1) / (n + 2))))
        let logMass =
            logFactorial(marked) - logFactorial(mode) - logFactorial(marked - mode)
            + logFactorial(all - marked) - logFactorial(drawn - mode)
            - logFactorial(all - marked - drawn + mode)
            - logFactorial(all) + logFactorial(drawn) + logFactorial(all - drawn)
        let mass = exp(logMass)
        var rest = stream.unit() - mass
        if rest < 0 { return mode }
        var (low, high) = (mode, mode)
        var (lowMass, highMass) = (mass, mass)
        while low > least || high < most {
            if high < most {
                let x = Double(high)
                highMass *= (k - x) * (m - x) / ((x + 1) * (n - k - m + x + 1))
                high += 1
                rest -= highMass
                if rest < 0 { return high }
            }
            if low > least {
                let x = Double(low)
                lowMass *= x * (n - k - m + x) / ((k - x + 1) * (m - x + 1))
                low -= 1
                rest -= lowMass
                if rest < 0 { return low }
            }
            // Rounding has left a little probability over.
            if highMass < 1e-300, lowMass < 1e-300 { break }
        }
        return mode
    }
}

/// ln n!, from a table where n is small.
struct LogFactorial {
    private let table: [Double]

    init(upTo limit: Int) {
        var table = [0.0]
        table.reserveCapacity(limit + 1)
        var sum = CompensatedSum()
        for n in stride(from: 1, through: limit, by: 1) {
            sum.add(log(Double(n)))
            table.append(sum.value)
        }
        self.table = table
    }

    func callAsFunction(_ n: Int) -> Double {
        if n < table.count { return table[n] }
        // Stirling's series: its next term is below 1e-30 here.
        let x = Double(n)
        return (x + 0.5) * log(x) - x + 0.918_938_533_204_672_7 + 1 / (12 * x) - 1 / (360 * x * x * x)
    }
}

func requireResamples(_ count: Int) throws(EstimateError) {
    guard count >= 100, count <= 1_000_000 else {
        throw .invalidParameter("number of resamples", must: "lie in 100...1,000,000")
    }
}
