import Domain
import Notation

/// Reads the whole answer of a known chat API: text, tool calls, usage and the model's version.
///
/// OpenAI chat completions and their likes (Mistral, Groq, Together, vLLM), OpenAI responses and legacy
/// completions, Anthropic messages and completions, Gemini, Ollama and Cohere. A refusal's words are the
/// text. Of several choices the first counts. Shapes after the providers' references and recorded responses
/// of each.
public enum ChatBody {
    /// Fills in what the body shows; parts that are set already stay.
    ///
    /// - Returns: False where the body is of no known shape; nothing is filled in then.
    @discardableResult
    public static func read(_ body: JSONValue, into answer: inout Answer) -> Bool {
        guard var parts = parts(of: body) else { return false }
        if answer.text == nil { answer.text = parts.text }
        if answer.tools == nil {
            let (calls, problem) = ToolCallReader.read(.array(parts.tools))
            answer.tools = calls
            if let problem {
                answer.problems.append(.init(part: "tools", kind: .unreadable, detail: problem))
            }
        }
        if answer.tokenLogarithms == nil, let given = body["choices"]?[0]?["logprobs"], !given.isNull {
            answer.tokenLogarithms = TokenLogarithms.read(given).logarithms
        }
        if answer.usage == nil { takeUsage(parts.usage, &answer) }
        if answer.versions == nil, let model = parts.model {
            answer.versions = [Answer.Version(name: "model", value: model)]
        }
        if parts.finish == "content_filter" || parts.finish == "SAFETY" { parts.isFiltered = true }
        if answer.guardrail == nil, parts.isFiltered {
            answer.guardrail = GuardrailDecision(outcome: .block, reason: parts.finish)
        }
        return true
    }

    private static func takeUsage(_ usage: JSONValue?, _ answer: inout Answer) {
        guard let usage, !usage.isNull else { return }
        do throws(UsageReader.Problem) { answer.usage = try UsageReader.read(usage) } catch {
            answer.problems.append(.init(part: "usage", kind: .unreadable, detail: error.cause))
        }
    }

    private struct Parts {
        var text: String?
        var tools: [JSONValue] = []
        var usage: JSONValue?
        var model: String?
        var finish: String?
        var isFiltered = false
    }

    private static func parts(of body: JSONValue) -> Parts? {
        guard body.objectValue != nil else { return nil }
        var parts = Parts()
        parts.model = (body["model"] ?? body["modelVersion"])?.stringValue
        parts.usage = body["usage"] ?? body["usageMetadata"]
        if let choice = body["choices"]?[0] {
            takeChoice(choice, &parts)
            if parts.usage == nil { parts.usage = body["x_groq"]?["usage"] }
        } else if let candidate = body["candidates"]?[0] {
            parts.finish = candidate["finishReason"]?.stringValue
            takeGemini(candidate["content"]?["parts"]?.arrayValue ?? [], &parts)
        } else if let blocks = (body["output"] ?? body["steps"])?.arrayValue {
            takeOutputs(blocks, &parts)
        } else if let blocks = body["content"]?.arrayValue, body["role"]?.stringValue == "assistant" {
            takeBlocks(blocks, &parts)
            parts.finish = body["stop_reason"]?.stringValue
        } else if let text = body["completion"]?.stringValue {
            parts.text = text
        } else if let message = body["message"], message.objectValue != nil {
            // Ollama counts tokens beside the message.
            if parts.usage == nil, body["eval_count"] != nil { parts.usage = body }
            takeMessage(message, &parts)
        } else {
            return nil
        }
        return parts
    }

    private static func takeChoice(_ choice: JSONValue, _ parts: inout Parts) {
        parts.finish = choice["finish_reason"]?.stringValue
        if let message = choice["message"] {
            takeMessage(message, &parts)
        } else {
            parts.text = choice["text"]?.stringValue
        }
    }

    private static func takeMessage(_ message: JSONValue, _ parts: inout Parts) {
        if let content = message["content"], !content.isNull {
            parts.text = ConversationReader.text(of: content)
        }
        if parts.text?.isEmpty ?? true, let refusal = message["refusal"]?.stringValue { parts.text = refusal }
        parts.tools = message["tool_calls"]?.arrayValue ?? []
        if let call = message["function_call"], call.objectValue != nil { parts.tools.append(call) }
    }

    /// Anthropic's blocks.
    private static func takeBlocks(_ blocks: [JSONValue], _ parts: inout Parts) {
        for block in blocks {
            switch block["type"]?.stringValue {
            case "text": parts.text = (parts.text ?? "") + (block["text"]?.stringValue ?? "")
            case "tool_use": parts.tools.append(block)
            default: continue
            }
        }
    }

    private static func takeGemini(_ pieces: [JSONValue], _ parts: inout Parts) {
        for piece in pieces where piece["thought"]?.boolValue != true {
            if let text = piece["text"]?.stringValue { parts.text = (parts.text ?? "") + text }
            if piece["functionCall"] != nil { parts.tools.append(piece) }
        }
    }

    /// OpenAI's responses and Gemini's interactions.
    private static func takeOutputs(_ blocks: [JSONValue], _ parts: inout Parts) {
        for block in blocks {
            switch block["type"]?.stringValue {
            case "message", "model_output":
                for content in block["content"]?.arrayValue ?? [] {
                    let text = content["text"]?.stringValue ?? content["refusal"]?.stringValue
                    if let text { parts.text = (parts.text ?? "") + text }
                }
            case "function_call": parts.tools.append(block)
            default: continue
            }
        }
    }
}
