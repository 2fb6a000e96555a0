import Domain
import Notation

/// Reads tool calls in the shapes that the known APIs give them.
///
/// OpenAI's `{"function": {"name", "arguments": "<JSON text>"}}`, Anthropic's `{"name", "input"}`, Gemini's
/// `{"functionCall": {"name", "args"}}`, plain `{"name", "arguments"}`, the Berkeley leaderboard's
/// `{NAME: {arguments}}`, or bare names. Arguments that are a
/// text are read as JSON; an empty text is `{}`.
public enum ToolCallReader {
    /// The calls, and what could not be read: a text of arguments that is no JSON stays a text; one call
    /// without a name leaves no calls to judge.
    public static func read(_ value: JSONValue) -> (calls: [ToolCall]?, problem: String?) {
        var calls: [ToolCall] = []
        var problem: String?
        for (index, element) in (value.arrayValue ?? [value]).enumerated() {
            if let name = element.stringValue, !name.isEmpty {
                calls.append(ToolCall(name: name, arguments: .object(JSONObject())))
                continue
            }
            if let call = named(element) {
                calls.append(call)
                continue
            }
            let call = element["function"] ?? element["functionCall"] ?? element["function_call"] ?? element
            guard let name = (call["name"] ?? element["name"] ?? call["tool"])?.stringValue, !name.isEmpty
            else {
                return (nil, "tool call \(index + 1) has no name")
            }
            let given = call["arguments"] ?? call["args"] ?? call["input"] ?? call["parameters"]
            let (arguments, cause) = arguments(given)
            if let cause {
                problem = problem ?? "the arguments of tool call \(index + 1) are no JSON: \(cause)"
            }
            calls.append(ToolCall(name: name, arguments: arguments))
        }
        return (calls, problem)
    }

    /// An object whose one member is named as the tool and holds its arguments.
    private static func named(_ value: JSONValue) -> ToolCall? {
        guard let object = value.objectValue, object.count == 1, let only = object.members.first,
            case .object = only.value, !only.key.isEmpty, !otherMembers.contains(only.key)
        else { return nil }
        return ToolCall(name: only.key, arguments: only.value)
    }

    private static let otherMembers: Set<String> = [
        "function", "functionCall", "function_call", "tool", "name", "arguments", "args", "input",
        "parameters", "id",
        "type",
    ]

    /// Arguments as a value; where they are a text that is no JSON, the text and why.
    static func arguments(_ value: JSONValue?) -> (JSONValue, problem: String?) {
        guard let value, !value.isNull else { return (.object(JSONObject()), nil) }
        guard let text = value.stringValue else { return (value, nil) }
        if !text.utf8.contains(where: { $0 > 0x20 }) { return (.object(JSONObject()), nil) }
        do throws(JSONError) { return (try JSONValue.parse(text), nil) } catch { return (value, error.cause) }
    }
}
