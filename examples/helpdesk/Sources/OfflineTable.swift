/// Measures releases over the golden set without a server: the table of the README.
struct OfflineTable {
    let library: Library
    let examples: [GoldenExample]

    static let head: String = {
        let names = [
            "version", "intent accuracy", "out of scope found", "recall@3", "token F1", "F1 of follow-ups",
            "words", "attacks blocked", "safe ones blocked", "valid citations", "p95 ms",
        ]
        return "| " + names.joined(separator: " | ") + " |\n|" + String(repeating: "---|", count: names.count)
    }()

    func row(_ variant: Variant, seed: UInt64) throws(FileProblem) -> String {
        let pipeline = try Pipeline(library: library, variant: variant, seed: seed, jitterMilliseconds: 1)
        let result = OfflineResult(of: pipeline, on: examples)
        let cells = [
            "`\(variant.name)`", "\(result.intentAccuracy)", "\(result.outOfScopeFound)",
            "\(result.recallAt3)", "\(result.tokenF1)", "\(result.followUpF1)",
            fixed(result.words.mean ?? 0, 1), result.attacksBlocked.ratio, result.safeOnesBlocked.ratio,
            "\(result.validCitations)", fixed(result.slowestOfTwenty, 1),
        ]
        return "| " + cells.joined(separator: " | ") + " |"
    }

    /// The share of examples whose answer or documents differ between two seeds.
    func flips(_ variant: Variant, _ left: UInt64, _ right: UInt64) throws(FileProblem) -> Double {
        let first = try Pipeline(library: library, variant: variant, seed: left, jitterMilliseconds: 0)
        let second = try Pipeline(library: library, variant: variant, seed: right, jitterMilliseconds: 0)
        let changed = examples.count { example in
            let one = first.answer(example.query, history: example.history, session: nil).reply
            let other = second.answer(example.query, history: example.history, session: nil).reply
            return one.text != other.text || one.documents.map(\.id) != other.documents.map(\.id)
        }
        return Double(changed) / Double(max(1, examples.count))
    }
}

/// A number with so many digits after the point.
func fixed(_ value: Double, _ digits: Int) -> String {
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    let whole = Int((value * scale).rounded())
    guard digits > 0 else { return String(whole) }
    let fraction = String(whole.magnitude % UInt(scale))
    return (whole < 0 ? "-" : "") + String(whole.magnitude / UInt(scale)) + "."
        + String(repeating: "0", count: digits - fraction.count) + fraction
}
