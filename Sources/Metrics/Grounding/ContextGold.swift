import Domain
import Text

/// How retrieved chunks are held against gold: the `id`, `text` or `embedding` of `context_recall[text]`.
enum ContextMatch: String, CaseIterable, Sendable { case id, text, embedding }

/// Retrieved chunks held against gold texts, which are those of the gold spans, else the references.
///
/// By text, a gold sentence is in a chunk where at least `threshold` of its words are (or, where the chunk is the shorter,
/// of the chunk's words in the sentence); by embedding, where one of the chunk's sentences has at least that cosine to
/// it.
struct ContextGold: Sendable {
    let statements: [Statement]
    let chunks: [Chunk]

    /// - Throws: the measurement, where there is nothing to compare.
    init(_ input: borrowing MeasureInput) throws(Chunk.Unshown) {
        let statements = Self.statements(input.example)
        if statements.isEmpty { throw Chunk.Unshown(.notExpected("gold span with a text, and no reference")) }
        guard let documents = input.answer?.documents else {
            throw Chunk.Unshown(input.notShown("documents"))
        }
        guard documents.allSatisfy({ $0.text != nil }) else {
            throw Chunk.Unshown(input.notShown("documents", "text of its documents"))
        }
        self.statements = statements
        chunks = documents.map { Chunk($0.text ?? "") }
    }

    static func statements(_ example: Example) -> [Statement] {
        let spans = (example.goldSpans ?? []).compactMap(\.text)
        return (spans.isEmpty ? example.references : spans).flatMap { Statement.all($0) }
    }

    /// Whether a gold sentence is in a chunk.
    func holds(
        _ chunk: Chunk, _ statement: Statement, _ match: ContextMatch, _ threshold: Double,
        _ models: ModelAnswers
    ) throws(ModelGap) -> Bool {
        switch match {
        case .id: return false
        case .text:
            let shared = Double(statement.words.count { chunk.words.contains($0) })
            let shorter = Double(min(statement.words.count, chunk.words.count))
            return shorter > 0 && shared / shorter >= threshold
        case .embedding:
            for sentence in chunk.statements {
                if try Meaning.cosine(statement.text, sentence.text, models) >= threshold { return true }
            }
            return false
        }
    }

    /// The texts whose vectors are compared.
    var texts: [String] {
        chunks.isEmpty ? [] : statements.map(\.text) + chunks.flatMap { $0.statements.map(\.text) }
    }

    static let parameter = MetricFamily.Parameter.value(
        words: "{ threshold: share of words for [text], cosine for [embedding] }")

    /// A metric of the comparison: `context_recall` or `context_precision`.
    static func define(
        _ request: MetricRequest, _ family: MetricFamily, byID: @escaping @Sendable (Ranking, Int) -> Double,
        _ score:
            @escaping @Sendable (ContextGold, (Chunk, Statement) throws(ModelGap) -> Bool) throws(ModelGap)
            -> Double
    ) throws(MetricProblem) -> MetricDefinition {
        let member = try MetricName(request.name).member ?? ""
        guard let match = ContextMatch(rawValue: member) else {
            throw MetricProblem(
                "'\(family.name)' is told by id, text or embedding, not by '\(member)'",
                suggestion:
                    "\(family.name)[\(nearest(member, in: ContextMatch.allCases.map(\.rawValue)) ?? "id")]")
        }
        if match == .id {
            _ = try MetricOptions(request, [])
            return .retrieval(request, family) { byID($0, $0.relevant.count) }
        }
        let options = try MetricOptions(request, ["threshold"])
        let threshold = try Meaning.threshold(options, default: match == .text ? 0.8 : 0.6)
        let need = MetricDefinition.ModelNeed(
            [.embedding], series: "\(request.name)/1 threshold \(threshold)"
        ) { input in
            guard let gold = try? ContextGold(input) else { return [] }
            return Meaning.requests(gold.texts)
        }
        return MetricDefinition(
            request, of: family, .share(.retrieval),
            whenAppFailed: .worst(0, where: "gold span with a text, and no reference") {
                !statements($0).isEmpty
            },
            models: match == .embedding ? need : nil,
            measure: { input in
                let gold: ContextGold
                do throws(Chunk.Unshown) { gold = try ContextGold(input) } catch { return error.measurement }
                if gold.chunks.isEmpty { return .value(0) }
                let models = input.models
                return Meaning.measured { () throws(ModelGap) in
                    .value(
                        try score(gold) { (chunk, statement) throws(ModelGap) in
                            try gold.holds(chunk, statement, match, threshold, models)
                        })
                }
            })
    }
}
