import Domain
import Notation

/// Puts a streamed answer together from its server-sent events.
///
/// The stream's API is known by its first event: OpenAI's chat completions (and Mistral, Groq, Together …),
/// responses and legacy completions, Anthropic's messages and completions, Gemini. The result is the body
/// that the same call without streaming returns, so that one mapping reads both. Any other stream: members of
/// its JSON events are laid over one another, and `textPointer` names the piece of text in each; events that
/// are no JSON are text.
public struct ChatStream: Sendable {
    private let textPointer: JSONPointer?
    private var assembly: (any StreamAssembly)?
    private var isPlain = false
    private var sawDone = false
    /// Events taken.
    public private(set) var eventCount = 0
    /// What the stream itself said went wrong, shortened; nil where it said nothing.
    public private(set) var failure: String?
    /// Why an event of a known API could not be read.
    public private(set) var problem: String?

    public init(textPointer: JSONPointer? = nil) {
        self.textPointer = textPointer
    }

    /// Whether the stream came to its own end. A stream of no known API has none but that of its connection.
    public var isFinished: Bool { sawDone || (assembly?.isFinished ?? false) }

    /// Whether the stream is of an API that ``ChatBody`` reads.
    public var isKnown: Bool { assembly != nil && !isPlain }

    /// The body so far; null before the first event.
    public var body: JSONValue { assembly?.body ?? .null }

    /// The text of a stream of no known API; nil where there was none.
    public var plainText: String? { (assembly as? PlainAssembly)?.text }

    /// Takes the next event.
    ///
    /// - Returns: Whether it brought a piece of the answer: with the first that does, the first token is there.
    public mutating func take(_ event: ServerSentEvents.Event) -> Bool {
        if event.data == Array("[DONE]".utf8) {
            sawDone = true
            return false
        }
        eventCount += 1
        let value: JSONValue
        do throws(JSONError) { value = try JSONValue.parse(event.data) } catch {
            if isKnown {
                problem = problem ?? "event \(eventCount) is no JSON: \(error.cause)"
                return false
            }
            value = .string(event.text)
        }
        if let told = Self.failure(in: value, event) {
            failure = failure ?? told
            if assembly == nil || isKnown { return false }
        }
        if assembly == nil {
            let known = Self.assembly(for: value)
            isPlain = known == nil
            assembly = known ?? PlainAssembly(pointer: textPointer)
        }
        return assembly?.take(value) ?? false
    }

    private static func assembly(for event: JSONValue) -> (any StreamAssembly)? {
        if event["choices"]?.arrayValue != nil { return CompletionAssembly() }
        if event["candidates"]?.arrayValue != nil || event["usageMetadata"] != nil { return GeminiAssembly() }
        if event["event_type"]?.stringValue?.hasPrefix("interaction.") ?? false {
            return InteractionAssembly()
        }
        guard let type = event["type"]?.stringValue else { return nil }
        if type == "message_start" { return AnthropicAssembly() }
        if type == "completion", event["completion"] != nil { return AnthropicTextAssembly() }
        return type.hasPrefix("response.") ? ResponsesAssembly() : nil
    }

    /// An error that an API sends amid its stream.
    private static func failure(in value: JSONValue, _ event: ServerSentEvents.Event) -> String? {
        let error = value["error"] ?? (value["type"] == "error" ? value : .null)
        if !error.isNull {
            let message =
                error.stringValue ?? error["message"]?.stringValue ?? error["type"]?.stringValue
                ?? "no reason given"
            return shortened(message, limit: 80)
        }
        return event.name == "error" ? shortened(event.text, limit: 80) : nil
    }
}
