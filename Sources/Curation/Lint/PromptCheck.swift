import Domain

/// Golden cases that the prompt shows as examples: the app has only to copy.
struct PromptCheck: LintCheck {
    let index: PromptIndex
    /// Words that a query must have to be sought inside a prompt, and a reference: short answers stand in any text.
    private static let leastQuery = 4
    private static let leastReference = 6

    mutating func note(_ example: Example, _ row: Int, _ log: inout FindingLog) {
        if let match = index.match(example.query, least: PromptCheck.leastQuery, nearly: true) {
            tell("query", match, example, &log)
        }
        for reference in example.references {
            let length = CaseKinds.look(at: reference).words
            let isLong = length >= PromptCheck.leastReference
            guard
                let match = index.match(reference, least: PromptCheck.leastReference, nearly: isLong)
            else { continue }
            tell("reference", match, example, &log)
            return
        }
    }

    private func tell(
        _ part: String, _ match: PromptIndex.Match, _ example: Example, _ log: inout FindingLog
    ) {
        let what =
            switch match {
            case .contained(let prompt): "its \(part) stands in the prompt \(prompt)"
            case .similar(let prompt, let similarity):
                "its \(part) is nearly in the prompt \(prompt): \(Int((similarity * 100).rounded(.down))) % of "
                    + "words and word pairs"
            }
        log.add(
            .error, .promptLeak, example, what,
            mend: "take another example into the prompt, or another case into the set")
    }
}
