import Notation

/// Puts the events of one API's stream together to the body that the same call without streaming returns.
protocol StreamAssembly: Sendable {
    /// Takes an event's JSON; returns whether it brought a piece of the answer (text or a tool call).
    mutating func take(_ event: JSONValue) -> Bool
    var body: JSONValue { get }
    /// Whether the stream said that it is complete.
    var isFinished: Bool { get }
}

extension JSONObject {
    /// Takes over each member of another object that is not null.
    mutating func take(_ other: JSONObject?) {
        for member in other?.members ?? [] where !member.value.isNull { self[member.key] = member.value }
    }
}

/// OpenAI's chat completions and legacy completions, and what speaks like them. Only the first choice is
/// read.
struct CompletionAssembly: StreamAssembly {
    private struct Call {
        var id: String?
        var name = ""
        var arguments = ""
        /// Where an API sends arguments as an object, which needs no assembly.
        var object: JSONValue?
    }

    private var head = JSONObject()
    private var content: String?
    private var refusal: String?
    private var isLegacy = false
    private var calls: [(index: Int, call: Call)] = []
    private var finish: JSONValue = .null
    private var usage: JSONValue?

    var isFinished: Bool { !finish.isNull }

    mutating func take(_ event: JSONValue) -> Bool {
        for key in ["id", "model", "system_fingerprint"] {
            if let value = event[key], !value.isNull { head[key] = value }
        }
        if let usage = event["usage"] ?? event["x_groq"]?["usage"], !usage.isNull { self.usage = usage }
        let choices = event["choices"]?.arrayValue ?? []
        guard let choice = choices.first(where: { ($0["index"]?.intValue ?? 0) == 0 }) else { return false }
        if let reason = choice["finish_reason"], !reason.isNull { finish = reason }
        guard let delta = choice["delta"] else {
            isLegacy = true
            return Self.add(choice["text"], to: &content)
        }
        // An empty first piece still makes the content a text, not null.
        var brought = Self.add(delta["content"], to: &content)
        if Self.add(delta["refusal"], to: &refusal) { brought = true }
        for (position, call) in (delta["tool_calls"]?.arrayValue ?? []).enumerated() {
            takeCall(call, position)
            brought = true
        }
        if let call = delta["function_call"], call.objectValue != nil {
            takeCall(["index": 0, "function": call], 0)
            brought = true
        }
        return brought
    }

    private static func add(_ value: JSONValue?, to text: inout String?) -> Bool {
        guard let value, !value.isNull, let piece = ConversationReader.text(of: value) else { return false }
        text = (text ?? "") + piece
        return !piece.isEmpty
    }

    private mutating func takeCall(_ value: JSONValue, _ position: Int) {
        let id = value["id"]?.stringValue
        // Mistral gives no index: a call that names another id is another call.
        let index =
            value["index"]?.intValue
            ?? (id == nil ? position : calls.first { $0.call.id == id }?.index ?? calls.count)
        let slot = calls.firstIndex { $0.index == index } ?? calls.count
        if slot == calls.count { calls.append((index, Call())) }
        if let id, !id.isEmpty { calls[slot].call.id = id }
        let function = value["function"] ?? value
        if let name = function["name"]?.stringValue { calls[slot].call.name += name }
        switch function["arguments"] {
        case .string(let piece)?: calls[slot].call.arguments += piece
        case .object(let object)?: calls[slot].call.object = .object(object)
        default: break
        }
    }

    var body: JSONValue {
        var choice: JSONObject = JSONObject()
        choice["index"] = 0
        if isLegacy {
            choice["text"] = .string(content ?? "")
        } else {
            var message = JSONObject()
            message["role"] = "assistant"
            message["content"] = content.map { .string($0) } ?? .null
            if let refusal { message["refusal"] = .string(refusal) }
            if !calls.isEmpty {
                message["tool_calls"] = .array(
                    calls.sorted { $0.index < $1.index }.map { Self.value(of: $0.call) })
            }
            choice["message"] = .object(message)
        }
        choice["finish_reason"] = finish
        var body = head
        body["choices"] = .array([.object(choice)])
        body["usage"] = usage
        return .object(body)
    }

    private static func value(of call: Call) -> JSONValue {
        var function = JSONObject()
        function["name"] = .string(call.name)
        function["arguments"] = call.object ?? .string(call.arguments)
        var value = JSONObject()
        value["id"] = call.id.map { .string($0) }
        value["type"] = "function"
        value["function"] = .object(function)
        return .object(value)
    }
}

/// OpenAI's responses: the last event carries the whole body.
struct ResponsesAssembly: StreamAssembly {
    private(set) var body: JSONValue = .null
    private(set) var isFinished = false

    mutating func take(_ event: JSONValue) -> Bool {
        let type = event["type"]?.stringValue ?? ""
        if let response = event["response"], response.objectValue != nil { body = response }
        if ["response.completed", "response.incomplete", "response.failed"].contains(type) {
            isFinished = true
        }
        guard type.hasSuffix(".delta"), !type.contains("reasoning") else { return false }
        return !(event["delta"]?.stringValue?.isEmpty ?? true)
    }
}

/// Gemini: each event is a body with the next parts.
struct GeminiAssembly: StreamAssembly {
    private var head = JSONObject()
    private var parts: [JSONValue] = []
    private var finish: JSONValue?
    private var usage = JSONObject()

    var isFinished: Bool { finish != nil }

    mutating func take(_ event: JSONValue) -> Bool {
        for key in ["modelVersion", "responseId", "promptFeedback"] {
            if let value = event[key], !value.isNull { head[key] = value }
        }
        usage.take(event["usageMetadata"]?.objectValue)
        guard let candidate = event["candidates"]?[0] else { return false }
        if let reason = candidate["finishReason"], !reason.isNull { finish = reason }
        let pieces = candidate["content"]?["parts"]?.arrayValue ?? []
        var brought = false
        for piece in pieces {
            if piece["thought"]?.boolValue != true,
                piece["functionCall"] != nil || piece["text"]?.stringValue != ""
            {
                brought = true
            }
            add(piece)
        }
        return brought
    }

    private mutating func add(_ piece: JSONValue) {
        if let text = piece["text"]?.stringValue, case .object(var last)? = parts.last,
            last.count == piece.objectValue?.count,
            let before = last["text"]?.stringValue, last["thought"] == piece["thought"]
        {
            last["text"] = .string(before + text)
            parts[parts.count - 1] = .object(last)
        } else {
            parts.append(piece)
        }
    }

    var body: JSONValue {
        var candidate = JSONObject()
        candidate["content"] = ["role": "model", "parts": .array(parts)]
        candidate["finishReason"] = finish
        var body = JSONObject()
        body["candidates"] = .array([.object(candidate)])
        if !usage.isEmpty { body["usageMetadata"] = .object(usage) }
        body.take(head)
        return .object(body)
    }
}

/// Gemini's interactions: steps that start, grow and stop.
struct InteractionAssembly: StreamAssembly {
    private var head = JSONObject()
    private var steps: [(index: Int, step: JSONObject, text: String)] = []
    private(set) var isFinished = false

    mutating func take(_ event: JSONValue) -> Bool {
        let type = event["event_type"]?.stringValue ?? ""
        head.take(event["interaction"]?.objectValue)
        if type == "interaction.completed" { isFinished = true }
        guard let index = event["index"]?.intValue else { return false }
        if let step = event["step"]?.objectValue { steps.append((index, step, "")) }
        guard type == "step.delta", let text = event["delta"]?["text"]?.stringValue,
            let slot = steps.lastIndex(where: { $0.index == index })
        else { return false }
        steps[slot].text += text
        return steps[slot].step["type"] == "model_output" && !text.isEmpty
    }

    var body: JSONValue {
        var body = head
        var done: [JSONValue] = []
        for (_, step, text) in steps {
            var step = step
            if !text.isEmpty { step["content"] = [["type": "text", "text": .string(text)]] }
            done.append(.object(step))
        }
        body["steps"] = .array(done)
        return .object(body)
    }
}
