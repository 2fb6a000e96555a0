import Domain

/// Whether an answer is what its example asks for, in one yes or no.
///
/// The rule: nothing that the example expects of the answer is missed.
/// - guardrail: the decision is the expected one; a rightly blocked request needs nothing more;
/// - intent: it is the expected one;
/// - match: the decision is the expected one, at the default threshold;
/// - required elements: all are present; prohibited elements: none is;
/// - references: token F1 with the best of them is at least 0.5; without references, the expected result is
///   met.
///
/// Documents are a means, not an end: gold documents are no part of it. What cannot be told (a judge is
/// needed, a part is not shown) leaves it unknown, unless something else is missed already.
enum Success: Sendable, Hashable {
    case yes
    case no
    /// The example expects nothing of the answer.
    case notExpected
    case unknown(String)

    static let closeEnough = 0.5

    /// Whether the example expects anything of an answer.
    static func isExpected(_ example: Example) -> Bool {
        example.expectedGuardrail != nil || example.expectedIntent != nil || example.expectedMatch != nil
            || !example.required.isEmpty || !example.prohibited.isEmpty || !example.references.isEmpty
            || example.expectedResult != nil
    }

    static func of(_ input: inout MeasureInput, _ catalogues: Catalogues) -> Success {
        let example = input.example
        guard isExpected(example) else { return .notExpected }
        guard let answer = input.answer else { return .no }
        var tally = Tally()
        if let expected = example.expectedGuardrail {
            tally.add(answer.guardrail.map { $0.outcome == expected }, "guardrail decision")
            if expected == .block, answer.guardrail?.outcome == .block { return .yes }
        }
        if let expected = example.expectedIntent { tally.add(answer.intent == expected, "intent") }
        if example.expectedMatch != nil, let rule = try? MatchDecision(MetricRequest(name: "success")) {
            tally.add(rule.decided(answer).map { $0 == example.expectedMatch }, "score or label")
        }
        for (elements, wanted) in [(example.required, true), (example.prohibited, false)] {
            for element in elements {
                switch ElementCheck.find(element, &input, catalogues) {
                case .present: tally.add(wanted, "text")
                case .absent: tally.add(!wanted, "text")
                case .unknown(let why): tally.unknown = tally.unknown ?? why
                }
            }
        }
        if !example.references.isEmpty {
            tally.add(TokenF1.best(&input).map { $0 >= closeEnough }, "text")
        } else if let expected = example.expectedResult {
            tally.add(ExpectedResult.matches(&input, expected).isOne, "result")
        }
        return tally.verdict
    }

    private struct Tally {
        var missed = false
        var unknown: String?

        mutating func add(_ holds: Bool?, _ part: String) {
            guard let holds else {
                unknown = unknown ?? "the answer shows no \(part)"
                return
            }
            if !holds { missed = true }
        }

        var verdict: Success {
            if missed { return .no }
            return unknown.map(Success.unknown) ?? .yes
        }
    }
}

extension Measurement {
    /// Whether the value is 1; nil where there is none.
    fileprivate var isOne: Bool? {
        if case .value(let value) = self { return value == 1 }
        return nil
    }
}
