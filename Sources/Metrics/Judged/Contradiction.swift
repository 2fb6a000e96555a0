import Notation

/// Whether a reason says another verdict than the verdict that stands beside it.
///
/// Only what a reason says outright counts: `the score is 2`, `the verdict should be "no"`, `so: no`; or, where the
/// prompt names them, words that mean a verdict (`not supported`), in its last sentence. A reason in another language
/// says nothing to this reader. Missing one costs a wrong verdict; seeing one that is none costs a question, so it is
/// careful.
struct Contradiction: Sendable {
    /// Words by the verdict that they mean. Longer ones are looked for first, and found ones taken out, so that
    /// `not supported` is not taken for `supported`.
    let phrases: [(words: String, verdict: String)]

    init(_ phrases: [(words: String, verdict: String)] = []) {
        self.phrases = phrases.sorted { ($1.words.utf8.count, $0.words) < ($0.words.utf8.count, $1.words) }
    }

    private static let subjects = ["score", "verdict", "rating", "grade"]
    private static let negations: Set<String> = [
        "nothing", "none", "no", "not", "never", "neither", "nor", "without", "hardly", "cannot", "nobody",
        "nowhere",
    ]
    private static let links = ["is", "should be", "must be", ":", "="]

    /// The verdict that the reason says, where it says another than `verdict` and does not say that one as well.
    ///
    /// - Parameters:
    ///   - verdict: As the object has it: a number, or one of `choices`.
    ///   - choices: All verdicts that there are.
    func said(_ reason: String?, verdict: String, choices: [String]) -> String? {
        guard let reason else { return nil }
        let text = reason.lowercased()
        var said = outright(text, choices)
        if said.isEmpty, !phrases.isEmpty { said = meant(Self.lastSentence(text)) }
        guard !said.isEmpty, !said.contains(verdict.lowercased()) else { return nil }
        return said.first
    }

    private func outright(_ text: String, _ choices: [String]) -> [String] {
        let words = text.split { !($0.isLetter || $0.isNumber || $0 == "." || $0 == ":" || $0 == "=") }
            .map(String.init)
        var plain: [String] = []
        for word in words {
            var word = word
            // Signs that stand at a word's end are words of their own.
            while let last = word.last, last == "." { word.removeLast() }
            if let last = word.last, last == ":" || last == "=" {
                word.removeLast()
                if !word.isEmpty { plain.append(word) }
                plain.append(String(last))
            } else if !word.isEmpty {
                plain.append(word)
            }
        }
        let line = " " + plain.joined(separator: " ") + " "
        var said: [String] = []
        for subject in Self.subjects {
            for link in Self.links {
                var rest = line[...]
                while let found = rest.firstRange(of: " \(subject) \(link) ") {
                    rest = rest[found.upperBound...]
                    let word = String(rest.prefix { $0 != " " })
                    if choices.contains(where: { $0.lowercased() == word }) { said.append(word) }
                    rest = line[line.index(before: found.upperBound)...]
                }
            }
        }
        return said
    }

    private func meant(_ sentence: String) -> [String] {
        var rest = sentence
        var said: [String] = []
        for (words, verdict) in phrases {
            guard let found = rest.firstRange(of: words) else { continue }
            // "Nothing in it is incorrect" says the opposite of its last words: it is not taken for either.
            let before = rest[..<found.lowerBound].split { !$0.isLetter && $0 != "'" && $0 != "’" }
            if before.contains(where: {
                Self.negations.contains(String($0)) || $0.hasSuffix("n't") || $0.hasSuffix("n’t")
            }) {
                return []
            }
            rest = rest.replacing(words, with: " ")
            if !said.contains(verdict) { said.append(verdict) }
        }
        // A sentence that says both says neither.
        return said.count == 1 ? said : []
    }

    private static func lastSentence(_ text: String) -> String {
        let parts = text.split { ".!?\n".contains($0) }.map { String($0).trimmed }.filter { !$0.isEmpty }
        return parts.last ?? ""
    }
}
