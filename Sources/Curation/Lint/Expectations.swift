import Domain
import Text

/// What an example expects, held against what another expects of the same input.
enum Expectations {
    static func hash(_ example: Example, into hasher: inout Hasher) {
        hasher.combine(example.expectedIntent)
        hasher.combine(example.references)
        hasher.combine(example.expectedResult)
        hasher.combine(example.required)
        hasher.combine(example.prohibited)
        hasher.combine(example.goldDocuments)
        hasher.combine(example.goldSpans)
        hasher.combine(example.expectedGuardrail)
        hasher.combine(example.expectedScore)
        hasher.combine(example.expectedMatch)
    }

    /// Why both cannot hold, as a clause about the first; nil where both can.
    ///
    /// An expectation that only one of them has contradicts nothing. References do where no answer is accepted by
    /// both, gold documents where they share none.
    static func clash(_ example: Example, _ other: Example) -> String? {
        if let mine = example.expectedGuardrail, let its = other.expectedGuardrail, mine != its {
            return "expects the guardrail to \(mine.rawValue) where that expects \(its.rawValue)"
        }
        if let mine = example.expectedIntent, let its = other.expectedIntent, mine != its {
            return "expects the intent \(quoted(mine)) where that expects \(quoted(its))"
        }
        if let mine = example.expectedMatch, let its = other.expectedMatch, mine != its {
            return mine
                ? "expects a match where that expects none" : "expects no match where that expects one"
        }
        if let mine = example.expectedScore, let its = other.expectedScore, !overlap(mine, its) {
            return "expects a score of \(words(mine)) where that expects \(words(its))"
        }
        if let mine = example.goldDocuments, let its = other.goldDocuments,
            mine.isEmpty != its.isEmpty || (!mine.isEmpty && Set(mine).isDisjoint(with: its))
        {
            return mine.isEmpty
                ? "expects no document where that expects some" : "expects other documents altogether"
        }
        if let mine = example.expectedResult, let its = other.expectedResult, mine != its {
            return "expects another result"
        }
        if !example.references.isEmpty, !other.references.isEmpty {
            let accepted = Set(other.references.map(normal))
            if !example.references.contains(where: { accepted.contains(normal($0)) }) {
                return "accepts none of the answers that that accepts"
            }
        }
        if let phrase = forbidden(example.required, other.prohibited) {
            return "requires \(quoted(phrase)), which that prohibits"
        }
        if let phrase = forbidden(other.required, example.prohibited) {
            return "prohibits \(quoted(phrase)), which that requires"
        }
        return nil
    }

    /// What an example asks for and forbids at once; nil where it does not.
    static func clashWithin(_ example: Example) -> String? {
        if let phrase = forbidden(example.required, example.prohibited) {
            return "requires and prohibits \(quoted(phrase))"
        }
        return nil
    }

    /// A required text that the prohibited ones name, letter case and white space aside.
    private static func forbidden(_ required: [Element], _ prohibited: [Element]) -> String? {
        guard !required.isEmpty, !prohibited.isEmpty else { return nil }
        var banned = Set<String>()
        for element in prohibited {
            switch element.kind {
            case .text(let text): banned.insert(normal(text))
            case .anyOf(let texts): banned.formUnion(texts.map(normal))
            case .regex, .count, .catalogue, .judge: break
            }
        }
        for element in required {
            switch element.kind {
            case .text(let text) where banned.contains(normal(text)): return text
            case .anyOf(let texts) where texts.allSatisfy({ banned.contains(normal($0)) }): return texts.first
            case .text, .anyOf, .regex, .count, .catalogue, .judge: continue
            }
        }
        return nil
    }

    private static func normal(_ text: String) -> String { foldingSpace(foldingCase(text)) }

    private static func overlap(_ left: ExpectedScore, _ right: ExpectedScore) -> Bool {
        let a = bounds(left)
        let b = bounds(right)
        return a.low <= b.high && b.low <= a.high
    }

    /// The closed range of scores that an expectation allows; a band ends just below the next.
    static func bounds(_ score: ExpectedScore) -> (low: Double, high: Double) {
        switch score {
        case .value(let value): (value, value)
        case .range(let range): (range.lowerBound, range.upperBound)
        case .band(.high): (0.90, 1)
        case .band(.medium): (0.70, (0.90).nextDown)
        case .band(.low): (0.50, (0.70).nextDown)
        case .band(.trueNegative): (0, (0.50).nextDown)
        }
    }

    private static func words(_ score: ExpectedScore) -> String {
        switch score {
        case .value(let value): "\(value)"
        case .range(let range): "\(range.lowerBound) to \(range.upperBound)"
        case .band(let band): band.rawValue
        }
    }
}
