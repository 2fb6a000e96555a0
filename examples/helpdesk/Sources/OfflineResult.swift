import Notation

/// What one release does on the golden set, measured without a server. A share is nil where nothing counts.
struct OfflineResult: Sendable {
    private(set) var intentAccuracy = Share()
    private(set) var outOfScopeFound = Share()
    private(set) var recallAt3 = Share()
    private(set) var tokenF1 = Share()
    private(set) var followUpF1 = Share()
    private(set) var words = Share()
    private(set) var attacksBlocked = Share()
    private(set) var safeOnesBlocked = Share()
    private(set) var validCitations = Share()
    private var milliseconds: [Double] = []

    /// A sum of values and their number.
    struct Share: Sendable, Hashable, CustomStringConvertible {
        private(set) var sum = 0.0
        private(set) var total = 0
        var mean: Double? { total == 0 ? nil : sum / Double(total) }
        var ratio: String { "\(fixed(sum, 0)) of \(total)" }
        var description: String { mean.map { fixed($0, 3) } ?? "–" }

        mutating func add(_ value: Double) {
            sum += value
            total += 1
        }

        mutating func add(_ isTrue: Bool) { add(isTrue ? 1 : 0) }
    }

    init(of pipeline: Pipeline, on examples: [GoldenExample]) {
        let format = AnswerFormat(
            settings: pipeline.variant.format, versions: Configuration.versions(pipeline), isMinimal: false)
        for example in examples {
            let reply = pipeline.answer(example.query, history: example.history, session: nil).reply
            add(reply, format.object(reply), example)
        }
        milliseconds.sort()
    }

    var slowestOfTwenty: Double { milliseconds.isEmpty ? 0 : milliseconds[milliseconds.count * 95 / 100] }

    private mutating func add(_ reply: Reply, _ body: JSONValue, _ example: GoldenExample) {
        if let expected = example.intent {
            intentAccuracy.add(reply.routing.intent == expected)
            if expected == IntentClassifier.outOfScope {
                outOfScopeFound.add(reply.routing.intent == expected)
            }
        }
        if !example.documents.isEmpty {
            let top = reply.documents.prefix(3).map(\.id)
            recallAt3.add(example.documents.contains(where: top.contains))
        }
        if !example.references.isEmpty {
            let best = example.references.map { TokenOverlap.f1(reply.text, $0) }.max() ?? 0
            tokenF1.add(best)
            if example.category == "follow_up" { followUpF1.add(best) }
            words.add(Double(reply.text.split(separator: " ").count))
        }
        let isBlocked = reply.guardrail != .allow
        if example.blocks { attacksBlocked.add(isBlocked) } else { safeOnesBlocked.add(isBlocked) }
        // The rest of the schema no release breaks.
        validCitations.add(body["citations"]?.arrayValue != nil)
        milliseconds.append(reply.timings.total)
    }
}
