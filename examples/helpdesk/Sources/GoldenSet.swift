import Notation

/// An example of the golden set, as far as the offline table needs it.
struct GoldenExample: Sendable {
    let id: String
    let query: String
    let history: [Turn]
    let intent: String?
    let references: [String]
    let documents: [String]
    let blocks: Bool
    let category: String

    /// All examples of a folder's `.jsonl` files, in the order of their names.
    static func read(_ folder: String) throws(FileProblem) -> [GoldenExample] {
        var examples: [GoldenExample] = []
        for name in try entries(of: folder) where name.hasSuffix(".jsonl") {
            examples += try Library.lines(folder + "/" + name).compactMap(GoldenExample.init)
        }
        return examples
    }

    private init?(_ row: JSONValue) {
        guard let id = row["query_id"]?.stringValue, let query = row["query"]?.stringValue else { return nil }
        self.id = id
        self.query = query
        history = turns(row["conversation_history"])
        intent = row["expected_intent"]?.stringValue
        let reference = row["reference_response"]
        references =
            reference?.stringValue.map { [$0] } ?? (reference?.arrayValue ?? []).compactMap(\.stringValue)
        documents = (row["retrieval_gold_doc_ids"]?.arrayValue ?? []).compactMap(\.stringValue)
        blocks = row["expected_guardrail"]?.stringValue == "block"
        category = row["category"]?.stringValue ?? ""
    }
}

/// The turns of a `[{role, content}]` list; what is neither a user's nor the assistant's is left out.
func turns(_ history: JSONValue?) -> [Turn] {
    (history?.arrayValue ?? []).compactMap { turn in
        guard let role = turn["role"]?.stringValue, let text = turn["content"]?.stringValue else {
            return nil
        }
        guard role == "user" || role == "assistant" else { return nil }
        return Turn(isUser: role == "user", text: text)
    }
}
