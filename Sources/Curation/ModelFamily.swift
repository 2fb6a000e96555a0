/// Language models that descend from one another or from one maker, told by their names.
///
/// A label made by a model of the family that is under test agrees with its mistakes.
public enum ModelFamily: String, Sendable, Hashable, CaseIterable {
    case gpt = "GPT and o-series"
    case claude = "Claude"
    case gemini = "Gemini and Gemma"
    case llama = "Llama"
    case mistral = "Mistral"
    case qwen = "Qwen"
    case deepSeek = "DeepSeek"
    case command = "Command"
    case grok = "Grok"
    case nova = "Nova and Titan"
    case phi = "Phi"
    case granite = "Granite"
    case yi = "Yi"
    case falcon = "Falcon"
    case olmo = "OLMo"
    case kimi = "Kimi"
    case glm = "GLM"
    case nemotron = "Nemotron"
    case jamba = "Jamba"

    /// Names by which a model of the family is known: a word begins with one and goes on with a digit, or ends.
    private var marks: [String] {
        switch self {
        case .gpt: ["gpt", "chatgpt", "openai", "davinci", "codex"]
        case .claude: ["claude", "anthropic"]
        case .gemini: ["gemini", "gemma", "bard", "palm", "bison"]
        case .llama: ["llama", "codellama", "vicuna", "alpaca"]
        case .mistral: ["mistral", "mixtral", "codestral", "ministral", "magistral", "pixtral"]
        case .qwen: ["qwen", "qwq"]
        case .deepSeek: ["deepseek"]
        case .command: ["cohere", "commandr"]
        case .grok: ["grok", "xai"]
        case .nova: ["nova", "titan"]
        case .phi: ["phi"]
        case .granite: ["granite"]
        case .yi: ["yi"]
        case .falcon: ["falcon"]
        case .olmo: ["olmo", "tulu"]
        case .kimi: ["kimi", "moonshot"]
        case .glm: ["glm", "chatglm"]
        case .nemotron: ["nemotron"]
        case .jamba: ["jamba"]
        }
    }

    /// Marks that people are called by too, or that are words: alone they say nothing.
    private static let ambiguous: Set<String> = [
        "claude", "bard", "palm", "bison", "nova", "titan", "phi", "yi", "falcon", "granite", "codex",
        "alpaca",
    ]

    /// What, behind an ambiguous mark, makes a model of it.
    private static let companions: Set<String> = [
        "opus", "sonnet", "haiku", "instant", "code", "pro", "lite", "micro", "premier", "express", "mini",
        "medium", "small", "large", "chat", "instruct", "model", "llm", "ai", "api",
    ]

    /// The family of a model's name, or nil.
    ///
    /// - Parameters:
    ///   - isModel: Whether the text is known to name a model; then no mark is ambiguous.
    public static func of(_ text: String, isModel: Bool = false) -> ModelFamily? {
        let words = Self.words(text)
        for (place, word) in words.enumerated() {
            // The o-series: o1, o3-mini, o4-mini.
            if word.count == 2, word.first == "o", let last = word.last, last.isNumber,
                isModel || words.count == 1 || (place + 1 < words.count && words[place + 1] == "mini")
            {
                return .gpt
            }
            if word == "command", place + 1 < words.count, words[place + 1].hasPrefix("r"),
                words[place + 1].count <= 2
            {
                return .command
            }
            for family in allCases {
                for mark in family.marks where word.hasPrefix(mark) {
                    let rest = word.dropFirst(mark.count)
                    if let first = rest.first {
                        // gpt4o, llama3, qwen2.
                        if first.isNumber { return family }
                        continue
                    }
                    if isModel || words.count == 1 || !ambiguous.contains(mark) { return family }
                    let next = place + 1 < words.count ? words[place + 1] : ""
                    if next.first?.isNumber == true || companions.contains(next) { return family }
                }
            }
        }
        return nil
    }

    /// Lower-case runs of letters and digits.
    static func words(_ text: String) -> [String] {
        text.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
    }
}
