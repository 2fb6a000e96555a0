import Notation

/// Anthropic's messages: blocks that start, grow by deltas, and stop; usage counts are totals, the last
/// holds.
struct AnthropicAssembly: StreamAssembly {
    private struct Block {
        let index: Int
        var value: JSONObject
        var text = ""
        var arguments = ""
    }

    private var message = JSONObject()
    private var usage = JSONObject()
    private var blocks: [Block] = []
    private(set) var isFinished = false

    mutating func take(_ event: JSONValue) -> Bool {
        switch event["type"]?.stringValue {
        case "message_start":
            message = event["message"]?.objectValue ?? JSONObject()
            usage.take(message["usage"]?.objectValue)
        case "content_block_start":
            let value = event["content_block"]?.objectValue ?? JSONObject()
            blocks.append(Block(index: event["index"]?.intValue ?? blocks.count, value: value))
            return value["type"] == "tool_use"
        case "content_block_delta":
            return takeDelta(event["delta"] ?? .null, event["index"]?.intValue)
        case "message_delta":
            message.take(event["delta"]?.objectValue)
            usage.take(event["usage"]?.objectValue)
        case "message_stop": isFinished = true
        default: break
        }
        return false
    }

    private mutating func takeDelta(_ delta: JSONValue, _ index: Int?) -> Bool {
        guard let slot = blocks.lastIndex(where: { index == nil || $0.index == index }) else { return false }
        switch delta["type"]?.stringValue {
        case "text_delta":
            let text = delta["text"]?.stringValue ?? ""
            blocks[slot].text += text
            return !text.isEmpty
        case "input_json_delta":
            blocks[slot].arguments += delta["partial_json"]?.stringValue ?? ""
            return true
        default: return false
        }
    }

    var body: JSONValue {
        var body = message
        body["role"] = body["role"] ?? "assistant"
        var content: [JSONValue] = []
        for block in blocks {
            var value = block.value
            if value["type"] == "text" {
                value["text"] = .string((value["text"]?.stringValue ?? "") + block.text)
            }
            // Arguments that are no JSON stay the text they are, for the reader to name.
            if !block.arguments.isEmpty {
                value["input"] = (try? JSONValue.parse(block.arguments)) ?? .string(block.arguments)
            }
            content.append(.object(value))
        }
        body["content"] = .array(content)
        if !usage.isEmpty { body["usage"] = .object(usage) }
        return .object(body)
    }
}

/// Anthropic's legacy completions.
struct AnthropicTextAssembly: StreamAssembly {
    private var head = JSONObject()
    private var text = ""
    private(set) var isFinished = false

    mutating func take(_ event: JSONValue) -> Bool {
        guard let piece = event["completion"]?.stringValue else { return false }
        head.take(event.objectValue)
        text += piece
        if let reason = event["stop_reason"], !reason.isNull { isFinished = true }
        return !piece.isEmpty
    }

    var body: JSONValue {
        var body = head
        body["completion"] = .string(text)
        return .object(body)
    }
}

/// A stream of no known API: pieces of text, and JSON whose members are laid over one another, the last on
/// top.
struct PlainAssembly: StreamAssembly {
    private let pointer: JSONPointer?
    private var merged = JSONObject()
    private(set) var text: String?
    var isFinished: Bool { true }

    init(pointer: JSONPointer?) { self.pointer = pointer }

    mutating func take(_ event: JSONValue) -> Bool {
        var piece: String?
        switch event {
        case .object(let object):
            for member in object.members { merged[member.key] = member.value }
            piece = pointer?.value(in: event)?.stringValue
        // Data that is no JSON, or a JSON text, is a piece of the answer where no pointer says otherwise.
        case .string(let plain): if pointer == nil { piece = plain }
        default: break
        }
        guard let piece else { return false }
        text = (text ?? "") + piece
        return !piece.isEmpty
    }

    var body: JSONValue { .object(merged) }
}
