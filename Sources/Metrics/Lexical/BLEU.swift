import Glibc
import Text

/// BLEU's counts and the score made of them, as sacrebleu computes them.
///
/// K. Papineni et al., ACL 2002; smoothing after B. Chen and C. Cherry, WMT 2014; M. Post, WMT 2018.
enum BLEU {
    static let maxOrder = 4
    /// Answer length, closest reference length, hits of each order, runs of each order.
    static let width = 2 + 2 * maxOrder

    /// How texts are cut.
    struct Cut: Sendable, Hashable {
        var tokenizer = BLEUTokenizer.v13a
        var lowercase = false
        var order = maxOrder
    }

    /// What stands for a precision of 0.
    enum Smoothing: String, Sendable, Hashable, CaseIterable {
        case none
        /// Halved anew for each order without a hit.
        case exp
        /// A fixed number of hits.
        case floor
        /// A number added to hits and runs of all orders above one.
        case addK = "add-k"
    }

    /// The references of an example: for each order the largest count of each run in any of them.
    struct Reference: Sendable {
        let cut: Cut
        let lengths: [Int]
        /// For each order, sorted keys that stand as often as they count.
        let runs: [[UInt64]]

        init(_ texts: [String], _ cut: Cut) {
            self.cut = cut
            let tokens = texts.map { bleuKeys($0, cut.tokenizer, lowercase: cut.lowercase) }
            lengths = tokens.map(\.count)
            var runs: [[UInt64]] = []
            for order in 1...cut.order {
                var merged: [UInt64] = []
                for list in tokens { merged = Self.largest(merged, ngramKeys(list, order: order).sorted()) }
                runs.append(merged)
            }
            self.runs = runs
        }

        /// The components of one answer: what a corpus adds up.
        func counts(_ text: String) -> [Double] {
            let tokens = bleuKeys(text, cut.tokenizer, lowercase: cut.lowercase)
            var counts = [Double](repeating: 0, count: 2 + 2 * cut.order)
            counts[0] = Double(tokens.count)
            counts[1] = Double(closestLength(tokens.count))
            for order in 1...cut.order {
                let mine = ngramKeys(tokens, order: order).sorted()
                counts[1 + order] = Double(sharedCount(sorted: mine, sorted: runs[order - 1]))
                counts[1 + cut.order + order] = Double(mine.count)
            }
            return counts
        }

        /// The reference length nearest to the answer's; the shorter of two that are equally near.
        private func closestLength(_ length: Int) -> Int {
            var best: Int?
            for candidate in lengths {
                guard let known = best else {
                    best = candidate
                    continue
                }
                let nearer = abs(candidate - length) - abs(known - length)
                if nearer < 0 || (nearer == 0 && candidate < known) { best = candidate }
            }
            return best ?? 0
        }

        /// The union of two sorted multisets: each key as often as where it stands oftener.
        private static func largest(_ left: [UInt64], _ right: [UInt64]) -> [UInt64] {
            if left.isEmpty { return right }
            var out: [UInt64] = []
            out.reserveCapacity(max(left.count, right.count))
            var i = 0
            var j = 0
            while i < left.count || j < right.count {
                if j == right.count || (i < left.count && left[i] < right[j]) {
                    out.append(left[i])
                    i += 1
                } else if i == left.count || right[j] < left[i] {
                    out.append(right[j])
                    j += 1
                } else {
                    out.append(left[i])
                    i += 1
                    j += 1
                }
            }
            return out
        }
    }

    /// The score in `[0, 1]` of summed components; 0 without a hit.
    ///
    /// - Parameters:
    ///   - value: For `floor` and `addK`; their defaults are 0.1 and 1.
    ///   - effectiveOrder: Whether orders that the answer is too short for are left out: for single
    ///     sentences.
    static func score(
        _ counts: [Double], smoothing: Smoothing, value: Double? = nil, effectiveOrder: Bool
    ) -> Double {
        let order = (counts.count - 2) / 2
        let length = counts[0]
        let reference = counts[1]
        var hasHit = false
        for n in 1...order where counts[1 + n] > 0 { hasHit = true }
        guard hasHit else { return 0 }
        var logarithms = 0.0
        var used = effectiveOrder ? 0 : order
        var halving = 1.0
        for n in 1...order {
            var hits = counts[1 + n]
            var runs = counts[1 + order + n]
            if smoothing == .addK, n > 1 {
                hits += value ?? 1
                runs += value ?? 1
            }
            if runs == 0 {
                if !effectiveOrder { return 0 }
                break
            }
            if effectiveOrder { used = n }
            if hits == 0 {
                switch smoothing {
                case .exp:
                    halving *= 2
                    hits = 1 / halving
                case .floor: hits = value ?? 0.1
                case .none, .addK: break
                }
            }
            if hits == 0 { return 0 }
            logarithms += log(hits / runs)
        }
        let penalty = length < reference ? exp(1 - reference / length) : 1
        return penalty * exp(logarithms / Double(used))
    }
}
