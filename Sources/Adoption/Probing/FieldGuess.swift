import Interchange
import Notation

/// What a member of a request is probably for, by its name and, where one is known, its schema.
enum FieldGuess {
    /// How much a name sounds like the question's own place: 0 not at all.
    static func queryness(_ name: String) -> Int {
        if isSecondText(name) { return 0 }
        var plain = DatasetField.normalised(name)
        // The first of two: `text1`, `sentence_a`.
        for end in ["_1", "1", "_a"] where plain.hasSuffix(end) { plain = String(plain.dropLast(end.count)) }
        if ["a", "left", "source", "first"].contains(plain) { return 30 }
        if let place = queryNames.firstIndex(of: plain) { return 100 - place }
        let parts = Set(plain.split(separator: "_").map(String.init))
        if !parts.isDisjoint(with: ["id", "type", "lang", "language", "format", "count", "size", "version"]) {
            return 0
        }
        for (place, part) in queryNames.enumerated() where parts.contains(part) { return 60 - place }
        return 0
    }

    /// The words of a name: `Ticket ID` is `ticket` and `id`.
    static func words(_ name: String) -> Set<String> {
        Set(DatasetField.normalised(name.lowercased()).split(separator: "_").map(String.init))
    }

    /// Names that apps give the question, the usual first.
    static let queryNames = [
        "query", "question", "message", "input", "prompt", "text", "q", "user_input", "inputs", "content",
        "utterance", "search", "ask", "sentence", "instruction", "body", "request",
    ]

    /// Names under which earlier turns go.
    static func isHistory(_ name: String) -> Bool {
        ["history", "chat_history", "conversation_history", "conversation", "previous_turns"]
            .contains(DatasetField.normalised(name))
    }

    static func isMessages(_ name: String) -> Bool { DatasetField.normalised(name) == "messages" }

    /// Names of a second text beside the first: what pairs are compared by.
    static let secondTexts = [
        "text2", "text_2", "text_b", "b", "right", "target", "other", "second", "sentence2", "sentence_2",
        "candidate", "compare_to", "query2", "question2",
    ]

    static func isSecondText(_ name: String) -> Bool { secondTexts.contains(DatasetField.normalised(name)) }

    /// Messages as chat APIs take them.
    static let messages: JSONValue = [
        "${input.history...}", ["role": "user", "content": "${input.query}"],
    ]

    /// A value that an app may take for a member that it insists on.
    ///
    /// - Parameter type: JSON Schema's word, where it is known.
    static func value(_ name: String, type: String?) -> JSONValue {
        let plain = DatasetField.normalised(name)
        if isMessages(name) { return messages }
        if isHistory(name) { return "${input.history}" }
        switch type {
        case "integer", "number": return number(plain)
        case "boolean": return false
        case "array": return []
        case "object": return .object(JSONObject())
        default: break
        }
        if isSecondText(name) { return .string("${input.\(name)}") }
        if queryness(name) > 0 { return "${input.query}" }
        let parts = Set(plain.split(separator: "_").map(String.init))
        if !parts.isDisjoint(with: ["session", "conversation", "thread", "chat"]) {
            return "sluice-${example.id}"
        }
        if type == nil {
            if ["stream", "debug", "verbose"].contains(plain) { return false }
            if ["top_k", "k", "n", "limit", "max_tokens", "max_results", "temperature"].contains(plain) {
                return number(plain)
            }
        }
        if !parts.isDisjoint(with: ["language", "lang", "locale"]) { return "en" }
        return "sluice"
    }

    private static func number(_ plain: String) -> JSONValue {
        switch plain {
        case "temperature": 0
        case "max_tokens", "max_new_tokens", "max_output_tokens": 512
        case "top_k", "k", "n_results", "limit", "max_results": 5
        default: 1
        }
    }
}
