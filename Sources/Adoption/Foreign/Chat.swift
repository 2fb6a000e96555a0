import Domain
import Notation

/// Finds conversations and answers in the many forms in which frameworks log them: chat messages, parts, LangChain's
/// serialised objects, Gemini's contents, agents' inputs and outputs, and any of these as a text of JSON.
enum Chat {
    /// A logged conversation that nests deeper is none.
    private static let mostDepth = 12

    // MARK: Questions

    /// The turns of an input, oldest first; empty where nothing in it reads as one.
    static func turns(_ value: JSONValue) -> [Message] { turns(value, 0) }

    private static func turns(_ value: JSONValue, _ depth: Int) -> [Message] {
        guard depth < mostDepth else { return [] }
        switch value {
        case .string(let text):
            if let inner = structure(text) {
                let turns = turns(inner, depth + 1)
                if !turns.isEmpty { return turns }
            }
            return isBlank(text) ? [] : [Message(role: .user, content: text)]
        case .array(let elements):
            // LangChain logs a list of conversations; there is one of them.
            if elements.count == 1, elements[0].arrayValue != nil { return turns(elements[0], depth + 1) }
            let messages = elements.compactMap { message($0, depth + 1) }
            if !messages.isEmpty { return messages }
            if let text = joined(elements, depth + 1) { return [Message(role: .user, content: text)] }
            return []
        case .object(let object):
            if let message = message(value, depth + 1) { return [message] }
            return turns(inside: object, depth)
        default: return []
        }
    }

    /// Names under which inputs hold the conversation, the likeliest first.
    private static let inputNames = [
        "messages", "chat_history", "contents", "new_message", "prompt", "question", "query", "user_input",
        "user_message", "user_prompt", "input", "inputs", "content", "text", "message", "value", "topic",
    ]

    private static func turns(inside object: JSONObject, _ depth: Int) -> [Message] {
        var found: [Message] = []
        if let system = object["system"] ?? object["system_instruction"] ?? object["instructions"],
            let text = text(system, depth + 1), !isBlank(text)
        {
            found.append(Message(role: .system, content: text))
        }
        for name in inputNames {
            guard let inner = object[name] else { continue }
            let turns = turns(inner, depth + 1)
            if turns.contains(where: { $0.role == .user }) { return found + turns }
        }
        // A call's arguments.
        if let arguments = object["args"]?.arrayValue, let first = arguments.first {
            let turns = turns(first, depth + 1)
            if !turns.isEmpty { return found + turns }
        }
        if let kwargs = object["kwargs"]?.objectValue, !kwargs.isEmpty {
            return found + turns(inside: kwargs, depth + 1)
        }
        return []
    }

    /// A message: something with a role, or with LangChain's type.
    private static func message(_ value: JSONValue, _ depth: Int) -> Message? {
        guard depth < mostDepth, case .object(let object) = value else { return nil }
        // LangChain's serialised constructors keep the class in `id` and all else in `kwargs`.
        if object["lc"] != nil, let kwargs = object["kwargs"]?.objectValue {
            let name = object["id"]?.arrayValue?.last?.stringValue ?? ""
            guard let role = role(name.replacing("MessageChunk", with: "").replacing("Message", with: ""))
            else { return nil }
            return text(.object(kwargs), depth + 1).map { Message(role: role, content: $0) }
        }
        guard let name = (object["role"] ?? object["type"])?.stringValue, let role = role(name) else {
            return nil
        }
        guard let content = object["content"] ?? object["parts"] ?? object["text"] else { return nil }
        return Message(role: role, content: content.stringValue ?? text(content, depth + 1) ?? "")
    }

    private static func role(_ name: String) -> Message.Role? {
        switch name.lowercased() {
        case "user", "human": .user
        case "assistant", "ai", "model", "bot": .assistant
        case "system", "developer": .system
        case "tool", "function", "ipython": .tool
        default: nil
        }
    }

    // MARK: Answers

    /// What is logged may be a text of JSON, and that text quoted again; a text deeper within is the answer itself, which
    /// an app is free to write as JSON.
    private static let unwrapped = 2

    /// The text of an answer or of a content; nil where there is none.
    static func text(_ value: JSONValue) -> String? { text(value, 0) }

    /// Names under which outputs hold their text, the likeliest first.
    private static let outputNames = [
        "content", "parts", "text", "answer", "output", "response", "completion", "result", "output_text",
        "final_output", "generated_text", "return_values", "value", "reply", "raw", "data",
    ]

    private static func text(_ value: JSONValue, _ depth: Int) -> String? {
        guard depth < mostDepth else { return nil }
        switch value {
        case .string(let text):
            if depth < Self.unwrapped, let inner = structure(text) {
                if let found = self.text(inner, depth + 1) { return found }
                if !calls(inner).isEmpty { return nil }
            }
            return isBlank(text) ? nil : text
        case .integer, .number, .bool:
            return depth == 0 ? String(decoding: value.bytes(), as: UTF8.self) : nil
        case .array(let elements):
            // The last thing that an assistant said.
            if let said = elements.last(where: { message($0, depth + 1)?.role == .assistant }),
                let text = message(said, depth + 1)?.content, !isBlank(text)
            {
                return text
            }
            if elements.contains(where: { message($0, depth + 1) != nil }) { return nil }
            if elements.count == 1 || elements.allSatisfy({ $0.arrayValue != nil }) {
                return elements.first.flatMap { text($0, depth + 1) }
            }
            return joined(elements, depth + 1)
        case .object(let object): return text(of: object, depth)
        case .null: return nil
        }
    }

    private static func text(of object: JSONObject, _ depth: Int) -> String? {
        // Thoughts and calls are no answer.
        if let kind = object["type"]?.stringValue,
            ["thinking", "reasoning", "tool_use", "tool_call", "tool_result", "tool_call_response", "image"]
                .contains(kind)
        {
            return nil
        }
        if object["thought"] == true { return nil }
        if let choice = object["choices"]?.arrayValue?.first {
            return (choice["message"] ?? choice["delta"]).flatMap { text($0, depth + 1) }
                ?? choice["text"]?.stringValue
        }
        if let candidate = object["candidates"]?.arrayValue?.first { return text(candidate, depth + 1) }
        if let generations = object["generations"] { return text(generations, depth + 1) }
        if let messages = object["messages"]?.arrayValue { return text(.array(messages), depth + 1) }
        if object["lc"] != nil, let kwargs = object["kwargs"] { return text(kwargs, depth + 1) }
        for name in outputNames {
            guard let inner = object[name] else { continue }
            if let text = inner.stringValue, !isBlank(text) { return text }
            if let found = text(inner, depth + 1) { return found }
        }
        if let message = object["message"] { return text(message, depth + 1) }
        return nil
    }

    /// Parts of one content, in their order.
    private static func joined(_ parts: [JSONValue], _ depth: Int) -> String? {
        var out = ""
        for part in parts {
            guard let text = part.stringValue ?? text(part, depth) else { continue }
            out += out.isEmpty ? text : "\n" + text
        }
        return isBlank(out) ? nil : out
    }

    // MARK: Calls

    /// Calls of tools that a message or an answer names, as `{name, arguments}`.
    static func calls(_ value: JSONValue) -> [JSONValue] { calls(value, 0) }

    private static func calls(_ value: JSONValue, _ depth: Int) -> [JSONValue] {
        guard depth < mostDepth else { return [] }
        switch value {
        case .string(let text): return structure(text).map { calls($0, depth + 1) } ?? []
        case .array(let elements): return elements.flatMap { calls($0, depth + 1) }
        case .object(let object):
            if let list = object["tool_calls"]?.arrayValue, !list.isEmpty { return list.compactMap(call) }
            if let call = call(value) { return [call] }
            for name in ["additional_kwargs", "message", "choices", "messages", "content", "parts", "kwargs"]
            {
                if let inner = object[name] {
                    let found = calls(inner, depth + 1)
                    if !found.isEmpty { return found }
                }
            }
            return []
        default: return []
        }
    }

    /// One call in the forms of OpenAI, Anthropic, Gemini, LangChain, Inspect, the AI SDK and GenAI's convention.
    static func call(_ value: JSONValue) -> JSONValue? {
        let kind = value["type"]?.stringValue
        let inner =
            value["function"]?.objectValue.map { JSONValue.object($0) } ?? value["functionCall"]
            ?? value["function_call"] ?? value
        let isCall = ["function", "tool_use", "tool_call"].contains(kind ?? "")
        let named = inner["name"] ?? (value["function"]?.stringValue).map { .string($0) } ?? value["toolName"]
        guard let name = named?.stringValue, !name.isEmpty else { return nil }
        let given =
            inner["arguments"] ?? inner["args"] ?? inner["input_parameters"]
            ?? (isCall || value["toolName"] != nil ? inner["input"] : nil)
        guard isCall || given != nil else { return nil }
        var arguments = given ?? .object(JSONObject())
        if let text = arguments.stringValue, let read = ForeignRow.parsed(text) { arguments = read }
        return ["name": .string(name), "arguments": arguments]
    }

    // MARK: Help

    /// A value that a text holds as JSON.
    private static func structure(_ text: String) -> JSONValue? {
        guard let first = text.utf8.first(where: { $0 > 0x20 }) else { return nil }
        let opens = [UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "\"")].contains(first)
        return opens ? try? JSONValue.parse(text) : nil
    }

    private static func isBlank(_ text: String) -> Bool { !text.contains { !$0.isWhitespace } }
}
