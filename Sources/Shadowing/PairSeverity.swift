import Domain
import Text

/// How bad a pair is, and why, so that the worst are read first.
///
/// A candidate that fails where production answers weighs most, then a guardrail that lets through what it held back,
/// then one that holds back what it let through, another status, another intent, the shape of the body, documents,
/// words. What is the same weighs nothing.
struct PairSeverity {
    private(set) var severity = 0.0
    private(set) var reasons: [String] = []

    init(_ before: SideLook, _ after: SideLook, _ difference: JSONDifference?) {
        if before.side.isError != after.side.isError {
            let why = after.side.failure ?? before.side.failure
            let words = why.map { " (\($0.kind.rawValue))" } ?? ""
            add(
                after.side.isError ? 1000 : 150,
                after.side.isError ? "fails\(words)" : "no longer fails\(words)")
        }
        if let old = before.blocks, let new = after.blocks, old != new {
            add(old ? 700 : 500, old ? "guardrail lets through" : "guardrail blocks")
        }
        if before.side.status != after.side.status, let old = before.status, let new = after.status {
            add(300, "status \(old) → \(new)")
        }
        if let old = before.answer?.intent, let new = after.answer?.intent, old != new {
            add(200, "intent \(Prose.line(old, most: 40)) → \(Prose.line(new, most: 40))")
        }
        addShape(difference)
        addTools(before, after)
        if let overlap = Overlap.documents.of(before, after), overlap < 1 {
            add(60 * (1 - overlap), "documents: \(Numbers.percent(overlap, 0)) in common")
        } else if let overlap = Overlap.ranking.of(before, after), overlap < 1 - 1e-9 {
            add(20 * (1 - overlap), "documents in another order")
        }
        if let overlap = Overlap.words.of(before, after), overlap < 1 {
            add(100 * (1 - overlap), "text: \(Numbers.percent(overlap, 0)) of words in common")
        }
        if let old = before.look?.form, let new = after.look?.form, old != new {
            add(30, "text is \(new.rawValue), was \(old.rawValue)")
        }
    }

    private mutating func addShape(_ difference: JSONDifference?) {
        guard let difference else { return }
        // Other values are noise for the most part: times, ids, counts.
        let shape: [FieldChange.Kind] = [.type, .missing, .extra]
        var seen: Set<String> = []
        for change in difference.changes where shape.contains(change.kind) {
            guard seen.insert(change.path + change.kind.rawValue).inserted, seen.count <= 5 else { continue }
            let weight = change.kind == .extra ? 10.0 : 40
            add(weight, "\(change.kind.rawValue) \(Prose.line(change.path, most: 60))")
        }
    }

    private mutating func addTools(_ before: SideLook, _ after: SideLook) {
        guard let old = before.answer?.tools, let new = after.answer?.tools, old != new else { return }
        let names = { (calls: [ToolCall]) in
            calls.isEmpty ? "none" : Prose.line(calls.map(\.name).joined(separator: ", "), most: 40)
        }
        if old.map(\.name) == new.map(\.name) {
            add(50, "tool arguments")
        } else {
            add(120, "tools \(names(old)) → \(names(new))")
        }
    }

    private mutating func add(_ weight: Double, _ reason: String) {
        severity += weight
        reasons.append(reason)
    }

    private static let mostText = 4_000
    private static let mostChanges = 16

    func shown(
        _ pair: ShadowPair, _ before: SideLook, _ after: SideLook, _ difference: JSONDifference?
    ) -> ShownPair {
        let changes = (difference?.changes ?? []).sorted { ($0.kind, $0.path) < ($1.kind, $1.path) }
        return ShownPair(
            id: pair.id, key: pair.key, query: cut(pair.query), route: cut(pair.route), slices: pair.slices,
            production: side(before), candidate: side(after), reasons: reasons,
            changes: Array(changes.prefix(Self.mostChanges)),
            furtherChanges: max(0, changes.count - Self.mostChanges), severity: severity)
    }

    private func cut(_ text: String) -> String { String(text.unicodeScalars.prefix(Self.mostText)) }

    private func side(_ look: SideLook) -> ShownPair.Side {
        let guardrail = look.answer?.guardrail.map { decision in
            decision.reason.map { "\(decision.outcome.rawValue): \(cut($0))" } ?? decision.outcome.rawValue
        }
        var failure: String?
        if let found = look.side.failure {
            failure = found.kind.rawValue + (found.detail.map { ": " + cut($0) } ?? "")
        } else if case .failed(let found) = look.side.outcome {
            failure = "\(found.cause.rawValue): \(cut(found.detail))"
        }
        return ShownPair.Side(
            status: look.side.status, text: look.answer?.text.map(cut), intent: look.answer?.intent,
            guardrail: guardrail, documents: look.answer?.documents, failure: failure,
            latencyMilliseconds: look.answer?.latencyMilliseconds)
    }
}
