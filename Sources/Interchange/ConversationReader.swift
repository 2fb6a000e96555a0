import Domain
import Notation

/// Reads a conversation in the forms people write it.
///
/// A list of `{role, content}`, of texts that alternate from the user on, of `[user, assistant]` pairs, or of
/// `{user, assistant}` objects. A content may be a text or OpenAI's list of parts, of which the texts are
/// joined.
enum ConversationReader {
    struct Problem: Error {
        let cause: String
        /// Which element, from 0; nil: the list itself.
        let element: Int?
    }

    static func messages(_ value: JSONValue) throws(Problem) -> [Message] {
        guard let turns = value.arrayValue else {
            throw Problem(cause: "a conversation is a list, not \(withArticle(value.typeName))", element: nil)
        }
        var messages: [Message] = []
        for (index, turn) in turns.enumerated() {
            switch turn {
            case .string(let text):
                messages.append(
                    Message(role: messages.count.isMultiple(of: 2) ? .user : .assistant, content: text))
            case .array(let pair):
                guard pair.count == 2, let user = pair[0].stringValue, let assistant = pair[1].stringValue
                else {
                    throw Problem(cause: "a pair is [user's text, assistant's text]", element: index)
                }
                messages.append(Message(role: .user, content: user))
                messages.append(Message(role: .assistant, content: assistant))
            case .object(let object):
                messages += try read(object, at: index)
            default:
                throw Problem(
                    cause: "a turn is a text or {role, content}, not \(withArticle(turn.typeName))",
                    element: index)
            }
        }
        return messages
    }

    private static func read(_ object: JSONObject, at index: Int) throws(Problem) -> [Message] {
        if let roleValue = object["role"] ?? object["from"] ?? object["speaker"] {
            guard let name = roleValue.stringValue, let role = roles[DatasetField.normalised(name)] else {
                throw Problem(
                    cause: "the turn's role is none of system, user, assistant and tool", element: index)
            }
            guard let content = object["content"] ?? object["text"] ?? object["message"] ?? object["value"]
            else {
                throw Problem(cause: "the turn has no 'content'", element: index)
            }
            guard let text = text(of: content) else {
                throw Problem(
                    cause: "the turn's content is \(withArticle(content.typeName)), not a text",
                    element: index)
            }
            return [Message(role: role, content: text)]
        }
        var messages: [Message] = []
        if let user = (object["user"] ?? object["question"])?.stringValue {
            messages.append(Message(role: .user, content: user))
        }
        if let assistant = (object["assistant"] ?? object["answer"])?.stringValue {
            messages.append(Message(role: .assistant, content: assistant))
        }
        if messages.isEmpty { throw Problem(cause: "the turn has no 'role'", element: index) }
        return messages
    }

    /// A text, or the texts of a list of parts; null is the empty content of a turn that only calls tools.
    static func text(of content: JSONValue) -> String? {
        switch content {
        case .string(let text): return text
        case .null: return ""
        case .array(let parts):
            var joined = ""
            for part in parts {
                if let text = part.stringValue ?? part["text"]?.stringValue { joined += text }
            }
            return joined
        default: return nil
        }
    }

    private static let roles: [String: Message.Role] = [
        "system": .system, "developer": .system, "user": .user, "human": .user, "customer": .user,
        "assistant": .assistant, "ai": .assistant, "bot": .assistant, "model": .assistant,
        "agent": .assistant,
        "gpt": .assistant, "tool": .tool, "function": .tool,
    ]
}
