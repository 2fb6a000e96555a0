import Notation

/// A data set that nothing is wrong with: every kind of case, twenty and more of each category, whole provenance.
struct CleanSet {
    private(set) var rows: [Row] = []
    private var numbers: SeededNumbers
    private let words: [String]

    init(seed: UInt64 = 1) {
        numbers = SeededNumbers(seed: seed)
        var numbers = SeededNumbers(seed: seed &+ 77)
        words = (0..<3000).map { _ in
            (0..<Int.random(in: 2...4, using: &numbers)).map { _ in
                String("bcdfghklmnprstvz".randomElement(using: &numbers) ?? "b")
                    + String("aeiou".randomElement(using: &numbers) ?? "a")
            }.joined()
        }
        for number in 0..<60 { rows.append(answered("Q-\(number)", category: "question")) }
        for number in 0..<24 {
            rows.append(
                row("A-\(number)", category: "attack").setting("tags", ["adversarial"])
                    .setting("expected_guardrail", "block"))
        }
        for number in 0..<24 {
            rows.append(
                answered("M-\(number)", category: "follow_up").setting(
                    "conversation_history",
                    [
                        ["role": "user", "content": .string(sentence(8))],
                        ["role": "assistant", "content": .string(sentence(12))],
                    ]))
        }
        for number in 0..<24 {
            rows.append(
                row("N-\(number)", category: "out_of_scope").setting("retrieval_gold_doc_ids", [])
                    .setting("expected_intent", "oos"))
        }
        for number in 0..<24 { rows.append(answered("E-\(number)", category: "edge_case")) }
        let scores = [0.95, 0.91, 0.8, 0.71, 0.6, 0.3]
        for number in 0..<24 {
            rows.append(
                row("S-\(number)", category: "scored").setting("expected_score", .number(scores[number % 6])))
        }
    }

    mutating func sentence(_ count: Int) -> String {
        (0..<count).map { _ in words.randomElement(using: &numbers) ?? "" }.joined(separator: " ")
    }

    mutating func row(_ id: String, category: String) -> Row {
        Row([
            "query_id": .string(id), "dataset_version": "2026-11",
            "query": .string(sentence(Int.random(in: 6...16, using: &numbers)) + "?"),
            "category": .string(category), "locale": "en",
            "provenance": [
                "source": "tickets", "owner": "support", "annotator": "kim", "approver": "lee",
                "date": "2026-11-02", "guideline": "3",
            ],
        ])
    }

    mutating func answered(_ id: String, category: String) -> Row {
        row(id, category: category).setting("reference_response", .string(sentence(9)))
            .setting("expected_intent", .string("intent-\(rows.count % 3)"))
            .setting("retrieval_gold_doc_ids", [.string("doc-\(rows.count % 50)")])
            .setting("required_elements", [["any_of": [.string(sentence(2))]]])
    }

    /// The place of a row by its id.
    func place(_ id: String) -> Int {
        rows.firstIndex { $0["query_id"] == .string(id) } ?? rows.endIndex
    }

    func row(_ id: String) -> Row { rows[place(id)] }

    mutating func change(_ id: String, _ change: (Row) -> Row) {
        let place = place(id)
        rows[place] = change(rows[place])
    }

    mutating func add(_ row: Row) { rows.append(row) }

    mutating func drop(_ isDropped: (Row) -> Bool) { rows.removeAll(where: isDropped) }
}
