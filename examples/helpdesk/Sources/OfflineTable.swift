import Notation

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
        let format = AnswerFormat(
            settings: variant.format, versions: Configuration.versions(pipeline), isMinimal: false)
        var intent = Share()
        var outside = Share()
        var recall = Share()
        var overlap = Share()
        var followUps = Share()
        var attacks = Share()
        var safe = Share()
        var valid = Share()
        var words: [Double] = []
        var milliseconds: [Double] = []
        for example in examples {
            let (reply, _) = pipeline.answer(example.query, history: example.history, session: nil)
            let body = format.object(reply)
            if let expected = example.intent {
                intent.add(reply.routing.intent == expected)
                if expected == IntentClassifier.outOfScope { outside.add(reply.routing.intent == expected) }
            }
            if !example.documents.isEmpty {
                let top = reply.documents.prefix(3).map(\.id)
                recall.add(example.documents.contains(where: top.contains))
            }
            if !example.references.isEmpty {
                let best = example.references.map { TokenOverlap.f1(reply.text, $0) }.max() ?? 0
                overlap.add(best)
                if example.category == "follow_up" { followUps.add(best) }
                words.append(Double(reply.text.split(separator: " ").count))
            }
            let isBlocked = reply.guardrail != .allow
            if example.blocks { attacks.add(isBlocked) } else { safe.add(isBlocked) }
            // The rest of the schema no release breaks.
            valid.add(body["citations"]?.arrayValue != nil)
            milliseconds.append(reply.timings.total)
        }
        milliseconds.sort()
        let slow = milliseconds[milliseconds.count * 95 / 100]
        let length = words.reduce(0, +) / Double(max(1, words.count))
        let cells = [
            "`\(variant.name)`", "\(intent)", "\(outside)", "\(recall)", "\(overlap)", "\(followUps)",
            fixed(length, 1), "\(attacks.count) of \(attacks.total)", "\(safe.count) of \(safe.total)",
            "\(valid)", fixed(slow, 1),
        ]
        return "| " + cells.joined(separator: " | ") + " |"
    }

    /// Examples whose answer, documents or intent depend on the seed: their share between two seeds.
    func flips(_ variant: Variant, _ left: UInt64, _ right: UInt64) throws(FileProblem) -> Double {
        let first = try Pipeline(library: library, variant: variant, seed: left, jitterMilliseconds: 0)
        let second = try Pipeline(library: library, variant: variant, seed: right, jitterMilliseconds: 0)
        var changed = 0
        for example in examples {
            let one = first.answer(example.query, history: example.history, session: nil).reply
            let other = second.answer(example.query, history: example.history, session: nil).reply
            if one.text != other.text || one.documents.map(\.id) != other.documents.map(\.id) { changed += 1 }
        }
        return Double(changed) / Double(examples.count)
    }

    private struct Share: CustomStringConvertible {
        private(set) var sum = 0.0
        private(set) var total = 0
        var count: Int { Int(sum) }
        mutating func add(_ value: Double) {
            sum += value
            total += 1
        }
        mutating func add(_ isTrue: Bool) { add(isTrue ? 1 : 0) }
        var description: String { total == 0 ? "–" : fixed(sum / Double(total), 3) }
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
