import Domain
import Glibc
import Text

/// What was retrieved, held against the example's gold documents or gold spans.
///
/// Gold is told by source span where the example has spans and every retrieved document shows a text, or a
/// source and page; else by document id. A span is in a document whose text contains the span's, white space
/// folded, or which is cut from the same source and page. A document that repeats an earlier one's id is
/// never relevant again.
struct Ranking: Sendable {
    enum State: Sendable {
        case ranked
        /// The example names no gold, or says that nothing should be found.
        case noGold
        /// The app shows no documents, or none that spans can be told from.
        case unknown(String)
    }

    let state: State
    /// For each rank, whether its document is relevant.
    let relevant: [Bool]
    /// For each rank, how many gold items are first found there.
    let found: [Int]
    let goldCount: Int

    init(example: Example, documents: [RetrievedDocument]?) {
        let ids = example.goldDocuments ?? []
        let spans = example.goldSpans ?? []
        guard !ids.isEmpty || !spans.isEmpty else {
            self.init(.noGold)
            return
        }
        guard let documents else {
            self.init(.unknown("documents"))
            return
        }
        let showsSpans = documents.allSatisfy { $0.text != nil || ($0.source != nil && $0.page != nil) }
        if !spans.isEmpty && (showsSpans || ids.isEmpty) {
            guard showsSpans else {
                self.init(.unknown("text, nor source and page, of its documents to find gold spans in"))
                return
            }
            self.init(spans: spans, documents: documents)
        } else {
            self.init(ids: ids, documents: documents)
        }
    }

    private init(_ state: State) {
        self.state = state
        relevant = []
        found = []
        goldCount = 0
    }

    private init(ids: [String], documents: [RetrievedDocument]) {
        var open = Set(ids)
        goldCount = open.count
        let hits = documents.map { open.remove($0.id) != nil }
        relevant = hits
        found = hits.map { $0 ? 1 : 0 }
        state = .ranked
    }

    private init(spans: [SourceSpan], documents: [RetrievedDocument]) {
        let golds = spans.map { span in (span, text: span.text.map(foldingSpace)) }
        var open = Set(spans.indices)
        var seen: Set<String> = []
        var relevant: [Bool] = []
        var found: [Int] = []
        for document in documents {
            var holds = false
            var fresh = 0
            if seen.insert(document.id).inserted {
                let text = document.text.map(foldingSpace)
                for (index, gold) in golds.enumerated() where Self.holds(document, text, gold.0, gold.text) {
                    holds = true
                    if open.remove(index) != nil { fresh += 1 }
                }
            }
            relevant.append(holds)
            found.append(fresh)
        }
        self.relevant = relevant
        self.found = found
        goldCount = spans.count
        state = .ranked
    }

    private static func holds(
        _ document: RetrievedDocument, _ text: String?, _ span: SourceSpan, _ wanted: String?
    ) -> Bool {
        if let text, let wanted, !wanted.isEmpty { return contains(text, wanted) }
        guard let source = document.source, source == span.source else { return false }
        return span.page == nil || document.page == span.page
    }

    /// Gold items found in the first `k` ranks.
    func foundCount(_ k: Int) -> Int { found.prefix(k).reduce(0, +) }

    /// Relevant documents in the first `k` ranks.
    func relevantCount(_ k: Int) -> Int {
        var count = 0
        for hit in relevant.prefix(k) where hit { count += 1 }
        return count
    }

    /// The precision at each gold item's rank, averaged over all gold items.
    var averagePrecision: Double {
        var seen = 0
        var sum = 0.0
        for rank in relevant.indices {
            if relevant[rank] { seen += 1 }
            if found[rank] > 0 { sum += Double(found[rank]) * Double(seen) / Double(rank + 1) }
        }
        return sum / Double(goldCount)
    }

    /// nDCG of the first `k`.
    func discountedGain(_ k: Int) -> Double {
        var gain = 0.0
        for rank in found.prefix(k).indices where found[rank] > 0 {
            gain += Double(found[rank]) / log2(Double(rank + 2))
        }
        var ideal = 0.0
        for rank in 0..<min(k, goldCount) { ideal += 1 / log2(Double(rank + 2)) }
        return min(1, gain / ideal)
    }
}
