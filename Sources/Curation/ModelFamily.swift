import Domain

/// Models told from people by their names, in texts that may name either.
///
/// A label made by a model of the family that is under test agrees with its mistakes. The families and their words are
/// those of ``JudgeFamily``; what is of here is that people are called Claude too.
public enum ModelFamily {
    /// Marks that people are called by too, or that are words: alone they say nothing.
    private static let ambiguous: Set<String> = [
        "claude", "bard", "palm", "bison", "nova", "titan", "phi", "yi", "falcon", "granite", "codex",
        "alpaca", "aya", "zephyr",
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
    public static func of(_ text: String, isModel: Bool = false) -> JudgeFamily? {
        let words = Self.words(text)
        for (place, word) in words.enumerated() {
            // The o-series: o1, o3-mini, o4-mini.
            if word.count == 2, word.first == "o", let last = word.last, last.isNumber,
                isModel || words.count == 1 || (place + 1 < words.count && words[place + 1] == "mini")
            {
                return JudgeFamily("gpt")
            }
            if word == "command", place + 1 < words.count, words[place + 1].hasPrefix("r"),
                words[place + 1].count <= 2
            {
                return JudgeFamily("command")
            }
            for (family, _, marks) in JudgeFamily.known {
                // The o-series is told above: `o100` is none.
                for mark in marks where word.hasPrefix(mark) && !(mark.first == "o" && mark.count == 2) {
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
