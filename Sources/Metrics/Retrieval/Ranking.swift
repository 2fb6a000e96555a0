import Domain
import Glibc
import Text

/// What was retrieved, held against the example's gold documents or gold spans.
///
/// Gold is told by source span where the example has spans and every retrieved document shows a text, or a
/// source and page; else by document id. A span is in a document whose text contains the span's, white space
/// folded, or which is cut from the same source and page. A span without a text is a place: it is in a
/// document whose source it names, or whose id, and whose page is its own where it has one. A document that
/// repeats an earlier one's id is never relevant again.
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
    /// For each rank, whether it holds something that should be retrieved, however often that was found before:
    /// several chunks of one document are all of them relevant.
    let holding: [Bool]
    /// For each rank, how many gold items are first found there.
    let found: [Int]
    let goldCount: Int
    /// The same with grades, for measures that ask for judgements.
    let judged: JudgedRanking
    /// Whether some document is of a grade above 1.
    private var isGraded: Bool { judged.documents.count > 2 }

    /// - Parameter unnamed: Whether the answer's documents could not all be read, so that one may go by its
    ///   rank (`#2`) for want of an id.
    init(example: Example, documents: [RetrievedDocument]?, unnamed: Bool = false) {
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
        let isNamed = !unnamed || documents.enumerated().allSatisfy { $1.id != "#\($0 + 1)" }
        let wanted = Wanted(spans)
        if !spans.isEmpty && (ids.isEmpty || documents.allSatisfy { wanted.isShown(by: $0, names: false) }) {
            guard documents.allSatisfy({ wanted.isShown(by: $0, names: isNamed) }) else {
                self.init(.unknown(wanted.words + " of its documents to find gold spans in"))
                return
            }
            self.init(spans: spans, documents: documents)
        } else if isNamed {
            self.init(ids: ids, documents: documents, example.relevance)
        } else {
            self.init(.unknown("id of some of its documents"))
        }
    }

    /// What documents must show for gold spans to be told from them.
    private struct Wanted {
        /// Spans with a text: a text, or a source and page.
        var text = false
        /// Spans that are a place alone: a source, or an id that may be its name.
        var place = false
        /// Sources of places with a page: a page, where the document is of that source.
        var paged: Set<String> = []

        init(_ spans: [SourceSpan]) {
            for span in spans {
                if span.text?.isEmpty == false {
                    text = true
                } else {
                    place = true
                    if span.page != nil { paged.insert(span.source) }
                }
            }
        }

        func isShown(by document: RetrievedDocument, names: Bool) -> Bool {
            if text, document.text == nil, document.source == nil || document.page == nil { return false }
            if document.page == nil, !paged.isEmpty, paged.contains(document.source ?? document.id) {
                return false
            }
            return !place || document.source != nil || names
        }

        var words: String {
            if text { return "text, nor source and page," }
            return paged.isEmpty ? "source and no id" : "source and page, or no id,"
        }
    }

    private init(_ state: State) {
        self.state = state
        relevant = []
        holding = []
        found = []
        goldCount = 0
        judged = JudgedRanking(grades: [], documents: [])
    }

    private init(ids: [String], documents: [RetrievedDocument], _ grades: [RelevanceGrade]?) {
        var open = Set(ids)
        goldCount = open.count
        holding = documents.map { ids.contains($0.id) }
        let hits = documents.map { open.remove($0.id) != nil }
        relevant = hits
        found = hits.map { $0 ? 1 : 0 }
        state = .ranked
        judged = Self.judged(documents, grades ?? Set(ids).map { RelevanceGrade(id: $0, grade: 1) })
    }

    /// A document that repeats an earlier one's id is taken as never judged, and so never relevant again.
    private static func judged(
        _ documents: [RetrievedDocument], _ grades: [RelevanceGrade]
    ) -> JudgedRanking {
        var open: [String: Int] = [:]
        for grade in grades { open[grade.id] = max(grade.grade, open[grade.id] ?? -1) }
        var levels: [Int] = []
        for grade in open.values where grade >= 0 {
            while levels.count <= grade { levels.append(0) }
            levels[grade] += 1
        }
        let ranked = documents.map { document -> Int32 in
            guard let grade = open.removeValue(forKey: document.id) else { return JudgedRanking.outside }
            return grade < 0 ? JudgedRanking.unjudged : Int32(grade)
        }
        return JudgedRanking(grades: ranked, documents: levels)
    }

    private init(spans: [SourceSpan], documents: [RetrievedDocument]) {
        let golds = spans.map { span in (span, text: span.text.map(foldingSpace)) }
        var open = Set(spans.indices)
        var seen: Set<String> = []
        var relevant: [Bool] = []
        var holding: [Bool] = []
        var found: [Int] = []
        for document in documents {
            let text = document.text.map(foldingSpace)
            let isNew = seen.insert(document.id).inserted
            var holds = false
            var fresh = 0
            for (index, gold) in golds.enumerated() where Self.holds(document, text, gold.0, gold.text) {
                holds = true
                if isNew, open.remove(index) != nil { fresh += 1 }
            }
            holding.append(holds)
            relevant.append(holds && isNew)
            found.append(fresh)
        }
        self.relevant = relevant
        self.holding = holding
        self.found = found
        goldCount = spans.count
        state = .ranked
        judged = JudgedRanking(
            grades: zip(relevant, found).map { $0 && $1 > 0 ? 1 : $0 ? 0 : JudgedRanking.outside },
            documents: [0, spans.count])
    }

    private static func holds(
        _ document: RetrievedDocument, _ text: String?, _ span: SourceSpan, _ wanted: String?
    ) -> Bool {
        if let text, let wanted, !wanted.isEmpty { return contains(text, wanted) }
        // Retrievers that name their documents after the sources show no source beside the id.
        let isPlace = wanted?.isEmpty ?? true
        guard document.source == span.source || (isPlace && document.id == span.source) else { return false }
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

    /// nDCG of the first `k`; by grades where the example has them.
    func discountedGain(_ k: Int) -> Double {
        if isGraded { return judged.normalizedGain(k) }
        var gain = 0.0
        for rank in found.prefix(k).indices where found[rank] > 0 {
            gain += Double(found[rank]) / log2(Double(rank + 2))
        }
        var ideal = 0.0
        for rank in 0..<min(k, goldCount) { ideal += 1 / log2(Double(rank + 2)) }
        return min(1, gain / ideal)
    }
}
