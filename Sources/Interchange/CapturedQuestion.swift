import Domain
import Notation

/// What a captured request asked, read back from its body.
///
/// Where the policy has a template, from the places in which it puts the question; else from where apps usually take
/// it: the last user's turn of a chat, or a member named `query`, `question`, `input` and the like.
public struct CapturedQuestion: Sendable {
    public let query: String
    /// Turns before it, oldest first.
    public let history: [Message]

    private static let names = [
        "query", "question", "input", "message", "prompt", "text", "user_input", "q", "content", "utterance",
    ]

    /// Nil where the body holds no question that can be told.
    public init?(_ body: JSONValue, template: JSONValue? = nil) {
        if let template, let found = Self.find("${input.query}", in: template, body),
            let text = found.stringValue
        {
            query = text
            history = Self.find("${input.history}", in: template, body).map(Self.turns) ?? []
            return
        }
        if let turns = body["messages"] ?? body["conversation"] {
            let messages = Self.turns(turns)
            if let last = messages.lastIndex(where: { $0.role == .user }) {
                query = messages[last].content
                history = Array(messages[..<last])
                return
            }
        }
        for name in Self.names {
            guard let text = body[name]?.stringValue else { continue }
            query = text
            history = body["history"].map(Self.turns) ?? []
            return
        }
        if case .string(let text) = body {
            query = text
            history = []
            return
        }
        return nil
    }

    private static func turns(_ value: JSONValue) -> [Message] {
        (try? ConversationReader.messages(value)) ?? []
    }

    /// What stands in the body where the template has that placeholder alone.
    private static func find(_ placeholder: String, in template: JSONValue, _ body: JSONValue) -> JSONValue? {
        switch template {
        case .string(let text):
            // Spelled out: a bare nil beside a value would be JSON's null.
            guard text == placeholder else { return Optional<JSONValue>.none }
            return body
        case .object(let object):
            for member in object.members {
                guard let inside = body[member.key] else { continue }
                if let found = find(placeholder, in: member.value, inside) { return found }
            }
            return nil
        case .array(let elements):
            for (index, element) in elements.enumerated() {
                guard let inside = body[index] else { continue }
                if let found = find(placeholder, in: element, inside) { return found }
            }
            return nil
        default: return nil
        }
    }
}
