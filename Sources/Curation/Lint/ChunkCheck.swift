import Domain

/// Whether the index holds what is to be found: gold spans whole in a chunk, gold documents by their ids.
struct ChunkCheck: LintCheck {
    private struct Place: Sendable, Hashable {
        let source: String
        let page: Int?
    }

    private var search = ChunkSearch()
    /// Rows of the spans with a text, by the number that the search gives them.
    private var spanRows: [Int32] = []
    /// First row, and how many rows, that name a place or an id.
    private var places: [Place: (row: Int32, count: Int32)] = [:]
    private var ids: [String: (row: Int32, count: Int32)] = [:]
    private var chunks = 0

    mutating func note(_ example: Example, _ row: Int, _ log: inout FindingLog) {
        for span in example.goldSpans ?? [] {
            if let text = span.text, search.add(text) != nil {
                spanRows.append(Int32(row))
            } else {
                let place = Place(source: span.source, page: span.page)
                places[place, default: (Int32(row), 0)].count += 1
            }
        }
        for id in example.goldDocuments ?? [] { ids[id, default: (Int32(row), 0)].count += 1 }
    }

    /// Takes a chunk of the index; what it holds is no longer missing.
    mutating func take(_ chunk: RetrievedDocument) {
        chunks += 1
        if let text = chunk.text { search.look(in: text) }
        ids[chunk.id] = nil
        guard !places.isEmpty else { return }
        for source in [chunk.source, chunk.id].compactMap({ $0 }) {
            places[Place(source: source, page: nil)] = nil
            if let page = chunk.page { places[Place(source: source, page: page)] = nil }
        }
    }

    func finish(_ set: LintedSet, _ log: inout FindingLog) throws(StoreError) {
        if chunks == 0 { return }
        for (number, row) in spanRows.enumerated() where !search.isFound[number] {
            let example = try set.examples.example(Int(row))
            let span = (example.goldSpans ?? []).first { $0.text != nil }
            let source = span.map { " of \(quoted($0.source))" } ?? ""
            log.add(
                .error, .missingSpan, example,
                "a gold span\(source) is whole in none of \(counted(chunks, "chunk"))",
                mend:
                    "cut with more overlap or along paragraphs, or correct the span: until then no retriever "
                    + "finds it")
        }
        let missingPlaces = places.sorted { left, right in
            (left.value.row, left.key.source, left.key.page ?? 0)
                < (right.value.row, right.key.source, right.key.page ?? 0)
        }
        for (place, found) in missingPlaces {
            let example = try set.examples.example(Int(found.row))
            let page = place.page.map { " page \($0)" } ?? ""
            log.add(
                .error, .missingSpan, example,
                "no chunk is of its gold source \(quoted(place.source))\(page)" + more(found.count),
                mend: "index the source, or correct the span")
        }
        for (id, found) in ids.sorted(by: { ($0.value.row, $0.key) < ($1.value.row, $1.key) }) {
            let example = try set.examples.example(Int(found.row))
            log.add(
                .error, .unindexedDocument, example,
                "no chunk has the id of its gold document \(quoted(id))" + more(found.count),
                mend: "index it, or name the document that took its place; spans survive a change of chunking"
            )
        }
    }

    private func more(_ count: Int32) -> String {
        count > 1 ? ", nor for \(Curation.counted(Int(count) - 1, "other example"))" : ""
    }
}
