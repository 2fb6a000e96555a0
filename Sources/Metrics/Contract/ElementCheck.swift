import Domain
import Text

/// Whether an element occurs in an answer's text.
///
/// Texts are sought letter case, white space and normal form aside; patterns see the text as it is. An empty
/// text is refused: it would occur everywhere.
enum ElementCheck {
    enum Finding: Sendable, Hashable {
        case present
        case absent
        /// It cannot be told, and why.
        case unknown(String)
    }

    static func find(_ element: Element, _ input: inout MeasureInput, _ catalogues: Catalogues) -> Finding {
        guard let text = input.answer?.text, let folded = input.foldedText() else {
            return .unknown("the answer shows no text")
        }
        switch element.kind {
        case .text(let part): return find(part, folded)
        case .anyOf(let parts):
            if parts.isEmpty { return .unknown("an element of the example is empty") }
            for part in parts {
                let finding = find(part, folded)
                if finding != .absent { return finding }
            }
            return .absent
        case .count(let part, let least, let most):
            guard let wanted = folding(part) else { return .unknown("an element of the example is empty") }
            let count = occurrences(of: wanted, in: folded)
            return count >= least && count <= most ?? .max ? .present : .absent
        case .regex(let source): return match(source, text, catalogues)
        case .catalogue(let name):
            guard let finder = catalogues[name] else { return .unknown("there is no catalogue '\(name)'") }
            return finder.occurs(inFolded: folded) ? .present : .absent
        case .judge:
            return .unknown(
                "needs a judge, which reads rubrics and not single elements: write it as the row's rubric, for rubric[example]"
            )
        }
    }

    private static func find(_ part: String, _ folded: String) -> Finding {
        guard let wanted = folding(part) else { return .unknown("an element of the example is empty") }
        return contains(folded, wanted) ? .present : .absent
    }

    private static func folding(_ part: String) -> String? {
        let wanted = foldingCase(foldingSpace(part))
        return wanted.isEmpty ? nil : wanted
    }

    private static func match(_ source: String, _ text: String, _ catalogues: Catalogues) -> Finding {
        do throws(PatternProblem) {
            let pattern = try catalogues.patterns.pattern(source)
            do throws(PatternLimit) {
                return try pattern.matches(text) ? .present : .absent
            } catch {
                return .unknown("a pattern of the example takes too many steps on the answer")
            }
        } catch {
            return .unknown(
                "a pattern of the example is wrong at character \(error.offset + 1): \(error.message)")
        }
    }
}
