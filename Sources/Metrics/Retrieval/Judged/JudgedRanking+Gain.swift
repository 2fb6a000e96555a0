import Glibc

/// Measures of gain: a document is worth its grade, or what is said to be the gain of its grade.
extension JudgedRanking {
    /// What each grade is worth.
    public struct Gains: Sendable {
        private let byGrade: [Int32: Double]

        /// - Parameter own: Gains that differ from the grade.
        public init(_ own: [Int32: Double] = [:]) { byGrade = own }

        func of(_ grade: Int32) -> Double { byGrade[grade] ?? (grade >= 0 ? Double(grade) : 0) }
    }

    /// The gains of the best ranking there could be, largest first, those above 0 alone.
    private func ideal(_ gains: Gains) -> [Double] {
        var ideal: [(gain: Double, count: Int)] = []
        for (grade, count) in documents.enumerated() where count > 0 {
            let gain = gains.of(Int32(grade))
            if gain > 0 { ideal.append((gain, count)) }
        }
        ideal.sort { $0.gain > $1.gain }
        return ideal.flatMap { [Double](repeating: $0.gain, count: $0.count) }
    }

    /// The sum of gains over log2(rank + 1), of the first `k`.
    func discountedGain(_ k: Int = .max, _ gains: Gains = Gains()) -> Double {
        var sum = 0.0
        for rank in 0..<min(k, grades.count) {
            let gain = gains.of(grades[rank])
            if gain != 0 { sum += gain / log2(Double(rank + 2)) }
        }
        return sum
    }

    func idealDiscountedGain(_ k: Int = .max, _ gains: Gains = Gains()) -> Double {
        var sum = 0.0
        for (rank, gain) in ideal(gains).prefix(k).enumerated() { sum += gain / log2(Double(rank + 2)) }
        return sum
    }

    /// nDCG of the first `k`; 0 where nothing is worth anything.
    ///
    /// K. Järvelin, J. Kekäläinen, ACM TOIS 20 (2002) 422–446.
    func normalizedGain(_ k: Int = .max, _ gains: Gains = Gains()) -> Double {
        let best = idealDiscountedGain(k, gains)
        return best > 0 ? discountedGain(k, gains) / best : 0
    }

    /// nDCG at the rank of each document that is worth something, averaged; for those not retrieved, at the end.
    func normalizedGainAtRelevant(_ gains: Gains = Gains()) -> Double {
        let best = ideal(gains)
        guard !best.isEmpty else { return 0 }
        var own = 0.0
        var ideal = 0.0
        var sum = 0.0
        var retrieved = 0
        for rank in 0..<max(grades.count, best.count) {
            let discount = log2(Double(rank + 2))
            if rank < best.count { ideal += best[rank] / discount }
            guard rank < grades.count else { continue }
            let gain = gains.of(grades[rank])
            if gain != 0 { own += gain / discount }
            if gain > 0 {
                sum += own / ideal
                retrieved += 1
            }
        }
        sum += Double(best.count - retrieved) * own / ideal
        return sum > 0 ? sum / Double(best.count) : 0
    }

    /// nDCG at the ranks where the best ranking would pass from one gain to the next, and at the end, averaged.
    func normalizedGainAtSteps(_ gains: Gains = Gains()) -> Double {
        let best = ideal(gains)
        guard relevantCount > 0, let first = best.first else { return 0 }
        var own = 0.0
        var ideal = 0.0
        var sum = 0.0
        var steps = 0
        var current = first
        for rank in 0..<max(grades.count, best.count) {
            let gain = rank < best.count ? best[rank] : 0
            if gain != current {
                current = gain
                sum += own / ideal
                steps += 1
            }
            let discount = log2(Double(rank + 2))
            if rank < grades.count { own += gains.of(grades[rank]) / discount }
            ideal += gain / discount
        }
        // Where one document follows the step to nothing, the end is that step.
        if grades.count == best.count + 1 { return sum / Double(steps) }
        sum += own / ideal
        return sum / Double(steps + 1)
    }

    /// The mean over relevant documents of 1 / log2(2 + documents that are not relevant before it).
    var binaryGain: Double {
        guard relevantCount > 0 else { return 0 }
        var seen = 0
        var sum = 0.0
        for rank in grades.indices where isRelevant(rank) {
            seen += 1
            sum += 1 / log2(Double(3 + rank - seen))
        }
        return sum / Double(relevantCount)
    }

    /// Gain over log2(2 + what the best ranking would have gained so far − what this one has), summed, over the best sum.
    var relativeGain: Double {
        let gains = Gains()
        let best = ideal(gains)
        var cost = 0.0
        var own = 0.0
        var sum = 0.0
        for rank in grades.indices {
            let gain = gains.of(grades[rank])
            own += gain
            cost += max(1, rank < best.count ? best[rank] : 0)
            if gain != 0 { sum += gain / log2(2 + cost - own) }
        }
        let all = best.reduce(0, +)
        return all > 0 ? sum / all : 0
    }

    /// The gain of a reader who goes on to the next document with the chance `persistence`.
    ///
    /// Gains are brought into `[0, 1]` where grades exceed 1. A. Moffat, J. Zobel, ACM TOIS 27 (2008) 2.
    func rankBiasedPrecision(_ persistence: Double = 0.9) -> Double {
        let most = max(1, Double(documents.lastIndex { $0 > 0 } ?? 0))
        var chance = 1.0
        var sum = 0.0
        for grade in grades {
            if grade > 0 { sum += Double(grade) / most * chance }
            chance *= persistence
        }
        return (1 - persistence) * sum
    }

    /// How much the rank-biased precision could rise if all that is not judged were relevant.
    func rankBiasedResidual(_ persistence: Double = 0.9) -> Double {
        var chance = 1.0
        var sum = 0.0
        var isOpen = false
        for grade in grades {
            if grade < 0 {
                sum += chance
                isOpen = true
            }
            chance *= persistence
        }
        return isOpen ? chance + (1 - persistence) * sum : 0
    }
}
