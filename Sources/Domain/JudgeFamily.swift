/// A line of models that share their making, so that one of them judging another judges its own kind.
///
/// Known by name alone: a family of a fine-tune is that of its base where the name keeps it, and a deployment's own
/// name says nothing. Gemma counts as Gemini, Mixtral and its likes as Mistral: same house, same teachers.
public struct JudgeFamily: Sendable, Hashable, Comparable, CustomStringConvertible {
    public let name: String

    public init(_ name: String) { self.name = name.lowercased() }

    public var description: String { name }

    public static func < (left: JudgeFamily, right: JudgeFamily) -> Bool {
        left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
    }

    /// Families with their names for people and the words that betray them.
    public static let known: [(family: JudgeFamily, title: String, words: [String])] = [
        row("gpt", "GPT and o-series", ["gpt", "chatgpt", "davinci", "openai", "o1", "o3", "o4", "codex"]),
        row("claude", "Claude", ["claude", "anthropic"]),
        row(
            "gemini", "Gemini and Gemma",
            ["gemini", "gemma", "bard", "palm", "palm2", "bison", "medgemma"]),
        row("llama", "Llama", ["llama", "codellama", "vicuna", "alpaca", "tulu", "wizardlm"]),
        row(
            "mistral", "Mistral",
            ["mistral", "mixtral", "ministral", "codestral", "magistral", "pixtral", "devstral", "zephyr"]),
        row("qwen", "Qwen", ["qwen", "qwq", "qvq", "tongyi"]),
        row("deepseek", "DeepSeek", ["deepseek"]),
        row("command", "Command", ["cohere", "aya", "commandr"]),
        row("phi", "Phi", ["phi"]),
        row("grok", "Grok", ["grok", "xai"]),
        row("nova", "Nova and Titan", ["nova", "titan"]),
        row("yi", "Yi", ["yi"]),
        row("glm", "GLM", ["glm", "chatglm"]),
        row("kimi", "Kimi", ["kimi", "moonshot"]),
        row("falcon", "Falcon", ["falcon"]),
        row("jamba", "Jamba", ["jamba"]),
        row("granite", "Granite", ["granite"]),
        row("nemotron", "Nemotron", ["nemotron"]),
        row("olmo", "OLMo", ["olmo", "tulu"]),
        row("smollm", "SmolLM", ["smollm"]),
    ]

    private static func row(
        _ name: String, _ title: String, _ words: [String]
    ) -> (family: JudgeFamily, title: String, words: [String]) {
        (JudgeFamily(name), title, words)
    }

    /// Its name for people.
    public var title: String { Self.known.first { $0.family == self }?.title ?? name }

    /// Every family that a model's name speaks of, sorted: `deepseek-r1-distill-qwen-32b` is of two.
    ///
    /// A word counts where it stands alone between what is neither letter nor digit, or before digits: `qwen2.5`,
    /// `meta-llama/Llama-3.1-8B`, `ft:gpt-4o:acme`, `o3-mini`; `photo1` is no `o1`. Longer words (`openai`) may also
    /// begin a word (`mistralai`).
    public static func families(of model: String) -> [JudgeFamily] {
        var words: [String] = []
        var word = ""
        for scalar in model.lowercased().unicodeScalars {
            let isPart = scalar.properties.isAlphabetic || scalar.properties.numericType != nil
            if isPart {
                word.unicodeScalars.append(scalar)
            } else if !word.isEmpty {
                words.append(word)
                word = ""
            }
        }
        if !word.isEmpty { words.append(word) }
        var found: Set<JudgeFamily> = []
        for (family, _, names) in known
        where words.contains(where: { word in names.contains { fits($0, word) } }) {
            found.insert(family)
        }
        // Cohere's models are a common word: only with what follows it.
        if zip(words, words.dropFirst()).contains(where: {
            $0 == "command" && ["r", "a", "light", "nightly"].contains($1)
        }) {
            found.insert(JudgeFamily("command"))
        }
        return found.sorted()
    }

    private static func fits(_ name: String, _ word: String) -> Bool {
        if name == word { return true }
        guard word.hasPrefix(name) else { return false }
        let rest = word.utf8.dropFirst(name.utf8.count)
        // Short names (`o1`, `yi`, `xai`) only whole: `o100` is something else.
        if name.utf8.count < 3 { return false }
        if rest.first.map({ (0x30...0x39).contains($0) }) ?? false { return true }
        return name.utf8.count >= 5
    }
}

/// Whether a judge judges its own kind.
public enum SelfJudging: Sendable, Hashable {
    /// They share these families.
    case shared([JudgeFamily])
    /// They share none.
    case apart
    /// The name of one of them says nothing: which.
    case unknown(String)

    /// - Parameters:
    ///   - judge: Who judges.
    ///   - generators: The models that made what is judged, as configured or observed; embedding models do not count.
    public init(judge: JudgeIdentity, generators: [String]) {
        let theirs = generators.map { ($0, JudgeFamily.families(of: $0)) }
        let shared = Set(theirs.flatMap(\.1)).intersection(judge.families)
        let isNamed = generators.contains { Self.isSame($0, judge.model) }
        if isNamed || !shared.isEmpty {
            self = .shared(shared.isEmpty ? [JudgeFamily(judge.model)] : shared.sorted())
        } else if judge.families.isEmpty {
            self = .unknown("the judge '\(judge.model)'")
        } else if generators.isEmpty {
            self = .unknown("the app, which shows no model")
        } else if let unknown = theirs.first(where: { $0.1.isEmpty }) {
            self = .unknown("the app's model '\(unknown.0)'")
        } else {
            self = .apart
        }
    }

    private static func isSame(_ one: String, _ other: String) -> Bool {
        one.lowercased() == other.lowercased()
    }
}
