import Domain
import Text

/// Whether an example expects anything, and whether what it expects can be meant.
struct ContentCheck: LintCheck {
    /// Examples of a category that could have a reference, how many have one, and the first rows that have none.
    private struct Group {
        var eligible = 0
        var withReference = 0
        var without: [Int32] = []
    }

    private var groups: [String: Group] = [:]
    private static let groupLimit = 10_000
    /// A group in which so many have a reference expects one of the others.
    private static let usual = 0.8
    private static let leastGroup = 5

    mutating func note(_ example: Example, _ row: Int, _ log: inout FindingLog) {
        if let clash = Expectations.clashWithin(example) {
            log.add(.error, .contradiction, example, clash, mend: "no answer can do both: drop one")
        }
        checkPlaceholders(example, &log)
        checkElements(example, &log)
        checkDamage(example, &log)
        if !ContentCheck.expectsSomething(example) {
            log.add(
                .error, .nothingExpected, example, "nothing is expected, so that no answer is wrong",
                mend:
                    "add what a right answer is: reference_response, expected_intent, retrieval_gold_doc_ids, "
                    + "required_elements, expected_guardrail …")
            return
        }
        guard example.expectedGuardrail != .block, example.goldDocuments?.isEmpty != true else { return }
        let key = example.category ?? ""
        if groups[key] == nil, groups.count >= ContentCheck.groupLimit { return }
        let hasReference = !ContentCheck.references(of: example).isEmpty || example.expectedResult != nil
        groups[key, default: Group()].eligible += 1
        if hasReference {
            groups[key, default: Group()].withReference += 1
        } else if groups[key]?.without.count ?? 0 < FindingLog.kept {
            groups[key, default: Group()].without.append(Int32(row))
        }
    }

    func finish(_ set: LintedSet, _ log: inout FindingLog) throws(StoreError) {
        var missing: [(row: Int, group: Group, name: String)] = []
        for (name, group) in groups {
            guard group.eligible >= ContentCheck.leastGroup, group.withReference < group.eligible,
                Double(group.withReference) >= ContentCheck.usual * Double(group.eligible)
            else { continue }
            for row in group.without { missing.append((Int(row), group, name)) }
        }
        missing.sort { $0.row < $1.row }
        for (row, group, name) in missing {
            let example = try set.examples.example(row)
            let like = name.isEmpty ? "examples" : "of category \(quoted(name))"
            log.add(
                .warning, .missingReference, example,
                "no reference, where \(group.withReference) of \(group.eligible) \(like) have one",
                mend: "add \"reference_response\"")
        }
    }

    /// The references that are there and are none of the placeholders.
    static func references(of example: Example) -> [String] {
        example.references.filter { !isPlaceholder($0) }
    }

    /// Whether there is an expectation of any kind that an answer could fail.
    static func expectsSomething(_ example: Example) -> Bool {
        if example.expectedIntent != nil || example.expectedGuardrail != nil || example.expectedScore != nil
            || example.expectedMatch != nil || example.expectedResult != nil || example.goldDocuments != nil
        {
            return true
        }
        if !example.required.isEmpty || !example.prohibited.isEmpty { return true }
        if example.goldSpans?.isEmpty == false || example.rubric?.isEmpty == false { return true }
        return !references(of: example).isEmpty
    }

    // MARK: What is written

    private func checkPlaceholders(_ example: Example, _ log: inout FindingLog) {
        if let reference = example.references.first(where: ContentCheck.isPlaceholder) {
            let what =
                reference.utf8.contains { $0 > 0x20 }
                ? "the reference \(quoted(reference)) is a placeholder" : "a reference is empty"
            log.add(.error, .placeholder, example, what, mend: "write the answer, or leave the column out")
        }
        if let intent = example.expectedIntent, ContentCheck.isPlaceholder(intent) {
            log.add(
                .error, .placeholder, example, "the expected intent \(quoted(intent)) is a placeholder",
                mend: "write the intent, or leave the column out")
        }
    }

    /// Nothing, or a note that something is to be written.
    static func isPlaceholder(_ text: String) -> Bool {
        guard text.utf8.count <= 40 else { return false }
        let plain = text.lowercased().filter { $0.isLetter || $0.isNumber || $0 == " " || $0 == "/" }
        let words = foldingSpace(plain)
        if words.isEmpty {
            return text.unicodeScalars.allSatisfy { $0.value <= 0x20 || placeholderSigns.contains($0) }
        }
        return placeholders.contains(words)
    }

    private static let placeholderSigns = Set("?.-_<>[]…–—".unicodeScalars)

    private static let placeholders: Set<String> = [
        "todo", "tbd", "tba", "tbc", "fixme", "xxx", "xxxx", "placeholder", "lorem ipsum", "fill me in",
        "fill in", "to be written", "to be done", "to be added", "to do", "insert answer here", "answer here",
        "your answer here", "expected answer", "reference answer", "n/a", "not available yet", "null",
        "undefined", "nan",
    ]

    /// A bare phrase is searched letter by letter: as a prohibited one it is never found, and passes for ever.
    private func checkElements(_ example: Example, _ log: inout FindingLog) {
        if let phrase = ContentCheck.phrases(example.prohibited).first {
            log.add(
                .error, .untypedElement, example,
                "the prohibited phrase \(quoted(phrase)) has no type: where it is a description, it is never "
                    + "found and the check passes for ever",
                mend: "say what it is: {\"text\": …}, {\"any_of\": […]}, {\"regex\": …}, {\"judge\": …}")
        }
        let phrases = ContentCheck.phrases(example.required)
        guard !phrases.isEmpty else { return }
        let known = example.references + example.context + (example.goldSpans ?? []).compactMap(\.text)
        let texts = known.map { foldingSpace(foldingCase($0)) }
        // What an accepted answer contains is literal.
        for phrase in phrases {
            let wanted = foldingSpace(foldingCase(phrase))
            if texts.contains(where: { contains($0, wanted) }) { continue }
            log.add(
                .warning, .untypedElement, example,
                "the required phrase \(quoted(phrase)) has no type, and no reference contains it: where it is a "
                    + "description, no answer passes",
                mend: "say what it is: {\"text\": …}, {\"any_of\": […]}, {\"regex\": …}, {\"judge\": …}")
            return
        }
    }

    private static func phrases(_ elements: [Element]) -> [String] {
        elements.compactMap { element in
            guard !element.isTyped, case .text(let text) = element.kind else { return nil }
            return text
        }
    }

    private func checkDamage(_ example: Example, _ log: inout FindingLog) {
        let texts = [example.query] + example.references
        guard texts.contains(where: ContentCheck.isDamaged) else { return }
        log.add(
            .warning, .damagedText, example, "the text holds U+FFFD, which stands for what could not be read",
            mend: "take the row from its source again, as UTF-8")
    }

    private static func isDamaged(_ text: String) -> Bool {
        let bytes = text.utf8Span.span
        guard bytes.count >= 3 else { return false }
        for place in 0..<(bytes.count - 2)
        where bytes[place] == 0xEF && bytes[place + 1] == 0xBF && bytes[place + 2] == 0xBD { return true }
        return false
    }
}
