import Domain
import Notation

/// A configuration of promptfoo, read with the files that it names: what it asks, whom, and what it expects.
struct PromptfooSuite: Sendable {
    var description: String?
    var prompts: [Prompt] = []
    var providers: [Provider] = []
    var tests: [PromptfooTest] = []
    var repeats: Int?
    var concurrency: Int?
    var delayMilliseconds: Int?
    var usesCache = true

    struct Prompt: Sendable {
        enum Content: Sendable {
            case text(String)
            /// Chat messages as JSON, with names still in them.
            case messages(JSONValue)
        }

        let content: Content
        let label: String?
        let place: SourcePlace
    }

    struct Provider: Sendable {
        let id: String
        let label: String?
        let config: JSONValue
        /// Further keys.
        let others: [String]
        let place: SourcePlace
    }
}
