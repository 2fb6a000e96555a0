import Interchange
import Notation

/// What each variable of a configuration becomes in a data set: the question itself, or a column of its own.
struct PromptColumns: Sendable {
    /// The variable that is asked; nil where no variable is, and the rendered prompt stands for it.
    let question: String?
    /// Why that one.
    let why: String
    /// Columns by variable, in the order of their use.
    let columns: [(variable: String, column: String)]
    let usesPrefix: Bool
    let usesSuffix: Bool

    static let prefix = "prompt_prefix"
    static let suffix = "prompt_suffix"

    /// - Parameters:
    ///   - used: Variables that prompts and requests name, in their order.
    ///   - named: The variable that the user says is asked.
    ///   - mayBeAbsent: Whether a test may lack the question: where no prompt stands for it, that is an error of the
    ///     test, and no reason to ask something else.
    init(tests: [PromptfooTest], used: [String], named: String? = nil, mayBeAbsent: Bool = false) {
        var names: [String] = []
        for name in used where !names.contains(name) { names.append(name) }
        for test in tests {
            for member in test.variables.members where !names.contains(member.key) {
                names.append(member.key)
            }
        }
        if let named {
            (question, why) = (named, "as --question says")
        } else {
            (question, why) = Self.question(used, tests, mayBeAbsent: mayBeAbsent)
        }
        var taken: Set<String> = []
        var columns: [(variable: String, column: String)] = []
        for name in names where name != question {
            var column = Self.isPlain(name) ? name : "var_\(columns.count + 1)"
            if DatasetField(column: column) != nil || column == Self.prefix || column == Self.suffix {
                column = "var_" + column
            }
            while !taken.insert(column).inserted { column += "_" }
            columns.append((name, column))
        }
        self.columns = columns
        usesPrefix = tests.contains { !$0.prefix.isEmpty }
        usesSuffix = tests.contains { !$0.suffix.isEmpty }
    }

    /// The one that sounds most like a question; else the one that differs most. One that holds ids only where there
    /// is no other.
    private static func question(
        _ names: [String], _ tests: [PromptfooTest], mayBeAbsent: Bool
    ) -> (String?, String) {
        var best: (name: String, score: Int)?
        for name in names {
            var look = QuestionLook()
            var values: Set<String> = []
            var present = 0
            for test in tests {
                let text = test.variables[name].map(PromptTemplate.text) ?? ""
                guard text.contains(where: { !$0.isWhitespace }) else { continue }
                present += 1
                values.insert(text)
                look.note(.string(text))
            }
            guard present == tests.count || mayBeAbsent && present * 2 >= tests.count else { continue }
            var score = FieldGuess.queryness(name) * 1000 + min(999, values.count)
            if look.isMostlyIdentifiers || QuestionLook.isIdentifierName(name) { score -= 1_000_000 }
            if score > best?.score ?? Int.min { best = (name, score) }
        }
        guard let best else { return (nil, "no variable is in every test") }
        let isAlone = names.count == 1
        let why =
            isAlone
            ? "the only one"
            : best.score >= 1000
                ? "by its name" : best.score < 0 ? "all others are empty or ids too" : "its texts differ most"
        return (best.name, why)
    }

    private static func isPlain(_ name: String) -> Bool {
        !name.isEmpty
            && name.utf8.allSatisfy {
                (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
                    || $0 == 0x5F
                    || $0 == 0x2D
            }
    }

    /// The placeholder of a variable in a request.
    func placeholder(_ variable: String) -> String {
        if variable == question { return "${input.query}" }
        let column = columns.first { $0.variable == variable }?.column
        return column.map { "${input.\($0)}" } ?? ""
    }

    /// A template as a request has it. A way into a value (`user.name`) cannot be followed there.
    func template(_ template: PromptTemplate) -> String? {
        guard template.beyond == nil else { return nil }
        var out = ""
        for piece in template.pieces {
            switch piece {
            case .text(let text): out += text.replacingPlaceholders()
            case .name(let name, let steps):
                guard steps.isEmpty else { return nil }
                out += placeholder(name)
            case .environment: return nil
            }
        }
        return out
    }

    /// A prompt's text as a request has it, with what tests put before and after it.
    func prompt(_ text: String) -> String? {
        guard let body = template(PromptTemplate(text)) else { return nil }
        return (usesPrefix ? "${input.\(Self.prefix)}" : "") + body
            + (usesSuffix ? "${input.\(Self.suffix)}" : "")
    }

    /// A template within JSON, text by text.
    func json(_ value: JSONValue) -> JSONValue? {
        switch value {
        case .string(let text): return template(PromptTemplate(text)).map { .string($0) }
        case .array(let elements):
            var out: [JSONValue] = []
            for element in elements {
                guard let made = json(element) else { return nil }
                out.append(made)
            }
            return .array(out)
        case .object(let object):
            var out = JSONObject()
            for member in object.members {
                guard let made = json(member.value) else { return nil }
                out[member.key] = made
            }
            return .object(out)
        default: return value
        }
    }
}
