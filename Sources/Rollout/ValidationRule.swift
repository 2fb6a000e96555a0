import Notation

/// What an answer must be to count as valid, for the fuse's `validation` and for the counts of events.
///
/// Answers that failed for another reason, and those of which too little is kept to tell, say nothing of it. Without any
/// rule an answer is invalid that has status 422, or says that it is JSON and is not.
public struct ValidationRule: Sendable, Hashable {
    /// Requests whose answers are looked at: any of them; empty for every path.
    public var paths: [PathPattern] = []
    /// Whether it must be JSON, whatever its content type says.
    public var json = false
    public var schema: Schema?
    /// Places in JSON that must be there and hold something: not null, no empty text, list or object.
    public var required: [JSONPointer] = []
    /// Whether it must hold some text; of a chat API, in the answer's text or its tool calls.
    public var filled = false

    public init() {}

    /// A JSON Schema (2020-12, or what `$schema` says).
    public enum Schema: Sendable, Hashable {
        /// A file of the gateway's machine.
        case file(String)
        case given(JSONValue)
    }
}
