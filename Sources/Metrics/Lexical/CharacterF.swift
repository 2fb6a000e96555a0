import Text

/// chrF's counts and the score made of them, as sacrebleu computes them: F of runs of 1 to 6 characters,
/// white space aside, recall weighing β² = 4 times as much as precision; chrF++ adds runs of words.
///
/// M. Popović, WMT 2015, 2016 (W16-2341) and 2017 (W17-4770).
struct CharacterF: Sendable, Hashable {
    var order = 6
    /// The longest run of words: 0 for chrF, 2 for chrF++.
    var wordOrder = 0
    var beta = 2.0
    var lowercase = false
    var keepsSpace = false
    /// Whether orders that one side is too short for count as almost 0 instead of being left out.
    var smoothsAll = false

    /// Runs of the answer, runs of the reference, shared runs, for each order.
    var width: Int { 3 * orders }

    private var orders: Int { order + wordOrder }

    /// The components of one answer against the reference that suits it best.
    func counts(_ text: String, _ references: [Reference]) -> [Double] {
        let answer = runs(text)
        var best = [Double](repeating: 0, count: width)
        var bestScore = -1.0
        for reference in references {
            let counts = counts(answer, reference)
            let value = score(counts)
            if value > bestScore {
                bestScore = value
                best = counts
            }
        }
        return best
    }

    /// A reference's runs, counted, of each order.
    struct Reference: Sendable {
        fileprivate let orders: [KeyCounts]
    }

    func reference(_ text: String) -> Reference { Reference(orders: runs(text).map(KeyCounts.init)) }

    private func counts(_ answer: [[UInt64]], _ reference: Reference) -> [Double] {
        var counts: [Double] = []
        counts.reserveCapacity(width)
        for index in 0..<orders {
            let wanted = reference.orders[index]
            // Runs of the answer do not count where the reference is too short to have any.
            counts.append(wanted.count == 0 ? 0 : Double(answer[index].count))
            counts.append(Double(wanted.count))
            counts.append(Double(wanted.shared(with: answer[index])))
        }
        return counts
    }

    private func runs(_ text: String) -> [[UInt64]] {
        let text = lowercase ? lowercasedInContext(text) : text
        let characters = ngramKeys(characterKeys(text, keepingSpace: keepsSpace), upTo: order)
        return wordOrder == 0 ? characters : characters + ngramKeys(chrFWordKeys(text), upTo: wordOrder)
    }

    /// The score in `[0, 1]` of summed components.
    func score(_ counts: [Double]) -> Double {
        let least = 1e-16
        let weight = beta * beta
        var smoothed = 0.0
        var precisions = 0.0
        var recalls = 0.0
        var used = 0.0
        for index in 0..<orders {
            let (answer, reference, shared) = (
                counts[3 * index], counts[3 * index + 1], counts[3 * index + 2]
            )
            let precision = answer > 0 ? shared / answer : least
            let recall = reference > 0 ? shared / reference : least
            let below = weight * precision + recall
            smoothed += below > 0 ? (1 + weight) * precision * recall / below : least
            if answer > 0, reference > 0 {
                precisions += precision
                recalls += recall
                used += 1
            }
        }
        if smoothsAll { return smoothed / Double(orders) }
        guard used > 0, precisions + recalls > 0 else { return 0 }
        let precision = precisions / used
        let recall = recalls / used
        return (1 + weight) * precision * recall / (weight * precision + recall)
    }
}
