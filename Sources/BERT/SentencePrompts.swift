import Notation

/// The words that sentence-transformers puts before texts, from `config_sentence_transformers.json`.
public struct SentencePrompts: Sendable, Hashable {
    /// What is put before every text unasked; nil where nothing is.
    public let standard: String?

    public init(json: [UInt8], file: String) throws(ModelProblem) {
        let config = try ModelJSON(json, file: file)
        guard let name = try config.text("default_prompt_name") else {
            standard = nil
            return
        }
        let prompt = config.value("prompts")?[name]?.stringValue ?? ""
        standard = prompt.isEmpty ? nil : prompt
    }
}
